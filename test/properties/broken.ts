import { SECOND } from '../../sim/time.ts';
import { setOf } from '../../sim/zab/sets.ts';
import { ZERO } from '../../sim/zab/zxid.ts';
import { BROKEN_CLIENTS } from './broken-clients.ts';
import { BROKEN_RECIPES } from './broken-recipes.ts';
import { coldStart, Conversation, t, txn, z } from './conversation.ts';

export interface Broken {
  /** The other properties that cannot but speak too. */
  readonly with: readonly string[];
  readonly trace: () => Conversation;
}

/** For each property a trace that is legal but for one thing. */
export const BROKEN: Readonly<Record<string, Broken>> = {
  ...BROKEN_CLIENTS,
  ...BROKEN_RECIPES,

  integrity: {
    with: [],
    trace: () =>
      coldStart()
        .ack(3, t(3, 1, 1), 3, 2)
        .commit(3, t(3, 1, 1), setOf([2, 3]))
        .apply(t(3, 1, 1), 2, 3),
  },

  // Server 1 has the end of epoch 1 on disk but not in memory, and delivers epoch 2 without it, behind everybody else.
  'total-order': { with: [], trace: () => holeInMemory().apply(t(2, 2, 1), 2, 3, 1) },

  // The same, before anybody else has delivered what it delivers.
  agreement: { with: [], trace: () => holeInMemory().apply(t(2, 2, 1), 1) },

  // Server 1 is the first to deliver the second, and never delivered the first.
  'local-primary-order': {
    with: [],
    trace: () => {
      const c = coldStart().propose(3, t(3, 1, 1), t(3, 1, 2));
      c.ack(3, t(3, 1, 1), 3, 1).ack(3, t(3, 1, 2), 3, 1);
      return c
        .commit(3, t(3, 1, 1), setOf([1, 3]))
        .commit(3, t(3, 1, 2), setOf([1, 3]))
        .apply(t(3, 1, 2), 1);
    },
  },

  // Server 1 makes up for the hole, too late. This property follows from total order and primary integrity together,
  // so that it is never broken alone.
  'global-primary-order': {
    with: ['total-order'],
    trace: () =>
      holeInMemory()
        .apply(t(2, 2, 1), 2, 3, 1)
        .apply(t(3, 1, 2), 1),
  },

  // The new leader broadcasts before its server runs: what it inherited is not delivered yet.
  'primary-integrity': {
    with: [],
    trace: () => {
      const c = coldStart()
        .propose(3, t(3, 1, 1))
        .ack(3, t(3, 1, 1), 3, 2, 1)
        .commit(3, t(3, 1, 1), setOf([1, 2, 3]));
      c.apply(t(3, 1, 1), 3).leave(1, 2, 3);
      for (const id of [1, 2]) c.tell(id, { kind: 'applied', txn: t(3, 1, 1), delivered: false });
      c.discover(2, 2, [1])
        .finishElection(2, 2, setOf([1, 2]))
        .syncDiff(2, 2, 1)
        .establish(2, 2, setOf([1, 2]));
      return c.propose(2, t(2, 2, 1)).serve(2, 2, 1);
    },
  },

  // The log of server 1 lacks what it has delivered, and goes on.
  'prefix-consistency': {
    with: [],
    trace: () => {
      const c = coldStart()
        .write(3, t(3, 1, 1), [3, 2, 1])
        .write(3, t(3, 1, 2), [3, 2])
        .apply(t(3, 1, 2), 1);
      return c
        .leave(1, 2, 3)
        .reign(2, 2, [3])
        .write(2, t(2, 2, 1), [2, 3])
        .log(1, t(2, 2, 1));
    },
  },

  'one-leader-per-epoch': {
    with: [],
    trace: () => {
      const c = new Conversation()
        .start(1, 2, 3)
        .discover(3, 1, [1])
        .finishElection(3, 1, setOf([1, 3]));
      return c.tell(2, { kind: 'electionFinished', epoch: 1, quorum: setOf([1, 2]), lastZxid: ZERO });
    },
  },

  // The old leader commits what it proposed before, after the new one was established without it.
  'no-split-brain': {
    with: [],
    trace: () => {
      const c = coldStart()
        .write(3, t(3, 1, 1), [3, 2, 1])
        .propose(3, t(3, 1, 2))
        .ack(3, t(3, 1, 2), 3, 1)
        .leave(1, 2);
      c.discover(2, 2, [1])
        .finishElection(2, 2, setOf([1, 2]))
        .establish(2, 2, setOf([1, 2]))
        .serve(2, 2);
      return c.commit(3, t(3, 1, 2), setOf([1, 3]));
    },
  },

  'epoch-monotonicity': {
    with: [],
    trace: () => coldStart().tell(1, { kind: 'epochWritten', file: 'currentEpoch', epoch: 0, previous: 1 }),
  },

  // Server 1 has promised epoch 2, and still acknowledges a proposal to the leader of epoch 1.
  'epoch-fencing': {
    with: [],
    trace: () => {
      const c = coldStart()
        .propose(3, t(3, 1, 1))
        .log(1, t(3, 1, 1))
        .writeEpoch(1, 'acceptedEpoch', 2);
      return c.send(1, 3, { kind: 'ACK', zxid: z(1, 1) });
    },
  },

  'epochs-on-disk': {
    with: [],
    trace: () => {
      const c = new Conversation();
      c.acceptedEpoch[1] = 1;
      c.currentEpoch[1] = 2;
      return c.start(1);
    },
  },

  // Server 1 logs another second transaction than the one that was proposed.
  'zxid-identity': {
    with: [],
    trace: () =>
      coldStart()
        .write(3, t(3, 1, 1), [3, 2, 1])
        .propose(3, t(3, 1, 2))
        .log(1, txn(z(1, 2), 3, 99)),
  },

  'log-shape': {
    with: [],
    trace: () =>
      coldStart()
        .write(3, t(3, 1, 1), [3, 2, 1])
        .propose(3, t(3, 1, 2), t(3, 1, 3))
        .log(1, t(3, 1, 3)),
  },

  'acknowledged-means-durable': {
    with: [],
    trace: () =>
      coldStart()
        .propose(3, t(3, 1, 1))
        .send(1, 3, { kind: 'ACK', zxid: z(1, 1) })
        .log(1, t(3, 1, 1)),
  },

  'committed-means-durable': {
    with: [],
    trace: () =>
      coldStart()
        .propose(3, t(3, 1, 1))
        .ack(3, t(3, 1, 1), 3)
        .commit(3, t(3, 1, 1), setOf([2, 3])),
  },

  // One of the two that hold a committed transaction cuts it off.
  'committed-is-permanent': {
    with: [],
    trace: () => {
      const c = coldStart().write(3, t(3, 1, 1), [3, 2]);
      return c.tell(2, { kind: 'truncated', zxid: ZERO, ok: true, removed: [z(1, 1)], lastZxid: ZERO });
    },
  },

  // Server 1 never had what 2 and 3 committed, and is established all the same.
  'leader-completeness': {
    with: [],
    trace: () => {
      const c = coldStart()
        .write(3, t(3, 1, 1), [3, 2])
        .leave(1, 2, 3);
      return c
        .discover(1, 2, [2])
        .finishElection(1, 2, setOf([1, 2]))
        .establish(1, 2, setOf([1, 2]));
    },
  },

  // Server 1 keeps a proposal of the old epoch that its new leader does not have.
  'process-consistency': {
    with: [],
    trace: () => {
      const c = coldStart()
        .write(3, t(3, 1, 1), [3, 2, 1])
        .propose(3, t(3, 1, 2))
        .log(1, t(3, 1, 2))
        .leave(1, 2);
      return c
        .discover(2, 2, [1])
        .finishElection(2, 2, setOf([1, 2]))
        .syncDiff(2, 2, 1);
    },
  },

  // Epoch 3 begins on a history shorter than that of epoch 2.
  'initial-history-integrity': {
    with: [],
    trace: () => {
      const c = coldStart()
        .write(3, t(3, 1, 1), [3, 2])
        .leave(1, 2, 3)
        .reign(2, 2, [3])
        .leave(2, 3);
      return c.discover(1, 3, [3]).finishElection(1, 3, setOf([1, 3]));
    },
  },

  'in-order-commit': {
    with: [],
    trace: () => {
      const c = coldStart()
        .propose(3, t(3, 1, 1), t(3, 1, 2))
        .ack(3, t(3, 1, 1), 3, 2)
        .ack(3, t(3, 1, 2), 3, 2);
      return c.commit(3, t(3, 1, 2), setOf([2, 3]));
    },
  },

  // Server 1 delivers before its log has it, loses power, serves again from its log, and goes on in another epoch.
  'nobody-goes-back': {
    with: [],
    trace: () => {
      const c = coldStart()
        .write(3, t(3, 1, 1), [3, 2, 1])
        .write(3, t(3, 1, 2), [3, 2])
        .apply(t(3, 1, 2), 1)
        .crash(1);
      c.start(1).leave(2, 3).reign(2, 2, [3]);
      c.tell(1, { kind: 'serving', role: 'FOLLOWING', epoch: 2, lastZxid: z(1, 1), digest: 0 });
      return c.write(2, t(2, 2, 1), [2, 3]).apply(t(2, 2, 1), 1);
    },
  },

  'observers-never-count': {
    with: [],
    trace: () =>
      coldStart()
        .propose(3, t(3, 1, 1))
        .log(4, t(3, 1, 1))
        .tell(3, { kind: 'acked', from: 4, zxid: z(1, 1), counted: true }),
  },

  'client-zxid-monotonic': {
    with: [],
    trace: () => {
      const c = coldStart()
        .write(3, t(3, 1, 1), [3, 2, 1])
        .write(3, t(3, 1, 2), [3, 2, 1]);
      return c.answer(2, 90, z(1, 2)).answer(2, 91, z(1, 1));
    },
  },

  // The client is told that its write is done as soon as it is proposed.
  'acknowledged-writes-survive': {
    with: [],
    trace: () => {
      const c = coldStart();
      const call = c.invoke();
      return c
        .propose(3, t(3, 1, 1))
        .ack(3, t(3, 1, 1), 3)
        .answer(3, call, z(1, 1));
    },
  },

  'progress-after-calm': {
    with: [],
    trace: () =>
      coldStart()
        .leave(1, 2, 3)
        .tell(0, { kind: 'calm' })
        .wait(20 * SECOND),
  },

  // A follower is told to commit what nobody proposed to it.
  'no-unexpected-packet': {
    with: [],
    trace: () => coldStart().tell(2, { kind: 'unexpected', what: 'commit', from: 3, text: 'COMMIT of 0x100000001' }),
  },

  'votes-only-improve': {
    with: [],
    trace: () => {
      const vote = { leader: 2, zxid: z(1, 4), peerEpoch: 1 };
      return new Conversation()
        .tell(1, { kind: 'voted', round: 1, vote, because: 'start' })
        .tell(1, { kind: 'voted', round: 1, vote: { ...vote, leader: 3, zxid: z(1, 3) }, because: 'better' });
    },
  },

  'every-server-restarts': {
    with: [],
    trace: () =>
      coldStart().leave(1).tell(1, { kind: 'ended', how: 'refused', code: 1, why: 'epochs', lost: 0, torn: false }),
  },

  'same-state': {
    with: [],
    trace: () => {
      const c = coldStart().leave(1);
      return c.tell(1, { kind: 'serving', role: 'FOLLOWING', epoch: 1, lastZxid: ZERO, digest: 1 });
    },
  },
};

/** Server 1 serves in epoch 2 with the last transaction of epoch 1 on its disk, and not in its memory. */
function holeInMemory(): Conversation {
  const c = coldStart()
    .write(3, t(3, 1, 1), [3, 2, 1])
    .propose(3, t(3, 1, 2))
    .ack(3, t(3, 1, 2), 3, 2, 1);
  c.commit(3, t(3, 1, 2), setOf([1, 2, 3]))
    .apply(t(3, 1, 2), 3, 2)
    .leave(1, 2, 3)
    .reign(2, 2, [1, 3]);
  return c
    .propose(2, t(2, 2, 1))
    .ack(2, t(2, 2, 1), 2, 3, 1)
    .commit(2, t(2, 2, 1), setOf([1, 2, 3]));
}

import { SECOND } from '../../sim/time.ts';
import { setOf } from '../../sim/zab/sets.ts';
import { ZERO } from '../../sim/zab/zxid.ts';
import type { Broken } from './broken.ts';
import { coldStart, Conversation, t, z } from './conversation.ts';

/** Further ways to break a property: the clauses that its first trace leaves alone. */
export const BROKEN_OTHERWISE: readonly (Broken & { readonly name: string; readonly how: string })[] = [
  {
    name: 'acknowledged-means-durable',
    how: 'NEWLEADER is acknowledged before what the leader sent is on disk, though applied',
    with: [],
    trace: () => {
      const c = coldStart()
        .write(3, t(3, 1, 1), [3, 2])
        .leave(1, 2);
      c.discover(2, 2, [1]).finishElection(2, 2, setOf([1, 2]));
      c.tell(1, { kind: 'applied', txn: t(3, 1, 1), delivered: false });
      return c.syncDiff(2, 2, 1);
    },
  },
  {
    name: 'acknowledged-means-durable',
    how: 'NEWLEADER is acknowledged before currentEpoch is on disk',
    with: [],
    trace: () => {
      const c = coldStart()
        .leave(1, 2)
        .discover(2, 2, [1])
        .finishElection(2, 2, setOf([1, 2]));
      return c.send(1, 2, { kind: 'ACK', zxid: z(2, 0) });
    },
  },
  {
    name: 'acknowledged-means-durable',
    how: 'what came after TRUNC lives in a snapshot that is not fsynced',
    with: [],
    trace: () => {
      const c = coldStart()
        .write(3, t(3, 1, 1), [3, 2])
        .leave(1, 2);
      c.discover(2, 2, [1]).finishElection(2, 2, setOf([1, 2]));
      c.tell(1, { kind: 'applied', txn: t(3, 1, 1), delivered: false });
      c.tell(1, { kind: 'snapshotBegun', snapshot: 77, zxid: z(1, 1), lastZxid: z(1, 1) });
      c.tell(1, { kind: 'snapshotWritten', snapshot: 77, zxid: z(1, 1), synced: false, replaces: false });
      return c.ackNewLeader(2, 2, 1);
    },
  },
  {
    name: 'initial-history-integrity',
    how: 'NEWLEADER is acknowledged by a voter that has the history of its leader nowhere',
    with: ['acknowledged-means-durable'],
    trace: () => {
      const c = coldStart()
        .write(3, t(3, 1, 1), [3, 2])
        .leave(1, 2);
      c.discover(2, 2, [1]).finishElection(2, 2, setOf([1, 2]));
      return c.syncDiff(2, 2, 1);
    },
  },
  {
    name: 'epoch-fencing',
    how: 'ACKEPOCH goes to the leader of an epoch below the promise',
    with: [],
    trace: () => {
      const c = new Conversation()
        .start(1, 2, 3)
        .discover(3, 1, [1])
        .finishElection(3, 1, setOf([1, 3]));
      c.writeEpoch(2, 'acceptedEpoch', 2);
      c.connection[2] = 99;
      c.send(3, 2, { kind: 'LEADERINFO', zxid: z(1, 0) });
      return c.send(2, 3, { kind: 'ACKEPOCH', zxid: ZERO, currentEpoch: 0 });
    },
  },
  {
    name: 'epoch-fencing',
    how: 'a server that promised before its restart acknowledges to the old leader on the old connection',
    with: [],
    trace: () => {
      const c = coldStart()
        .propose(3, t(3, 1, 1))
        .writeEpoch(1, 'acceptedEpoch', 2)
        .crash(1)
        .start(1);
      return c.log(1, t(3, 1, 1)).send(1, 3, { kind: 'ACK', zxid: z(1, 1) });
    },
  },
  {
    name: 'epoch-monotonicity',
    how: 'a restart finds an older epoch file',
    with: [],
    trace: () => {
      const c = coldStart().crash(1);
      c.acceptedEpoch[1] = 0;
      c.currentEpoch[1] = 0;
      return c.start(1);
    },
  },
  {
    name: 'one-leader-per-epoch',
    how: 'two leaders past discovery have one currentEpoch on disk',
    with: [],
    trace: () => {
      const c = coldStart().leave(1, 2).discover(2, 2, [1]).tell(2, { kind: 'phaseChanged', phase: 'SYNCHRONIZATION' });
      return c.tell(2, { kind: 'epochWritten', file: 'currentEpoch', epoch: 1, previous: 1 });
    },
  },
  {
    name: 'no-split-brain',
    how: 'another server commits in the same epoch',
    with: [],
    trace: () =>
      coldStart()
        .write(3, t(3, 1, 1), [3, 2, 1])
        .propose(3, t(3, 1, 2))
        .ack(3, t(3, 1, 2), 3, 2)
        .commit(3, t(3, 1, 2), 0)
        .commit(2, t(3, 1, 1), 0),
  },
  {
    name: 'in-order-commit',
    how: 'a follower delivers what no leader has committed',
    with: [],
    trace: () =>
      coldStart()
        .propose(3, t(3, 1, 1))
        .ack(3, t(3, 1, 1), 3, 2, 1)
        .apply(t(3, 1, 1), 1),
  },
  {
    name: 'in-order-commit',
    how: 'a server enters service with what no leader has committed',
    with: [],
    trace: () => {
      const c = coldStart()
        .propose(3, t(3, 1, 1))
        .ack(3, t(3, 1, 1), 3, 1)
        .leave(1);
      c.tell(1, { kind: 'applied', txn: t(3, 1, 1), delivered: false });
      return c.tell(1, { kind: 'serving', role: 'FOLLOWING', epoch: 1, lastZxid: z(1, 1), digest: 0 });
    },
  },
  {
    name: 'committed-means-durable',
    how: 'the initial history is on one disk only when the leader is established',
    with: [],
    trace: () => {
      const c = coldStart()
        .propose(3, t(3, 1, 1))
        .log(2, t(3, 1, 1))
        .leave(1, 2);
      c.tell(2, { kind: 'applied', txn: t(3, 1, 1), delivered: false });
      return c
        .discover(2, 2, [1])
        .finishElection(2, 2, setOf([1, 2]))
        .establish(2, 2, setOf([1, 2]));
    },
  },
  {
    name: 'committed-is-permanent',
    how: 'a snapshot without it replaces the disk of one of the two that hold it',
    with: [],
    trace: () => {
      const c = coldStart().tell(1, { kind: 'snapshotBegun', snapshot: 77, zxid: ZERO, lastZxid: ZERO });
      c.write(3, t(3, 1, 1), [3, 2]).leave(2);
      c.tell(2, { kind: 'syncStarted', leader: 1, mode: 'SNAP', zxid: ZERO, snapshot: 77 });
      return c.tell(2, { kind: 'snapshotWritten', snapshot: 77, zxid: ZERO, synced: true, replaces: true });
    },
  },
  {
    name: 'committed-is-permanent',
    how: 'a restart finds less than was durable on one of the two that hold it',
    with: [],
    trace: () => {
      const c = coldStart()
        .write(3, t(3, 1, 1), [3, 2])
        .crash(2);
      c.last[2] = ZERO;
      return c.start(2);
    },
  },
  {
    name: 'process-consistency',
    how: 'the log of a learner differs from its leader in the middle',
    with: ['acknowledged-means-durable'],
    trace: () => {
      const c = coldStart()
        .propose(3, t(3, 1, 1))
        .log(1, t(3, 1, 1))
        .leave(1, 2, 3)
        .reign(2, 2, [3]);
      c.write(2, t(2, 2, 1), [2, 3])
        .leave(2, 3)
        .discover(2, 3, [1])
        .finishElection(2, 3, setOf([1, 2]));
      return c.syncDiff(2, 3, 1, [t(2, 2, 1)]);
    },
  },
  {
    name: 'nobody-goes-back',
    how: 'memory is read anew while the server serves, and lacks what it delivered',
    with: [],
    trace: () => {
      const c = coldStart()
        .write(3, t(3, 1, 1), [3, 2, 1])
        .write(3, t(3, 1, 2), [3, 2])
        .apply(t(3, 1, 2), 1);
      return c.tell(1, { kind: 'reloaded', lastZxid: z(1, 1), snapshot: 0 });
    },
  },
  {
    name: 'nobody-goes-back',
    how: 'lastCommitted of a leader decreases',
    with: ['in-order-commit'],
    trace: () => {
      const c = coldStart()
        .write(3, t(3, 1, 1), [3, 2])
        .write(3, t(3, 1, 2), [3, 2]);
      return c.commit(3, t(3, 1, 1), setOf([2, 3]));
    },
  },
  {
    name: 'observers-never-count',
    how: 'an observer is in the quorum of a commit',
    with: [],
    trace: () =>
      coldStart()
        .propose(3, t(3, 1, 1))
        .ack(3, t(3, 1, 1), 3, 2)
        .commit(3, t(3, 1, 1), setOf([2, 3, 4])),
  },
  {
    name: 'observers-never-count',
    how: 'an observer leads',
    with: [],
    trace: () => coldStart().tell(4, { kind: 'stateChanged', state: 'LEADING', why: 'elected' }),
  },
  {
    name: 'client-zxid-monotonic',
    how: 'a client connects with a zxid that the server has not reached, and is answered',
    with: [],
    trace: () => {
      const c = coldStart().write(3, t(3, 1, 1), [3, 2, 1]);
      const message = {
        kind: 'CONNECT',
        session: 7,
        timeoutMs: 4000,
        lastZxid: z(1, 5),
        password: null,
        address: null,
      } as const;
      return c.tell(-1, { kind: 'sent', plane: 'client', connection: 1001, peer: 1, message }).answer(1, 90, z(1, 1));
    },
  },
  {
    name: 'acknowledged-writes-survive',
    how: 'a leader is established without a write that a client was told is done',
    with: ['leader-completeness'],
    trace: () => {
      const c = coldStart();
      const call = c.invoke();
      c.write(3, t(3, 1, 1), [3, 2])
        .answer(3, call, z(1, 1))
        .leave(1, 2, 3);
      return c
        .discover(1, 2, [2])
        .finishElection(1, 2, setOf([1, 2]))
        .establish(1, 2, setOf([1, 2]));
    },
  },
  {
    name: 'progress-after-calm',
    how: 'one follower never comes back',
    with: [],
    trace: () =>
      coldStart()
        .leave(1)
        .tell(0, { kind: 'calm' })
        .wait(20 * SECOND),
  },
  {
    name: 'progress-after-calm',
    how: 'a call has no answer',
    with: [],
    trace: () => {
      const c = coldStart();
      c.invoke();
      return c.tell(0, { kind: 'calm' }).wait(20 * SECOND);
    },
  },
  {
    name: 'log-shape',
    how: 'a record is logged again behind itself',
    with: [],
    trace: () =>
      coldStart()
        .write(3, t(3, 1, 1), [3, 2, 1])
        .log(1, t(3, 1, 1)),
  },
  {
    name: 'log-shape',
    how: 'an epoch does not start at counter 1',
    with: [],
    trace: () =>
      coldStart()
        .propose(3, t(3, 1, 2))
        .log(1, t(3, 1, 2)),
  },
];

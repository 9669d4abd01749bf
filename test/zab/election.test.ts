import { describe, expect, test } from 'vitest';
import { totalOrderPredicate } from '../../sim/zab/election.ts';
import type { ElectionMessage, ServerState, Vote } from '../../sim/zab/messages.ts';
import { addSnapshot, appendLog, emptyStorage } from '../../sim/zab/storage.ts';
import { makeZxid, type Zxid } from '../../sim/zab/zxid.ts';
import { setOf } from '../../sim/zab/sets.ts';
import { Lone, testConfig, write } from './harness.ts';

const ZERO = makeZxid(0, 0);

function vote(leader: number, zxid: Zxid = ZERO, peerEpoch = 0): Vote {
  return { leader, zxid, peerEpoch };
}

/** Opens the election connection of every peer, as its owner would. */
function connect(lone: Lone, ...peers: number[]): void {
  const me = lone.server.id;
  for (const sid of peers) {
    const connection = 900 + sid;
    lone.give({ kind: 'opened', plane: 'election', connection, peer: sid > me ? 0 : sid, ours: sid < me });
    if (sid > me) lone.give({ kind: 'received', plane: 'election', connection, message: { kind: 'GREETING', sid } });
  }
  lone.sent = [];
}

function notify(lone: Lone, from: number, says: Vote, electionEpoch = 1, state: ServerState = 'LOOKING'): void {
  const message: ElectionMessage = { kind: 'NOTIFICATION', state, vote: says, electionEpoch };
  lone.give({ kind: 'received', plane: 'election', connection: 900 + from, message });
}

function sentTo(lone: Lone, sid: number): ElectionMessage[] {
  return lone.sent.filter((one) => one.connection === 900 + sid).map((one) => one.message as ElectionMessage);
}

function alone(id: number, voters = 5): Lone {
  const lone = new Lone(testConfig({ voters }), id);
  connect(lone, ...lone.server.config.servers.filter((sid) => sid !== id));
  return lone;
}

describe('the order of votes is peerEpoch, then zxid, then server id (FastLeaderElection.java#totalOrderPredicate)', () => {
  const { server } = alone(1);
  const rows: [string, Vote, Vote, boolean][] = [
    ['a higher peerEpoch beats a longer log', vote(1, makeZxid(1, 1), 2), vote(5, makeZxid(1, 9), 1), true],
    ['a newer zxid beats a higher id', vote(1, makeZxid(1, 2), 1), vote(5, makeZxid(1, 1), 1), true],
    ['a higher id decides between equals', vote(2), vote(1), true],
    ['equal votes do not beat each other', vote(2), vote(2), false],
    ['the epoch inside the zxid is not the first key', vote(1, makeZxid(9, 1), 1), vote(2, makeZxid(1, 1), 2), false],
  ];
  test.each(rows)('%s', (_name, next, current, beats) => {
    expect(totalOrderPredicate(server, next, current)).toBe(beats);
  });

  test('a server of weight 0 is never elected', () => {
    const config = testConfig({ voters: 3 });
    const weighted = {
      ...config,
      verifier: {
        kind: 'hierarchical',
        voters: setOf([1, 2, 3]),
        groups: [
          {
            members: setOf([1, 2, 3]),
            weights: [
              [1, 1],
              [2, 1],
              [3, 0],
            ],
          },
        ],
      },
    } as const;
    const lone = new Lone(weighted, 1);
    expect(totalOrderPredicate(lone.server, vote(3, makeZxid(5, 5), 5), vote(1))).toBe(false);
  });
});

describe('a round of fast leader election', () => {
  test('votes for itself first, with its last zxid and its currentEpoch', () => {
    const storage = emptyStorage();
    addSnapshot(storage, { id: 1, zxid: ZERO, lastZxid: ZERO, by: 2, content: [], sessions: [], bytes: 10 }, true);
    appendLog(storage, [write(2, 1), write(2, 2)], true);
    storage.acceptedEpoch = 4;
    storage.currentEpoch = 3;
    const lone = new Lone(testConfig(), 2, storage);
    expect(lone.server.fle.proposal).toEqual({ leader: 2, zxid: makeZxid(2, 2), peerEpoch: 3 });
    expect(lone.server.fle.logicalclock).toBe(1);
  });

  test('adopts a better vote, tells everybody, and decides after 200 ms of quiet', () => {
    const lone = alone(1, 3);
    notify(lone, 3, vote(3));
    expect(sentTo(lone, 2)).toMatchObject([{ vote: { leader: 3 }, electionEpoch: 1 }]);
    expect(lone.server.fle.mode).toBe('finalize');
    expect(lone.timers.get('poll 0')).toBe(200_000);
    lone.fire('poll');
    expect(lone.server.state).toBe('FOLLOWING');
    expect(lone.noted('elected')).toMatchObject([
      { becomes: 'FOLLOWING', vote: { leader: 3 }, supporters: setOf([1, 3]) },
    ]);
  });

  test('a better vote in the quiet period reopens the round', () => {
    const lone = alone(1);
    notify(lone, 2, vote(3));
    notify(lone, 3, vote(3));
    expect(lone.server.fle.mode).toBe('finalize');
    notify(lone, 5, vote(5));
    expect(lone.server.fle).toMatchObject({ mode: 'poll', proposal: { leader: 5 } });
  });

  test('what does not beat the proposal is drained unseen in the quiet period, whatever its round', () => {
    const lone = alone(1);
    notify(lone, 2, vote(3));
    notify(lone, 3, vote(3));
    notify(lone, 2, vote(2), 7);
    expect(lone.server.fle).toMatchObject({ mode: 'finalize', logicalclock: 1 });
    lone.fire('poll');
    expect(lone.server.state).toBe('FOLLOWING');
  });

  test('a higher round starts over from the initial vote', () => {
    const lone = alone(4);
    notify(lone, 5, vote(5));
    notify(lone, 2, vote(2), 3);
    expect(lone.server.fle).toMatchObject({ logicalclock: 3, proposal: { leader: 4 } });
    expect(lone.server.fle.recvset[5]).toBeNull();
  });

  test('a lower round is answered at once with the own vote and counts for nothing', () => {
    const lone = alone(4);
    notify(lone, 5, vote(5), 6);
    lone.sent = [];
    notify(lone, 1, vote(1), 2);
    expect(sentTo(lone, 1)).toMatchObject([{ state: 'LOOKING', vote: { leader: 5 }, electionEpoch: 6 }]);
    expect(lone.server.fle.recvset[1]).toBeNull();
  });

  test('a silent round doubles its wait up to maxNotificationInterval and repeats the vote', () => {
    const lone = alone(1);
    expect(lone.timers.get('poll 0')).toBe(200_000);
    lone.sent = [];
    lone.fire('poll');
    expect(sentTo(lone, 2)).toHaveLength(1);
    expect(lone.timers.get('poll 0')).toBe(400_000);
    for (let i = 0; i < 12; i++) lone.fire('poll');
    expect(lone.timers.get('poll 0')).toBe(60_000_000);
  });

  test('joins an ensemble that has a leader only when a quorum of others says so, the leader itself among them', () => {
    const lone = alone(4);
    notify(lone, 1, vote(3, ZERO, 1), 9, 'FOLLOWING');
    notify(lone, 2, vote(3, ZERO, 1), 9, 'FOLLOWING');
    notify(lone, 5, vote(3, ZERO, 1), 9, 'FOLLOWING');
    expect(lone.server.state).toBe('LOOKING');
    notify(lone, 3, vote(3, ZERO, 1), 9, 'LEADING');
    expect(lone.server.state).toBe('FOLLOWING');
    expect(lone.server.fle.logicalclock).toBe(9);
  });

  test('one leading server is not enough', () => {
    const lone = alone(4);
    notify(lone, 3, vote(3, ZERO, 1), 1, 'LEADING');
    notify(lone, 1, vote(3, ZERO, 1), 1, 'FOLLOWING');
    expect(lone.server.state).toBe('LOOKING');
  });

  test('a server that follows answers a LOOKING voter with its stored vote, and nobody else', () => {
    const lone = alone(1, 3);
    notify(lone, 3, vote(3));
    lone.fire('poll');
    lone.sent = [];
    notify(lone, 2, vote(2), 5);
    notify(lone, 3, vote(3), 5, 'LEADING');
    expect(sentTo(lone, 2)).toMatchObject([{ state: 'FOLLOWING', vote: { leader: 3 }, electionEpoch: 1 }]);
    expect(sentTo(lone, 3)).toEqual([]);
  });

  test("an observer's vote never counts, and it is answered in every state", () => {
    const lone = new Lone(testConfig({ voters: 3, observers: [4] }), 3);
    connect(lone, 1, 2, 4);
    notify(lone, 4, { leader: 3, zxid: ZERO, peerEpoch: 0 });
    expect(lone.server.fle.recvset[4]).toBeNull();
    expect(sentTo(lone, 4)).toHaveLength(1);
  });

  test('an observer learns the leader and observes', () => {
    const lone = new Lone(testConfig({ voters: 3, observers: [4] }), 4);
    connect(lone, 1, 2, 3);
    notify(lone, 1, vote(3, ZERO, 1), 2, 'FOLLOWING');
    notify(lone, 3, vote(3, ZERO, 1), 2, 'LEADING');
    expect(lone.server.state).toBe('OBSERVING');
  });
});

describe('the connection manager', () => {
  test('the smaller id leaves a greeting and hangs up; the larger one tears down what stood and dials back', () => {
    const small = new Lone(testConfig(), 1);
    small.give({ kind: 'opened', plane: 'election', connection: 7, peer: 2, ours: true });
    expect(small.sent.filter((one) => one.connection === 7).map((one) => one.message)).toEqual([
      { kind: 'GREETING', sid: 1 },
    ]);
    expect(small.closed).toContain(7);
    const large = new Lone(testConfig(), 2);
    large.give({ kind: 'opened', plane: 'election', connection: 5, peer: 1, ours: true });
    large.dials = [];
    large.give({ kind: 'opened', plane: 'election', connection: 8, peer: 0, ours: false });
    large.give({ kind: 'received', plane: 'election', connection: 8, message: { kind: 'GREETING', sid: 1 } });
    expect(large.closed).toEqual(expect.arrayContaining([8, 5]));
    expect(large.dials).toEqual([{ plane: 'election', peer: 1 }]);
  });

  test('keeps one message for a peer that is not connected: the newest', () => {
    const lone = new Lone(testConfig({ voters: 5 }), 1);
    lone.sent = [];
    connect(lone, 2, 3);
    notify(lone, 3, vote(3));
    notify(lone, 2, vote(5));
    lone.give({ kind: 'opened', plane: 'election', connection: 904, peer: 0, ours: false });
    lone.give({ kind: 'received', plane: 'election', connection: 904, message: { kind: 'GREETING', sid: 4 } });
    expect(sentTo(lone, 4)).toMatchObject([{ vote: { leader: 5 } }]);
  });

  test('repeats the last message on a new connection', () => {
    const lone = alone(1, 3);
    notify(lone, 3, vote(3));
    lone.sent = [];
    lone.give({ kind: 'closed', plane: 'election', connection: 903 });
    connect(lone);
    lone.give({ kind: 'opened', plane: 'election', connection: 913, peer: 0, ours: false });
    lone.give({ kind: 'received', plane: 'election', connection: 913, message: { kind: 'GREETING', sid: 3 } });
    expect(lone.sent.filter((one) => one.connection === 913).map((one) => one.message)).toMatchObject([
      { vote: { leader: 3 } },
    ]);
  });
});

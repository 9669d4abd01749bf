import { expect, test } from 'vitest';
import { RELEASES } from '../../sim/zab/behaviour.ts';
import type { ElectionMessage, ServerState, Txn } from '../../sim/zab/messages.ts';
import { boot } from '../../sim/zab/server.ts';
import { addSnapshot, appendLog, emptyStorage, type Storage } from '../../sim/zab/storage.ts';
import { makeZxid } from '../../sim/zab/zxid.ts';
import { elect, Lone, testConfig, write } from './harness.ts';

/** Where a release decides otherwise than its successor: one literal case a point, on both sides of it. */

const ZERO = makeZxid(0, 0);

/** A data directory with a snapshot of nothing and these records. */
function directory(...txns: Txn[]): Storage {
  const storage = emptyStorage();
  addSnapshot(storage, { id: 1, zxid: ZERO, lastZxid: ZERO, by: 1, content: [], sessions: [], bytes: 10 }, true);
  appendLog(storage, txns, true);
  return storage;
}

/** A follower of server 3 that has sent ACKEPOCH for epoch 1. */
function following(release: string, storage = emptyStorage()): Lone {
  const lone = new Lone(testConfig({ release }), 1, storage);
  elect(lone, 3, { zxid: makeZxid(0, 8), peerEpoch: 0 });
  expect(lone.server.state).toBe('FOLLOWING');
  lone.give({ kind: 'opened', plane: 'quorum', connection: 1, peer: 3, ours: true });
  lone.packet(1, { kind: 'LEADERINFO', zxid: makeZxid(1, 0) });
  lone.take(1);
  return lone;
}

/** The releases for which something holds, by name. */
function releasesThat(holds: (release: string) => boolean): string[] {
  return RELEASES.map(({ name }) => name).filter(holds);
}

test('3.4.10 takes a COMMIT without its proposal after DIFF; every later release leaves with an exception (ZOOKEEPER-4394)', () => {
  const stays = (release: string): boolean => {
    const lone = following(release);
    lone.packet(1, { kind: 'DIFF', zxid: ZERO }).packet(1, { kind: 'COMMIT', zxid: makeZxid(1, 1) });
    return lone.server.state === 'FOLLOWING';
  };
  expect(releasesThat(stays)).toEqual(['corrected', '3.4.10']);
});

test('until SNAP or TRUNC is over, 3.4.10 leaves at such a COMMIT too', () => {
  const lone = following('3.4.10', directory(write(0, 1), write(0, 2)));
  lone.packet(1, { kind: 'TRUNC', zxid: makeZxid(0, 1) }).packet(1, { kind: 'COMMIT', zxid: makeZxid(1, 1) });
  expect(lone.server.state).toBe('LOOKING');
});

test('in 3.4.10 DIFF moves lastProcessedZxid at once, and a follower that leaves then votes with it', () => {
  const votes = (release: string): boolean => {
    const lone = following(release);
    lone.packet(1, { kind: 'DIFF', zxid: makeZxid(0, 7) }).give({ kind: 'closed', plane: 'quorum', connection: 1 });
    return lone.server.fle.proposal.zxid === makeZxid(0, 7);
  };
  expect(releasesThat(votes)).toEqual(['3.4.10']);
});

test('the read timeout drops to syncLimit at NEWLEADER from 3.7.0 on, and only after UPTODATE before', () => {
  const early = (release: string): boolean => {
    const lone = following(release);
    lone.packet(1, { kind: 'DIFF', zxid: ZERO }).packet(1, { kind: 'NEWLEADER', zxid: makeZxid(1, 0) });
    return lone.timers.get('read 0') === 5 * 500_000;
  };
  expect(releasesThat(early)).toEqual(['3.7.0', '3.8.0', '3.8.5', '3.9.2', '3.9.3', '3.9.4']);
});

test('what is applied behind TRUNC before NEWLEADER is missing from the committedLog before 3.9.4', () => {
  const held = (release: string): number[] => {
    const lone = following(release, directory(write(0, 1), write(0, 2)));
    lone.packet(1, { kind: 'TRUNC', zxid: makeZxid(0, 1) });
    lone.packet(1, { kind: 'PROPOSAL', txn: write(0, 2, 9) }).packet(1, { kind: 'COMMIT', zxid: makeZxid(0, 2) });
    lone.packet(1, { kind: 'NEWLEADER', zxid: makeZxid(1, 0) }).packet(1, { kind: 'UPTODATE' });
    lone.packet(1, { kind: 'PROPOSAL', txn: write(1, 1) }).packet(1, { kind: 'COMMIT', zxid: makeZxid(1, 1) });
    expect(lone.server.db.lastProcessed).toBe(makeZxid(1, 1));
    return lone.server.db.committedLog.list().map((txn) => txn.zxid);
  };
  for (const release of ['3.4.10', '3.5.5', '3.6.2', '3.7.0', '3.8.0', '3.8.5', '3.9.2', '3.9.3'])
    expect(held(release)).toEqual([makeZxid(0, 1), makeZxid(1, 1)]);
  for (const release of ['3.9.4', 'corrected'])
    expect(held(release)).toEqual([makeZxid(0, 1), makeZxid(0, 2), makeZxid(1, 1)]);
});

test('the committedLog keeps 501 transactions before 3.9.4, and 500 from it on', () => {
  const txns = Array.from({ length: 600 }, (_, i) => write(1, i + 1));
  const kept = (release: string): number => {
    const storage = directory(...txns);
    storage.acceptedEpoch = 1;
    storage.currentEpoch = 1;
    return boot(testConfig({ release }), 1, storage).server.db.committedLog.size;
  };
  expect(['3.4.10', '3.9.3', '3.9.4', 'corrected'].map(kept)).toEqual([501, 501, 500, 500]);
});

test('a log with a hole inside an epoch is refused at load from 3.9.4 on; a new epoch may begin anywhere', () => {
  const refuses = (release: string, ...txns: Txn[]): boolean => {
    const storage = directory(...txns);
    storage.acceptedEpoch = 2;
    storage.currentEpoch = 2;
    return boot(testConfig({ release }), 1, storage).refused !== null;
  };
  expect(releasesThat((release) => refuses(release, write(1, 1), write(1, 3)))).toEqual(['corrected', '3.9.4']);
  expect(releasesThat((release) => refuses(release, write(1, 1), write(2, 3)))).toEqual([]);
  expect(releasesThat((release) => refuses(release, write(1, 1), write(1, 2), write(1, 2)))).toEqual([]);
});

test('a DIFF that does not begin where the committedLog ends makes a 3.9.4 follower leave at NEWLEADER', () => {
  const state = (release: string): ServerState => {
    const lone = following(release, directory(write(0, 1)));
    lone.packet(1, { kind: 'DIFF', zxid: makeZxid(0, 3) });
    lone.packet(1, { kind: 'PROPOSAL', txn: write(0, 3) }).packet(1, { kind: 'COMMIT', zxid: makeZxid(0, 3) });
    lone.packet(1, { kind: 'NEWLEADER', zxid: makeZxid(1, 0) });
    return lone.server.state;
  };
  expect(state('3.9.3')).toBe('FOLLOWING');
  expect(state('3.9.4')).toBe('LOOKING');
});

test('a commit that leaves a gap ends the commit thread of a 3.9.4 follower, and with it the role', () => {
  const state = (release: string): ServerState => {
    const lone = following(release);
    lone.packet(1, { kind: 'DIFF', zxid: ZERO }).packet(1, { kind: 'NEWLEADER', zxid: makeZxid(1, 0) });
    lone.packet(1, { kind: 'UPTODATE' });
    for (const counter of [1, 3])
      lone
        .packet(1, { kind: 'PROPOSAL', txn: write(1, counter) })
        .packet(1, { kind: 'COMMIT', zxid: makeZxid(1, counter) });
    return lone.server.state;
  };
  expect(state('3.9.3')).toBe('FOLLOWING');
  expect(state('3.9.4')).toBe('LOOKING');
});

test('a log without a readable snapshot is replayed by 3.4.10, and refused by every later release (ZOOKEEPER-2325)', () => {
  const refuses = (release: string): boolean => {
    const storage = directory(write(0, 1));
    storage.snapshots[0]!.valid = false;
    return boot(testConfig({ release }), 1, storage).refused !== null;
  };
  expect(releasesThat((release) => !refuses(release))).toEqual(['corrected', '3.4.10']);
});

test('before 3.6 a decided server is counted with another of its round only if the whole votes are equal', () => {
  const joins = (release: string): boolean => {
    const lone = new Lone(testConfig({ release, voters: 5 }), 1);
    for (const sid of [2, 3, 4]) {
      const connection = 900 + sid;
      lone.give({ kind: 'opened', plane: 'election', connection, peer: 0, ours: false });
      lone.give({ kind: 'received', plane: 'election', connection, message: { kind: 'GREETING', sid } });
    }
    // The leader has taken up its epoch, 1; of its followers each still shows the epoch that it voted with.
    const says: [number, ServerState, number][] = [
      [4, 'LEADING', 1],
      [2, 'FOLLOWING', 0],
      [3, 'FOLLOWING', 0],
    ];
    for (const [sid, state, peerEpoch] of says) {
      const vote = { leader: 4, zxid: ZERO, peerEpoch };
      const message: ElectionMessage = { kind: 'NOTIFICATION', state, vote, electionEpoch: 1 };
      lone.give({ kind: 'received', plane: 'election', connection: 900 + sid, message });
    }
    return lone.server.state === 'FOLLOWING';
  };
  expect(releasesThat((release) => !joins(release))).toEqual(['3.4.10', '3.5.5']);
});

test('an observer that lost its leader pauses before it looks again from 3.6 on, and answers no vote of its round meanwhile', () => {
  const pauses = (release: string): boolean => {
    const lone = new Lone(testConfig({ release, observers: [4] }), 4);
    elect(lone, 3);
    lone.give({ kind: 'unreachable', plane: 'quorum', peer: 3, why: 'timeout' });
    expect(lone.server.state).toBe('LOOKING');
    if (!lone.timers.has('observerDelay 0')) return false;
    const vote = { leader: 3, zxid: ZERO, peerEpoch: 0 };
    const { logicalclock } = lone.server.fle;
    const message: ElectionMessage = { kind: 'NOTIFICATION', state: 'LOOKING', vote, electionEpoch: logicalclock };
    lone.sent = [];
    lone.give({ kind: 'received', plane: 'election', connection: 903, message });
    expect(lone.sent).toEqual([]);
    return true;
  };
  expect(releasesThat((release) => !pauses(release))).toEqual(['3.4.10', '3.5.5']);
});

test('a TRUNC above everything in the log ends the process from 3.6 on, and before only the role', () => {
  const exits = (release: string): boolean => {
    const lone = following(release, directory(write(0, 1)));
    lone.packet(1, { kind: 'TRUNC', zxid: makeZxid(0, 2) });
    if (lone.exits.length > 0) expect(lone.exits).toMatchObject([{ code: 13 }]);
    else expect([lone.server.state, lone.server.db.lastProcessed]).toEqual(['LOOKING', makeZxid(0, 1)]);
    return lone.exits.length > 0;
  };
  expect(releasesThat((release) => !exits(release))).toEqual(['corrected', '3.4.10', '3.5.5']);
});

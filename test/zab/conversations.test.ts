import { describe, expect, test } from 'vitest';
import { addSnapshot, emptyStorage, lastLogged } from '../../sim/zab/storage.ts';
import { makeZxid } from '../../sim/zab/zxid.ts';
import { elect, Lone, testConfig, write } from './harness.ts';

/** The conversations of Zab1_0Test.java, re-expressed: the test plays the other end of the connection. */

const ZERO = makeZxid(0, 0);

function leading(): Lone {
  const lone = new Lone(testConfig(), 3);
  elect(lone, 3);
  return lone;
}

function join(lone: Lone, connection: number, sid: number, acceptedEpoch = 0): void {
  lone.give({ kind: 'opened', plane: 'quorum', connection, peer: 0, ours: false });
  lone.packet(connection, { kind: 'FOLLOWERINFO', zxid: makeZxid(acceptedEpoch, 0), sid });
}

function established(): Lone {
  const lone = leading();
  join(lone, 1, 1);
  lone.packet(1, { kind: 'ACKEPOCH', zxid: ZERO, currentEpoch: 0 });
  lone.packet(1, { kind: 'ACK', zxid: makeZxid(1, 0) });
  lone.packet(1, { kind: 'ACK', zxid: makeZxid(1, 0) });
  lone.take(1);
  return lone;
}

/** A follower of server 3 that has sent ACKEPOCH for epoch 1. */
function following(release = 'corrected'): Lone {
  const lone = new Lone(testConfig({ release }), 1);
  elect(lone, 3);
  lone.give({ kind: 'opened', plane: 'quorum', connection: 1, peer: 3, ours: true });
  lone.packet(1, { kind: 'LEADERINFO', zxid: makeZxid(1, 0) });
  return lone;
}

describe('a leader', () => {
  test('brings up an empty follower with FOLLOWERINFO, LEADERINFO, ACKEPOCH, DIFF, NEWLEADER, ACK, UPTODATE', () => {
    const lone = leading();
    join(lone, 1, 1);
    expect(lone.take(1)).toEqual(['LEADERINFO 1:0']);
    expect(lone.storage).toMatchObject({ acceptedEpoch: 1, currentEpoch: 0 });
    lone.packet(1, { kind: 'ACKEPOCH', zxid: ZERO, currentEpoch: 0 });
    expect(lone.storage.currentEpoch).toBe(1);
    expect(lone.take(1)).toEqual(['DIFF 0:0', 'NEWLEADER 1:0']);
    lone.packet(1, { kind: 'ACK', zxid: makeZxid(1, 0) });
    expect(lone.take(1)).toEqual(['UPTODATE']);
    expect(lone.server.zk).toBe('running');
    expect(lone.server.db.lastProcessed).toBe(makeZxid(1, 0));
  });

  test('proposes an epoch above every acceptedEpoch it hears of: 21 after 20', () => {
    const lone = leading();
    join(lone, 1, 1, 20);
    expect(lone.take(1)).toEqual(['LEADERINFO 21:0']);
  });

  test('sends LEADERINFO only once acceptedEpoch is on disk', () => {
    const lone = leading();
    lone.holdDisk = true;
    join(lone, 1, 1);
    expect(lone.take(1)).toEqual([]);
    lone.disk();
    expect(lone.take(1)).toEqual(['LEADERINFO 1:0']);
  });

  test('keeps currentEpoch when a quorum connects and no ACKEPOCH comes within initLimit', () => {
    const lone = leading();
    join(lone, 1, 1);
    lone.fire('leaderWait');
    expect(lone.storage).toMatchObject({ acceptedEpoch: 1, currentEpoch: 0 });
    expect(lone.server.state).toBe('LOOKING');
  });

  test('drops a follower that knows more than itself while the quorum of ACKEPOCH is open, and goes on waiting', () => {
    const lone = leading();
    join(lone, 1, 1);
    lone.packet(1, { kind: 'ACKEPOCH', zxid: makeZxid(0, 5), currentEpoch: 0 });
    expect(lone.closed).toContain(1);
    expect(lone.server.leader?.stage).toBe('epochAck');
    expect(lone.noted('fenced')).toMatchObject([{ rule: 'learner-fresher-than-leader', against: 1, offered: 5 }]);
  });

  test('does not count an ACKEPOCH of -1', () => {
    const lone = leading();
    join(lone, 1, 1);
    lone.packet(1, { kind: 'ACKEPOCH', zxid: ZERO, currentEpoch: -1 });
    expect(lone.server.leader?.electionFinished).toBe(false);
    join(lone, 2, 2);
    lone.packet(2, { kind: 'ACKEPOCH', zxid: ZERO, currentEpoch: 0 });
    expect(lone.server.leader?.electionFinished).toBe(true);
  });

  test('closes a follower that answers PINGs and never acknowledges a proposal, after about syncLimit ticks', () => {
    const lone = established();
    lone.give({ kind: 'opened', plane: 'client', connection: 50, peer: -2, ours: false });
    lone.give({
      kind: 'received',
      plane: 'client',
      connection: 50,
      message: { kind: 'CONNECT', session: -1, timeoutMs: 0, lastZxid: ZERO, password: null, address: null },
    });
    lone.give({
      kind: 'received',
      plane: 'client',
      connection: 50,
      message: { kind: 'CLIENTREQUEST', request: { session: -2, cxid: 1, kind: 'write', op: { key: 'a', value: 1 } } },
    });
    expect(lone.take(1)).toEqual(['PROPOSAL 1:1']);
    let halfTicks = 0;
    while (!lone.closed.includes(1) && halfTicks < 40) {
      lone.fire('tick');
      halfTicks++;
      lone.packet(1, { kind: 'PING', zxid: ZERO, touched: [] });
    }
    // syncLimit is 5 ticks: ten half ticks, and one more because the proposal left between two of them.
    expect(halfTicks).toBe(11);
  });

  test('commits with its own acknowledgement and one follower, in order', () => {
    const lone = established();
    lone.give({ kind: 'opened', plane: 'client', connection: 50, peer: -2, ours: false });
    for (const cxid of [1, 2])
      lone.give({
        kind: 'received',
        plane: 'client',
        connection: 50,
        message: {
          kind: 'CLIENTREQUEST',
          request: { session: -2, cxid, kind: 'write', op: { key: 'a', value: cxid } },
        },
      });
    lone.packet(1, { kind: 'ACK', zxid: makeZxid(1, 2) });
    expect(lone.noted('committed')).toEqual([]);
    lone.packet(1, { kind: 'ACK', zxid: makeZxid(1, 1) });
    expect(lone.take(1)).toEqual(['PROPOSAL 1:1', 'PROPOSAL 1:2', 'COMMIT 1:1']);
  });

  test('ignores the second ACK of NEWLEADER', () => {
    const lone = established();
    lone.packet(1, { kind: 'ACK', zxid: makeZxid(1, 0) });
    expect(lone.noted('acked')).toEqual([]);
    expect(lone.take(1)).toEqual([]);
  });

  test('steps down at its tick check when no quorum is present', () => {
    const lone = established();
    lone.give({ kind: 'closed', plane: 'quorum', connection: 1 });
    lone.fire('tick').fire('tick');
    expect(lone.server.state).toBe('LOOKING');
    expect(lone.noted('fenced')).toMatchObject([{ rule: 'quorum-gone' }]);
  });
});

describe('a follower', () => {
  test('promises durably before it sends ACKEPOCH, with its old currentEpoch', () => {
    const lone = new Lone(testConfig(), 1);
    elect(lone, 3);
    lone.holdDisk = true;
    lone.give({ kind: 'opened', plane: 'quorum', connection: 1, peer: 3, ours: true });
    expect(lone.take(1)).toEqual(['FOLLOWERINFO 0:0']);
    lone.packet(1, { kind: 'LEADERINFO', zxid: makeZxid(1, 0) });
    expect(lone.take(1)).toEqual([]);
    lone.disk();
    expect(lone.storage.acceptedEpoch).toBe(1);
    expect(lone.take(1)).toEqual(['ACKEPOCH 0:0 epoch 0']);
  });

  test('answers a repeated epoch with -1, and refuses a smaller one', () => {
    const repeated = new Lone(testConfig(), 1);
    repeated.storage.acceptedEpoch = 1;
    const again = new Lone(testConfig(), 1, repeated.storage);
    elect(again, 3);
    again.give({ kind: 'opened', plane: 'quorum', connection: 1, peer: 3, ours: true });
    again.packet(1, { kind: 'LEADERINFO', zxid: makeZxid(1, 0) });
    expect(again.take(1)).toEqual(['FOLLOWERINFO 1:0', 'ACKEPOCH 0:0 epoch -1']);
    const older = new Lone(testConfig(), 1, { ...repeated.storage, acceptedEpoch: 7 });
    elect(older, 3);
    older.give({ kind: 'opened', plane: 'quorum', connection: 1, peer: 3, ours: true });
    older.packet(1, { kind: 'LEADERINFO', zxid: makeZxid(6, 0) });
    expect(older.server.state).toBe('LOOKING');
    expect(older.noted('fenced')).toMatchObject([{ rule: 'leaderinfo-older-than-promise', held: 7, offered: 6 }]);
  });

  test('after SNAP writes one fsynced snapshot at NEWLEADER, and lets what comes before UPTODATE wait until then', () => {
    const lone = following();
    lone.take(1);
    const snapshot = {
      id: 77,
      zxid: makeZxid(0, 9),
      lastZxid: makeZxid(0, 9),
      by: 3,
      content: [['k', 9]],
      sessions: [],
      bytes: 10,
    };
    const before = lone.storage.snapshots.length;
    lone.packet(1, { kind: 'SNAP', zxid: makeZxid(0, 9), snapshot });
    expect(lone.storage.snapshots.length).toBe(before);
    lone.packet(1, { kind: 'NEWLEADER', zxid: makeZxid(1, 0) });
    expect(lone.storage.snapshots.map((file) => [file.snapshot.zxid, file.synced])).toContainEqual([
      makeZxid(0, 9),
      true,
    ]);
    expect(lone.storage.currentEpoch).toBe(1);
    expect(lone.take(1)).toEqual(['ACK 1:0']);
    lone.packet(1, { kind: 'PROPOSAL', txn: write(1, 1) }).packet(1, { kind: 'COMMIT', zxid: makeZxid(1, 1) });
    expect(lone.take(1)).toEqual([]);
    expect(lone.server.db.lastProcessed).toBe(makeZxid(0, 9));
    lone.packet(1, { kind: 'UPTODATE' });
    expect(lone.take(1)).toEqual(['ACK 1:0', 'ACK 1:1']);
    expect(lone.server.db.lastProcessed).toBe(makeZxid(1, 1));
  });

  test('after DIFF has what is committed on disk and applied when it acknowledges NEWLEADER, without a snapshot', () => {
    for (const release of ['corrected', '3.9.4']) {
      const lone = following(release);
      lone.take(1);
      const snapshots = lone.storage.snapshots.length;
      lone.packet(1, { kind: 'DIFF', zxid: makeZxid(0, 1) });
      lone.packet(1, { kind: 'PROPOSAL', txn: write(0, 1) }).packet(1, { kind: 'COMMIT', zxid: makeZxid(0, 1) });
      expect(lastLogged(lone.storage)).toBeNull();
      lone.packet(1, { kind: 'NEWLEADER', zxid: makeZxid(1, 0) });
      expect(lone.take(1)).toEqual(['ACK 1:0']);
      expect(lastLogged(lone.storage)?.zxid).toBe(makeZxid(0, 1));
      expect(lone.server.db.lastProcessed).toBe(makeZxid(0, 1));
      expect(lone.storage.snapshots.length).toBe(snapshots);
    }
  });

  test('logs, acknowledges and applies an outstanding proposal after UPTODATE, not before it acknowledges NEWLEADER', () => {
    const lone = following();
    lone.take(1);
    lone.packet(1, { kind: 'DIFF', zxid: ZERO }).packet(1, { kind: 'PROPOSAL', txn: write(1, 1) });
    lone.packet(1, { kind: 'NEWLEADER', zxid: makeZxid(1, 0) }).packet(1, { kind: 'COMMIT', zxid: makeZxid(1, 1) });
    expect(lone.take(1)).toEqual(['ACK 1:0']);
    expect(lastLogged(lone.storage)).toBeNull();
    lone.packet(1, { kind: 'UPTODATE' });
    expect(lone.take(1)).toEqual(['ACK 1:0', 'ACK 1:1']);
    expect(lastLogged(lone.storage)?.zxid).toBe(makeZxid(1, 1));
    expect(lone.server.db.lastProcessed).toBe(makeZxid(1, 1));
  });

  test('logs, then writes currentEpoch, then acknowledges; a crash may fall between any two', () => {
    const lone = following();
    lone.take(1);
    lone.packet(1, { kind: 'DIFF', zxid: makeZxid(0, 1) });
    lone.packet(1, { kind: 'PROPOSAL', txn: write(0, 1) }).packet(1, { kind: 'COMMIT', zxid: makeZxid(0, 1) });
    lone.holdDisk = true;
    lone.packet(1, { kind: 'NEWLEADER', zxid: makeZxid(1, 0) });
    expect(lone.held.map(({ op }) => op.kind)).toEqual(['log']);
    lone.disk();
    expect(lone.held.map(({ op }) => op.kind)).toEqual(['epoch']);
    expect(lone.take(1)).toEqual([]);
    lone.disk();
    expect(lone.take(1)).toEqual(['ACK 1:0']);
  });

  test('3.6.2 acknowledges NEWLEADER with nothing of the DIFF on disk (ZOOKEEPER-3911)', () => {
    const lone = following('3.6.2');
    lone.take(1);
    lone.packet(1, { kind: 'DIFF', zxid: makeZxid(0, 1) });
    lone.packet(1, { kind: 'PROPOSAL', txn: write(0, 1) }).packet(1, { kind: 'COMMIT', zxid: makeZxid(0, 1) });
    lone.packet(1, { kind: 'NEWLEADER', zxid: makeZxid(1, 0) });
    expect(lone.take(1)).toEqual(['ACK 1:0']);
    expect(lastLogged(lone.storage)).toBeNull();
  });

  test('3.8.0 writes currentEpoch before the history is durable (ZOOKEEPER-4643)', () => {
    const lone = following('3.8.0');
    lone.take(1);
    lone.packet(1, { kind: 'DIFF', zxid: makeZxid(0, 1) });
    lone.packet(1, { kind: 'PROPOSAL', txn: write(0, 1) }).packet(1, { kind: 'COMMIT', zxid: makeZxid(0, 1) });
    lone.holdDisk = true;
    lone.packet(1, { kind: 'NEWLEADER', zxid: makeZxid(1, 0) });
    expect(lone.held.map(({ op }) => op.kind)).toEqual(['epoch']);
    lone.disk();
    expect(lone.held.map(({ op }) => op.kind)).toEqual(['log']);
    expect(lone.take(1)).toEqual(['ACK 1:0']);
  });

  test('corrected: told to truncate what only its snapshot holds, it asks for everything, and then keeps nothing of its own', () => {
    const storage = emptyStorage();
    const snapshot = {
      zxid: makeZxid(0, 5),
      lastZxid: makeZxid(0, 5),
      by: 1,
      content: [['k', 5]],
      sessions: [],
      bytes: 9,
    };
    addSnapshot(storage, { id: 5, ...snapshot }, true);
    const lone = new Lone(testConfig(), 1, storage);
    elect(lone, 3, { zxid: makeZxid(0, 8), peerEpoch: 0 });
    lone.give({ kind: 'opened', plane: 'quorum', connection: 1, peer: 3, ours: true });
    lone.packet(1, { kind: 'LEADERINFO', zxid: makeZxid(1, 0) }).packet(1, { kind: 'TRUNC', zxid: makeZxid(0, 3) });
    expect(lone.take(1)).toEqual(['FOLLOWERINFO 0:0', 'ACKEPOCH 0:5 epoch 0']);
    expect(lone.server.state).toBe('LOOKING');
    elect(lone, 3, { zxid: makeZxid(0, 8), peerEpoch: 0 });
    lone.give({ kind: 'opened', plane: 'quorum', connection: 2, peer: 3, ours: true });
    lone.packet(2, { kind: 'LEADERINFO', zxid: makeZxid(1, 0) });
    expect(lone.take(2)).toEqual(['FOLLOWERINFO 1:0', 'ACKEPOCH 0:0 epoch -1']);
    lone.packet(2, { kind: 'DIFF', zxid: ZERO }).packet(2, { kind: 'NEWLEADER', zxid: makeZxid(1, 0) });
    expect(lone.take(2)).toEqual(['ACK 1:0']);
    expect(lone.storage.snapshots.map((file) => file.snapshot.content)).toEqual([[]]);
    expect(lone.server.db.lastProcessed).toBe(ZERO);
  });

  test('exits with code 12 when a COMMIT does not name its oldest proposal', () => {
    const lone = following();
    lone
      .packet(1, { kind: 'DIFF', zxid: ZERO })
      .packet(1, { kind: 'NEWLEADER', zxid: makeZxid(1, 0) })
      .packet(1, { kind: 'UPTODATE' });
    lone.packet(1, { kind: 'PROPOSAL', txn: write(1, 1) }).packet(1, { kind: 'COMMIT', zxid: makeZxid(1, 2) });
    expect(lone.exits).toMatchObject([{ code: 12 }]);
  });

  test('exits with code 13 when synchronization begins with another packet', () => {
    const lone = following();
    lone.packet(1, { kind: 'UPTODATE' });
    expect(lone.exits).toMatchObject([{ code: 13 }]);
  });

  test('in broadcast compares no epochs: a proposal of an older epoch is only a warning', () => {
    const lone = following();
    lone
      .packet(1, { kind: 'DIFF', zxid: ZERO })
      .packet(1, { kind: 'NEWLEADER', zxid: makeZxid(1, 0) })
      .packet(1, { kind: 'UPTODATE' });
    lone.packet(1, { kind: 'PROPOSAL', txn: write(1, 1) });
    lone.take(1);
    lone.packet(1, { kind: 'PROPOSAL', txn: write(0, 7) });
    expect(lone.take(1)).toEqual(['ACK 0:7']);
  });
});

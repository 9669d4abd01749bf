import { describe, expect, it } from 'vitest';
import { Hasher } from '../../sim/hash.ts';
import { HISTORY_KINDS, newHistories, type Histories, type History } from '../../sim/histories.ts';
import { setOf } from '../../sim/zab/sets.ts';
import { ZERO, type Zxid } from '../../sim/zab/zxid.ts';
import { coldStart, Conversation, SETUP, t, z } from './conversation.ts';

function replay(conversation: Conversation): Histories {
  const histories = newHistories(SETUP);
  for (const event of conversation.events) if (HISTORY_KINDS.includes(event.kind)) histories.observe(event);
  return histories;
}

function zxids(histories: Histories, history: History): Zxid[] {
  histories.canon.settle(history);
  const length = histories.canon.lengthOf(history);
  return Array.from({ length }, (_, index) => histories.canon.zxidIn(history, index));
}

function canonical(histories: Histories): Zxid[] {
  return Array.from({ length: histories.canon.length }, (_, index) => histories.canon.zxidAt(index));
}

function digest(histories: Histories): string {
  const hasher = new Hasher();
  histories.hash(hasher);
  return hasher.hex();
}

describe('the canonical sequence', () => {
  it('grows with commits, in their order', () => {
    const histories = replay(
      coldStart()
        .write(3, t(3, 1, 1), [3, 2])
        .write(3, t(3, 1, 2), [3, 2]),
    );
    expect(canonical(histories)).toEqual([z(1, 1), z(1, 2)]);
  });

  it('takes in the initial history of a leader once it is established, not before', () => {
    const c = coldStart()
      .propose(3, t(3, 1, 1))
      .ack(3, t(3, 1, 1), 3, 2, 1)
      .leave(1, 2);
    for (const id of [1, 2]) c.tell(id, { kind: 'applied', txn: t(3, 1, 1), delivered: false });
    c.discover(2, 2, [1]).finishElection(2, 2, setOf([1, 2]));
    expect(canonical(replay(c))).toEqual([]);
    expect(canonical(replay(c.establish(2, 2, setOf([1, 2]))))).toEqual([z(1, 1)]);
  });

  it('finds a zxid by its position, across epochs and where counters have a gap', () => {
    const c = coldStart()
      .propose(3, t(3, 1, 1), t(3, 1, 3))
      .commit(3, t(3, 1, 1), 0)
      .commit(3, t(3, 1, 3), 0);
    const { canon } = replay(c);
    expect([z(1, 1), z(1, 2), z(1, 3), z(2, 1), ZERO].map((zxid) => canon.indexOf(zxid))).toEqual([0, -1, 1, -1, -1]);
  });
});

describe('memory and disk', () => {
  it('keep apart what is applied, what is durable and what is delivered', () => {
    const histories = replay(
      coldStart()
        .write(3, t(3, 1, 1), [3, 2])
        .apply(t(3, 1, 1), 1)
        .log(2, t(3, 1, 2)),
    );
    expect(zxids(histories, histories.server(1).memory)).toEqual([z(1, 1)]);
    expect(zxids(histories, histories.server(1).durable)).toEqual([]);
    expect(zxids(histories, histories.server(2).durable)).toEqual([z(1, 1), z(1, 2)]);
    expect(zxids(histories, histories.server(2).delivered)).toEqual([z(1, 1)]);
  });

  it('lose at a crash what was not durable, and find at a start what was', () => {
    const c = coldStart()
      .write(3, t(3, 1, 1), [3, 2])
      .apply(t(3, 1, 1), 1)
      .log(2, t(3, 1, 2))
      .crash(1, 2);
    expect(zxids(replay(c), replay(c).server(2).memory)).toEqual([]);
    const histories = replay(c.start(1, 2));
    expect(zxids(histories, histories.server(1).memory)).toEqual([]);
    expect(zxids(histories, histories.server(2).memory)).toEqual([z(1, 1), z(1, 2)]);
    // What a server has delivered is remembered beyond its death.
    expect(zxids(histories, histories.server(1).delivered)).toEqual([z(1, 1)]);
  });

  it('are the sent snapshot after SNAP, and the disk once it is written in place of everything', () => {
    const c = coldStart()
      .write(3, t(3, 1, 1), [3, 2])
      .write(3, t(3, 1, 2), [3, 2])
      .log(1, t(3, 1, 1))
      .leave(1);
    const histories = replay(c.promise(3, 1, 1).syncSnap(3, 1, 1));
    expect(zxids(histories, histories.server(1).memory)).toEqual([z(1, 1), z(1, 2)]);
    expect(zxids(histories, histories.server(1).durable)).toEqual([z(1, 1), z(1, 2)]);
  });

  it('do not count a snapshot that is not synced, until a power failure has spared it', () => {
    const c = coldStart()
      .write(3, t(3, 1, 1), [3, 2])
      .apply(t(3, 1, 1), 1);
    c.tell(1, { kind: 'snapshotBegun', snapshot: 70, zxid: z(1, 1), lastZxid: z(1, 1) });
    c.tell(1, { kind: 'snapshotWritten', snapshot: 70, zxid: z(1, 1), synced: false, replaces: false });
    expect(zxids(replay(c), replay(c).server(1).durable)).toEqual([]);
    c.crash(1);
    const started = { kind: 'started', life: 2, acceptedEpoch: 1, currentEpoch: 1 } as const;
    const spared = { ...started, lastZxid: z(1, 1), snapshot: 70, snapshotZxid: z(1, 1), replayed: 0 };
    const histories = replay(c.tell(1, spared));
    expect(zxids(histories, histories.server(1).memory)).toEqual([z(1, 1)]);
    expect(zxids(histories, histories.server(1).durable)).toEqual([z(1, 1)]);
  });

  it('replay the log behind a snapshot, and apply nothing twice', () => {
    const c = coldStart().write(3, t(3, 1, 1), [3, 2]);
    c.tell(2, { kind: 'snapshotBegun', snapshot: 71, zxid: ZERO, lastZxid: z(1, 1) });
    c.tell(2, { kind: 'snapshotWritten', snapshot: 71, zxid: ZERO, synced: false, replaces: false });
    const histories = replay(c.log(2, t(3, 1, 2)).tell(2, { kind: 'reloaded', lastZxid: z(1, 2), snapshot: 71 }));
    expect(zxids(histories, histories.server(2).memory)).toEqual([z(1, 1), z(1, 2)]);
  });

  it('are cut by a truncation', () => {
    const c = coldStart()
      .write(3, t(3, 1, 1), [3, 2])
      .log(2, t(3, 1, 2), t(3, 1, 3))
      .leave(2);
    const histories = replay(c.promise(3, 1, 2).syncTrunc(3, 1, 2, z(1, 1), [z(1, 2), z(1, 3)]));
    expect(zxids(histories, histories.server(2).durable)).toEqual([z(1, 1)]);
    expect(zxids(histories, histories.server(2).memory)).toEqual([z(1, 1)]);
  });
});

describe('a clone', () => {
  const events = coldStart()
    .write(3, t(3, 1, 1), [3, 2, 1])
    .log(2, t(3, 1, 2))
    .leave(1, 2, 3)
    .reign(2, 2, [1, 3])
    .write(2, t(2, 2, 1), [1, 2, 3])
    .crash(1)
    .start(1)
    .promise(2, 2, 1)
    .syncSnap(2, 2, 1)
    .serve(2, 2, 1).events;

  it.each([10, 40, 70, events.length - 5])('taken after %d events goes on to the same end, alone', (half) => {
    const original = newHistories(SETUP);
    for (const event of events.slice(0, half)) original.observe(event);
    const before = digest(original);
    const clone = original.clone();
    for (const event of events.slice(half)) clone.observe(event);
    expect(digest(original)).toBe(before);
    for (const event of events.slice(half)) original.observe(event);
    expect(digest(original)).toBe(digest(clone));
    expect(digest(original)).not.toBe(before);
  });
});

import { describe, expect, test } from 'vitest';
import { decideSync, type LeaderHistory } from '../../sim/zab/sync-decision.ts';
import type { Txn } from '../../sim/zab/messages.ts';
import { makeZxid, type Zxid } from '../../sim/zab/zxid.ts';

/** A zxid: a plain counter of epoch 0, or a pair. */
type Z = number | readonly [epoch: number, counter: number];

function z(value: Z): Zxid {
  return typeof value === 'number' ? makeZxid(0, value) : makeZxid(value[0], value[1]);
}

function txn(value: Z): Txn {
  return { zxid: z(value), session: 0, cxid: 0, proposer: 1, body: { kind: 'write', op: null }, digest: 0, bytes: 0 };
}

interface Given {
  readonly disk?: readonly Z[];
  readonly committedLog: readonly Z[];
  readonly lastProcessed: Z;
  readonly txnLogSync?: boolean;
  readonly force?: boolean;
}

/** As in the tests the vectors come from: the log on disk can serve a learner from its first record on. */
function leader(given: Given): LeaderHistory {
  const disk = (given.disk ?? []).map(txn);
  return {
    lastProcessedZxid: z(given.lastProcessed),
    committedLog: given.committedLog.map(txn),
    forceSnapshotSync: given.force ?? false,
    txnLogSync: given.txnLogSync ?? true,
    readTxnLog: (from) => (disk.length > 0 && disk[0]!.zxid <= from ? { records: disk } : { rejected: 'start' }),
    refusesCrossEpochTrunc: true,
    truncates: 'always',
  };
}

interface Expected {
  readonly first: 'DIFF' | 'TRUNC' | 'SNAP';
  readonly zxid?: Z;
  readonly queue?: readonly Z[];
  readonly forward?: Z;
}

type Row = readonly [name: string, given: Given, peer: Z, expected: Expected];

const one = { committedLog: [], lastProcessed: 1 };
const gapped = { committedLog: [2, 3, 5], lastProcessed: 6 };
const disk = { disk: [2, 3, 5, 6, 7, 8, 9], committedLog: [6, 7, 8], lastProcessed: 9 };
const diskOnly = { disk: [2, 3, 5, 6, 7], committedLog: [], lastProcessed: 7 };
const epochs = {
  disk: [
    [0, 1],
    [1, 1],
    [1, 2],
  ],
  committedLog: [
    [1, 1],
    [1, 2],
  ],
  lastProcessed: [2, 0],
} satisfies Given;
const crossing = {
  disk: [
    [1, 1],
    [2, 1],
    [2, 2],
    [4, 1],
  ],
  committedLog: [],
  lastProcessed: [6, 0],
} satisfies Given;

/** The decisions of LearnerHandlerTest.java, re-expressed. */
const rows: readonly Row[] = [
  ['ahead of a leader with an empty committedLog', one, 3, { first: 'TRUNC', zxid: 1, queue: [], forward: 1 }],
  ['level with a leader with an empty committedLog', one, 1, { first: 'DIFF', zxid: 1, queue: [], forward: 1 }],
  ['empty, and the log on disk is off', { ...one, txnLogSync: false }, 0, { first: 'SNAP', queue: [] }],
  ['a transaction that the leader never saw', gapped, 4, { first: 'TRUNC', zxid: 3, queue: [5], forward: 5 }],
  ['inside the committedLog', gapped, 2, { first: 'DIFF', zxid: 5, queue: [3, 5], forward: 5 }],
  ['before the committedLog, and the log on disk is off', { ...gapped, txnLogSync: false }, 1, { first: 'SNAP' }],
  ['on disk: never seen by the leader', disk, 4, { first: 'TRUNC', zxid: 3, queue: [5, 6, 7, 8], forward: 8 }],
  ['on disk: known', disk, 3, { first: 'DIFF', zxid: 8, queue: [5, 6, 7, 8], forward: 8 }],
  ['disk alone: never seen by the leader', diskOnly, 4, { first: 'TRUNC', zxid: 3, queue: [5, 6, 7], forward: 7 }],
  ['disk alone: known', diskOnly, 2, { first: 'DIFF', zxid: 7, queue: [3, 5, 6, 7], forward: 7 }],
  ['disk alone: before its first record', diskOnly, 1, { first: 'SNAP' }],
  ['epoch 0, before everything', epochs, [0, 0], { first: 'SNAP' }],
  [
    'an empty epoch 1',
    epochs,
    [1, 0],
    {
      first: 'DIFF',
      zxid: [1, 2],
      queue: [
        [1, 1],
        [1, 2],
      ],
      forward: [1, 2],
    },
  ],
  ['level with an empty epoch 2', epochs, [2, 0], { first: 'DIFF', zxid: [2, 0], queue: [], forward: [2, 0] }],
  ['a TRUNC that would cross an epoch', crossing, [3, 1], { first: 'SNAP' }],
  [
    'a gap between disk and committedLog',
    { disk: [2, 3, 4], committedLog: [7, 8], lastProcessed: 8 },
    3,
    { first: 'SNAP' },
  ],
  ['a snapshot is forced', { ...one, force: true }, 1, { first: 'SNAP', queue: [], forward: 1 }],
  ['above everything, in an epoch without transactions', one, [1, 0], { first: 'SNAP', queue: [], forward: 1 }],
];

describe('the leader chooses what LearnerHandler.java#syncFollower chooses', () => {
  test.each(rows)('%s', (_name, given, peer, expected) => {
    const decision = decideSync(leader(given), z(peer));
    expect(decision.mode).toBe(expected.first);
    if (expected.zxid !== undefined) expect(decision.zxid).toBe(z(expected.zxid));
    if (expected.queue !== undefined)
      expect(decision.queue.map((queued) => queued.zxid)).toEqual(expected.queue.map(z));
    if (expected.forward !== undefined) expect(decision.startForwardingFrom).toBe(z(expected.forward));
  });

  test('the log on disk [2..8] up to lastProcessed 7 is what disk alone means', () => {
    // The record 8 is on disk and not yet applied: with an empty committedLog the cap is lastProcessed.
    const decision = decideSync(leader({ disk: [2, 3, 5, 6, 7, 8], committedLog: [], lastProcessed: 7 }), z(4));
    expect(decision.mode).toBe('TRUNC');
    expect(decision.queue.map((queued) => queued.zxid)).toEqual([5, 6, 7].map(z));
    expect(decision.startForwardingFrom).toBe(z(7));
  });

  test('a refused TRUNC is told apart from a gap', () => {
    const refused = decideSync(
      leader({
        committedLog: [
          [1, 1],
          [2, 1],
        ],
        lastProcessed: [2, 1],
      }),
      z([1, 2]),
    );
    expect(refused).toMatchObject({
      mode: 'SNAP',
      cannotTrunc: true,
      unhandled: true,
      via: 'committedLog',
      gap: false,
    });
    const gap = decideSync(leader({ disk: [2, 3, 4], committedLog: [7, 8], lastProcessed: 8 }), z(3));
    expect(gap).toMatchObject({ mode: 'SNAP', cannotTrunc: false, gap: true, via: 'txnlog+committedLog' });
  });
});

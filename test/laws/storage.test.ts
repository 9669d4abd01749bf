// A data directory is read back as FileTxnSnapLog.java and FileTxnLog.java read it, and cut as the real class cut it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Txn } from '../../sim/zab/messages.ts';
import type { Snapshot } from '../../sim/zab/service.ts';
import {
  addSnapshot,
  appendLog,
  applyOp,
  cloneStorage,
  emptyStorage,
  lastLogged,
  load,
  recordsAfter,
  type Storage,
} from '../../sim/zab/storage.ts';
import { counterOf, epochOf, makeZxid, type Zxid } from '../../sim/zab/zxid.ts';

type Pair = readonly [epoch: number, counter: number];

function txn(zxid: Zxid): Txn {
  return {
    zxid,
    session: 1,
    cxid: 1,
    proposer: 1,
    body: { kind: 'write', op: null },
    digest: zxid % 1_000_003,
    bytes: 100,
  };
}

function snapshot(zxid: Zxid, lastZxid: Zxid = zxid): Snapshot {
  return { id: 1, zxid, lastZxid, by: 1, content: null, sessions: [], bytes: 100 };
}

/** One array a file. */
function storageOf(files: readonly (readonly Pair[])[]): Storage {
  const storage = emptyStorage();
  for (const file of files)
    appendLog(
      storage,
      file.map(([epoch, counter]) => txn(makeZxid(epoch, counter))),
      true,
    );
  return storage;
}

function pairs(storage: Storage): string[] {
  return storage.logs.flatMap((file) => file.txns.map(({ zxid }) => `${epochOf(zxid)}:${counterOf(zxid)}`));
}

describe('truncate, as the unmodified FileTxnLog of ZooKeeper was seen to do it', () => {
  const vectors: readonly (readonly [
    files: readonly (readonly Pair[])[],
    target: Pair,
    left: readonly string[],
    works: boolean,
  ])[] = [
    [
      [
        [
          [1, 1],
          [1, 2],
          [1, 3],
        ],
        [[2, 1]],
      ],
      [1, 2],
      ['1:1', '1:2'],
      true,
    ],
    [
      [
        [
          [1, 1],
          [1, 2],
          [2, 1],
          [2, 2],
        ],
      ],
      [1, 5],
      ['1:1', '1:2', '2:1'],
      true,
    ],
    [
      [
        [
          [1, 1],
          [1, 3],
        ],
        [
          [2, 1],
          [2, 2],
        ],
      ],
      [1, 5],
      ['1:1', '1:3', '2:1'],
      true,
    ],
    [
      [
        [
          [2, 1],
          [2, 2],
        ],
      ],
      [1, 5],
      ['2:1'],
      true,
    ],
    [
      [
        [
          [1, 1],
          [1, 2],
        ],
      ],
      [1, 9],
      ['1:1', '1:2'],
      false,
    ],
  ];
  test.each(vectors)('%j to %j leaves %j', (files, [epoch, counter], left, works) => {
    const storage = storageOf(files);
    const before = pairs(storage);
    const { error, removed } = applyOp(storage, { kind: 'truncate', zxid: makeZxid(epoch, counter), strict: false });
    expect(error === null).toBe(works);
    expect(pairs(storage)).toEqual(left);
    expect(removed.map((zxid) => `${epochOf(zxid)}:${counterOf(zxid)}`)).toEqual(before.slice(left.length));
  });

  // A target that is missing from the log is refused instead of leaving a record that the leader does not have.
  const strict: readonly (readonly [
    files: readonly (readonly Pair[])[],
    target: Pair,
    left: readonly string[],
    works: boolean,
  ])[] = [
    [
      [
        [
          [1, 1],
          [1, 2],
          [1, 3],
        ],
        [[2, 1]],
      ],
      [1, 2],
      ['1:1', '1:2'],
      true,
    ],
    [
      [
        [
          [1, 1],
          [1, 2],
          [2, 1],
          [2, 2],
        ],
      ],
      [1, 5],
      ['1:1', '1:2', '2:1', '2:2'],
      false,
    ],
    [
      [
        [
          [2, 1],
          [2, 2],
        ],
      ],
      [1, 5],
      ['2:1', '2:2'],
      false,
    ],
    [
      [
        [
          [1, 1],
          [1, 2],
        ],
      ],
      [1, 9],
      ['1:1', '1:2'],
      false,
    ],
  ];
  test.each(strict)('strictly, %j to %j leaves %j', (files, [epoch, counter], left, works) => {
    const storage = storageOf(files);
    const { error } = applyOp(storage, { kind: 'truncate', zxid: makeZxid(epoch, counter), strict: true });
    expect(error === null).toBe(works);
    expect(pairs(storage)).toEqual(left);
  });

  test('strictly, snapshots above the target go with the log', () => {
    const storage = storageOf([
      [
        [1, 1],
        [1, 2],
        [1, 3],
      ],
    ]);
    addSnapshot(storage, snapshot(makeZxid(1, 1)), true);
    addSnapshot(storage, snapshot(makeZxid(1, 3)), true);
    expect(applyOp(storage, { kind: 'truncate', zxid: makeZxid(1, 2), strict: true }).error).toBe(null);
    expect(load(storage).lastZxid).toBe(makeZxid(1, 2));
    expect(storage.snapshots.map((file) => file.snapshot.zxid)).toEqual([makeZxid(1, 1)]);
  });
});

/** Histories of a few epochs, cut into files anywhere. */
const history: fc.Arbitrary<readonly (readonly Pair[])[]> = fc
  .array(fc.record({ newEpoch: fc.boolean(), newFile: fc.boolean() }), { maxLength: 25 })
  .map((steps) => {
    const files: Pair[][] = [];
    let [epoch, counter] = [1, 0];
    for (const { newEpoch, newFile } of steps) {
      [epoch, counter] = newEpoch && counter > 0 ? [epoch + 1, 1] : [epoch, counter + 1];
      if (newFile || files.length === 0) files.push([]);
      files[files.length - 1]?.push([epoch, counter]);
    }
    return files;
  });

describe('laws', () => {
  test('what is logged is loaded, in whatever files it lies; a snapshot leaves only what comes later', () => {
    fc.assert(
      fc.property(history, fc.nat(), (files, where) => {
        const storage = storageOf(files);
        const zxids = files.flat().map(([epoch, counter]) => makeZxid(epoch, counter));
        expect(load(storage).replay.map((each) => each.zxid)).toEqual(zxids);
        expect(load(storage).lastZxid).toBe(zxids[zxids.length - 1] ?? 0);
        expect(lastLogged(storage)?.zxid).toBe(zxids[zxids.length - 1]);
        const base = zxids[where % (zxids.length || 1)];
        if (base === undefined) return;
        addSnapshot(storage, snapshot(base), true);
        expect(load(storage).replay.map((each) => each.zxid)).toEqual(zxids.filter((zxid) => zxid > base));
        expect(load(storage).lastZxid).toBe(zxids[zxids.length - 1]);
      }),
    );
  });

  test('records after a zxid are those above it, whether or not it is in the log', () => {
    fc.assert(
      fc.property(history, fc.nat(8), fc.nat(12), (files, epoch, counter) => {
        const zxid = makeZxid(epoch, counter);
        const expected = files
          .flat()
          .map(([e, c]) => makeZxid(e, c))
          .filter((each) => each > zxid);
        expect([...recordsAfter(storageOf(files), zxid)].map((each) => each.zxid)).toEqual(expected);
      }),
    );
  });

  test('cutting after a record of the log keeps it and all before it, and the log goes on from there', () => {
    fc.assert(
      fc.property(history, fc.nat(), fc.boolean(), (files, where, strict) => {
        const storage = storageOf(files);
        const zxids = files.flat().map(([epoch, counter]) => makeZxid(epoch, counter));
        const target = zxids[where % (zxids.length || 1)];
        if (target === undefined) return;
        const { error, removed } = applyOp(storage, { kind: 'truncate', zxid: target, strict });
        expect(error).toBe(null);
        expect(load(storage).replay.map((each) => each.zxid)).toEqual(zxids.filter((zxid) => zxid <= target));
        expect(removed).toEqual(zxids.filter((zxid) => zxid > target));
        const next = makeZxid(epochOf(target) + 1, 1);
        appendLog(storage, [txn(next)], false);
        expect(load(storage).lastZxid).toBe(next);
      }),
    );
  });

  test('a strict truncation leaves nothing above the target, or refuses and leaves everything', () => {
    fc.assert(
      fc.property(history, fc.nat(8), fc.nat(12), (files, epoch, counter) => {
        const storage = storageOf(files);
        const before = cloneStorage(storage);
        const target = makeZxid(epoch, counter);
        const { error } = applyOp(storage, { kind: 'truncate', zxid: target, strict: true });
        if (error !== null) expect(storage).toEqual(before);
        else for (const { zxid } of load(storage).replay) expect(zxid <= target).toBe(true);
      }),
    );
  });

  test('a copy shares nothing that changes', () => {
    fc.assert(
      fc.property(history, (files) => {
        const storage = storageOf(files);
        const copy = cloneStorage(storage);
        applyOp(storage, { kind: 'epoch', file: 'acceptedEpoch', epoch: 7 });
        applyOp(storage, { kind: 'log', txns: [txn(makeZxid(99, 1))], roll: false });
        applyOp(storage, { kind: 'snapshot', snapshot: snapshot(makeZxid(99, 1)), synced: true, replaces: false });
        expect(copy).toEqual(storageOf(files));
      }),
    );
  });

  test('a snapshot that replaces leaves nothing else; one that is not valid is passed over', () => {
    const storage = storageOf([
      [
        [1, 1],
        [1, 2],
      ],
    ]);
    addSnapshot(storage, snapshot(makeZxid(1, 1)), true);
    addSnapshot(storage, snapshot(makeZxid(1, 2)), false);
    const newest = storage.snapshots[1];
    if (newest !== undefined) newest.valid = false;
    expect(load(storage).snapshot?.zxid).toBe(makeZxid(1, 1));
    applyOp(storage, { kind: 'snapshot', snapshot: snapshot(makeZxid(2, 4)), synced: true, replaces: true });
    expect([storage.logs, storage.snapshots.length, load(storage).lastZxid]).toEqual([[], 1, makeZxid(2, 4)]);
  });
});

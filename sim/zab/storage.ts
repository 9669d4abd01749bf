import type { DiskOp } from './effects.ts';
import type { Txn } from './messages.ts';
import type { Snapshot } from './service.ts';
import { ZERO, type Zxid } from './zxid.ts';

/** One `log.<zxid>` file. A torn last record is the end of the file, as for FileTxnIterator#next. */
export interface LogFile {
  readonly name: Zxid;
  readonly txns: Txn[];
  torn: boolean;
}

/** One `snapshot.<zxid>` file. `valid` false: half-written, skipped at load. */
export interface SnapshotFile {
  readonly snapshot: Snapshot;
  synced: boolean;
  valid: boolean;
}

/** A server's data directory as a process of it would read it: what operations that have ended left behind.
 *  An operation under way is not in it yet; `sim/disk.ts` decides what a failure leaves of it. */
export interface Storage {
  acceptedEpoch: number | null;
  currentEpoch: number | null;
  /** 3.4's marker around snapshot and currentEpoch. */
  updatingEpoch: number | null;
  /** Ascending by name; within and across files ascending by zxid. */
  readonly logs: LogFile[];
  /** Ascending by zxid of the name; a second snapshot of one name replaces the first. */
  readonly snapshots: SnapshotFile[];
}

export function emptyStorage(): Storage {
  return { acceptedEpoch: null, currentEpoch: null, updatingEpoch: null, logs: [], snapshots: [] };
}

export function cloneStorage(storage: Storage): Storage {
  return {
    acceptedEpoch: storage.acceptedEpoch,
    currentEpoch: storage.currentEpoch,
    updatingEpoch: storage.updatingEpoch,
    logs: storage.logs.map((file) => ({ name: file.name, txns: file.txns.slice(), torn: file.torn })),
    snapshots: storage.snapshots.map((file) => ({ ...file })),
  };
}

/** What one operation did. `removed` for a truncation; `error` when the protocol must see it fail. */
export interface Applied {
  readonly error: string | null;
  readonly removed: readonly Zxid[];
}

const DONE: Applied = { error: null, removed: [] };

/** Performs a whole operation. The caller has decided that it succeeds, as far as the device goes. */
export function applyOp(storage: Storage, op: DiskOp): Applied {
  switch (op.kind) {
    case 'log':
      appendLog(storage, op.txns, op.roll);
      return DONE;
    case 'epoch':
      storage[op.file] = op.epoch;
      return DONE;
    case 'snapshot':
      if (op.replaces) {
        storage.logs.length = 0;
        storage.snapshots.length = 0;
      }
      addSnapshot(storage, op.snapshot, op.synced);
      return DONE;
    case 'truncate':
      return truncate(storage, op.zxid, op.strict);
  }
}

/** Appends records to the newest file, or to a new one named after the first. */
export function appendLog(storage: Storage, txns: readonly Txn[], roll: boolean): void {
  const first = txns[0];
  if (first === undefined) return;
  let file = storage.logs[storage.logs.length - 1];
  if (roll || file === undefined || file.torn) {
    // A file of the same name is opened anew, and so emptied (FileTxnLog#append creates a FileOutputStream).
    const same = storage.logs.findIndex((other) => other.name === first.zxid);
    if (same >= 0) storage.logs.splice(same, 1);
    file = { name: first.zxid, txns: [], torn: false };
    storage.logs.push(file);
    storage.logs.sort((a, b) => a.name - b.name);
  }
  for (const txn of txns) file.txns.push(txn);
}

export function addSnapshot(storage: Storage, snapshot: Snapshot, synced: boolean): void {
  const file: SnapshotFile = { snapshot, synced, valid: true };
  const same = storage.snapshots.findIndex((other) => other.snapshot.zxid === snapshot.zxid);
  if (same >= 0) storage.snapshots[same] = file;
  else {
    storage.snapshots.push(file);
    storage.snapshots.sort((a, b) => a.snapshot.zxid - b.snapshot.zxid);
  }
}

/** The last record of the log; null when there is none. */
export function lastLogged(storage: Storage): Txn | null {
  for (let i = storage.logs.length - 1; i >= 0; i--) {
    const txns = storage.logs[i]!.txns;
    if (txns.length > 0) return txns[txns.length - 1]!;
  }
  return null;
}

/** The newest snapshot that can be read; null when there is none. Source: persistence/FileSnap.java#deserialize. */
export function newestSnapshot(storage: Storage): Snapshot | null {
  for (let i = storage.snapshots.length - 1; i >= 0; i--) {
    const file = storage.snapshots[i]!;
    if (file.valid) return file.snapshot;
  }
  return null;
}

/** The index of the file in which a reading from `zxid` begins: the last one whose name is below it, or the first.
 *  Source: persistence/FileTxnLog.java FileTxnIterator#init, #getLogFiles. */
export function fileOf(storage: Storage, zxid: Zxid): number {
  let index = 0;
  for (let i = 0; i < storage.logs.length; i++) if (storage.logs[i]!.name < zxid) index = i;
  return index;
}

/** The records after `zxid`, in order. */
export function* recordsAfter(storage: Storage, zxid: Zxid): IterableIterator<Txn> {
  for (let i = fileOf(storage, zxid); i < storage.logs.length; i++)
    for (const txn of storage.logs[i]!.txns) if (txn.zxid > zxid) yield txn;
}

/** Cuts the log after `zxid`.
 *  As released: seeks the first record with zxid >= target, cuts right after *that* record, deletes later files; so a
 *  target that is missing keeps the first later record, and a target above everything fails.
 *  `strict`: the target must be in the log or name a snapshot, everything above it goes, newer snapshots too.
 *  Source: persistence/FileTxnLog.java#truncate, FileTxnSnapLog.java#truncateLog; reference vectors A.4. */
export function truncate(storage: Storage, zxid: Zxid, strict: boolean): Applied {
  if (strict) return truncateStrictly(storage, zxid);
  const removed: Zxid[] = [];
  for (let i = fileOf(storage, zxid); i < storage.logs.length; i++) {
    const { txns } = storage.logs[i]!;
    const at = txns.findIndex((txn) => txn.zxid >= zxid);
    if (at < 0) continue;
    for (const txn of txns.splice(at + 1)) removed.push(txn.zxid);
    for (const later of storage.logs.splice(i + 1)) for (const txn of later.txns) removed.push(txn.zxid);
    storage.logs[i]!.torn = false;
    return { error: null, removed };
  }
  return { error: 'the target is above everything in the log', removed: [] };
}

function truncateStrictly(storage: Storage, zxid: Zxid): Applied {
  const base = newestSnapshotUpTo(storage, zxid);
  const baseZxid = base?.lastZxid ?? ZERO;
  if (baseZxid > zxid) return { error: 'the snapshot below the target contains later transactions', removed: [] };
  let reached = baseZxid === zxid;
  for (const txn of recordsAfter(storage, base?.zxid ?? ZERO)) if (txn.zxid === zxid) reached = true;
  if (!reached) return { error: 'the target is neither in the log nor a snapshot', removed: [] };
  const removed: Zxid[] = [];
  for (const file of storage.logs) {
    const at = file.txns.findIndex((txn) => txn.zxid > zxid);
    if (at >= 0) for (const txn of file.txns.splice(at)) removed.push(txn.zxid);
    file.torn = false;
  }
  keep(storage.logs, (file) => file.txns.length > 0);
  keep(storage.snapshots, (file) => file.snapshot.zxid <= zxid && file.snapshot.lastZxid <= zxid);
  return { error: null, removed };
}

function newestSnapshotUpTo(storage: Storage, zxid: Zxid): Snapshot | null {
  for (let i = storage.snapshots.length - 1; i >= 0; i--) {
    const file = storage.snapshots[i]!;
    if (file.valid && file.snapshot.zxid <= zxid && file.snapshot.lastZxid <= zxid) return file.snapshot;
  }
  return null;
}

function keep<T>(list: T[], holds: (item: T) => boolean): void {
  let kept = 0;
  for (const item of list) if (holds(item)) list[kept++] = item;
  list.length = kept;
}

/** What a process finds at start, before it has changed anything. */
export interface Loaded {
  readonly snapshot: Snapshot | null;
  readonly replay: readonly Txn[];
  readonly lastZxid: Zxid;
}

/** The newest readable snapshot, then every later record, committed or not: there is no commit index on disk.
 *  Source: persistence/FileTxnSnapLog.java#restore, #fastForwardFromEdits. */
export function load(storage: Storage): Loaded {
  const snapshot = newestSnapshot(storage);
  const from = snapshot?.zxid ?? ZERO;
  const replay = [...recordsAfter(storage, from)];
  const last = replay[replay.length - 1]?.zxid ?? from;
  return { snapshot, replay, lastZxid: last > from ? last : from };
}

/** Bytes of the log files from the one after that in which a reading from `zxid` begins, in preallocated blocks.
 *  Source: persistence/FileTxnLog.java FileTxnIterator#getStorageSize (the first file is not counted), FilePadding.java. */
export function storageSizeFrom(storage: Storage, zxid: Zxid, preAllocSizeKib: number): number {
  let bytes = 0;
  for (let i = fileOf(storage, zxid) + 1; i < storage.logs.length; i++) {
    let used = 16;
    for (const txn of storage.logs[i]!.txns) used += txn.bytes;
    const block = preAllocSizeKib * 1024;
    bytes += Math.ceil((used + 4096) / block) * block;
  }
  return bytes;
}

import { Hasher } from '../hash.ts';
import { Fifo } from './fifo.ts';
import type { Effect } from './effects.ts';
import type { Txn } from './messages.ts';
import type { Applied, Snapshot } from './service.ts';
import type { Database, Server } from './state.ts';
import { load, recordsAfter } from './storage.ts';
import { epochOf, ZERO, type Zxid } from './zxid.ts';

export function emptyDatabase(server: { readonly config: Server['config'] }): Database {
  return {
    initialized: false,
    tree: server.config.service.empty(),
    sessions: new Map(),
    lastProcessed: ZERO,
    lastApplied: ZERO,
    committedLog: new Fifo(),
    minCommittedLog: ZERO,
    maxCommittedLog: ZERO,
  };
}

/** Applies one transaction to the tree and the session table, whatever its fate will be.
 *  Source: server/DataTree.java#processTxn, ZooKeeperServer.java#processTxnForSessionEvents. */
export function processTxn(server: Server, txn: Txn): Applied {
  const { db } = server;
  const { body } = txn;
  if (body.kind === 'createSession') db.sessions.set(txn.session, body.timeoutMs);
  else if (body.kind === 'closeSession') db.sessions.delete(txn.session);
  const outcome = server.config.service.apply(db.tree, txn);
  if (txn.zxid > db.lastProcessed) db.lastProcessed = txn.zxid;
  if (txn.zxid > db.lastApplied) db.lastApplied = txn.zxid;
  return outcome;
}

/** Where a release drops the oldest before it adds the newest, one entry more than commitLogCount stays. Returns why the
 *  transaction is refused, if it is. Source: server/ZKDatabase.java#addCommittedProposal. */
export function addCommittedProposal(server: Server, txn: Txn): string | undefined {
  const { db } = server;
  const { committedLogContinuous } = server.config.behaviour;
  const limit = Math.max(500, server.config.settings.commitLogCount);
  if (!committedLogContinuous && db.committedLog.size > limit) dropOldest(db);
  if (db.committedLog.size === 0) db.minCommittedLog = txn.zxid;
  else if (committedLogContinuous && txn.zxid !== db.maxCommittedLog + 1) {
    if (txn.zxid <= db.maxCommittedLog) return undefined;
    if (epochOf(txn.zxid) <= epochOf(db.maxCommittedLog))
      return `committed 0x${txn.zxid.toString(16)} does not follow 0x${db.maxCommittedLog.toString(16)}`;
  }
  db.committedLog.push(txn);
  db.maxCommittedLog = txn.zxid;
  if (committedLogContinuous && db.committedLog.size > limit) dropOldest(db);
  return undefined;
}

function dropOldest(db: Database): void {
  db.committedLog.shift();
  db.minCommittedLog = db.committedLog.first()!.zxid;
}

/** Source: server/ZKDatabase.java#clear. */
export function clearDatabase(server: Server): void {
  const { db } = server;
  db.initialized = false;
  db.tree = server.config.service.empty();
  db.sessions.clear();
  db.lastProcessed = ZERO;
  db.lastApplied = ZERO;
  db.committedLog.clear();
  db.minCommittedLog = ZERO;
  db.maxCommittedLog = ZERO;
}

/** Takes over the content of a snapshot: one that was received, or one read from disk. */
export function restoreSnapshot(server: Server, snapshot: Snapshot): void {
  clearDatabase(server);
  const { db } = server;
  db.tree = server.config.service.restore(snapshot.content);
  for (const [session, timeoutMs] of snapshot.sessions) db.sessions.set(session, timeoutMs);
  db.lastProcessed = snapshot.zxid;
  db.lastApplied = snapshot.lastZxid;
  db.initialized = true;
}

/** What was found in the data directory, and why it cannot be used, if it cannot. */
export interface Found {
  readonly snapshot: number;
  readonly snapshotZxid: Zxid;
  readonly replayed: number;
  readonly refused: string | null;
}

/** Reads the newest snapshot and replays every later record, committed or not; each one enters the committedLog.
 *  Source: server/ZKDatabase.java#loadDataBase, persistence/FileTxnSnapLog.java#restore. */
export function loadDatabase(server: Server): Found {
  const { snapshot, replay } = load(server.storage);
  let refused: string | null = null;
  if (snapshot === null) {
    clearDatabase(server);
    if (server.storage.logs.length > 0 && server.config.behaviour.logNeedsSnapshot)
      refused = 'there are log files, but no snapshot that can be read';
  } else restoreSnapshot(server, snapshot);
  for (const txn of replay) {
    processTxn(server, txn);
    refused ??= addCommittedProposal(server, txn) ?? null;
  }
  server.db.initialized = true;
  return { snapshot: snapshot?.id ?? 0, snapshotZxid: snapshot?.zxid ?? ZERO, replayed: replay.length, refused };
}

/** Memory is read from disk anew, and the trace is told that its history is now the disk's. A directory that cannot be
 *  read leaves the main thread to fail at every attempt to vote: here the process ends. */
export function reloadDatabase(server: Server, out: Effect[]): void {
  const { snapshot, refused } = loadDatabase(server);
  out.push({ kind: 'note', note: { kind: 'reloaded', lastZxid: server.db.lastApplied, snapshot } });
  if (refused !== null) out.push({ kind: 'exit', code: 1, why: refused });
}

/** Replays what is logged and not yet applied. A batch whose fsync is under way is in the file already, for a reader.
 *  A gap ends the main thread, and so the process.
 *  Source: server/ZKDatabase.java#fastForwardDataBase, persistence/FileTxnLog.java#commit. */
export function fastForwardDatabase(server: Server, out: Effect[]): void {
  for (const txn of recordsAfter(server.storage, server.db.lastProcessed)) replayTxn(server, txn, out);
  for (const then of server.writes.values())
    if (then.kind === 'flush')
      for (const txn of then.txns) if (txn.zxid > server.db.lastProcessed) replayTxn(server, txn, out);
}

function replayTxn(server: Server, txn: Txn, out: Effect[]): void {
  processTxn(server, txn);
  const refused = addCommittedProposal(server, txn);
  out.push({ kind: 'note', note: { kind: 'applied', txn, delivered: false } });
  if (refused !== undefined) out.push({ kind: 'exit', code: 0, why: refused });
}

/** A whole copy of what is in memory, named `zxid`. The trace learns what it contains. */
export function takeSnapshot(server: Server, zxid: Zxid, out: Effect[]): Snapshot {
  const { db, config } = server;
  server.snapshotsTaken++;
  const sessions = [...db.sessions].sort(([a], [b]) => a - b);
  const snapshot: Snapshot = {
    id: (server.life * 32 + server.id) * 0x10_0000 + server.snapshotsTaken,
    zxid,
    lastZxid: db.lastApplied,
    by: server.id,
    content: config.service.content(db.tree),
    sessions,
    bytes: config.service.snapshotBytes(db.tree) + sessions.length * 12,
  };
  out.push({ kind: 'note', note: { kind: 'snapshotBegun', snapshot: snapshot.id, zxid, lastZxid: snapshot.lastZxid } });
  return snapshot;
}

/** What ZooKeeper calls the digest of the tree (server/DigestCalculator.java), here of the sessions too. */
export function digestOf({ db, config }: Server): number {
  const hasher = new Hasher();
  config.service.hash(db.tree, hasher);
  for (const [session, timeoutMs] of [...db.sessions].sort(([a], [b]) => a - b)) {
    hasher.int(session);
    hasher.int(timeoutMs);
  }
  return hasher.digest32();
}

export function cloneDatabase(server: Server): Database {
  const { db, config } = server;
  return {
    ...db,
    tree: config.service.clone(db.tree),
    sessions: new Map(db.sessions),
    committedLog: db.committedLog.clone(),
  };
}

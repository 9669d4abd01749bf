import { Fifo } from './fifo.ts';
import type { Effect } from './effects.ts';
import type { Txn } from './messages.ts';
import type { Outcome, Snapshot } from './service.ts';
import type { Database, Server } from './state.ts';
import { load, recordsAfter } from './storage.ts';
import { ZERO, type Zxid } from './zxid.ts';

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
export function processTxn(server: Server, txn: Txn): Outcome {
  const { db } = server;
  const { body } = txn;
  if (body.kind === 'createSession') db.sessions.set(txn.session, body.timeoutMs);
  else if (body.kind === 'closeSession') db.sessions.delete(txn.session);
  const outcome = server.config.service.apply(db.tree, txn);
  if (txn.zxid > db.lastProcessed) db.lastProcessed = txn.zxid;
  if (txn.zxid > db.lastApplied) db.lastApplied = txn.zxid;
  return outcome;
}

/** One entry more than commitLogCount stays: the oldest is dropped before the newest is added.
 *  Source: server/ZKDatabase.java#addCommittedProposal. */
export function addCommittedProposal(server: Server, txn: Txn): void {
  const { db } = server;
  const limit = Math.max(500, server.config.settings.commitLogCount);
  if (db.committedLog.size > limit) {
    db.committedLog.shift();
    db.minCommittedLog = db.committedLog.first()!.zxid;
  }
  if (db.committedLog.size === 0) db.minCommittedLog = txn.zxid;
  db.committedLog.push(txn);
  db.maxCommittedLog = txn.zxid;
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

/** Reads the newest snapshot and replays every later record, committed or not; each one enters the committedLog.
 *  Source: server/ZKDatabase.java#loadDataBase, persistence/FileTxnSnapLog.java#restore. */
export function loadDatabase(server: Server): { readonly snapshot: number; readonly snapshotZxid: Zxid; readonly replayed: number } {
  const { snapshot, replay } = load(server.storage);
  if (snapshot === null) clearDatabase(server);
  else restoreSnapshot(server, snapshot);
  for (const txn of replay) {
    processTxn(server, txn);
    addCommittedProposal(server, txn);
  }
  server.db.initialized = true;
  return { snapshot: snapshot?.id ?? 0, snapshotZxid: snapshot?.zxid ?? ZERO, replayed: replay.length };
}

/** Memory is read from disk anew, and the trace is told that its history is now the disk's. */
export function reloadDatabase(server: Server, out: Effect[]): void {
  const { snapshot } = loadDatabase(server);
  out.push({ kind: 'note', note: { kind: 'reloaded', lastZxid: server.db.lastApplied, snapshot } });
}

/** Replays what is logged and not yet applied. A batch whose fsync is under way is in the file already, for a reader.
 *  Source: server/ZKDatabase.java#fastForwardDataBase, persistence/FileTxnLog.java#commit. */
export function fastForwardDatabase(server: Server, out: Effect[]): void {
  for (const txn of recordsAfter(server.storage, server.db.lastProcessed)) replayTxn(server, txn, out);
  for (const then of server.writes.values())
    if (then.kind === 'flush') for (const txn of then.txns) if (txn.zxid > server.db.lastProcessed) replayTxn(server, txn, out);
}

function replayTxn(server: Server, txn: Txn, out: Effect[]): void {
  processTxn(server, txn);
  addCommittedProposal(server, txn);
  out.push({ kind: 'note', note: { kind: 'applied', txn, delivered: false } });
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

export function cloneDatabase(server: Server): Database {
  const { db, config } = server;
  return {
    ...db,
    tree: config.service.clone(db.tree),
    sessions: new Map(db.sessions),
    committedLog: db.committedLog.clone(),
  };
}

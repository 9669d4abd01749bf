import { takeSnapshot } from './database.ts';
import type { DiskOp, Effect } from './effects.ts';
import { Fifo } from './fifo.ts';
import type { Txn } from './messages.ts';
import { draw, note } from './out.ts';
import type { Continuation, LogQueue, Server } from './state.ts';
import { ZERO } from './zxid.ts';

/** SyncRequestProcessor.java: what is queued is appended, one fsync makes the whole batch durable, and only then does
 *  the next stage (an acknowledgement) see it. While one batch is being flushed the next one gathers. */

export function newLogQueue(): LogQueue {
  return {
    queue: new Fifo(),
    flushing: false,
    roll: true,
    count: 0,
    snapshotAt: 0,
    snapshotting: false,
    durable: ZERO,
    failed: false,
  };
}

export function startWrite(server: Server, op: DiskOp, then: Continuation, out: Effect[]): void {
  const token = server.nextToken++;
  server.writes.set(token, then);
  out.push({ kind: 'write', token, op });
}

export function logTxn(server: Server, txn: Txn, out: Effect[]): void {
  server.log.queue.push(txn);
  if (!server.log.flushing) startFlush(server, out);
}

/** True when nothing is waiting and nothing is under way. */
export function isFlushed(server: Server): boolean {
  return !server.log.flushing && server.log.queue.size === 0;
}

/** Appends all that waits, up to the point where the file is rolled, and begins the fsync. */
export function startFlush(server: Server, out: Effect[]): void {
  const { log } = server;
  if (log.failed || log.queue.size === 0) return;
  const txns: Txn[] = [];
  let snapshotAfter = false;
  while (log.queue.size > 0 && txns.length < server.config.settings.maxBatchSize && !snapshotAfter) {
    txns.push(log.queue.shift()!);
    snapshotAfter = countTowardsSnapshot(server);
  }
  const roll = log.roll;
  // The file is rolled behind the record that reached the count, and the snapshot thread starts.
  log.roll = snapshotAfter;
  log.flushing = true;
  startWrite(server, { kind: 'log', txns, roll }, { kind: 'flush', txns, snapshotAfter }, out);
}

/** Source: SyncRequestProcessor.java#shouldSnapshot, #resetSnapshotStats. */
function countTowardsSnapshot(server: Server): boolean {
  const { log } = server;
  const half = Math.floor(server.config.settings.snapCount / 2);
  if (log.snapshotAt === 0) log.snapshotAt = half + draw(server, half);
  log.count++;
  if (log.count <= log.snapshotAt) return false;
  log.count = 0;
  log.snapshotAt = half + draw(server, half);
  return true;
}

/** The snapshot thread is asked for; skipped while one is at work. */
export function askForSnapshot(server: Server, out: Effect[]): void {
  if (server.log.snapshotting) return;
  server.log.snapshotting = true;
  out.push({ kind: 'schedule', thread: 'snapshot' });
}

/** The snapshot thread's turn. What was applied since it was asked for is inside, so that the file is fuzzy: its name is
 *  the zxid at the start, its content is later. */
export function runSnapshotThread(server: Server, out: Effect[]): void {
  // What is in memory before NEWLEADER is acknowledged may not be joined with the log that is on disk.
  const unsettled = server.config.behaviour.discardAfterPartialSync && server.learner?.partial === true;
  if (!server.db.initialized || unsettled) {
    server.log.snapshotting = false;
    return;
  }
  const snapshot = takeSnapshot(server, server.db.lastProcessed, out);
  const synced = server.config.behaviour.everySnapshotSynced;
  startWrite(server, { kind: 'snapshot', snapshot, synced, replaces: false }, { kind: 'periodicSnapshot' }, out);
}

/** A batch is durable. Returns it, for the next stage. */
export function flushed(server: Server, then: Extract<Continuation, { kind: 'flush' }>, out: Effect[]): void {
  const { log } = server;
  log.flushing = false;
  const last = then.txns[then.txns.length - 1]!;
  if (last.zxid > log.durable) log.durable = last.zxid;
  if (then.snapshotAfter) askForSnapshot(server, out);
  startFlush(server, out);
}

/** The disk refused a batch: the thread dies, and with it the role (ZooKeeperCriticalThread.java#handleException). */
export function flushFailed(server: Server, error: string, out: Effect[]): void {
  const { log } = server;
  log.flushing = false;
  log.failed = true;
  log.queue.clear();
  note(out, { kind: 'warned', text: `Severe unrecoverable error, from thread SyncThread: ${error}` });
}

/** Each role has a log thread of its own: what a dead one still held is not the next one's to write. */
export function startLogAnew(server: Server): void {
  server.log.failed = false;
  server.log.queue.clear();
}

export function cloneLogQueue(log: LogQueue): LogQueue {
  return { ...log, queue: log.queue.clone() };
}

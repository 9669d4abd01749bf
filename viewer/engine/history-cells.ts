import { txnWords } from '../../report/words.ts';
import type { World } from '../../sim/world.ts';
import type { Host } from '../../sim/world-state.ts';
import type { Txn } from '../../sim/zab/messages.ts';
import { newestSnapshot } from '../../sim/zab/storage.ts';
import { epochOf, ZERO, type Zxid } from '../../sim/zab/zxid.ts';
import type { LogCell, LogFrame } from '../frame.ts';
import type { Played } from './played.ts';

/** How many cells of each server's history are in a frame. */
const SHOWN = 48;

/** The end of one server's history. */
export function logOf(host: Host, played: Played, events: number): LogFrame {
  const { durable, waiting } = historyOf(host);
  const total = durable.length + waiting.length;
  const from = Math.max(0, total - SHOWN);
  return { hidden: from, snapshotZxid: snapshotBelow(host), cells: cellsOf(host, played, { events, from, to: total }) };
}

/** Cells from one place in the history up to another. */
export function cellsOf(host: Host, played: Played, part: { events: number; from: number; to: number }): LogCell[] {
  const { durable, waiting } = historyOf(host);
  const cells: LogCell[] = [];
  for (let i = part.from; i < Math.min(part.to, durable.length + waiting.length); i++) {
    const isDurable = i < durable.length;
    const txn = isDurable ? durable[i]! : waiting[i - durable.length]!;
    const committed = played.isCommitted(txn, part.events);
    cells.push({
      zxid: txn.zxid,
      epoch: epochOf(txn.zxid),
      digest: txn.digest,
      state: !isDurable ? 'volatile' : committed ? 'committed' : 'durable',
      committed,
      applied: host.server !== null && txn.zxid <= host.server.db.lastApplied,
      words: txnWords(txn).replace(/^\S+ \((.*)\)$/s, '$1'),
    });
  }
  return cells;
}

/** How many cells there are in all. */
export function cellCount(host: Host): number {
  const { durable, waiting } = historyOf(host);
  return durable.length + waiting.length;
}

/** What is on the disk, and behind it what is being written or waits for that. */
function historyOf({ storage, device, server }: Host): { readonly durable: Txn[]; readonly waiting: Txn[] } {
  const durable = storage.logs.length === 1 ? storage.logs[0]!.txns : storage.logs.flatMap(({ txns }) => txns);
  if (server === null) return { durable, waiting: [] };
  const waiting = device.inflight.flatMap(({ op }) => (op.kind === 'log' ? op.txns : []));
  return { durable, waiting: [...waiting, ...server.log.queue.list()] };
}

function snapshotBelow({ storage }: Host): Zxid {
  const snapshot = newestSnapshot(storage);
  const first = storage.logs.find(({ txns }) => txns.length > 0)?.txns[0];
  if (snapshot === null || (first !== undefined && first.zxid <= snapshot.lastZxid)) return ZERO;
  return snapshot.lastZxid;
}

/** The host of a server. */
export function hostIn(world: World, id: number): Host | null {
  return world.hosts[id] ?? null;
}

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
  const total = cellCount(host);
  const from = Math.max(0, total - SHOWN);
  return { hidden: from, snapshotZxid: snapshotBelow(host), cells: cellsOf(host, played, { events, from, to: total }) };
}

/** Cells from one place in the history up to another. */
export function cellsOf(host: Host, played: Played, part: { events: number; from: number; to: number }): LogCell[] {
  const cells: LogCell[] = [];
  const add = (txns: readonly Txn[], first: number, durable: boolean): void => {
    const end = Math.min(txns.length, part.to - first);
    for (let i = Math.max(0, part.from - first); i < end; i++) {
      const txn = txns[i]!;
      const committed = played.isCommitted(txn, part.events);
      cells.push({
        zxid: txn.zxid,
        epoch: epochOf(txn.zxid),
        digest: txn.digest,
        state: !durable ? 'volatile' : committed ? 'committed' : 'durable',
        committed,
        applied: host.server !== null && txn.zxid <= host.server.db.lastApplied,
        words: txnWords(txn).replace(/^\S+ \((.*)\)$/s, '$1'),
      });
    }
  };
  let first = 0;
  for (const { txns } of host.storage.logs) {
    add(txns, first, true);
    first += txns.length;
  }
  add(waitingOf(host), first, false);
  return cells;
}

/** How many cells there are in all. */
export function cellCount(host: Host): number {
  return host.storage.logs.reduce((sum, { txns }) => sum + txns.length, waitingOf(host).length);
}

/** What is being written, and behind it what waits for that. */
function waitingOf({ device, server }: Host): readonly Txn[] {
  if (server === null) return [];
  const writing = device.inflight.flatMap(({ op }) => (op.kind === 'log' ? op.txns : []));
  return [...writing, ...server.log.queue.list()];
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

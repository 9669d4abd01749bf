import { FencingLedger, fencingWords } from '../../report/fencing.ts';
import { who } from '../../report/text.ts';
import type { Micros } from '../../sim/time.ts';
import type { TraceEvent } from '../../sim/trace.ts';
import type { World } from '../../sim/world.ts';
import type { ServerId } from '../../sim/zab/sets.ts';
import { ZERO, type Zxid } from '../../sim/zab/zxid.ts';
import type { HistoryChange, Refusal } from '../frame.ts';
import type { LadderPoint, Landmark } from '../protocol.ts';

/** How many of an ascending list are below `limit`. */
export function countBelow(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

type Marks = Exclude<Landmark, 'stop' | 'violation' | 'hand'>;

interface Known {
  readonly first: Omit<Refusal, 'times' | 'last'>;
  /** Where in the trace it was told, and when. */
  readonly events: number[];
  readonly times: Micros[];
}

interface ClientLog {
  readonly events: number[];
  /** After each of them. */
  readonly counts: { readonly ok: number; readonly failed: number; readonly unknown: number }[];
}

/** What is asked of a trace again and again, kept up as it grows: nothing in here costs more for a longer run than a search
 *  by halves. */
export class TraceIndex {
  readonly marks: Readonly<Record<Marks, number[]>> = { election: [], epoch: [], commit: [], fault: [], fenced: [] };
  readonly #sent = new Map<number, number[]>();
  readonly #changes = new Map<ServerId, HistoryChange[]>();
  readonly #clients = new Map<number, ClientLog>();
  readonly #ladder = new Map<ServerId, LadderPoint[]>();
  readonly #ledger = new FencingLedger();
  readonly #refusals = new Map<string, Known>();

  /** Takes in the next event of the trace, at the moment at which it is told. */
  observe(event: TraceEvent, index: number, world: World): void {
    this.#ledger.observe(event, index);
    switch (event.kind) {
      case 'sent':
        this.#noteSent(event, index, world);
        return;
      case 'elected':
        if (event.becomes === 'LEADING') this.marks.election.push(index);
        return;
      case 'established':
        this.marks.epoch.push(index);
        return;
      case 'committed':
        this.marks.commit.push(index);
        return;
      case 'fault':
        this.marks.fault.push(index);
        return;
      case 'fenced':
        this.marks.fenced.push(index);
        this.#noteRefusal(event, index);
        return;
      case 'returned': {
        const log = this.#clients.get(event.client) ?? { events: [], counts: [] };
        const before = log.counts[log.counts.length - 1] ?? { ok: 0, failed: 0, unknown: 0 };
        log.events.push(index);
        log.counts.push({ ...before, [event.outcome]: before[event.outcome] + 1 });
        this.#clients.set(event.client, log);
        return;
      }
      default:
        this.#noteDisk(event, index);
    }
  }

  // ── questions: `traced` is the length of the part of the trace that counts

  /** Indexes of what was sent on a direction of a connection, ascending. */
  sentOn(connection: number, direction: 0 | 1): readonly number[] {
    return this.#sent.get(connection * 2 + direction) ?? [];
  }

  changesOf(server: ServerId, traced: number): readonly HistoryChange[] {
    const changes = this.#changes.get(server) ?? [];
    const known = changes.filter(({ event }) => event < traced);
    return known.slice(-4);
  }

  outcomesOf(client: number, traced: number): { ok: number; failed: number; unknown: number } {
    const counts = { ok: 0, failed: 0, unknown: 0 };
    const log = this.#clients.get(client);
    if (log === undefined) return counts;
    const known = countBelow(log.events, traced);
    return known === 0 ? counts : log.counts[known - 1]!;
  }

  refusals(traced: number): Refusal[] {
    const told: Refusal[] = [];
    for (const { first, events, times } of this.#refusals.values()) {
      const count = countBelow(events, traced);
      if (count > 0) told.push({ ...first, times: count, last: times[count - 1]! });
    }
    return told;
  }

  /** Thinned evenly to `most` points a server, the last one always among them. */
  ladder(traced: number, most: number): LadderPoint[] {
    const points: LadderPoint[] = [];
    for (const all of this.#ladder.values()) {
      const known = all.filter(({ event }) => event < traced);
      const every = Math.max(1, Math.ceil(known.length / most));
      points.push(...known.filter((_, index) => (known.length - 1 - index) % every === 0));
    }
    return points.sort((a, b) => a.event - b.event || a.server - b.server);
  }

  // ── notes

  #noteSent(event: TraceEvent & { kind: 'sent' | 'received' }, index: number, world: World): void {
    const ends = world.network.connections.get(event.connection)?.ends;
    if (ends === undefined) return;
    const key = event.connection * 2 + (ends[0] === event.server ? 0 : 1);
    const list = this.#sent.get(key);
    if (list === undefined) this.#sent.set(key, [index]);
    else list.push(index);
  }

  #noteRefusal(event: TraceEvent & { kind: 'fenced' }, index: number): void {
    const { at, rule, server, against, held, offered, what, promise } = event;
    const key = [rule, server, against, held, offered].join(' ');
    const known = this.#refusals.get(key);
    if (known !== undefined) {
      known.events.push(index);
      known.times.push(at);
      return;
    }
    const words = `${who(server)} ${fencingWords(event)}${this.#ledger.promiseWords(event)}`;
    const first = { event: index, at, rule, server, against, held, offered, what, promise, words };
    this.#refusals.set(key, { first, events: [index], times: [at] });
  }

  #noteDisk(event: TraceEvent, index: number): void {
    const { at, server } = event;
    switch (event.kind) {
      case 'started': {
        const { acceptedEpoch, currentEpoch, lastZxid } = event;
        this.#step(index, event, { up: true, acceptedEpoch, currentEpoch, lastZxid });
        return;
      }
      case 'ended':
        this.#step(index, event, { up: false });
        if (event.lost > 0)
          this.#change(server, { event: index, at, kind: 'crash', removed: [], count: event.lost, lastZxid: ZERO });
        return;
      case 'epochWritten':
        this.#step(index, event, { [event.file]: event.epoch });
        return;
      case 'logged':
        this.#step(index, event, { lastZxid: event.lastZxid });
        return;
      case 'truncated': {
        const { removed, lastZxid, ok } = event;
        this.#step(index, event, { lastZxid });
        if (ok) this.#change(server, { event: index, at, kind: 'TRUNC', removed, count: removed.length, lastZxid });
        return;
      }
      case 'syncStarted':
        if (event.mode === 'SNAP')
          this.#change(server, { event: index, at, kind: 'SNAP', removed: [], count: 0, lastZxid: event.zxid });
        return;
      case 'snapshotWritten':
        if (event.replaces) this.#step(index, event, { lastZxid: event.zxid });
        return;
      default:
        return;
    }
  }

  #change(server: ServerId, change: HistoryChange): void {
    const list = this.#changes.get(server);
    if (list === undefined) this.#changes.set(server, [change]);
    else list.push(change);
  }

  #step(index: number, { at, server }: TraceEvent, news: Partial<LadderPoint>): void {
    const list = this.#ladder.get(server) ?? [];
    const last = list[list.length - 1];
    const before = last ?? { up: false, acceptedEpoch: 0, currentEpoch: 0, lastZxid: ZERO as Zxid };
    list.push({ ...before, ...news, event: index, at, server });
    this.#ladder.set(server, list);
  }
}

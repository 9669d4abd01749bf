import type { TraceEvent } from '../../sim/trace.ts';
import { Pairing } from '../pairing.ts';
import { eventWords, packetWords } from '../words.ts';
import {
  HEARTBEATS,
  hostName,
  hostsOf,
  inWindow,
  isSkipped,
  label,
  type ExportFormat,
  type ExportRun,
  type Written,
} from './format.ts';

/** Rows of a server, from the top. */
const ROWS = ['process', 'role', 'phase', 'packets', 'disk and protocol'] as const;
type Row = (typeof ROWS)[number];

interface Slice {
  readonly name: string;
  readonly since: number;
}

/** The JSON of Chrome's trace events: a process a server, slices for what lasts, instants for what happens, flows for
 *  packets. Source: "Trace Event Format" of the Chromium project, which Perfetto reads. */
export const perfetto: ExportFormat = {
  name: 'perfetto',
  about: 'trace events of Chrome, as JSON',
  opens: 'ui.perfetto.dev, chrome://tracing, speedscope',
  limit: { of: 'events', most: Infinity },
  skip: HEARTBEATS,
  *write(run: ExportRun): Generator<string, Written, void> {
    const writer = new Writer(run);
    yield '{"displayTimeUnit":"ms","otherData":';
    yield JSON.stringify({ scenario: run.scenario.name, seed: run.seed, release: run.scenario.release });
    yield ',"traceEvents":[\n';
    let first = true;
    const joined = (records: readonly object[]): string => {
      const text = records.map((record) => JSON.stringify(record)).join(',\n');
      const before = first || text === '' ? '' : ',\n';
      if (text !== '') first = false;
      return before + text;
    };
    yield joined(writer.names());
    let index = -1;
    let last = 0;
    for (const event of run.events) {
      index++;
      if (event.at <= run.until) last = event.at;
      const text = joined(writer.observe(event, index));
      if (text !== '') yield text;
    }
    yield joined(writer.close(Math.min(last, run.until)));
    yield '\n]}\n';
    return { leftOut: writer.leftOut };
  },
};

class Writer {
  leftOut = 0;
  #written = 0;
  readonly #run: ExportRun;
  readonly #packets = new Pairing();
  /** Sendings that are drawn: only to these does a flow lead back. */
  readonly #drawn = new Set<number>();
  readonly #open = new Map<string, Slice>();

  constructor(run: ExportRun) {
    this.#run = run;
  }

  names(): object[] {
    const { scenario } = this.#run;
    return hostsOf(scenario).flatMap((host, order) => [
      { ph: 'M', pid: pidOf(host), name: 'process_name', args: { name: hostName(scenario, host) } },
      { ph: 'M', pid: pidOf(host), name: 'process_sort_index', args: { sort_index: order } },
      ...ROWS.map((row, tid) => ({ ph: 'M', pid: pidOf(host), tid, name: 'thread_name', args: { name: row } })),
    ]);
  }

  observe(event: TraceEvent, index: number): object[] {
    const sent = this.#packets.observe(event, index);
    const slices = this.#slices(event);
    if (!inWindow(this.#run, event) || isSkipped(this.#run, event)) return slices;
    if (this.#written >= this.#run.limit) {
      this.leftOut++;
      return slices;
    }
    this.#written++;
    return [...slices, ...this.#instant(event, index, sent)];
  }

  /** Ends what still lasts. */
  close(at: number): object[] {
    return [...this.#open.keys()].flatMap((key) => this.#end(key, at));
  }

  #slices(event: TraceEvent): object[] {
    const { at, server } = event;
    switch (event.kind) {
      case 'started':
        return this.#turn(server, 'process', 'up', at);
      case 'ended':
        return [
          ...this.#turn(server, 'process', `down: ${event.how}`, at),
          ...this.#end(keyOf(server, 'role'), at),
          ...this.#end(keyOf(server, 'phase'), at),
        ];
      case 'paused':
        return this.#turn(server, 'process', 'paused', at);
      case 'resumed':
        return this.#turn(server, 'process', 'up', at);
      case 'stateChanged':
        return this.#turn(server, 'role', event.state, at);
      case 'serving':
        return this.#turn(server, 'role', `${event.role} in epoch ${event.epoch}`, at);
      case 'phaseChanged':
        return this.#turn(server, 'phase', event.phase, at);
      default:
        return [];
    }
  }

  /** One slice ends, the next begins. */
  #turn(server: number, row: Row, name: string, at: number): object[] {
    const key = keyOf(server, row);
    const ended = this.#end(key, at);
    this.#open.set(key, { name, since: at });
    return ended;
  }

  #end(key: string, at: number): object[] {
    const slice = this.#open.get(key);
    if (slice === undefined) return [];
    this.#open.delete(key);
    const from = Math.max(slice.since, this.#run.from);
    const to = Math.min(at, this.#run.until);
    if (to < from) return [];
    const [pid, tid] = key.split('/').map(Number);
    return [{ ph: 'X', pid, tid, ts: from, dur: to - from, name: slice.name, cat: 'state' }];
  }

  #instant(event: TraceEvent, index: number, sent: number): object[] {
    const { at, server } = event;
    const pid = pidOf(server);
    const args = { event: index, words: label(eventWords(event), 300) };
    if (event.kind === 'sent' || event.kind === 'received') {
      const tid = ROWS.indexOf('packets');
      const name = label(`${event.kind === 'sent' ? 'send' : 'receive'} ${packetWords(event.message)}`);
      // A flow is bound to a slice: the packet is one of a microsecond at either end.
      const slice = { ph: 'X', pid, tid, ts: at, dur: 1, name, cat: event.plane, args };
      const flow = { pid, tid, ts: at, name: event.message.kind, cat: event.plane };
      if (event.kind === 'sent') {
        this.#drawn.add(index);
        return [slice, { ph: 's', id: index, ...flow }];
      }
      return this.#drawn.delete(sent) ? [slice, { ph: 'f', bp: 'e', id: sent, ...flow }] : [slice];
    }
    if (event.kind === 'lost') this.#drawn.delete(sent);
    if (server === 0)
      return [{ ph: 'i', s: 'g', pid, tid: 0, ts: at, name: label(eventWords(event)), cat: event.kind, args }];
    const tid = ROWS.indexOf('disk and protocol');
    return [{ ph: 'i', s: 't', pid, tid, ts: at, name: event.kind, cat: event.kind, args }];
  }
}

function keyOf(server: number, row: Row): string {
  return `${pidOf(server)}/${ROWS.indexOf(row)}`;
}

/** Numbers of processes are positive: servers keep their ids, clients come after them. */
function pidOf(host: number): number {
  return host >= 0 ? host : 1000 - host;
}

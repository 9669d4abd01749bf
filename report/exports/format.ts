import type { Scenario } from '../../sim/scenario.ts';
import type { Micros } from '../../sim/time.ts';
import type { TraceEvent } from '../../sim/trace.ts';
import type { MessageKind } from '../../sim/zab/messages.ts';

/** A run, as much of it as is wanted. */
export interface ExportRun {
  readonly scenario: Scenario;
  readonly seed: string;
  /** All events from the start of the run: what a server holds in the middle follows from the beginning. */
  readonly events: Iterable<TraceEvent>;
  /** The window: first and last moment that are shown. */
  readonly from: Micros;
  readonly until: Micros;
  /** Packets of these kinds are left out. */
  readonly skip: ReadonlySet<MessageKind>;
  /** At most so many things are drawn; what is counted is the format's own. */
  readonly limit: number;
}

/** What did not find room: 0 when all is there. */
export interface Written {
  readonly leftOut: number;
}

/** One form that other tools read. `write` yields pieces of text, so that a long trace is never held whole. */
export interface ExportFormat {
  readonly name: string;
  /** What it is, in a line. */
  readonly about: string;
  /** What opens it, in a line. */
  readonly opens: string;
  /** What `limit` counts, and how many of them are drawn when nobody says. Infinity: all. */
  readonly limit: { readonly of: string; readonly most: number };
  /** Packets that are left out when nobody says. */
  readonly skip: readonly MessageKind[];
  write(run: ExportRun): Generator<string, Written, void>;
}

/** Packets that every ensemble sends all the time. */
export const HEARTBEATS: readonly MessageKind[] = ['PING', 'CLIENTPING', 'CLIENTPONG'];

export function inWindow({ from, until }: Pick<ExportRun, 'from' | 'until'>, { at }: TraceEvent): boolean {
  return at >= from && at <= until;
}

/** Whether it is a packet that is to be left out. */
export function isSkipped({ skip }: Pick<ExportRun, 'skip'>, event: TraceEvent): boolean {
  return (event.kind === 'sent' || event.kind === 'received' || event.kind === 'lost') && skip.has(event.message.kind);
}

/** `S3`, or a client's name in letters that every format takes; `cluster` for what befalls no server in particular. */
export function hostName(scenario: Scenario, id: number): string {
  if (id > 0) return `S${id}`;
  if (id === 0) return 'cluster';
  const name = scenario.clients[-id - 1]?.name ?? `${-id}`;
  return `client_${name.replaceAll(/[^A-Za-z0-9]/g, '_').slice(0, 40)}_${-id}`;
}

/** Every host that a run can have: servers, then clients by their numbers. */
export function hostsOf(scenario: Scenario): number[] {
  return [...scenario.servers, ...scenario.clients.map((_, index) => -1 - index)];
}

/** Printable on one line, and not longer than a label should be. */
export function label(text: string, most = 120): string {
  const plain = text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
  return plain.length <= most ? plain : `${plain.slice(0, most - 3)}...`;
}

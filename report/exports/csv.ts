import type { TraceEvent } from '../../sim/trace.ts';
import { COUNTERS, epochOf, type Zxid } from '../../sim/zab/zxid.ts';
import { eventWords } from '../words.ts';
import { hostName, inWindow, isSkipped, type ExportFormat, type ExportRun, type Written } from './format.ts';

const COLUMNS = ['index', 'at_us', 'host', 'kind', 'peer', 'plane', 'message', 'zxid', 'epoch', 'words'] as const;

/** One row an event, RFC 4180. */
export const csv: ExportFormat = {
  name: 'csv',
  about: 'one row an event, RFC 4180',
  opens: 'any spreadsheet, DuckDB, pandas',
  limit: { of: 'events', most: Infinity },
  skip: [],
  *write(run: ExportRun): Generator<string, Written, void> {
    yield `${COLUMNS.join(',')}\r\n`;
    let index = -1;
    let rows = 0;
    let leftOut = 0;
    for (const event of run.events) {
      index++;
      if (!inWindow(run, event) || isSkipped(run, event)) continue;
      if (rows === run.limit) {
        leftOut++;
        continue;
      }
      rows++;
      yield `${[index, event.at, hostOf(run, event), event.kind, ...rest(run, event)].map(cell).join(',')}\r\n`;
    }
    return { leftOut };
  },
};

/** Calls are the client's own, though no server is meant. */
function hostOf({ scenario }: ExportRun, event: TraceEvent): string {
  return hostName(scenario, 'client' in event ? -event.client : event.server);
}

function rest(run: ExportRun, event: TraceEvent): (string | number)[] {
  const other = peerOf(event);
  const peer = other === null ? '' : hostName(run.scenario, other);
  const plane = 'plane' in event ? event.plane : '';
  const message = 'message' in event ? event.message.kind : '';
  return [peer, plane, message, zxidIn(event), epochIn(event), eventWords(event)];
}

function peerOf(event: TraceEvent): number | null {
  if ('peer' in event) return event.peer;
  if ('against' in event) return event.against;
  if ('from' in event) return event.from;
  if ('learner' in event) return event.learner;
  return 'leader' in event ? event.leader : null;
}

/** The epoch that an event is about: its own, or that of its zxid. */
function epochIn(event: TraceEvent): number | '' {
  if ('epoch' in event) return event.epoch;
  if (event.kind === 'fenced') return event.offered < COUNTERS ? event.offered : epochOf(event.offered as Zxid);
  const zxid = zxidIn(event);
  return zxid === '' ? '' : epochOf(Number(zxid) as Zxid);
}

function zxidIn(event: TraceEvent): string {
  if (event.kind === 'logged' || event.kind === 'serving') return `0x${event.lastZxid.toString(16)}`;
  const holder: object = 'message' in event ? event.message : event;
  const zxid = 'txn' in holder ? Reflect.get(holder.txn as object, 'zxid') : Reflect.get(holder, 'zxid');
  return typeof zxid === 'number' && zxid >= 0 ? `0x${zxid.toString(16)}` : '';
}

/** A spreadsheet takes a text that begins like a formula for one: it is told not to. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

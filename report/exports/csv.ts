import type { TraceEvent } from '../../sim/trace.ts';
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
      yield `${[index, event.at, hostName(run.scenario, event.server), event.kind, ...rest(run, event)].map(cell).join(',')}\r\n`;
    }
    return { leftOut };
  },
};

function rest(run: ExportRun, event: TraceEvent): (string | number)[] {
  const peer = 'peer' in event ? hostName(run.scenario, event.peer) : '';
  const plane = 'plane' in event ? event.plane : '';
  const message = 'message' in event ? event.message.kind : '';
  return [peer, plane, message, zxidIn(event), 'epoch' in event ? event.epoch : '', eventWords(event)];
}

function zxidIn(event: TraceEvent): string {
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

import type { Paint } from '../report/paint.ts';
import { printable, thousands, wrap } from '../report/text.ts';
import type { TraceEvent } from '../sim/trace.ts';

/** The first place where two traces differ. undefined: that one has ended. */
export interface Difference {
  readonly index: number;
  readonly recorded: string | undefined;
  readonly replayed: string | undefined;
}

/** Compares a recorded line with an event. Only the content counts, not how the line is written. */
export function differs(recorded: string | undefined, event: TraceEvent, index: number): Difference | undefined {
  const replayed = JSON.stringify(event);
  if (recorded === replayed) return undefined;
  if (recorded !== undefined && canonical(JSON.parse(recorded)) === canonical(JSON.parse(replayed))) return undefined;
  return { index, recorded, replayed };
}

/** JSON with its keys in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isRecord(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

function shown(value: unknown): string {
  return printable(JSON.stringify(value) ?? 'absent', 300);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Both records, then the fields in which they differ. The header stands before the events, and lines count from 1. */
export function differenceLines({ index, recorded, replayed }: Difference, paint: Paint): string[] {
  const lines = wrap(`first difference: event ${thousands(index)}, line ${thousands(index + 2)} of the file`, '  ');
  lines.push(...wrap(recorded === undefined ? 'nothing: it has ended' : printable(recorded, 1000), '  recorded  '));
  lines.push(...wrap(replayed === undefined ? 'nothing: it has ended' : printable(replayed, 1000), '  replayed  '));
  const then: unknown = recorded === undefined ? undefined : JSON.parse(recorded);
  const now: unknown = replayed === undefined ? undefined : JSON.parse(replayed);
  if (!isRecord(then) || !isRecord(now)) return lines;
  for (const field of new Set([...Object.keys(then), ...Object.keys(now)])) {
    const [before, after] = [then[field], now[field]];
    if (canonical(before) === canonical(after)) continue;
    lines.push(...wrap(`${paint.bad(field)}: ${shown(before)} recorded, ${shown(after)} replayed`, '    '));
  }
  return lines;
}

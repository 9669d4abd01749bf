import { MS, SECOND, type Micros } from '../sim/time.ts';

/** No virtual time in a scenario lies beyond one day. */
export const LONGEST: Micros = 24 * 3600 * SECOND;

const UNITS: ReadonlyMap<string, Micros> = new Map([
  ['us', 1],
  ['ms', MS],
  ['s', SECOND],
  ['m', 60 * SECOND],
  ['h', 3600 * SECOND],
]);

/** What a duration looks like, for editors: `300us`, `500ms`, `1.5s`, `2m`, `1h`. */
export const DURATION = /^-?\d+(\.\d+)?(us|ms|s|m|h)$/;

/** `1.5s` in microseconds; undefined when it is no duration, or finer than a microsecond. May be negative. */
export function parseDuration(text: string): Micros | undefined {
  const parts = /^(-?)(\d+)(?:\.(\d{1,6}))?(us|ms|s|m|h)$/.exec(text.trim());
  if (parts === null) return undefined;
  const unit = UNITS.get(parts[4] ?? '') ?? 0;
  const fraction = parts[3] ?? '';
  // Integers all the way, so that 0.3s is exactly 300000.
  const scale = Number('1'.padEnd(fraction.length + 1, '0'));
  const scaled = Number((parts[2] ?? '') + fraction) * unit;
  if (!Number.isSafeInteger(scaled) || scaled % scale !== 0) return undefined;
  const micros = scaled / scale;
  return parts[1] === '-' && micros !== 0 ? -micros : micros;
}

/** The shortest text that reads back as the same duration. */
export function formatDuration(micros: Micros): string {
  if (micros === 0) return '0s';
  if (micros % (3600 * SECOND) === 0) return `${micros / (3600 * SECOND)}h`;
  for (const [name, unit] of [
    ['s', SECOND],
    ['ms', MS],
  ] as const) {
    const text = String(micros / unit);
    if (parseDuration(text + name) === micros && (micros % unit === 0 || (micros >= unit && text.length <= 5)))
      return text + name;
  }
  return `${micros}us`;
}

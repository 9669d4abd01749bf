import { stringify } from 'yaml';
import type { Micros, Range } from '../sim/time.ts';
import { formatZxid, type Zxid } from '../sim/zab/zxid.ts';
import { formatDuration } from './units.ts';

/** The YAML that people write: short maps and lists on one line, long ones on a line for each key. */

const WIDTH = 120;

/** Keys with values that are text already: the order is the writer's, and nothing is left out by accident. */
export type Pairs = readonly (readonly [key: string, value: string])[];

/** `{key: value, ...}` */
export function flow(pairs: Pairs): string {
  return `{${pairs.map(([key, value]) => `${key}: ${value}`).join(', ')}}`;
}

/** `[item, ...]` */
export function flowList(items: readonly string[]): string {
  return `[${items.join(', ')}]`;
}

/** A section on one line, or a line for each key when it is too long. Nothing when it is empty. */
export function section(key: string, pairs: Pairs): string[] {
  if (pairs.length === 0) return [];
  const line = `${key}: ${flow(pairs)}`;
  return line.length <= WIDTH ? [line] : [`${key}:`, ...pairs.map(([name, value]) => `  ${name}: ${value}`)];
}

/** A list of maps, each on one line if it fits. */
export function list(key: string, items: readonly Pairs[], indent = ''): string[] {
  if (items.length === 0) return [];
  return [
    `${indent}${key}:`,
    ...items.flatMap((pairs) => {
      const line = `${indent}  - ${flow(pairs)}`;
      if (line.length <= WIDTH) return [line];
      return pairs.map(([name, value], at) => `${indent}  ${at === 0 ? '- ' : '  '}${name}: ${value}`);
    }),
  ];
}

/** Text as a scalar: quoted where YAML would read something else. */
export function word(text: string | number): string {
  return stringify(text, { lineWidth: 0, blockQuote: false }).trimEnd();
}

/** Text as a scalar within a flow map or list, where brackets and commas mean something, and any text at all may come. */
export function flowWord(text: string): string {
  return /^[\w/.:@%+=-][\w /.:@%+=#-]*$/.test(text) && !/^\s|\s$|\s#|:\s|:$/.test(text)
    ? word(text)
    : stringify(text, { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'QUOTE_DOUBLE' }).trimEnd();
}

/** `[500us, 3ms]`, or one duration for both ends. */
export function range([low, high]: Range): string {
  return low === high ? formatDuration(low) : flowList([formatDuration(low), formatDuration(high)]);
}

/** As people write zxids: `0x100000003`. */
export function zxid(value: number): string {
  return formatZxid(value as Zxid);
}

/** Words in lines that begin with a prefix. */
export function wrapped(text: string, prefix: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of text.split(/\s+/).filter((piece) => piece !== '')) {
    if (line !== '' && prefix.length + line.length + 1 + part.length > WIDTH) {
      lines.push(prefix + line);
      line = part;
    } else line = line === '' ? part : `${line} ${part}`;
  }
  return line === '' ? lines : [...lines, prefix + line];
}

/** Equal lists, item by item. */
export function same<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}

/** A duration that may be negative. */
export function signed(micros: Micros): string {
  return micros < 0 ? `-${formatDuration(-micros)}` : formatDuration(micros);
}

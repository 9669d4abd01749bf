import { printable } from '../report/text.ts';
import { parseDuration } from '../scenarios/units.ts';
import type { Micros } from '../sim/time.ts';
import { UsageError } from './exit.ts';

/** A moment of virtual time as an option gives it; undefined when it is left out. */
export function timeOption(option: string, typed: string | undefined): Micros | undefined {
  if (typed === undefined) return undefined;
  const time = parseDuration(typed);
  if (time === undefined || time < 0)
    throw new UsageError([`${option}: "${printable(typed, 40)}" is no time, such as 2.5s`]);
  return time;
}

import type { Micros } from '../sim/time.ts';
import type { RecipeDetail, TraceEvent } from '../sim/trace.ts';

/** What properties of recipes share. They are told facts: by programs about themselves, by resources about those who use
 *  them, and by the world about a process that was killed. */

export type RecipeEvent = Extract<TraceEvent, { readonly kind: 'recipe' }>;

export function numberIn(detail: RecipeDetail, key: string): number {
  const value = detail[key];
  return typeof value === 'number' ? value : 0;
}

export function textIn(detail: RecipeDetail, key: string): string {
  const value = detail[key];
  return typeof value === 'string' ? value : '';
}

/** The entry of this name, made by `make` when there is none yet. */
export function entryOf<T extends { readonly name: string }>(list: T[], name: string, make: () => T): T {
  const found = list.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const made = make();
  list.push(made);
  return made;
}

/** Calm, and how long all has been as it must become right. */
export interface Patience {
  readonly bound: Micros;
  calmAt: Micros | null;
  /** When something last changed that has to be noticed. */
  changedAt: Micros;
}

export function newPatience(bound: Micros): Patience {
  return { bound, calmAt: null, changedAt: 0 };
}

/** Why the end of the run is too early to judge; undefined when it is not. */
export function tooEarly({ bound, calmAt, changedAt }: Patience, end: Micros): string | undefined {
  if (calmAt === null) return 'the run had no calm';
  return end < Math.max(calmAt, changedAt) + bound ? 'the run ended before the bound was over' : undefined;
}

export function who(client: number): string {
  return `client ${client}`;
}

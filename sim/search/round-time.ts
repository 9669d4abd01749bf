import { MS, SECOND, type Micros } from '../time.ts';

/** Units in which people tell times, coarse ones first. */
export const UNITS: readonly Micros[] = [SECOND, 500 * MS, 100 * MS, 10 * MS, MS, 100, 10];

/** The time in whole units, or in the coarsest ones that it has at all: never nothing, if it was something. */
export function roundTime(time: Micros, unit: Micros): Micros {
  const coarsest = UNITS.find((one) => one <= unit && one <= time);
  return coarsest === undefined ? time : Math.round(time / coarsest) * coarsest;
}

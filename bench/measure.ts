/** Timing: several rounds, the middle one counts. */

export interface Timed {
  /** Of the middle round. */
  readonly perSecond: number;
  readonly best: number;
  readonly rounds: number;
}

/** Plays cases in turn, round after round, so that a burst of other work on the machine falls on all of them alike.
 *  Each returns how much it did. */
export function interleaved<Name extends string>(
  cases: Readonly<Record<Name, () => number>>,
  rounds: number,
): Record<Name, Timed> {
  const rates = new Map<string, number[]>();
  const entries = Object.entries<() => number>(cases);
  for (let round = 0; round <= rounds; round++)
    for (const [name, body] of entries) {
      const started = performance.now();
      const done = body();
      const rate = (done / (performance.now() - started)) * 1000;
      // The first round warms the compiler up.
      if (round > 0) rates.set(name, [...(rates.get(name) ?? []), rate]);
    }
  const timed = entries.map(([name]) => [
    name,
    { perSecond: median(rates.get(name) ?? []), best: Math.max(...(rates.get(name) ?? [])), rounds },
  ]);
  return Object.fromEntries(timed) as Record<Name, Timed>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

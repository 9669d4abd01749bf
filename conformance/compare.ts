/** Compares what a record says with what the simulator did, leaf by leaf. */

export interface Difference {
  /** JSON pointer into the record's `observed`, as in its `stability.differing`. */
  readonly path: string;
  readonly real: unknown;
  readonly ours: unknown;
  /** The record's own repetitions differ here: it does not count. */
  readonly unstable: boolean;
}

/** One thing compared: an observation, an election, a synchronization, a fact. */
export interface Compared {
  readonly path: string;
  readonly differences: readonly Difference[];
}

/** In place of a value that one side does not have. */
export const ABSENT = '<absent>';

/** Texts of log lines whose wording is not compared, only that there was one. */
const PRESENCE_ONLY = new Set(['unhandled', 'gap', 'cannotTrunc']);

export class Comparison {
  readonly #unstable: ReadonlySet<string>;

  constructor(unstablePaths: Iterable<string>) {
    this.#unstable = new Set(unstablePaths);
  }

  /** Every leaf at and below `path` at which the two differ. */
  at(path: string, real: unknown, ours: unknown): Compared {
    const differences: Difference[] = [];
    this.#walk(path, real, ours, differences);
    return { path, differences };
  }

  /** For a list whose length differs between repetitions: what they all show must be here, and nothing that none shows.
   *  How often, and in which order, means nothing. */
  among(path: string, repetitions: readonly (readonly unknown[])[], ours: readonly unknown[]): readonly Compared[] {
    const known = repetitions.map((items) => new Map(items.map((item) => [canonical(item), item])));
    const mine = new Map(ours.map((item) => [canonical(item), item]));
    const compared: Compared[] = [];
    for (const [text, item] of known[0] ?? [])
      if (known.every((items) => items.has(text)))
        compared.push({
          path,
          differences: mine.has(text) ? [] : [{ path, real: item, ours: ABSENT, unstable: false }],
        });
    for (const [text, item] of mine)
      if (!known.some((items) => items.has(text)))
        compared.push({ path, differences: [{ path, real: ABSENT, ours: item, unstable: false }] });
    return compared;
  }

  #walk(path: string, real: unknown, ours: unknown, out: Difference[]): void {
    if (isBranch(real) && isBranch(ours) && Array.isArray(real) === Array.isArray(ours)) {
      for (const key of keysOf(real, ours)) {
        if (isTime(key)) continue;
        if (PRESENCE_ONLY.has(key)) this.#leaf(`${path}/${key}`, key in real, key in ours, out);
        else this.#walk(`${path}/${key}`, childOf(real, key), childOf(ours, key), out);
      }
      return;
    }
    // One side lacks what the other has, or has another shape: every leaf below is a difference of its own.
    if (isBranch(real) && ours === undefined)
      for (const key of Object.keys(real)) this.#walk(`${path}/${key}`, childOf(real, key), undefined, out);
    else if (isBranch(ours) && real === undefined)
      for (const key of Object.keys(ours)) this.#walk(`${path}/${key}`, undefined, childOf(ours, key), out);
    else this.#leaf(path, real, ours, out);
  }

  #leaf(path: string, real: unknown, ours: unknown, out: Difference[]): void {
    const [a, b] = [real === undefined ? ABSENT : real, ours === undefined ? ABSENT : ours];
    if (a === b || (isBranch(a) && isBranch(b) && JSON.stringify(a) === JSON.stringify(b))) return;
    out.push({ path, real: a, ours: b, unstable: this.#unstable.has(path) || this.#inRaggedList(path) });
  }

  /** Where logs roll at random, the position in a list of files means nothing: one unstable entry speaks for all. */
  #inRaggedList(path: string): boolean {
    const list = /^(.*\/(?:files|txnsPerFile))\//.exec(path)?.[1];
    if (list === undefined) return false;
    for (const other of this.#unstable) if (other.startsWith(`${list}/`)) return true;
    return false;
  }
}

/** Equal texts for equal items, whatever the order of their keys; of some keys only their presence counts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (key, item: unknown) => {
    if (PRESENCE_ONLY.has(key)) return true;
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** Keys that hold durations, which are compared as ranges or not at all. */
export function isTime(key: string): boolean {
  return key.endsWith('_ms') || key.endsWith('Ms');
}

type Branch = Readonly<Record<string, unknown>> | readonly unknown[];

function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null;
}

function childOf(branch: Branch, key: string): unknown {
  return (branch as Readonly<Record<string, unknown>>)[key];
}

function keysOf(real: Branch, ours: Branch): string[] {
  const keys = Object.keys(real);
  for (const key of Object.keys(ours)) if (!(key in real)) keys.push(key);
  return keys;
}

/** True if nothing that the record calls stable differs. */
export function isEqual(compared: Compared): boolean {
  return compared.differences.every((difference) => difference.unstable);
}

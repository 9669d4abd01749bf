import { ABSENT } from './compare.ts';
import type { CaseRecord } from './record.ts';

/** The repetitions of a record, put together from the first one and from what differed. */

type Item = Record<string, unknown>;

/** True if the list was not equally long in every repetition: then an index does not mean the same in all of them. */
export function isRagged(record: CaseRecord, list: 'elections' | 'syncs'): boolean {
  return Object.entries(record.stability.differing).some(
    ([path, values]) =>
      new RegExp(`^/${list}/\\d+/server$|^/${list}/\\d+/leader$`).test(path) && values.includes(ABSENT),
  );
}

/** The list as every repetition had it. */
export function listsOf(record: CaseRecord, list: 'elections' | 'syncs'): readonly (readonly unknown[])[] {
  return Array.from({ length: record.stability.reps }, (_, rep) => {
    const items: unknown[] = structuredClone(record.observed[list]);
    for (const [path, values] of Object.entries(record.stability.differing)) {
      const [, name, ...keys] = path.split('/');
      if (name === list && rep < values.length) put(items, keys, values[rep]);
    }
    return items.filter((item) => typeof item === 'object' && item !== null && Object.keys(item).length > 0);
  });
}

/** Sets the leaf, or takes it away, making the branches on the way to it. */
function put(items: unknown[], keys: readonly string[], value: unknown): void {
  let branch: Item = items as unknown as Item;
  for (let i = 0; i + 1 < keys.length; i++) {
    const key = keys[i] ?? '';
    const next = branch[key];
    if (typeof next === 'object' && next !== null) branch = next as Item;
    else {
      const made: unknown = /^\d+$/.test(keys[i + 1] ?? '') ? [] : {};
      branch[key] = made;
      branch = made as Item;
    }
  }
  const leaf = keys[keys.length - 1] ?? '';
  if (value === ABSENT) {
    delete branch[leaf];
    prune(items);
  } else branch[leaf] = value;
}

/** A vote whose every leaf is gone was never there. */
function prune(items: readonly unknown[]): void {
  for (const item of items) {
    if (typeof item !== 'object' || item === null) continue;
    for (const [key, value] of Object.entries(item))
      if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) delete (item as Item)[key];
  }
}

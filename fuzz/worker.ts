import { loadProperties } from '../commands/load-property.ts';
import { SEARCHED_PROPERTIES } from '../properties/index.ts';
import type { Property } from '../sim/property.ts';
import { playBatch, type Batch, wordsOf } from './batch.ts';
import { findOut, type Found } from './found.ts';
import type { Drawn } from './shrink-plan.ts';
import { hunt, type Hunt, type Hunted } from './hunt.ts';
import type { Tally } from './tally.ts';

/** What a worker thread is asked. `propertyFiles` are paths of modules: properties are code, and do not travel. */
export type Task = { readonly propertyFiles: readonly string[] } & (
  | { readonly kind: 'batch'; readonly batch: Batch }
  | { readonly kind: 'find'; readonly drawn: Drawn; readonly maxTries: number }
  | { readonly kind: 'hunt'; readonly hunt: Hunt }
);

/** What it answers. Errors are data: what a thread throws loses its class on the way. */
export type Answer =
  | { readonly kind: 'batch'; readonly tally: Tally }
  | { readonly kind: 'find'; readonly found: Found | null; readonly ms: number }
  | { readonly kind: 'hunt'; readonly hunted: Hunted }
  /** The user's mistake: a property that was handed in throws, does not return, or cannot be loaded. */
  | { readonly kind: 'refused'; readonly lines: readonly string[] }
  /** zabsim itself failed. */
  | { readonly kind: 'failed'; readonly message: string; readonly stack: readonly string[] };

/** Entry of a worker thread. */
export async function work(task: Task): Promise<Answer> {
  try {
    const properties = await propertiesFor(task.propertyFiles);
    return answer(task, properties);
  } catch (error) {
    if (error instanceof Error && 'lines' in error && Array.isArray(error.lines))
      return { kind: 'refused', lines: error.lines.map(String) };
    return { kind: 'failed', ...wordsOf(error) };
  }
}

function answer(task: Task, properties: readonly Property[]): Answer {
  switch (task.kind) {
    case 'batch':
      return {
        kind: 'batch',
        tally: playBatch(task.batch, { properties, guarded: task.propertyFiles.length > 0 }),
      };
    case 'find': {
      const started = performance.now();
      const found = findOut(task.drawn, { properties, maxTries: task.maxTries });
      return { kind: 'find', found, ms: performance.now() - started };
    }
    case 'hunt':
      return { kind: 'hunt', hunted: hunt(task.hunt, properties) };
  }
}

const loaded = new Map<string, Promise<readonly Property[]>>();

/** All properties, and those of the files. A file is loaded once a thread. */
function propertiesFor(files: readonly string[]): Promise<readonly Property[]> {
  const key = JSON.stringify(files);
  let found = loaded.get(key);
  if (found === undefined) {
    found = files.length === 0 ? Promise.resolve(SEARCHED_PROPERTIES) : withLoaded(files);
    loaded.set(key, found);
  }
  return found;
}

async function withLoaded(files: readonly string[]): Promise<readonly Property[]> {
  return [...SEARCHED_PROPERTIES, ...(await loadProperties(files))];
}

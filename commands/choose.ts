import { formatMistake, type Mistake } from '../scenarios/parse.ts';
import { loadScenario } from '../scenarios/load.ts';
import { didYouMean } from '../scenarios/suggest.ts';
import type { Scenario } from '../sim/scenario.ts';
import { findRelease, RELEASES } from '../sim/zab/behaviour.ts';
import { UsageError } from './exit.ts';
import { SCENARIOS } from './paths.ts';
import { canonicalSeed } from './seed.ts';

/** Every mistake on a line of its own, `file:line:column: message`. */
export function mistakesError(mistakes: readonly Mistake[]): UsageError {
  return new UsageError(mistakes.map(formatMistake), true);
}

/** A scenario by name or path, under another release if one is named. */
export function chooseScenario(nameOrPath: string, release?: string): Scenario {
  const loaded = loadScenario(nameOrPath, SCENARIOS);
  if ('mistakes' in loaded) throw mistakesError(loaded.mistakes);
  if (release === undefined) return loaded.scenario;
  checkRelease(release);
  return { ...loaded.scenario, release };
}

export function checkRelease(name: string): void {
  if (findRelease(name) !== undefined) return;
  const names = RELEASES.map((known) => known.name);
  throw new UsageError([
    `there is no release "${name}"${didYouMean(name, names)}`,
    `the releases are ${names.join(', ')}`,
  ]);
}

/** A seed in its canonical form. */
export function chooseSeed(typed: string): string {
  const seed = canonicalSeed(typed);
  if ('mistake' in seed) throw new UsageError([`--seed: ${seed.mistake}`]);
  return seed.seed;
}

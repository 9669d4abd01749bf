import { formatMistake, type Mistake } from '../scenarios/parse.ts';
import { printable } from '../report/text.ts';
import { loadScenario } from '../scenarios/load.ts';
import { didYouMean } from '../scenarios/suggest.ts';
import type { Scenario } from '../sim/scenario.ts';
import { RELEASES } from '../sim/zab/behaviour.ts';
import { BUGS, findBehaviour, findBug } from '../sim/zab/bugs/index.ts';
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

/** A release, or the full name of a bug. */
export function checkRelease(name: string): void {
  if (findBehaviour(name) !== undefined) return;
  const names = RELEASES.map((known) => known.name);
  throw new UsageError([
    `there is no release "${printable(name, 60)}"${didYouMean(name, names)}`,
    ...(findBug(name) === undefined
      ? [`the releases are ${names.join(', ')}`]
      : [`there is a bug of this name: --bug ${name}`]),
  ]);
}

/** What `--release` and `--bug` stand for: a release, or the full name of a bug. undefined: neither was given. */
export function chooseBehaviour(options: { readonly release?: string; readonly bug?: string }): string | undefined {
  if (options.release !== undefined) checkRelease(options.release);
  if (options.bug === undefined) return options.release;
  if (options.release !== undefined)
    throw new UsageError(['--release and --bug cannot be used together: a bug stands on "corrected"']);
  return chooseBug(options.bug);
}

/** The full name of a bug. */
export function chooseBug(typed: string): string {
  const bug = findBug(typed);
  if (bug !== undefined) return bug.name;
  const wanted = /^\d+$/.test(typed) ? `ZOOKEEPER-${typed}` : typed;
  const names = BUGS.flatMap(({ name, also }) => [name, ...also]);
  throw new UsageError([
    `there is no bug "${printable(typed, 60)}"${didYouMean(wanted, names)}`,
    'zabsim bugs lists them',
  ]);
}

/** A seed in its canonical form. */
export function chooseSeed(typed: string): string {
  const seed = canonicalSeed(typed);
  if ('mistake' in seed) throw new UsageError([`--seed: ${seed.mistake}`]);
  return seed.seed;
}

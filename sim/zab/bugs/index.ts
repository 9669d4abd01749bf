import { findRelease, type Behaviour } from '../behaviour.ts';
import { assert } from '../../assert.ts';
import { BROADCAST } from './broadcast.ts';
import type { Bug } from './bug.ts';
import { CLIENTS } from './clients.ts';
import { DURABILITY } from './durability.ts';
import { ELECTION } from './election.ts';
import { EPOCHS_OF_LEADERS } from './epochs.ts';
import { SYNCHRONIZATION } from './synchronization.ts';

export type { Bug } from './bug.ts';

/** The museum: every bug that can be switched on, one at a time. */
export const BUGS: readonly Bug[] = [
  ...ELECTION,
  ...EPOCHS_OF_LEADERS,
  ...SYNCHRONIZATION,
  ...DURABILITY,
  ...BROADCAST,
  ...CLIENTS,
];

/** By its name, or by another JIRA issue that it goes by; upper and lower case, and `4643` alone, are accepted. */
export function findBug(name: string): Bug | undefined {
  const wanted = /^\d+$/.test(name) ? `zookeeper-${name}` : name.toLowerCase();
  return (
    BUGS.find((bug) => bug.name.toLowerCase() === wanted) ??
    BUGS.find((bug) => bug.also.some((other) => other.toLowerCase() === wanted))
  );
}

const BEHAVIOURS: ReadonlyMap<string, Behaviour> = new Map(
  BUGS.map((bug) => [bug.name, { ...correctedBehaviour(), ...bug.deviation, name: bug.name }]),
);

function correctedBehaviour(): Behaviour {
  const corrected = findRelease('corrected');
  assert(corrected !== undefined, 'corrected is a release');
  return corrected.behaviour;
}

/** What a scenario's `release` stands for: a release, or a bug by its full name. */
export function findBehaviour(name: string): Behaviour | undefined {
  return findRelease(name)?.behaviour ?? BEHAVIOURS.get(name);
}

// A bug is a small deviation from corrected, told in full, and the releases said to have it are those that behave so.
import { describe, expect, it } from 'vitest';
import { findProperty } from '../../properties/index.ts';
import { findRelease, RELEASES, type Behaviour } from '../../sim/zab/behaviour.ts';
import { BUGS, findBehaviour, findBug } from '../../sim/zab/bugs/index.ts';

const corrected = findRelease('corrected')!.behaviour;

/** How a release orders NEWLEADER, by the bugs which that order brings. */
const ORDERS: Readonly<Record<string, readonly string[]>> = {
  'ZOOKEEPER-3911': ['epochOnly'],
  'ZOOKEEPER-4643': ['epochOnly', 'epochThenQueue'],
  'ZOOKEEPER-4646': ['epochThenQueue'],
  'ZOOKEEPER-4685': ['epochThenQueue'],
  'ZOOKEEPER-4394': ['epochThenQueue', 'logAllThenEpoch'],
};

/** Points that keep a bug away although the deviation is there. */
const KEPT_AWAY: Readonly<Record<string, (release: Behaviour) => boolean>> = {
  'ZOOKEEPER-1653': (release) => release.updatingEpochMarker,
};

function has(release: Behaviour, bug: string, deviation: Partial<Behaviour>): boolean {
  if (KEPT_AWAY[bug]?.(release) === true) return false;
  return Object.entries(deviation).every(([point, value]) =>
    point === 'newLeader'
      ? (ORDERS[bug] ?? []).includes(release.newLeader)
      : release[point as keyof Behaviour] === value,
  );
}

describe('each bug', () => {
  it.each(BUGS.map((bug) => [bug.name, bug] as const))('%s is told in full and deviates', (_name, bug) => {
    expect(bug.name).toMatch(/^(ZOOKEEPER-\d+|[a-z0-9-]+)$/);
    expect(bug.title.length).toBeGreaterThan(20);
    expect(bug.title.length).toBeLessThanOrEqual(110);
    expect(bug.about.length).toBeGreaterThan(100);
    expect(bug.about).toMatch(/\.$/);
    expect(bug.breaks.length).toBeGreaterThan(0);
    for (const property of bug.breaks) expect(findProperty(property)?.name).toBe(property);
    const behaviour = findBehaviour(bug.name)!;
    expect({ ...behaviour, name: 'corrected' }).not.toEqual(corrected);
    expect(behaviour).toEqual({ ...corrected, ...bug.deviation, name: bug.name });
    for (const [point, value] of Object.entries(bug.deviation))
      expect(corrected[point as keyof Behaviour], point).not.toEqual(value);
  });

  it.each(BUGS.map((bug) => [bug.name, bug] as const))(
    '%s is in the releases that it names, and no other',
    (name, bug) => {
      const found = RELEASES.filter(
        ({ name: release, behaviour }) => release !== 'corrected' && has(behaviour, name, bug.deviation),
      );
      expect([...bug.releases].sort()).toEqual(found.map((release) => release.name).sort());
    },
  );
});

describe('the museum', () => {
  it('names no bug twice, and none like a release', () => {
    const names = BUGS.flatMap((bug) => [bug.name, ...bug.also]);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => findRelease(name) !== undefined)).toEqual([]);
  });

  it('is found by number, by another issue, in any case', () => {
    expect(findBug('4643')?.name).toBe('ZOOKEEPER-4643');
    expect(findBug('zookeeper-4785')?.name).toBe('ZOOKEEPER-4646');
    expect(findBug('Never-Truncates')?.name).toBe('never-truncates');
    expect(findBug('ZOOKEEPER-1')).toBeUndefined();
    expect(findBehaviour('3.8.0')?.name).toBe('3.8.0');
    expect(findBehaviour('nonsense')).toBeUndefined();
  });
});

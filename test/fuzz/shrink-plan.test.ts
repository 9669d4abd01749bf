// What fast-check makes of a drawn plan fails with the same fingerprint, is no longer than it was, and is the same
// each time.
import { expect, test } from 'vitest';
import { planOf } from '../../fuzz/plans.ts';
import { shrinkDrawn } from '../../fuzz/shrink-plan.ts';
import { PROPERTIES } from '../../properties/index.ts';
import { runPlan, type PlanFailure } from '../../sim/search/run-plan.ts';

const options = { properties: PROPERTIES, maxRuns: 120 };

function firstFailure(release: string): { index: number; failure: PlanFailure } {
  for (let index = 0; index < 400; index++) {
    const { failure } = runPlan(planOf('shrink', index, { release }), { properties: PROPERTIES });
    if (failure !== null) return { index, failure };
  }
  throw new Error(`${release} was not found`);
}

test.each(['ZOOKEEPER-4646', 'ZOOKEEPER-2845', 'delivers-on-proposal'])('%s', (release) => {
  const { index, failure } = firstFailure(release);
  const drawn = { seed: 'shrink', index, shape: { release } };
  const smaller = shrinkDrawn(drawn, failure, options);
  expect(smaller?.failure.fingerprint).toBe(failure.fingerprint);
  expect(smaller?.runs).toBeLessThanOrEqual(120);
  const before = planOf('shrink', index, { release }).scenario;
  expect(smaller?.plan.scenario.timeline.length).toBeLessThanOrEqual(before.timeline.length);
  if (smaller !== null)
    expect(runPlan(smaller.plan, { properties: PROPERTIES }).failure?.fingerprint).toBe(failure.fingerprint);
  expect(shrinkDrawn(drawn, failure, options)).toEqual(smaller);
});

test('a failure that the plan does not have shrinks to nothing', () => {
  const failure = { property: 'x', fingerprint: 'x', violation: { property: 'x', event: 0, at: 0, why: 'x' } };
  expect(shrinkDrawn({ seed: 'shrink', index: 0, shape: {} }, failure, options)).toBeNull();
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectHolds, planArbitrary, PROPERTIES } from 'zabsim';
import { readYourWrites } from './read-your-writes.ts';

// Thousands of simulated ensembles take longer than a unit test may.
const PATIENCE = { timeout: 60_000 };

test('a client reads its own writes, whatever befalls the ensemble', PATIENCE, () => {
  const properties = [...PROPERTIES, readYourWrites];
  const holds = fc.property(planArbitrary(), (plan) => void expectHolds(plan, { properties }));
  fc.assert(holds, { numRuns: 200, seed: 42 });
});

test('the property is not vacuous: a server that accepts clients which are ahead of it breaks it', PATIENCE, () => {
  const buggy = planArbitrary({ release: 'accepts-fresher-client' });
  const holds = fc.property(buggy, (plan) => void expectHolds(plan, { properties: [readYourWrites] }));
  expect(() => fc.assert(holds, { numRuns: 5000, seed: 42, endOnFailure: true })).toThrow(/Property failed/);
});

import { expect, test } from 'vitest';
import { PROPERTIES } from '../../properties/index.ts';
import { loadScenario, scenarioNames } from '../../scenarios/load.ts';
import { run } from '../../sim/run.ts';

/** Every scenario ends as it says: the verdict, the property that breaks, every fact. Whatever the seed. */

const SEEDS = ['1', 'another'];

test.each(scenarioNames('scenarios').flatMap((name) => SEEDS.map((seed) => [name, seed] as const)))(
  '%s ends as expected under seed %s',
  (name, seed) => {
    const parsed = loadScenario(name, 'scenarios');
    if ('mistakes' in parsed) throw new Error(`${name} has mistakes`);
    const report = run(parsed.scenario, seed, { properties: PROPERTIES });
    expect({ unexpected: report.unexpected, asExpected: report.asExpected }).toEqual({
      unexpected: [],
      asExpected: true,
    });
    expect(report.verdict).toBe(parsed.scenario.expect.verdict === 'pass' ? 'pass' : 'fail');
  },
);

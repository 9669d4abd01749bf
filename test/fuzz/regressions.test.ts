// What a search once found stays found: every scenario of scenarios/regressions ends as it says.
import { expect, test } from 'vitest';
import { PROPERTIES } from '../../properties/index.ts';
import { groupedScenarioNames, loadScenario } from '../../scenarios/load.ts';
import { run } from '../../sim/run.ts';

const NAMES = groupedScenarioNames('scenarios').filter((name) => name.startsWith('regressions/'));

test('there are some', () => {
  expect(NAMES.length).toBeGreaterThan(0);
});

test.each(NAMES)('%s', (name) => {
  const loaded = loadScenario(name, 'scenarios');
  if ('mistakes' in loaded) throw new Error(loaded.mistakes.map(({ message }) => message).join('\n'));
  for (const seed of ['1', 'another'])
    expect(run(loaded.scenario, seed, { properties: PROPERTIES }).unexpected, `seed ${seed}`).toEqual([]);
});

// Every recipe holds while sessions expire, answers are lost and leaders change, and every classic mistake breaks what it is
// said to break: on `corrected` and on a release, and twice the same.
import { describe, expect, test } from 'vitest';
import { PROPERTIES } from '../../properties/index.ts';
import { loadScenario, scenarioNames } from '../../scenarios/load.ts';
import { RECIPES } from '../../sim/clients/recipes/all.ts';
import { run } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';

const NAMES = scenarioNames('scenarios/recipes');

function scenarioOf(name: string): Scenario {
  const parsed = loadScenario(`recipes/${name}`, 'scenarios');
  if ('mistakes' in parsed) throw new Error(parsed.mistakes.map(({ message }) => message).join('; '));
  return parsed.scenario;
}

/** Recipes that a scenario's clients follow, and the mistakes that they make. */
function followed(scenario: Scenario): { readonly recipe: string; readonly mistake: string | null }[] {
  return scenario.clients.flatMap(({ program }) => {
    if (program === undefined) return [];
    const { mistake } = program.options;
    return [{ recipe: program.program, mistake: typeof mistake === 'string' ? mistake : null }];
  });
}

describe.each(NAMES)('%s', (name) => {
  const scenario = scenarioOf(name);

  test('ends as it says', () => {
    for (const [release, seed] of [
      ['corrected', '1'],
      ['3.8.0', 'another'],
    ] as const) {
      const { unexpected } = run({ ...scenario, release }, seed, { properties: PROPERTIES, hash: false });
      expect({ release, seed, unexpected }).toEqual({ release, seed, unexpected: [] });
    }
  });
});

test('the same seed plays a program the same way, and another seed another', () => {
  const hashOf = (seed: string): string => run(scenarioOf('shared-lock'), seed, { properties: [] }).traceHash;
  expect(hashOf('1')).toBe(hashOf('1'));
  expect(hashOf('1')).not.toBe(hashOf('2'));
});

describe.each(RECIPES)('$program.name', ({ program, mistakes, judgedBy }) => {
  const own = NAMES.map((name) => ({ name, scenario: scenarioOf(name) })).filter(({ scenario }) =>
    followed(scenario).some(({ recipe }) => recipe === program.name),
  );

  test('has a scenario of its name that passes', () => {
    const passing = own.find(({ name }) => name === program.name);
    expect(passing?.scenario.expect.verdict).toBe('pass');
  });

  test('has a scenario for each mistake, which breaks what the mistake is said to break', () => {
    for (const { name, breaks } of mistakes) {
      const shown = own.filter(({ scenario }) => followed(scenario).some(({ mistake }) => mistake === name));
      expect(shown.length, name).toBeGreaterThan(0);
      for (const { scenario } of shown)
        expect(scenario.expect).toMatchObject({ verdict: 'violates', properties: [breaks] });
      expect(judgedBy).toContain(breaks);
    }
  });
});

test('every property of recipes judges one, and is broken by a mistake of it', () => {
  const broken = RECIPES.flatMap(({ mistakes }) => mistakes.map(({ breaks }) => breaks));
  const ofRecipes = PROPERTIES.filter(({ subject }) => subject === 'recipes').map(({ name }) => name);
  expect(ofRecipes.filter((name) => !broken.includes(name))).toEqual([]);
  expect(RECIPES.flatMap(({ judgedBy }) => judgedBy).filter((name) => !ofRecipes.includes(name))).toEqual([]);
});

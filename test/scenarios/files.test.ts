import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadScenario, scenarioNames } from '../../scenarios/load.ts';
import { formatMistake } from '../../scenarios/parse.ts';
import { jsonSchema } from '../../scenarios/schema.ts';
import { PROPERTIES } from '../../properties/index.ts';

/** What must hold of every file in scenarios/, before any is run. */

const names = scenarioNames('scenarios');

test('there are scenarios, one-idea names in kebab case', () => {
  expect(names.length).toBeGreaterThan(30);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
});

test.each(names)('%s has no mistake and tells editors its schema', (name) => {
  const parsed = loadScenario(name, 'scenarios');
  expect('mistakes' in parsed ? parsed.mistakes.map(formatMistake) : []).toEqual([]);
  expect(readFileSync(`scenarios/${name}.yaml`, 'utf8')).toMatch(
    /^# yaml-language-server: \$schema=\.\/scenario\.schema\.json\n/,
  );
});

test.each(names)('%s expects only properties that exist', (name) => {
  const parsed = loadScenario(name, 'scenarios');
  const known = PROPERTIES.map((property) => property.name);
  if ('scenario' in parsed) for (const property of parsed.scenario.expect.properties) expect(known).toContain(property);
});

test('scenario.schema.json is what scenarios/schema.ts says; npm run schema writes it anew', () => {
  const published: unknown = JSON.parse(readFileSync('scenarios/scenario.schema.json', 'utf8'));
  expect(published).toEqual(JSON.parse(JSON.stringify(jsonSchema())));
});

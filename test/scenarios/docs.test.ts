import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { jsonSchema, scenarioFile } from '../../scenarios/schema.ts';
import { ACTIONS, condition } from '../../scenarios/steps.ts';

/** docs/SCENARIOS.md explains every key and every action that a scenario may use. */

const text = readFileSync('docs/SCENARIOS.md', 'utf8');

test.each([...Object.keys(scenarioFile.shape), ...Object.keys(ACTIONS), ...Object.keys(condition.shape)])(
  'it names `%s`',
  (key) => {
    expect(text).toContain(`\`${key}\``);
  },
);

/** The keys of every object in a JSON Schema; `named` when the keys of `node` are themselves keys of a scenario. */
function collectKeys(node: unknown, named: boolean, keys: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (named) keys.add(key);
    collectKeys(value, !named && key === 'properties', keys);
  }
}

test('it names every key at any depth', () => {
  const keys = new Set<string>();
  collectKeys(jsonSchema(), false, keys);
  expect(keys.size).toBeGreaterThan(100);
  expect([...keys].filter((key) => !new RegExp(`\\b${key}\\b`).test(text))).toEqual([]);
});

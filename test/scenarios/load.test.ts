import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findScenario, loadScenario } from '../../scenarios/load.ts';
import { formatMistake } from '../../scenarios/parse.ts';

/** A scenario is found by name or by path; a file that is missing or unreadable is a mistake, not an exception. */

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scenarios-'));
  writeFileSync(join(folder, 'small-one.yaml'), 'title: t\nteaches: t\nensemble: {voters: 1}\nend: 1s\n');
  writeFileSync(join(folder, 'large.yaml'), `# ${'x'.repeat(2_000_000)}\n`);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function mistakesOf(nameOrPath: string): string[] {
  const parsed = loadScenario(nameOrPath, folder);
  return 'mistakes' in parsed ? parsed.mistakes.map(formatMistake) : [];
}

test('by name, and by path', () => {
  const path = join(folder, 'small-one.yaml');
  expect(findScenario('small-one', folder)).toBe(path);
  expect(findScenario(path, '/nowhere')).toBe(path);
  expect(loadScenario('small-one', folder)).toMatchObject({ scenario: { name: 'small-one' } });
});

test('a misspelt name is met with the right one', () => {
  expect(mistakesOf('smal-one')).toEqual([
    'smal-one:1:1: there is no scenario of this name; did you mean "small-one"?',
  ]);
});

test('a missing file, a folder and a file that is too large are mistakes', () => {
  expect(mistakesOf('/nowhere/x.yaml')).toEqual(['/nowhere/x.yaml:1:1: there is no such file']);
  expect(mistakesOf(`${folder}/`)).toEqual([`${folder}/:1:1: not a file`]);
  expect(mistakesOf('large')[0]).toMatch(/large\.yaml:1:1: a scenario has at most 1048576 bytes/);
});

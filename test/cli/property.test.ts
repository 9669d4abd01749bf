// A property of somebody else's judges a run, and when it misbehaves it is named, in one message.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PropertyFault, underWatch } from '../../commands/guard-property.ts';
import { UsageError } from '../../commands/exit.ts';
import { loadProperties } from '../../commands/load-property.ts';
import { PROPERTIES } from '../../properties/index.ts';
import type { Property } from '../../sim/property.ts';
import { runPlan } from '../../sim/search/run-plan.ts';
import { scenario } from './fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'zabsim-property-'));
afterAll(() => rmSync(folder, { recursive: true }));

function module(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** A module with one property, of which `parts` replace the usual ones. */
function property(name: string, parts: string): string {
  const usual = `name: '${name}', about: 'a', source: 's', kind: 'always', observes: ['elected'], start: () => ({ premises: 0 })`;
  return module(`${name}.mjs`, `export const mine = { ${usual}, observe() {}, ${parts} };\n`);
}

function play(properties: readonly Property[]) {
  return underWatch(() => runPlan({ scenario: scenario(), seed: '1', features: [] }, { properties }), 300);
}

async function complaint(path: string): Promise<readonly string[]> {
  const error: unknown = await loadProperties([path]).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UsageError)) throw new Error(`no usage error but ${String(error)}`);
  return error.lines;
}

test('it sees what it asked for, and its violation is a failure like any other', async () => {
  const path = property('nobody-is-elected', `observe: (state) => { state.premises++; return 'somebody is'; }`);
  const properties = await loadProperties([path]);
  const { failure } = play([...PROPERTIES, ...properties]);
  expect(failure).toMatchObject({ property: 'nobody-is-elected', violation: { why: 'somebody is' } });
});

test('several in one module, in TypeScript too', async () => {
  const text = `import type { Property } from 'zabsim';
    const like = { about: 'a', source: 's', kind: 'always', observes: ['elected'], observe: () => undefined } as const;
    export const b: Property = { ...like, name: 'second', start: () => ({ premises: 0 }) };
    export const a: Property = { ...like, name: 'first', start: () => ({ premises: 0 }) };`;
  // esbuild, or a Node that runs TypeScript, must be in reach of it.
  const path = join('build', 'two-properties.ts');
  writeFileSync(path, text);
  expect((await loadProperties([path])).map(({ name }) => name)).toEqual(['first', 'second']);
});

test('one that throws is named, with its line', async () => {
  const properties = await loadProperties([property('throws', `observe: () => { throw new TypeError('oh'); }`)]);
  expect(() => play(properties)).toThrow(PropertyFault);
  expect(() => play(properties)).toThrow(
    /throws\.mjs: "throws" throws in observe: TypeError: oh\n *at .*throws\.mjs:1:/,
  );
});

test('one that never returns is stopped and named', async () => {
  const properties = await loadProperties([property('hangs', `observe: () => { for (;;); }`)]);
  expect(() => play(properties)).toThrow(/"hangs" never returns: stopped after 0\.3 s/);
  // The thread goes on as before.
  expect(play(PROPERTIES).failure).toBeNull();
});

test('one that answers with something else than a text is named', async () => {
  const properties = await loadProperties([property('answers', `observe: () => false`)]);
  expect(() => play(properties)).toThrow(/must return a text or undefined from observe, and returned boolean/);
  const unready = await loadProperties([property('unready', `start: () => 1`)]);
  expect(() => play(unready)).toThrow(/must start with a state that counts its premises/);
});

test('what is wrong with a module is said before anything is played', async () => {
  expect(await complaint(join(folder, 'absent.mjs'))).toEqual([expect.stringMatching(/there is no such file/)]);
  expect(await complaint(module('none.mjs', 'export const x = 1;'))).toEqual([
    expect.stringMatching(/exports no property/),
    expect.stringMatching(/export const mine/),
  ]);
  expect(await complaint(module('broken.mjs', 'export const ('))).toEqual([
    expect.stringMatching(/broken\.mjs: cannot be loaded: /),
  ]);
  expect(await complaint(property('agreement', ''))).toEqual([
    expect.stringMatching(/there is a property "agreement"/),
  ]);
  expect(await complaint(property('odd', `kind: 'sometimes', observes: ['comitted']`))).toEqual([
    expect.stringMatching(/"odd" is no property:/),
    expect.stringMatching(/^kind: /),
    'observes.0: there is no trace event "comitted"; did you mean "committed"?',
  ]);
});

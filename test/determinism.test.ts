// A scenario and a seed name one run: the trace hash is equal in one process twice, in a fresh one, and in Chromium.
import { execFileSync } from 'node:child_process';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadScenario, scenarioNames } from '../index.ts';
import { PROPERTIES } from '../properties/index.ts';
import { BROWSER_BUNDLE } from '../scripts/bundle.mjs';
import { type Report, run } from '../sim/run.ts';
import type { Scenario } from '../sim/scenario.ts';
import { launchChromium } from './chromium.ts';
import { expectGolden } from './golden.ts';

const SEED = '1';
const NAMES = scenarioNames();

function scenarioOf(name: string): Scenario {
  const loaded = loadScenario(name);
  if ('mistakes' in loaded) throw new Error(`${name} cannot be read`);
  return loaded.scenario;
}

function play(name: string, seed = SEED): Report {
  return run(scenarioOf(name), seed, { properties: PROPERTIES });
}

const first = new Map(NAMES.map((name) => [name, play(name)]));
const hashes = Object.fromEntries([...first].map(([name, report]) => [name, report.traceHash]));

/** Every source of time and chance that an engine offers, and every function whose last digit it is free to choose. */
const POISON: readonly (readonly [owner: object, name: string])[] = [
  [globalThis, 'Date'],
  [performance, 'now'],
  [Math, 'random'],
  [globalThis.crypto, 'getRandomValues'],
  [globalThis.crypto, 'randomUUID'],
  [process, 'hrtime'],
  [globalThis, 'setTimeout'],
  [globalThis, 'setImmediate'],
  [globalThis, 'queueMicrotask'],
  [String.prototype, 'localeCompare'],
  ...[
    'log',
    'log2',
    'log10',
    'log1p',
    'exp',
    'expm1',
    'pow',
    'sin',
    'cos',
    'tan',
    'atan2',
    'cbrt',
    'hypot',
    'tanh',
  ].map((name) => [Math, name] as const),
];

/** Runs `body`, which must be synchronous, in a process without time and chance. */
function poisoned<T>(body: () => T): T {
  const kept = POISON.map(([owner, name]) => ({
    owner,
    name,
    descriptor: Object.getOwnPropertyDescriptor(owner, name),
  }));
  for (const { owner, name } of kept)
    Object.defineProperty(owner, name, {
      configurable: true,
      value: () => {
        throw new Error(`${name} was asked`);
      },
    });
  try {
    return body();
  } finally {
    for (const { owner, name, descriptor } of kept)
      if (descriptor === undefined) Reflect.deleteProperty(owner, name);
      else Object.defineProperty(owner, name, descriptor);
  }
}

describe('in one process', () => {
  test('the poison works, and goes away', () => {
    expect(() => poisoned(() => Math.random())).toThrow('random was asked');
    expect(() => poisoned(() => new Date())).toThrow('Date');
    expect(() => poisoned(() => Date.now())).toThrow('Date');
    expect(() => poisoned(() => performance.now())).toThrow('now was asked');
    expect(Math.random()).toBeLessThan(1);
    expect(new Date().getFullYear()).toBeGreaterThan(2000);
  });

  test.each(NAMES)('%s: a second run without clock and chance is the first one again', (name) => {
    const scenario = scenarioOf(name);
    const second = poisoned(() => run(scenario, SEED, { properties: PROPERTIES }));
    expect(second).toEqual(first.get(name));
  });

  test('nobody watching, and everybody watching, are one run', () => {
    const scenario = scenarioOf('old-leader-pauses-and-is-fenced');
    let kept = 0;
    const watched = run(scenario, SEED, { properties: PROPERTIES, keep: () => kept++ });
    const alone = run(scenario, SEED, { properties: [] });
    expect([watched.traceHash, alone.traceHash]).toEqual([hashes[scenario.name], hashes[scenario.name]]);
    expect(kept).toBe(watched.traceEvents);
  });

  test('another seed is another run', () => {
    const seeds = ['1', '2', '3', '4', '5', 'word', 'cbb9bf0b'];
    expect(new Set(seeds.map((seed) => play('five-at-once', seed).traceHash)).size).toBe(seeds.length);
  });
});

describe('in a fresh process', () => {
  test('the package as it is shipped gives the same hashes, last scenario first', () => {
    const program = `
      import { loadScenario, PROPERTIES, run } from './dist/index.js';
      const hashes = {};
      for (const name of ${JSON.stringify([...NAMES].reverse())})
        hashes[name] = run(loadScenario(name).scenario, '${SEED}', { properties: PROPERTIES }).traceHash;
      console.log(JSON.stringify(hashes));`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    expect(JSON.parse(printed)).toEqual(hashes);
  });

  test('the command line prints that hash', () => {
    const name = 'old-leader-pauses-and-is-fenced';
    const printed = execFileSync(process.execPath, ['dist/cli.js', 'run', name, '--seed', SEED, '--json'], {
      encoding: 'utf8',
    });
    expect(JSON.parse(printed)).toMatchObject({ scenario: name, traceHash: hashes[name], asExpected: true });
  });
});

describe('in headless Chromium', () => {
  let browser: Browser | undefined;
  let page: Page;

  beforeAll(async () => {
    const { outputFiles } = await build({ ...BROWSER_BUNDLE, entryPoints: ['test/page/engine.ts'] });
    browser = await launchChromium();
    page = await browser.newPage();
    await page.setContent('<!doctype html><title>zabsim</title>');
    await page.addScriptTag({ content: outputFiles?.[0]?.text ?? '' });
  });

  afterAll(async () => {
    await browser?.close();
  });

  test.each(NAMES)('%s', async (name) => {
    const inPage = await page.evaluate(
      ([scenario, seed]) =>
        (globalThis as unknown as { traceHash(scenario: Scenario, seed: string): string }).traceHash(scenario, seed),
      [scenarioOf(name), SEED] as const,
    );
    expect(inPage).toBe(hashes[name]);
  });
});

test('the hashes are those of the last commit: a change of behaviour is never an accident', () => {
  const pinned = Object.fromEntries(
    [...first].map(([name, { traceHash, verdict, events }]) => [name, { traceHash, verdict, events }]),
  );
  expectGolden('test/golden/hashes.json', `${JSON.stringify(pinned, null, 2)}\n`);
});

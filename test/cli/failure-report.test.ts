// The report of a failing plan: every part is there, it is true, and it fits the screen.
import { expect, test } from 'vitest';
import { PROPERTIES } from '../../properties/index.ts';
import { explain, type Explanation } from '../../report/explain.ts';
import { explanationJson } from '../../report/failure-json.ts';
import { explanationLines, failureReport } from '../../report/failure-report.ts';
import { PLAIN } from '../../report/paint.ts';
import { columns, WIDTH } from '../../report/text.ts';
import { loadScenario } from '../../scenarios/load.ts';
import { changed } from '../../sim/search/deciding.ts';
import type { Plan } from '../../sim/search/plan.ts';
import { runPlan, type PlanFailure } from '../../sim/search/run-plan.ts';

const MUSEUM = 'scenarios/bugs';

function failing(name: string): { plan: Plan; failure: PlanFailure } {
  const loaded = loadScenario(`${MUSEUM}/${name}.yaml`, MUSEUM);
  if ('mistakes' in loaded) throw new Error(JSON.stringify(loaded.mistakes));
  const plan = { scenario: loaded.scenario, seed: '1', features: [] };
  const { failure } = runPlan(plan, { properties: PROPERTIES });
  if (failure === null) throw new Error(`${name} does not fail`);
  return { plan, failure };
}

function explained(name: string): Explanation {
  const explanation = explain({ ...failing(name), properties: PROPERTIES });
  if (explanation === null) throw new Error('not reproduced');
  return explanation;
}

test('the deciding event is a choice without which the run passes, and so does the nearest run', () => {
  const { plan, nearest, deciding, deviation, rows } = explained('ZOOKEEPER-4643');
  expect(nearest?.deciding).toMatchObject({ choice: 'fault', verdict: 'passes', change: { kind: 'moved' } });
  expect(deciding?.words).toMatch(/^S1 loses power/);
  // The bug writes currentEpoch before the history: that is where `corrected` parts.
  expect(deviation?.words).toMatch(/^S1 makes epoch 2 its own/);
  expect(nearest?.corrected?.verdict).toBe('passes');
  expect(rows.find(({ failing }) => failing === null)?.passing).toMatch(/^S1 holds 0x100000002 on disk/);
  const times = rows.flatMap(({ at }) => (at < 0 ? [] : [at]));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const passing = nearest?.passing;
  expect(passing).toBeDefined();
  expect(runPlan(passing!, { properties: PROPERTIES })).toMatchObject({ failure: null, report: { verdict: 'pass' } });
  for (const { change, verdict } of nearest?.flips ?? []) {
    if (verdict !== 'alike') continue;
    const again = runPlan({ ...plan, scenario: changed(plan.scenario, change) }, { properties: PROPERTIES });
    expect(again.failure?.property).toBe('committed-is-permanent');
  }
});

test.each(['ZOOKEEPER-4643', 'ZOOKEEPER-4712', 'ZOOKEEPER-1419', 'ZOOKEEPER-1492', 'ZOOKEEPER-3911'])(
  'the report of %s has every part, within eighty columns, and a chain of at most 25 lines',
  (name) => {
    const { plan, failure } = failing(name);
    const input = { plan, failure, properties: PROPERTIES, removed: ['2 of 5 servers'], others: 3 };
    const lines = failureReport({ ...input, file: `regressions/${name}.yaml` }, PLAIN);
    for (const line of lines) expect(columns(line), line).toBeLessThanOrEqual(WIDTH);
    const text = lines.join('\n');
    for (const part of ['What broke', 'Why', 'Deciding', 'Corrected !', 'The servers', 'Config', 'Stamp'])
      expect(text).toContain(`  ${part}`);
    expect(text).toContain(`FAIL  ${failure.property}`);
    expect(text).toMatch(/Not involved {2}2 of 5 servers \(removed by shrinking\)/);
    expect(text).toMatch(/Fingerprint {3}[0-9a-f]{8}: 3 other runs of this batch/);
    expect(text).toContain(`npx zabsim run regressions/${name}.yaml`);
    expect(text).toContain(`npx zabsim replay regressions/${name}.yaml`);
    expect(text).toMatch(/--emit\s+vitest/);
    const why = lines.findIndex((line) => line.startsWith('  Why'));
    expect(lines.indexOf('', why) - why).toBeLessThanOrEqual(25);
  },
);

test('the violating event ends the chain, and what is no link of it is left out', () => {
  const { chain, failure } = explained('ZOOKEEPER-4643');
  expect(chain.at(-1)?.index).toBe(failure.violation.event);
  const words = chain.map((told) => told.words).join('\n');
  expect(words).toMatch(/S1 is elected by the votes of S1 and S2: its peerEpoch 2 is above that of S2/);
  expect(words).not.toMatch(/PING|sends/);
});

test('the same plan gives the same report, as text and as JSON', () => {
  const [first, second] = [explained('ZOOKEEPER-4712'), explained('ZOOKEEPER-4712')];
  expect(explanationJson(second)).toEqual(explanationJson(first));
  const lines = (explanation: Explanation): string[] => explanationLines(explanation, { file: null }, PLAIN);
  expect(lines(second)).toEqual(lines(first));
  const json = explanationJson(first);
  expect(json).toMatchObject({ property: 'process-consistency', corrected: { verdict: 'passes' } });
  expect(json.deciding?.choice).toMatch(/^kill S3/);
});

test('a plan that does not fail as it is said to is told so', () => {
  const { plan, failure } = failing('ZOOKEEPER-4712');
  const mended = { ...plan, scenario: { ...plan.scenario, release: 'corrected' } };
  expect(explain({ plan: mended, failure, properties: PROPERTIES })).toBeNull();
  expect(failureReport({ plan: mended, failure, properties: PROPERTIES, file: null }, PLAIN).join(' ')).toMatch(
    /NOT AGAIN/,
  );
});

test('of a failure without progress, what every server waits for is told', () => {
  const { stuck } = explained('ZOOKEEPER-1492');
  expect(stuck).toMatchObject({ kind: 'standing', servers: [{ server: 1 }, { server: 2 }, { server: 3, epoch: 1 }] });
});

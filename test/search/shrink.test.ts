// Shrinking: what comes out fails alike, is small, can be written as a file, and is the same every time.
import { describe, expect, test } from 'vitest';
import { PROPERTIES } from '../../properties/index.ts';
import { loadScenario } from '../../scenarios/load.ts';
import { formatMistake, parseScenario } from '../../scenarios/parse.ts';
import { writeScenario } from '../../scenarios/write.ts';
import { run } from '../../sim/run.ts';
import type { Scenario, Schedule } from '../../sim/scenario.ts';
import type { Plan } from '../../sim/search/plan.ts';
import { runPlan, type PlanFailure } from '../../sim/search/run-plan.ts';
import { mapServers } from '../../sim/search/shrink-ensemble.ts';
import { checkTwice, shrinkPlan, type Shrunk } from '../../sim/search/shrink.ts';
import { setOf } from '../../sim/zab/sets.ts';

function load(name: string): Scenario {
  const parsed = loadScenario(name, 'scenarios');
  if ('mistakes' in parsed) throw new Error('a scenario of ours has mistakes');
  return parsed.scenario;
}

function read(text: string): Scenario {
  const parsed = parseScenario(text, 'shrunk.yaml');
  if ('mistakes' in parsed) throw new Error(`${parsed.mistakes.map(formatMistake).join('\n')}\n${text}`);
  return parsed.scenario;
}

const NOISE = `title: t
teaches: t
ensemble: {voters: 4, observers: 1}
service: register
zooCfg: {tickTime: 200, initLimit: 5, snapCount: 50}
network: {spikePpm: 2000, lossPpm: 1000}
disk: {spikePpm: 2000}
clocks: {2: {driftPpm: 300}}
clients:
  - {name: a, operations: 30, from: 1s, think: [1ms, 100ms]}
  - {name: b, server: 2}
  - {name: c, session: 4s}
timeline:
  - {at: 1100ms, do: write, client: b, value: 7}
  - {at: 1200ms, do: pause, server: 2}
  - {at: 1337ms, do: resume, server: 2}
  - {at: 1500ms, do: clog, links: [[1, 3], [2, 4]], for: 200ms}
  - {at: 1800ms, do: openSession, client: c}
  - {at: 2123ms, do: kill, servers: [4, 2]}
  - {at: 2200ms, do: slowLink, links: [[1, 3]], extra: [1ms, 20ms], for: 1s}
  - {when: {event: ended, server: 2, nth: 1}, delay: 150ms, do: start, server: 2, label: back}
  - {when: {event: elected, server: 2, after: back}, delay: 17ms, do: write, client: b, key: y, value: 9}
  - {at: 3s, do: start, server: 4}
  - {at: 3500ms, do: diskStall, server: 1, for: 100ms}
  - {at: 3600ms, do: sync, client: b}
calm: 5s
end: 100s
`;

/** Chance in everything that can fail by itself. */
const MISHAPS = `title: t
teaches: t
ensemble: {voters: 3}
service: register
zooCfg: {tickTime: 200}
disk: {failPpm: 30000}
network: {resetPpm: 5000}
clients:
  - {name: a, operations: 40, from: 800ms, mix: {write: 100}}
timeline:
  - {at: 1500ms, do: start, server: 1, label: again}
  - {when: {event: logged, after: again, nth: 2}, do: write, value: 7}
  - {at: 2s, do: start, server: 2, label: b}
  - {at: 2s, do: start, server: 3}
calm: 3s
end: 60s
`;

/** An epoch that is over after nine writes. */
const COUNTER = `title: t
teaches: t
ensemble: {voters: 3}
service: register
zooCfg: {initialZxid: 0xfffffff6}
timeline:
  - {at: 2s, do: write, times: 4}
  - {at: 2500ms, do: write, times: 4}
  - {at: 3s, do: write, times: 4}
end: 20s
`;

function planOf(scenario: Scenario, release: string, seed: string, schedule: Schedule = { kind: 'uniform' }): Plan {
  return { scenario: { ...scenario, release, schedule }, seed, features: [] };
}

function failureOf(plan: Plan): PlanFailure {
  const { failure } = runPlan(plan, { properties: PROPERTIES });
  if (failure === null) throw new Error(`the plan of ${plan.scenario.release} was expected to fail`);
  return failure;
}

/** Whatever was shrunk, this holds. */
function expectSound(plan: Plan, shrunk: Shrunk): void {
  const failure = failureOf(plan);
  expect(failureOf(shrunk.plan).fingerprint).toBe(failure.fingerprint);
  expect(shrunk.failure.fingerprint).toBe(failure.fingerprint);
  expect(checkTwice(shrunk.plan, PROPERTIES)).toMatch(/^[0-9a-f]{16}$/);
  const again = read(writeScenario(shrunk.plan.scenario));
  expect({ ...again, name: '' }).toEqual({ ...shrunk.plan.scenario, name: '' });
  // The file alone tells all: played by `run` it fails alike.
  const report = run(again, shrunk.plan.seed, { properties: PROPERTIES });
  expect(report.violations[0]?.property).toBe(failure.property);
}

const PCT: Schedule = { kind: 'pct', depth: 3, steps: 2000 };

const CASES: readonly (readonly [what: string, plan: Plan, most: { steps: number; events: number }])[] = [
  ['a log without a snapshot', planOf(load('chaos-of-three'), '3.7.0', '1'), { steps: 4, events: 100 }],
  ['an acknowledgement too early', planOf(load('chaos-of-three'), '3.7.0', '2'), { steps: 6, events: 400 }],
  ['a learner that leaves out a write', planOf(read(NOISE), 'ZOOKEEPER-4394', '9'), { steps: 10, events: 700 }],
  ['an answer too early', planOf(read(NOISE), 'answers-before-commit', '4'), { steps: 5, events: 300 }],
  ['a write that fails by chance', planOf(read(MISHAPS), 'ZOOKEEPER-4646', '2'), { steps: 4, events: 200 }],
  ['an epoch file that cannot be written', planOf(read(MISHAPS), 'ZOOKEEPER-2307', '9'), { steps: 2, events: 200 }],
  ['a counter at its end', planOf(read(COUNTER), 'ZOOKEEPER-1277', '1'), { steps: 2, events: 100 }],
  ['under pct', planOf(read(NOISE), 'delivers-on-proposal', '1', PCT), { steps: 5, events: 300 }],
  ['under pos', planOf(read(NOISE), 'ZOOKEEPER-2959', '3', { kind: 'pos' }), { steps: 5, events: 300 }],
];

describe.each(CASES)('%s', (_, plan, most) => {
  const shrunk = shrinkPlan(plan, failureOf(plan), { properties: PROPERTIES });

  test('fails alike, and can be written, read and played again', () => {
    expectSound(plan, shrunk);
  });

  test('is small, and says what is gone', () => {
    expect(shrunk.plan.scenario.timeline.length - 1).toBeLessThanOrEqual(most.steps);
    expect(runPlan(shrunk.plan, { properties: PROPERTIES }).report.events).toBeLessThanOrEqual(most.events);
    expect(shrunk.plan.scenario.disk.failPpm).toBe(0);
    expect(shrunk.removed.length).toBeGreaterThan(2);
    for (const words of shrunk.removed) expect(words).toMatch(/^[^\n]+$/);
  });

  test('is the same every time', () => {
    expect(shrinkPlan(plan, failureOf(plan), { properties: PROPERTIES })).toEqual(shrunk);
  });
});

test('shrinking what was shrunk changes nothing', () => {
  const plan = planOf(read(NOISE), 'answers-before-commit', '4');
  const { plan: once, failure } = shrinkPlan(plan, failureOf(plan), { properties: PROPERTIES });
  const twice = shrinkPlan(once, failure, { properties: PROPERTIES });
  expect(twice.plan).toEqual(once);
  expect(twice.removed).toEqual([]);
});

test('no more candidates are run than was said, and each success is told', () => {
  const plan = planOf(load('chaos-of-three'), '3.7.0', '2');
  for (const maxRuns of [0, 1, 5, 20]) {
    const steps: number[] = [];
    const shrunk = shrinkPlan(plan, failureOf(plan), {
      properties: PROPERTIES,
      maxRuns,
      onStep: (_, runs) => steps.push(runs),
    });
    // One run to see that it fails, and a few to end it at the failure.
    expect(shrunk.runs).toBeLessThanOrEqual(maxRuns + 5);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expectSound(plan, shrunk);
  }
});

test('a plan that does not fail as it is said to comes back as it is', () => {
  const plan = planOf(read(NOISE), 'corrected', '1');
  const failure: PlanFailure = {
    property: 'total-order',
    fingerprint: 'total-order: never',
    violation: { property: 'total-order', event: 1, at: 1, why: 'never' },
  };
  expect(shrinkPlan(plan, failure, { properties: PROPERTIES })).toEqual({ plan, failure, runs: 1, removed: [] });
});

test('nothing is taken that the caller does not want', () => {
  const plan = planOf(read(NOISE), 'answers-before-commit', '4');
  const { plan: shrunk } = shrinkPlan(plan, failureOf(plan), {
    properties: PROPERTIES,
    valid: ({ servers, settings }) => servers.length >= 4 && settings.tickTime === 200,
  });
  expect(shrunk.scenario.servers).toHaveLength(4);
  expect(shrunk.scenario.settings.tickTime).toBe(200);
});

test('a server that is gone is gone everywhere', () => {
  const scenario = read(NOISE);
  const fewer = mapServers(scenario, (id) => (id === 2 ? null : id > 2 ? id - 1 : id));
  expect(fewer?.servers).toEqual([1, 2, 3, 4]);
  expect(fewer?.verifier.voters).toBe(setOf([1, 2, 3]));
  expect(fewer?.observers).toBe(setOf([4]));
  expect(fewer?.clocks).toEqual([]);
  expect(fewer?.clients.map(({ server }) => server)).toEqual(['any', 'any', 'any']);
  const about = fewer?.timeline.map(({ action }) =>
    'servers' in action ? action.servers : 'pairs' in action ? action.pairs : action.kind,
  );
  expect(about).toEqual([[1, 2, 3, 4], 'write', [[1, 2]], 'openSession', [3], [[1, 2]], [3], [1], 'sync']);
  expect(mapServers(load('minority-has-no-leader'), () => null)).toBe(null);
});

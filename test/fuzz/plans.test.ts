// Plans are drawn the same everywhere, are sound scenarios, keep within what ZAB promises to survive, and find bugs; on
// `corrected` they find nothing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planArbitrary, planOf } from '../../fuzz/plans.ts';
import { FEATURES } from '../../fuzz/plans-features.ts';
import { PROPERTIES } from '../../properties/index.ts';
import { parseScenario } from '../../scenarios/parse.ts';
import { writeScenario } from '../../scenarios/write.ts';
import { Hasher } from '../../sim/hash.ts';
import { run } from '../../sim/run.ts';
import { runPlan } from '../../sim/search/run-plan.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { members } from '../../sim/zab/sets.ts';

const PLANS = Array.from({ length: 150 }, (_, index) => planOf('test', index));

function hashOf(value: unknown): string {
  const hasher = new Hasher();
  hasher.data(value);
  return hasher.hex();
}

describe('a plan', () => {
  test('depends on seed, index and shape alone: plans drawn in another order are the same', () => {
    for (const index of [149, 3, 77]) expect(planOf('test', index)).toEqual(PLANS[index]);
    expect(planOf('test', 3, { release: '3.8.0' }).scenario.timeline).toEqual(PLANS[3]?.scenario.timeline);
    expect(planOf('other', 3)).not.toEqual(PLANS[3]);
  });

  test('has a run of its own for each index', () => {
    expect(new Set(PLANS.map(({ seed }) => seed)).size).toBe(PLANS.length);
    expect(new Set(PLANS.map(({ scenario }) => hashOf(scenario))).size).toBe(PLANS.length);
  });

  test('is plain data: it survives JSON unchanged', () => {
    for (const plan of PLANS) expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  test('is a scenario that a file can hold: written and read again, it is the same', () => {
    for (const { scenario } of PLANS.slice(0, 60)) {
      const read = parseScenario(writeScenario(scenario), scenario.name);
      expect('scenario' in read ? read.scenario : read.mistakes).toEqual(scenario);
    }
  });

  test('names its features, sorted, each once', () => {
    for (const { features } of PLANS) {
      expect([...new Set(features)].sort()).toEqual(features);
      for (const feature of features) expect(FEATURES).toContain(feature);
    }
  });

  test('keeps a quorum of good copies: nothing is wiped or edited, and it is not beyond budget', () => {
    for (const { scenario } of PLANS) {
      expect(scenario.beyondBudget).toBe(false);
      for (const { action } of scenario.timeline) expect(['wipe', 'editEpoch']).not.toContain(action.kind);
    }
  });

  test('comes to a calm, and ends no earlier than its bound', () => {
    for (const { scenario } of PLANS) {
      expect(scenario.calmAt).toBeGreaterThan(0);
      expect(scenario.endAt).toBeGreaterThan(scenario.calmAt ?? 0);
    }
  });

  test('takes no more servers than it may', () => {
    for (let index = 0; index < 100; index++) {
      const { servers, verifier } = planOf('small', index, { maxServers: 3 }).scenario;
      expect(servers.length).toBeLessThanOrEqual(3);
      expect(members(verifier.voters).length).toBeGreaterThan(0);
    }
  });

  test('ends where nothing is left to wait for, and up to there it is the run that its scenario makes', () => {
    for (const plan of PLANS.slice(0, 20)) {
      const { report, endAt } = runPlan(plan, { properties: PROPERTIES });
      const whole = run({ ...plan.scenario, endAt }, plan.seed, { properties: PROPERTIES });
      expect(whole.traceHash).toBe(report.traceHash);
    }
  });
});

describe('the swarm', () => {
  test('has every feature in some plan, and in no plan all', () => {
    const drawn = new Set(Array.from({ length: 600 }, (_, index) => planOf('swarm', index).features).flat());
    expect([...drawn].sort()).toEqual([...FEATURES].sort());
    for (const { features } of PLANS) expect(features.length).toBeLessThan(12);
  });

  test('has three features at most in half of the plans', () => {
    const few = PLANS.filter(({ features }) => features.length <= 3).length;
    expect(few).toBeGreaterThan(PLANS.length * 0.45);
  });

  test('is scheduled as it is told', () => {
    const kinds = (strategy: 'swarm' | 'pct' | 'pos'): Scenario['schedule']['kind'] =>
      planOf('test', 1, { strategy }).scenario.schedule.kind;
    expect([kinds('swarm'), kinds('pct'), kinds('pos')]).toEqual(['uniform', 'pct', 'pos']);
  });
});

describe('the arbitrary', () => {
  test('shrinks to plans with fewer features, fewer steps and fewer servers', () => {
    const details = fc.check(
      fc.property(planArbitrary({ release: 'ack-before-fsync' }), (plan) => {
        return runPlan(plan, { properties: PROPERTIES }).failure === null;
      }),
      { seed: 7, numRuns: 200 },
    );
    expect(details.failed).toBe(true);
    const [plan] = details.counterexample ?? [];
    expect(plan?.features.length).toBeLessThanOrEqual(3);
    expect(plan?.scenario.timeline.length).toBeLessThanOrEqual(14);
    expect(plan?.scenario.servers.length).toBe(3);
  });
});

describe('on corrected', () => {
  test('nothing is found, and almost no run is cut short', () => {
    for (const plan of PLANS) {
      const { failure, report } = runPlan(plan, { properties: PROPERTIES });
      expect(failure, `${plan.seed}: ${plan.features.join(', ')}`).toBeNull();
      expect(report.verdict).toBe('pass');
    }
  });
});

describe('bugs', () => {
  test.each([
    ['ZOOKEEPER-2845', 400],
    ['ZOOKEEPER-3911', 300],
    ['ZOOKEEPER-4646', 300],
    ['ZOOKEEPER-4685', 300],
    ['ZOOKEEPER-4394', 300],
    ['ZOOKEEPER-1419', 300],
    ['never-truncates', 600],
    ['delivers-on-proposal', 50],
  ])('%s is found within %i plans', (release, limit) => {
    let found = -1;
    for (let index = 0; index < limit && found < 0; index++)
      if (runPlan(planOf('bugs', index, { release }), { properties: PROPERTIES }).failure !== null) found = index;
    expect(found).toBeGreaterThanOrEqual(0);
  });
});

// Situations are told by the trace alone, each by what its name says; abstract states ask neither who is who nor how
// far epochs have come.
import { describe, expect, test } from 'vitest';
import { planOf } from '../../fuzz/plans.ts';
import { PROPERTIES } from '../../properties/index.ts';
import { loadScenario } from '../../scenarios/load.ts';
import { run } from '../../sim/run.ts';
import { Coverage, SITUATION_NAMES, SITUATIONS, type Situation } from '../../sim/search/coverage.ts';
import { runPlan } from '../../sim/search/run-plan.ts';
import type { TraceEvent, TraceFact } from '../../sim/trace.ts';
import { setOf } from '../../sim/zab/sets.ts';
import { makeZxid, ZERO } from '../../sim/zab/zxid.ts';

const THREE = { servers: [1, 2, 3], verifier: { kind: 'majority', voters: setOf([1, 2, 3]) } } as const;

function situationsIn(events: readonly TraceEvent[]): Situation[] {
  const coverage = new Coverage(THREE);
  for (const event of events) coverage.observe(event);
  return [...coverage.situations()].sort();
}

function statesIn(events: readonly TraceEvent[]): number[] {
  const coverage = new Coverage(THREE);
  for (const event of events) coverage.observe(event);
  return [...coverage.states()];
}

function at(server: number, fact: TraceFact): TraceEvent {
  return { at: 0, server, ...fact };
}

function started(server: number, epochs: { accepted?: number; current?: number; life?: number } = {}): TraceEvent {
  const { accepted = 0, current = 0, life = 1 } = epochs;
  return at(server, {
    kind: 'started',
    life,
    acceptedEpoch: accepted,
    currentEpoch: current,
    lastZxid: ZERO,
    snapshot: 0,
    snapshotZxid: ZERO,
    replayed: 0,
  });
}

function ended(server: number, more: { lost?: number; torn?: boolean } = {}): TraceEvent {
  return at(server, { kind: 'ended', how: 'crash', code: -1, why: 'power failure', lost: 0, torn: false, ...more });
}

function follows(server: number): TraceEvent[] {
  return [
    started(server),
    at(server, { kind: 'stateChanged', state: 'FOLLOWING', why: 'elected' }),
    at(server, { kind: 'phaseChanged', phase: 'SYNCHRONIZATION' }),
  ];
}

const wroteEpoch: TraceFact = { kind: 'epochWritten', file: 'currentEpoch', epoch: 1, previous: 0 };
const wroteSnapshot: TraceFact = { kind: 'snapshotWritten', snapshot: 1, zxid: ZERO, synced: true, replaces: false };
const established = (epoch: number): TraceFact => ({
  kind: 'established',
  epoch,
  quorum: setOf([1, 2]),
  lastZxid: makeZxid(epoch - 1, 0),
});

describe('situations', () => {
  test('every one has a sentence', () => {
    for (const name of SITUATION_NAMES) expect(SITUATIONS[name]).toMatch(/^An? .*\.$|^(All|Two|What|Logged) .*\.$/);
  });

  test('an end is told by the phase in which it comes', () => {
    expect(situationsIn([started(1), ended(1)])).toEqual(['interrupted-election']);
    expect(situationsIn([...follows(1), ended(1)])).toEqual(['interrupted-synchronization']);
  });

  test('a learner may end before it writes currentEpoch, or between that and serving', () => {
    expect(situationsIn([...follows(1), at(1, wroteSnapshot), ended(1)])).toContain('ended-before-current-epoch');
    const later = situationsIn([...follows(1), at(1, wroteSnapshot), at(1, wroteEpoch), ended(1)]);
    expect(later).toContain('ended-between-newleader-and-uptodate');
    expect(later).not.toContain('ended-before-current-epoch');
  });

  test('a torn tail counts once a server starts from it', () => {
    expect(situationsIn([started(1), ended(1, { torn: true, lost: 1 })])).not.toContain('torn-tail');
    expect(situationsIn([started(1), ended(1, { torn: true, lost: 1 }), started(1)])).toContain('torn-tail');
  });

  test('an epoch is skipped if none was established in between', () => {
    expect(situationsIn([at(1, established(1)), at(2, established(2))])).not.toContain('epoch-skipped');
    expect(situationsIn([at(1, established(1)), at(2, established(3))])).toContain('epoch-skipped');
  });

  test('a promise is ahead if it is above all that was established', () => {
    expect(situationsIn([at(1, established(1)), started(3, { accepted: 1, life: 2 })])).not.toContain('promise-ahead');
    expect(situationsIn([at(1, established(1)), started(3, { accepted: 2, life: 2 })])).toContain('promise-ahead');
  });

  test.each<[string, Situation]>([
    ['sync-diff', 'sync-diff'],
    ['sync-trunc', 'sync-trunc'],
    ['sync-snap', 'sync-snap'],
    ['sync-from-the-log-on-disk', 'sync-from-log'],
    ['torn-log-tail', 'torn-tail'],
    ['epoch-rolls-over', 'counter-at-its-end'],
    ['two-leaders-during-partition-one-commits', 'two-leaders-serve'],
    ['observers-do-not-vote-yet-serve', 'observer-serves'],
    ['uncommitted-write-survives-a-full-restart', 'tail-survived'],
    ['full-disk-at-the-leader', 'disk-error'],
    ['old-leader-pauses-and-is-fenced', 'fenced-quorum-gone'],
  ])('scenario %s reaches %s', (name, situation) => {
    const loaded = loadScenario(name, 'scenarios');
    if ('mistakes' in loaded) throw new Error('a scenario of ours has mistakes');
    const coverage = new Coverage(loaded.scenario);
    run(loaded.scenario, '1', { properties: [], keep: coverage.observe });
    expect([...coverage.situations()]).toContain(situation);
  });
});

describe('abstract states', () => {
  test('are the same whoever of the servers it is', () => {
    expect(statesIn(follows(1))).toEqual(statesIn(follows(3)));
  });

  test('are the same in later epochs', () => {
    const inEpoch = (epoch: number): number[] =>
      statesIn([1, 2, 3].map((id) => started(id, { accepted: epoch, current: epoch }))).slice(-1);
    expect(inEpoch(4)).toEqual(inEpoch(9));
  });

  test('differ in role and phase', () => {
    expect(new Set(statesIn(follows(1))).size).toBe(3);
  });
});

test('a small batch reaches most situations, and watching it changes no run', () => {
  const reached = new Set<Situation>();
  for (let index = 0; index < 150; index++) {
    const plan = planOf('coverage', index);
    const coverage = new Coverage(plan.scenario);
    const { report } = runPlan(plan, { properties: index < 10 ? PROPERTIES : [], keep: coverage.observe });
    if (index < 10) expect(runPlan(plan, { properties: PROPERTIES }).report.traceHash).toBe(report.traceHash);
    for (const situation of coverage.situations()) reached.add(situation);
  }
  expect(reached.size).toBeGreaterThan(25);
});

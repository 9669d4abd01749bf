// A batch is the sum of its runs: however it is cut and in whatever order the parts come, the same is reported.
import { describe, expect, test } from 'vitest';
import { playBatch, type Batch } from '../../fuzz/batch.ts';
import { work } from '../../fuzz/worker.ts';
import { fuzzReport, tallyOf, type Frame } from '../../fuzz/report.ts';
import { mergeReports } from '../../fuzz/merge.ts';
import { junitText } from '../../fuzz/junit.ts';
import { absorb, newTally, type Tally } from '../../fuzz/tally.ts';
import { PROPERTIES } from '../../properties/index.ts';
import { fuzzLines } from '../../report/fuzz-text.ts';
import { type FuzzReport, fuzzReportForm, isRising, unreached } from '../../report/fuzz-report.ts';
import { paints } from '../../report/paint.ts';
import { columns, WIDTH } from '../../report/text.ts';

const RUNS = 45;
const BUG = 'never-truncates';

function batch(changes: Partial<Batch> = {}): Batch {
  return { seed: '1', shape: { release: BUG }, from: 0, step: 1, count: RUNS, stopAtFirst: false, ...changes };
}

function play(changes: Partial<Batch> = {}): Tally {
  return playBatch(batch(changes), { properties: PROPERTIES, guarded: false });
}

function frame(changes: Partial<Frame> = {}): Frame {
  return {
    seed: '1',
    release: BUG,
    strategy: 'swarm',
    ownProperties: [],
    shards: [1],
    of: 1,
    keepGoing: true,
    limit: { first: 0, runs: RUNS, timeMs: null, untilStable: null },
    ended: 'runs',
    wallMs: 7,
    end: RUNS,
    ...changes,
  };
}

function report(tally: Tally, changes: Partial<Frame> = {}): FuzzReport {
  const properties = PROPERTIES.map(({ name }) => name);
  return fuzzReport(tally, frame(changes), { details: new Map(), ownFaultFiles: new Map(), properties });
}

const whole = play();
const shards = [1, 2, 3].map((index) =>
  report(play({ from: index - 1, step: 3, count: RUNS / 3 }), { shards: [index], of: 3, end: RUNS - 3 + index }),
);

test('the batch has something in it to be wrong about', () => {
  expect(whole.runs).toBe(RUNS);
  expect(whole.failures.size).toBeGreaterThan(0);
  expect(whole.states.size).toBeGreaterThan(100);
  expect(whole.ownFaults).toEqual([]);
});

describe('adding up', () => {
  test('does not depend on the order of the parts', () => {
    const parts = [0, 15, 30].map((from) => play({ from, count: 15 }));
    const forwards = newTally();
    const backwards = newTally();
    for (const part of parts) absorb(forwards, part);
    for (const part of [...parts].reverse()) absorb(backwards, part);
    expect(report(forwards)).toEqual(report(whole));
    expect(report(backwards)).toEqual(report(whole));
  });

  test('tells the last run that was new, and -1 once nothing is', () => {
    const total = newTally();
    const last = absorb(total, whole);
    expect(last).toBe(Math.max(...whole.states.values()));
    expect(absorb(total, play())).toBe(-1);
  });

  test('stops behind the first failure if it is told to', () => {
    const stopped = play({ stopAtFirst: true });
    const firstFailure = Math.min(...[...whole.failures.values()].flatMap(({ runs }) => runs));
    expect(stopped.runs).toBe(firstFailure + 1);
    expect(stopped.failures.size).toBe(1);
  });
});

describe('a report', () => {
  test('is of its own form, and its counts can be had back', () => {
    const made = report(whole);
    expect(fuzzReportForm.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
    expect(report(tallyOf(made))).toEqual(made);
  });

  test('tells coverage as a curve that never falls and ends at the number of states', () => {
    const { curve, distinctStates, newInLastTenth } = report(whole);
    expect(curve.map(({ runs }) => runs)).toEqual([1, 2, 5, 10, 20, 45]);
    expect(curve.map(({ states }) => states)).toEqual(curve.map(({ states }) => states).toSorted((a, b) => a - b));
    expect(curve.at(-1)?.states).toBe(distinctStates);
    expect(newInLastTenth).toBeLessThan(distinctStates);
    expect(isRising(report(whole))).toBe(true);
  });

  test('names what was never reached', () => {
    expect(unreached(report(play({ count: 1 })))).toContain('situation counter-at-its-end');
  });

  test('as text fits eighty columns and names every property', () => {
    const lines = fuzzLines(report(whole), { paint: paints(false), out: null });
    for (const line of lines) expect(columns(line), line).toBeLessThanOrEqual(WIDTH);
    for (const { name } of PROPERTIES) expect(lines.join('\n')).toContain(name);
  });

  test('as JUnit has a test for each property, and a failure for each that is broken', () => {
    const xml = junitText(report(whole));
    expect(xml.match(/<testcase /g)?.length).toBe(PROPERTIES.length + 1);
    const broken = new Set([...whole.failures.values()].map(({ property }) => property));
    expect(xml.match(/<failure /g)?.length).toBe(broken.size);
  });
});

describe('merging shards', () => {
  const named = (reports: readonly FuzzReport[]) =>
    reports.map((each, i) => ({ path: `shard-${i + 1}`, report: each }));
  const refusal = (reports: readonly FuzzReport[]): string => {
    const joined = mergeReports(named(reports));
    return 'refused' in joined ? joined.refused.join('\n') : 'not refused';
  };

  test('gives exactly the unsharded report, in whatever order they come', () => {
    const [one, two, three] = shards;
    expect(mergeReports(named([one!, two!, three!]))).toEqual({ merged: report(whole) });
    expect(mergeReports(named([three!, one!, two!]))).toEqual({ merged: report(whole) });
  });

  test('refuses what does not belong together, and says why', () => {
    const [one, two, three] = shards;
    expect(refusal([one!, two!])).toBe('shard 3/3 is missing');
    expect(refusal([one!])).toBe('shards 2/3, 3/3 are missing');
    expect(refusal([one!, two!, three!, two!])).toBe('shard-4: shard 2/3 is in shard-2 too');
    expect(refusal([one!, two!, { ...three!, seed: '2' }])).toBe('shard-3: seed 2, and shard-1 has 1');
    expect(refusal([one!, two!, { ...three!, version: '0.0.9' }])).toMatch(
      /^shard-3: version 0\.0\.9, and shard-1 has /,
    );
    expect(refusal([one!, two!, { ...three!, release: '3.8.0' }])).toMatch(/^shard-3: release 3\.8\.0/);
    expect(refusal([{ ...one!, of: 4 }, two!, three!])).toMatch(/^shard-2: number of shards 3, and shard-1 has 4/);
    expect(refusal([])).toBe('there is nothing to merge');
  });
});

describe('a worker', () => {
  test('answers with the tally of its batch, and with data where something is wrong', async () => {
    const answer = await work({ kind: 'batch', batch: batch({ count: 3 }), propertyFiles: [] });
    expect(answer.kind === 'batch' && answer.tally).toEqual(play({ count: 3 }));
    const refused = await work({ kind: 'batch', batch: batch({ count: 3 }), propertyFiles: ['no-such-file.js'] });
    expect(refused).toEqual({ kind: 'refused', lines: ['--property no-such-file.js: there is no such file'] });
  });

  test('hunts a bug until the first run that fails, and shrinks it', async () => {
    const hunt = { seed: '1', shape: { release: BUG }, maxRuns: 100, maxMs: 60_000 };
    const answer = await work({ kind: 'hunt', hunt, propertyFiles: [] });
    const firstFailure = Math.min(...[...whole.failures.values()].flatMap(({ runs }) => runs));
    expect(answer.kind === 'hunt' && answer.hunted.hit?.run).toBe(firstFailure);
    expect(answer.kind === 'hunt' && answer.hunted.runs).toBe(firstFailure + 1);
  });
});

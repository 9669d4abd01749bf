import { underWatch } from '../commands/guard-property.ts';
import type { Property } from '../sim/property.ts';
import type { Plan } from '../sim/search/plan.ts';
import { runPlan } from '../sim/search/run-plan.ts';
import { Coverage } from '../sim/search/coverage.ts';
import { planOf, type PlanShape } from './plans.ts';
import { addFailures, addFault, addTo, newTally, type Tally } from './tally.ts';

/** Some consecutive runs of one shard: run `from`, `from + step`, ... of the batch of `seed`. */
export interface Batch {
  readonly seed: string;
  readonly shape: PlanShape;
  readonly from: number;
  readonly step: number;
  readonly count: number;
  /** Nothing is played after the first run that fails. */
  readonly stopAtFirst: boolean;
}

export interface BatchOptions {
  readonly properties: readonly Property[];
  /** Some of the properties are somebody else's: they may never return. */
  readonly guarded: boolean;
}

/** Plays a batch. What a run throws is a fault of zabsim's, counted and no reason to stop; but a `UsageError`, which a property
 *  that was handed in causes, passes through. */
export function playBatch(batch: Batch, { properties, guarded }: BatchOptions): Tally {
  const tally = newTally();
  for (let nth = 0; nth < batch.count; nth++) {
    const run = batch.from + nth * batch.step;
    const play = (): void => playRun(tally, run, batch, properties);
    if (guarded) underWatch(play);
    else play();
    if (batch.stopAtFirst && tally.failures.size + tally.ownFaults.length > 0) break;
  }
  return tally;
}

function playRun(tally: Tally, run: number, batch: Batch, properties: readonly Property[]): void {
  tally.runs++;
  try {
    judge(tally, run, planOf(batch.seed, run, batch.shape), properties);
  } catch (error) {
    if (isUsageError(error)) throw error;
    tally.ownFaults.push({ run, ...wordsOf(error) });
  }
}

function judge(tally: Tally, run: number, plan: Plan, properties: readonly Property[]): void {
  const coverage = new Coverage(plan.scenario);
  const { report, failure } = runPlan(plan, { properties, keep: coverage.observe, hash: false });
  tally.events += report.events;
  tally.traceEvents += report.traceEvents;
  tally.virtualUs += report.virtualUs;
  if (report.verdict === 'inconclusive') tally.undecided++;
  for (const { name, premises, excused } of report.properties) {
    addTo(tally.premises, name, premises);
    if (excused !== null) addTo(tally.excused, name, 1);
  }
  for (const { fault, asked, landed } of report.faults) addFault(tally, fault, asked, landed);
  for (const feature of plan.features) addTo(tally.features, feature, 1);
  for (const name of coverage.situations()) {
    const known = tally.situations.get(name);
    if (known === undefined) tally.situations.set(name, { runs: 1, first: run });
    else known.runs++;
  }
  for (const state of coverage.states()) if (!tally.states.has(state)) tally.states.set(state, run);
  if (failure === null) return;
  const { property, fingerprint, violation } = failure;
  addFailures(tally, { property, fingerprint, run, events: report.events, why: violation.why, runs: [run] });
}

function isUsageError(error: unknown): boolean {
  return error instanceof Error && error.name === 'UsageError';
}

const STACK_LINES = 6;

/** An error as plain data. */
export function wordsOf(error: unknown): { readonly message: string; readonly stack: readonly string[] } {
  if (!(error instanceof Error)) return { message: String(error), stack: [] };
  const stack = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { message: `${error.name}: ${error.message}`, stack: stack.slice(0, STACK_LINES).map((line) => line.trim()) };
}

import { causes } from '../report/cause.ts';
import { Recent } from '../report/recent.ts';
import { parseScenario } from '../scenarios/parse.ts';
import { writeScenario } from '../scenarios/write.ts';
import type { Property } from '../sim/property.ts';
import { run } from '../sim/run.ts';
import type { Scenario } from '../sim/scenario.ts';
import type { Plan } from '../sim/search/plan.ts';
import { runPlan, type PlanFailure } from '../sim/search/run-plan.ts';
import { checkTwice, shrinkPlan } from '../sim/search/shrink.ts';
import { whatWasRemoved } from '../sim/search/shrink-words.ts';
import { planOf } from './plans.ts';
import { shrinkDrawn, type Drawn } from './shrink-plan.ts';

/** A failure, shrunk, with all that is told of it. Plain data. */
export interface Found {
  readonly plan: Plan;
  readonly failure: PlanFailure;
  /** Candidates that were run. */
  readonly tries: number;
  readonly removed: readonly string[];
  /** Of the shrunk run: two runs had it. null: they differed. */
  readonly traceHash: string | null;
  /** Events that the story needs: the causal chain of the violation. What did not happen has no chain, and counts the steps. */
  readonly causes: number;
  /** What is left to read in the scenario: steps of its timeline, operations of its clients, draws that chance still makes. */
  readonly steps: number;
  /** Trace events of the shrunk run. */
  readonly traceEvents: number;
  /** The scenario as a file, and the seed under which it shows the failure. */
  readonly text: string;
  /** The file, read again, gives the same run. */
  readonly faithful: boolean;
}

export interface FindOptions {
  readonly properties: readonly Property[];
  /** Candidates that may be run; 0: the plan stays as it is. */
  readonly maxTries: number;
}

/** Plans that fast-check may try: whole features and chapters go first, in few tries or not at all. */
const DRAWN_TRIES = 40;

/** Shrinks a plan that fails, checks the result twice, and writes it down. null: the plan does not fail. */
export function findOut(drawn: Drawn, options: FindOptions): Found | null {
  const { properties, maxTries } = options;
  const plan = planOf(drawn.seed, drawn.index, drawn.shape);
  const first = runPlan(plan, { properties });
  if (first.failure === null) return null;
  const shrunk =
    maxTries === 0
      ? { plan: cutAt(plan, first.endAt), failure: first.failure, runs: 0, removed: [] }
      : smaller(drawn, plan, first.failure, options);
  const smallest = titled(underUsualSeed(shrunk.plan, shrunk.failure, properties), first.report.events);
  const traceHash = checkTwice(smallest.plan, properties);
  const recent = new Recent(HELD);
  const { traceEvents } = run(smallest.plan.scenario, smallest.plan.seed, { properties, keep: (e) => recent.push(e) });
  const text = writeScenario(smallest.plan.scenario, commentsOf(smallest.plan));
  const chain = causes(recent, smallest.failure.violation).length;
  const steps = stepsOf(smallest.plan.scenario);
  return {
    plan: smallest.plan,
    failure: smallest.failure,
    tries: shrunk.runs,
    removed: shrunk.removed,
    traceHash,
    causes: chain > 1 ? chain : steps,
    steps,
    traceEvents,
    text,
    faithful: traceHash !== null && hashOfText(text, smallest.plan.seed, properties) === traceHash,
  };
}

/** First as fast-check draws plans, then step by step and draw by draw. */
function smaller(
  drawn: Drawn,
  plan: Plan,
  failure: PlanFailure,
  { properties, maxTries }: FindOptions,
): { plan: Plan; failure: PlanFailure; runs: number; removed: readonly string[] } {
  const maxRuns = Math.min(DRAWN_TRIES, maxTries);
  const start = shrinkDrawn(drawn, failure, { properties, maxRuns }) ?? { plan, failure, runs: 0 };
  const end = shrinkPlan(start.plan, start.failure, { properties, maxRuns: maxTries - start.runs, valid: isSayable });
  return {
    ...end,
    runs: start.runs + end.runs,
    removed: whatWasRemoved(plan.scenario, end.plan.scenario, failure.violation.at),
  };
}

const HELD = 400_000;

function cutAt(plan: Plan, endAt: number): Plan {
  return { ...plan, scenario: { ...plan.scenario, endAt } };
}

/** A scenario that hardly leaves anything to chance fails under seed 1 too, which nobody has to type. */
function underUsualSeed(
  plan: Plan,
  failure: PlanFailure,
  properties: readonly Property[],
): { readonly plan: Plan; readonly failure: PlanFailure } {
  const usual = { ...plan, seed: '1' };
  const found = plan.seed === '1' ? null : runPlan(usual, { properties }).failure;
  return found?.fingerprint === failure.fingerprint ? { plan: usual, failure: found } : { plan, failure };
}

function isSayable(scenario: Scenario): boolean {
  return 'scenario' in parseScenario(writeScenario(scenario), 'found.yaml');
}

function hashOfText(text: string, seed: string, properties: readonly Property[]): string | null {
  const parsed = parseScenario(text, 'found.yaml');
  return 'scenario' in parsed ? run(parsed.scenario, seed, { properties }).traceHash : null;
}

/** What a person reads first. The words change nothing in the run. */
function titled(
  { plan, failure }: { readonly plan: Plan; readonly failure: PlanFailure },
  events: number,
): { readonly plan: Plan; readonly failure: PlanFailure } {
  const { scenario, features } = plan;
  const title = `${failure.property} is violated (${scenario.release})`;
  const from = features.length === 0 ? '' : ` with ${features.join(', ')}`;
  const teaches =
    `${failure.violation.why.slice(0, 1000)}. Found by zabsim fuzz in a plan${from} that took ${events} events, ` +
    'and shrunk.';
  return { plan: { ...plan, scenario: { ...scenario, title, teaches } }, failure };
}

function commentsOf({ seed }: Plan): string[] {
  return [seed === '1' ? 'Any seed may show it; seed 1 does.' : `Run it with --seed ${seed}.`];
}

function stepsOf({ timeline, clients, schedule }: Scenario): number {
  const operations = clients.reduce((sum, client) => sum + client.operations, 0);
  const draws = schedule.kind === 'calm' ? schedule.except.length : 0;
  return timeline.length + operations + draws;
}

import type { Property } from '../property.ts';
import { run } from '../run.ts';
import { MS, SECOND, type Micros } from '../time.ts';
import {
  fewerCalls,
  fewerClients,
  fewerOperations,
  mergeCalls,
  nearerToTheEnd,
  plainClients,
  plainValues,
} from './shrink-clients.ts';
import { fewerServers, plainModels, plainSettings, roundModels } from './shrink-ensemble.ts';
import { calmest, earlierDraws, fewerDraws } from './shrink-schedule.ts';
import {
  fewerSteps,
  inOrderOfTime,
  plainSteps,
  roundTimes,
  shorterPauses,
  unfoldChaos,
  unfoldFailures,
  unfoldResets,
  withoutMarks,
} from './shrink-timeline.ts';
import { whatWasRemoved } from './shrink-words.ts';
import { endingAt, leastEnd, roundUp, Shrinker, type ShrinkOptions } from './shrinker.ts';
import type { Plan } from './plan.ts';
import { runPlan, type PlanFailure } from './run-plan.ts';

export type { ShrinkOptions } from './shrinker.ts';

export interface Shrunk {
  readonly plan: Plan;
  readonly failure: PlanFailure;
  /** Candidates that were run. */
  readonly runs: number;
  /** What is gone, in words, and what became simpler. */
  readonly removed: readonly string[];
}

/** A plan that fails alike (the same fingerprint) and has less in it: events, steps, clients, servers, chance, settings.
 *  Greedy, to a fixed point or until `maxRuns` candidates have been run; deterministic. A plan that does not fail as `failure`
 *  says comes back as it is. Sources: Zeller and Hildebrandt (ddmin); MacIver and Donaldson, Test-Case Reduction via Test-Case
 *  Generation (the calm choice is the smaller one). */
export function shrinkPlan(plan: Plan, failure: PlanFailure, options: ShrinkOptions): Shrunk {
  const first = runPlan(plan, { properties: options.properties });
  if (first.failure?.fingerprint !== failure.fingerprint) return { plan, failure, runs: 1, removed: [] };
  const shrinker = new Shrinker(plan, first.failure, first.report.events, options);
  cutTail(shrinker);
  calmest(shrinker);
  let before = -1;
  while (before !== shrinker.accepted && !shrinker.spent) {
    before = shrinker.accepted;
    for (const pass of PASSES) pass(shrinker);
  }
  lastCut(shrinker);
  return {
    plan: titled(shrinker.plan, shrinker.failure),
    failure: shrinker.failure,
    runs: shrinker.runs + 1,
    removed: whatWasRemoved(plan.scenario, shrinker.scenario, first.failure.violation.at),
  };
}

/** In the order of what they are likely to take away for a run. */
const PASSES: readonly ((shrinker: Shrinker) => void)[] = [
  plainModels,
  fewerSteps,
  fewerOperations,
  fewerCalls,
  unfoldChaos,
  unfoldFailures,
  unfoldResets,
  calmest,
  fewerDraws,
  fewerClients,
  fewerServers,
  plainClients,
  plainSettings,
  roundModels,
  earlierDraws,
  plainSteps,
  withoutMarks,
  nearerToTheEnd,
  plainValues,
  mergeCalls,
  cutTail,
  inOrderOfTime,
  shorterPauses,
  roundTimes,
];

const LONGEST_TITLE = 160;

/** A random plan is called after what was drawn for it, of which little is left: the failure is the better name. */
function titled(plan: Plan, { property, violation }: PlanFailure): Plan {
  if (plan.features.length === 0) return plan;
  const said = `${property}: ${violation.why}`;
  const title = said.length <= LONGEST_TITLE ? said : `${said.slice(0, LONGEST_TITLE - 3)}...`;
  const teaches = 'What shrinking left of a random plan: without any part of it, the failure is gone or another one.';
  return { ...plan, scenario: { ...plan.scenario, title, teaches } };
}

/** Ends the run soon after the failure, and without a calm if none is needed. */
function cutTail(shrinker: Shrinker): void {
  const { scenario, failure } = shrinker;
  if (!shrinker.eventual) {
    const soon = roundUp(failure.violation.at + Math.max(500 * MS, failure.violation.at / 4), 100 * MS);
    if (soon < scenario.endAt) shrinker.attempt(endingAt(scenario, soon));
    shrinker.attempt({ calmAt: null });
    return;
  }
  const { calmAt } = shrinker.scenario;
  if (calmAt === null) return;
  const last = shrinker.scenario.timeline.reduce(
    (latest, { moment }) => (moment.kind === 'at' ? Math.max(latest, moment.at) : latest),
    0,
  );
  for (const earlier of [roundUp(last + 1, SECOND), roundUp(calmAt / 2, SECOND)])
    if (earlier < calmAt && earlier > last) {
      const calmer = { ...shrinker.scenario, calmAt: earlier };
      shrinker.attempt({ calmAt: earlier, endAt: Math.min(leastEnd(calmer), shrinker.scenario.endAt) });
    }
  const least = leastEnd(shrinker.scenario);
  if (least < shrinker.scenario.endAt) shrinker.attempt({ endAt: least });
}

/** Without the leeway: the end is the first round time after the failure. */
function lastCut(shrinker: Shrinker): void {
  if (shrinker.eventual) return;
  const { at } = shrinker.failure.violation;
  for (const unit of [SECOND, 100 * MS, MS, 1] satisfies Micros[]) {
    const end = roundUp(at + 1, unit);
    if (end === shrinker.scenario.endAt) return;
    if (end < shrinker.scenario.endAt && shrinker.finish(endingAt(shrinker.scenario, end))) return;
  }
}

/** Runs a plan twice. The trace hash of both runs, or null if they differ: then something outside the plan had a say. */
export function checkTwice(plan: Plan, properties: readonly Property[]): string | null {
  const [first, second] = [0, 1].map(() => run(plan.scenario, plan.seed, { properties }).traceHash);
  return first !== undefined && first === second ? first : null;
}

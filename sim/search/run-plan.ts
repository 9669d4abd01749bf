import type { Property, Violation } from '../property.ts';
import { advance, beginRun, finishRun, type Report, type Run } from '../run.ts';
import type { Micros } from '../time.ts';
import type { Emit } from '../trace.ts';
import { MS } from '../time.ts';
import type { Plan } from './plan.ts';
import { fingerprintOf } from './fingerprint.ts';

export interface PlanOptions {
  readonly properties: readonly Property[];
  /** Receives every trace event. */
  readonly keep?: Emit;
  /** A plan that needs more events has gone astray: its run is inconclusive. */
  readonly maxEvents?: number;
  /** false: the report's `traceHash` names nothing, and the run is a tenth faster. */
  readonly hash?: boolean;
}

export interface PlanResult {
  readonly report: Report;
  /** When the run was over: the plan with this `endAt` is the same run. */
  readonly endAt: Micros;
  readonly failure: PlanFailure | null;
}

export interface PlanFailure {
  readonly property: string;
  /** Equal for failures that are one story: property, clause, kind of cause. */
  readonly fingerprint: string;
  readonly violation: Violation;
}

/** Far above what a plan of the generator needs. */
const MAX_EVENTS = 400_000;

/** Plays one plan. It ends at the first violation, or as soon as everything that must happen after the calm has happened:
 *  nobody waits for an ensemble that serves and owes no answer. */
export function runPlan(plan: Plan, options: PlanOptions): PlanResult {
  const { scenario } = plan;
  const run = beginRun(scenario, plan.seed, {
    properties: options.properties,
    maxEvents: options.maxEvents ?? MAX_EVENTS,
    hash: options.hash ?? true,
    ...(options.keep === undefined ? {} : { keep: options.keep }),
  });
  if (scenario.calmAt === null) advance(run, scenario.endAt);
  else {
    advance(run, Math.min(scenario.calmAt, scenario.endAt));
    const tick = scenario.settings.tickTime * MS;
    while (!run.stopped && run.world.now < scenario.endAt && !isSettled(run))
      advance(run, Math.min(run.world.now + tick, scenario.endAt));
    // What is wrong and not yet seen shows with the next pings.
    if (!run.stopped) advance(run, Math.min(run.world.now + 2 * tick, scenario.endAt));
  }
  const endAt = run.world.now;
  const report = finishRun(run);
  const violation = report.violations[0];
  const failure =
    violation === undefined ? null : { property: violation.property, fingerprint: fingerprintOf(violation), violation };
  return { report, endAt, failure };
}

/** True once no `eventually` property waits for anything. */
function isSettled(run: Run): boolean {
  return run.recorder.watched.every(
    ({ property, state }) => property.kind === 'always' || (property.settled?.(state) ?? false),
  );
}

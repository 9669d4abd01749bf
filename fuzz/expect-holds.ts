import { PROPERTIES } from '../properties/index.ts';
import { explain } from '../report/explain.ts';
import { shortFailure } from '../report/failure-report.ts';
import type { Property } from '../sim/property.ts';
import { run, type Report } from '../sim/run.ts';
import type { Scenario } from '../sim/scenario.ts';
import type { Plan } from '../sim/search/plan.ts';
import { runPlan, type PlanFailure, type PlanResult } from '../sim/search/run-plan.ts';
import { fingerprintOf } from '../sim/search/fingerprint.ts';

export interface ExpectOptions {
  /** What the run is judged by. Left out: every property of zabsim's own. */
  readonly properties?: readonly Property[];
}

/** A scenario and a seed: a run. A `Plan` is one. */
export interface Playable {
  readonly scenario: Scenario;
  readonly seed: string;
}

/** A run did not end as it must. The reasons are looked for when somebody reads the message: a shrinker throws hundreds of
 *  these away. */
export class RunFailed extends Error {
  override readonly name = 'RunFailed';

  constructor(first: readonly string[], why: (() => string) | null) {
    super();
    const frames = (this.stack ?? '').split('\n').slice(1).join('\n');
    let words: string | null = null;
    const message = (): string => (words ??= [...first, ...(why === null ? [] : [why()])].join('\n'));
    Object.defineProperty(this, 'message', { get: message, configurable: true, enumerable: false });
    const stack = (): string => `${this.name}: ${message()}\n${frames}`;
    Object.defineProperty(this, 'stack', { get: stack, configurable: true, enumerable: false });
  }
}

/** Plays a plan, and throws a `RunFailed` unless every property holds. Its message is the failure report in short: what broke,
 *  the event that decided, the plan. Made for fast-check: `fc.property(planArbitrary(), (plan) => void expectHolds(plan))`. */
export function expectHolds(plan: Playable, { properties = PROPERTIES }: ExpectOptions = {}): PlanResult {
  const whole: Plan = { features: [], ...plan };
  const result = runPlan(whole, { properties });
  const { failure, report } = result;
  if (failure !== null) throw new RunFailed([], () => whyFailed(whole, failure, properties));
  if (report.verdict !== 'pass')
    throw new RunFailed([`not decided after ${report.events} events: a run that long has gone astray`], null);
  return result;
}

/** Plays a scenario, and throws a `RunFailed` unless it ends as its `expect` says: the verdict, the property that breaks, every
 *  fact. */
export function expectAsWritten({ scenario, seed }: Playable, { properties = PROPERTIES }: ExpectOptions = {}): Report {
  const report = run(scenario, seed, { properties });
  if (report.asExpected) return report;
  const [violation] = report.violations;
  if (violation === undefined) throw new RunFailed(report.unexpected, null);
  const failure = { property: violation.property, fingerprint: fingerprintOf(violation), violation };
  throw new RunFailed(report.unexpected, () => whyFailed({ scenario, seed, features: [] }, failure, properties));
}

function whyFailed(plan: Plan, failure: PlanFailure, properties: readonly Property[]): string {
  const explanation = explain({ plan, failure, properties });
  return explanation === null ? `${failure.property}: ${failure.violation.why}` : shortFailure(explanation);
}

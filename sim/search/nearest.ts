import type { Property } from '../property.ts';
import type { Micros } from '../time.ts';
import { MS, SECOND } from '../time.ts';
import type { TraceEvent } from '../trace.ts';
import { changed, choicesOf, type Change, type Choice } from './deciding.ts';
import type { Plan } from './plan.ts';
import { runPlan, type PlanFailure, type PlanResult } from './run-plan.ts';

/** passes: the failure is gone, and no other came. alike: the same fingerprint. otherwise: another property, or another
 *  clause of it. undecided: the run ran out of events. */
export type FlipVerdict = 'passes' | 'alike' | 'otherwise' | 'undecided';

/** What comes of a plan in which one choice is made otherwise. */
export interface Flip {
  readonly choice: Choice['by'] | 'release';
  /** When it was made; null: all through the run. */
  readonly at: Micros | null;
  readonly change: Change;
  readonly verdict: FlipVerdict;
  /** Of a run that passes: index of the first trace event in which it differs from the failing one. */
  readonly differsAt: number | null;
}

export interface Nearest {
  /** One for each choice that was tried: the first change of it that makes the run pass, or else the last one tried. */
  readonly flips: readonly Flip[];
  /** The latest choice without which the run passes: from there on the failure was certain. null: no single choice. */
  readonly deciding: Flip | null;
  /** The run that passes and goes the same way for longest. */
  readonly passing: Plan | null;
  /** The same plan on `corrected`; null if it is on it already. */
  readonly corrected: Flip | null;
  readonly runs: number;
}

export interface NearestOptions {
  readonly properties: readonly Property[];
  /** How many runs may be made. */
  readonly maxRuns?: number;
  /** The events of the failing run, up to the violating one, if they are at hand. */
  readonly failing?: readonly TraceEvent[];
}

const MAX_RUNS = 120;
/** Events of the engine that all runs together may take, if every change of every choice is to be tried: a few seconds. */
const MAX_EVENTS = 1_000_000;
/** A flipped run may need so many times the events of the failing one. */
const ASTRAY = 4;

/** Looks for the choice that decided: makes each choice of the plan otherwise, one at a time, and plays what comes of it.
 *  Deterministic. null: the plan does not fail as `failure` says.
 *  Source: Zeller, Isolating Cause-Effect Chains (the difference between a failing run and one that is as near and passes). */
export function nearestPassing(plan: Plan, failure: PlanFailure, options: NearestOptions): Nearest | null {
  const search = new Search(plan, failure, options);
  if (!search.reproduces()) return null;
  const corrected =
    plan.scenario.release === 'corrected' ? null : search.flip({ by: 'release', at: null }, { kind: 'corrected' });
  const choices = choicesOf(plan.scenario, plan.seed, failure.violation.at);
  const flips = search.affords(choices) ? search.everything(choices) : search.thriftily(choices);
  const deciding = latest(flips, 'fault') ?? latest(flips, 'request');
  const change = deciding?.change ?? null;
  const passing = change === null ? null : { ...plan, scenario: search.longEnough(changed(plan.scenario, change)) };
  return { flips, deciding, passing, corrected, runs: search.runs };
}

function latest(flips: readonly Flip[], choice: Choice['by']): Flip | null {
  let best: Flip | null = null;
  for (const flip of flips)
    if (flip.choice === choice && flip.differsAt !== null && flip.differsAt > (best?.differsAt ?? -1)) best = flip;
  return best;
}

class Search {
  runs = 0;
  readonly #plan: Plan;
  readonly #failure: PlanFailure;
  readonly #properties: readonly Property[];
  readonly #maxRuns: number;
  #failing: readonly TraceEvent[];
  #maxEvents = 0;
  /** Of the failing run. */
  #events = 0;
  #spent = 0;

  constructor(plan: Plan, failure: PlanFailure, { properties, maxRuns, failing }: NearestOptions) {
    this.#plan = plan;
    this.#failure = failure;
    this.#properties = properties;
    this.#maxRuns = maxRuns ?? MAX_RUNS;
    this.#failing = failing ?? [];
  }

  reproduces(): boolean {
    const kept: TraceEvent[] = [];
    const keep = (event: TraceEvent): void => void kept.push(event);
    this.runs++;
    const { report, failure } = runPlan(this.#plan, { properties: this.#properties, keep });
    if (this.#failing.length === 0) this.#failing = kept;
    this.#events = report.events;
    this.#maxEvents = report.events * ASTRAY + 20_000;
    return failure?.fingerprint === this.#failure.fingerprint;
  }

  affords(choices: readonly Choice[]): boolean {
    const changes = choices.reduce((sum, choice) => sum + choice.changes.length, 0);
    return changes * this.#events <= MAX_EVENTS;
  }

  everything(choices: readonly Choice[]): Flip[] {
    return choices.flatMap((choice) => this.firstThatPasses(choice) ?? []);
  }

  /** Of a long run each choice is only left out, the latest first; the first that decides is then changed less. */
  thriftily(choices: readonly Choice[]): Flip[] {
    const flips: Flip[] = [];
    for (const { by, at, changes } of choices) {
      const last = changes.filter(({ kind }) => kind !== 'moved').slice(-1);
      const flip = this.firstThatPasses({ by, at, changes: last });
      if (flip === null) break;
      flips.push(flip);
      if (flip.verdict !== 'passes') continue;
      const less = this.firstThatPasses({ by, at, changes });
      if (less?.verdict === 'passes') flips.splice(-1, 1, less);
      break;
    }
    return flips;
  }

  /** The first change of a choice that makes the run pass, or else what came of the last one. null: no run was left. */
  firstThatPasses({ by, at, changes }: Choice): Flip | null {
    let last: Flip | null = null;
    for (const change of changes) {
      if (this.runs >= this.#maxRuns || this.#spent >= MAX_EVENTS) break;
      last = this.flip({ by, at }, change);
      if (last.verdict === 'passes') return last;
    }
    return last;
  }

  flip({ by, at }: { readonly by: Flip['choice']; readonly at: Micros | null }, change: Change): Flip {
    const plan = { ...this.#plan, scenario: this.longEnough(changed(this.#plan.scenario, change)) };
    const verdict = this.#verdict(this.#play(plan));
    return { choice: by, at, change, verdict, differsAt: verdict === 'passes' ? this.#differsAt(plan) : null };
  }

  /** A run that was cut off after its failure would pass by ending too early. */
  longEnough(scenario: Plan['scenario']): Plan['scenario'] {
    if (scenario.calmAt !== null) return scenario;
    const leeway = Math.max(5 * SECOND, 10 * scenario.settings.tickTime * MS) satisfies Micros;
    return { ...scenario, endAt: Math.max(scenario.endAt, this.#failure.violation.at + leeway) };
  }

  #play(plan: Plan, keep?: (event: TraceEvent) => void): PlanResult {
    this.runs++;
    const result = runPlan(plan, {
      properties: this.#properties,
      maxEvents: this.#maxEvents,
      ...(keep === undefined ? {} : { keep }),
    });
    this.#spent += result.report.events;
    return result;
  }

  #verdict({ report, failure }: PlanResult): FlipVerdict {
    if (failure !== null) return failure.fingerprint === this.#failure.fingerprint ? 'alike' : 'otherwise';
    return report.verdict === 'pass' ? 'passes' : 'undecided';
  }

  #differsAt(plan: Plan): number {
    let index = 0;
    let differs: number | null = null;
    this.#play(plan, (event) => {
      if (differs === null && !same(this.#failing[index], event)) differs = index;
      index++;
    });
    return differs ?? Math.min(index, this.#failing.length);
  }
}

function same(a: TraceEvent | undefined, b: TraceEvent): boolean {
  return a !== undefined && a.at === b.at && a.kind === b.kind && JSON.stringify(a) === JSON.stringify(b);
}

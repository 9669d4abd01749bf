import { readFileSync } from 'node:fs';
import type { Property } from '../sim/property.ts';
import { run } from '../sim/run.ts';
import type { Plan } from '../sim/search/plan.ts';
import { runPlan } from '../sim/search/run-plan.ts';
import { planOf, type PlanShape } from './plans.ts';
import { addFault, newTally } from './tally.ts';

/** How long one thread looks for the first failure of a bug. */
export interface Hunt {
  readonly seed: string;
  readonly shape: PlanShape;
  readonly maxRuns: number;
  /** CPU time of this thread. */
  readonly maxMs: number;
}

export interface Hunted {
  readonly runs: number;
  readonly events: number;
  /** CPU time of the searching thread, in ms. */
  readonly ms: number;
  readonly faults: ReadonlyMap<string, { readonly asked: number; readonly landed: number }>;
  /** The first run that failed. null: none did. */
  readonly hit: Hit | null;
}

export interface Hit {
  readonly run: number;
  readonly property: string;
  readonly fingerprint: string;
  /** Every property that speaks when the run goes on to its end. */
  readonly spoke: readonly string[];
}

/** Between two looks at the clock. */
const RUNS_PER_LOOK = 16;

/** Plays the runs of a seed until one fails. A plan that fails alike on `corrected` is no merit of the bug, and is passed over. */
export function hunt({ seed, shape, maxRuns, maxMs }: Hunt, properties: readonly Property[]): Hunted {
  const started = threadMs();
  const tally = newTally();
  let events = 0;
  let runs = 0;
  let hit: Hunted['hit'] = null;
  while (hit === null && runs < maxRuns && (runs % RUNS_PER_LOOK !== 0 || threadMs() - started < maxMs)) {
    const plan = planOf(seed, runs, shape);
    const { report, failure } = runPlan(plan, { properties, hash: false });
    for (const { fault, asked, landed } of report.faults) addFault(tally, fault, asked, landed);
    events += report.events;
    if (failure !== null && !failsAlikeCorrected(plan, failure.fingerprint, properties))
      hit = { run: runs, property: failure.property, fingerprint: failure.fingerprint, spoke: [] };
    runs++;
  }
  const ms = threadMs() - started;
  return {
    runs,
    events,
    ms,
    faults: tally.faults,
    hit: hit && { ...hit, spoke: spokenIn(planOf(seed, hit.run, shape), properties) },
  };
}

/** Beyond this a run that goes on after its failure is given up: what was found by then counts. */
const MOST_EVENTS = 100_000;

function spokenIn({ scenario, seed }: Plan, properties: readonly Property[]): string[] {
  const { violations } = run(scenario, seed, { properties, keepGoing: true, maxEvents: MOST_EVENTS });
  return [...new Set(violations.map(({ property }) => property))];
}

function failsAlikeCorrected(plan: Plan, fingerprint: string, properties: readonly Property[]): boolean {
  if (plan.scenario.release === 'corrected') return false;
  const corrected = { ...plan, scenario: { ...plan.scenario, release: 'corrected' } };
  return runPlan(corrected, { properties }).failure?.fingerprint === fingerprint;
}

/** CPU time of the calling thread, in ms; where the system does not tell it, wall time. What the compiler and the collector do
 *  in threads of their own is not in it. */
export function threadMs(): number {
  try {
    const [ran = ''] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ');
    return Number(ran) / 1_000_000;
  } catch {
    return performance.now();
  }
}

import fc from 'fast-check';
import type { Property } from '../sim/property.ts';
import type { Plan } from '../sim/search/plan.ts';
import { runPlan, type PlanFailure } from '../sim/search/run-plan.ts';
import { planArbitrary, seedOf, type PlanShape } from './plans.ts';

/** Which run of which batch a plan is. */
export interface Drawn {
  readonly seed: string;
  readonly index: number;
  readonly shape: PlanShape;
}

export interface Smaller {
  readonly plan: Plan;
  readonly failure: PlanFailure;
  /** Plans that were played. */
  readonly runs: number;
}

export interface SmallerOptions {
  readonly properties: readonly Property[];
  /** Plans to be played at most; left out: 200. */
  readonly maxRuns?: number;
}

/** fast-check's own shrinking of a drawn plan: features, chapters and faults go as a whole, before anybody looks at
 *  single steps. What fails otherwise than `failure` (another fingerprint) is another story, and counts as a pass.
 *  The plan that comes back fails with the same fingerprint; where nothing smaller does, it is the one that was
 *  drawn. Deterministic. */
export function shrinkDrawn(
  { seed, index, shape }: Drawn,
  failure: PlanFailure,
  options: SmallerOptions,
): Smaller | null {
  const { properties, maxRuns = 200 } = options;
  let runs = 0;
  let found: { plan: Plan; failure: PlanFailure } | null = null;
  fc.check(
    fc.property(planArbitrary(shape), (plan) => {
      if (runs >= maxRuns) return true;
      runs++;
      const again = runPlan(plan, { properties, hash: false }).failure;
      if (again?.fingerprint !== failure.fingerprint) return true;
      found = { plan, failure: again };
      return false;
    }),
    { seed: seedOf(seed, index), numRuns: 1 },
  );
  return found === null ? null : { ...(found as { plan: Plan; failure: PlanFailure }), runs };
}

import fc from 'fast-check';
import { Hasher } from '../sim/hash.ts';
import type { Plan } from '../sim/search/plan.ts';
import { buildScenario, type Demands } from './plans-build.ts';
import { SKETCH } from './plans-sketch.ts';

/** What all plans of a batch have in common. */
export interface PlanShape {
  /** A release, or the full name of a bug. Left out: `corrected`. */
  readonly release?: string;
  /** How chance is used. Left out: `swarm`, which draws every delay uniformly. */
  readonly strategy?: 'swarm' | 'pct' | 'pos';
  /** Voters and observers together. Left out: 7. */
  readonly maxServers?: number;
}

/** Plans of that shape: first which features are on, then how strong. It shrinks towards few features, few chapters
 *  and few faults; whatever it shrinks to keeps a quorum of good copies. */
export function planArbitrary(shape: PlanShape = {}): fc.Arbitrary<Plan> {
  const demands = demandsOf(shape);
  return SKETCH.map((sketch) => ({
    scenario: buildScenario(sketch, demands),
    seed: sketch.seed.toString(36),
    features: sketch.features,
  }));
}

/** Run `index` of the batch of that seed: the same plan in every process, whatever the number of workers. */
export function planOf(seed: string, index: number, shape: PlanShape = {}): Plan {
  const [plan] = fc.sample(planArbitrary(shape), { seed: seedOf(seed, index), numRuns: 1 });
  return plan!;
}

/** The 32-bit seed that fast-check is given for that run. */
export function seedOf(seed: string, index: number): number {
  const hasher = new Hasher();
  hasher.data([...seed].map((letter) => letter.codePointAt(0)));
  hasher.int(index);
  return hasher.digest32() | 0;
}

function demandsOf({ release = 'corrected', strategy = 'swarm', maxServers = 7 }: PlanShape): Demands {
  return { release, schedule: strategy === 'swarm' ? 'uniform' : strategy, maxServers };
}

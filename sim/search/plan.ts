import type { Scenario } from '../scenario.ts';

/** Everything that a run depends on: ensemble, settings, release or bug, network, disk, clocks, workload, faults, seed.
 *  Plain data, so that it can be sent to a worker, saved and shrunk. */
export interface Plan {
  readonly scenario: Scenario;
  readonly seed: string;
  /** Which features of the swarm are on, sorted; empty for a plan that was written by hand. */
  readonly features: readonly string[];
}

import { PROPERTIES } from '../../properties/index.ts';
import { run } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';

/** The engine as a script of a page: what Node is compared with. */
function traceHash(scenario: Scenario, seed: string): string {
  return run(scenario, seed, { properties: PROPERTIES }).traceHash;
}

Object.assign(globalThis, { traceHash });

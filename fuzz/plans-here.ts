import type { Scenario } from '../sim/scenario.ts';
import type { Micros } from '../sim/time.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import type { Feature } from './plans-features.ts';

/** What holds for all chapters. */
export interface Circumstances {
  readonly servers: readonly ServerId[];
  readonly patience: Micros;
  readonly on: ReadonlySet<Feature>;
  readonly service: Scenario['service'];
}

/** One chapter. */
export interface Here extends Circumstances {
  readonly k: number;
  readonly from: Micros;
  readonly length: Micros;
}

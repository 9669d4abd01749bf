import type { Settings } from './zab/config.ts';
import type { QuorumVerifier } from './zab/quorum.ts';
import type { ServerId, ServerSet } from './zab/sets.ts';
import type { Micros } from './time.ts';

/** What a property may know beforehand: the configuration, never the state. */
export interface Setup {
  readonly servers: readonly ServerId[];
  readonly verifier: QuorumVerifier;
  readonly observers: ServerSet;
  readonly settings: Settings;
  /** What /zookeeper/config says; null: what is replicated is not ZooKeeper's own tree. */
  readonly treeConfig: string | null;
  readonly release: string;
  /** By how much the fastest clock of a server may run fast, at any time of the run. */
  readonly fastestPpm: number;
  /** From here on there is no new fault; null when the scenario names no calm. */
  readonly calmAt: Micros | null;
  readonly endAt: Micros;
  /** After `calmAt`, how long the ensemble may take until it serves. Computed from the configuration, see sim/bounds.ts. */
  readonly progressBound: Micros;
  /** In an ensemble that serves undisturbed, how long a call may take. */
  readonly answerBound: Micros;
  /** The lab where the quorum plane may lose, duplicate and reorder single packets. */
  readonly datagrams: boolean;
  /** Damage that ZAB does not promise to survive was asked for. */
  readonly beyondBudget: boolean;
}

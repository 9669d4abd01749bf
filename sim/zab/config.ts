import type { Behaviour } from './behaviour.ts';
import type { QuorumVerifier } from './quorum.ts';
import { has, type ServerId, type ServerSet } from './sets.ts';
import type { Service } from './service.ts';

/** zoo.cfg and the system properties that the protocol reads, by ZooKeeper's names. Times in ms, limits in ticks. */
export interface Settings {
  readonly tickTime: number;
  readonly initLimit: number;
  readonly syncLimit: number;
  /** 0: initLimit. */
  readonly connectToLearnerMasterLimit: number;
  readonly cnxTimeout: number;
  readonly minNotificationInterval: number;
  readonly maxNotificationInterval: number;
  readonly observerElectionDelayMs: number;
  readonly snapCount: number;
  readonly commitLogCount: number;
  /** Parts per million of the newest snapshot's size; negative disables synchronization from the log on disk. */
  readonly snapshotSizeFactorPpm: number;
  readonly forceSnapshotSync: boolean;
  /** KiB by which log files grow: the on-disk size check sees whole blocks. */
  readonly preAllocSize: number;
  readonly minSessionTimeout: number;
  readonly maxSessionTimeout: number;
  /** Requests flushed at most in one fsync. */
  readonly maxBatchSize: number;
  /** Quotas with hard limits refuse what exceeds them; otherwise quotas only count. */
  readonly enforceQuota: boolean;
  /** TTL nodes are allowed. */
  readonly extendedTypesEnabled: boolean;
  /** Between two looks for containers and TTL nodes that may go. */
  readonly containerCheckIntervalMs: number;
  /** How old a container that never had a child may become; 0: any age. */
  readonly containerMaxNeverUsedMs: number;
  /** zookeeper.DigestAuthenticationProvider.superDigest; null as shipped. */
  readonly superDigest: string | null;
  /** zookeeper.testingonly.initialZxid: the counter a new leader starts from; 0 as shipped. */
  readonly initialZxid: number;
}

export const DEFAULT_SETTINGS: Settings = {
  tickTime: 2000,
  initLimit: 10,
  syncLimit: 5,
  connectToLearnerMasterLimit: 0,
  cnxTimeout: 5000,
  minNotificationInterval: 200,
  maxNotificationInterval: 60_000,
  observerElectionDelayMs: 200,
  snapCount: 100_000,
  commitLogCount: 500,
  snapshotSizeFactorPpm: 330_000,
  forceSnapshotSync: false,
  preAllocSize: 65_536,
  minSessionTimeout: 4000,
  maxSessionTimeout: 40_000,
  maxBatchSize: 1000,
  enforceQuota: false,
  extendedTypesEnabled: false,
  containerCheckIntervalMs: 60_000,
  containerMaxNeverUsedMs: 300_000,
  superDigest: null,
  initialZxid: 0,
};

/** What every server of an ensemble is told at start. Shared, never changed. */
export interface Config {
  readonly servers: readonly ServerId[];
  readonly verifier: QuorumVerifier;
  readonly observers: ServerSet;
  readonly settings: Settings;
  readonly behaviour: Behaviour;
  readonly service: Service;
}

export function isVoter(config: Config, id: ServerId): boolean {
  return has(config.verifier.voters, id);
}

import type { QuorumVerifier } from '../sim/zab/quorum.ts';
import { setOf, type ServerId, type ServerSet } from '../sim/zab/sets.ts';
import { DEFAULT_SETTINGS, type Settings } from '../sim/zab/config.ts';
import type { CaseConfig } from './record.ts';

/** A record's configuration in the engine's terms. */
export interface Ensemble {
  readonly servers: readonly ServerId[];
  readonly verifier: QuorumVerifier;
  readonly observers: ServerSet;
  readonly settings: Settings;
}

/** Settings that no ZAB decision reads: consoles, other clients, the data model. */
const WITHOUT_EFFECT = new Set([
  'zookeeper.admin.enableServer',
  'zookeeper.4lw.commands.whitelist',
  'zookeeper.jmx.log4j.disable',
  'zookeeper.skipACL',
  'zookeeper.digest.enabled',
  'zookeeper.maxCnxns',
  'zookeeper.globalOutstandingLimit',
  'zookeeper.fsync.warningthresholdms',
  'zookeeper.snapshot.compression.method',
  // It matters to power failures alone, and records have none.
  'zookeeper.forceSync',
  '4lw.commands.whitelist',
  'admin.enableServer',
  'maxClientCnxns',
  'standaloneEnabled',
  'reconfigEnabled',
  'quorumListenOnAllIPs',
  'autopurge.snapRetainCount',
  'autopurge.purgeInterval',
]);

/** ZooKeeper refuses a committedLog shorter than this (ZKDatabase.java). */
const LEAST_COMMIT_LOG_COUNT = 500;

/** Translates servers, quorums and settings. What the engine has no counterpart for is named in `unknown`. */
export function ensembleOf(config: CaseConfig): { readonly ensemble: Ensemble; readonly unknown: readonly string[] } {
  const servers = config.servers.map((server) => server.myid).sort((a, b) => a - b);
  const observers = setOf(config.servers.filter((server) => server.role === 'observer').map((server) => server.myid));
  const voters = setOf(config.servers.filter((server) => server.role === 'participant').map((server) => server.myid));
  const unknown: string[] = [];
  const groups = new Map<string, ServerId[]>();
  const weights = new Map<ServerId, number>();
  for (const [name, members] of Object.entries(config.groups ?? {})) groups.set(name, members);
  for (const [id, weight] of Object.entries(config.weights ?? {})) weights.set(Number(id), weight);
  const changes: Writable<Settings> = {
    ...DEFAULT_SETTINGS,
    tickTime: config.tickTime,
    initLimit: config.initLimit,
    syncLimit: config.syncLimit,
    minSessionTimeout: 2 * config.tickTime,
    maxSessionTimeout: 20 * config.tickTime,
  };
  for (const [name, value] of [...Object.entries(config.zooCfg), ...Object.entries(config.systemProperties)]) {
    if (name.startsWith('group.')) groups.set(name.slice('group.'.length), value.split(':').map(Number));
    else if (name.startsWith('weight.')) weights.set(Number(name.slice('weight.'.length)), Number(value));
    else if (!WITHOUT_EFFECT.has(name) && !applySetting(changes, name, value))
      unknown.push(`the setting ${name}=${value}`);
  }
  return {
    ensemble: { servers, verifier: verifierOf(voters, groups, weights), observers, settings: changes },
    unknown,
  };
}

/** The settings that are numbers. */
type NumberSetting = { [K in keyof Settings]: Settings[K] extends number ? K : never }[keyof Settings];

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function verifierOf(
  voters: ServerSet,
  groups: ReadonlyMap<string, ServerId[]>,
  weights: ReadonlyMap<ServerId, number>,
): QuorumVerifier {
  if (groups.size === 0) return { kind: 'majority', voters };
  return {
    kind: 'hierarchical',
    voters,
    groups: [...groups.values()].map((members) => ({
      members: setOf(members),
      weights: members.map((id): readonly [ServerId, number] => [id, weights.get(id) ?? 1]),
    })),
  };
}

const WHOLE_NUMBERS: Readonly<Record<string, NumberSetting>> = {
  'zookeeper.preAllocSize': 'preAllocSize',
  'zookeeper.snapCount': 'snapCount',
  'zookeeper.maxBatchSize': 'maxBatchSize',
  'znode.container.checkIntervalMs': 'containerCheckIntervalMs',
  'znode.container.maxNeverUsedIntervalMs': 'containerMaxNeverUsedMs',
  'zookeeper.testingonly.initialZxid': 'initialZxid',
  'zookeeper.fastleader.minNotificationInterval': 'minNotificationInterval',
  'zookeeper.fastleader.maxNotificationInterval': 'maxNotificationInterval',
  'zookeeper.observer.election.DelayMs': 'observerElectionDelayMs',
  'zookeeper.cnxTimeout': 'cnxTimeout',
  tickTime: 'tickTime',
  initLimit: 'initLimit',
  syncLimit: 'syncLimit',
  connectToLearnerMasterLimit: 'connectToLearnerMasterLimit',
  minSessionTimeout: 'minSessionTimeout',
  maxSessionTimeout: 'maxSessionTimeout',
  snapCount: 'snapCount',
  preAllocSize: 'preAllocSize',
  cnxTimeout: 'cnxTimeout',
  initialZxid: 'initialZxid',
};

/** Returns false for a setting that the engine does not know. */
function applySetting(settings: Writable<Settings>, name: string, value: string): boolean {
  switch (name) {
    case 'zookeeper.snapshotSizeFactor':
      settings.snapshotSizeFactorPpm = Math.round(Number(value) * 1_000_000);
      return Number.isFinite(Number(value));
    case 'zookeeper.forceSnapshotSync':
      settings.forceSnapshotSync = value === 'true';
      return true;
    case 'zookeeper.enforceQuota':
    case 'enforceQuota':
      settings.enforceQuota = value === 'true';
      return true;
    case 'zookeeper.extendedTypesEnabled':
    case 'extendedTypesEnabled':
      settings.extendedTypesEnabled = value === 'true';
      return true;
    case 'zookeeper.DigestAuthenticationProvider.superDigest':
      settings.superDigest = value;
      return true;
    case 'zookeeper.commitLogCount':
      settings.commitLogCount = Math.max(LEAST_COMMIT_LOG_COUNT, Number(value));
      return Number.isInteger(Number(value));
    default: {
      const key = WHOLE_NUMBERS[name];
      if (key === undefined || !Number.isInteger(Number(value))) return false;
      settings[key] = Number(value);
      return true;
    }
  }
}

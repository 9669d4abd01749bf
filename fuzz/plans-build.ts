import { progressBound } from '../sim/bounds.ts';
import { canonicalScenario } from '../sim/search/canonical.ts';
import type { ClientModel, ClockModel, DiskModel, NetworkModel, Scenario, Schedule } from '../sim/scenario.ts';
import { MS, type Range } from '../sim/time.ts';
import { DEFAULT_SETTINGS, type Settings } from '../sim/zab/config.ts';
import type { QuorumVerifier } from '../sim/zab/quorum.ts';
import { NOBODY, setOf, type ServerId, type ServerSet } from '../sim/zab/sets.ts';
import type { Feature } from './plans-features.ts';
import { timelineOf } from './plans-chapters.ts';
import { hasErrands } from './plans-errands.ts';
import type { Base, Sketch } from './plans-sketch.ts';
import { pick } from './plans-strikes.ts';
import { withoutIdleSteps } from './plans-tidy.ts';

/** What is asked of all plans of a batch. */
export interface Demands {
  readonly release: string;
  readonly schedule: 'uniform' | 'pct' | 'pos';
  readonly maxServers: number;
}

/** Spells a sketch out. */
export function buildScenario(sketch: Sketch, demands: Demands): Scenario {
  const on = new Set<Feature>(sketch.features);
  const { base } = sketch;
  const { servers, verifier, observers } = ensembleOf(on, base, demands.maxServers);
  const settings = settingsOf(on, base);
  // What ZooKeeper replicates; and sometimes as little as can be, where a run is the protocol's alone.
  const service = hasErrands(on)
    ? 'zookeeper'
    : pick(['zookeeper', 'zookeeper', 'zookeeper', 'register'] as const, base.service);
  const patience = settings.syncLimit * settings.tickTime * MS;
  const { timeline, calmAt } = timelineOf(sketch, { on, servers, patience, service });
  const scenario: Scenario = {
    name: 'plan',
    title: titleOf(sketch.features),
    teaches: 'A plan of the fuzzer.',
    servers,
    verifier,
    observers,
    settings,
    service,
    release: demands.release,
    network: networkOf(on, base),
    disk: diskOf(on, base, servers, settings),
    processes: {
      startup: pick<Range>(
        [
          [20 * MS, 60 * MS],
          [5 * MS, 10 * MS],
          [20 * MS, 300 * MS],
        ],
        base.startup,
      ),
      thread: on.has('slowThreads')
        ? pick<Range>(
            [
              [10, 3 * MS],
              [10, 30 * MS],
              [MS, 200 * MS],
            ],
            base.slow,
          )
        : [10, 100],
    },
    clocks: clocksOf(on, base, servers),
    clients: clientsOf(on, base, service),
    timeline: withoutIdleSteps(timeline, servers, calmAt),
    calmAt,
    endAt: calmAt,
    beyondBudget: false,
    schedule: scheduleOf(demands.schedule, sketch),
    expect: { verdict: 'pass', properties: [], facts: [] },
  };
  // A little more than the bound, so that what is late is late.
  return canonicalScenario({ ...scenario, endAt: calmAt + progressBound(scenario) + 2 * settings.tickTime * MS });
}

function titleOf(features: readonly Feature[]): string {
  return features.length === 0 ? 'Plan without features' : `Plan with ${features.join(', ')}`;
}

function scheduleOf(kind: Demands['schedule'], { seed, chapters }: Sketch): Schedule {
  if (kind !== 'pct') return { kind };
  return { kind, depth: 2 + (seed % 4), steps: 300 + 200 * chapters.length };
}

// ── ensemble

interface Ensemble {
  readonly servers: readonly ServerId[];
  readonly verifier: QuorumVerifier;
  readonly observers: ServerSet;
}

function ensembleOf(on: ReadonlySet<Feature>, { ensemble }: Base, maxServers: number): Ensemble {
  const most = Math.max(1, Math.min(maxServers, 7));
  const voters = upTo(Math.min(on.has('fiveServers') ? 5 : 3, most));
  const watching = on.has('observers') ? Math.min(1 + (ensemble % 2), most - voters.length) : 0;
  const servers = upTo(voters.length + watching);
  const set = setOf(voters);
  const verifier: QuorumVerifier =
    on.has('weights') && voters.length > 1
      ? {
          kind: 'hierarchical',
          voters: set,
          groups: [{ members: set, weights: voters.map((id) => [id, id === 1 ? 2 : 1]) }],
        }
      : { kind: 'majority', voters: set };
  return { servers, verifier, observers: watching === 0 ? NOBODY : setOf(servers.slice(voters.length)) };
}

function upTo(count: number): ServerId[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

// ── settings and models

/** tickTime in ms, initLimit and syncLimit in ticks: an election and a handshake take some hundred ms. */
const TEMPI: readonly (readonly [number, number, number])[] = [
  [500, 4, 2],
  [400, 6, 2],
  [1000, 3, 2],
  [300, 10, 3],
  [250, 12, 5],
];

function settingsOf(on: ReadonlySet<Feature>, base: Base): Settings {
  const [tickTime, usual, syncLimit] = pick(TEMPI, base.tempo);
  const initLimit = on.has('slowDisks') ? 12 * syncLimit : usual;
  return {
    ...DEFAULT_SETTINGS,
    tickTime,
    initLimit,
    syncLimit,
    cnxTimeout: 500,
    maxNotificationInterval: 1600,
    minSessionTimeout: 2 * tickTime,
    maxSessionTimeout: 20 * tickTime,
    snapCount: on.has('smallSnapCount') ? pick([2, 3, 4, 6], base.snapCount) : DEFAULT_SETTINGS.snapCount,
    snapshotSizeFactorPpm: on.has('syncFromLog')
      ? pick([1_000_000, -1_000_000], base.commitLog)
      : DEFAULT_SETTINGS.snapshotSizeFactorPpm,
    forceSnapshotSync: on.has('snapshotSync'),
    initialZxid: on.has('counterNearItsEnd') ? 0xffff_fffe - (base.gap % 8) : 0,
    extendedTypesEnabled: on.has('containers'),
    containerCheckIntervalMs: on.has('containers') ? tickTime : DEFAULT_SETTINGS.containerCheckIntervalMs,
    containerMaxNeverUsedMs: on.has('containers') ? tickTime : DEFAULT_SETTINGS.containerMaxNeverUsedMs,
  };
}

function networkOf(on: ReadonlySet<Feature>, { network, slow }: Base): NetworkModel {
  return {
    latency: on.has('slowNetwork')
      ? pick<Range>(
          [
            [MS, 20 * MS],
            [200, 60 * MS],
            [10 * MS, 40 * MS],
          ],
          slow,
        )
      : pick<Range>(
          [
            [200, 2 * MS],
            [100, 500],
            [50, 5 * MS],
          ],
          network,
        ),
    spikePpm: on.has('spikes') ? pick([20_000, 100_000, 3000], network) : 0,
    spike: [10 * MS, 200 * MS],
    lossPpm: on.has('loss') ? pick([10_000, 50_000], network) : 0,
    resetPpm: on.has('resets') ? pick([2000, 10_000], network) : 0,
    retransmit: [20 * MS, 60 * MS],
    assumption: 'tcp',
    duplicatePpm: 0,
  };
}

/** Slow disks are slow against the limits: an fsync takes from a tenth of syncLimit to more than all of it. They are
 *  never so slow that a handshake, which waits for three of them, could not be done within initLimit. */
function diskOf(
  on: ReadonlySet<Feature>,
  { disk, slow, load }: Base,
  servers: readonly ServerId[],
  { tickTime, syncLimit, initLimit }: Settings,
): DiskModel {
  const patience = syncLimit * tickTime * MS;
  // Whoever wants a session asks for it again and again. If every such write took a follower longer than its leader's
  // patience, no calm would ever come; without sessions the load has an end.
  const most = hasSessions(on) ? Math.floor(patience / 4) : Math.floor((initLimit * tickTime * MS) / 6);
  const some = Math.min(Math.floor((patience * (5 + (slow % 240))) / 100), most);
  const fast = pick<Range>(
    [
      [500, 5 * MS],
      [50, 300],
      [200, 10 * MS],
    ],
    disk,
  );
  const slowRange = pick<Range>(
    [
      [5 * MS, 50 * MS],
      [some, Math.floor(some * 1.3)],
      [Math.floor(some / 8), some],
      [500, 30 * MS],
    ],
    disk,
  );
  // Slow everywhere, or at one or two servers only.
  const everywhere = on.has('slowDisks') && load % 3 !== 1;
  const own = on.has('slowDisks') && !everywhere ? slowServers(slow, servers) : [];
  return {
    sync: everywhere ? slowRange : fast,
    own: own.map((server) => ({ server, sync: slowRange })),
    spikePpm: on.has('diskSpikes') ? pick([20_000, 200_000], disk) : 0,
    spike: [10 * MS, 300 * MS],
    failPpm: on.has('failingDisks') ? pick([5000, 50_000], disk) : 0,
  };
}

function slowServers(drawn: number, servers: readonly ServerId[]): ServerId[] {
  return servers.filter((_, i) => i === drawn % servers.length || i === Math.floor(drawn / 7) % servers.length);
}

function clocksOf(on: ReadonlySet<Feature>, { slow }: Base, servers: readonly ServerId[]): ClockModel[] {
  if (!on.has('driftingClocks')) return [];
  return servers.map((server) => ({ server, driftPpm: (((slow >> server) % 5) - 2) * 50_000, offset: 0 }));
}

// ── load

function hasSessions(on: ReadonlySet<Feature>): boolean {
  return on.has('sessions') || on.has('ephemerals') || on.has('watches') || on.has('clientFaults') || hasErrands(on);
}

/** Sessions that ephemerals and watches hang on, with and without a client library: whoever opens a session of the tree's
 *  own service has one. */
function clientsOf(on: ReadonlySet<Feature>, { load, gap }: Base, service: Scenario['service']): ClientModel[] {
  const plain = { server: 'any' as const, from: 0, operations: 0, keys: 3, timeout: pick([800, 1500], load) * MS };
  const mix = on.has('reads') ? { write: 40, read: 40, sync: 20 } : { write: 100, read: 0, sync: 0 };
  const think: Range = [MS, 10 * MS];
  const hung = service === 'zookeeper' && hasSessions(on);
  const session = on.has('sessions') || hung ? pick([1000, 4000], load) : 0;
  const clients: ClientModel[] = [
    { ...plain, name: 'a', sessionTimeoutMs: session, think, mix },
    { ...plain, name: 'b', sessionTimeoutMs: 0, think, mix },
  ];
  if (on.has('workload'))
    clients.push({
      ...plain,
      name: 'w',
      sessionTimeoutMs: load % 3 === 0 || hung ? session : 0,
      think: pick<Range>(
        [
          [MS, 100 * MS],
          [100, 10 * MS],
          [50 * MS, 300 * MS],
        ],
        gap,
      ),
      operations: 5 + (load % 40),
      mix,
    });
  return clients;
}

import { progressBound } from '../sim/bounds.ts';
import { canonicalScenario } from '../sim/search/canonical.ts';
import type {
  ClientModel,
  ClockModel,
  DiskModel,
  NetworkModel,
  Scenario,
  Schedule,
  Step,
  Who,
} from '../sim/scenario.ts';
import { MS, type Micros, type Range } from '../sim/time.ts';
import { DEFAULT_SETTINGS, type Settings } from '../sim/zab/config.ts';
import type { QuorumVerifier } from '../sim/zab/quorum.ts';
import { NOBODY, setOf, type ServerId, type ServerSet } from '../sim/zab/sets.ts';
import { STRIKES, type Feature, type Strike } from './plans-features.ts';
import { eventAt, momentOf } from './plans-moments.ts';
import type { Base, ChapterSketch, Sketch, WriteSketch } from './plans-sketch.ts';
import { delayOf, pick, strike } from './plans-strikes.ts';
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
  const patience = settings.syncLimit * settings.tickTime * MS;
  const { timeline, calmAt } = timelineOf(sketch, on, servers, patience);
  const scenario: Scenario = {
    name: 'plan',
    title: titleOf(sketch.features),
    teaches: 'A plan of the fuzzer.',
    servers,
    verifier,
    observers,
    settings,
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
    clients: clientsOf(on, base),
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

/** Slow disks are slow against the limits: an fsync takes from a tenth of syncLimit to more than all of it. They are never
 *  so slow that a handshake, which waits for three of them, could not be done within initLimit. */
function diskOf(
  on: ReadonlySet<Feature>,
  { disk, slow, load }: Base,
  servers: readonly ServerId[],
  { tickTime, syncLimit, initLimit }: Settings,
): DiskModel {
  const patience = syncLimit * tickTime * MS;
  const some = Math.min(Math.floor((patience * (5 + (slow % 240))) / 100), Math.floor((initLimit * tickTime * MS) / 6));
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

function clientsOf(on: ReadonlySet<Feature>, { load, gap }: Base): ClientModel[] {
  const plain = { server: 'any' as const, from: 0, operations: 0, keys: 3, timeout: pick([800, 1500], load) * MS };
  const mix = on.has('reads') ? { write: 40, read: 40, sync: 20 } : { write: 100, read: 0, sync: 0 };
  const think: Range = [MS, 10 * MS];
  const session = on.has('sessions') ? pick([1000, 4000], load) : 0;
  const clients: ClientModel[] = [
    { ...plain, name: 'a', sessionTimeoutMs: session, think, mix },
    { ...plain, name: 'b', sessionTimeoutMs: 0, think, mix },
  ];
  if (on.has('workload'))
    clients.push({
      ...plain,
      name: 'w',
      sessionTimeoutMs: load % 3 === 0 ? session : 0,
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

// ── timeline

function timelineOf(
  { features, chapters, ending }: Sketch,
  on: ReadonlySet<Feature>,
  servers: readonly ServerId[],
  patience: Micros,
): { timeline: Step[]; calmAt: Micros } {
  const strikes = STRIKES.filter((kind) => features.includes(kind));
  const timeline: Step[] = [];
  let from = 0;
  chapters.forEach((chapter, k) => {
    const length = 300 * MS + Math.floor(((MS * 1000 + 2 * patience) * (chapter.length % 100)) / 100);
    const here: Here = { k, from, length, servers, patience, on };
    const away = on.has('absence') && k < chapters.length ? awayOf(chapter, servers) : [];
    timeline.push(...boundary(chapter, here, away), ...callsOf(chapter.writes, here));
    timeline.push(...faultsOf(chapter, here, strikes, away));
    from += length;
  });
  timeline.push(...endingOf({ ending, from, on, servers }));
  const calmAt = from + 300 * MS + (on.has('fullRestart') || ending % 2 === 1 ? 900 * MS : 0);
  timeline.push(write('b', null, 1, { kind: 'at', at: calmAt + 50 * MS }, timeline.length));
  return { timeline, calmAt };
}

interface Here {
  readonly k: number;
  readonly from: Micros;
  readonly length: Micros;
  readonly servers: readonly ServerId[];
  readonly patience: Micros;
  readonly on: ReadonlySet<Feature>;
}

/** Mostly one of three or two of five: whoever comes back finds a history that went on without it. */
function awayOf({ away }: ChapterSketch, servers: readonly ServerId[]): ServerId[] {
  const count = pick(servers.length < 5 ? [0, 1, 1, 0, 2, 1, 1, 1] : [0, 1, 2, 0, 3, 2, 1, 2], away);
  const first = Math.floor(away / 8) % servers.length;
  const stride = 1 + (Math.floor(away / 64) % Math.max(1, servers.length - 1));
  const gone = Array.from({ length: Math.min(count, servers.length - 1) }, (_, i) => pick(servers, first + i * stride));
  return servers.filter((id) => gone.includes(id));
}

/** A chapter begins: some go, all others come back. */
function boundary(chapter: ChapterSketch, here: Here, away: readonly ServerId[]): Step[] {
  const { k, from, servers, on } = here;
  const present = servers.filter((id) => !away.includes(id));
  const steps: Step[] = [];
  const at = (after: Micros, action: Step['action'], label: string | null = null): void => {
    steps.push({ moment: { kind: 'at', at: from + after }, label, action });
  };
  if (k > 0 && chapter.tidy % 4 < 3) {
    at(0, { kind: 'heal', pairs: null });
    at(0, { kind: 'resume', servers });
    at(0, { kind: 'diskMended', servers });
  }
  if (on.has('rollingRestart') && k > 0) {
    servers.forEach((id, i) => {
      at(i * 400 * MS, { kind: 'kill', servers: [id], unsent: false });
      at(i * 400 * MS + 50 * MS, { kind: 'start', servers: [id] });
    });
  }
  if (k > 0 && away.length > 0) at(0, leaving(chapter.how, away));
  if (k === 0 || chapter.stagger % 3 === 0) at(0, { kind: 'start', servers: present }, `c${k}`);
  else {
    at(0, { kind: 'start', servers: present.slice(0, 1) }, `c${k}`);
    present
      .slice(1)
      .forEach((id, i) => at((i + 1) * (chapter.stagger % 400) * MS, { kind: 'start', servers: [id] }, `c${k}s${id}`));
  }
  // Whoever leads goes: alone with its clients, it may take writes that nobody else will have.
  if (k > 0 && away.length === 0 && on.has('absence'))
    at((chapter.stagger % 7) * 10 * MS, leaving(chapter.how, ['leader']));
  return steps;
}

function leaving(how: number, away: readonly Who[]): Step['action'] {
  switch (how % 8) {
    case 0:
    case 1:
      return { kind: 'kill', servers: away, unsent: false };
    case 2:
      return { kind: 'kill', servers: away, unsent: true };
    case 3:
    case 7:
      return { kind: 'isolate', servers: away };
    case 4:
      return { kind: 'pause', servers: away };
    case 5:
      return { kind: 'stop', servers: away };
    default:
      return { kind: 'crash', servers: away, keep: pick([null, 0], how), torn: false };
  }
}

function faultsOf(chapter: ChapterSketch, here: Here, strikes: readonly Strike[], away: readonly ServerId[]): Step[] {
  if (strikes.length === 0) return [];
  const { k, from, length, servers, patience } = here;
  const present = servers.filter((id) => !away.includes(id));
  let after = `c${k}`;
  return chapter.faults.flatMap((fault, j) => {
    const label = `c${k}f${j}`;
    const steps = strike(fault, pick(strikes, fault.pick), { servers, present, from, length, after, label, patience });
    // One fault in two waits for the one before it.
    if (fault.extra % 2 === 0) after = label;
    return steps;
  });
}

/** Writes; where there are reads, each is read elsewhere as soon as somebody has an answer. */
function callsOf(writes: readonly WriteSketch[], here: Here): Step[] {
  const { k, servers, on } = here;
  return writes.flatMap((sketch, j) => {
    const { to, times } = sketch;
    const label = `c${k}w${j}`;
    const server = pick<Who | null>([null, 'leader', null, 'leader', ...servers], to);
    const call = { client: to % 2 === 0 ? 'a' : 'b', key: `k${(k + j) % 3}` };
    const value = 100 * (k + 1) + 10 * j;
    const action: Step['action'] = { kind: 'write', ...call, server, value, times: pick([1, 1, 2, 3], times) };
    const write: Step = { moment: momentOfWrite(sketch, here), label, action };
    if (!on.has('reads')) return [{ ...write, label: null }];
    const elsewhere = pick<Who>([...servers, 'follower'], Math.floor(times / 4));
    const read: Step = {
      moment: {
        kind: 'when',
        when: eventAt('returned', { server: null, after: label }),
        delay: delayOf(sketch.moment * 8 + to),
      },
      label: null,
      action: { kind: times % 5 === 0 ? 'sync' : 'read', ...call, server: elsewhere, value: 0, times: 1 },
    };
    return [write, read];
  });
}

function momentOfWrite({ when, moment, delay }: WriteSketch, { k, from, length }: Here): Step['moment'] {
  const after = `c${k}`;
  switch (when % 4) {
    case 0:
      return {
        kind: 'when',
        when: eventAt('serving', { server: null, after, state: 'LEADING' }),
        delay: delayOf(delay),
      };
    case 1: // Whoever leads has not missed the others yet.
      return { kind: 'at', at: from + (delay % 60) * MS };
    case 2:
      return { kind: 'when', when: momentOf(moment, { server: null, nth: 1, after }), delay: delayOf(delay) };
    default:
      return { kind: 'at', at: from + Math.floor((length * (delay % 1000)) / 1000) };
  }
}

function write(client: string, server: Who | null, times: number, moment: Step['moment'], value: number): Step {
  return { moment, label: null, action: { kind: 'write', client, server, key: `k${value % 3}`, value, times } };
}

/** Everybody comes back; often everything goes down once more, so that what is on disk shows. */
function endingOf(end: {
  ending: number;
  from: Micros;
  on: ReadonlySet<Feature>;
  servers: readonly ServerId[];
}): Step[] {
  const { ending, from, on, servers } = end;
  const at = (after: Micros, action: Step['action'], label: string | null = null): Step => ({
    moment: { kind: 'at', at: from + after },
    label,
    action,
  });
  const back = [
    at(0, { kind: 'heal', pairs: null }),
    at(0, { kind: 'resume', servers }),
    at(0, { kind: 'diskMended', servers }),
    at(0, { kind: 'start', servers }, 'back'),
  ];
  if (!on.has('fullRestart') && ending % 2 === 0) return back;
  return [
    ...back,
    at(
      900 * MS,
      ending % 4 < 2 ? { kind: 'crash', servers, keep: null, torn: false } : { kind: 'kill', servers, unsent: false },
    ),
    at(900 * MS + 1, { kind: 'start', servers }, 'again'),
  ];
}

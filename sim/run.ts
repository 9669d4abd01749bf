import { answerBound, progressBound } from './bounds.ts';
import { CHAOS_DRIFT_PPM } from './chaos.ts';
import { findRecipe } from './clients/recipes/all.ts';
import { judge } from './expect.ts';
import { inspect } from './inspect.ts';
import type { Property, Violation } from './property.ts';
import { Recorder } from './recorder.ts';
import type { Scenario } from './scenario.ts';
import type { Setup } from './setup.ts';
import type { Micros } from './time.ts';
import { fits, listen } from './timeline.ts';
import type { Emit, TraceEvent, TraceKind } from './trace.ts';
import { applyEvent, newWorld, nextEvent, type World } from './world.ts';
import type { ServerState, SyncMode } from './zab/messages.ts';
import type { ServerId } from './zab/sets.ts';
import type { Zxid } from './zab/zxid.ts';
import { configText } from './zookeeper/config-node.ts';

/** One scenario, one seed, to its end: START HERE. */
export function run(scenario: Scenario, seed: string, options: RunOptions): Report {
  const started = beginRun(scenario, seed, options);
  advance(started, scenario.endAt);
  return finishRun(started);
}

/** The main loop: the earliest event, until nothing is left before `until`, a property is violated, or the budget is
 *  used up. */
export function advance(run: Run, until: Micros): void {
  const { world, recorder, emit } = run;
  while (!run.stopped) {
    const event = nextEvent(world, until);
    if (event === undefined) break;
    applyEvent(world, event, emit);
    run.events++;
    if (recorder.violations.length > 0 && !run.keepGoing) run.stopped = true;
    if (run.events >= run.maxEvents) run.stopped = true;
  }
  if (!run.stopped) world.now = Math.max(world.now, until);
}

/** A run under way. */
export interface Run {
  readonly scenario: Scenario;
  readonly seed: string;
  readonly world: World;
  readonly recorder: Recorder;
  readonly emit: Emit;
  readonly facts: Gathered;
  readonly keepGoing: boolean;
  readonly maxEvents: number;
  events: number;
  stopped: boolean;
}

/** What a report tells of the trace, besides its end. */
export interface Gathered {
  readonly elections: Report['elections'][number][];
  readonly syncs: Report['syncs'][number][];
  /** Leaders in the order in which their epochs were established. */
  readonly established: { readonly server: ServerId; readonly epoch: number }[];
  readonly fenced: { readonly by: ServerId; readonly against: number; readonly rule: string }[];
  /** The calls, `client/call`, whose outcome an expectation names; of the others none is kept. */
  readonly askedFor: ReadonlySet<string>;
  readonly outcomes: Map<string, { readonly outcome: 'ok' | 'failed' | 'unknown'; readonly error: string | null }>;
  readonly calls: { ok: number; failed: number; unknown: number; pending: number };
  commits: number;
  /** How often each `seen` fact of the expectation was met, by its index. */
  readonly seen: number[];
}

/** Runs longer than this have gone astray. */
const MAX_EVENTS = 1_000_000_000;

export function beginRun(scenario: Scenario, seed: string, options: RunOptions): Run {
  const world = newWorld(scenario, seed);
  const properties = watchedIn(scenario, options.properties);
  const recorder = new Recorder(setupOf(scenario), properties, options.keep, options.hash ?? true);
  const facts: Gathered = {
    elections: [],
    syncs: [],
    established: [],
    fenced: [],
    askedFor: new Set(
      scenario.expect.facts.flatMap((fact) =>
        fact.kind === 'outcome' ? [`${clientNumber(scenario, fact.client)}/${fact.call}`] : [],
      ),
    ),
    outcomes: new Map(),
    calls: { ok: 0, failed: 0, unknown: 0, pending: 0 },
    commits: 0,
    seen: scenario.expect.facts.map(() => 0),
  };
  recorder.alsoTell(GATHERED, (event) => gather(facts, event));
  scenario.expect.facts.forEach((fact, index) => {
    if (fact.kind !== 'seen') return;
    recorder.alsoTell([fact.condition.event], (event) => {
      if (fits(world, fact.condition, event)) facts.seen[index]!++;
    });
  });
  const emit = listen(world, recorder.emit);
  const keepGoing = options.keepGoing ?? false;
  return {
    scenario,
    seed,
    world,
    recorder,
    emit,
    facts,
    keepGoing,
    maxEvents: options.maxEvents ?? MAX_EVENTS,
    events: 0,
    stopped: false,
  };
}

/** Properties of recipes watch where a recipe runs that they judge. */
function watchedIn({ clients }: Scenario, properties: readonly Property[]): readonly Property[] {
  const judges = clients.flatMap(({ program }) => findRecipe(program?.program ?? '')?.judgedBy ?? []);
  return properties.filter(({ name, subject }) => subject === undefined || judges.includes(name));
}

function clientNumber(scenario: Scenario, name: string): number {
  return scenario.clients.findIndex((client) => client.name === name) + 1;
}

/** What properties are told beforehand. */
export function setupOf(scenario: Scenario): Setup {
  const { servers, verifier, observers, settings, release, calmAt, endAt, beyondBudget, network } = scenario;
  const datagrams = network.assumption === 'datagram';
  return {
    servers,
    verifier,
    observers,
    settings,
    treeConfig: scenario.service === 'zookeeper' ? configText(scenario) : null,
    release,
    calmAt,
    endAt,
    beyondBudget,
    datagrams,
    fastestPpm: fastestPpm(scenario),
    progressBound: progressBound(scenario),
    answerBound: answerBound(scenario),
  };
}

function fastestPpm({ clocks, timeline }: Scenario): number {
  let fastest = 0;
  for (const { driftPpm } of clocks) fastest = Math.max(fastest, driftPpm);
  for (const { action } of timeline)
    if (action.kind === 'drift') fastest = Math.max(fastest, action.ppm);
    else if (action.kind === 'chaos') fastest = Math.max(fastest, CHAOS_DRIFT_PPM);
  return fastest;
}

const GATHERED: readonly TraceKind[] = [
  'committed',
  'elected',
  'syncChosen',
  'established',
  'fenced',
  'invoked',
  'returned',
];

function gather(facts: Gathered, event: TraceEvent): void {
  const { at, server } = event;
  switch (event.kind) {
    case 'committed':
      facts.commits++;
      return;
    case 'elected': {
      const { round, vote, becomes } = event;
      facts.elections.push({
        at,
        server,
        round,
        leader: vote.leader,
        zxid: vote.zxid,
        peerEpoch: vote.peerEpoch,
        becomes,
      });
      return;
    }
    case 'syncChosen':
      facts.syncs.push({
        at,
        leader: server,
        learner: event.learner,
        mode: event.mode,
        zxid: event.zxid,
        via: event.via,
      });
      return;
    case 'established':
      facts.established.push({ server, epoch: event.epoch });
      return;
    case 'fenced':
      facts.fenced.push({ by: server, against: event.against, rule: event.rule });
      return;
    case 'invoked':
      facts.calls.pending++;
      return;
    case 'returned':
      facts.calls.pending--;
      facts.calls[event.outcome]++;
      if (facts.askedFor.has(`${event.client}/${event.call}`))
        facts.outcomes.set(`${event.client}/${event.call}`, { outcome: event.outcome, error: event.error });
      return;
    default:
      return;
  }
}

/** Judges the end of the run, and tells what it was. */
export function finishRun(run: Run): Report {
  const { scenario, recorder, world, facts } = run;
  const excuses = new Map<string, string>();
  if (!run.stopped) judgeEnd(run, excuses);
  const overBudget = run.stopped && recorder.violations.length === 0;
  const verdict = recorder.violations.length > 0 ? 'fail' : overBudget ? 'inconclusive' : 'pass';
  // A search plays thousands of runs and looks at the servers of few.
  let servers: readonly ServerRow[] | null = null;
  const rows = (): readonly ServerRow[] => (servers ??= inspect(world));
  const unexpected = judge(run, rows, verdict);
  return {
    scenario: scenario.name,
    seed: run.seed,
    release: scenario.release,
    verdict,
    asExpected: unexpected.length === 0,
    unexpected,
    violations: recorder.violations,
    traceHash: recorder.hasher.hex(),
    events: run.events,
    traceEvents: recorder.count,
    virtualUs: world.now,
    properties: recorder.watched.map(({ property, state }) => ({
      name: property.name,
      premises: state.premises,
      excused: excuses.get(property.name) ?? null,
    })),
    faults: [...recorder.asked.keys(), ...[...recorder.landed.keys()].filter((fault) => !recorder.asked.has(fault))]
      .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      .map((fault) => ({ fault, asked: recorder.asked.get(fault) ?? 0, landed: recorder.landed.get(fault) ?? 0 })),
    get servers() {
      return rows();
    },
    elections: facts.elections,
    syncs: facts.syncs,
    commits: facts.commits,
    calls: facts.calls,
  };
}

function judgeEnd(run: Run, excuses: Map<string, string>): void {
  const { recorder, world } = run;
  for (const watched of recorder.watched) {
    if (watched.violated) continue;
    const end = watched.property.finish?.(watched.state, { at: world.now, histories: recorder.histories });
    if (end === undefined) continue;
    if ('excused' in end) excuses.set(watched.property.name, end.excused);
    else
      recorder.violations.push({
        property: watched.property.name,
        event: recorder.count - 1,
        at: world.now,
        why: end.violated,
      });
  }
}

/** How one run ended: data for every report. */
export interface Report {
  readonly scenario: string;
  readonly seed: string;
  readonly release: string;
  /** fail: a property is violated. inconclusive: liveness not decided, or the event budget ran out. */
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  /** The run ended as its scenario says: verdict, properties and facts. */
  readonly asExpected: boolean;
  /** What differed from the expectation, in words; empty when `asExpected`. */
  readonly unexpected: readonly string[];
  readonly violations: readonly Violation[];
  readonly traceHash: string;
  /** Applied events. */
  readonly events: number;
  /** Trace events. */
  readonly traceEvents: number;
  readonly virtualUs: Micros;
  readonly properties: readonly { readonly name: string; readonly premises: number; readonly excused: string | null }[];
  /** Faults by kind: how often asked for, how often one had an effect. */
  readonly faults: readonly { readonly fault: string; readonly asked: number; readonly landed: number }[];
  readonly servers: readonly ServerRow[];
  readonly elections: readonly {
    readonly at: Micros;
    readonly server: ServerId;
    readonly round: number;
    readonly leader: ServerId;
    readonly zxid: Zxid;
    readonly peerEpoch: number;
    readonly becomes: ServerState;
  }[];
  readonly syncs: readonly {
    readonly at: Micros;
    readonly leader: ServerId;
    readonly learner: ServerId;
    readonly mode: SyncMode;
    readonly zxid: Zxid;
    readonly via: string | null;
  }[];
  readonly commits: number;
  readonly calls: { readonly ok: number; readonly failed: number; readonly unknown: number; readonly pending: number };
}

/** One server as an operator would see it. */
export interface ServerRow {
  readonly id: ServerId;
  readonly role: 'voter' | 'observer';
  readonly up: boolean;
  readonly paused: boolean;
  /** LOOKING .. OBSERVING, or DOWN. */
  readonly state: ServerState | 'DOWN';
  readonly phase: string;
  /** leader, follower, observer, or not serving: as the four-letter word srvr says. */
  readonly mode: 'leader' | 'follower' | 'observer' | 'not serving';
  readonly acceptedEpoch: number | null;
  readonly currentEpoch: number | null;
  /** lastProcessedZxid of the memory; of the disk when the server is down. */
  readonly lastZxid: Zxid;
  readonly lastLoggedZxid: Zxid | null;
  readonly committedLog: { readonly min: Zxid; readonly max: Zxid; readonly size: number };
  readonly logLength: number;
  /** `log.100000001`, `snapshot.0`, ... sorted. */
  readonly files: readonly string[];
  /** Digest of the replicated state: equal digests at equal zxids. */
  readonly stateHash: string;
}

export interface RunOptions {
  readonly properties: readonly Property[];
  /** Receives every trace event; without it the trace is not kept. */
  readonly keep?: Emit;
  /** Stop at the first violation (the default), or go on to the end. */
  readonly keepGoing?: boolean;
  readonly maxEvents?: number;
  /** false: a search that plays thousands of runs needs no name for each. The report's `traceHash` is that of nothing. */
  readonly hash?: boolean;
}

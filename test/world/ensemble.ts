import { DEFAULT_MODELS } from '../../sim/defaults.ts';
import { run } from '../../sim/run.ts';
import type { Action, ClientModel, Condition, Scenario, Step, Who } from '../../sim/scenario.ts';
import { MS, SECOND, type Micros } from '../../sim/time.ts';
import { listen } from '../../sim/timeline.ts';
import type { Emit, TraceEvent, TraceKind } from '../../sim/trace.ts';
import { applyEvent, newWorld, nextEvent, type World } from '../../sim/world.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../sim/zab/config.ts';
import { NOBODY, setOf } from '../../sim/zab/sets.ts';

type Parts = Partial<Omit<Scenario, 'network' | 'disk' | 'processes' | 'settings'>> & {
  readonly voters?: number;
  readonly network?: Partial<Scenario['network']>;
  readonly disk?: Partial<Scenario['disk']>;
  readonly processes?: Partial<Scenario['processes']>;
  readonly settings?: Partial<Settings>;
};

/** A scenario of which a test names only what it is about. Nobody starts unless the timeline says so. */
export function scenarioOf(parts: Parts = {}): Scenario {
  const { voters = 3, network, disk, processes, settings, ...rest } = parts;
  const servers = Array.from({ length: voters }, (_, i) => i + 1);
  return {
    name: 'test',
    title: 'test',
    teaches: 'test',
    servers,
    verifier: { kind: 'majority', voters: setOf(servers) },
    observers: NOBODY,
    service: 'register',
    release: 'corrected',
    clocks: [],
    clients: [],
    timeline: [],
    calmAt: null,
    endAt: 60 * SECOND,
    beyondBudget: false,
    schedule: { kind: 'uniform' },
    expect: { verdict: 'pass', properties: [], facts: [] },
    ...rest,
    settings: { ...DEFAULT_SETTINGS, tickTime: 500, ...settings },
    network: { ...DEFAULT_MODELS.network, ...network },
    disk: { ...DEFAULT_MODELS.disk, ...disk },
    processes: { ...DEFAULT_MODELS.processes, ...processes },
  };
}

export function at(time: Micros, action: Action): Step {
  return { moment: { kind: 'at', at: time }, label: null, action };
}

/** A condition of which a test names only what it is about. */
export function whenever(parts: Partial<Condition> & Pick<Condition, 'event'>): Condition {
  const anything = { nth: 1, server: null, peer: null, message: null, epoch: null, zxid: null };
  return { ...anything, write: null, state: null, phase: null, after: null, ...parts };
}

export function startAll(...servers: Who[]): Step {
  return at(0, { kind: 'start', servers: servers.length > 0 ? servers : [1, 2, 3] });
}

/** A client of the timeline, next to one server. */
export function client(name: string, parts: Partial<ClientModel> = {}): ClientModel {
  return {
    name,
    server: 1,
    sessionTimeoutMs: 0,
    from: 0,
    operations: 0,
    think: [MS, 20 * MS],
    mix: { write: 60, read: 30, sync: 10 },
    keys: 4,
    timeout: 10 * SECOND,
    ...parts,
  };
}

export function write(name: string, key: string, value: number, server: Who | null = null): Action {
  return { kind: 'write', client: name, server, key, value, times: 1 };
}

/** Chaos and a workload: enough of everything to tell two runs apart. */
export function busy(parts: Parts = {}): Scenario {
  return scenarioOf({
    timeline: [
      startAll(),
      at(3 * SECOND, {
        kind: 'chaos',
        duration: 20 * SECOND,
        meanGap: 700 * MS,
        faults: [
          'kill',
          'crash',
          'pause',
          'partition',
          'isolateLeader',
          'oneWay',
          'clog',
          'swizzle',
          'reset',
          'diskStall',
          'slowLink',
          'slowCpu',
          'drift',
        ],
      }),
    ],
    clients: [
      client('a', { server: 'any', operations: 300 }),
      client('b', { server: 2, operations: 300, sessionTimeoutMs: 4000 }),
    ],
    calmAt: 25 * SECOND,
    endAt: 40 * SECOND,
    ...parts,
  });
}

/** A world and the trace of what is done to it. */
export class Lab {
  readonly world: World;
  readonly trace: TraceEvent[] = [];
  readonly emit: Emit;

  constructor(scenario: Scenario, seed = '1') {
    this.world = newWorld(scenario, seed);
    this.emit = listen(this.world, (event) => this.trace.push(event));
  }

  /** Applies every event up to and including this time. */
  until(time: Micros): this {
    const { queue } = this.world;
    for (let next = queue.peekAt(); next !== undefined && next <= time; next = queue.peekAt()) this.step();
    this.world.now = Math.max(this.world.now, time);
    return this;
  }

  step(): void {
    const event = nextEvent(this.world);
    if (event !== undefined) applyEvent(this.world, event, this.emit);
  }

  of<K extends TraceKind>(kind: K): Of<K>[] {
    return only(this.trace, kind);
  }
}

/** The member of the union that has this kind, alone or beside others. */
type Of<K extends TraceKind, E = TraceEvent> = E extends { readonly kind: infer Kinds }
  ? K extends Kinds
    ? E
    : never
  : never;

export function only<K extends TraceKind>(trace: readonly TraceEvent[], kind: K): Of<K>[] {
  return trace.filter((event): event is TraceEvent & Of<K> => event.kind === kind);
}

/** Runs a scenario to its end and returns the trace with the report. */
export function played(scenario: Scenario, seed = '1'): { trace: TraceEvent[]; report: ReturnType<typeof run> } {
  const trace: TraceEvent[] = [];
  const report = run(scenario, seed, { properties: [], keep: (event) => trace.push(event) });
  return { trace, report };
}

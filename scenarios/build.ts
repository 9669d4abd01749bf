import type { Settings } from '../sim/zab/config.ts';
import { DEFAULT_MODELS, defaultSettings, USUAL_SERVICE, usualClient, usualSessionMs } from '../sim/defaults.ts';
import type { ClientModel, ClockModel, End, Scenario, Step, Action, Who } from '../sim/scenario.ts';
import { MS } from '../sim/time.ts';
import { operationOf } from './build-operations.ts';
import type { Ensemble } from './ensemble.ts';
import { conditionOf, factsOf } from './facts.ts';
import { CHAOS_FAULTS, PLANES, ROLES } from './names.ts';
import { scheduleOf } from './schedules.ts';
import type { ScenarioFile } from './schema.ts';
import { recipeOf } from './schema-recipes.ts';
import { roundsOf, workloadOf } from './schema-workloads.ts';
import type { OperationStep, StepFields, WhomStep } from './steps.ts';

/** Scenarios that declare no client have this one. */
export const DEFAULT_CLIENT = 'client';

/** The engine's scenario out of a file without mistakes. Every default is here or in sim/defaults.ts, and in docs/SCENARIOS.md. */
export function buildScenario(name: string, file: ScenarioFile, ensemble: Ensemble): Scenario {
  const { network = {}, disk = {}, processes = {} } = file;
  const { fsync, servers: disks = {}, ...diskFields } = disk;
  const clients = clientsOf(file);
  const timeline = (file.timeline ?? []).map((step, index) => stepOf(step, index, ensemble, clients));
  return {
    name,
    title: file.title,
    teaches: file.teaches,
    servers: ensemble.servers,
    verifier: ensemble.verifier,
    observers: ensemble.observers,
    settings: settingsOf(file),
    service: file.service ?? USUAL_SERVICE,
    release: file.bug ?? file.release ?? 'corrected',
    network: { ...DEFAULT_MODELS.network, ...defined(network) },
    disk: {
      ...DEFAULT_MODELS.disk,
      ...defined(diskFields),
      sync: fsync ?? DEFAULT_MODELS.disk.sync,
      own: Object.entries(disks).map(([id, own]) => ({ server: Number(id), sync: own.fsync })),
    },
    processes: { ...DEFAULT_MODELS.processes, ...defined(processes) },
    clocks: Object.entries(file.clocks ?? {}).map(([id, clock]): ClockModel => ({
      server: Number(id),
      driftPpm: clock.driftPpm ?? 0,
      offset: clock.offset ?? 0,
    })),
    clients,
    timeline: [...startOf(ensemble), ...timeline],
    calmAt: file.calm ?? null,
    endAt: file.end,
    beyondBudget: file.beyondBudget ?? false,
    schedule: scheduleOf(file, clients),
    expect: {
      verdict: file.expect?.verdict ?? 'pass',
      properties: file.expect?.properties ?? [],
      facts: factsOf(file.expect ?? {}),
    },
  };
}

/** Session bounds follow tickTime unless they are named. */
function settingsOf({ zooCfg = {} }: ScenarioFile): Settings {
  const { snapshotSizeFactor, ...named } = defined(zooCfg);
  return {
    ...defaultSettings(zooCfg.tickTime),
    ...named,
    ...(snapshotSizeFactor === undefined ? {} : { snapshotSizeFactorPpm: Math.round(snapshotSizeFactor * 1_000_000) }),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

const NOTHING = { write: 0, read: 0, sync: 0 };

function clientsOf(file: ScenarioFile): ClientModel[] {
  const clients = file.clients ?? [{ name: DEFAULT_CLIENT }];
  const usualSession = usualSessionMs(file.service ?? USUAL_SERVICE);
  return clients.map(({ name, session, mix, workload, recipe, operations, ...fields }) => ({
    ...usualClient(name),
    ...defined(fields),
    operations: workload === undefined ? (operations ?? 0) : roundsOf(operations),
    sessionTimeoutMs: session === undefined ? usualSession : Math.ceil(session / MS),
    ...(mix === undefined ? {} : { mix: { ...NOTHING, ...defined(mix) } }),
    ...(workload === undefined ? {} : { program: workloadOf(workload) }),
    ...(recipe === undefined ? {} : { program: recipeOf(recipe) }),
  }));
}

function startOf({ started }: Ensemble): Step[] {
  if (started.length === 0) return [];
  return [{ moment: { kind: 'at', at: 0 }, label: null, action: { kind: 'start', servers: started } }];
}

function stepOf(step: StepFields, index: number, ensemble: Ensemble, clients: readonly ClientModel[]): Step {
  return {
    moment:
      step.when === undefined
        ? { kind: 'at', at: step.at ?? 0 }
        : { kind: 'when', when: conditionOf(step.when), delay: step.delay ?? 0 },
    label: step.label ?? null,
    action: actionOf(step, index, ensemble, clients),
  };
}

function actionOf(step: StepFields, index: number, ensemble: Ensemble, clients: readonly ClientModel[]): Action {
  const whom = (fields: WhomStep): readonly Who[] =>
    fields.servers === 'all'
      ? ensemble.servers
      : (fields.servers ?? (fields.server === undefined ? [] : [fields.server]));
  switch (step.do) {
    case 'start':
    case 'stop':
    case 'pause':
    case 'resume':
    case 'isolate':
    case 'diskFull':
    case 'diskMended':
    case 'wipe':
      return { kind: step.do, servers: whom(step) };
    case 'kill':
      return { kind: 'kill', servers: whom(step), unsent: step.unsent ?? false };
    case 'crash':
      return { kind: 'crash', servers: whom(step), keep: step.keep ?? null, torn: step.torn ?? false };
    case 'slowCpu':
      return { kind: 'slowCpu', servers: whom(step), perEvent: step.perEvent };
    case 'partition':
      return { kind: 'partition', groups: step.groups };
    case 'cut':
      return { kind: 'cut', pairs: step.links, oneWay: step.oneWay ?? false, planes: step.planes ?? PLANES };
    case 'heal':
      return { kind: 'heal', pairs: step.links ?? null };
    case 'clog':
      return { kind: 'clog', pairs: step.links, oneWay: step.oneWay ?? false, duration: step.for };
    case 'swizzle':
      return { kind: 'swizzle', duration: step.for };
    case 'slowLink':
      return { kind: 'slowLink', pairs: step.links, extra: step.extra, duration: step.for };
    case 'reset':
      return { kind: 'reset', pairs: step.links, noticed: step.noticed ?? 'both' };
    case 'dropMessage':
      return {
        kind: 'dropMessage',
        from: endOf(step.from),
        to: endOf(step.to),
        message: step.message,
        nth: step.nth ?? 1,
      };
    case 'delayMessage': {
      const { message, nth = 1, for: duration } = step;
      return { kind: 'delayMessage', from: endOf(step.from), to: endOf(step.to), message, nth, duration };
    }
    case 'diskFail':
      return { kind: 'diskFail', servers: whom(step), op: step.op, times: step.times ?? 1 };
    case 'diskStall':
      return { kind: 'diskStall', servers: whom(step), duration: step.for };
    case 'diskSlow':
      return { kind: 'diskSlow', servers: whom(step), sync: step.fsync };
    case 'editEpoch':
      return { kind: 'editEpoch', servers: whom(step), file: step.file, epoch: step.epoch };
    case 'drift':
      return { kind: 'drift', servers: whom(step), ppm: step.ppm };
    case 'write':
    case 'failingWrite':
    case 'read':
    case 'openSession':
    case 'closeSession':
      return callOf(step, index, clients);
    case 'sync':
      return step.path === undefined ? callOf(step, index, clients) : requestOf({ ...step, path: step.path }, clients);
    case 'addAuth': {
      const { scheme, auth } = step;
      return { kind: 'addAuth', client: clientOf(step, clients), server: step.server ?? null, scheme, auth };
    }
    case 'pauseClient':
    case 'resumeClient':
    case 'killClient':
    case 'startClient':
    case 'healClient':
      return { kind: step.do, client: clientOf(step, clients) };
    case 'cutClient': {
      const { servers = 'all', way = 'both' } = step;
      const ids = servers === 'all' ? ensemble.servers : servers;
      return { kind: 'cutClient', client: clientOf(step, clients), servers: ids, way };
    }
    case 'chaos':
      return { kind: 'chaos', duration: step.for, meanGap: step.meanGap, faults: step.faults ?? CHAOS_FAULTS };
    default:
      return requestOf(step, clients);
  }
}

/** What is no role is a client. */
function endOf(end: string | number): End {
  if (typeof end === 'number') return end;
  return ROLES.find((role) => role === end) ?? { client: end };
}

function requestOf(step: OperationStep, clients: readonly ClientModel[]): Action {
  return {
    kind: 'request',
    client: clientOf(step, clients),
    server: step.server ?? null,
    operation: operationOf(step),
    times: step.times ?? 1,
  };
}

function clientOf(step: { readonly client?: string | undefined }, clients: readonly ClientModel[]): string {
  return step.client ?? clients[0]?.name ?? DEFAULT_CLIENT;
}

type CallStep = Extract<
  StepFields,
  { do: 'write' | 'failingWrite' | 'read' | 'sync' | 'openSession' | 'closeSession' }
>;

function callOf(step: CallStep, index: number, clients: readonly ClientModel[]): Action {
  return {
    kind: step.do,
    client: clientOf(step, clients),
    server: step.server ?? null,
    key: 'key' in step ? (step.key ?? 'x') : 'x',
    // A value of its own for every step, so that a reader sees which write survived.
    value: 'value' in step ? (step.value ?? index + 1) : index + 1,
    times: 'times' in step ? (step.times ?? 1) : 1,
  };
}

import type { Action, Draw, Scenario, Step } from '../scenario.ts';
import { MS, SECOND, type Micros } from '../time.ts';
import { splitStart } from './shrink-timeline.ts';
import { stepTimes } from './step-times.ts';

/** One choice of a plan, made otherwise. Steps, clients and draws by their place in the scenario. */
export type Change =
  | { readonly kind: 'without'; readonly step: number }
  /** `by`: how much later; negative: earlier. */
  | { readonly kind: 'moved'; readonly step: number; readonly by: Micros }
  /** The power failure finds everything that was being written on disk. */
  | { readonly kind: 'survived'; readonly step: number }
  | { readonly kind: 'calmDraw'; readonly draw: Draw }
  | { readonly kind: 'calmModel'; readonly model: Model }
  | { readonly kind: 'silent'; readonly client: number }
  /** The same plan on a behaviour in which every property must hold. */
  | { readonly kind: 'corrected' };

export type Model =
  | 'losses'
  | 'resets'
  | 'spikes of the network'
  | 'spikes of the disks'
  | 'failures of the disks'
  | 'clocks'
  | 'disks that differ';

/** Something that could have been otherwise, and the ways in which it could, the least change first. */
export interface Choice {
  /** fault: what the environment did. request: what clients did, and what was started or mended. */
  readonly by: 'fault' | 'request';
  /** When it was made; null: all through the run. */
  readonly at: Micros | null;
  readonly changes: readonly Change[];
}

/** How far a step is moved: enough for a packet, an fsync, a tick. */
const MOVES: readonly Micros[] = [MS, 3 * MS, 10 * MS, 30 * MS, 100 * MS];
/** And if it is not that: enough for a timeout. */
const LONG_MOVES: readonly Micros[] = [300 * MS, SECOND];
const ALL_THAT_WAS_IN_FLIGHT = 1000;

/** The choices of a plan that were made before `until`, those of the environment first, of these the latest first. */
export function choicesOf(scenario: Scenario, seed: string, until: Micros): Choice[] {
  const times = stepTimes(scenario, seed, until);
  const first = splitStart(scenario.timeline).start.length;
  const steps = scenario.timeline.flatMap((step, index): Choice[] => {
    const at = times[index] ?? null;
    if (index < first || at === null || at > until) return [];
    const by = isRequest(step.action) ? 'request' : 'fault';
    return [{ by, at, changes: by === 'fault' ? faultChanges(step, index) : [{ kind: 'without', step: index }] }];
  });
  const latest = steps.sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
  return [
    ...latest.filter(({ by }) => by === 'fault'),
    ...drawsOf(scenario),
    ...modelsOf(scenario),
    ...latest.filter(({ by }) => by === 'request'),
    ...scenario.clients.flatMap(({ operations, from }, client): Choice[] =>
      operations === 0 || from > until ? [] : [{ by: 'request', at: null, changes: [{ kind: 'silent', client }] }],
    ),
  ];
}

/** What clients do, and what puts things right: without it nothing happens at all, which explains little. */
export function isRequest(action: Action): boolean {
  switch (action.kind) {
    case 'start':
    case 'resume':
    case 'heal':
    case 'diskMended':
    case 'write':
    case 'read':
    case 'sync':
    case 'failingWrite':
    case 'openSession':
    case 'closeSession':
      return true;
    default:
      return false;
  }
}

function faultChanges({ moment, action }: Step, step: number): Change[] {
  const start = moment.kind === 'at' ? moment.at : moment.delay;
  const later = MOVES.map((by): Change => ({ kind: 'moved', step, by }));
  const earlier = MOVES.filter((by) => by <= start).map((by): Change => ({ kind: 'moved', step, by: -by }));
  const survived: Change[] =
    action.kind === 'crash' && action.keep !== ALL_THAT_WAS_IN_FLIGHT ? [{ kind: 'survived', step }] : [];
  const muchLater = LONG_MOVES.map((by): Change => ({ kind: 'moved', step, by }));
  return [...later, ...survived, { kind: 'without', step }, ...earlier, ...muchLater];
}

function drawsOf({ schedule }: Scenario): Choice[] {
  if (schedule.kind !== 'calm') return [];
  return schedule.except.map((draw) => ({ by: 'fault', at: null, changes: [{ kind: 'calmDraw', draw }] }));
}

function modelsOf({ network, disk, clocks }: Scenario): Choice[] {
  const models: readonly (readonly [Model, number])[] = [
    ['losses', network.lossPpm],
    ['resets', network.resetPpm],
    ['spikes of the network', network.spikePpm],
    ['spikes of the disks', disk.spikePpm],
    ['failures of the disks', disk.failPpm],
    ['disks that differ', disk.own.length],
    ['clocks', clocks.length],
  ];
  return models.flatMap(([model, strength]): Choice[] =>
    strength === 0 ? [] : [{ by: 'fault', at: null, changes: [{ kind: 'calmModel', model }] }],
  );
}

/** The scenario with that choice made otherwise. What was moved past the calm or the end takes them along. */
export function changed(scenario: Scenario, change: Change): Scenario {
  switch (change.kind) {
    case 'without':
      return { ...scenario, timeline: scenario.timeline.filter((_, index) => index !== change.step) };
    case 'moved': {
      const later = Math.max(0, change.by);
      return {
        ...scenario,
        timeline: withStep(scenario, change.step, (step) => ({ ...step, moment: moved(step.moment, change.by) })),
        calmAt: scenario.calmAt === null ? null : scenario.calmAt + later,
        endAt: scenario.endAt + later,
      };
    }
    case 'survived':
      return {
        ...scenario,
        timeline: withStep(scenario, change.step, (step) => {
          const { action } = step;
          if (action.kind !== 'crash') return step;
          return { ...step, action: { ...action, keep: ALL_THAT_WAS_IN_FLIGHT, torn: false } };
        }),
      };
    case 'calmDraw': {
      const { schedule } = scenario;
      if (schedule.kind !== 'calm') return scenario;
      return { ...scenario, schedule: { ...schedule, except: schedule.except.filter((draw) => draw !== change.draw) } };
    }
    case 'calmModel':
      return withoutModel(scenario, change.model);
    case 'silent':
      return {
        ...scenario,
        clients: scenario.clients.map((client, index) =>
          index === change.client ? { ...client, operations: 0 } : client,
        ),
      };
    case 'corrected':
      return { ...scenario, release: 'corrected' };
  }
}

function withStep(scenario: Scenario, index: number, change: (step: Step) => Step): Step[] {
  return scenario.timeline.map((step, at) => (at === index ? change(step) : step));
}

function moved(moment: Step['moment'], by: Micros): Step['moment'] {
  return moment.kind === 'at' ? { ...moment, at: moment.at + by } : { ...moment, delay: moment.delay + by };
}

function withoutModel(scenario: Scenario, model: Model): Scenario {
  const { network, disk } = scenario;
  switch (model) {
    case 'losses':
      return { ...scenario, network: { ...network, lossPpm: 0 } };
    case 'resets':
      return { ...scenario, network: { ...network, resetPpm: 0 } };
    case 'spikes of the network':
      return { ...scenario, network: { ...network, spikePpm: 0 } };
    case 'spikes of the disks':
      return { ...scenario, disk: { ...disk, spikePpm: 0 } };
    case 'failures of the disks':
      return { ...scenario, disk: { ...disk, failPpm: 0 } };
    case 'disks that differ':
      return { ...scenario, disk: { ...disk, own: [] } };
    case 'clocks':
      return { ...scenario, clocks: [] };
  }
}

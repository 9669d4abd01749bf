import { unreachable } from '../sim/assert.ts';
import type { Action, Moment, Step, Who } from '../sim/scenario.ts';
import { MS, type Micros } from '../sim/time.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import type { Strike } from './plans-features.ts';
import { eventAt, momentOf } from './plans-moments.ts';
import type { FaultSketch } from './plans-sketch.ts';

/** Where a fault of a plan stands. */
export interface Setting {
  readonly servers: readonly ServerId[];
  /** Who is not away in this chapter. */
  readonly present: readonly ServerId[];
  readonly from: Micros;
  readonly length: Micros;
  /** The label behind which the fault waits, and its own. */
  readonly after: string;
  readonly label: string;
  /** syncLimit ticks: what it takes to be missed. */
  readonly patience: Micros;
}

export function pick<T>(table: readonly T[], index: number): T {
  return table[index % table.length]!;
}

/** One fault, and what ends it before the chapter does. */
export function strike(fault: FaultSketch, kind: Strike, setting: Setting): Step[] {
  const { servers, present, after, label } = setting;
  const server = pick(present.length > 0 ? present : servers, fault.server);
  const moment = momentFor(fault, server, setting);
  const victims = victimsOf(fault, server, servers);
  const duration = durationOf(fault, setting);
  const action = actionOf(kind, { fault, server, victims, duration, setting });
  return [{ moment, label, action }, ...endOf(kind, { after, server, victims, duration, fault, setting })];
}

function momentFor(fault: FaultSketch, server: ServerId, { from, length, after }: Setting): Moment {
  // One fault in four comes at any time.
  if (fault.when % 4 === 3) return { kind: 'at', at: from + Math.floor((length * (fault.delay % 1000)) / 1000) };
  const where = { server: fault.when % 3 === 2 ? null : server, nth: pick([1, 1, 1, 2, 2, 3], fault.nth), after };
  return { kind: 'when', when: momentOf(fault.moment, where), delay: delayOf(fault.delay) };
}

/** Some of the delays are none, most of the rest fall between two events. */
export function delayOf(drawn: number): Micros {
  const fine = Math.floor(drawn / 8);
  switch (drawn % 8) {
    case 3:
    case 4:
      return fine * 2;
    case 5:
      return fine * 10;
    case 6:
      return fine * 60;
    case 7:
      return fine * 700;
    default:
      return 0;
  }
}

function victimsOf(fault: FaultSketch, server: ServerId, servers: readonly ServerId[]): readonly Who[] {
  switch (pick(['one', 'one', 'leader', 'one', 'others', 'next', 'all', 'two'] as const, fault.scope)) {
    case 'leader':
      return ['leader'];
    case 'others':
      return servers.filter((id) => id !== server);
    case 'next':
      return [pick(servers, servers.indexOf(server) + 1)];
    case 'two':
      return [server, pick(servers, servers.indexOf(server) + 1)];
    case 'all':
      return servers;
    default:
      return [server];
  }
}

function durationOf({ duration }: FaultSketch, { patience }: Setting): Micros {
  const fine = Math.floor(duration / 5) + 1;
  return duration % 5 < 2 ? fine * 100 : duration % 5 < 4 ? fine * MS : Math.floor((patience * fine) / 250);
}

interface Blow {
  readonly fault: FaultSketch;
  readonly server: ServerId;
  readonly victims: readonly Who[];
  readonly duration: Micros;
  readonly setting: Setting;
}

function actionOf(kind: Strike, { fault, server, victims, duration, setting }: Blow): Action {
  const { servers, patience } = setting;
  const { extra } = fault;
  const peer: Who = pick(['leader', ...servers.filter((id) => id !== server)], extra);
  const few = victims.length === servers.length ? [server] : victims;
  switch (kind) {
    case 'crash':
      return { kind, servers: victims, keep: pick([null, 0, 1, null], extra), torn: extra % 5 === 4 };
    case 'kill':
      return { kind, servers: victims, unsent: extra % 2 === 1 };
    case 'stop':
    case 'pause':
      return { kind, servers: victims };
    case 'isolate':
      return { kind, servers: few };
    case 'partition': {
      const chosen = servers.filter((_, i) => ((extra >> i) & 1) === 1);
      const left = chosen.length === 0 || chosen.length === servers.length ? [server] : chosen;
      return { kind, groups: [left, servers.filter((id) => !left.includes(id))] };
    }
    case 'cut':
    case 'oneWayCut':
      return {
        kind: 'cut',
        pairs: [extra % 8 < 4 ? [server, peer] : [peer, server]],
        oneWay: kind === 'oneWayCut',
        planes: pick([['election', 'quorum'], ['quorum'], ['election', 'quorum'], ['election']] as const, extra >> 4),
      };
    case 'clog':
      return { kind, pairs: [extra % 8 < 4 ? [server, peer] : [peer, server]], oneWay: extra % 16 < 8, duration };
    case 'swizzle':
      return { kind, duration: Math.max(duration, 2 * MS) };
    case 'slowLink':
      return { kind, pairs: [[server, peer]], extra: [MS, 20 * MS + (extra % 200) * MS], duration: duration * 4 };
    case 'reset':
      return { kind, pairs: [[server, peer]], noticed: pick(['both', 'first', 'second'] as const, extra >> 3) };
    case 'diskFail':
      return {
        kind,
        servers: few,
        op: pick(['log', 'epoch', 'log', 'snapshot'] as const, extra),
        times: 1 + ((extra >> 4) % 2),
      };
    case 'diskFull':
      return { kind, servers: few };
    case 'diskStall':
      return { kind, servers: victims, duration: duration * 2 };
    case 'diskSlow':
      return { kind, servers: victims, sync: [MS, 10 * MS + (extra % 100) * Math.floor(patience / 100)] };
    case 'slowCpu':
      return { kind, servers: few, perEvent: 100 + (extra % 100) * 100 };
    case 'drift':
      return { kind, servers: few, ppm: ((extra % 41) - 20) * 10_000 };
    case 'chaos':
      return { kind, duration: 300 * MS, meanGap: 60 * MS, faults: ['crash', 'kill', 'isolateLeader', 'pause'] };
    default:
      return unreachable(kind);
  }
}

/** Some faults have no duration of their own: without a step that ends them they last until the chapter does. */
function endOf(kind: Strike, { victims, duration, setting, fault }: Blow & { readonly after: string }): Step[] {
  if (fault.extra % 3 === 2) return [];
  const { after, present } = setting;
  const [first = null] = victims;
  const server = typeof first === 'number' ? first : null;
  const step = (event: 'ended' | 'paused' | 'fault', action: Action): Step => ({
    moment: {
      kind: 'when',
      when: eventAt(event, { server: event === 'fault' ? null : server, after }),
      delay: duration,
    },
    label: null,
    action,
  });
  switch (kind) {
    case 'crash':
    case 'kill':
    case 'stop':
      return [step('ended', { kind: 'start', servers: server === null ? present : victims })];
    case 'pause':
      return [step('paused', { kind: 'resume', servers: server === null ? present : victims })];
    case 'isolate':
    case 'partition':
    case 'cut':
    case 'oneWayCut':
      return [step('fault', { kind: 'heal', pairs: null })];
    case 'diskFull':
      return [step('fault', { kind: 'diskMended', servers: victims })];
    default:
      return [];
  }
}

import { unreachable } from './assert.ts';
import { invoke, moveTo, type CallOp } from './clients/client.ts';
import { crash, endProcess, start, stop } from './lifecycle.ts';
import { landed } from './landing.ts';
import type { Cut, Endpoint } from './network.ts';
import { endStall } from './disk.ts';
import { hostOf, pause, resume } from './processes.ts';
import type { Action, Step, Who } from './scenario.ts';
import { SECOND, type Micros } from './time.ts';
import { leaderOf, resolve } from './timeline.ts';
import type { Emit } from './trace.ts';
import { drawNotices, releaseStalled } from './wires.ts';
import type { Plane } from './zab/effects.ts';
import type { ServerId } from './zab/sets.ts';
import type { Host, Undo, World } from './world-state.ts';

/** What a step of the timeline, or chaos, does to the world. */

type Of<K extends Action['kind']> = Extract<Action, { kind: K }>;

const SERVER_PLANES: readonly Plane[] = ['election', 'quorum'];

export function takeStep(world: World, index: number, emit: Emit): void {
  const step: Step = world.timeline.steps[index]!;
  act(world, step.action, index, emit);
  if (step.label !== null) world.timeline.taken.add(step.label);
}

export function act(world: World, action: Action, step: number, emit: Emit): void {
  switch (action.kind) {
    case 'start':
    case 'kill':
    case 'stop':
    case 'crash':
    case 'pause':
    case 'resume':
    case 'slowCpu':
      onProcesses(world, action, emit);
      return;
    case 'partition':
    case 'isolate':
    case 'cut':
    case 'heal':
    case 'clog':
    case 'swizzle':
    case 'slowLink':
    case 'reset':
      onNetwork(world, action, emit);
      return;
    case 'diskFull':
    case 'diskMended':
    case 'diskFail':
    case 'diskStall':
    case 'diskSlow':
    case 'wipe':
    case 'editEpoch':
    case 'drift':
      onMachines(world, action, emit);
      return;
    case 'write':
    case 'read':
    case 'sync':
    case 'failingWrite':
    case 'openSession':
    case 'closeSession':
      onClient(world, action, emit);
      return;
    case 'chaos':
      tellFault(world, 'chaos', `chaos for ${action.duration / SECOND} s: ${action.faults.join(', ')}`, emit);
      world.queue.push(world.now, { kind: 'chaos', step, until: world.now + action.duration, struck: false });
      return;
    default:
      unreachable(action);
  }
}

function tellFault(world: World, fault: string, what: string, emit: Emit): void {
  emit({ at: world.now, server: 0, kind: 'fault', fault, what });
}

function names(ids: readonly ServerId[]): string {
  return ids.map((id) => `S${id}`).join(', ') || 'nobody';
}

// ── processes

function onProcesses(world: World, action: Of<'start' | 'kill' | 'stop' | 'crash' | 'pause' | 'resume' | 'slowCpu'>, emit: Emit): void {
  const ids = [...new Set(action.servers.flatMap((one) => resolve(world, one)))];
  if (action.kind !== 'start' && action.kind !== 'resume') tellFault(world, action.kind, `${action.kind} ${names(ids)}`, emit);
  for (const id of ids) {
    const host = hostOf(world, id);
    switch (action.kind) {
      case 'start':
        start(world, host);
        break;
      case 'kill':
        if (host.server !== null) landed(world, id, 'kill', emit);
        endProcess(world, host, { how: 'kill', code: 137, why: 'SIGKILL', unsent: action.unsent }, emit);
        break;
      case 'stop':
        if (host.server !== null) landed(world, id, 'stop', emit);
        stop(world, host, emit);
        break;
      case 'crash':
        crash(world, host, action, emit);
        break;
      case 'pause':
        pause(world, host, emit);
        break;
      case 'resume':
        resume(world, host, emit);
        break;
      case 'slowCpu':
        host.perEvent = action.perEvent;
        if (action.perEvent > 0) host.pending.add('slowCpu');
        break;
    }
  }
}

// ── network

function onNetwork(world: World, action: Of<'partition' | 'isolate' | 'cut' | 'heal' | 'clog' | 'swizzle' | 'slowLink' | 'reset'>, emit: Emit): void {
  switch (action.kind) {
    case 'partition':
      partition(world, action.groups.map((group) => group.flatMap((who) => resolve(world, who))), emit);
      return;
    case 'isolate':
      isolate(world, action.servers.flatMap((who) => resolve(world, who)), 'isolate', emit);
      return;
    case 'cut': {
      const pairs = pairsOf(world, action.pairs, action.oneWay);
      tellFault(world, 'cut', `cut ${arrows(pairs)}`, emit);
      for (const [from, to] of pairs) cut(world, 'cut', from, to, action.planes);
      return;
    }
    case 'heal':
      heal(world, action.pairs === null ? null : pairsOf(world, action.pairs, false), emit);
      return;
    case 'clog': {
      const pairs = pairsOf(world, action.pairs, action.oneWay);
      tellFault(world, 'clog', `clog ${arrows(pairs)} for ${action.duration / SECOND} s`, emit);
      for (const [from, to] of pairs) cutFor(world, 'clog', from, to, action.duration);
      return;
    }
    case 'swizzle':
      swizzle(world, action.duration, emit);
      return;
    case 'slowLink': {
      const pairs = pairsOf(world, action.pairs, false);
      tellFault(world, 'slowLink', `slow ${arrows(pairs)}`, emit);
      world.network.slow = world.network.slow.filter(({ until }) => until > world.now);
      for (const [from, to] of pairs) world.network.slow.push({ from, to, extra: action.extra, until: world.now + action.duration });
      if (pairs.some(([from, to]) => isJoined(world, from, to))) landed(world, 0, 'slowLink', emit);
      return;
    }
    case 'reset':
      reset(world, pairsOf(world, action.pairs, true), action.noticed, emit);
      return;
  }
}

function isJoined(world: World, from: ServerId, to: ServerId): boolean {
  for (const { ends, open } of world.network.connections.values())
    if (open[0] && open[1] && ends.includes(from) && ends.includes(to)) return true;
  return false;
}

function pairsOf(world: World, pairs: readonly (readonly [Who, Who])[], oneWay: boolean): [ServerId, ServerId][] {
  const made: [ServerId, ServerId][] = [];
  for (const [a, b] of pairs)
    for (const from of resolve(world, a))
      for (const to of resolve(world, b)) {
        if (from === to) continue;
        made.push([from, to]);
        if (!oneWay) made.push([to, from]);
      }
  return made;
}

function arrows(pairs: readonly [ServerId, ServerId][]): string {
  return pairs.map(([from, to]) => `S${from}→S${to}`).join(', ') || 'nothing';
}

/** Servers in different groups cannot reach one another; a server that is named in no group stands alone. */
function partition(world: World, groups: readonly (readonly ServerId[])[], emit: Emit): void {
  const groupOf = new Map<ServerId, number>();
  groups.forEach((group, i) => group.forEach((id) => groupOf.set(id, i)));
  tellFault(world, 'partition', `partition ${groups.map((group) => `{${group.join(', ')}}`).join(' ')}`, emit);
  for (const from of world.scenario.servers)
    for (const to of world.scenario.servers) {
      const together = groupOf.has(from) && groupOf.get(from) === groupOf.get(to);
      if (from !== to && !together) cut(world, 'partition', from, to, SERVER_PLANES);
    }
}

export function isolate(world: World, ids: readonly ServerId[], fault: string, emit: Emit): void {
  tellFault(world, fault, `isolate ${names(ids)}`, emit);
  for (const id of ids)
    for (const peer of world.scenario.servers) {
      if (peer === id) continue;
      cut(world, fault, id, peer, SERVER_PLANES);
      cut(world, fault, peer, id, SERVER_PLANES);
    }
}

export function cut(world: World, fault: string, from: Endpoint, to: Endpoint, planes: readonly Plane[]): void {
  world.network.cuts.push({ fault, from, to, planes, since: world.now, landed: false });
}

export function cutFor(world: World, fault: string, from: Endpoint, to: Endpoint, duration: Micros): void {
  cut(world, fault, from, to, SERVER_PLANES);
  undoAfter(world, duration, { kind: 'uncut', fault, from, to, since: world.now });
}

export function heal(world: World, pairs: readonly [ServerId, ServerId][] | null, emit: Emit): void {
  const gone = world.network.cuts.filter(({ from, to }) => pairs === null || pairs.some(([a, b]) => a === from && b === to));
  release(world, gone, emit);
}

/** Takes cuts away, and tells of each fault of which nothing is left. */
function release(world: World, gone: readonly Cut[], emit: Emit): void {
  const rest = world.network.cuts.filter((one) => !gone.includes(one));
  world.network.cuts = rest;
  const over = new Set<string>();
  for (const one of gone) {
    releaseStalled(world, one);
    if (!rest.some(({ fault, since }) => fault === one.fault && since === one.since)) over.add(one.fault);
  }
  for (const fault of over) tellMended(world, `${fault} is over`, emit);
}

function tellMended(world: World, what: string, emit: Emit): void {
  emit({ at: world.now, server: 0, kind: 'mended', what });
}

/** Each server joins with odds of a half; its links are clogged from a moment in the first half of the time to one in the
 *  second half, drawn apart, so that they stop in one order and go on in another. With odds of a half the leader joins and
 *  is the last to thaw. Source: FoundationDB's RandomClogging, adapted. */
export function swizzle(world: World, duration: Micros, emit: Emit): void {
  const half = Math.floor(duration / 2);
  const leader = leaderOf(world);
  const last = leader !== 0 && world.fate.chance(500_000) ? leader : 0;
  const joined = world.scenario.servers.filter((id) => id === last || world.fate.chance(500_000));
  tellFault(world, 'swizzle', `swizzle-clog ${names(joined)}`, emit);
  for (const id of joined) {
    const from = world.fate.below(half + 1);
    const until = id === last ? duration : half + world.fate.below(half);
    world.queue.push(world.now + from, { kind: 'clogAll', server: id, duration: until - from });
  }
}

export function clogAll(world: World, id: ServerId, duration: Micros): void {
  for (const peer of world.scenario.servers) {
    if (peer === id) continue;
    cutFor(world, 'swizzle', id, peer, duration);
    cutFor(world, 'swizzle', peer, id, duration);
  }
}

export function reset(world: World, pairs: readonly [ServerId, ServerId][], noticed: 'both' | 'first' | 'second' | 'drawn', emit: Emit): void {
  tellFault(world, 'reset', `reset ${arrows(pairs)}`, emit);
  for (const [a, b] of pairs)
    for (const connection of world.network.connections.values()) {
      const first = connection.ends[0] === a && connection.ends[1] === b ? 0 : connection.ends[0] === b && connection.ends[1] === a ? 1 : -1;
      if (first < 0 || !connection.open[0] || !connection.open[1]) continue;
      landed(world, a, 'reset', emit);
      const drawn = drawNotices(world, a, b);
      const [x, y] = noticed === 'drawn' ? drawn : [drawn[0] ?? 0, drawn[1] ?? 0];
      const ofFirst = noticed === 'second' ? null : x;
      const ofSecond = noticed === 'first' ? null : y;
      const notices: [Micros | null, Micros | null] = first === 0 ? [ofFirst, ofSecond] : [ofSecond, ofFirst];
      world.queue.push(world.now, { kind: 'reset', connection: connection.id, notices, why: 'connection reset' });
    }
}

// ── disks and clocks

function onMachines(world: World, action: Of<'diskFull' | 'diskMended' | 'diskFail' | 'diskStall' | 'diskSlow' | 'wipe' | 'editEpoch' | 'drift'>, emit: Emit): void {
  const ids = [...new Set(action.servers.flatMap((one) => resolve(world, one)))];
  if (action.kind === 'diskMended') tellMended(world, `the disk of ${names(ids)} is mended`, emit);
  else tellFault(world, action.kind, `${action.kind} ${names(ids)}${detailOf(action)}`, emit);
  for (const id of ids) onMachine(world, hostOf(world, id), action, emit);
}

function detailOf(action: Of<'diskFull' | 'diskMended' | 'diskFail' | 'diskStall' | 'diskSlow' | 'wipe' | 'editEpoch' | 'drift'>): string {
  switch (action.kind) {
    case 'drift':
      return ` by ${action.ppm} ppm`;
    case 'diskStall':
      return ` for ${action.duration / SECOND} s`;
    case 'diskFail':
      return `: ${action.op}, ${action.times} times`;
    case 'editEpoch':
      return `: ${action.file} := ${action.epoch}`;
    default:
      return '';
  }
}

function onMachine(world: World, host: Host, action: Of<'diskFull' | 'diskMended' | 'diskFail' | 'diskStall' | 'diskSlow' | 'wipe' | 'editEpoch' | 'drift'>, emit: Emit): void {
  const { device, storage } = host;
  switch (action.kind) {
    case 'diskFull':
      device.full = true;
      host.pending.add('diskFull');
      return;
    case 'diskMended':
      mend(world, host);
      return;
    case 'diskFail':
      device.failNext[action.op] += action.times;
      host.pending.add('diskFail');
      return;
    case 'diskStall':
      stall(world, host, action.duration, emit);
      return;
    case 'diskSlow':
      device.sync = action.sync;
      host.pending.add('diskSlow');
      return;
    case 'wipe':
      if (host.server !== null) return;
      storage.acceptedEpoch = null;
      storage.currentEpoch = null;
      storage.updatingEpoch = null;
      storage.logs.length = 0;
      storage.snapshots.length = 0;
      landed(world, host.id, 'wipe', emit);
      return;
    case 'editEpoch':
      if (host.server !== null) return;
      storage[action.file] = action.epoch;
      landed(world, host.id, 'editEpoch', emit);
      return;
    case 'drift':
      host.driftPpm = action.ppm;
      landed(world, host.id, 'drift', emit);
      return;
  }
}

/** Nothing that is under way, or begins meanwhile, ends before the stall is over. */
export function stall(world: World, host: Host, duration: Micros, emit: Emit): void {
  const until = Math.max(world.now, host.device.busyUntil) + duration;
  host.device.busyUntil = until;
  if (host.device.inflight.length > 0) landed(world, host.id, 'diskStall', emit);
  host.device.stalledUntil = Math.max(host.device.stalledUntil, world.now + duration);
}

export function mend(world: World, host: Host): void {
  host.device.full = false;
  host.device.failNext.log = 0;
  host.device.failNext.epoch = 0;
  host.device.failNext.snapshot = 0;
  host.device.sync = world.scenario.disk.sync;
  endStall(world, host);
}

// ── clients

const CALLS: Record<Of<'write' | 'read' | 'sync' | 'failingWrite' | 'openSession' | 'closeSession'>['kind'], CallOp> = {
  write: 'write',
  read: 'read',
  sync: 'sync',
  failingWrite: 'error',
  openSession: 'createSession',
  closeSession: 'closeSession',
};

function onClient(world: World, action: Of<'write' | 'read' | 'sync' | 'failingWrite' | 'openSession' | 'closeSession'>, emit: Emit): void {
  const client = world.clients.find(({ model }) => model.name === action.client);
  if (client === undefined) return;
  const [server] = action.server === null ? [] : resolve(world, action.server);
  if (server !== undefined) moveTo(world, client, server, emit);
  for (let i = 0; i < action.times; i++)
    invoke(world, client, { op: CALLS[action.kind], key: action.key, value: action.value + i }, emit);
}

// ── the end of a fault

export function undoAfter(world: World, after: Micros, undo: Undo): void {
  world.queue.push(world.now + after, { kind: 'undo', undo });
}

export function undo(world: World, what: Undo, emit: Emit): void {
  switch (what.kind) {
    case 'uncut': {
      const { fault, from, to, since } = what;
      const at = world.network.cuts.find((one) => one.fault === fault && one.from === from && one.to === to && one.since === since);
      if (at !== undefined) release(world, [at], emit);
      return;
    }
    case 'resume':
      resume(world, hostOf(world, what.server), emit);
      return;
    case 'start':
      start(world, hostOf(world, what.server));
      return;
    case 'fastCpu':
      hostOf(world, what.server).perEvent = 0;
      tellMended(world, `the CPU of S${what.server} is fast again`, emit);
      return;
  }
}

/** From here on there is no new fault: every link is healed, every process runs, every disk is mended. */
export function calmDown(world: World, emit: Emit): void {
  world.calm = true;
  world.network.calm = true;
  emit({ at: world.now, server: 0, kind: 'calm' });
  heal(world, null, emit);
  world.network.slow.length = 0;
  for (const id of world.scenario.servers) {
    const host = hostOf(world, id);
    host.perEvent = 0;
    mend(world, host);
    resume(world, host, emit);
    start(world, host);
  }
}

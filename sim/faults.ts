import { unreachable } from './assert.ts';
import { callOpOf, keyOf, type CallOp } from './clients/call.ts';
import { strikePacket } from './chosen-packet.ts';
import { onClientFault, resumeClient } from './client-faults.ts';
import { addAuth, invoke, moveTo } from './clients/client.ts';
import { crash, endProcess, start, stop } from './lifecycle.ts';
import { HARMLESS } from './harmless.ts';
import { landed } from './landing.ts';
import { endStall } from './disk.ts';
import { heal, onNetwork, release, tellMended } from './network-faults.ts';
import { hostOf, pause, resume } from './processes.ts';
import { syncOf, type Action, type Step } from './scenario.ts';
import { SECOND, type Micros } from './time.ts';
import { resolve } from './timeline.ts';
import type { Emit } from './trace.ts';
import type { ServerId } from './zab/sets.ts';
import type { Host, Undo, World } from './world-state.ts';

/** What a step of the timeline, or chaos, does to the world. */

type Of<K extends Action['kind']> = Extract<Action, { kind: K }>;

/** Takes a step of the timeline, unless it is a fault whose moment comes only after the calm; a start is none by then. */
export function takeStep(world: World, index: number, emit: Emit): void {
  const step: Step = world.timeline.steps[index]!;
  if (world.calm && step.action.kind !== 'start' && !HARMLESS.has(step.action.kind)) return;
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
    case 'dropMessage':
    case 'delayMessage':
      strikePacket(world, action, emit);
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
    case 'request':
    case 'addAuth':
      onTree(world, action, emit);
      return;
    case 'pauseClient':
    case 'resumeClient':
    case 'killClient':
    case 'startClient':
    case 'cutClient':
    case 'healClient':
      onClientFault(world, action, emit);
      return;
    case 'chaos':
      tellFault(world, 'chaos', `chaos for ${action.duration / SECOND} s: ${action.faults.join(', ')}`, emit);
      world.queue.push(world.now, { kind: 'chaos', step, until: world.now + action.duration, struck: false });
      return;
    default:
      unreachable(action);
  }
}

export function tellFault(world: World, fault: string, what: string, emit: Emit): void {
  emit({ at: world.now, server: 0, kind: 'fault', fault, what });
}

export function names(ids: readonly ServerId[]): string {
  return ids.map((id) => `S${id}`).join(', ') || 'nobody';
}

// ── processes

function onProcesses(
  world: World,
  action: Of<'start' | 'kill' | 'stop' | 'crash' | 'pause' | 'resume' | 'slowCpu'>,
  emit: Emit,
): void {
  const ids = [...new Set(action.servers.flatMap((one) => resolve(world, one)))];
  if (action.kind !== 'start' && action.kind !== 'resume')
    tellFault(world, action.kind, `${action.kind} ${names(ids)}`, emit);
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

// ── disks and clocks

function onMachines(
  world: World,
  action: Of<'diskFull' | 'diskMended' | 'diskFail' | 'diskStall' | 'diskSlow' | 'wipe' | 'editEpoch' | 'drift'>,
  emit: Emit,
): void {
  const ids = [...new Set(action.servers.flatMap((one) => resolve(world, one)))];
  if (action.kind === 'diskMended') tellMended(world, `the disk of ${names(ids)} is mended`, emit);
  else tellFault(world, action.kind, `${action.kind} ${names(ids)}${detailOf(action)}`, emit);
  for (const id of ids) onMachine(world, hostOf(world, id), action, emit);
}

function detailOf(
  action: Of<'diskFull' | 'diskMended' | 'diskFail' | 'diskStall' | 'diskSlow' | 'wipe' | 'editEpoch' | 'drift'>,
): string {
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

function onMachine(
  world: World,
  host: Host,
  action: Of<'diskFull' | 'diskMended' | 'diskFail' | 'diskStall' | 'diskSlow' | 'wipe' | 'editEpoch' | 'drift'>,
  emit: Emit,
): void {
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
  host.device.sync = syncOf(world.scenario.disk, host.id);
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

function onClient(
  world: World,
  action: Of<'write' | 'read' | 'sync' | 'failingWrite' | 'openSession' | 'closeSession'>,
  emit: Emit,
): void {
  const client = world.clients.find(({ model }) => model.name === action.client);
  if (client === undefined) return;
  const [server] = action.server === null ? [] : resolve(world, action.server);
  if (server !== undefined) moveTo(world, client, server, emit);
  for (let i = 0; i < action.times; i++)
    invoke(world, client, { op: CALLS[action.kind], key: action.key, value: action.value + i }, emit);
}

function onTree(world: World, action: Of<'request' | 'addAuth'>, emit: Emit): void {
  const client = world.clients.find(({ model }) => model.name === action.client);
  if (client === undefined) return;
  const [server] = action.server === null ? [] : resolve(world, action.server);
  if (server !== undefined) moveTo(world, client, server, emit);
  if (action.kind === 'addAuth') {
    addAuth(world, client, action, emit);
    return;
  }
  const { operation, times } = action;
  const asked = { op: callOpOf(operation), key: keyOf(operation), value: 0, operation };
  for (let i = 0; i < times; i++) invoke(world, client, asked, emit);
}

// ── the end of a fault

export function undoAfter(world: World, after: Micros, undo: Undo): void {
  world.queue.push(world.now + after, { kind: 'undo', undo });
}

export function undo(world: World, what: Undo, emit: Emit): void {
  switch (what.kind) {
    case 'uncut': {
      const { fault, from, to, since } = what;
      const at = world.network.cuts.find(
        (one) => one.fault === fault && one.from === from && one.to === to && one.since === since,
      );
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
  world.network.traps.length = 0;
  for (const id of world.scenario.servers) {
    const host = hostOf(world, id);
    host.perEvent = 0;
    mend(world, host);
    resume(world, host, emit);
    start(world, host);
  }
  for (const client of world.clients) resumeClient(world, client, emit);
}

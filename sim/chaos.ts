import { act, stall, undoAfter } from './faults.ts';
import { cut, cutFor, isolate, reset, swizzle } from './network-faults.ts';
import { landed } from './landing.ts';
import { hostOf } from './processes.ts';
import type { Action, ChaosFault } from './scenario.ts';
import { MS, SECOND, type Micros } from './time.ts';
import { leaderOf } from './timeline.ts';
import type { Emit } from './trace.ts';
import type { ServerId } from './zab/sets.ts';
import type { Event, World } from './world-state.ts';

/** Random faults, one after the other, each bounded and undone. */

/** A clock drifts by so much at most, either way. */
export const CHAOS_DRIFT_PPM = 100_000;

/** How long a fault of chaos lasts: long enough for timeouts of a few ticks to run out, or just a moment. */
function drawDuration(world: World): Micros {
  const { tickTime, syncLimit } = world.scenario.settings;
  const long = tickTime * syncLimit * MS * 2;
  return world.fate.chance(400_000)
    ? world.fate.between([10 * MS, 300 * MS])
    : world.fate.between([300 * MS, Math.max(long, SECOND)]);
}

export function chaosStrikes(world: World, event: Event & { kind: 'chaos' }, emit: Emit): void {
  const action = world.timeline.steps[event.step]!.action as Extract<Action, { kind: 'chaos' }>;
  if (world.calm || world.now >= event.until) return;
  const fault = action.faults[world.fate.below(action.faults.length)];
  if (fault !== undefined) strike(world, fault, emit);
  if (!event.struck) landed(world, 0, 'chaos', emit);
  // Uniform in twice the mean: integers need no logarithm.
  world.queue.push(world.now + 1 + world.fate.gap(2 * action.meanGap), {
    kind: 'chaos',
    step: event.step,
    until: event.until,
    struck: true,
  });
}

function strike(world: World, fault: ChaosFault, emit: Emit): void {
  const { servers } = world.scenario;
  const one = servers[world.fate.below(servers.length)]!;
  const leader = leaderOf(world);
  const target = leader !== 0 && world.fate.chance(400_000) ? leader : one;
  const peer = servers[world.fate.below(servers.length)]!;
  const duration = drawDuration(world);
  switch (fault) {
    case 'kill':
      strikes(world, { kind: 'kill', servers: [target], unsent: world.fate.chance(500_000) }, emit);
      restartAfter(world, target, duration);
      return;
    case 'crash':
      strikes(world, { kind: 'crash', servers: [target], keep: null, torn: false }, emit);
      restartAfter(world, target, duration);
      return;
    case 'pause':
      strikes(world, { kind: 'pause', servers: [target] }, emit);
      note(world, { kind: 'resume', servers: [target] }, duration);
      undoAfter(world, duration, { kind: 'resume', server: target, life: hostOf(world, target).life });
      return;
    case 'partition':
      split(world, duration, emit);
      return;
    case 'isolateLeader':
      if (leader !== 0) isolateFor(world, leader, duration, emit);
      return;
    case 'oneWay':
      if (target === peer) return;
      emit({ at: world.now, server: 0, kind: 'fault', fault: 'oneWay', what: `S${target} cannot reach S${peer}` });
      cutFor(world, 'oneWay', target, peer, duration);
      note(world, { kind: 'cut', pairs: [[target, peer]], oneWay: true, planes: ['election', 'quorum'] });
      note(world, { kind: 'heal', pairs: [[target, peer]] }, duration);
      return;
    case 'clog':
      if (target !== peer)
        strikes(world, { kind: 'clog', pairs: [[target, peer]], oneWay: world.fate.chance(500_000), duration }, emit);
      return;
    case 'swizzle':
      swizzle(world, duration, emit);
      return;
    case 'reset':
      if (target === peer) return;
      reset(world, [[target, peer]], 'drawn', emit);
      note(world, { kind: 'reset', pairs: [[target, peer]], noticed: 'both' });
      return;
    case 'diskStall':
      emit({ at: world.now, server: 0, kind: 'fault', fault: 'diskStall', what: `the disk of S${target} stalls` });
      stall(world, hostOf(world, target), duration, emit);
      note(world, { kind: 'diskStall', servers: [target], duration });
      return;
    case 'slowLink':
      if (target !== peer)
        strikes(world, { kind: 'slowLink', pairs: [[target, peer]], extra: [MS, 200 * MS], duration }, emit);
      return;
    case 'slowCpu':
      strikes(world, { kind: 'slowCpu', servers: [target], perEvent: world.fate.between([MS, 20 * MS]) }, emit);
      note(world, { kind: 'slowCpu', servers: [target], perEvent: 0 }, duration);
      undoAfter(world, duration, { kind: 'fastCpu', server: target, life: 0 });
      return;
    case 'drift':
      strikes(
        world,
        { kind: 'drift', servers: [target], ppm: world.fate.between([0, 2 * CHAOS_DRIFT_PPM]) - CHAOS_DRIFT_PPM },
        emit,
      );
      return;
    case 'restartAll':
      for (const id of servers) {
        strikes(
          world,
          world.fate.chance(500_000)
            ? { kind: 'kill', servers: [id], unsent: true }
            : { kind: 'crash', servers: [id], keep: null, torn: false },
          emit,
        );
        restartAfter(world, id, world.fate.between([10 * MS, SECOND]));
      }
  }
}

function strikes(world: World, action: Action, emit: Emit): void {
  note(world, action);
  act(world, action, -1, emit);
}

/** Tells whoever asks what a timeline would have to say for the same, `after` from now. */
function note(world: World, action: Action, after: Micros = 0): void {
  world.struck?.push({ moment: { kind: 'at', at: world.now + after }, label: null, action });
}

function restartAfter(world: World, server: ServerId, after: Micros): void {
  note(world, { kind: 'start', servers: [server] }, after);
  undoAfter(world, after, { kind: 'start', server, life: 0 });
}

function isolateFor(world: World, id: ServerId, duration: Micros, emit: Emit): void {
  isolate(world, [id], 'isolateLeader', emit);
  note(world, { kind: 'isolate', servers: [id] });
  const links = world.scenario.servers.filter((peer) => peer !== id).map((peer): [ServerId, ServerId] => [id, peer]);
  note(world, { kind: 'heal', pairs: links }, duration);
  for (const peer of world.scenario.servers) {
    if (peer === id) continue;
    undoAfter(world, duration, { kind: 'uncut', fault: 'isolateLeader', from: id, to: peer, since: world.now });
    undoAfter(world, duration, { kind: 'uncut', fault: 'isolateLeader', from: peer, to: id, since: world.now });
  }
}

/** Every server falls into one of two groups. */
function split(world: World, duration: Micros, emit: Emit): void {
  const { servers } = world.scenario;
  const left = servers.filter(() => world.fate.chance(500_000));
  emit({
    at: world.now,
    server: 0,
    kind: 'fault',
    fault: 'partition',
    what: `partition {${left.join(', ')}} from the rest`,
  });
  const right = servers.filter((id) => !left.includes(id));
  if (left.length > 0 && right.length > 0) {
    note(world, { kind: 'partition', groups: [left, right] });
    note(
      world,
      { kind: 'heal', pairs: left.flatMap((from) => right.map((to): [ServerId, ServerId] => [from, to])) },
      duration,
    );
  }
  for (const from of servers)
    for (const to of servers) {
      if (left.includes(from) === left.includes(to)) continue;
      cut(world, 'partition', from, to, ['election', 'quorum']);
      undoAfter(world, duration, { kind: 'uncut', fault: 'partition', from, to, since: world.now });
    }
}

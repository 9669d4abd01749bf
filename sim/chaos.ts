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
      act(world, { kind: 'kill', servers: [target], unsent: world.fate.chance(500_000) }, -1, emit);
      restartAfter(world, target, duration);
      return;
    case 'crash':
      act(world, { kind: 'crash', servers: [target], keep: null, torn: false }, -1, emit);
      restartAfter(world, target, duration);
      return;
    case 'pause':
      act(world, { kind: 'pause', servers: [target] }, -1, emit);
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
      return;
    case 'clog':
      if (target !== peer)
        act(world, { kind: 'clog', pairs: [[target, peer]], oneWay: world.fate.chance(500_000), duration }, -1, emit);
      return;
    case 'swizzle':
      swizzle(world, duration, emit);
      return;
    case 'reset':
      if (target !== peer) reset(world, [[target, peer]], 'drawn', emit);
      return;
    case 'diskStall':
      emit({ at: world.now, server: 0, kind: 'fault', fault: 'diskStall', what: `the disk of S${target} stalls` });
      stall(world, hostOf(world, target), duration, emit);
      return;
    case 'slowLink':
      if (target !== peer)
        act(world, { kind: 'slowLink', pairs: [[target, peer]], extra: [MS, 200 * MS], duration }, -1, emit);
      return;
    case 'slowCpu':
      act(world, { kind: 'slowCpu', servers: [target], perEvent: world.fate.between([MS, 20 * MS]) }, -1, emit);
      undoAfter(world, duration, { kind: 'fastCpu', server: target, life: 0 });
      return;
    case 'drift':
      act(world, { kind: 'drift', servers: [target], ppm: world.fate.between([0, 200_000]) - 100_000 }, -1, emit);
      return;
    case 'restartAll':
      for (const id of servers) {
        act(
          world,
          world.fate.chance(500_000)
            ? { kind: 'kill', servers: [id], unsent: true }
            : { kind: 'crash', servers: [id], keep: null, torn: false },
          -1,
          emit,
        );
        restartAfter(world, id, world.fate.between([10 * MS, SECOND]));
      }
  }
}

function restartAfter(world: World, server: ServerId, after: Micros): void {
  undoAfter(world, after, { kind: 'start', server, life: 0 });
}

function isolateFor(world: World, id: ServerId, duration: Micros, emit: Emit): void {
  isolate(world, [id], 'isolateLeader', emit);
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
  for (const from of servers)
    for (const to of servers) {
      if (left.includes(from) === left.includes(to)) continue;
      cut(world, 'partition', from, to, ['election', 'quorum']);
      undoAfter(world, duration, { kind: 'uncut', fault: 'partition', from, to, since: world.now });
    }
}

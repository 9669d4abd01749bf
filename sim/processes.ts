import { assert } from './assert.ts';
import { step } from './zab/server.ts';
import type { Effect, Input, TimerKind } from './zab/effects.ts';
import type { ServerId } from './zab/sets.ts';
import { present } from './assert.ts';
import { MS, type Micros } from './time.ts';
import type { Host, World } from './world-state.ts';
import type { Emit } from './trace.ts';
import { landOnce } from './landing.ts';
import { perform } from './perform.ts';
import { noteClosed } from './wires.ts';

/** Processes: whose turn it is, whose clock runs, and what waits while a process is paused or its CPU is slow. */

/** The low four bits of a timer's key. */
const TIMER_CODES: Readonly<Record<TimerKind, number>> = {
  poll: 0,
  connect: 1,
  read: 2,
  leaderWait: 3,
  tick: 4,
  startup: 5,
  handlerWait: 6,
  handlerRead: 7,
  observerDelay: 8,
  expiry: 9,
  session: 10,
  due: 11,
};

const TIMERS = Object.keys(TIMER_CODES) as readonly TimerKind[];

/** A drained backlog goes on after so long: a process needs a moment for each thing it finds when it wakes. */
const PER_BACKLOG_ITEM: Micros = 5;

export function hostOf(world: World, id: ServerId): Host {
  return present(world.hosts[id], 'a server id names a host');
}

/** Gives a server something to do, or lets it wait behind what the process has not come to yet. */
export function give(world: World, host: Host, input: Input, emit: Emit): void {
  if (host.server === null) return;
  if (host.paused || host.draining || host.perEvent > 0) {
    host.backlog.push(input);
    if (host.paused) landOnce(world, host, 'pause', emit);
    else if (!host.draining) scheduleDrain(world, host, host.perEvent);
    if (host.perEvent > 0) landOnce(world, host, 'slowCpu', emit);
    return;
  }
  run(world, host, input, emit);
}

function run(world: World, host: Host, input: Input, emit: Emit): void {
  const { server } = host;
  if (server === null || (input.kind === 'closed' && !noteClosed(world, host.id, input.connection, emit))) return;
  server.wallMs = Math.floor((world.now + host.clockOffset) / MS);
  const effects: Effect[] = step(server, input);
  perform(world, host, effects, emit);
}

function scheduleDrain(world: World, host: Host, after: Micros): void {
  host.draining = true;
  world.queue.push(world.now + after, { kind: 'drain', server: host.id, life: host.life });
}

/** The process comes to the next thing that waits: first what arrived, in order, and only then the timers that ran out. */
export function drain(world: World, host: Host, emit: Emit): void {
  if (host.paused || host.server === null) {
    host.draining = false;
    return;
  }
  // A slow process never comes to the end of its backlog: there the timers, which are few, must not wait for that.
  const first = host.perEvent > 0 ? host.overdue.shift() : undefined;
  const input = first === undefined ? host.backlog.shift() : undefined;
  if (input !== undefined) run(world, host, input, emit);
  else {
    const due = first ?? host.overdue.shift();
    if (due !== undefined) fire(world, host, due.key, due.version, emit);
  }
  host.draining = false;
  if (host.server !== null && !host.paused && (host.backlog.size > 0 || host.overdue.length > 0))
    scheduleDrain(world, host, Math.max(host.perEvent, PER_BACKLOG_ITEM));
}

export function pause(world: World, host: Host, emit: Emit): void {
  if (host.server === null || host.paused) return;
  host.paused = true;
  host.pending.add('pause');
  emit({ at: world.now, server: host.id, kind: 'paused' });
}

/** The process wakes: what its sockets hold is read before it notices which of its timeouts have run out. */
export function resume(world: World, host: Host, emit: Emit): void {
  if (!host.paused) return;
  host.paused = false;
  host.pending.delete('pause');
  emit({ at: world.now, server: host.id, kind: 'resumed' });
  if (!host.draining && (host.backlog.size > 0 || host.overdue.length > 0)) scheduleDrain(world, host, 0);
}

// ── timers, on the server's own clock

function keyOf(timer: TimerKind, arg: number): number {
  return arg * 16 + TIMER_CODES[timer];
}

/** How long a duration on the server's clock takes in the world. */
function inWorldTime(host: Host, after: Micros): Micros {
  return host.driftPpm === 0 ? after : Math.max(0, Math.round((after * 1_000_000) / (1_000_000 + host.driftPpm)));
}

/** Setting a timer to a later moment costs nothing: the event that is already queued finds out when it comes up. */
export function setTimer(world: World, host: Host, effect: { timer: TimerKind; arg: number; after: Micros }): void {
  const deadline = world.now + inWorldTime(host, effect.after);
  const key = keyOf(effect.timer, effect.arg);
  const timer = host.timers.get(key);
  if (timer !== undefined) {
    timer.deadline = deadline;
    if (timer.queuedAt <= deadline) return;
    timer.version = ++host.timerVersions;
    timer.queuedAt = deadline;
    world.queue.push(deadline, { kind: 'timer', server: host.id, life: host.life, key, version: timer.version });
    return;
  }
  const version = ++host.timerVersions;
  host.timers.set(key, { deadline, queuedAt: deadline, version });
  world.queue.push(deadline, { kind: 'timer', server: host.id, life: host.life, key, version });
}

export function clearTimer(host: Host, timer: TimerKind, arg: number): void {
  host.timers.delete(keyOf(timer, arg));
}

export function timerDue(world: World, host: Host, key: number, version: number, emit: Emit): void {
  const timer = host.timers.get(key);
  if (timer === undefined || timer.version !== version) return;
  if (host.paused || host.draining || host.perEvent > 0) {
    host.overdue.push({ key, version });
    if (!host.paused && !host.draining) scheduleDrain(world, host, host.perEvent);
    return;
  }
  fire(world, host, key, version, emit);
}

function fire(world: World, host: Host, key: number, version: number, emit: Emit): void {
  const timer = host.timers.get(key);
  if (timer === undefined || timer.version !== version) return;
  if (timer.deadline > world.now) {
    timer.queuedAt = timer.deadline;
    world.queue.push(timer.deadline, { kind: 'timer', server: host.id, life: host.life, key, version });
    return;
  }
  host.timers.delete(key);
  const kind = TIMERS[key % 16];
  assert(kind !== undefined, 'a timer key holds its kind');
  run(world, host, { kind: 'fired', timer: kind, arg: Math.floor(key / 16) }, emit);
}

export function forgetProcess(host: Host): void {
  host.server = null;
  host.paused = false;
  host.draining = false;
  host.stopping = false;
  host.pending.delete('pause');
  host.backlog.clear();
  host.overdue.length = 0;
  host.timers.clear();
}

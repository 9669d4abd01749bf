import { connect, cutOn, latency, type Endpoint } from './network.ts';
import { give } from './processes.ts';
import { SECOND, type Micros } from './time.ts';
import type { Emit } from './trace.ts';
import { closeEnd, establish, hear, isAlive, tellLanded } from './wires.ts';
import type { Plane } from './zab/effects.ts';
import { listens } from './zab/server.ts';
import type { ServerId } from './zab/sets.ts';
import type { Event, World } from './world-state.ts';

/** How a connection comes to be: a SYN that arrives, is refused, or finds nobody; and its answer. */

/** TCP tries a connection again after one second, two, four. */
const SYN_RETRY: Micros = SECOND;

export function dial(
  world: World,
  from: Endpoint,
  plane: Plane,
  to: ServerId,
  options: { life: number; timeout: Micros },
): void {
  const { life, timeout } = options;
  const deadline = world.now + timeout;
  world.queue.push(world.now + latency(world.network, from, to, world.now), {
    kind: 'syn',
    plane,
    from,
    to,
    life,
    deadline,
    attempt: 0,
  });
}

export function synArrives(world: World, event: Event & { kind: 'syn' }, emit: Emit): void {
  const { plane, from, to, life, deadline, attempt } = event;
  const host = world.hosts[to];
  const cut = cutOn(world.network, from, to, plane);
  if (cut !== undefined || host === null || host === undefined || !host.powered) {
    if (cut !== undefined) tellLanded(world, cut, emit);
    retry(world, { kind: 'syn', plane, from, to, life, deadline, attempt: attempt + 1 }, { from, to, plane, life });
    return;
  }
  if (host.server === null || !listens(host.server, plane)) {
    const at = world.now + latency(world.network, to, from, world.now);
    const why = cutOn(world.network, to, from, plane) === undefined ? 'refused' : 'timeout';
    world.queue.push(why === 'refused' ? at : deadline, { kind: 'dialFailed', plane, from, to, life, why });
    return;
  }
  const connection = connect(world.network, plane, from, to);
  emit({ at: world.now, server: to, kind: 'connected', plane, connection: connection.id, peer: from, why: 'accepted' });
  const at = world.now + latency(world.network, to, from, world.now);
  // Nothing that the acceptor sends overtakes the answer to the dial.
  connection.lastArrival[1] = at;
  world.queue.push(at, { kind: 'synAck', connection: connection.id, life, deadline, attempt: 0 });
  give(world, host, { kind: 'opened', plane, connection: connection.id, peer: from < 0 ? from : 0, ours: false }, emit);
}

export function synAckArrives(world: World, event: Event & { kind: 'synAck' }, emit: Emit): void {
  const connection = world.network.connections.get(event.connection);
  if (connection === undefined) return;
  const [from, to] = connection.ends;
  const { plane } = connection;
  const cut = cutOn(world.network, to, from, plane);
  if (cut !== undefined) {
    tellLanded(world, cut, emit);
    const next = { ...event, attempt: event.attempt + 1 };
    if (!retry(world, next, { from, to: to as ServerId, plane, life: event.life }))
      closeEnd(world, from, connection.id, emit);
    return;
  }
  if (!isAlive(world, from, event.life)) {
    closeEnd(world, from, connection.id, emit);
    return;
  }
  if (world.now > event.deadline) {
    // The dialer has given up on it, and has to know: it dials nobody twice at a time.
    closeEnd(world, from, connection.id, emit);
    hear(world, from, { kind: 'unreachable', plane, peer: to as ServerId, why: 'timeout' }, emit);
    return;
  }
  if (connection.dead) {
    // Reset before it was open: for the dialer it never was.
    closeEnd(world, from, connection.id, emit);
    hear(world, from, { kind: 'unreachable', plane, peer: to as ServerId, why: 'refused' }, emit);
    return;
  }
  establish(world, connection);
  emit({ at: world.now, server: from, kind: 'connected', plane, connection: connection.id, peer: to, why: 'dialled' });
  hear(world, from, { kind: 'opened', plane, connection: connection.id, peer: to, ours: true }, emit);
}

/** Tries again later, or fails the dial at its deadline. False if it was the last attempt. */
function retry(
  world: World,
  again: Event & { attempt: number; deadline: Micros },
  dialled: { from: Endpoint; to: ServerId; plane: Plane; life: number },
): boolean {
  const at = world.now + (SYN_RETRY << Math.min(again.attempt - 1, 6));
  if (at < again.deadline) {
    world.queue.push(at, again);
    return true;
  }
  world.queue.push(Math.max(again.deadline, world.now), { kind: 'dialFailed', ...dialled, why: 'timeout' });
  return false;
}

export function dialFailed(world: World, event: Event & { kind: 'dialFailed' }, emit: Emit): void {
  if (!isAlive(world, event.from, event.life)) return;
  hear(world, event.from, { kind: 'unreachable', plane: event.plane, peer: event.to, why: event.why }, emit);
}

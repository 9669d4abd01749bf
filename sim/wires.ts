import { present } from './assert.ts';
import { landed } from './landing.ts';
import {
  arrivalTime,
  cutOn,
  dispose,
  endOf,
  latency,
  mishapStream,
  other,
  retransmitDelay,
  snap,
  type Connection,
  type Cut,
  type Direction,
  type Endpoint,
  type Item,
  type Network,
} from './network.ts';
import { give } from './processes.ts';
import type { Micros } from './time.ts';
import type { Emit } from './trace.ts';
import { clientHears } from './clients/client.ts';
import type { ConnectionId, Input, Plane } from './zab/effects.ts';
import type { Message } from './zab/messages.ts';
import { epochOf, type Zxid } from './zab/zxid.ts';
import type { Event, World } from './world-state.ts';

/** What happens on the wires: sending, arriving, closing, resetting; and what a cut does to each. */

/** Odds, in ppm, that one end of a reset connection never learns of it. */
const NEVER_NOTICED = 125_000;

// ── sending and arriving

export function sendOn(world: World, from: Endpoint, id: ConnectionId, message: Message, emit: Emit): void {
  const connection = world.network.connections.get(id);
  if (connection === undefined) return;
  const direction = endOf(connection, from);
  if (!connection.open[direction]) return;
  const { network } = world;
  const to = connection.ends[other(direction)];
  emit({ at: world.now, server: from, kind: 'sent', plane: connection.plane, connection: id, peer: to, message });
  if (connection.dead) {
    // An end that has not noticed the reset learns of it when it sends: the answer is a RST.
    tellLost(world, connection, direction, { message, why: 'connection reset' }, emit);
    const at = world.now + latency(network, from, to, world.now) + latency(network, to, from, world.now);
    world.queue.push(at, { kind: 'broken', connection: id, end: direction, why: 'reset by the other end' });
    return;
  }
  const trap = network.traps.length === 0 ? undefined : snap(network, from, to, message.kind);
  if (trap !== undefined) landed(world, from, trap.fault, emit);
  const extra = trap?.duration ?? 0;
  if (trap?.fault === 'dropMessage') {
    if (isLostAlone(network, connection.plane, message))
      tellLost(world, connection, direction, { message, why: 'dropped' }, emit);
    else sendToItsReset(world, connection, direction, message);
    return;
  }
  if (isDatagram(network, connection.plane)) {
    sendDatagram(world, connection, direction, message, extra);
    return;
  }
  if (
    from > 0 &&
    to > 0 &&
    network.model.resetPpm > 0 &&
    !network.calm &&
    mishapStream(network, from, to).chance(network.model.resetPpm)
  ) {
    sendToItsReset(world, connection, direction, message);
    return;
  }
  put(world, connection, direction, message, extra);
}

/** Packets of this plane travel by themselves. */
export function isDatagram(network: Network, plane: Plane): boolean {
  return plane === 'quorum' && network.model.assumption === 'datagram' && !network.calm;
}

/** True if losing this packet leaves its connection whole. Votes are sent again by and by, and the newest replaces what
 *  waits: their loss is nothing new to ZooKeeper. */
export function isLostAlone(network: Network, plane: Plane, message: Message): boolean {
  return message.kind === 'NOTIFICATION' || isDatagram(network, plane);
}

/** The packet never arrives: where it should have, the connection is reset. */
function sendToItsReset(world: World, connection: Connection, direction: Direction, message: Message): void {
  const at = arrivalTime(world.network, connection, direction, world.now);
  connection.flights[direction].push(message);
  const notices = drawNotices(world, connection.ends[direction], connection.ends[other(direction)]);
  world.queue.push(at, { kind: 'reset', connection: connection.id, notices, why: 'connection reset' });
}

/** A datagram travels by itself: it may be lost, come twice, or overtake another. */
function sendDatagram(
  world: World,
  connection: Connection,
  direction: Direction,
  message: Message,
  extra: Micros,
): void {
  const { network } = world;
  const from = connection.ends[direction];
  const to = connection.ends[other(direction)];
  const random = mishapStream(network, from, to);
  const copies = random.chance(network.model.lossPpm) ? 0 : random.chance(network.model.duplicatePpm) ? 2 : 1;
  for (let i = 0; i < copies; i++) {
    const at = world.now + latency(network, from, to, world.now) + extra;
    world.queue.push(at, { kind: 'datagram', connection: connection.id, direction, message });
  }
}

/** `extra`: how much later than the link would have it. */
function put(world: World, connection: Connection, direction: Direction, item: Item, extra: Micros = 0): void {
  if (connection.dead) return;
  connection.flights[direction].push(item);
  const at = arrivalTime(world.network, connection, direction, world.now) + extra;
  connection.lastArrival[direction] = at;
  world.queue.push(at, { kind: 'deliver', connection: connection.id, direction });
}

/** The next item of a direction arrives, or is held back by a cut until it is healed. */
export function deliver(world: World, id: ConnectionId, direction: Direction, emit: Emit): void {
  const connection = world.network.connections.get(id);
  if (connection === undefined) return;
  const from = connection.ends[direction];
  const to = connection.ends[other(direction)];
  const cut = cutOn(world.network, from, to, connection.plane);
  if (cut !== undefined) {
    if (connection.stalled[direction]++ === 0) connection.stalledSince[direction] = world.now;
    tellLanded(world, cut, emit);
    return;
  }
  if (direction === 1 && !connection.established) {
    connection.held++;
    return;
  }
  const item = connection.flights[direction].shift();
  if (item === undefined) return;
  arrive(world, connection, direction, item, emit);
}

/** The dialer has the answer: what came before it follows at once. */
export function establish(world: World, connection: Connection): void {
  connection.established = true;
  for (; connection.held > 0; connection.held--)
    world.queue.push(world.now, { kind: 'deliver', connection: connection.id, direction: 1 });
}

export function datagramArrives(world: World, event: Event & { kind: 'datagram' }, emit: Emit): void {
  const connection = world.network.connections.get(event.connection);
  if (connection === undefined) return;
  const [from, to] = [connection.ends[event.direction], connection.ends[other(event.direction)]];
  if (cutOn(world.network, from, to, connection.plane) !== undefined) return;
  arrive(world, connection, event.direction, event.message, emit);
}

function arrive(world: World, connection: Connection, direction: Direction, item: Item, emit: Emit): void {
  const far = other(direction);
  const from = connection.ends[direction];
  const to = connection.ends[far];
  if (!connection.open[far]) {
    nobodyThere(world, connection, direction, item, emit);
    dispose(world.network, connection);
    return;
  }
  if (item === 'FIN') {
    learnClosed(world, connection, far, 'closed by the other end', emit);
    return;
  }
  emit({
    at: world.now,
    server: to,
    kind: 'received',
    plane: connection.plane,
    connection: connection.id,
    peer: from,
    message: item,
  });
  hear(world, to, { kind: 'received', plane: connection.plane, connection: connection.id, message: item }, emit);
}

/** A message that its receiver will never read. */
export function tellLost(
  world: World,
  connection: Connection,
  direction: Direction,
  lost: { message: Message; why: string },
  emit: Emit,
): void {
  const { id, plane, ends } = connection;
  const { message, why } = lost;
  emit({
    at: world.now,
    server: ends[other(direction)],
    kind: 'lost',
    plane,
    connection: id,
    peer: ends[direction],
    message,
    why,
  });
}

/** Nobody holds the other end any more: the packet is void, and its sender is told so, if there is anybody to tell. */
function nobodyThere(world: World, connection: Connection, direction: Direction, item: Item, emit: Emit): void {
  const far = other(direction);
  const from = connection.ends[direction];
  const to = connection.ends[far];
  const host = to > 0 ? present(world.hosts[to], 'a server id names a host') : null;
  if (item !== 'FIN') {
    tellLost(world, connection, direction, { message: item, why: 'connection closed' }, emit);
    tellFenced(world, from, to, item, emit);
  }
  if (!connection.open[direction] || (connection.vanished[far] && host !== null && !host.powered)) return;
  const at = world.now + latency(world.network, to, from, world.now);
  world.queue.push(at, { kind: 'broken', connection: connection.id, end: direction, why: 'reset by the other end' });
}

/** A packet of an epoch that its receiver has left for a newer one finds the connection closed: the connection is the fence. */
function tellFenced(world: World, from: Endpoint, to: Endpoint, message: Message, emit: Emit): void {
  if (from < 0 || to < 0) return;
  const zxid = 'txn' in message ? message.txn.zxid : 'zxid' in message ? message.zxid : null;
  const held = world.hosts[to]?.storage.acceptedEpoch ?? 0;
  if (
    zxid === null ||
    message.kind === 'FOLLOWERINFO' ||
    message.kind === 'OBSERVERINFO' ||
    message.kind === 'ACKEPOCH'
  )
    return;
  const offered = epochOf(zxid as Zxid);
  if (offered >= held || offered === 0) return;
  const promise = world.promises.accepted[to] ?? -1;
  emit({
    at: world.now,
    server: to,
    kind: 'fenced',
    rule: 'connection-left-for-newer-epoch',
    against: from,
    held,
    offered,
    what: message.kind,
    promise,
  });
}

// ── closing

/** A process closes its end: nothing more reaches it, and the other end hears of it behind what is still under way. */
export function closeEnd(world: World, endpoint: Endpoint, id: ConnectionId, emit: Emit): void {
  const connection = world.network.connections.get(id);
  if (connection === undefined) return;
  const end = endOf(connection, endpoint);
  if (!connection.open[end]) return;
  connection.open[end] = false;
  emit({
    at: world.now,
    server: endpoint,
    kind: 'disconnected',
    plane: connection.plane,
    connection: id,
    peer: connection.ends[other(end)],
    why: 'closed',
  });
  if (connection.open[other(end)]) put(world, connection, end, 'FIN');
  if (!connection.open[other(end)] || connection.dead) dispose(world.network, connection);
}

/** One end is told that the connection is gone. Until its process has read that, it may go on sending into the void. */
function learnClosed(world: World, connection: Connection, end: Direction, why: string, emit: Emit): void {
  if (!connection.open[end]) return;
  connection.why = why;
  const endpoint = connection.ends[end];
  const input: Input = { kind: 'closed', plane: connection.plane, connection: connection.id };
  if (endpoint < 0 && noteClosed(world, endpoint, connection.id, emit)) clientHears(world, -1 - endpoint, input, emit);
  else if (endpoint > 0) give(world, present(world.hosts[endpoint], 'a server id names a host'), input, emit);
}

/** The process at this end has read that its connection is gone. False if it knew, or had closed it itself. */
export function noteClosed(world: World, endpoint: Endpoint, id: ConnectionId, emit: Emit): boolean {
  const connection = world.network.connections.get(id);
  if (connection === undefined) return false;
  const end = endOf(connection, endpoint);
  if (!connection.open[end]) return false;
  connection.open[end] = false;
  const { plane, why } = connection;
  emit({
    at: world.now,
    server: endpoint,
    kind: 'disconnected',
    plane,
    connection: id,
    peer: connection.ends[other(end)],
    why,
  });
  dispose(world.network, connection);
  return true;
}

export function breakEnd(world: World, event: Event & { kind: 'broken' }, emit: Emit): void {
  const connection = world.network.connections.get(event.connection);
  if (connection === undefined) return;
  // Whoever still dials learns it with the answer to the dial.
  if (event.end === 0 && !connection.established) return;
  const cut = cutOn(world.network, connection.ends[other(event.end)], connection.ends[event.end], connection.plane);
  if (cut === undefined) learnClosed(world, connection, event.end, event.why, emit);
  else tellLanded(world, cut, emit);
}

/** The connection is gone, with the tail of what was under way; its ends notice when they notice. */
export function resetConnection(world: World, event: Event & { kind: 'reset' }, emit: Emit): void {
  const connection = world.network.connections.get(event.connection);
  if (connection === undefined || connection.dead) return;
  connection.dead = true;
  loseFlights(world, connection, 0, event.why, emit);
  loseFlights(world, connection, 1, event.why, emit);
  for (const end of [0, 1] as const) {
    const after = event.notices[end];
    if (connection.open[end] && after !== null)
      world.queue.push(world.now + after, { kind: 'broken', connection: connection.id, end, why: event.why });
  }
}

/** Everything that is under way in one direction will never arrive. */
export function loseFlights(world: World, connection: Connection, direction: Direction, why: string, emit: Emit): void {
  for (const item of connection.flights[direction].list()) {
    if (item === 'FIN') continue;
    tellLost(world, connection, direction, { message: item, why }, emit);
  }
  connection.flights[direction].clear();
  connection.stalled[direction] = 0;
}

/** The two ends notice at different times, or one of them never. */
export function drawNotices(world: World, from: Endpoint, to: Endpoint): [Micros | null, Micros | null] {
  const random = mishapStream(world.network, from, to);
  const notices: [Micros | null, Micros | null] = [
    random.between(world.scenario.network.latency),
    random.between(world.scenario.network.latency),
  ];
  if (random.chance(NEVER_NOTICED)) notices[random.below(2)] = null;
  return notices;
}

// ── healing

/** What was held back on a link is on its way again, in order. */
export function releaseStalled(world: World, cut: Cut): void {
  const { network } = world;
  for (const connection of network.connections.values()) {
    for (const direction of [0, 1] as const) {
      const from = connection.ends[direction];
      const to = connection.ends[other(direction)];
      if (
        connection.stalled[direction] === 0 ||
        from !== cut.from ||
        to !== cut.to ||
        cutOn(network, from, to, connection.plane)
      )
        continue;
      // What a clog held back arrives in a burst; what a cut lost is sent again by and by.
      const burst = cut.fault === 'clog' || cut.fault === 'swizzle';
      const delay = burst
        ? latency(network, from, to, world.now)
        : retransmitDelay(network, from, to, world.now - connection.stalledSince[direction]);
      const at = world.now + delay;
      connection.lastArrival[direction] = Math.max(connection.lastArrival[direction], at);
      for (; connection.stalled[direction] > 0; connection.stalled[direction]--)
        world.queue.push(at, { kind: 'deliver', connection: connection.id, direction });
    }
  }
}

// ── who is at an end

export function hear(world: World, endpoint: Endpoint, input: Input, emit: Emit): void {
  if (endpoint < 0) clientHears(world, -1 - endpoint, input, emit);
  else give(world, present(world.hosts[endpoint], 'a server id names a host'), input, emit);
}

export function isAlive(world: World, endpoint: Endpoint, life: number): boolean {
  if (endpoint < 0) return world.clients[-1 - endpoint]?.dial === life;
  const host = world.hosts[endpoint];
  return host !== null && host !== undefined && host.server !== null && host.life === life;
}

export function tellLanded(world: World, cut: Cut, emit: Emit): void {
  if (cut.landed) return;
  // One fault may cut many links: the first packet that is held back speaks for all.
  for (const one of world.network.cuts) if (one.fault === cut.fault && one.since === cut.since) one.landed = true;
  landed(world, cut.from, cut.fault, emit);
}

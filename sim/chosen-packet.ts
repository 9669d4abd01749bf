import { landed } from './landing.ts';
import type { Connection, Direction, Endpoint } from './network.ts';
import { tellFault } from './faults.ts';
import type { Action, End } from './scenario.ts';
import { resolve } from './timeline.ts';
import type { Micros } from './time.ts';
import type { Emit } from './trace.ts';
import { drawNotices, isLostAlone, tellLost } from './wires.ts';
import type { Message, MessageKind } from './zab/messages.ts';
import type { Event, World } from './world-state.ts';
import type { Waiting } from './queue.ts';

/** One packet, chosen by whoever writes the timeline, is dropped or comes late. */

type Strike = Extract<Action, { kind: 'dropMessage' | 'delayMessage' }>;

/** A packet under way. */
export interface UnderWay {
  readonly connection: Connection;
  readonly direction: Direction;
  readonly message: Message;
  /** Its place in the flight of its direction; -1: a datagram. */
  readonly place: number;
  /** The event that brings it; null while it is held back. */
  readonly arrival: Waiting<Event> | null;
}

export function strikePacket(world: World, action: Strike, emit: Emit): void {
  const from = endpointOf(world, action.from);
  const to = endpointOf(world, action.to);
  const { kind, message, nth } = action;
  tellFault(world, kind, wordsOf(action, from, to), emit);
  if (from === null || to === null || from === to) return;
  const chosen = underWay(world).filter((one) => isOn(one, from, to, message));
  const packet = chosen[nth - 1];
  const duration = kind === 'delayMessage' ? action.duration : 0;
  if (packet === undefined)
    world.network.traps.push({ fault: kind, from, to, message, left: nth - chosen.length, duration });
  else if (kind === 'dropMessage') drop(world, packet, emit);
  else delay(world, packet, duration, emit);
}

/** All packets under way, connection by connection, on each in the order in which they were sent. */
export function underWay(world: World): UnderWay[] {
  const arrivals = new Map<number, Waiting<Event>[]>();
  const datagrams: UnderWay[] = [];
  const { connections } = world.network;
  for (const waiting of world.queue.items()) {
    const { event } = waiting;
    if (event.kind === 'deliver') {
      const key = event.connection * 2 + event.direction;
      const list = arrivals.get(key);
      if (list === undefined) arrivals.set(key, [waiting]);
      else list.push(waiting);
    } else if (event.kind === 'datagram') {
      const connection = connections.get(event.connection);
      const { direction, message } = event;
      if (connection !== undefined) datagrams.push({ connection, direction, message, place: -1, arrival: waiting });
    }
  }
  const all: UnderWay[] = [];
  for (const connection of connections.values())
    for (const direction of [0, 1] as const) {
      // What is held back stands before all that still arrives.
      const held = connection.stalled[direction] + (direction === 1 ? connection.held : 0);
      const coming = arrivals.get(connection.id * 2 + direction);
      connection.flights[direction].list().forEach((message, place) => {
        if (message === 'FIN') return;
        all.push({ connection, direction, message, place, arrival: coming?.[place - held] ?? null });
      });
    }
  return [...all, ...datagrams];
}

/** True if the packet is of this kind, from this end to that one. */
export function isOn(
  { connection, direction, message }: UnderWay,
  from: Endpoint,
  to: Endpoint,
  kind: MessageKind,
): boolean {
  const { ends } = connection;
  return message.kind === kind && ends[direction] === from && ends[direction === 0 ? 1 : 0] === to;
}

function endpointOf(world: World, end: End): Endpoint | null {
  if (typeof end !== 'object') return resolve(world, end)[0] ?? null;
  const index = world.clients.findIndex(({ model }) => model.name === end.client);
  return index < 0 ? null : -1 - index;
}

function wordsOf(action: Strike, from: Endpoint | null, to: Endpoint | null): string {
  const name = (end: Endpoint | null): string => (end === null ? 'nobody' : end > 0 ? `S${end}` : `C${-end}`);
  const which = `${action.message} ${action.nth} ${name(from)}→${name(to)}`;
  return action.kind === 'dropMessage' ? `drop ${which}` : `delay ${which} by ${action.duration / 1000} ms`;
}

function drop(world: World, packet: UnderWay, emit: Emit): void {
  const { connection, direction, message, place, arrival } = packet;
  const from = connection.ends[direction];
  const to = connection.ends[direction === 0 ? 1 : 0];
  landed(world, from, 'dropMessage', emit);
  if (isLostAlone(world.network, connection.plane, message)) {
    if (place >= 0) takeOut(connection, direction, place);
    if (arrival !== null) world.queue.take(arrival.seq);
    else if (connection.stalled[direction] > 0) connection.stalled[direction]--;
    else if (connection.held > 0) connection.held--;
    tellLost(world, connection, direction, { message, why: 'dropped' }, emit);
    return;
  }
  // What was sent before it still arrives; it and all behind it do not.
  for (const { seq } of behind(world, packet)) world.queue.take(seq);
  const notices = drawNotices(world, from, to);
  const at = arrival?.at ?? world.now;
  world.queue.push(at, { kind: 'reset', connection: connection.id, notices, why: 'connection reset' });
}

function delay(world: World, packet: UnderWay, duration: Micros, emit: Emit): void {
  const { connection, direction, arrival } = packet;
  if (arrival === null) return;
  landed(world, connection.ends[direction], 'delayMessage', emit);
  if (packet.place < 0) {
    world.queue.take(arrival.seq);
    world.queue.push(arrival.at + duration, arrival.event);
    return;
  }
  // All are taken before one is put back: a push numbers them anew.
  const moved = behind(world, packet);
  for (const { seq } of moved) world.queue.take(seq);
  let at = arrival.at + duration;
  for (const one of moved) {
    at = Math.max(at, one.at);
    world.queue.push(at, one.event);
  }
  connection.lastArrival[direction] = Math.max(connection.lastArrival[direction], at);
}

/** The arrivals of this packet and of all behind it on its connection, in order. */
function behind(world: World, { connection, direction, arrival }: UnderWay): Waiting<Event>[] {
  const { id } = connection;
  const coming = world.queue
    .items()
    .filter(({ event }) => event.kind === 'deliver' && event.connection === id && event.direction === direction);
  return arrival === null ? coming : coming.slice(coming.findIndex(({ seq }) => seq === arrival.seq));
}

function takeOut(connection: Connection, direction: Direction, place: number): void {
  const flight = connection.flights[direction];
  const rest = flight.list().filter((_, index) => index !== place);
  flight.clear();
  for (const item of rest) flight.push(item);
}

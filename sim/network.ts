import { assert } from './assert.ts';
import type { ConnectionId, Plane } from './zab/effects.ts';
import { Fifo } from './zab/fifo.ts';
import type { Message, MessageKind } from './zab/messages.ts';
import type { DrawStream, NetworkModel } from './scenario.ts';
import type { Random } from './random.ts';
import type { Chance } from './schedule.ts';
import { SECOND, type Micros, type Range } from './time.ts';

/** The virtual network: TCP connections whose packets stay in order, on directed links that can be cut, clogged and slow.
 *  A lost packet is a delay; a connection loses its tail when it is reset, never a packet from its middle. */

/** A server's id, or -n for the n-th client. */
export type Endpoint = number;

/** What travels: a message, or the news that the other end has closed. */
export type Item = Message | 'FIN';

/** 0: from the dialer to the acceptor; 1: the other way. Also the end at which a direction begins. */
export type Direction = 0 | 1;

export interface Connection {
  readonly id: ConnectionId;
  readonly plane: Plane;
  /** [dialer, acceptor] */
  readonly ends: readonly [Endpoint, Endpoint];
  /** The dialer has the answer to its dial. Until then nothing of the acceptor's reaches it: TCP delivers in order. */
  established: boolean;
  /** Deliveries to the dialer that fell due before that. */
  held: number;
  /** Whether the process at each end still holds it. */
  readonly open: [boolean, boolean];
  /** An end that went down with its host: packets to it find nobody, and nobody answers. */
  readonly vanished: [boolean, boolean];
  /** It was reset: what is sent from now on reaches nobody, whether its ends have noticed or not. */
  dead: boolean;
  /** What its ends are told when they learn that it is gone. */
  why: string;
  /** Sent and not yet delivered, by direction. */
  readonly flights: readonly [Fifo<Item>, Fifo<Item>];
  readonly lastArrival: [Micros, Micros];
  /** Deliveries that fell due while the link was cut. */
  readonly stalled: [number, number];
  /** Since when, if there are any. */
  readonly stalledSince: [Micros, Micros];
}

/** One fault that is in force on a link. */
export interface Cut {
  readonly fault: string;
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly planes: readonly Plane[];
  readonly since: Micros;
  landed: boolean;
}

export interface Slowdown {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly extra: Range;
  readonly until: Micros;
}

/** One packet that is yet to be sent, and what will befall it. */
export interface Trap {
  readonly fault: 'dropMessage' | 'delayMessage';
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly message: MessageKind;
  /** How many more of its kind must be sent: with the last of them it snaps. */
  left: number;
  /** Of a delay. */
  readonly duration: Micros;
}

export interface Network {
  readonly model: NetworkModel;
  readonly chance: Chance;
  readonly connections: Map<ConnectionId, Connection>;
  nextConnection: ConnectionId;
  cuts: Cut[];
  slow: Slowdown[];
  traps: Trap[];
  /** Loss, resets and spikes end with the calm. */
  calm: boolean;
  /** The model has spikes or losses. */
  readonly unruly: boolean;
  /** Two streams a directed link, made when they are first used: latencies, and what goes wrong. */
  readonly streams: Map<number, Random>;
  readonly mishaps: Map<number, Random>;
}

/** Clients stand next to their server: delay there would hide what they can see. */
const CLIENT_LATENCY: Range = [10, 50];

/** TCP backs off, but the simulator does not let a healed link stay silent for longer than this. */
const LONGEST_RETRANSMIT: Micros = 3 * SECOND;

export function newNetwork(model: NetworkModel, chance: Chance): Network {
  return {
    model,
    chance,
    connections: new Map(),
    nextConnection: 1,
    cuts: [],
    slow: [],
    traps: [],
    calm: false,
    unruly: model.spikePpm > 0 || model.lossPpm > 0,
    streams: new Map(),
    mishaps: new Map(),
  };
}

export function other(direction: Direction): Direction {
  return direction === 0 ? 1 : 0;
}

/** The end at which this endpoint holds the connection. */
export function endOf(connection: Connection, endpoint: Endpoint): Direction {
  assert(
    connection.ends[0] === endpoint || connection.ends[1] === endpoint,
    'a connection is used by its two ends only',
  );
  return connection.ends[0] === endpoint ? 0 : 1;
}

export function connect(network: Network, plane: Plane, dialer: Endpoint, acceptor: Endpoint): Connection {
  const connection: Connection = {
    id: network.nextConnection++,
    plane,
    ends: [dialer, acceptor],
    established: false,
    held: 0,
    open: [true, true],
    vanished: [false, false],
    dead: false,
    why: '',
    flights: [new Fifo(), new Fifo()],
    lastArrival: [0, 0],
    stalled: [0, 0],
    stalledSince: [0, 0],
  };
  network.connections.set(connection.id, connection);
  return connection;
}

/** Forgets a connection that neither end holds and nothing travels on. */
export function dispose(network: Network, connection: Connection): void {
  const { open, flights } = connection;
  if (!open[0] && !open[1] && flights[0].size === 0 && flights[1].size === 0) network.connections.delete(connection.id);
}

/** The fault that keeps packets of this plane from going from one end to the other, if there is one. */
export function cutOn(network: Network, from: Endpoint, to: Endpoint, plane: Plane): Cut | undefined {
  if (network.cuts.length === 0) return undefined;
  return network.cuts.find((cut) => cut.from === from && cut.to === to && cut.planes.includes(plane));
}

/** How long one packet takes. */
export function latency(network: Network, from: Endpoint, to: Endpoint, now: Micros): Micros {
  const random = linkStream(network, from, to);
  if (from < 0 || to < 0) return random.delay(CLIENT_LATENCY);
  const { model } = network;
  let delay = random.delay(model.latency);
  if (network.unruly && !network.calm) delay += mishap(network, from, to);
  if (network.slow.length === 0) return delay;
  for (const slow of network.slow) {
    if (slow.from !== from || slow.to !== to || slow.until <= now) continue;
    delay += random.delay(slow.extra);
  }
  return delay;
}

/** A spike, or the retransmission of a lost packet. Its chance comes from a stream of its own, so that a network without
 *  mishaps draws nothing for them, and one that gets them keeps its latencies. */
function mishap(network: Network, from: Endpoint, to: Endpoint): Micros {
  const { model } = network;
  const random = mishapStream(network, from, to);
  const spike = random.chance(model.spikePpm) ? random.delay(model.spike) : 0;
  const lost = random.chance(model.lossPpm) && model.assumption === 'tcp';
  return lost ? spike + random.delay(model.retransmit) : spike;
}

export function linkStream(network: Network, from: Endpoint, to: Endpoint): Random {
  return streamOf(network, network.streams, 'latency', from, to);
}

/** Chance of what goes wrong on a link: spikes, losses, resets. */
export function mishapStream(network: Network, from: Endpoint, to: Endpoint): Random {
  return streamOf(network, network.mishaps, 'mishap', from, to);
}

function streamOf(
  network: Network,
  streams: Map<number, Random>,
  name: DrawStream,
  from: Endpoint,
  to: Endpoint,
): Random {
  const key = (from + 2048) * 8192 + (to + 2048);
  let random = streams.get(key);
  if (random === undefined) {
    random = network.chance.stream(name, from, to);
    streams.set(key, random);
  }
  return random;
}

/** The trap that snaps when this is sent, if there is one: it is then gone, and all others have counted the packet. */
export function snap(network: Network, from: Endpoint, to: Endpoint, kind: MessageKind): Trap | undefined {
  let snapped: Trap | undefined;
  for (const trap of network.traps) {
    if (trap.from !== from || trap.to !== to || trap.message !== kind) continue;
    if (trap.left > 1 || snapped === undefined) trap.left--;
    if (trap.left === 0) snapped ??= trap;
  }
  if (snapped !== undefined) network.traps = network.traps.filter((trap) => trap !== snapped);
  return snapped;
}

/** When a packet sent now arrives: never before one sent ahead of it. */
export function arrivalTime(network: Network, connection: Connection, direction: Direction, now: Micros): Micros {
  const from = connection.ends[direction];
  const to = connection.ends[other(direction)];
  const at = Math.max(now + latency(network, from, to, now), connection.lastArrival[direction]);
  connection.lastArrival[direction] = at;
  return at;
}

/** How long after a link is healed what was held back on it arrives: TCP tries again after one timeout, then after twice
 *  as long, and so on, since its first packet was lost. */
export function retransmitDelay(network: Network, from: Endpoint, to: Endpoint, outage: Micros): Micros {
  let timeout = Math.max(1, linkStream(network, from, to).between(network.model.retransmit));
  let next = timeout;
  while (next < outage) {
    timeout *= 2;
    next += timeout;
  }
  return Math.min(next - outage, LONGEST_RETRANSMIT);
}

export function cloneNetwork(network: Network): Network {
  const connections = new Map<ConnectionId, Connection>();
  for (const [id, connection] of network.connections)
    connections.set(id, {
      ...connection,
      open: [...connection.open],
      vanished: [...connection.vanished],
      flights: [connection.flights[0].clone(), connection.flights[1].clone()],
      lastArrival: [...connection.lastArrival],
      stalled: [...connection.stalled],
      stalledSince: [...connection.stalledSince],
    });
  return {
    ...network,
    connections,
    cuts: network.cuts.map((cut) => ({ ...cut })),
    slow: network.slow.map((slow) => ({ ...slow })),
    traps: network.traps.map((trap) => ({ ...trap })),
    streams: cloneStreams(network.streams),
    mishaps: cloneStreams(network.mishaps),
  };
}

export function cloneStreams(streams: ReadonlyMap<number, Random>): Map<number, Random> {
  const copy = new Map<number, Random>();
  for (const [key, random] of streams) copy.set(key, random.clone());
  return copy;
}

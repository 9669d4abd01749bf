import type { TraceEvent } from '../../sim/trace.ts';
import type { MessageKind } from '../../sim/zab/messages.ts';
import { ClientCalls, ServerBands } from './bands.ts';
import { Causality, sideOf, type Cone, type ConeSide } from './causality.ts';
import { Column } from './column.ts';
import { Intervals } from './intervals.ts';
import { markOf } from './marks.ts';
import { Pairing } from '../../report/pairing.ts';

/** How a message ended: it is under way, or was received, or never will be. */
export const UNDER_WAY = 0;
export const RECEIVED = 1;
export const LOST = 2;

/** How much a message tells, when there is no room for all of them. */
export const HEARTBEAT = 0;
export const TRAFFIC = 1;
export const NOTABLE = 2;

export const PLANES = ['election', 'quorum', 'client'] as const;

const HEARTBEATS: ReadonlySet<MessageKind> = new Set(['PING', 'CLIENTPING', 'CLIENTPONG']);
const NOTABLES: ReadonlySet<MessageKind> = new Set([
  'FOLLOWERINFO',
  'OBSERVERINFO',
  'LEADERINFO',
  'ACKEPOCH',
  'DIFF',
  'TRUNC',
  'SNAP',
  'NEWLEADER',
  'UPTODATE',
] satisfies MessageKind[]);

/** A trace, arranged for drawing: one line a host, messages joined from end to end, bands and calls. Grows with the trace;
 *  nothing in it is ever looked through as a whole but by `extend`. Hosts: servers by id, clients below zero, 0 for what
 *  befalls no one in particular. */
export class DiagramIndex {
  /** By event. */
  readonly at = new Column('wide');
  readonly host = new Column();
  readonly weight = new Column();
  /** The message that the event sends, receives or loses; -1: none. */
  readonly message = new Column();
  /** By message: its ends are the events that send it and receive or lose it. */
  readonly messages = new Intervals();
  readonly fate = new Column();
  readonly plane = new Column();
  readonly rank = new Column();
  readonly from = new Column();
  readonly to = new Column();
  readonly causality = new Causality();
  readonly servers = new Map<number, ServerBands>();
  readonly clients = new Map<number, ClientCalls>();
  /** Events that befall no one in particular: partitions, calm. Ascending. */
  readonly everybody = new Column();
  readonly #pairing = new Pairing();
  readonly #events: TraceEvent[] = [];

  constructor(servers: readonly number[], clients: readonly number[]) {
    for (const id of servers) this.servers.set(id, new ServerBands());
    for (const id of clients) this.clients.set(id, new ClientCalls());
  }

  get length(): number {
    return this.#events.length;
  }

  event(index: number): TraceEvent | undefined {
    return this.#events[index];
  }

  /** Takes in what a list has beyond `length`. */
  extend(events: readonly TraceEvent[]): void {
    for (let i = this.#events.length; i < events.length; i++) this.observe(events[i]!);
  }

  observe(event: TraceEvent): void {
    const index = this.#events.length;
    this.#events.push(event);
    const host = hostOf(event);
    this.at.push(event.at);
    this.host.push(host);
    this.weight.push(markOf(event).weight);
    this.message.push(this.#messageOf(event, index));
    if (host === 0) this.everybody.push(index);
    else if (host > 0) this.servers.get(host)?.observe(event, index);
    else this.clients.get(host)?.observe(event, index);
  }

  /** The first event at or after a time; `length` if there is none. */
  firstAt(at: number): number {
    return this.at.below(at);
  }

  /** The event at the other end of a message; -1: there is none. */
  otherEnd(index: number): number {
    const id = this.message.get(index);
    if (id < 0) return -1;
    const sent = this.messages.from(id);
    if (sent !== index) return sent;
    return this.fate.get(id) === UNDER_WAY ? -1 : this.messages.to(id);
  }

  /** Past and future of an event. Nobody notices that a message is lost: it lies where the message was sent. */
  coneOf(index: number): Cone {
    const cause = this.#cause(index);
    return { ...this.causality.cone(cause, this.host.get(cause)), event: index };
  }

  sideIn(cone: Cone, index: number): ConeSide {
    if (index === cone.event) return 'self';
    const cause = this.#cause(index);
    return sideOf(cone, cause, this.host.get(cause));
  }

  #cause(index: number): number {
    const id = this.message.get(index);
    return id >= 0 && this.fate.get(id) === LOST && this.messages.to(id) === index ? this.messages.from(id) : index;
  }

  #messageOf(event: TraceEvent, index: number): number {
    if (event.kind === 'sent') {
      const id = this.messages.begin(index);
      this.fate.push(UNDER_WAY);
      this.plane.push(PLANES.indexOf(event.plane));
      this.rank.push(rankOf(event.message.kind));
      this.from.push(event.server);
      this.to.push(event.peer);
      this.#pairing.sent(event, id);
      return id;
    }
    if (event.kind !== 'received' && event.kind !== 'lost') return -1;
    const id = this.#pairing.ended(event);
    if (id < 0) return -1;
    this.messages.end(id, index);
    this.fate.set(id, event.kind === 'received' ? RECEIVED : LOST);
    // A message that is lost tells something, whatever its kind.
    if (event.kind === 'lost' && this.rank.get(id) === TRAFFIC) this.rank.set(id, NOTABLE);
    if (event.kind === 'received')
      this.causality.join({ sent: this.messages.from(id), from: event.peer, received: index, to: event.server });
    return id;
  }
}

function rankOf(kind: MessageKind): number {
  if (HEARTBEATS.has(kind)) return HEARTBEAT;
  return NOTABLES.has(kind) ? NOTABLE : TRAFFIC;
}

/** On whose line an event lies: what is told of a client is told on the client's, whatever server it has to do with. */
export function hostOf(event: TraceEvent): number {
  return 'client' in event ? -event.client : event.server;
}

import type { TraceEvent } from '../sim/trace.ts';
import type { Message } from '../sim/zab/messages.ts';

type Packet = Extract<TraceEvent, { readonly message: Message }>;

interface Waiting {
  readonly message: Message;
  /** Number of the message. */
  readonly id: number;
}

/** Finds for what arrives, or is lost, what was sent. A connection is FIFO but for the labs that reorder and the one slot of
 *  the election plane, so the oldest message that looks alike is the one. */
export class Pairing {
  readonly #waiting = new Map<number, Waiting[]>();

  /** Takes in the event at `index`, whatever it is. Of a packet that arrives or is lost: the index of its sending, or -1. */
  observe(event: TraceEvent, index: number): number {
    if (event.kind === 'sent') this.sent(event, index);
    return event.kind === 'received' || event.kind === 'lost' ? this.ended(event) : -1;
  }

  sent(event: Packet, id: number): void {
    const key = keyOf(event.connection, event.server);
    const queue = this.#waiting.get(key);
    if (queue === undefined) this.#waiting.set(key, [{ message: event.message, id }]);
    else queue.push({ message: event.message, id });
  }

  /** Number of the message that ends with this event; -1: it was sent twice by the network, or before the trace began. */
  ended(event: Packet): number {
    const key = keyOf(event.connection, event.peer);
    const queue = this.#waiting.get(key);
    if (queue === undefined) return -1;
    const at = queue.findIndex(({ message }) => alike(message, event.message));
    if (at < 0) return -1;
    const [found] = queue.splice(at, 1);
    if (queue.length === 0) this.#waiting.delete(key);
    return found!.id;
  }
}

/** Ids of hosts lie between -2048 and 2047: servers up to 30, clients below zero. */
function keyOf(connection: number, from: number): number {
  return connection * 4096 + from + 2048;
}

/** Equal in what stands on the surface and one level below: numbers and digests there tell packets of one connection apart. */
function alike(a: Message, b: Message): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  return sameFields(Object.entries(a), Object.fromEntries(Object.entries(b)), 1);
}

function sameFields(
  fields: readonly (readonly [string, unknown])[],
  other: Readonly<Record<string, unknown>>,
  depth: number,
): boolean {
  return fields.every(([name, value]) => {
    const theirs = other[name];
    if (typeof value !== 'object' || value === null) return value === theirs;
    if (typeof theirs !== 'object' || theirs === null) return false;
    return depth === 0 || sameFields(Object.entries(value), Object.fromEntries(Object.entries(theirs)), depth - 1);
  });
}

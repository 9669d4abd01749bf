import { Column } from './column.ts';

/** What may have caused an event, and what it may have caused (Lamport's happened-before): per line a last event and a first
 *  one, since on one line everything before counts, and everything after. */
export interface Cone {
  readonly event: number;
  /** By host: events up to this index are in the past. A host that is not in it has none. */
  readonly past: ReadonlyMap<number, number>;
  /** By host: events from this index on are in the future. */
  readonly future: ReadonlyMap<number, number>;
}

export type ConeSide = 'self' | 'past' | 'future' | 'apart';

interface Line {
  /** Indexes of the events on this line that receive, ascending; where and by whom each was sent. */
  readonly received: Column;
  readonly sources: Column;
  readonly senders: Column;
  /** Messages that this line sent and that arrived, in the order in which they were sent... */
  sends: { readonly sent: number; readonly received: number; readonly to: number }[];
  sorted: boolean;
}

/** Keeps who received what from whom, line by line. Grows with the trace; a cone costs as much as there is in it. */
export class Causality {
  readonly #lines = new Map<number, Line>();

  /** A message was received. Receptions come in the order of the trace. */
  join(message: {
    readonly sent: number;
    readonly from: number;
    readonly received: number;
    readonly to: number;
  }): void {
    const { sent, from, received, to } = message;
    const receiver = this.#line(to);
    receiver.received.push(received);
    receiver.sources.push(sent);
    receiver.senders.push(from);
    const sender = this.#line(from);
    const last = sender.sends[sender.sends.length - 1];
    if (last !== undefined && last.sent > sent) sender.sorted = false;
    sender.sends.push({ sent, received, to });
  }

  /** Of an event on the line of a host. What befalls nobody in particular (host 0) has no cone but itself. */
  cone(event: number, host: number): Cone {
    return { event, past: this.#past(event, host), future: this.#future(event, host) };
  }

  #past(event: number, host: number): Map<number, number> {
    const reach = new Map<number, number>();
    if (host === 0) return reach;
    const work: [host: number, upTo: number][] = [[host, event]];
    for (let next = work.pop(); next !== undefined; next = work.pop()) {
      const [at, upTo] = next;
      const before = reach.get(at) ?? -1;
      if (upTo <= before) continue;
      reach.set(at, upTo);
      const line = this.#lines.get(at);
      if (line === undefined) continue;
      const until = line.received.below(upTo + 1);
      for (let i = line.received.below(before + 1); i < until; i++) {
        const [source, sender] = [line.sources.get(i), line.senders.get(i)];
        if (source > (reach.get(sender) ?? -1)) work.push([sender, source]);
      }
    }
    return reach;
  }

  #future(event: number, host: number): Map<number, number> {
    const reach = new Map<number, number>();
    if (host === 0) return reach;
    const work: [host: number, from: number][] = [[host, event]];
    for (let next = work.pop(); next !== undefined; next = work.pop()) {
      const [at, from] = next;
      const before = reach.get(at) ?? Infinity;
      if (from >= before) continue;
      reach.set(at, from);
      const sends = this.#sends(at);
      for (let i = firstSent(sends, from); i < sends.length && sends[i]!.sent < before; i++) {
        const { received, to } = sends[i]!;
        if (received < (reach.get(to) ?? Infinity)) work.push([to, received]);
      }
    }
    return reach;
  }

  /** They were noted as they arrived; what is asked for is the order of sending. */
  #sends(host: number): Line['sends'] {
    const line = this.#lines.get(host);
    if (line === undefined) return [];
    if (!line.sorted) line.sends.sort((a, b) => a.sent - b.sent);
    line.sorted = true;
    return line.sends;
  }

  #line(host: number): Line {
    const known = this.#lines.get(host);
    if (known !== undefined) return known;
    const line: Line = {
      received: new Column(),
      sources: new Column(),
      senders: new Column(),
      sends: [],
      sorted: true,
    };
    this.#lines.set(host, line);
    return line;
  }
}

function firstSent(sends: Line['sends'], from: number): number {
  let low = 0;
  let high = sends.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sends[middle]!.sent < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where an event on the line of a host lies, seen from the tip of a cone. The tip itself counts as past. */
export function sideOf(cone: Cone, event: number, host: number): ConeSide {
  if (event <= (cone.past.get(host) ?? -1)) return 'past';
  if (event >= (cone.future.get(host) ?? Infinity)) return 'future';
  return 'apart';
}

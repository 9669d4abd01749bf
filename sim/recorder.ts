import { Hasher } from './hash.ts';
import { CLIENT_PACKETS, HISTORY_KINDS, newHistories, type Histories } from './histories.ts';
import type { Property, PropertyState, Violation } from './property.ts';
import type { Setup } from './setup.ts';
import type { Emit, TraceEvent, TraceKind } from './trace.ts';
import type { MessageKind } from './zab/messages.ts';
import { Bodies, codeOf, hashTraceEvent } from './trace-hash.ts';

/** Receives the trace: numbers and hashes every event, shows it to the histories, to the properties that asked for its
 *  kind, and to whoever keeps the trace. Nothing flows back into the world. */
export class Recorder {
  /** Trace events so far: the index of the next one. */
  count = 0;
  readonly hasher = new Hasher();
  readonly histories: Histories;
  readonly violations: Violation[] = [];
  readonly asked = new Map<string, number>();
  readonly landed = new Map<string, number>();
  readonly watched: readonly Watched[];
  /** What is to be done with each kind of event: one look-up an event. */
  readonly #byKind = new Map<TraceKind, Audience>();
  readonly #keep: Emit | undefined;
  readonly #hashes: boolean;
  readonly #bodies = new Bodies();

  /** `hashes` false: nobody will ask for the trace hash, which costs a tenth of a run. */
  constructor(setup: Setup, properties: readonly Property[], keep: Emit | undefined, hashes = true) {
    this.histories = newHistories(setup);
    this.#keep = keep;
    this.#hashes = hashes;
    this.watched = properties.map((property) => ({ property, state: property.start(setup), violated: false }));
    this.alsoTell(['fault', 'landed'], (event) => this.#countFault(event));
    for (const kind of HISTORY_KINDS) this.#audience(kind).historic = true;
    for (const kind of ['sent', 'received'] as const)
      for (const packet of CLIENT_PACKETS) this.#packets(kind, packet).historic = true;
    for (const watched of this.watched) this.#seat(watched);
  }

  /** Somebody else who wants to see the events of these kinds, after the properties have. */
  alsoTell(kinds: readonly TraceKind[], tell: Emit): void {
    for (const kind of kinds) this.#audience(kind).others.push(tell);
  }

  readonly emit: Emit = (event) => {
    const index = this.count++;
    const audience = this.#byKind.get(event.kind) ?? this.#audience(event.kind);
    if (this.#hashes) hashTraceEvent(event, this.hasher, this.#bodies, audience.code);
    if (audience.historic) this.histories.observe(event);
    const { watching, others, byMessage } = audience;
    const packets = byMessage !== null && 'message' in event ? byMessage.get(event.message.kind) : undefined;
    if (packets?.historic === true) this.histories.observe(event);
    for (let i = 0; i < watching.length; i++) this.#show(watching[i]!, event, index);
    if (packets !== undefined)
      for (let i = 0; i < packets.watching.length; i++) this.#show(packets.watching[i]!, event, index);
    for (let i = 0; i < others.length; i++) others[i]!(event);
    if (this.#keep !== undefined) this.#keep(event);
  };

  /** A property is shown the kinds of events that it asked for, and of packets only those it cares for. */
  #seat(watched: Watched): void {
    const { observes, packets } = watched.property;
    for (const kind of observes) {
      if (packets === undefined || (kind !== 'sent' && kind !== 'received'))
        this.#audience(kind).watching.push(watched);
      else for (const packet of packets) this.#packets(kind, packet).watching.push(watched);
    }
  }

  #countFault(event: TraceEvent): void {
    if (event.kind === 'fault') this.asked.set(event.fault, (this.asked.get(event.fault) ?? 0) + 1);
    else if (event.kind === 'landed') this.landed.set(event.fault, (this.landed.get(event.fault) ?? 0) + 1);
  }

  #packets(kind: 'sent' | 'received', packet: MessageKind): PacketAudience {
    const audience = this.#audience(kind);
    audience.byMessage ??= new Map();
    let packets = audience.byMessage.get(packet);
    if (packets === undefined) {
      packets = { historic: false, watching: [] };
      audience.byMessage.set(packet, packets);
    }
    return packets;
  }

  #audience(kind: TraceKind): Audience {
    let audience = this.#byKind.get(kind);
    if (audience === undefined) {
      audience = { code: codeOf(kind), historic: false, watching: [], byMessage: null, others: [] };
      this.#byKind.set(kind, audience);
    }
    return audience;
  }

  #show(watched: Watched, event: TraceEvent, index: number): void {
    if (watched.violated) return;
    const why = watched.property.observe(watched.state, event, this.histories);
    if (why === undefined) return;
    // A property speaks once: what follows its first violation is a consequence.
    watched.violated = true;
    this.violations.push({ property: watched.property.name, event: index, at: event.at, why });
  }
}

interface Audience {
  /** Stands for the kind in the trace hash. */
  readonly code: number;
  historic: boolean;
  readonly watching: Watched[];
  byMessage: Map<MessageKind, PacketAudience> | null;
  readonly others: Emit[];
}

interface PacketAudience {
  historic: boolean;
  readonly watching: Watched[];
}

export interface Watched {
  readonly property: Property;
  readonly state: PropertyState;
  violated: boolean;
}

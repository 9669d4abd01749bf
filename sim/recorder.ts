import { Hasher } from './hash.ts';
import { HISTORY_KINDS, newHistories, type Histories } from './histories.ts';
import type { Property, PropertyState, Violation } from './property.ts';
import type { Setup } from './setup.ts';
import type { Emit, TraceEvent, TraceKind } from './trace.ts';
import type { MessageKind } from './zab/messages.ts';
import { codeOf, hashTraceEvent } from './trace-hash.ts';

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

  /** `hashes` false: nobody will ask for the trace hash, which costs a tenth of a run. */
  constructor(setup: Setup, properties: readonly Property[], keep: Emit | undefined, hashes = true) {
    this.histories = newHistories(setup);
    this.#keep = keep;
    this.#hashes = hashes;
    this.watched = properties.map((property) => ({ property, state: property.start(setup), violated: false }));
    this.alsoTell(['fault', 'landed'], (event) => this.#countFault(event));
    for (const kind of HISTORY_KINDS) this.#audience(kind).historic = true;
    for (const watched of this.watched) this.#seat(watched);
  }

  /** Somebody else who wants to see the events of these kinds, after the properties have. */
  alsoTell(kinds: readonly TraceKind[], tell: Emit): void {
    for (const kind of kinds) this.#audience(kind).others.push(tell);
  }

  readonly emit: Emit = (event) => {
    const index = this.count++;
    const audience = this.#byKind.get(event.kind) ?? this.#audience(event.kind);
    if (this.#hashes) hashTraceEvent(event, this.hasher, audience.code);
    if (audience.historic) this.histories.observe(event);
    const { watching, others, byMessage } = audience;
    for (let i = 0; i < watching.length; i++) this.#show(watching[i]!, event, index);
    if (byMessage !== null && 'message' in event) {
      const packets = byMessage.get(event.message.kind);
      if (packets !== undefined) for (let i = 0; i < packets.length; i++) this.#show(packets[i]!, event, index);
    }
    for (let i = 0; i < others.length; i++) others[i]!(event);
    if (this.#keep !== undefined) this.#keep(event);
  };

  /** A property is shown the kinds of events that it asked for, and of packets only those it cares for. */
  #seat(watched: Watched): void {
    const { observes, packets } = watched.property;
    for (const kind of observes) {
      const audience = this.#audience(kind);
      if (packets === undefined || (kind !== 'sent' && kind !== 'received')) {
        audience.watching.push(watched);
        continue;
      }
      audience.byMessage ??= new Map();
      for (const packet of packets)
        audience.byMessage.set(packet, [...(audience.byMessage.get(packet) ?? []), watched]);
    }
  }

  #countFault(event: TraceEvent): void {
    if (event.kind === 'fault') this.asked.set(event.fault, (this.asked.get(event.fault) ?? 0) + 1);
    else if (event.kind === 'landed') this.landed.set(event.fault, (this.landed.get(event.fault) ?? 0) + 1);
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
  byMessage: Map<MessageKind, Watched[]> | null;
  readonly others: Emit[];
}

export interface Watched {
  readonly property: Property;
  readonly state: PropertyState;
  violated: boolean;
}

import { Hasher } from './hash.ts';
import { HISTORY_KINDS, newHistories, type Histories } from './histories.ts';
import type { Property, PropertyState, Violation } from './property.ts';
import type { Setup } from './setup.ts';
import type { Emit, TraceEvent, TraceKind } from './trace.ts';
import { hashTraceEvent } from './trace-hash.ts';

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
  readonly #byKind = new Map<TraceKind, readonly Watched[]>();
  readonly #historyKinds = new Set<TraceKind>(HISTORY_KINDS);
  readonly #keep: Emit | undefined;

  constructor(setup: Setup, properties: readonly Property[], keep: Emit | undefined) {
    this.histories = newHistories(setup);
    this.#keep = keep;
    this.watched = properties.map((property) => ({ property, state: property.start(setup), violated: false }));
    for (const watched of this.watched)
      for (const kind of watched.property.observes) this.#byKind.set(kind, [...(this.#byKind.get(kind) ?? []), watched]);
  }

  readonly emit: Emit = (event) => {
    const index = this.count++;
    hashTraceEvent(event, this.hasher);
    if (event.kind === 'fault') this.asked.set(event.fault, (this.asked.get(event.fault) ?? 0) + 1);
    else if (event.kind === 'landed') this.landed.set(event.fault, (this.landed.get(event.fault) ?? 0) + 1);
    if (this.#historyKinds.has(event.kind)) this.histories.observe(event);
    const watching = this.#byKind.get(event.kind);
    if (watching !== undefined) for (const watched of watching) this.#show(watched, event, index);
    this.#keep?.(event);
  };

  #show(watched: Watched, event: TraceEvent, index: number): void {
    if (watched.violated) return;
    const why = watched.property.observe(watched.state, event, this.histories);
    if (why === undefined) return;
    // A property speaks once: what follows its first violation is a consequence.
    watched.violated = true;
    this.violations.push({ property: watched.property.name, event: index, at: event.at, why });
  }
}

export interface Watched {
  readonly property: Property;
  readonly state: PropertyState;
  violated: boolean;
}

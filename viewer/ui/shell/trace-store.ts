import { signal, type ReadonlySignal } from '@preact/signals';
import type { TraceEvent } from '../../../sim/trace.ts';
import { marked, type Mark } from './marks.ts';
import { turnOf, type Turn } from './turns.ts';

/** The trace as far as it has been played, in this thread: what diagrams, marks and the story are made of.
 *  Events are appended in place; `version` changes when they do, `voided` counts how often an end was cut off. */
export class TraceStore {
  readonly events: TraceEvent[] = [];
  /** Ascending by index. */
  readonly marks: Mark[] = [];
  /** Ascending by index. */
  readonly turns: Turn[] = [];
  readonly #version = signal(0);
  #voided = 0;

  get version(): ReadonlySignal<number> {
    return this.#version;
  }

  /** How often events were taken back. Whoever keeps an index of the events begins anew when it changes. */
  get voided(): number {
    return this.#voided;
  }

  /** Appends; what was there from `from` on is void. */
  take(from: number, events: readonly TraceEvent[]): void {
    if (from < this.events.length) {
      this.events.length = from;
      cut(this.marks, from);
      cut(this.turns, from);
      this.#voided++;
    }
    for (const event of events) {
      const index = this.events.length;
      this.events.push(event);
      const mark = marked(event);
      if (mark !== null) this.marks.push({ index, at: event.at, kind: mark });
      const turn = turnOf(event, index);
      if (turn !== null) this.turns.push(turn);
    }
    this.#version.value++;
  }

  clear(): void {
    this.take(0, []);
  }

  /** The last `limit` turns among the first `traced` events. */
  lastTurns(traced: number, limit: number): readonly Turn[] {
    const end = firstFrom(this.turns, traced);
    return this.turns.slice(Math.max(0, end - limit), end);
  }
}

function cut(list: { readonly index: number }[], from: number): void {
  list.length = firstFrom(list, from);
}

/** How many entries of an ascending list lie before this index. */
export function firstFrom(list: readonly { readonly index: number }[], index: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.index < index) low = middle + 1;
    else high = middle;
  }
  return low;
}

import type { TraceEvent } from '../sim/trace.ts';

/** The last events of a trace with their indices, and how many there were in all. Flat in memory. */
export class Recent {
  readonly #limit: number;
  readonly #events: TraceEvent[] = [];
  #total = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(event: TraceEvent): void {
    this.#events[this.#total % this.#limit] = event;
    this.#total++;
  }

  /** How many events there were: the index of the next one. */
  get total(): number {
    return this.#total;
  }

  /** The lowest index that is still known. */
  get first(): number {
    return Math.max(0, this.#total - this.#limit);
  }

  at(index: number): TraceEvent | undefined {
    return index >= this.first && index < this.#total ? this.#events[index % this.#limit] : undefined;
  }

  /** The last `size` events, oldest first. */
  last(size: number): { readonly index: number; readonly event: TraceEvent }[] {
    const found: { index: number; event: TraceEvent }[] = [];
    for (let index = Math.max(this.first, this.#total - size); index < this.#total; index++) {
      const event = this.at(index);
      if (event !== undefined) found.push({ index, event });
    }
    return found;
  }
}

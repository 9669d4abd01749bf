import { Column } from './column.ts';

/** `to` of what has not ended. */
export const OPEN = 0x7fff_ffff;
const BLOCK = 64;

/** Stretches of a trace, in the order of their beginnings: those that meet a window are found without looking at the others,
 *  however long some of them are. Both ends are indexes of trace events. */
export class Intervals {
  readonly #from = new Column();
  readonly #to = new Column();
  /** The last end within each block. */
  readonly #reach = new Column();

  get length(): number {
    return this.#from.length;
  }

  /** Begins one; no earlier than the last one began. Gives its number. */
  begin(from: number): number {
    const id = this.#from.length;
    this.#from.push(from);
    this.#to.push(OPEN);
    const block = Math.floor(id / BLOCK);
    if (block === this.#reach.length) this.#reach.push(OPEN);
    else this.#reach.set(block, OPEN);
    return id;
  }

  end(id: number, to: number): void {
    this.#to.set(id, to);
    const block = Math.floor(id / BLOCK);
    let reach = 0;
    const last = Math.min((block + 1) * BLOCK, this.length);
    for (let i = block * BLOCK; i < last; i++) reach = Math.max(reach, this.#to.get(i));
    this.#reach.set(block, reach);
  }

  from(id: number): number {
    return this.#from.get(id);
  }

  to(id: number): number {
    return this.#to.get(id);
  }

  /** Visits what begins no later than `last` and ends no earlier than `first`. */
  meeting(first: number, last: number, visit: (id: number) => void): void {
    const until = this.#from.below(last + 1);
    for (let block = 0; block * BLOCK < until; block++) {
      if (this.#reach.get(block) < first) continue;
      const end = Math.min((block + 1) * BLOCK, until);
      for (let id = block * BLOCK; id < end; id++) if (this.#to.get(id) >= first) visit(id);
    }
  }
}

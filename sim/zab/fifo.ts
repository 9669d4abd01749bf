/** The list is emptied, or cut, only once so much of it is behind its head: doing so at every turn would cost more than
 *  the queue itself. */
const SLACK = 64;

/** A first-in-first-out list with indexed reading. `shift` costs the same at any length. */
export class Fifo<T> {
  #items: (T | undefined)[];
  #head = 0;

  constructor(items: T[] = []) {
    this.#items = items;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const items = this.#items;
    if (this.#head === items.length) return undefined;
    const item = items[this.#head];
    items[this.#head++] = undefined;
    if (this.#head >= SLACK && this.#head * 2 >= items.length) {
      this.#items = items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  first(): T | undefined {
    return this.#items[this.#head];
  }

  last(): T | undefined {
    return this.size === 0 ? undefined : this.#items[this.#items.length - 1];
  }

  at(index: number): T | undefined {
    return this.#items[this.#head + index];
  }

  clear(): void {
    this.#items.length = 0;
    this.#head = 0;
  }

  /** The items in order, as an array of their own. */
  list(): T[] {
    return this.#items.slice(this.#head) as T[];
  }

  clone(): Fifo<T> {
    return new Fifo(this.list());
  }
}

/** A list of numbers that grows, in a typed array: a trace has hundreds of thousands of events, and drawing walks over them
 *  at every frame. Numbers are 32-bit integers, or doubles where `wide`. */
export class Column {
  #values: Int32Array | Float64Array;
  #length = 0;

  constructor(width: 'int' | 'wide' = 'int') {
    this.#values = width === 'int' ? new Int32Array(256) : new Float64Array(256);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow();
    this.#values[this.#length++] = value;
  }

  /** Of an index below `length`. */
  get(index: number): number {
    return this.#values[index]!;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  clear(): void {
    this.#length = 0;
  }

  /** Of an ascending column: how many values are below `limit`. */
  below(limit: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#values[middle]! < limit) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #grow(): void {
    const larger = this.#values.length * 2;
    const next = this.#values instanceof Int32Array ? new Int32Array(larger) : new Float64Array(larger);
    next.set(this.#values);
    this.#values = next;
  }
}

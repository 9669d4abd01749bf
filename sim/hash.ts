/** A rolling hash of integers and text, two 32-bit lanes. Integer arithmetic only, so every engine agrees. */
export class Hasher {
  #a = 0x9e3779b9 | 0;
  #b = 0x85ebca6b | 0;

  /** Any exact integer: 53 bits and a sign. */
  int(value: number): void {
    const low = value | 0;
    this.#mix(low);
    // What does not fit into 32 bits, zxids above all, has its upper half mixed in as well.
    if (low !== value) this.#mix(Math.floor(value / 0x1_0000_0000) ^ 0x5bd1e995);
  }

  text(value: string): void {
    let hash = value.length | 0;
    for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193);
    this.#mix(hash);
  }

  /** JSON-like data, by content: arrays in order, objects in the order of their keys as they were written. */
  data(value: unknown): void {
    if (value === null || value === undefined) this.int(-7);
    else if (typeof value === 'number') this.int(value);
    else if (typeof value === 'string') this.text(value);
    else if (typeof value === 'boolean') this.int(value ? -5 : -6);
    else if (Array.isArray(value)) {
      this.int(value.length);
      for (const item of value) this.data(item);
    } else {
      const record = value as Record<string, unknown>;
      for (const key of Object.keys(record)) {
        this.text(key);
        this.data(record[key]);
      }
    }
  }

  /** The low 32 bits, unsigned. */
  digest32(): number {
    return finish(this.#a ^ Math.imul(this.#b, 0x2c1b3c6d)) >>> 0;
  }

  /** 53 bits as an exact integer: the key of a visited set. */
  digest53(): number {
    return (finish(this.#a) >>> 11) * 0x1_0000_0000 + (finish(this.#b) >>> 0);
  }

  /** 64 bits as sixteen hexadecimal digits: how a run is named. */
  hex(): string {
    return (
      (finish(this.#a) >>> 0).toString(16).padStart(8, '0') + (finish(this.#b) >>> 0).toString(16).padStart(8, '0')
    );
  }

  /** As new. */
  reset(): void {
    this.#a = 0x9e3779b9 | 0;
    this.#b = 0x85ebca6b | 0;
  }

  clone(): Hasher {
    const copy = new Hasher();
    copy.#a = this.#a;
    copy.#b = this.#b;
    return copy;
  }

  /** Two lanes that see the same value in another order of the same steps: xor, multiply, rotate. */
  #mix(value: number): void {
    const a = Math.imul(this.#a ^ value, 0xcc9e2d51 | 0);
    this.#a = (a << 15) | (a >>> 17);
    const b = this.#b;
    this.#b = Math.imul(((b << 13) | (b >>> 19)) ^ value, 0x1b873593);
  }
}

/** murmur3's finaliser. */
function finish(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b | 0);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35 | 0);
  return x ^ (x >>> 16);
}

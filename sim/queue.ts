import { assert, present } from './assert.ts';
import type { Micros } from './time.ts';

/** What waits in a queue. `seq` tells it apart from all others that wait; it is valid until the next push. */
export interface Waiting<E> {
  readonly at: Micros;
  readonly seq: number;
  readonly event: E;
}

/** What may happen next. Whoever takes events out of it decides nothing: the order is that of the queue. */
export interface Future<E> {
  /** The time of the last event popped: now. Nothing can be pushed before it. */
  readonly lastAt: Micros;
  readonly size: number;
  push(at: Micros, event: E): void;
  /** The next event, unless it comes later than `until`. */
  pop(until?: Micros): E | undefined;
  /** When the next event comes. */
  peekAt(): Micros | undefined;
  /** All that waits, earliest first; equal times in the order they came. */
  items(): Waiting<E>[];
  /** Removes the one event of that `seq`, wherever it stands. Time does not move. */
  take(seq: number): E | undefined;
  /** An independent queue of the same future. Events are shared, unless `copyEvent` copies them. */
  clone(copyEvent?: (event: E) => E): Future<E>;
}

const FIRST_CAPACITY = 64;
/** 16 bits of sequence leave 37 bits of time: an event may lie 38 hours ahead. */
const FIRST_UNIT = 0x1_0000;
const EXACT = Number.MAX_SAFE_INTEGER;

/** The future: earliest first, and equal times leave in the order they came.
 *  A binary heap over one exact number an entry, `(at - base) * unit + seq`: comparing two numbers decides both time and
 *  order of arrival. When the sequence numbers of a unit are used up, those that wait are numbered anew. */
export class Queue<E> implements Future<E> {
  /** The time of the last event popped: now. Nothing can be pushed before it. */
  lastAt: Micros = 0;
  #size = 0;
  #base: Micros = 0;
  #unit = FIRST_UNIT;
  #seq = 0;
  /** In heap order; behind the last one stands Infinity, so that a lone child always wins. */
  #keys = new Float64Array(FIRST_CAPACITY + 1).fill(Infinity);
  /** A permutation of the slots: those of the heap in heap order, then the free ones. */
  #slots = numbered(FIRST_CAPACITY);
  #events: (E | undefined)[] = [];

  get size(): number {
    return this.#size;
  }

  push(at: Micros, event: E): void {
    assert(at >= this.lastAt && Number.isInteger(at), 'an event lies at a whole microsecond, not in the past');
    if (this.#seq === this.#unit || (at - this.#base) * this.#unit > EXACT - this.#unit) this.#renumber(at);
    if (this.#size === this.#slots.length) this.#grow();
    const position = this.#size++;
    const slot = this.#slots[position]!;
    this.#events[slot] = event;
    this.#rise(position, (at - this.#base) * this.#unit + this.#seq++, slot);
  }

  /** The earliest event, unless it comes later than `until`. */
  pop(until: Micros = Infinity): E | undefined {
    if (this.#size === 0) return undefined;
    const at = this.#base + Math.floor(this.#keys[0]! / this.#unit);
    if (at > until) return undefined;
    this.lastAt = at;
    return this.#remove(0);
  }

  /** When the next event comes. */
  peekAt(): Micros | undefined {
    return this.#size === 0 ? undefined : this.#base + Math.floor(this.#keys[0]! / this.#unit);
  }

  /** All that waits, in the order in which it would be popped. */
  items(): Waiting<E>[] {
    return this.#order().map((position) => {
      const key = this.#keys[position]!;
      const at = Math.floor(key / this.#unit);
      return { at: this.#base + at, seq: key - at * this.#unit, event: this.#events[this.#slots[position]!]! };
    });
  }

  /** Removes the one event of that `seq`, wherever it stands. Time does not move. */
  take(seq: number): E | undefined {
    for (let position = 0; position < this.#size; position++)
      if (this.#keys[position]! % this.#unit === seq) return this.#remove(position);
    return undefined;
  }

  /** An independent queue of the same future. Events are shared, unless `copyEvent` copies them. */
  clone(copyEvent?: (event: E) => E): Queue<E> {
    const copy = new Queue<E>();
    copy.lastAt = this.lastAt;
    copy.#size = this.#size;
    copy.#base = this.#base;
    copy.#unit = this.#unit;
    copy.#seq = this.#seq;
    copy.#keys = this.#keys.slice();
    copy.#slots = this.#slots.slice();
    copy.#events = this.#events.slice();
    if (copyEvent !== undefined)
      for (let position = 0; position < this.#size; position++) {
        const slot = this.#slots[position]!;
        copy.#events[slot] = copyEvent(this.#events[slot]!);
      }
    return copy;
  }

  /** Takes out the event at a position of the heap and closes the gap with the last one. */
  #remove(position: number): E | undefined {
    const slot = this.#slots[position]!;
    const event = this.#events[slot];
    this.#events[slot] = undefined;
    const last = --this.#size;
    const lastKey = this.#keys[last]!;
    const lastSlot = this.#slots[last]!;
    this.#keys[last] = Infinity;
    this.#slots[last] = slot;
    if (position < last) this.#sink(position, lastKey, lastSlot);
    return event;
  }

  #rise(from: number, key: number, slot: number): void {
    const keys = this.#keys;
    const slots = this.#slots;
    let position = from;
    while (position > 0) {
      const parent = (position - 1) >>> 1;
      if (keys[parent]! <= key) break;
      keys[position] = keys[parent]!;
      slots[position] = slots[parent]!;
      position = parent;
    }
    keys[position] = key;
    slots[position] = slot;
  }

  /** The gap at `from` moves down to a leaf along the smaller children, then the entry rises to its place: the choice
   *  of the child is arithmetic, because a branch there is mispredicted every other time. */
  #sink(from: number, key: number, slot: number): void {
    const keys = this.#keys;
    const slots = this.#slots;
    const size = this.#size;
    let position = from;
    let child = 2 * from + 1;
    while (child < size) {
      child += +(keys[child + 1]! < keys[child]!);
      keys[position] = keys[child]!;
      slots[position] = slots[child]!;
      position = child;
      child = 2 * child + 1;
    }
    this.#rise(position, key, slot);
  }

  /** The positions of the heap, earliest first. */
  #order(): number[] {
    const positions = Array.from({ length: this.#size }, (_, position) => position);
    return positions.sort((x, y) => this.#keys[x]! - this.#keys[y]!);
  }

  /** Gives those that wait the sequence numbers from 0 on and counts time from now: `at` can then be numbered too. */
  #renumber(at: Micros): void {
    const order = this.#order();
    const times = order.map((position) => this.#base + Math.floor(this.#keys[position]! / this.#unit));
    const slots = order.map((position) => this.#slots[position]!);
    this.#base = this.lastAt;
    this.#unit = FIRST_UNIT;
    while (this.#unit < 2 * (this.#size + 1)) this.#unit *= 2;
    const latest = Math.max(at, times[times.length - 1] ?? 0);
    assert((latest - this.#base) * this.#unit <= EXACT - this.#unit, 'an event lies less than 38 hours ahead');
    // Sorted keys are a heap.
    for (let i = 0; i < order.length; i++) {
      this.#keys[i] = (present(times[i], 'every entry has a time') - this.#base) * this.#unit + i;
      this.#slots[i] = present(slots[i], 'every entry has a slot');
    }
    this.#seq = order.length;
  }

  #grow(): void {
    const capacity = this.#slots.length * 2;
    const keys = new Float64Array(capacity + 1).fill(Infinity);
    keys.set(this.#keys.subarray(0, this.#size));
    const slots = numbered(capacity);
    slots.set(this.#slots.subarray(0, this.#size));
    this.#keys = keys;
    this.#slots = slots;
  }
}

/** 0, 1, 2, ...: a loop, since `Uint32Array.from` with a function costs as much as the rest of a small queue. */
function numbered(length: number): Uint32Array<ArrayBuffer> {
  const numbers = new Uint32Array(length);
  for (let i = 0; i < length; i++) numbers[i] = i;
  return numbers;
}

import alea, { type Alea } from 'seedrandom/lib/alea.js';
import { assert } from './assert.ts';
import { Hasher } from './hash.ts';
import type { Micros, Range } from './time.ts';

/** A stream of chance. Integers only, so that every engine draws the same. */
export interface Random {
  /** An integer in [0, 2^32). */
  u32(): number;
  /** An integer in [0, bound), bound from 1 to 2^32. */
  below(bound: number): number;
  /** An integer in the range, both ends included. */
  between(range: Range): number;
  /** Like `between`, for the delay of the event that is pushed next: a schedule may leave its end open. */
  delay(range: Range): Micros;
  /** Like `below`, for the time until the next of many faults: the calmest is the longest. */
  gap(bound: number): number;
  /** True with odds in parts per million. Draws whatever the odds, so that changing them moves no later draw. */
  chance(ppm: number): boolean;
  /** A copy that goes on alike. */
  clone(): Random;
}

/** The stream of that name. It depends on (seed, name, a, b) alone: a new stream, or a draw from another, moves nothing
 *  here. Cheap enough to make by the hundred. */
export function stream(seed: string, name: string, a = 0, b = 0): Random {
  const hasher = new Hasher();
  spell(hasher, seed);
  spell(hasher, name);
  hasher.int(a);
  hasher.int(b);
  return new AleaStream(
    alea('', { state: { c: 1, s0: fraction(hasher, 1), s1: fraction(hasher, 2), s2: fraction(hasher, 3) } }),
  );
}

const TWO_TO_32 = 0x1_0000_0000;
const MILLION = 1_000_000;

/** Letter by letter into both lanes: `Hasher.text` is content with 32 bits, which ten thousand seeds would exhaust. */
function spell(hasher: Hasher, text: string): void {
  for (let i = 0; i < text.length; i++) hasher.int(text.charCodeAt(i));
  hasher.int(-1 - text.length);
}

/** 32 further bits of the hash, as the fraction in [0, 1) that Alea keeps. */
function fraction(hasher: Hasher, lane: number): number {
  hasher.int(lane);
  return hasher.digest32() / TWO_TO_32;
}

/** Alea is handed its state: its own seeding from text costs more than all the draws of a small stream. */
class AleaStream implements Random {
  readonly #next: Alea;

  constructor(next: Alea) {
    this.#next = next;
  }

  u32(): number {
    return this.#next() * TWO_TO_32;
  }

  below(bound: number): number {
    assert(bound >= 1 && bound <= TWO_TO_32, 'a bound lies in [1, 2^32]');
    return Math.floor(this.#next() * bound);
  }

  between(range: Range): number {
    return range[0] + this.below(range[1] - range[0] + 1);
  }

  delay(range: Range): Micros {
    return range[0] + this.below(range[1] - range[0] + 1);
  }

  gap(bound: number): number {
    return this.below(bound);
  }

  chance(ppm: number): boolean {
    assert(ppm >= 0 && ppm <= MILLION, 'odds lie in [0, 1000000] ppm');
    return this.#next() * MILLION < ppm;
  }

  clone(): Random {
    return new AleaStream(alea('', { state: this.#next.state() }));
  }
}

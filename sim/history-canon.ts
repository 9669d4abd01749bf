import type { Hasher } from './hash.ts';
import { epochOf, ZERO, type Zxid } from './zab/zxid.ts';

/** What identifies a transaction: a `Txn` is one. Equal entries are equal transactions. */
export interface Entry {
  readonly zxid: Zxid;
  /** 32-bit digest of the whole transaction. */
  readonly digest: number;
}

/** A sequence of transactions, told apart from the canonical one: its first `common` entries are the canonical ones,
 *  `tail` holds what follows. A tail is short: it is what is not committed yet, or what went wrong. So a copy of a
 *  history costs as much as its tail, however long the run. */
export interface History {
  common: number;
  tail: Entry[];
}

/** A run of consecutive zxids in the canonical sequence: one an epoch, unless something is wrong. */
interface Stretch {
  readonly from: number;
  readonly first: Zxid;
}

/** The one sequence of globally committed transactions, and the arithmetic of histories relative to it.
 *  It only grows, by four bytes a transaction. Every history compared here must have been changed by these methods. */
export class Canon {
  #length = 0;
  #digests = new Uint32Array(64);
  #stretches: Stretch[] = [{ from: 0, first: ZERO }];
  #ascending = true;
  #last = ZERO;

  get length(): number {
    return this.#length;
  }

  /** The zxid at a position below `length`. */
  zxidAt(index: number): Zxid {
    let i = this.#stretches.length - 1;
    while (this.#stretches[i]!.from > index) i--;
    const { first, from } = this.#stretches[i]!;
    return (first + index - from) as Zxid;
  }

  entryAt(index: number): Entry {
    return { zxid: this.zxidAt(index), digest: this.#digests[index]! };
  }

  /** The last zxid; 0 when there is none. */
  last(): Zxid {
    return this.#last;
  }

  is(index: number, txn: Entry): boolean {
    return index < this.#length && this.#digests[index] === txn.digest >>> 0 && this.zxidAt(index) === txn.zxid;
  }

  append(txn: Entry): void {
    if (this.#length === this.#digests.length) {
      const digests = new Uint32Array(this.#digests.length * 2);
      digests.set(this.#digests);
      this.#digests = digests;
    }
    if (txn.zxid <= this.#last) this.#ascending = false;
    if (txn.zxid !== this.#last + 1) this.#stretches.push({ from: this.#length, first: txn.zxid });
    this.#digests[this.#length++] = txn.digest;
    this.#last = txn.zxid;
  }

  /** The position of `zxid`, or -1. */
  indexOf(zxid: Zxid): number {
    if (this.#ascending && zxid > this.#last) return -1;
    let end = this.#length;
    for (let i = this.#stretches.length - 1; i >= 0; i--) {
      const { first, from } = this.#stretches[i]!;
      const index = from + (zxid - first);
      if (index >= from && index < end) return index;
      if (zxid > first && this.#ascending) return -1;
      end = from;
    }
    return -1;
  }

  holds(txn: Entry): boolean {
    const index = this.indexOf(txn.zxid);
    return index >= 0 && this.is(index, txn);
  }

  /** The number of leading entries that lie in epochs below `epoch`. */
  lengthBelow(epoch: number): number {
    for (const { first, from } of this.#stretches) if (from < this.#length && epochOf(first) >= epoch) return from;
    return this.#length;
  }

  // ── histories

  /** Moves what has become canonical from the tail to the common part. */
  settle(history: History): void {
    const { tail } = history;
    if (tail.length === 0 || !this.is(history.common, tail[0]!)) return;
    let absorbed = 1;
    while (absorbed < tail.length && this.is(history.common + absorbed, tail[absorbed]!)) absorbed++;
    history.common += absorbed;
    if (absorbed === 1 && tail.length === 1) tail.pop();
    else if (absorbed === tail.length) tail.length = 0;
    else if (absorbed === 1) tail.shift();
    else tail.splice(0, absorbed);
  }

  lengthOf(history: History): number {
    return history.common + history.tail.length;
  }

  lastOf(history: History): Zxid {
    const { tail, common } = history;
    if (tail.length > 0) return tail[tail.length - 1]!.zxid;
    return common === 0 ? ZERO : this.zxidAt(common - 1);
  }

  zxidIn(history: History, index: number): Zxid {
    return index < history.common ? this.zxidAt(index) : history.tail[index - history.common]!.zxid;
  }

  /** Appends a transaction; false when the history holds it already: what a fuzzy snapshot contains comes again. */
  push(history: History, txn: Entry): boolean {
    this.settle(history);
    const { tail } = history;
    if (txn.zxid <= this.lastOf(history) && this.contains(history, txn)) return false;
    if (tail.length === 0 && this.is(history.common, txn)) history.common++;
    else tail.push(txn);
    return true;
  }

  contains(history: History, txn: Entry): boolean {
    const index = this.indexOf(txn.zxid);
    if (index >= 0 && index < history.common) return this.is(index, txn);
    for (let i = history.tail.length - 1; i >= 0; i--) {
      const other = history.tail[i]!;
      if (other.zxid === txn.zxid && sameDigest(other, txn)) return true;
    }
    return false;
  }

  /** True if the history has an entry of that zxid. */
  has(history: History, zxid: Zxid): boolean {
    const { tail } = history;
    for (let i = tail.length - 1; i >= 0; i--) if (tail[i]!.zxid === zxid) return true;
    const index = this.indexOf(zxid);
    return index >= 0 && index < history.common;
  }

  /** True if the canonical entry at `index` is in the history. */
  hasAt(history: History, index: number): boolean {
    if (index < history.common) return true;
    for (const txn of history.tail) if (this.is(index, txn)) return true;
    return false;
  }

  /** True if `history` begins with all of `prefix`. */
  startsWith(history: History, prefix: History): boolean {
    this.settle(history);
    this.settle(prefix);
    if (history.common < prefix.common) return false;
    for (let i = 0; i < prefix.tail.length; i++) {
      const index = prefix.common + i;
      const txn = prefix.tail[i]!;
      if (index < history.common) {
        if (!this.is(index, txn)) return false;
      } else {
        const other = history.tail[index - history.common];
        if (other === undefined || other.zxid !== txn.zxid || !sameDigest(other, txn)) return false;
      }
    }
    return true;
  }

  /** The zxid of the first entry of `a` that `b` lacks, anywhere; null when `b` holds them all. */
  firstMissing(a: History, b: History): Zxid | null {
    this.settle(a);
    this.settle(b);
    for (let k = b.common; k < a.common; k++) if (!this.hasAt(b, k)) return this.zxidAt(k);
    for (const txn of a.tail) if (!this.contains(b, txn)) return txn.zxid;
    return null;
  }

  /** Drops every entry above `zxid`. */
  cutAfter(history: History, zxid: Zxid): void {
    this.settle(history);
    history.tail = history.tail.filter((txn) => txn.zxid <= zxid);
    let common = history.common;
    if (common > 0 && this.zxidAt(common - 1) > zxid) common = this.#lengthUpTo(zxid);
    if (common < history.common) history.common = common;
  }

  /** `base`, followed by the entries of `log` above `after` that it lacks: a snapshot and the replay behind it. */
  join(base: History, log: History, after: Zxid): History {
    this.settle(base);
    this.settle(log);
    const joined = copyHistory(base);
    const from = Math.max(joined.common, this.#lengthUpTo(after));
    if (joined.tail.length === 0 && from === joined.common) joined.common = Math.max(from, log.common);
    else for (let k = from; k < log.common; k++) this.push(joined, this.entryAt(k));
    for (const txn of log.tail) if (txn.zxid > after) this.push(joined, txn);
    return joined;
  }

  hash(into: Hasher): void {
    into.int(this.#length);
    for (let i = 0; i < this.#length; i++) into.int(this.#digests[i]!);
  }

  hashHistory(history: History, into: Hasher): void {
    this.settle(history);
    into.int(history.common);
    into.int(history.tail.length);
    for (const txn of history.tail) into.int(txn.digest);
  }

  clone(): Canon {
    const copy = new Canon();
    copy.#length = this.#length;
    copy.#digests = this.#digests.slice();
    copy.#stretches = this.#stretches.slice();
    copy.#ascending = this.#ascending;
    copy.#last = this.#last;
    return copy;
  }

  /** The number of leading entries up to `zxid`. */
  #lengthUpTo(zxid: Zxid): number {
    let end = this.#length;
    for (let i = this.#stretches.length - 1; i >= 0; i--) {
      const { first, from } = this.#stretches[i]!;
      if (zxid >= first) return Math.min(end, from + (zxid - first) + 1);
      end = from;
    }
    return 0;
  }
}

export function emptyHistory(): History {
  return { common: 0, tail: [] };
}

export function copyHistory(history: History): History {
  return { common: history.common, tail: history.tail.slice() };
}

function sameDigest(a: Entry, b: Entry): boolean {
  return a.digest >>> 0 === b.digest >>> 0;
}

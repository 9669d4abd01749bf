import type { Hasher } from './hash.ts';
import type { Canon, Entry } from './history-canon.ts';
import { epochOf, ZERO, type Zxid } from './zab/zxid.ts';

/** A transaction that was seen, and is not committed. */
interface Pending {
  readonly txn: Entry;
  proposed: boolean;
  /** What the same primary broadcast just before it, in the same epoch; 0: nothing. */
  before: Zxid;
}

/** Who broadcast what, in which order. Of what is committed only the oddities are kept, so that it stays small. */
export class Broadcasts {
  /** Canonical positions whose transaction nobody proposed. */
  readonly unproposed: number[] = [];
  /** Canonical positions whose predecessor in the primary's order of broadcasts was not committed before. */
  readonly skipping: { readonly index: number; readonly missing: Zxid }[] = [];
  readonly #pending = new Map<Zxid, Pending>();
  /** The last broadcast of each epoch. */
  readonly #last = new Map<number, Zxid>();

  /** A primary broadcast it. */
  proposed(txn: Entry): void {
    const epoch = epochOf(txn.zxid);
    const before = this.#last.get(epoch) ?? ZERO;
    this.#last.set(epoch, txn.zxid);
    const pending = this.#pending.get(txn.zxid);
    if (pending === undefined) this.#pending.set(txn.zxid, { txn, proposed: true, before });
    else if (pending.txn.digest === txn.digest && !pending.proposed) {
      pending.proposed = true;
      pending.before = before;
    }
  }

  /** Somebody logged or applied it: the first transaction seen under a zxid is remembered until one is committed.
   *  False if another one was seen under its zxid before. */
  seen(txn: Entry, canon: Canon): boolean {
    const index = canon.indexOf(txn.zxid);
    if (index >= 0) return canon.is(index, txn);
    const first = this.#pending.get(txn.zxid);
    if (first !== undefined) return first.txn.digest === txn.digest;
    this.#pending.set(txn.zxid, { txn, proposed: false, before: ZERO });
    return true;
  }

  /** It is about to become the next entry of the canonical sequence. */
  committing(txn: Entry, canon: Canon): void {
    const pending = this.#pending.get(txn.zxid);
    const index = canon.length;
    if (!pending?.proposed || pending.txn.digest !== txn.digest) this.unproposed.push(index);
    else if (pending.before !== ZERO && canon.last() !== pending.before)
      this.skipping.push({ index, missing: pending.before });
    this.#pending.delete(txn.zxid);
  }

  /** True if some primary broadcast exactly this transaction. */
  wasProposed(txn: Entry, canon: Canon): boolean {
    const index = canon.indexOf(txn.zxid);
    if (index >= 0) return canon.is(index, txn) && !this.unproposed.includes(index);
    const pending = this.#pending.get(txn.zxid);
    return pending !== undefined && pending.proposed && pending.txn.digest === txn.digest;
  }

  /** What the primary of this transaction broadcast just before it in its epoch; 0: nothing. */
  before(zxid: Zxid, canon: Canon): Zxid {
    const index = canon.indexOf(zxid);
    if (index < 0) return this.#pending.get(zxid)?.before ?? ZERO;
    for (const skip of this.skipping) if (skip.index === index) return skip.missing;
    const before = index === 0 ? ZERO : canon.zxidAt(index - 1);
    return epochOf(before) === epochOf(zxid) ? before : ZERO;
  }

  clone(): Broadcasts {
    const copy = new Broadcasts();
    copy.unproposed.push(...this.unproposed);
    copy.skipping.push(...this.skipping);
    for (const [zxid, pending] of this.#pending) copy.#pending.set(zxid, { ...pending });
    for (const [epoch, zxid] of this.#last) copy.#last.set(epoch, zxid);
    return copy;
  }

  hash(into: Hasher): void {
    for (const { txn, proposed, before } of this.#pending.values()) {
      into.int(txn.zxid);
      into.int(txn.digest);
      into.int(proposed ? before : -1);
    }
  }
}

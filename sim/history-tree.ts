import type { Canon } from './history-canon.ts';
import type { Txn } from './zab/messages.ts';
import { counterOf, epochOf, type Zxid } from './zab/zxid.ts';
import { applyCloseSession, applyWrite } from './zookeeper/apply.ts';
import type { Answer, Change, TimedTxn } from './zookeeper/operations.ts';
import { copyTree, newTree, type Tree } from './zookeeper/tree.ts';

/** One committed transaction, and what came of it. */
export interface Moment {
  /** Its place in the canonical sequence. */
  readonly index: number;
  readonly txn: Txn;
  /** The tree before and behind it. */
  readonly before: Tree;
  readonly tree: Tree;
  readonly error: string | null;
  readonly answer: Answer | null;
  readonly changes: readonly Change[];
}

/** So many moments are kept; their trees share what did not change. A server that is further behind is not judged. */
const KEPT = 2048;

/** Proposals that came to nothing are forgotten once there are so many. */
const FORGOTTEN_AT = 1024;

/** The committed transactions of ZooKeeper's own service, replayed one after the other as the rules have it, whatever the
 *  servers make of them. Memory does not grow with the run. */
export class TreeHistory {
  /** Every transaction that was proposed and is not replayed yet, by its digest. */
  readonly config: string | null;
  readonly #proposed: Map<number, Txn>;
  readonly #moments: (Moment | undefined)[];
  #tree: Tree;
  #length: number;

  /** `config`: what /zookeeper/config says; null: another service, of which there is nothing to keep. */
  constructor(config: string | null, from?: TreeHistory) {
    this.config = config;
    this.#proposed = new Map(from === undefined ? [] : from.#proposed);
    this.#moments = from === undefined ? [] : from.#moments.slice();
    this.#tree = from === undefined ? newTree(config ?? '') : from.#tree;
    this.#length = from === undefined ? 0 : from.#length;
  }

  /** How many committed transactions are replayed. */
  get length(): number {
    return this.#length;
  }

  /** The moment at this place of the canonical sequence, if it is known. */
  at(index: number): Moment | null {
    const moment = this.#moments[index % KEPT];
    return moment !== undefined && moment.index === index ? moment : null;
  }

  /** The moment of this zxid; a new leader's <epoch, 0> is that of the last transaction before. undefined: nothing of that
   *  zxid is committed; null: it cannot be told. */
  of(zxid: Zxid, canon: Canon): Moment | null | undefined {
    if (counterOf(zxid) !== 0) {
      const index = canon.indexOf(zxid);
      return index < 0 ? undefined : this.at(index);
    }
    const below = canon.lengthBelow(epochOf(zxid));
    return below === 0 ? null : this.at(below - 1);
  }

  proposed(txn: Txn): void {
    if (this.config !== null) this.#proposed.set(txn.digest, txn);
  }

  /** Brings the tree to the end of what is committed. */
  advance(canon: Canon): void {
    if (this.config === null) return;
    for (; this.#length < canon.length; this.#length++) {
      const { zxid, digest } = canon.entryAt(this.#length);
      const txn = this.#proposed.get(digest);
      if (txn === undefined || txn.zxid !== zxid) break;
      this.#proposed.delete(digest);
      this.#moments[this.#length % KEPT] = this.#replay(txn);
    }
    if (this.#proposed.size > FORGOTTEN_AT)
      for (const [digest, { zxid }] of this.#proposed) if (zxid <= canon.last()) this.#proposed.delete(digest);
  }

  clone(): TreeHistory {
    return new TreeHistory(this.config, this);
  }

  #replay(txn: Txn): Moment {
    const { body } = txn;
    const before = this.#tree;
    const tree = copyTree(before);
    this.#tree = tree;
    const at = { index: this.#length, txn, before, tree };
    switch (body.kind) {
      case 'write': {
        const { error, answer, changes } = applyWrite(tree, txn, body.op as TimedTxn);
        return { ...at, error, answer, changes };
      }
      case 'closeSession':
        return { ...at, error: null, answer: null, changes: applyCloseSession(tree, txn, body.paths) };
      case 'error':
        return { ...at, error: body.error, answer: null, changes: [] };
      case 'createSession':
        return { ...at, error: null, answer: null, changes: [] };
    }
  }
}

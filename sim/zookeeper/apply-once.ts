import type { Txn } from '../zab/messages.ts';
import type { Applied } from '../zab/service.ts';
import { isSameTree, type Tree } from './tree.ts';

/** Every server of an ensemble applies the same transactions to the same content. Where the content is the same object
 *  too, the first server's work does for all: they share what came of it, and so one tree. A memo of a pure function: what
 *  is in it cannot change a result. */
export class ApplyOnce {
  readonly #entries: (Entry | undefined)[] = Array.from({ length: REMEMBERED * WAYS }, () => undefined);
  readonly #meetings: (Meeting | undefined)[] = Array.from({ length: MEETINGS }, () => undefined);

  /** Changes the tree as `apply` would, and gives what it would give. */
  apply(tree: Tree, txn: Txn, apply: (tree: Tree, txn: Txn) => Applied): Applied {
    const place = (txn.zxid % REMEMBERED) * WAYS;
    for (let way = place; way < place + WAYS; way++) {
      const entry = this.#entries[way];
      if (entry === undefined || entry.txn !== txn || !isShared(entry.before, tree)) continue;
      Object.assign(tree, entry.after);
      return entry.applied;
    }
    const before = { ...tree };
    const applied = apply(tree, txn);
    if (txn.zxid % MEETING === 0) this.#meet(tree, txn);
    this.#remember(place, { txn, before, after: { ...tree }, applied });
    return applied;
  }

  /** A server that is far behind leaves alone what is of use to those ahead of it. */
  #remember(place: number, entry: Entry): void {
    const newest = this.#entries[place];
    if (newest !== undefined && newest.txn.zxid > entry.txn.zxid) return;
    for (let way = place + WAYS - 1; way > place; way--) this.#entries[way] = this.#entries[way - 1];
    this.#entries[place] = entry;
  }

  /** Servers that were too far apart, or read their trees from disk, share one again if it holds the same. */
  #meet(tree: Tree, txn: Txn): void {
    const place = (txn.zxid / MEETING) % MEETINGS;
    const known = this.#meetings[place];
    if (known?.txn !== txn) this.#meetings[place] = { txn, after: { ...tree } };
    else if (isSameTree(known.after, tree)) Object.assign(tree, known.after);
  }
}

/** Transactions that are remembered: more than usually lie between the first server that applies one and the last. */
const REMEMBERED = 256;

/** Two servers whose trees are not the same object take a place each. */
const WAYS = 2;

/** Every so many transactions, trees are compared with what the first server had there; so many such places are kept. */
const MEETING = 64;
const MEETINGS = 64;

interface Meeting {
  readonly txn: Txn;
  readonly after: Tree;
}

interface Entry extends Meeting {
  readonly before: Tree;
  readonly applied: Applied;
}

/** All there is in a tree: with a part more, this does not compile. */
const PARTS: Readonly<Record<keyof Tree, true>> = {
  nodes: true,
  ephemerals: true,
  containers: true,
  ttls: true,
  quotas: true,
  bytes: true,
};
const NAMES = Object.keys(PARTS) as readonly (keyof Tree)[];

function isShared(a: Tree, b: Tree): boolean {
  for (let i = 0; i < NAMES.length; i++) if (a[NAMES[i]!] !== b[NAMES[i]!]) return false;
  return true;
}

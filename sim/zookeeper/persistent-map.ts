/** A map from text that is never changed: `set` and `delete` give another one, which shares all but the path to the
 *  change. So a copy costs nothing, and a sum over the content costs by what changed since the last one.
 *  Source: Bagwell, Ideal Hash Trees; always in the same shape for the same content. */
export class PersistentMap<V> {
  readonly size: number;
  readonly #root: Trie<V> | null;

  private constructor(root: Trie<V> | null, size: number) {
    this.#root = root;
    this.size = size;
  }

  static empty<V>(): PersistentMap<V> {
    return new PersistentMap<V>(null, 0);
  }

  get(key: string): V | undefined {
    const hash = hashOf(key);
    let trie = this.#root;
    for (let shift = 0; trie !== null; shift += BITS) {
      if (trie.kind === 'leaf') return trie.key === key ? trie.value : undefined;
      if (trie.kind === 'bucket') return trie.leaves.find((leaf) => leaf.key === key)?.value;
      const bit = 1 << ((hash >>> shift) & MASK);
      if ((trie.bitmap & bit) === 0) return undefined;
      trie = trie.items[countOf(trie.bitmap & (bit - 1))]!;
    }
    return undefined;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  set(key: string, value: V): PersistentMap<V> {
    const leaf: Leaf<V> = { kind: 'leaf', hash: hashOf(key), key, value, sum: UNKNOWN };
    if (this.#root === null) return new PersistentMap<V>(leaf, 1);
    const known = this.has(key);
    return new PersistentMap<V>(withLeaf(this.#root, 0, leaf), known ? this.size : this.size + 1);
  }

  delete(key: string): PersistentMap<V> {
    if (this.#root === null || !this.has(key)) return this;
    return new PersistentMap<V>(withoutKey(this.#root, 0, hashOf(key), key), this.size - 1);
  }

  /** In an order that is neither that of the keys nor that in which they came, and the same for the same keys. */
  forEach(visit: (value: V, key: string) => void): void {
    if (this.#root !== null) walk(this.#root, visit);
  }

  keys(): string[] {
    const keys: string[] = [];
    this.forEach((_value, key) => keys.push(key));
    return keys;
  }

  /** Whether the other has the same keys with the same values; costs by what the two do not share. */
  equals(other: PersistentMap<V>, same: (a: V, b: V) => boolean): boolean {
    if (this.size !== other.size) return false;
    return this.#root === null || other.#root === null || areEqual(this.#root, other.#root, same);
  }

  /** The sum of `of` over all entries, modulo 2^52: independent of their order. `of` must be the same at every call, and
   *  what it gives below 2^52: parts of the sum are kept. */
  sum(of: (key: string, value: V) => number): number {
    return this.#root === null ? 0 : sumOf(this.#root, of);
  }
}

const BITS = 5;
const MASK = 31;
const UNKNOWN = -1;
const MODULUS = 0x10_0000_0000_0000;

type Trie<V> = Leaf<V> | Bucket<V> | Branch<V>;

/** `sum` is a memo of a pure function: what is in it cannot change a result. */
interface Leaf<V> {
  readonly kind: 'leaf';
  readonly hash: number;
  readonly key: string;
  readonly value: V;
  sum: number;
}

/** Keys of one hash, in the order of the keys. */
interface Bucket<V> {
  readonly kind: 'bucket';
  readonly hash: number;
  readonly leaves: readonly Leaf<V>[];
  sum: number;
}

interface Branch<V> {
  readonly kind: 'branch';
  readonly bitmap: number;
  readonly items: readonly Trie<V>[];
  sum: number;
}

function hashOf(key: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) | 0;
}

/** Number of bits that are set. */
function countOf(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function withLeaf<V>(trie: Trie<V>, shift: number, leaf: Leaf<V>): Trie<V> {
  if (trie.kind === 'branch') {
    const bit = 1 << ((leaf.hash >>> shift) & MASK);
    const at = countOf(trie.bitmap & (bit - 1));
    const items = trie.items.slice();
    if ((trie.bitmap & bit) === 0) items.splice(at, 0, leaf);
    else items[at] = withLeaf(items[at]!, shift + BITS, leaf);
    return { kind: 'branch', bitmap: trie.bitmap | bit, items, sum: UNKNOWN };
  }
  if (trie.kind === 'leaf' && trie.key === leaf.key) return leaf;
  if (trie.hash !== leaf.hash) return apart(trie, leaf, shift);
  const others = trie.kind === 'leaf' ? [trie] : trie.leaves.filter((other) => other.key !== leaf.key);
  const leaves = [...others, leaf].sort((a, b) => (a.key < b.key ? -1 : 1));
  return { kind: 'bucket', hash: leaf.hash, leaves, sum: UNKNOWN };
}

/** A branch, or as many as it takes, with the two of different hashes below. */
function apart<V>(trie: Leaf<V> | Bucket<V>, leaf: Leaf<V>, shift: number): Branch<V> {
  const [a, b] = [(trie.hash >>> shift) & MASK, (leaf.hash >>> shift) & MASK];
  if (a === b) return { kind: 'branch', bitmap: 1 << a, items: [apart(trie, leaf, shift + BITS)], sum: UNKNOWN };
  return { kind: 'branch', bitmap: (1 << a) | (1 << b), items: a < b ? [trie, leaf] : [leaf, trie], sum: UNKNOWN };
}

/** The key is known to be there. What is left of a branch with one leaf is that leaf. */
function withoutKey<V>(trie: Trie<V>, shift: number, hash: number, key: string): Trie<V> | null {
  if (trie.kind === 'leaf') return null;
  if (trie.kind === 'bucket') {
    const leaves = trie.leaves.filter((leaf) => leaf.key !== key);
    return leaves.length === 1 ? leaves[0]! : { kind: 'bucket', hash, leaves, sum: UNKNOWN };
  }
  const bit = 1 << ((hash >>> shift) & MASK);
  const at = countOf(trie.bitmap & (bit - 1));
  const left = withoutKey(trie.items[at]!, shift + BITS, hash, key);
  const items = trie.items.slice();
  if (left === null) items.splice(at, 1);
  else items[at] = left;
  if (items.length === 0) return null;
  if (items.length === 1 && items[0]!.kind !== 'branch') return items[0]!;
  return { kind: 'branch', bitmap: left === null ? trie.bitmap & ~bit : trie.bitmap, items, sum: UNKNOWN };
}

function walk<V>(trie: Trie<V>, visit: (value: V, key: string) => void): void {
  if (trie.kind === 'leaf') visit(trie.value, trie.key);
  else for (const item of trie.kind === 'bucket' ? trie.leaves : trie.items) walk(item, visit);
}

function areEqual<V>(a: Trie<V>, b: Trie<V>, same: (a: V, b: V) => boolean): boolean {
  if (a === b) return true;
  if (a.kind === 'leaf') return b.kind === 'leaf' && a.key === b.key && (a.value === b.value || same(a.value, b.value));
  if (a.kind === 'bucket')
    return (
      b.kind === 'bucket' &&
      a.leaves.length === b.leaves.length &&
      a.leaves.every((leaf, i) => areEqual(leaf, b.leaves[i]!, same))
    );
  return b.kind === 'branch' && a.bitmap === b.bitmap && a.items.every((item, i) => areEqual(item, b.items[i]!, same));
}

function sumOf<V>(trie: Trie<V>, of: (key: string, value: V) => number): number {
  if (trie.sum !== UNKNOWN) return trie.sum;
  if (trie.kind === 'leaf') trie.sum = of(trie.key, trie.value) % MODULUS;
  else {
    let sum = 0;
    for (const item of trie.kind === 'bucket' ? trie.leaves : trie.items) sum = (sum + sumOf(item, of)) % MODULUS;
    trie.sum = sum;
  }
  return trie.sum;
}

/** The order in which Java walks through a HashSet of texts: by the lower bits of their hash codes, then in the order of
 *  insertion. A session's ephemerals are deleted in it, and watchers are told in it.
 *  Source: java.util.HashMap#hash, #resize, #putMapEntries; DataTree.java#getEphemerals, which clones. */
export interface HashSetOfTexts {
  /** A power of two. */
  buckets: number;
  readonly items: string[];
}

/** As a clone of a set that grew in this order: the clone has the least size that holds them, and takes them over in the
 *  order of the original, whose size began at 16. */
export function newHashSet(inOrderOfInsertion: readonly string[]): HashSetOfTexts {
  const count = inOrderOfInsertion.length;
  let original = 16;
  while (count > original * LOAD) original *= 2;
  let buckets = 1;
  while (buckets < Math.floor(count / LOAD + 1)) buckets *= 2;
  // An empty clone has no table yet.
  return { buckets: count === 0 ? 16 : buckets, items: walk(inOrderOfInsertion, original) };
}

const LOAD = 0.75;

export function addTo(set: HashSetOfTexts, text: string): void {
  if (set.items.includes(text)) return;
  set.items.push(text);
  if (set.items.length > set.buckets * LOAD) set.buckets *= 2;
}

export function removeFrom(set: HashSetOfTexts, text: string): void {
  const at = set.items.indexOf(text);
  if (at >= 0) set.items.splice(at, 1);
}

export function iterationOf(set: HashSetOfTexts): string[] {
  return walk(set.items, set.buckets);
}

function walk(items: readonly string[], buckets: number): string[] {
  const bucketOf = (text: string): number => spreadHash(text) & (buckets - 1);
  return items
    .map((text, i) => ({ text, bucket: bucketOf(text), i }))
    .sort((a, b) => a.bucket - b.bucket || a.i - b.i)
    .map(({ text }) => text);
}

/** Source: java.lang.String#hashCode, java.util.HashMap#hash. */
function spreadHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash ^ (hash >>> 16);
}

import { PersistentMap } from './persistent-map.ts';
import { nameOf, parentOf } from './paths.ts';
import { boundedPath, exceeds, LIMITS, parseStats, QUOTA, STATS, withCounts } from './quota.ts';
import { inOrder, nodeAt, put, type Tree } from './tree.ts';

/** Where quotas meet the tree: which paths are bounded, and what is counted when a node comes, goes or changes. */

/** The longest bounded path that this one lies under. Source: PathTrie.java#findMaxPrefix. */
function boundAbove(tree: Tree, path: string): string | null {
  if (tree.quotas.size === 0) return null;
  for (let above = path; above !== '/'; above = parentOf(above)) if (tree.quotas.has(above)) return above;
  return null;
}

/** What a node adds to the counts of the path that bounds it, or takes from them. */
export function countUnderQuota(
  tree: Tree,
  path: string,
  change: { readonly count: number; readonly bytes: number },
): void {
  const bound = boundAbove(tree, path);
  if (bound !== null) putCounts(tree, bound, change, false);
}

function putCounts(
  tree: Tree,
  bound: string,
  change: { readonly count: number; readonly bytes: number },
  absolute: boolean,
): void {
  const path = `${QUOTA}${bound}/${STATS}`;
  const node = nodeAt(tree, path);
  const after = node === undefined ? null : withCounts(node, change, absolute);
  if (after !== null) put(tree, path, after);
}

/** A node of these names below /zookeeper/quota begins a bound, or counts what is there. Source: DataTree.java#createNode. */
export function beginQuota(tree: Tree, path: string): void {
  const parent = parentOf(path);
  if (!parent.startsWith(`${QUOTA}/`)) return;
  const bound = boundedPath(parent);
  if (nameOf(path) === LIMITS) tree.quotas = tree.quotas.set(bound, true);
  else if (nameOf(path) === STATS) putCounts(tree, bound, countsOf(tree, bound), true);
}

/** Bounds further down stay. Source: DataTree.java#deleteNode, PathTrie.java#deletePath. */
export function endQuota(tree: Tree, path: string): void {
  const parent = parentOf(path);
  if (parent.startsWith(`${QUOTA}/`) && nameOf(path) === LIMITS) tree.quotas = tree.quotas.delete(boundedPath(parent));
}

/** A tree that was read from a snapshot finds its bounds again, and counts anew. Source: DataTree.java#setupQuota. */
export function setupQuotas(tree: Tree): void {
  const quota = nodeAt(tree, QUOTA);
  if (quota === undefined || (quota.children.size === 0 && tree.quotas.size === 0)) return;
  tree.quotas = PersistentMap.empty();
  setupBelow(tree, QUOTA);
}

/** Source: DataTree.java#traverseNode: limits are found where there is nothing below them. */
function setupBelow(tree: Tree, path: string): void {
  const node = nodeAt(tree, path);
  if (node === undefined) return;
  for (const name of node.children.keys().sort(inOrder)) setupBelow(tree, `${path}/${name}`);
  if (node.children.size > 0 || nameOf(path) !== LIMITS || parentOf(path) === QUOTA) return;
  const bound = boundedPath(parentOf(path));
  putCounts(tree, bound, countsOf(tree, bound), true);
  tree.quotas = tree.quotas.set(bound, true);
}

/** Source: DataTree.java#getCounts: the node itself counts. */
function countsOf(tree: Tree, path: string): { readonly count: number; readonly bytes: number } {
  const node = nodeAt(tree, path);
  if (node === undefined) return { count: 0, bytes: 0 };
  let [count, bytes] = [1, node.dataLength];
  for (const name of node.children.keys()) {
    const below = countsOf(tree, `${path}/${name}`);
    count += below.count;
    bytes += below.bytes;
  }
  return { count, bytes };
}

/** True if hard limits of the path that bounds this one refuse the change. Source: ZooKeeperServer.java#checkQuota. */
export function exceedsQuota(
  tree: Tree,
  path: string,
  change: { readonly count: number; readonly bytes: number },
): boolean {
  const bound = boundAbove(tree, path);
  if (bound === null) return false;
  const limits = parseStats(nodeAt(tree, `${QUOTA}${bound}/${LIMITS}`)?.data ?? null);
  const stats = parseStats(nodeAt(tree, `${QUOTA}${bound}/${STATS}`)?.data ?? null);
  return limits !== null && stats !== null && exceeds(limits, stats, change);
}

import type { Mistake } from '../zab/behaviour.ts';
import type { Acl } from './acl.ts';
import { addTo, iterationOf, newHashSet, removeFrom } from './hash-set.ts';
import type { MultiOp } from './operations.ts';
import { parentForLookup } from './paths.ts';
import type { Owner } from './stat.ts';
import { ephemeralsOf, nodeAt, type Tree } from './tree.ts';

/** What the leader has proposed and not yet applied, as far as the next request must know it.
 *  Source: ZooKeeperServer.java#outstandingChanges, #outstandingChangesForPath. */
export interface Outstanding {
  /** In the order of their zxids. */
  records: ChangeRecord[];
  /** The latest of each path. */
  readonly byPath: Map<string, ChangeRecord>;
}

/** How a node will be. Never changed once made: it is found again by its identity. */
export interface ChangeRecord {
  readonly zxid: number;
  readonly path: string;
  /** null: deleted. */
  readonly node: PendingNode | null;
  readonly childCount: number;
}

/** What the checks look at. */
export interface PendingNode {
  readonly version: number;
  readonly cversion: number;
  readonly aversion: number;
  readonly owner: Owner;
  readonly acl: readonly Acl[];
  /** Bytes of the data, for quotas. */
  readonly dataLength: number;
}

export function newOutstanding(): Outstanding {
  return { records: [], byPath: new Map() };
}

/** The records are shared, so that a copy finds them again by the same identity. */
export function copyOutstanding(outstanding: Outstanding): Outstanding {
  return { records: outstanding.records.slice(), byPath: new Map(outstanding.byPath) };
}

/** How the node will be once everything proposed is applied; null when there will be none.
 *  Source: PrepRequestProcessor.java#getRecordForPath. */
export function recordFor(
  tree: Tree,
  outstanding: Outstanding,
  path: string,
): { readonly node: PendingNode; readonly childCount: number } | null {
  const key = path === '' ? '/' : path;
  const pending = outstanding.byPath.get(key);
  if (pending !== undefined)
    return pending.node === null ? null : { node: pending.node, childCount: pending.childCount };
  const node = nodeAt(tree, key);
  return node === undefined ? null : { node, childCount: node.children.size };
}

/** Source: PrepRequestProcessor.java#addChangeRecord. */
export function addChange(outstanding: Outstanding, zxid: number, change: Omit<ChangeRecord, 'zxid'>): void {
  const path = change.path === '' ? '/' : change.path;
  const record: ChangeRecord = { zxid, path, node: change.node, childCount: change.childCount };
  outstanding.records.push(record);
  outstanding.byPath.set(path, record);
}

/** A transaction is applied here: its records go, and those before it; what is newer for a path stays.
 *  Source: ZooKeeperServer.java#processTxn. */
export function settle(outstanding: Outstanding, zxid: number): void {
  const { records, byPath } = outstanding;
  let done = 0;
  for (let record = records[0]; record !== undefined && record.zxid <= zxid; record = records[++done])
    if (byPath.get(record.path) === record) byPath.delete(record.path);
  if (done > 0) outstanding.records = records.slice(done);
}

/** The records that a multi may hide: of its paths and of their parents. Source: PrepRequestProcessor.java#getPendingChanges. */
export function saveFor(
  outstanding: Outstanding,
  ops: readonly MultiOp[],
  mistake: Mistake | null = null,
): ReadonlyMap<string, ChangeRecord> {
  const saved = new Map<string, ChangeRecord>();
  for (const op of ops) {
    if (!('path' in op) || op.path === null) continue;
    const parent = mistake === 'multiForgetsParents' ? null : parentForLookup(op.path);
    for (const path of [op.path, parent === '' ? '/' : parent]) {
      const record = path === null ? undefined : outstanding.byPath.get(path);
      if (record !== undefined) saved.set(record.path, record);
    }
  }
  return saved;
}

/** Takes back what a multi has added so far. Source: PrepRequestProcessor.java#rollbackPendingChanges. */
export function rollBack(outstanding: Outstanding, zxid: number, saved: ReadonlyMap<string, ChangeRecord>): void {
  const { records, byPath } = outstanding;
  for (let last = records.at(-1); last !== undefined && last.zxid === zxid; last = records.at(-1)) {
    records.pop();
    if (byPath.get(last.path)?.zxid === zxid) byPath.delete(last.path);
  }
  const first = records[0];
  if (first === undefined) return;
  // What was applied since it was saved has left the list, and must not come back.
  for (const record of saved.values()) if (record.zxid >= first.zxid) byPath.set(record.path, record);
}

/** The ephemerals that a session will have once everything proposed is applied, in the order of Java's hash set. */
export function closedBy(tree: Tree, outstanding: Outstanding, session: number): string[] {
  const paths = newHashSet(ephemeralsOf(tree, session).sort((a, b) => createdAt(tree, a) - createdAt(tree, b)));
  for (const { path, node } of outstanding.records) {
    if (node === null) removeFrom(paths, path);
    else if (node.owner.kind === 'ephemeral' && node.owner.session === session) addTo(paths, path);
  }
  return iterationOf(paths);
}

function createdAt(tree: Tree, path: string): number {
  return nodeAt(tree, path)?.czxid ?? 0;
}

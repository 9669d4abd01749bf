import type { Mistake } from '../zab/behaviour.ts';
import type { ErrorName } from './codes.ts';
import type { Answer, Change, MultiResult, TimedTxn, TreeTxn } from './operations.ts';
import { nameOf, parentOf } from './paths.ts';
import { CONTAINER, PERSISTENT, statOf, type Owner } from './stat.ts';
import {
  aclOfParent,
  enlist,
  ephemeralsOf,
  newNode,
  nodeAt,
  put,
  take,
  withAcl,
  withChildren,
  withData,
  type Tree,
} from './tree.ts';
import { beginQuota, countUnderQuota, endQuota } from './tree-quotas.ts';

/** Applies what was decided: DataTree.java#processTxn. Nothing is judged here, and all of it may come a second time, when
 *  a fuzzy snapshot already holds it. */

/** What became of a transaction. `changes` are in the order in which watches are told. */
export interface Applied {
  readonly error: ErrorName | null;
  readonly answer: Answer | null;
  readonly changes: readonly Change[];
}

interface Header {
  readonly zxid: number;
  readonly session: number;
  readonly time: number;
}

export function applyWrite(
  tree: Tree,
  at: { zxid: number; session: number },
  body: TimedTxn,
  mistake: Mistake | null = null,
): Applied {
  const changes: Change[] = [];
  const header: Header = { ...at, time: body.time };
  const { txn } = body;
  if (txn.type === 'multi')
    return { error: null, answer: applyMulti(tree, header, txn.txns, changes, mistake), changes };
  const { error, answer } = applyOne(tree, header, txn, changes);
  if (error === 'NODEEXISTS' && txn.type === 'create') raiseParent(tree, header.zxid, txn);
  return { error, answer, changes };
}

/** The deletion of a session's ephemerals: those that the leader named, and any other that is recorded here.
 *  Source: DataTree.java#killSession. */
export function applyCloseSession(
  tree: Tree,
  at: { zxid: number; session: number },
  paths: readonly string[],
): readonly Change[] {
  const changes: Change[] = [];
  for (const path of paths) deleteNode(tree, at.zxid, path, changes);
  for (const path of ephemeralsOf(tree, at.session)) deleteNode(tree, at.zxid, path, changes);
  return changes;
}

interface One {
  readonly error: ErrorName | null;
  readonly answer: Answer | null;
}

const FINE: One = { error: null, answer: null };
const MISSING: One = { error: 'NONODE', answer: null };

/** All or nothing: one error among them, and none is applied; then every one is answered by an error.
 *  Source: DataTree.java#processTxn, case multi. */
function applyMulti(
  tree: Tree,
  header: Header,
  txns: readonly TreeTxn[],
  changes: Change[],
  mistake: Mistake | null,
): Answer {
  const failed = txns.some((txn) => txn.type === 'error');
  let behind = false;
  const results = txns.map((txn): MultiResult => {
    if (!failed || (mistake === 'multiAppliesSome' && txn.type !== 'error'))
      return resultOf(txn, applyOne(tree, header, txn, changes));
    if (txn.type !== 'error') return { type: 'error', error: behind ? 'RUNTIMEINCONSISTENCY' : 'OK' };
    behind = true;
    return { type: 'error', error: txn.error };
  });
  return { results };
}

function resultOf(txn: TreeTxn, done: One): MultiResult {
  if (done.error !== null) return { type: 'error', error: done.error };
  switch (txn.type) {
    case 'create':
      return { type: 'create', ...done.answer };
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      return { type: 'create2', ...done.answer };
    case 'setData':
      return { type: 'setData', ...done.answer };
    case 'check':
      return { type: 'check' };
    default:
      return { type: 'delete' };
  }
}

function applyOne(tree: Tree, header: Header, txn: TreeTxn, changes: Change[]): One {
  switch (txn.type) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      return createNode(tree, header, txn, changes);
    case 'delete':
    case 'deleteContainer':
      return deleteNode(tree, header.zxid, txn.path, changes);
    case 'setData':
      return setData(tree, header, txn, changes);
    case 'setACL': {
      const node = nodeAt(tree, txn.path);
      if (node === undefined) return MISSING;
      const after = withAcl(node, txn.acl, txn.version);
      put(tree, txn.path, after);
      return { error: null, answer: { stat: statOf(after) } };
    }
    case 'error':
      return { error: txn.error, answer: null };
    case 'check':
    case 'multi':
      return FINE;
  }
}

type CreateTxn = Extract<TreeTxn, { readonly parentCVersion: number }>;

/** Source: DataTree.java#createNode. */
function createNode(tree: Tree, header: Header, txn: CreateTxn, changes: Change[]): One {
  const { path, acl } = txn;
  const parentPath = parentOf(path);
  const parent = nodeAt(tree, parentPath);
  if (parent === undefined) return MISSING;
  const known = nodeAt(tree, path);
  if (known !== undefined) {
    // A snapshot that was taken meanwhile may hold the node with another list.
    put(tree, path, withAcl(known, acl, known.aversion));
    return { error: 'NODEEXISTS', answer: null };
  }
  const owner = ownerOf(txn, header.session);
  const node = newNode({ data: txn.data, acl, zxid: header.zxid, time: header.time, owner });
  const cversion = txn.parentCVersion === -1 ? parent.cversion + 1 : txn.parentCVersion;
  const isNew = cversion > parent.cversion;
  const raised = isNew ? { cversion, pzxid: header.zxid } : { cversion: parent.cversion, pzxid: parent.pzxid };
  put(tree, parentPath, withChildren(parent, { children: parent.children.set(nameOf(path), true), ...raised }));
  put(tree, path, node);
  enlist(tree, path, owner);
  beginQuota(tree, path);
  countUnderQuota(tree, path, { count: 1, bytes: node.dataLength });
  changes.push({ kind: 'created', path, acl, parentAcl: parent.acl });
  return { error: null, answer: txn.type === 'create' ? { path } : { path, stat: statOf(node) } };
}

function ownerOf(txn: CreateTxn, session: number): Owner {
  switch (txn.type) {
    case 'createContainer':
      return CONTAINER;
    case 'createTTL':
      return { kind: 'ttl', ttlMs: txn.ttlMs };
    default:
      return txn.ephemeral ? { kind: 'ephemeral', session } : PERSISTENT;
  }
}

/** A create that is applied again: the parent of a snapshot may be older than its child. Only for the old opcode, as in
 *  ZooKeeper. Source: DataTree.java#processTxn, its end; #setCversionPzxid. */
function raiseParent(tree: Tree, zxid: number, txn: CreateTxn): void {
  const path = parentOf(txn.path);
  const parent = nodeAt(tree, path);
  if (parent === undefined) return;
  const cversion = txn.parentCVersion === -1 ? parent.cversion + 1 : txn.parentCVersion;
  if (cversion > parent.cversion)
    put(tree, path, withChildren(parent, { children: parent.children, cversion, pzxid: zxid }));
}

/** Source: DataTree.java#deleteNode. */
function deleteNode(tree: Tree, zxid: number, path: string, changes: Change[]): One {
  const parentPath = parentOf(path);
  const parent = nodeAt(tree, parentPath);
  if (parent === undefined) return MISSING;
  // Even where the node is gone already, so that the parent is right behind a fuzzy snapshot.
  const children = parent.children.delete(nameOf(path));
  const pzxid = Math.max(zxid, parent.pzxid);
  put(tree, parentPath, withChildren(parent, { children, cversion: parent.cversion, pzxid }));
  const node = nodeAt(tree, path);
  if (node === undefined) return MISSING;
  take(tree, path, node);
  endQuota(tree, path);
  countUnderQuota(tree, path, { count: -1, bytes: -node.dataLength });
  changes.push({ kind: 'deleted', path, acl: node.acl, parentAcl: parent.acl });
  return FINE;
}

/** Source: DataTree.java#setData: whatever was there is overwritten, an older value too. */
function setData(
  tree: Tree,
  header: Header,
  txn: Extract<TreeTxn, { readonly type: 'setData' }>,
  changes: Change[],
): One {
  const { path, data, version } = txn;
  const node = nodeAt(tree, path);
  if (node === undefined) return MISSING;
  const after = withData(node, { data, version, zxid: header.zxid, time: header.time });
  put(tree, path, after);
  countUnderQuota(tree, path, { count: 0, bytes: after.dataLength - node.dataLength });
  changes.push({ kind: 'dataChanged', path, acl: node.acl, parentAcl: aclOfParent(tree, path) });
  return { error: null, answer: { stat: statOf(after) } };
}

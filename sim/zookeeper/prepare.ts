import type { Mistake } from '../zab/behaviour.ts';
import { fixupAcl, isAllowed, type Acl, type AuthId } from './acl.ts';
import { CREATE_MODES, isEphemeral, isSequential, MAX_TTL_MS, PERMS, type ErrorName } from './codes.ts';
import type { CreateOp, MultiOp, MultiPart, TreeTxn, WriteOp } from './operations.ts';
import {
  addChange,
  closedBy,
  recordFor,
  rollBack,
  saveFor,
  type Outstanding,
  type PendingNode,
} from './outstanding.ts';
import { isSpecial, parentForLookup, parentOf, pathMistake, sequenceSuffix, utf8Length } from './paths.ts';
import { nextVersion, type Owner } from './stat.ts';
import { exceedsQuota } from './tree-quotas.ts';
import type { Tree } from './tree.ts';

/** The leader's validation: PrepRequestProcessor.java. A request is judged against the tree and everything that is proposed
 *  and not yet applied, and becomes a transaction that applies without judgement. */

/** Who asks, and under which circumstances. */
export interface Asker {
  readonly session: number;
  readonly ids: readonly AuthId[];
  /** Why the session may not ask: SESSIONEXPIRED, SESSIONMOVED, or null. */
  readonly refused: ErrorName | null;
  readonly zxid: number;
  readonly extendedTypes: boolean;
  /** Hard limits refuse. */
  readonly enforceQuota: boolean;
  readonly mistake: Mistake | null;
}

/** An operation that fails becomes an `error`: it takes its zxid all the same. Only a multi has errors inside.
 *  Source: PrepRequestProcessor.java#pRequestHelper. */
export function prepareWrite(tree: Tree, outstanding: Outstanding, op: WriteOp, asker: Asker): TreeTxn {
  if (op.op === 'multi') return prepareMulti(tree, outstanding, op.ops, asker);
  if (op.op === 'check') return error('UNIMPLEMENTED');
  return prepareOne(tree, outstanding, op, asker);
}

function error(name: ErrorName): TreeTxn {
  return { type: 'error', error: name };
}

function prepareOne(tree: Tree, outstanding: Outstanding, op: MultiOp, asker: Asker): TreeTxn {
  switch (op.op) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      return prepareCreate(tree, outstanding, op, asker);
    case 'reconfig':
      return error('RECONFIGDISABLED');
    case 'deleteContainer':
      return prepareDeleteContainer(tree, outstanding, op.path, asker);
    case 'delete':
      if (asker.refused !== null) return error(asker.refused);
      if (op.path === null) return error('MARSHALLINGERROR');
      return prepareDelete(tree, outstanding, { path: op.path, version: op.version }, asker);
    default:
      return prepareChange(tree, outstanding, op, asker);
  }
}

/** Each sees what the ones before it did; the first that fails takes all of it back, and the rest is not even looked at.
 *  One that cannot be read as a multi fails as a whole, before any of it is judged.
 *  Source: PrepRequestProcessor.java#pRequestHelper, case multi; MultiOperationRecord.java#deserialize. */
function prepareMulti(tree: Tree, outstanding: Outstanding, ops: readonly MultiPart[], asker: Asker): TreeTxn {
  if (!ops.every(isReadable)) return error('MARSHALLINGERROR');
  const saved = saveFor(outstanding, ops, asker.mistake);
  const txns: TreeTxn[] = [];
  let failed = false;
  for (const op of ops) {
    if (failed) {
      txns.push(error('RUNTIMEINCONSISTENCY'));
      continue;
    }
    const txn = prepareOne(tree, outstanding, op, asker);
    if (txn.type === 'error') {
      failed = true;
      rollBack(outstanding, asker.zxid, saved);
    }
    txns.push(txn);
  }
  return { type: 'multi', txns };
}

/** Reads are of another kind than writes, and a null path is stumbled over before the first is judged. */
function isReadable(part: MultiPart): part is MultiOp {
  switch (part.op) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
    case 'delete':
    case 'setData':
    case 'check':
      return part.path !== null;
    default:
      return false;
  }
}

// ── create

/** The order of the checks decides the error. Source: PrepRequestProcessor.java#pRequest2TxnCreate. */
function prepareCreate(tree: Tree, outstanding: Outstanding, op: CreateOp, asker: Asker): TreeTxn {
  if (op.path === null) return error('MARSHALLINGERROR');
  const wrong = createMistake(op, asker.extendedTypes) ?? asker.refused;
  if (wrong !== null) return error(wrong);
  const parentPath = parentForLookup(op.path);
  if (parentPath === null) return error('BADARGUMENTS');
  const acl = fixupAcl(op.acl, asker.ids);
  if (acl === null) return error('INVALIDACL');
  const parent = recordFor(tree, outstanding, parentPath);
  if (parent === null) return error('NONODE');
  if (!isAllowed(parent.node.acl, PERMS.CREATE, asker.ids)) return error('NOAUTH');
  const path = isSequential(op.flags) ? op.path + sequenceSuffix(parent.node.cversion) : op.path;
  if (pathMistake(path) !== null) return error('BADARGUMENTS');
  if (recordFor(tree, outstanding, path) !== null) return error('NODEEXISTS');
  if (parent.node.owner.kind === 'ephemeral') return error('NOCHILDRENFOREPHEMERALS');
  const dataLength = lengthOf(op.data);
  if (asker.enforceQuota && exceedsQuota(tree, path, { count: 1, bytes: dataLength })) return error('QUOTAEXCEEDED');
  const cversion = (parent.node.cversion + 1) | 0;
  addChange(outstanding, asker.zxid, {
    path: parentPath,
    node: pending(parent.node, { cversion }),
    childCount: parent.childCount + 1,
  });
  const owner = ownerOf(op, asker.session);
  addChange(outstanding, asker.zxid, {
    path,
    node: { version: 0, cversion: 0, aversion: 0, owner, acl, dataLength },
    childCount: 0,
  });
  const { data } = op;
  if (op.op === 'createContainer' || op.op === 'createTTL')
    return {
      type: op.op,
      path,
      data,
      acl,
      parentCVersion: cversion,
      ttlMs: op.op === 'createTTL' ? op.ttlMs : 0,
    };
  return { type: op.op, path, data, acl, ephemeral: isEphemeral(op.flags), parentCVersion: cversion };
}

/** Source: PrepRequestProcessor.java#validateCreateRequest, EphemeralType.java#validateTTL. */
function createMistake(op: CreateOp, extendedTypes: boolean): ErrorName | null {
  if (CREATE_MODES[op.flags] === undefined) return 'BADARGUMENTS';
  if (op.op !== 'createTTL') return null;
  if (!extendedTypes) return 'UNIMPLEMENTED';
  return op.ttlMs < 1 || op.ttlMs > MAX_TTL_MS ? 'BADARGUMENTS' : null;
}

function ownerOf(op: CreateOp, session: number): Owner {
  if (op.op === 'createContainer') return { kind: 'container' };
  if (op.op === 'createTTL') return { kind: 'ttl', ttlMs: op.ttlMs };
  return isEphemeral(op.flags) ? { kind: 'ephemeral', session } : { kind: 'persistent' };
}

/** How a node will be once this is applied. Nothing else of it is looked at before. */
function pending(
  { version, cversion, aversion, owner, acl, dataLength }: PendingNode,
  change: {
    readonly version?: number;
    readonly cversion?: number;
    readonly aversion?: number;
    readonly dataLength?: number;
  },
): PendingNode {
  return {
    version: change.version ?? version,
    cversion: change.cversion ?? cversion,
    aversion: change.aversion ?? aversion,
    owner,
    acl,
    dataLength: change.dataLength ?? dataLength,
  };
}

// ── delete

/** The permission asked for is the parent's: a node's own list never guards it. */
function prepareDelete(
  tree: Tree,
  outstanding: Outstanding,
  op: { path: string; version: number },
  asker: Asker,
): TreeTxn {
  const parentPath = parentForLookup(op.path);
  if (parentPath === null || isSpecial(op.path)) return error('BADARGUMENTS');
  const parent = recordFor(tree, outstanding, parentPath);
  if (parent === null) return error('NONODE');
  if (!isAllowed(parent.node.acl, PERMS.DELETE, asker.ids)) return error('NOAUTH');
  const record = recordFor(tree, outstanding, op.path);
  if (record === null) return error('NONODE');
  if (op.version !== -1 && op.version !== record.node.version) return error('BADVERSION');
  if (record.childCount > 0) return error('NOTEMPTY');
  noteDeleted(outstanding, asker.zxid, parentPath, parent, op.path);
  return { type: 'delete', path: op.path };
}

function noteDeleted(
  outstanding: Outstanding,
  zxid: number,
  parentPath: string,
  parent: { node: PendingNode; childCount: number },
  path: string,
): void {
  addChange(outstanding, zxid, { path: parentPath, node: parent.node, childCount: parent.childCount - 1 });
  addChange(outstanding, zxid, { path, node: null, childCount: -1 });
}

/** The reaper's request. Its reason is not looked at again: a TTL node that was touched meanwhile goes all the same.
 *  Source: PrepRequestProcessor.java#pRequest2Txn, case deleteContainer. */
function prepareDeleteContainer(tree: Tree, outstanding: Outstanding, path: string, asker: Asker): TreeTxn {
  const parentPath = parentForLookup(path);
  if (parentPath === null || isSpecial(path)) return error('BADARGUMENTS');
  const record = recordFor(tree, outstanding, path);
  if (record === null) return error('NONODE');
  if (record.childCount > 0) return error('NOTEMPTY');
  if (record.node.owner.kind === 'ephemeral') return error('BADVERSION');
  const parent = recordFor(tree, outstanding, parentPath);
  if (parent === null) return error('NONODE');
  noteDeleted(outstanding, asker.zxid, parentPath, parent, path);
  return { type: 'deleteContainer', path };
}

// ── setData, setACL, check

type ChangeOp = Extract<MultiOp, { readonly op: 'setData' | 'setACL' | 'check' }>;

function prepareChange(tree: Tree, outstanding: Outstanding, op: ChangeOp, asker: Asker): TreeTxn {
  if (asker.refused !== null) return error(asker.refused);
  if (op.path === null) return error('MARSHALLINGERROR');
  if (pathMistake(op.path) !== null) return error('BADARGUMENTS');
  const acl = op.op === 'setACL' ? fixupAcl(op.acl, asker.ids) : [];
  if (acl === null) return error('INVALIDACL');
  const record = recordFor(tree, outstanding, op.path);
  if (record === null) return error('NONODE');
  if (!isAllowed(record.node.acl, PERMISSION[op.op], asker.ids)) return error('NOAUTH');
  if (op.op === 'setData' && asker.enforceQuota) {
    const bytes = lengthOf(op.data) - record.node.dataLength;
    if (exceedsQuota(tree, op.path, { count: 0, bytes })) return error('QUOTAEXCEEDED');
  }
  const held = op.op === 'setACL' ? record.node.aversion : record.node.version;
  if (op.version !== -1 && op.version !== held) return error('BADVERSION');
  return changed(outstanding, asker.zxid, op, { path: op.path, record, acl, version: nextVersion(held) });
}

function lengthOf(data: string | null): number {
  return data === null ? 0 : utf8Length(data);
}

const PERMISSION = { setData: PERMS.WRITE, setACL: PERMS.ADMIN, check: PERMS.READ } as const;

function changed(
  outstanding: Outstanding,
  zxid: number,
  op: ChangeOp,
  to: {
    readonly path: string;
    readonly record: { readonly node: PendingNode; readonly childCount: number };
    readonly acl: readonly Acl[];
    readonly version: number;
  },
): TreeTxn {
  const { path, record, acl, version } = to;
  switch (op.op) {
    case 'setData':
      addChange(outstanding, zxid, {
        path,
        node: pending(record.node, { version, dataLength: lengthOf(op.data) }),
        childCount: record.childCount,
      });
      return { type: 'setData', path, data: op.data, version };
    case 'setACL':
      // Until it is applied, requests behind it are judged by the old list: only its version changes here.
      addChange(outstanding, zxid, {
        path,
        node: pending(record.node, { aversion: version }),
        childCount: record.childCount,
      });
      return { type: 'setACL', path, acl, version };
    case 'check':
      return { type: 'check', path, version };
  }
}

/** The ephemerals that go with a session: those of the tree, less those whose deletion is proposed, with those whose
 *  creation is, in the order of Java's hash set: watches are told in it. The parents' child counts stay: a delete of the parent
 *  right behind finds it not empty. Source: PrepRequestProcessor.java#pRequest2Txn, case closeSession. */
export function prepareCloseSession(tree: Tree, outstanding: Outstanding, session: number, zxid: number): string[] {
  const paths = closedBy(tree, outstanding, session);
  for (const path of paths) {
    const parentPath = parentOf(path);
    const parent = recordFor(tree, outstanding, parentPath);
    if (parent !== null)
      addChange(outstanding, zxid, { path: parentPath, node: parent.node, childCount: parent.childCount });
    addChange(outstanding, zxid, { path, node: null, childCount: 0 });
  }
  return paths;
}

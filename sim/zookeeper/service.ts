import type { Hasher } from '../hash.ts';
import type { Behaviour, Mistake } from '../zab/behaviour.ts';
import type { Settings } from '../zab/config.ts';
import type { ClientRequest, Txn } from '../zab/messages.ts';
import type { Applied, Asker, LocalState, Outstanding as Opaque, ReadOutcome } from '../zab/service.ts';
import type { Service, ServiceState, TxnBody } from '../zab/service.ts';
import { authenticate } from './acl.ts';
import { applyCloseSession, applyWrite } from './apply.ts';
import { ApplyOnce } from './apply-once.ts';
import { ERROR_CODES, type ErrorName } from './codes.ts';
import { frameBytes, MAX_FRAME } from './frames.ts';
import type { Change, Operation, ReadOp, TimedTxn, TreeTxn, WriteOp } from './operations.ts';
import { copyOutstanding, newOutstanding, settle, type Outstanding } from './outstanding.ts';
import { utf8Length } from './paths.ts';
import { prepareCloseSession, prepareWrite } from './prepare.ts';
import { readTree } from './read.ts';
import { copyTree, hashTree, newTree, nodeAt, reapable, type Tree } from './tree.ts';
import { setupQuotas } from './tree-quotas.ts';
import { copyWatches, dropWatcher, hashWatches, newWatches, notifications, type Watches } from './watches.ts';

/** ZooKeeper's data model as the replicated service: what PrepRequestProcessor.java, DataTree.java and
 *  FinalRequestProcessor.java do with a request. `config`: what /zookeeper/config says. */
export function newZookeeper(settings: Settings, behaviour: Behaviour, config: string): Service {
  const { watchMarking: marking, existsNeedsRead, mistake } = behaviour;
  const fresh = newTree(config);
  const once = new ApplyOnce();
  return {
    name: 'zookeeper',
    empty: () => copyTree(fresh),
    newOutstanding,
    copyOutstanding: (outstanding) => copyOutstanding(changesOf(outstanding)),
    settle: (outstanding, zxid) => settle(changesOf(outstanding), zxid),
    prepare: (state, outstanding, request, asker) => prepare(settings, { state, outstanding, request, asker, mistake }),
    prepareClose: (state, outstanding, session, zxid) =>
      prepareCloseSession(treeOf(state), changesOf(outstanding), session, zxid),
    dueEveryMs: settings.containerCheckIntervalMs,
    due: (state, time): readonly WriteOp[] =>
      reapable(treeOf(state), time, settings.containerMaxNeverUsedMs).map((path) => ({ op: 'deleteContainer', path })),
    apply: (state, txn) => once.apply(treeOf(state), txn, (tree, one) => apply(tree, one, mistake)),
    cleanUp: (state, sessions, zxid) => cleanUp(treeOf(state), sessions, zxid),
    newLocal: newWatches,
    copyLocal: (local) => copyWatches(watchesOf(local)),
    hashLocal: (local, into) => hashWatches(watchesOf(local), into),
    read(state, local, request, { connection, ids }): ReadOutcome {
      const op = request.op as ReadOp;
      const watches = watchesOf(local);
      const reader = { connection, session: request.session, ids, watches, marking, existsNeedsRead, mistake };
      const { error, answer, notifications: told } = readTree(treeOf(state), op, reader);
      return { error, value: answer, notifications: told };
    },
    notify: (local, changes, idsOf) => notifications(watchesOf(local), changes as readonly Change[], idsOf, mistake),
    forget: (local, connection) => dropWatcher(watchesOf(local), connection),
    admit: (request) => admit(request, behaviour.checkAloneHangs),
    authenticate: (scheme, auth) => authenticate(scheme, auth, settings.superDigest),
    valueOf: (state, path) => valueOf(treeOf(state), path),
    content: (state) => copyTree(treeOf(state)),
    restore(content): Tree {
      const tree = copyTree(content as Tree);
      setupQuotas(tree);
      return tree;
    },
    clone: (state) => copyTree(treeOf(state)),
    hash: (state: ServiceState, into: Hasher) => hashTree(treeOf(state), into),
    snapshotBytes: (state) => treeOf(state).bytes,
    txnBytes: bodyBytes,
  };
}

function treeOf(state: ServiceState): Tree {
  return state as Tree;
}

function changesOf(outstanding: Opaque): Outstanding {
  return outstanding as Outstanding;
}

function watchesOf(local: LocalState): Watches {
  return local as Watches;
}

function prepare(
  settings: Settings,
  of: { state: ServiceState; outstanding: Opaque; request: ClientRequest; asker: Asker; mistake: Mistake | null },
): TxnBody {
  const { request, asker } = of;
  // The end of a session, asked for by a client that has none.
  if (request.op === null) return { kind: 'error', error: 'SESSIONEXPIRED' };
  const refused = asker.refused === null ? null : errorName(asker.refused);
  const txn = prepareWrite(treeOf(of.state), changesOf(of.outstanding), request.op as WriteOp, {
    session: request.session,
    ids: asker.ids,
    refused,
    zxid: asker.zxid,
    extendedTypes: settings.extendedTypesEnabled,
    enforceQuota: settings.enforceQuota,
    mistake: of.mistake,
  });
  if (txn.type === 'error') return { kind: 'error', error: txn.error };
  const op: TimedTxn = { time: asker.time, txn };
  return { kind: 'write', op };
}

function errorName(text: string): ErrorName {
  return text in ERROR_CODES ? (text as ErrorName) : 'SYSTEMERROR';
}

function apply(tree: Tree, txn: Txn, mistake: Mistake | null): Applied {
  const { body } = txn;
  switch (body.kind) {
    case 'write': {
      const { error, answer, changes } = applyWrite(tree, txn, body.op as TimedTxn, mistake);
      return { error, value: answer, changes };
    }
    case 'closeSession':
      return { error: null, value: null, changes: applyCloseSession(tree, txn, body.paths) };
    case 'error':
      return { error: body.error, value: null, changes: [] };
    case 'createSession':
      return { error: null, value: null, changes: [] };
  }
}

/** A node whose session is over and which is there all the same: other servers still have it. Clients without a session
 *  have negative ids. */
function cleanUp(tree: Tree, sessions: ReadonlyMap<number, number>, zxid: number): void {
  for (const key of tree.ephemerals.keys()) {
    const session = Number(key);
    if (session > 0 && !sessions.has(session)) applyCloseSession(tree, { zxid, session }, []);
  }
}

/** Source: NIOServerCnxn.java#readLength, Request.java#isValid. */
function admit(request: ClientRequest, checkAloneHangs: boolean): 'take' | 'refuse' | 'close' | 'ignore' {
  if (request.op === null || typeof request.op !== 'object') return 'take';
  const op = request.op as Operation;
  if (frameBytes(op) > MAX_FRAME) return 'close';
  if (op.op === 'unknown') return 'refuse';
  if (op.op === 'check') return checkAloneHangs ? 'ignore' : 'refuse';
  return 'take';
}

/** The number that the data of a node spells. A key without a slash names a child of the root, as where it is written. */
function valueOf(tree: Tree, key: string): number | null {
  const data = nodeAt(tree, key.startsWith('/') ? key : `/${key}`)?.data ?? null;
  return data !== null && /^-?\d{1,15}$/.test(data) ? Number(data) : null;
}

// ── sizes, of the records in log files

/** Checksum, length, header, digest and end mark of a record. Source: FileTxnLog.java. */
const FRAME = 8 + 4 + 32 + 12 + 1;

function bodyBytes(body: TxnBody): number {
  switch (body.kind) {
    case 'write':
      return FRAME + txnBytes((body.op as TimedTxn).txn);
    case 'closeSession':
      return body.paths.reduce((sum, path) => sum + 4 + utf8Length(path), FRAME + 4);
    case 'createSession':
    case 'error':
      return FRAME + 4;
  }
}

function txnBytes(txn: TreeTxn): number {
  if (txn.type === 'multi') return txn.txns.reduce((sum, one) => sum + 8 + txnBytes(one), 4);
  if (txn.type === 'error') return 4;
  let bytes = 4 + utf8Length(txn.path) + 4;
  if ('data' in txn) bytes += 4 + (txn.data === null ? 0 : utf8Length(txn.data));
  if ('acl' in txn) bytes += txn.acl.reduce((sum, { scheme, id }) => sum + 12 + scheme.length + id.length, 4);
  return bytes;
}

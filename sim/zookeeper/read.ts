import type { Mistake } from '../zab/behaviour.ts';
import { isAllowed, masked, userOf, type AuthId } from './acl.ts';
import { PERMS, type ErrorName } from './codes.ts';
import type { Answer, MultiResult, NodeReadOp, ReadOp } from './operations.ts';
import { statOf, type Znode } from './stat.ts';
import { descendantsOf, ephemeralsOf, nodeAt, type Tree } from './tree.ts';
import {
  addPersistentWatch,
  addWatch,
  hasWatch,
  removeWatch,
  setWatches,
  WATCH,
  type Marking,
  type Notification,
  type Watches,
} from './watches.ts';

/** What a server answers by itself: FinalRequestProcessor.java#processRequest. Nothing here changes the tree; a watch may be
 *  set or taken away. */

export interface Reader {
  readonly connection: number;
  readonly session: number;
  readonly ids: readonly AuthId[];
  readonly watches: Watches;
  readonly marking: Marking;
  /** exists asks for READ (3.9.2, 3.8.4, 3.7.3 and later). */
  readonly existsNeedsRead: boolean;
  readonly mistake: Mistake | null;
}

export interface ReadAnswer {
  readonly error: ErrorName | null;
  readonly answer: Answer | null;
  /** What setWatches tells at once. */
  readonly notifications: readonly Notification[];
}

export function readTree(tree: Tree, op: ReadOp, reader: Reader): ReadAnswer {
  switch (op.op) {
    case 'exists':
      return op.path === null ? failed('MARSHALLINGERROR') : exists(tree, { path: op.path, watch: op.watch }, reader);
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
      return readNode(tree, op, reader);
    case 'getACL':
      return getAcl(tree, op.path, reader);
    case 'getAllChildrenNumber':
      return withNode(tree, op.path, reader, PERMS.READ, (_node, path) => ({
        totalNumber: descendantsOf(tree, path),
      }));
    case 'getEphemerals':
      return fine({ ephemerals: ephemeralsUnder(tree, reader.session, op.path) });
    case 'whoAmI':
      return fine({ clientInfo: reader.ids.map((id) => ({ authScheme: id.scheme, user: userOf(id) })) });
    case 'multiRead':
      // Another read than these makes all of it unreadable. Source: MultiOperationRecord.java#deserialize.
      return op.ops.every(isInMulti)
        ? fine({ results: op.ops.map((one) => resultOf(tree, one, reader)) })
        : failed('MARSHALLINGERROR');
    case 'addWatch':
    case 'removeWatches':
    case 'checkWatches':
      return watchOnly(op, reader);
    case 'setWatches':
    case 'setWatches2':
      return {
        error: null,
        answer: null,
        notifications: setWatches(tree, reader.watches, reader.connection, op, reader.marking, reader.mistake),
      };
  }
}

function fine(answer: Answer): ReadAnswer {
  return { error: null, answer, notifications: [] };
}

function failed(error: ErrorName): ReadAnswer {
  return { error, answer: null, notifications: [] };
}

/** The watch is set whether or not there is a node: that is what exists is for. */
function exists(tree: Tree, op: { path: string; watch: boolean }, reader: Reader): ReadAnswer {
  if (op.path.includes('\0')) return failed('BADARGUMENTS');
  const node = nodeAt(tree, op.path);
  if (node !== undefined && reader.existsNeedsRead && !isAllowed(node.acl, PERMS.READ, reader.ids))
    return failed('NOAUTH');
  if (op.watch)
    addWatch(
      reader.watches.data,
      { path: op.path, connection: reader.connection, mode: WATCH.STANDARD },
      reader.marking,
    );
  return node === undefined ? failed('NONODE') : fine({ stat: statOf(node) });
}

function readNode(tree: Tree, op: NodeReadOp, reader: Reader): ReadAnswer {
  return withNode(tree, op.path, reader, PERMS.READ, (node, path) => {
    const { connection, watches, marking } = reader;
    if (op.watch)
      addWatch(op.op === 'getData' ? watches.data : watches.child, { path, connection, mode: WATCH.STANDARD }, marking);
    const stat = statOf(node);
    if (op.op === 'getData') return { data: node.data, stat };
    // In no order that a recipe could rely on, as ZooKeeper's hash set.
    const children = node.children.keys();
    return op.op === 'getChildren' ? { children } : { children, stat };
  });
}

function withNode(
  tree: Tree,
  path: string | null,
  reader: Reader,
  perms: number,
  answer: (node: Znode, path: string) => Answer,
): ReadAnswer {
  if (path === null) return failed('MARSHALLINGERROR');
  const node = nodeAt(tree, path);
  if (node === undefined) return failed('NONODE');
  if (!isAllowed(node.acl, perms, reader.ids)) return failed('NOAUTH');
  return fine(answer(node, path));
}

function getAcl(tree: Tree, path: string | null, reader: Reader): ReadAnswer {
  return withNode(tree, path, reader, PERMS.READ | PERMS.ADMIN, (node) => ({
    acl: isAllowed(node.acl, PERMS.ADMIN, reader.ids) ? node.acl : masked(node.acl),
    stat: statOf(node),
  }));
}

/** A prefix of text, not of names; of this session, in this server's tree. */
function ephemeralsUnder(tree: Tree, session: number, prefix: string | null): readonly string[] {
  const all = ephemeralsOf(tree, session);
  return prefix === null || prefix.trim() === '' || prefix === '/'
    ? all
    : all.filter((path) => path.startsWith(prefix));
}

type ReadInMulti = NodeReadOp & { readonly op: 'getData' | 'getChildren' };

function isInMulti(op: ReadOp): op is ReadInMulti {
  return op.op === 'getData' || op.op === 'getChildren';
}

/** One that fails leaves the others alone, and their watches are not set. */
function resultOf(tree: Tree, op: ReadInMulti, reader: Reader): MultiResult {
  const { error, answer } = readTree(tree, { ...op, watch: false }, reader);
  return error === null ? { type: op.op, ...answer } : { type: 'error', error };
}

type WatchOp = Extract<ReadOp, { readonly op: 'addWatch' | 'removeWatches' | 'checkWatches' }>;

function watchOnly(op: WatchOp, reader: Reader): ReadAnswer {
  const { connection, watches, marking } = reader;
  if (op.path === null) return failed('MARSHALLINGERROR');
  if (op.op === 'addWatch') {
    if (op.mode !== 0 && op.mode !== 1) return failed('MARSHALLINGERROR');
    addPersistentWatch(watches, { path: op.path, connection, mode: op.mode }, marking);
    return fine({});
  }
  const on = { path: op.path, connection, type: op.type };
  const found = op.op === 'removeWatches' ? removeWatch(watches, on, marking) : hasWatch(watches, on, marking);
  if (found === null) return failed('MARSHALLINGERROR');
  return found ? fine({}) : failed('NOWATCHER');
}

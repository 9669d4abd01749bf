import { isAllowed, type Acl, type AuthId } from './acl.ts';
import { PERMS } from './codes.ts';
import type { Mistake } from '../zab/behaviour.ts';
import { Hasher } from '../hash.ts';
import type { Change, SetWatchesOp, WatchEventType } from './operations.ts';
import { parentOf } from './paths.ts';
import { PersistentMap } from './persistent-map.ts';
import { nodeAt, type Tree } from './tree.ts';

/** The watches of one server: marks of connections on paths, in two tables. They are never logged, and no other server
 *  knows of them. Source: watch/WatchManager.java, watch/WatcherModeManager.java, watch/WatchStats.java. */
export interface Watches {
  /** exists and getData; persistent; recursive. */
  data: WatchTable;
  /** getChildren; persistent. */
  child: WatchTable;
}

interface WatchTable {
  /** Bits of WATCH by connection, by path. */
  paths: PersistentMap<PersistentMap<number>>;
  /** Paths by connection. */
  connections: PersistentMap<PersistentMap<true>>;
  /** How many marks are recursive: without any, ancestors need not be looked at. */
  recursive: number;
}

/** Source: watch/WatcherMode.java. */
export const WATCH = { STANDARD: 1, PERSISTENT: 2, RECURSIVE: 4 } as const;

/** A mark is one mode, which a later one replaces (before 3.9), or a set of them (ZOOKEEPER-4466). */
export type Marking = 'one' | 'set';

/** One event for one connection. */
export interface Notification {
  readonly connection: number;
  readonly type: WatchEventType;
  readonly path: string;
}

export function newWatches(): Watches {
  return { data: newTable(), child: newTable() };
}

function newTable(): WatchTable {
  return { paths: PersistentMap.empty(), connections: PersistentMap.empty(), recursive: 0 };
}

export function copyWatches(watches: Watches): Watches {
  return { data: { ...watches.data }, child: { ...watches.child } };
}

export function countWatches(watches: Watches): number {
  let count = 0;
  for (const table of [watches.data, watches.child]) table.connections.forEach((paths) => (count += paths.size));
  return count;
}

// ── marks

/** Source: watch/WatchManager.java#addWatch. */
export function addWatch(
  table: WatchTable,
  on: { readonly path: string; readonly connection: number; readonly mode: number },
  marking: Marking,
): void {
  const key = String(on.connection);
  const before = table.paths.get(on.path)?.get(key) ?? 0;
  const after = marking === 'set' ? before | on.mode : on.mode;
  mark(table, on.path, key, before, after);
}

function mark(table: WatchTable, path: string, key: string, before: number, after: number): void {
  if (before === after) return;
  const marks = table.paths.get(path) ?? PersistentMap.empty<number>();
  const paths = table.connections.get(key) ?? PersistentMap.empty<true>();
  const left = after === 0 ? marks.delete(key) : marks.set(key, after);
  const theirs = after === 0 ? paths.delete(path) : paths.set(path, true);
  table.paths = left.size === 0 ? table.paths.delete(path) : table.paths.set(path, left);
  table.connections = theirs.size === 0 ? table.connections.delete(key) : table.connections.set(key, theirs);
  const was = (before & WATCH.RECURSIVE) !== 0;
  const is = (after & WATCH.RECURSIVE) !== 0;
  if (was !== is) table.recursive += is ? 1 : -1;
}

/** AddWatchMode 0 goes to both tables; 1 to that of the data alone, or, where a mark is one mode, to both, so that it takes
 *  the place of whatever watch there was on the children. Source: DataTree.java#addWatch. */
export function addPersistentWatch(
  watches: Watches,
  on: { readonly path: string; readonly connection: number; readonly mode: number },
  marking: Marking,
): void {
  const { path, connection } = on;
  const mode = on.mode === 0 ? WATCH.PERSISTENT : WATCH.RECURSIVE;
  addWatch(watches.data, { path, connection, mode }, marking);
  if (on.mode === 0 || marking === 'one') addWatch(watches.child, { path, connection, mode }, marking);
}

/** The connection is gone, and its marks with it. */
export function dropWatcher(watches: Watches, connection: number): void {
  const key = String(connection);
  for (const table of [watches.data, watches.child]) {
    const paths = table.connections.get(key);
    if (paths === undefined) continue;
    for (const path of paths.keys()) mark(table, path, key, table.paths.get(path)?.get(key) ?? 0, 0);
  }
}

/** Watcher.java#WatcherType. */
const CHILDREN = 1;
const DATA = 2;
const ANY = 3;
const TYPE_PERSISTENT = 4;
const TYPE_RECURSIVE = 5;

/** Bits of a type, by table; null: there is no such type. `marking` 'one' knows three types, and takes whatever mode it
 *  finds. Source: DataTree.java#containsWatcher, #removeWatch. */
function bitsOf(type: number, marking: Marking): { readonly data: number; readonly child: number } | null {
  const all = WATCH.STANDARD | WATCH.PERSISTENT | WATCH.RECURSIVE;
  const standard = marking === 'one' ? all : WATCH.STANDARD;
  switch (type) {
    case CHILDREN:
      return { data: 0, child: standard };
    case DATA:
      return { data: standard, child: 0 };
    case ANY:
      return { data: all, child: all };
    case TYPE_PERSISTENT:
      return marking === 'one' ? null : { data: WATCH.PERSISTENT, child: WATCH.PERSISTENT };
    case TYPE_RECURSIVE:
      return marking === 'one' ? null : { data: WATCH.RECURSIVE, child: 0 };
    default:
      return null;
  }
}

type OnPath = { readonly path: string; readonly connection: number; readonly type: number };

/** null when the type is unknown. Where a mark is one mode, the mark of any connection on the path will do (before 3.9).
 *  Source: watch/WatchManager.java#containsWatcher. */
export function hasWatch(watches: Watches, on: OnPath, marking: Marking): boolean | null {
  const bits = bitsOf(on.type, marking);
  if (bits === null) return null;
  if (marking === 'set') return holdsWatch(watches, on, bits);
  return (bits.data !== 0 && watches.data.paths.has(on.path)) || (bits.child !== 0 && watches.child.paths.has(on.path));
}

/** True if the connection itself has one. */
function holdsWatch(watches: Watches, on: OnPath, bits: { readonly data: number; readonly child: number }): boolean {
  const key = String(on.connection);
  const held = (table: WatchTable): number => table.paths.get(on.path)?.get(key) ?? 0;
  return (held(watches.data) & bits.data) !== 0 || (held(watches.child) & bits.child) !== 0;
}

/** null when the type is unknown, false when there was nothing to remove. */
export function removeWatch(watches: Watches, on: OnPath, marking: Marking): boolean | null {
  const bits = bitsOf(on.type, marking);
  if (bits === null) return null;
  if (!holdsWatch(watches, on, bits)) return false;
  const key = String(on.connection);
  for (const [table, gone] of [
    [watches.data, bits.data],
    [watches.child, bits.child],
  ] as const) {
    const before = table.paths.get(on.path)?.get(key) ?? 0;
    mark(table, on.path, key, before, before & ~gone);
  }
  return true;
}

// ── events

/** Whom the changes of one transaction concern, in the order in which they are told. Whoever may not read the node is not
 *  told, and its one-shot mark is gone all the same. `idsOf`: who a connection is.
 *  Source: DataTree.java#createNode, #deleteNode, #setData; NIOServerCnxn.java#process. */
export function notifications(
  watches: Watches,
  changes: readonly Change[],
  idsOf: (connection: number) => readonly AuthId[],
  mistake: Mistake | null = null,
): readonly Notification[] {
  const out: Notification[] = [];
  const tell = (connections: readonly number[], type: WatchEventType, path: string, acl: readonly Acl[]): void => {
    for (const connection of connections)
      if (isAllowed(acl, PERMS.READ, idsOf(connection))) out.push({ connection, type, path });
  };
  for (const { kind, path, acl, parentAcl } of changes) {
    if (kind === 'dataChanged') {
      tell(triggered(watches.data, path, 'NodeDataChanged', mistake), 'NodeDataChanged', path, acl);
      continue;
    }
    if (kind === 'created') tell(triggered(watches.data, path, 'NodeCreated', mistake), 'NodeCreated', path, acl);
    else {
      const told = triggered(watches.data, path, 'NodeDeleted', mistake);
      const others = triggered(watches.child, path, 'NodeDeleted', mistake).filter((one) => !told.includes(one));
      tell([...told, ...others], 'NodeDeleted', path, acl);
    }
    const parent = parentOf(path);
    tell(triggered(watches.child, parent, 'NodeChildrenChanged', mistake), 'NodeChildrenChanged', parent, parentAcl);
  }
  return out;
}

/** Every connection once, however many of its marks fit. One-shot marks are spent by their exact path alone; ancestors
 *  count where a mark is recursive. Source: watch/WatchManager.java#triggerWatch. */
function triggered(table: WatchTable, path: string, type: WatchEventType, mistake: Mistake | null): readonly number[] {
  const told: number[] = [];
  const exact = table.paths.get(path);
  if (exact !== undefined)
    exact.forEach((mode, key) => {
      if (mode === WATCH.RECURSIVE && type === 'NodeChildrenChanged') return;
      told.push(Number(key));
      if ((mode & WATCH.STANDARD) !== 0 && mistake !== 'watchesStay')
        mark(table, path, key, mode, mode & ~WATCH.STANDARD);
    });
  if (table.recursive > 0 && type !== 'NodeChildrenChanged')
    for (let above = path; above !== '/';) {
      above = parentOf(above);
      table.paths.get(above)?.forEach((mode, key) => {
        if ((mode & WATCH.RECURSIVE) !== 0 && !told.includes(Number(key))) told.push(Number(key));
      });
    }
  return told.sort((a, b) => a - b);
}

// ── a client that comes back

/** What the client had watched on another connection: where the node has changed since `relativeZxid` it is told at once,
 *  and not filtered; elsewhere the mark is set. Persistent ones are only set. Source: DataTree.java#setWatches. */
export function setWatches(
  tree: Tree,
  watches: Watches,
  connection: number,
  op: SetWatchesOp,
  marking: Marking,
  mistake: Mistake | null = null,
): readonly Notification[] {
  const out: Notification[] = [];
  const tell = (type: WatchEventType, path: string): void => void out.push({ connection, type, path });
  const standard = (table: WatchTable, path: string): void =>
    addWatch(table, { path, connection, mode: WATCH.STANDARD }, marking);
  for (const path of op.data) {
    const node = nodeAt(tree, path);
    if (node === undefined) tell('NodeDeleted', path);
    else if (mistake === 'setWatchesTellsCreated' && node.czxid > op.relativeZxid) tell('NodeCreated', path);
    else if (node.mzxid > op.relativeZxid) tell('NodeDataChanged', path);
    else standard(watches.data, path);
  }
  for (const path of op.exist) {
    if (nodeAt(tree, path) !== undefined) tell('NodeCreated', path);
    else standard(watches.data, path);
  }
  for (const path of op.child) {
    const node = nodeAt(tree, path);
    if (node === undefined) tell('NodeDeleted', path);
    else if (node.pzxid > op.relativeZxid) tell('NodeChildrenChanged', path);
    else standard(watches.child, path);
  }
  for (const path of op.persistent) addPersistentWatch(watches, { path, connection, mode: 0 }, marking);
  for (const path of op.recursive) addPersistentWatch(watches, { path, connection, mode: 1 }, marking);
  return out;
}

/** Which connection watches is told by what the clients hold: its number only tells one run from another. */
export function hashWatches(watches: Watches, into: Hasher): void {
  for (const table of [watches.data, watches.child]) {
    into.int(table.paths.size);
    into.int(table.paths.sum(hashMarks));
  }
}

function hashMarks(path: string, marks: PersistentMap<number>): number {
  const hasher = new Hasher();
  hasher.text(path);
  hasher.int(marks.sum((_connection, mode) => mode));
  return Math.floor(hasher.digest53() / 2);
}

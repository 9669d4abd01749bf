import type { Attached, Histories } from '../sim/histories.ts';
import type { Property, PropertyState } from '../sim/property.ts';
import type { TraceEvent } from '../sim/trace.ts';
import type { ClientMessage, ClientRequest } from '../sim/zab/messages.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import { formatZxid, type Zxid } from '../sim/zab/zxid.ts';
import { isAllowed } from '../sim/zookeeper/acl.ts';
import { PERMS } from '../sim/zookeeper/codes.ts';
import type { Change, ReadOp, SetWatchesOp, WatchEventType } from '../sim/zookeeper/operations.ts';
import { parentOf } from '../sim/zookeeper/paths.ts';
import { nodeAt, type Tree } from '../sim/zookeeper/tree.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  /** By server: the watches of its connections. */
  readonly marks: Map<ServerId, Marks>;
  /** By connection: the events that must come next, in order. */
  readonly due: Map<number, Due[]>;
  /** By connection: the setWatches that is being answered. */
  readonly returning: Map<number, Returning>;
}

/** Of what a client watched before it came back. */
interface Returning {
  readonly request: ClientRequest;
  /** Where nothing has changed: watched again. */
  readonly data: readonly string[];
  readonly child: readonly string[];
}

/** Bits of marks by path and connection. */
type Table = Map<string, Map<number, number>>;

interface Marks {
  readonly data: Table;
  readonly child: Table;
  /** How many marks of `data` are recursive. */
  recursive: number;
}

interface Due {
  readonly type: WatchEventType;
  readonly path: string;
  /** -1: setWatches makes up for it. */
  readonly zxid: Zxid;
}

const ONCE = 1;
const PERSISTENT = 2;
const RECURSIVE = 4;

export const watchesTellWhatChanged: Property<State> = {
  name: 'watches-tell-what-changed',
  about:
    'While a connection stands, each change of which it has set a watch is told, before any answer that knows of it, in' +
    ' the order of the changes, once if the watch is one-shot; and nothing else is told. A client that comes back with' +
    ' its watches is told at once where a node has changed since it was away. Not promised, and not asked for: what' +
    ' happened more than once before the watch was set again, what a persistent watch missed while the client was away,' +
    ' and events about nodes that the client may not read.',
  source: "ZooKeeper Programmer's Guide, ZooKeeper Watches; WatchManager.java; DataTree.java#setWatches",
  kind: 'always',
  observes: ['applied', 'sent', 'disconnected', 'ended'],
  packets: ['EVENT', 'REPLY', 'CLIENTPONG'],
  start(setup) {
    const silent = setup.beyondBudget || setup.treeConfig === null;
    return { premises: 0, silent, marks: new Map(), due: new Map(), returning: new Map() };
  },
  observe(state, event, histories) {
    if (state.silent) return undefined;
    switch (event.kind) {
      case 'applied':
        if (event.delivered) applied(state, event, histories);
        return undefined;
      case 'disconnected':
        if (event.plane === 'client' && event.server > 0) drop(state, event.server, event.connection);
        return undefined;
      case 'ended':
        state.marks.delete(event.server);
        for (const map of [state.due, state.returning])
          for (const connection of map.keys())
            if (histories.clients.connection(connection) === undefined) map.delete(connection);
        return undefined;
      case 'sent':
        return event.plane === 'client' && event.server > 0 ? told(state, event, histories) : undefined;
      default:
        return undefined;
    }
  },
};

// ── what is due

function applied(state: State, event: Extract<TraceEvent, { kind: 'applied' }>, histories: Histories): void {
  const marks = state.marks.get(event.server);
  if (marks === undefined || marks.data.size + marks.child.size === 0) return;
  const { zxid } = event.txn;
  const moment = histories.tree.of(zxid, histories.canon);
  if (moment === null || moment === undefined) return;
  for (const change of moment.changes) changed(state, marks, change, zxid, histories);
}

function changed(state: State, marks: Marks, change: Change, zxid: Zxid, histories: Histories): void {
  const { kind, path, acl, parentAcl } = change;
  const { data, child, recursive } = marks;
  const parent = parentOf(path);
  if (recursive === 0 && !data.has(path) && !child.has(path) && !child.has(parent)) return;
  const owe = (connections: Iterable<number>, type: WatchEventType, about: string): void => {
    for (const connection of connections) {
      const ids = histories.clients.connection(connection)?.ids ?? [];
      if (!isAllowed(about === path ? acl : parentAcl, PERMS.READ, ids)) continue;
      state.premises++;
      const list = state.due.get(connection);
      if (list === undefined) state.due.set(connection, [{ type, path: about, zxid }]);
      else list.push({ type, path: about, zxid });
    }
  };
  const exact = spend(marks, data, path);
  if (recursive > 0)
    for (let above = path; above !== '/';) {
      above = parentOf(above);
      for (const [connection, bits] of data.get(above) ?? []) if ((bits & RECURSIVE) !== 0) exact.add(connection);
    }
  if (kind === 'deleted') for (const connection of spend(marks, child, path)) exact.add(connection);
  owe(exact, EVENT_OF[kind], path);
  if (kind !== 'dataChanged') owe(spend(marks, child, parent), 'NodeChildrenChanged', parent);
}

const EVENT_OF = { created: 'NodeCreated', deleted: 'NodeDeleted', dataChanged: 'NodeDataChanged' } as const;

/** The connections with a mark on exactly this path, whose one-shot marks are gone. */
function spend(marks: Marks, table: Table, path: string): Set<number> {
  const connections = new Set<number>();
  for (const [connection, bits] of table.get(path) ?? []) {
    connections.add(connection);
    if ((bits & ONCE) !== 0) put(marks, table, path, connection, bits & ~ONCE);
  }
  return connections;
}

// ── what is told

function told(
  state: State,
  event: Extract<TraceEvent, { kind: 'sent' | 'received' }>,
  histories: Histories,
): string | undefined {
  const message = event.message as ClientMessage;
  const { connection, server } = event;
  const attached = histories.clients.connection(connection);
  if (attached === undefined) return undefined;
  if (message.kind === 'EVENT') {
    catchUp(state, attached, connection, attached.asked[0], histories);
    const [next] = state.due.get(connection)?.splice(0, 1) ?? [];
    const what = `server ${server} told client ${-event.peer} of ${message.type} ${message.path}`;
    if (next === undefined) return `${what}, of which it had no watch`;
    const late = message.zxid > 0 && message.zxid !== next.zxid;
    if (next.type === message.type && next.path === message.path && !late) return undefined;
    return `${what}, when ${inWords(next)} was due`;
  }
  const { answers } = histories.clients;
  if (message.kind === 'REPLY' && answers !== null) catchUp(state, attached, connection, answers, histories);
  const [missed] = state.due.get(connection) ?? [];
  if (missed !== undefined)
    return `server ${server} told client ${-event.peer} nothing of ${inWords(missed)}, which it watches`;
  if (message.kind === 'REPLY' && answers?.kind === 'read') register(state, server, connection, answers, message.error);
  return undefined;
}

function inWords({ type, path, zxid }: Due): string {
  return zxid > 0 ? `${type} ${path} at ${formatZxid(zxid)}` : `${type} ${path} while it was away`;
}

/** A setWatches that is being answered: what its client has missed is due. Source: DataTree.java#setWatches. */
function catchUp(
  state: State,
  { server }: Attached,
  connection: number,
  request: ClientRequest | undefined,
  histories: Histories,
): void {
  const op = request?.kind === 'read' ? (request.op as ReadOp) : null;
  if (request === undefined || op === null || (op.op !== 'setWatches' && op.op !== 'setWatches2')) return;
  if (state.returning.get(connection)?.request === request || (state.due.get(connection)?.length ?? 0) > 0) return;
  const { canon } = histories;
  const { delivered } = histories.server(server);
  const moment = histories.tree.at(canon.lengthOf(delivered) - 1);
  if (moment === null || delivered.tail.length > 0) return;
  const missed: Due[] = [];
  state.returning.set(connection, { request, ...compare(moment.tree, op, missed) });
  state.premises += missed.length;
  if (missed.length > 0) state.due.set(connection, missed);
}

/** Adds to `missed`; returns the rest. */
function compare(tree: Tree, op: SetWatchesOp, missed: Due[]): Omit<Returning, 'request'> {
  const owe = (type: WatchEventType, path: string): void => void missed.push({ type, path, zxid: -1 as Zxid });
  const data: string[] = [];
  const child: string[] = [];
  for (const path of op.data) {
    const node = nodeAt(tree, path);
    if (node === undefined) owe('NodeDeleted', path);
    else if (node.mzxid > op.relativeZxid) owe('NodeDataChanged', path);
    else data.push(path);
  }
  for (const path of op.exist)
    if (nodeAt(tree, path) !== undefined) owe('NodeCreated', path);
    else data.push(path);
  for (const path of op.child) {
    const node = nodeAt(tree, path);
    if (node === undefined) owe('NodeDeleted', path);
    else if (node.pzxid > op.relativeZxid) owe('NodeChildrenChanged', path);
    else child.push(path);
  }
  return { data, child };
}

// ── marks

/** The answer to a read sets its watch. */
function register(
  state: State,
  server: ServerId,
  connection: number,
  request: ClientRequest,
  error: string | null,
): void {
  const op = request.op as ReadOp;
  const found = state.marks.get(server);
  const marks = found ?? { data: new Map(), child: new Map(), recursive: 0 };
  if (found === undefined) state.marks.set(server, marks);
  const set = (table: Table, path: string, bit: number): void =>
    put(marks, table, path, connection, (table.get(path)?.get(connection) ?? 0) | bit);
  switch (op.op) {
    case 'exists':
      if (op.watch && op.path !== null && (error === null || error === 'NONODE')) set(marks.data, op.path, ONCE);
      return;
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
      if (op.watch && op.path !== null && error === null)
        set(op.op === 'getData' ? marks.data : marks.child, op.path, ONCE);
      return;
    case 'addWatch':
      if (op.path !== null && error === null) setMode(set, marks, op.path, op.mode);
      return;
    case 'removeWatches':
      if (op.path !== null && error === null) remove(marks, connection, op.path, op.type);
      return;
    case 'setWatches':
    case 'setWatches2':
      if (error === null) again(state, set, marks, connection, op);
      return;
    default:
      return;
  }
}

type SetMark = (table: Table, path: string, bit: number) => void;

function setMode(set: SetMark, marks: Marks, path: string, mode: number): void {
  set(marks.data, path, mode === 0 ? PERSISTENT : RECURSIVE);
  if (mode === 0) set(marks.child, path, PERSISTENT);
}

/** Watcher.java#WatcherType: children, data, any, persistent, recursive. */
function remove(marks: Marks, connection: number, path: string, type: number): void {
  const [data, child] = [
    [0, 0],
    [0, ONCE],
    [ONCE, 0],
    [ONCE | PERSISTENT | RECURSIVE, ONCE | PERSISTENT],
    [PERSISTENT, PERSISTENT],
    [RECURSIVE, 0],
  ][type] ?? [0, 0];
  put(marks, marks.data, path, connection, (marks.data.get(path)?.get(connection) ?? 0) & ~data!);
  put(marks, marks.child, path, connection, (marks.child.get(path)?.get(connection) ?? 0) & ~child!);
}

/** Source: DataTree.java#setWatches. */
function again(state: State, set: SetMark, marks: Marks, connection: number, op: SetWatchesOp): void {
  const { data, child } = state.returning.get(connection) ?? { data: [], child: [] };
  state.returning.delete(connection);
  for (const path of data) set(marks.data, path, ONCE);
  for (const path of child) set(marks.child, path, ONCE);
  for (const path of op.persistent) setMode(set, marks, path, 0);
  for (const path of op.recursive) setMode(set, marks, path, 1);
}

function put(marks: Marks, table: Table, path: string, connection: number, bits: number): void {
  const connections = table.get(path);
  const before = connections?.get(connection) ?? 0;
  if (before === bits) return;
  if (bits === 0) {
    connections?.delete(connection);
    if (connections?.size === 0) table.delete(path);
  } else if (connections === undefined) table.set(path, new Map([[connection, bits]]));
  else connections.set(connection, bits);
  if (table === marks.data) marks.recursive += Math.sign(bits & RECURSIVE) - Math.sign(before & RECURSIVE);
}

function drop(state: State, server: ServerId, connection: number): void {
  state.due.delete(connection);
  state.returning.delete(connection);
  const marks = state.marks.get(server);
  if (marks === undefined) return;
  for (const table of [marks.data, marks.child])
    for (const path of [...table.keys()]) put(marks, table, path, connection, 0);
}

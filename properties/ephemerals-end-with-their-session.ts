import type { Property, PropertyState } from '../sim/property.ts';
import type { TraceEvent } from '../sim/trace.ts';
import { formatZxid, ZERO, type Zxid } from '../sim/zab/zxid.ts';
import type { TimedTxn, TreeTxn } from '../sim/zookeeper/operations.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  /** How far the transactions were looked at: each is delivered by every server, and counts once. */
  last: Zxid;
  /** Owners of ephemerals, by path. */
  readonly owners: Map<string, number>;
  /** How many ephemerals each session owns; a session that is over has no entry. */
  readonly owned: Map<number, number>;
}

export const ephemeralsEndWithTheirSession: Property<State> = {
  name: 'ephemerals-end-with-their-session',
  about:
    'When the end of a session is delivered, every ephemeral node that it owned goes with it. Silent once data may have' +
    ' been lost beyond what ZAB tolerates.',
  source: "ZooKeeper Programmer's Guide, Ephemeral Nodes; PrepRequestProcessor.java, case closeSession; ZOOKEEPER-1208",
  kind: 'always',
  observes: ['applied'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget, last: ZERO, owners: new Map(), owned: new Map() };
  },
  observe(state, event) {
    if (event.kind !== 'applied' || !event.delivered || state.silent) return undefined;
    const { txn } = event;
    // What was delivered only while a server came back is not followed: the nodes of that time are not known.
    if (txn.zxid !== state.last + 1) forget(state, txn.zxid);
    if (txn.zxid <= state.last) return undefined;
    state.last = txn.zxid;
    return look(state, event);
  },
};

function forget(state: State, zxid: Zxid): void {
  if (zxid <= state.last) return;
  state.owners.clear();
  state.owned.clear();
}

function look(state: State, { txn }: Extract<TraceEvent, { kind: 'applied' }>): string | undefined {
  const { body, session } = txn;
  if (body.kind === 'write') {
    const { op } = body;
    if (typeof op === 'object' && op !== null && 'txn' in op) follow(state, session, (op as TimedTxn).txn);
    return undefined;
  }
  if (body.kind !== 'closeSession') return undefined;
  state.premises++;
  for (const path of body.paths) disown(state, path);
  const left = state.owned.get(session) ?? 0;
  state.owned.delete(session);
  if (left === 0) return undefined;
  const [path] = [...state.owners].find(([, owner]) => owner === session) ?? [];
  return `session ${session} ended at ${formatZxid(txn.zxid)}, and ${path ?? 'a node'} that it owned stays`;
}

function follow(state: State, session: number, txn: TreeTxn): void {
  if (txn.type === 'multi') {
    if (!txn.txns.some((one) => one.type === 'error')) for (const one of txn.txns) follow(state, session, one);
  } else if (txn.type === 'delete') disown(state, txn.path);
  else if ((txn.type === 'create' || txn.type === 'create2') && txn.ephemeral) {
    state.owners.set(txn.path, session);
    state.owned.set(session, (state.owned.get(session) ?? 0) + 1);
  }
}

function disown(state: State, path: string): void {
  const owner = state.owners.get(path);
  if (owner === undefined) return;
  state.owners.delete(path);
  state.owned.set(owner, (state.owned.get(owner) ?? 1) - 1);
}

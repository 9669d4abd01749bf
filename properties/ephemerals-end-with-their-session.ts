import type { Histories, Moment } from '../sim/histories.ts';
import type { Property, PropertyState } from '../sim/property.ts';
import { formatZxid } from '../sim/zab/zxid.ts';
import type { TimedTxn, TreeTxn } from '../sim/zookeeper/operations.ts';
import { nodeAt } from '../sim/zookeeper/tree.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  /** How many committed transactions were looked at. */
  judged: number;
  /** The sessions that have begun and not ended. */
  readonly open: Set<number>;
}

export const ephemeralsEndWithTheirSession: Property<State> = {
  name: 'ephemerals-end-with-their-session',
  about:
    'Every ephemeral node is created while its session is open, and the end of a session takes away the nodes that it' +
    ' owns and no others: so none outlives its session. Silent once data may have been lost beyond what ZAB tolerates.',
  source: "ZooKeeper Programmer's Guide, Ephemeral Nodes; PrepRequestProcessor.java, case closeSession; ZOOKEEPER-1208",
  kind: 'always',
  observes: ['committed', 'established'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget || setup.treeConfig === null, judged: 0, open: new Set() };
  },
  observe(state, _event, histories) {
    if (state.silent) return undefined;
    return look(state, histories);
  },
};

function look(state: State, { tree }: Histories): string | undefined {
  for (; state.judged < tree.length; state.judged++) {
    const moment = tree.at(state.judged);
    const why = moment === null ? undefined : judge(state, moment);
    if (why !== undefined) return why;
  }
  return undefined;
}

function judge(state: State, moment: Moment): string | undefined {
  const { body, session, zxid } = moment.txn;
  switch (body.kind) {
    case 'createSession':
      state.open.add(session);
      return undefined;
    case 'closeSession': {
      state.open.delete(session);
      for (const path of body.paths) {
        const owner = nodeAt(moment.before, path)?.owner;
        if (owner === undefined) continue;
        state.premises++;
        if (owner.kind !== 'ephemeral' || owner.session !== session)
          return `the end of session ${session} at ${formatZxid(zxid)} takes ${path} away, which it does not own`;
      }
      return undefined;
    }
    case 'write': {
      const path = ephemeralIn((body.op as TimedTxn).txn);
      // Clients without a session have negative ids.
      if (path === null || session < 0) return undefined;
      state.premises++;
      if (state.open.has(session)) return undefined;
      return `${path} was created at ${formatZxid(zxid)} for session ${session}, which is not open: it will stay`;
    }
    case 'error':
      return undefined;
  }
}

/** The path of an ephemeral node that is created. */
function ephemeralIn(txn: TreeTxn): string | null {
  if (txn.type === 'create' || txn.type === 'create2') return txn.ephemeral ? txn.path : null;
  if (txn.type !== 'multi' || txn.txns.some(({ type }) => type === 'error')) return null;
  for (const one of txn.txns) {
    const path = ephemeralIn(one);
    if (path !== null) return path;
  }
  return null;
}

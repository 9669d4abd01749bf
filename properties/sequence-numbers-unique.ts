import type { Moment } from '../sim/histories.ts';
import type { Property, PropertyState } from '../sim/property.ts';
import { formatZxid } from '../sim/zab/zxid.ts';
import type { TimedTxn, TreeTxn } from '../sim/zookeeper/operations.ts';
import { parentOf } from '../sim/zookeeper/paths.ts';
import { nodeAt } from '../sim/zookeeper/tree.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  /** How many committed transactions were looked at. */
  judged: number;
}

export const sequenceNumbersUnique: Property<State> = {
  name: 'sequence-numbers-unique',
  about:
    'As long as a node lives, no two of its children are created under one number of its counter, and the numbers ascend' +
    ' with the zxids: each create raises the counter by one, and a sequential node bears the number that it found.' +
    ' Silent once data may have been lost beyond what ZAB tolerates.',
  source: "ZooKeeper Programmer's Guide, Sequence Nodes; PrepRequestProcessor.java#pRequest2TxnCreate",
  kind: 'always',
  observes: ['committed', 'established'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget || setup.treeConfig === null, judged: 0 };
  },
  observe(state, _event, { tree }) {
    if (state.silent) return undefined;
    for (; state.judged < tree.length; state.judged++) {
      const moment = tree.at(state.judged);
      if (moment === null || moment.txn.body.kind !== 'write') continue;
      const why = judge(state, moment, (moment.txn.body.op as TimedTxn).txn, new Map());
      if (why !== undefined) return why;
    }
    return undefined;
  },
};

/** `counters`: of parents, as the same transaction has raised them so far. */
function judge(state: State, moment: Moment, txn: TreeTxn, counters: Map<string, number>): string | undefined {
  if (txn.type === 'multi') {
    if (txn.txns.some(({ type }) => type === 'error')) return undefined;
    for (const one of txn.txns) {
      const why = judge(state, moment, one, counters);
      if (why !== undefined) return why;
    }
    return undefined;
  }
  if (!('parentCVersion' in txn)) return undefined;
  const parent = parentOf(txn.path);
  // A parent that the same transaction makes begins at 0.
  const counter = counters.get(parent) ?? nodeAt(moment.before, parent)?.cversion ?? 0;
  counters.delete(txn.path);
  counters.set(parent, txn.parentCVersion);
  // At its end the counter stays where it is.
  if (counter === MAX_INT) return undefined;
  state.premises++;
  if (txn.parentCVersion === counter + 1) return undefined;
  return (
    `${txn.path} was created at ${formatZxid(moment.txn.zxid)} under number ${txn.parentCVersion - 1} of ${parent},` +
    ` whose counter was at ${counter}`
  );
}

const MAX_INT = 0x7fff_ffff;

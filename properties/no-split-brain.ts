import type { Histories } from '../sim/histories.ts';
import type { Property, PropertyState } from '../sim/property.ts';
import type { Txn } from '../sim/zab/messages.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import { epochOf, formatZxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  /** Who was established, or committed, in each epoch, in the order of first times. */
  readonly rulers: { readonly epoch: number; readonly server: ServerId }[];
}

export const noSplitBrain: Property<State> = {
  name: 'no-split-brain',
  about:
    "Once a leader of a later epoch is established, no earlier leader commits a transaction that the later one's" +
    ' initial history lacks; and only one server commits in an epoch. An old leader may think that it leads, answer' +
    ' reads, and commit what the new one has inherited. Silent once data may have been lost beyond what ZAB tolerates.',
  source: 'ZOOKEEPER-98 and Leader.java#tryToCommit; Remix I-1, primary uniqueness',
  kind: 'always',
  observes: ['committed', 'established'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget, rulers: [] };
  },
  observe(state, event, histories) {
    if (state.silent) return undefined;
    switch (event.kind) {
      case 'established':
        state.premises++;
        return onRule(state, event.server, event.epoch);
      case 'committed':
        state.premises++;
        return onRule(state, event.server, epochOf(event.txn.zxid)) ?? onCommit(event.server, event.txn, histories);
      default:
        return undefined;
    }
  },
};

function onRule(state: State, server: ServerId, epoch: number): string | undefined {
  for (let i = state.rulers.length - 1; i >= 0; i--) {
    const ruler = state.rulers[i]!;
    if (ruler.epoch !== epoch) continue;
    return ruler.server === server ? undefined : `servers ${ruler.server} and ${server} both rule in epoch ${epoch}`;
  }
  state.rulers.push({ epoch, server });
  return undefined;
}

function onCommit(server: ServerId, txn: Txn, histories: Histories): string | undefined {
  const { establishedEpochs, canon } = histories;
  const epoch = epochOf(txn.zxid);
  for (let i = establishedEpochs.length - 1; i >= 0 && establishedEpochs[i]! > epoch; i--) {
    const later = histories.reigns.get(establishedEpochs[i]!);
    if (later === undefined || canon.contains(later.initial, txn)) continue;
    return (
      `server ${server} committed ${formatZxid(txn.zxid)} after server ${later.leader} was established ` +
      `in epoch ${later.epoch} without it`
    );
  }
  return undefined;
}

import type { Property, PropertyState } from '../sim/property.ts';
import { formatZxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
}

export const prefixConsistency: Property<State> = {
  name: 'prefix-consistency',
  about:
    'The logs of any two servers agree, entry by entry, as far as both have committed them.' +
    ' Silent once data may have been lost beyond what ZAB tolerates.',
  source: 'Zab.tla PrefixConsistency, with the log and its synced snapshots as the history',
  kind: 'always',
  observes: ['logged', 'applied', 'serving'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget };
  },
  observe(state, event, histories) {
    if (state.silent || (event.kind === 'applied' && !event.delivered)) return undefined;
    const { canon } = histories;
    const { durable, delivered, snapshotUpTo } = histories.server(event.server);
    canon.settle(durable);
    const committed = canon.lengthOf(delivered);
    if (committed === 0) return undefined;
    state.premises++;
    const first = durable.tail[0];
    // A record that a snapshot covers is never read again.
    if (first === undefined || durable.common >= Math.min(committed, canon.length) || first.zxid <= snapshotUpTo)
      return undefined;
    const expected = formatZxid(canon.zxidAt(durable.common));
    return (
      `entry ${durable.common + 1} in the log of server ${event.server} is ${formatZxid(first.zxid)}, ` +
      `where the committed history, which it has delivered that far, has ${expected}`
    );
  },
};

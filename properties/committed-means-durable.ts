import type { Property, PropertyState } from '../sim/property.ts';
import { containsQuorum, type QuorumVerifier } from '../sim/zab/quorum.ts';
import { formatSet } from '../sim/zab/sets.ts';
import { formatZxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  readonly verifier: QuorumVerifier;
}

export const committedMeansDurable: Property<State> = {
  name: 'committed-means-durable',
  about:
    'At the moment a leader commits a transaction, and at the moment it is established with its initial history, a' +
    ' quorum of voters holds it durably. Silent once data may have been lost beyond what ZAB tolerates.',
  source: 'Zab, DSN 2011, phases 2 and 3; Leader.java#tryToCommit, #waitForNewLeaderAck',
  kind: 'always',
  observes: ['committed', 'established'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget, verifier: setup.verifier };
  },
  observe(state, event, histories) {
    if (state.silent) return undefined;
    const { verifier } = state;
    if (event.kind === 'committed') {
      state.premises++;
      const holders = histories.holders(event.txn.zxid, verifier.voters);
      if (containsQuorum(verifier, holders)) return undefined;
      const zxid = formatZxid(event.txn.zxid);
      return `server ${event.server} committed ${zxid}, which only ${formatSet(holders)} hold durably`;
    }
    if (event.kind !== 'established') return undefined;
    const reign = histories.reigns.get(event.epoch);
    if (reign === undefined) return undefined;
    state.premises++;
    const holders = histories.holdersOf(reign.initial, verifier.voters);
    if (containsQuorum(verifier, holders)) return undefined;
    return (
      `server ${event.server} is established in epoch ${event.epoch}, but only ${formatSet(holders)} hold ` +
      'its initial history durably'
    );
  },
};

import type { Property, PropertyState } from '../sim/property.ts';
import { containsQuorum, type QuorumVerifier } from '../sim/zab/quorum.ts';
import { formatSet, has } from '../sim/zab/sets.ts';
import { formatZxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  readonly verifier: QuorumVerifier;
}

export const committedIsPermanent: Property<State> = {
  name: 'committed-is-permanent',
  about:
    'At every moment after a transaction is committed, every quorum has a member that holds it durably: no quorum can' +
    ' be made of those that lack it. Silent once data may have been lost beyond what ZAB tolerates.',
  source: 'Zab, DSN 2011, quorum intersection; Remix CommittedLogDurability',
  kind: 'always',
  observes: ['truncated', 'snapshotWritten', 'reloaded', 'started'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget, verifier: setup.verifier };
  },
  observe(state, event, histories) {
    const { voters } = state.verifier;
    if (state.silent || !has(voters, event.server) || histories.durableBefore === 0) return undefined;
    state.premises++;
    const { canon, durableBefore } = histories;
    if (histories.server(event.server).durable.common >= durableBefore) return undefined;
    // Of what was lost, the newest has the fewest holders.
    const zxid = canon.zxidAt(durableBefore - 1);
    const holders = histories.holders(zxid, voters);
    if (!containsQuorum(state.verifier, voters & ~holders)) return undefined;
    return (
      `server ${event.server} lost ${formatZxid(zxid)}, which was committed: only ${formatSet(holders)} hold it, ` +
      'and a quorum can do without them'
    );
  },
};

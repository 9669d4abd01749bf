import type { Property, PropertyState } from '../sim/property.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import { formatZxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  readonly servers: readonly ServerId[];
}

export const agreement: Property<State> = {
  name: 'agreement',
  about:
    'If one server delivers a and another delivers b, then the one delivers b or the other delivers a.' +
    ' Silent once data may have been lost beyond what ZAB tolerates.',
  source: 'Zab, DSN 2011, Agreement; Zab.tla Agreement, here for leaders and observers too',
  kind: 'always',
  observes: ['applied', 'serving'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget, servers: setup.servers };
  },
  observe(state, event, histories) {
    if (state.silent || (event.kind === 'applied' && !event.delivered)) return undefined;
    const { canon } = histories;
    const { delivered } = histories.server(event.server);
    if (canon.lengthOf(delivered) === histories.deliveredBefore) return undefined;
    state.premises++;
    // Of two beginnings of one sequence, one holds the other.
    if (histories.irregular === 0) return undefined;
    for (const other of state.servers) {
      const theirs = histories.server(other).delivered;
      const a = canon.firstMissing(delivered, theirs);
      const b = a === null ? null : canon.firstMissing(theirs, delivered);
      if (a === null || b === null) continue;
      return (
        `server ${event.server} delivered ${formatZxid(a)} and not ${formatZxid(b)}, ` +
        `server ${other} delivered ${formatZxid(b)} and not ${formatZxid(a)}`
      );
    }
    return undefined;
  },
};

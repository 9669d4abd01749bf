import type { Histories } from '../sim/histories.ts';
import type { Property, PropertyState } from '../sim/property.ts';
import type { TraceEvent } from '../sim/trace.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import { formatZxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
}

export const integrity: Property<State> = {
  name: 'integrity',
  about:
    'Every transaction that is committed or delivered was broadcast, exactly so, by a primary.' +
    ' Silent once data may have been lost beyond what ZAB tolerates.',
  source: 'Zab, DSN 2011, Integrity; Zab.tla Integrity, here for leaders and observers too',
  kind: 'always',
  observes: ['committed', 'established', 'applied', 'serving'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget };
  },
  observe(state, event, histories) {
    if (state.silent) return undefined;
    switch (event.kind) {
      case 'committed':
      case 'applied':
        if (event.kind === 'applied' && !event.delivered) return undefined;
        state.premises++;
        if (event.kind === 'applied' && isCanonical(event.server, histories)) return undefined;
        if (histories.wasProposed(event.txn)) return undefined;
        return `server ${event.server} ${event.kind} ${formatZxid(event.txn.zxid)}, which no primary broadcast`;
      case 'established':
        state.premises++;
        return unproposed(histories, event, histories.lengthBefore, histories.canon.length);
      case 'serving': {
        state.premises++;
        const { delivered } = histories.server(event.server);
        for (const txn of delivered.tail)
          if (!histories.wasProposed(txn))
            return `server ${event.server} delivered ${formatZxid(txn.zxid)}, which no primary broadcast`;
        return unproposed(histories, event, histories.deliveredBefore, delivered.common);
      }
      default:
        return undefined;
    }
  },
};

/** What the server delivered was judged when it was committed, and found right. */
function isCanonical(server: ServerId, histories: Histories): boolean {
  return histories.broadcasts.unproposed.length === 0 && histories.server(server).delivered.tail.length === 0;
}

function unproposed(histories: Histories, event: TraceEvent, from: number, to: number): string | undefined {
  for (const index of histories.broadcasts.unproposed)
    if (index >= from && index < to) {
      const zxid = formatZxid(histories.canon.zxidAt(index));
      return `the history of server ${event.server} holds ${zxid}, which no primary broadcast`;
    }
  return undefined;
}

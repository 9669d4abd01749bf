import type { Property, PropertyState } from '../sim/property.ts';
import { has } from '../sim/zab/sets.ts';
import { epochOf, formatZxid, ZERO } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
}

export const localPrimaryOrder: Property<State> = {
  name: 'local-primary-order',
  about:
    'For every two transactions that one primary broadcasts, a before b: whoever delivers b has delivered a before.' +
    ' Silent once data may have been lost beyond what ZAB tolerates.',
  source:
    'Zab, DSN 2011, Local primary order. Zab.tla LocalPrimaryOrder says "there are two", possibly equal, ' +
    'and so always holds; this one says "for all pairs"',
  kind: 'always',
  observes: ['applied', 'serving'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget };
  },
  observe(state, event, histories) {
    if (state.silent || (event.kind === 'applied' && !event.delivered)) return undefined;
    const { canon } = histories;
    const { delivered } = histories.server(event.server);
    const length = canon.lengthOf(delivered);
    if (length === histories.deliveredBefore) return undefined;
    state.premises++;
    // The canonical sequence has been compared with the broadcasts, entry by entry, as it grew.
    if (!has(histories.irregular, event.server) && histories.broadcasts.skipping.length === 0) return undefined;
    for (let index = histories.deliveredBefore; index < length; index++) {
      const zxid = canon.zxidIn(delivered, index);
      // That the direct predecessor is there is enough for all pairs, because it was judged in the same way.
      const before = histories.broadcastBefore(zxid);
      if (before !== ZERO && !canon.has(delivered, before)) {
        return (
          `server ${event.server} delivered ${formatZxid(zxid)} without ${formatZxid(before)}, ` +
          `which the primary of epoch ${epochOf(zxid)} broadcast before it`
        );
      }
    }
    return undefined;
  },
};

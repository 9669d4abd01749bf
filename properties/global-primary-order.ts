import type { Property, PropertyState } from '../sim/property.ts';
import { has } from '../sim/zab/sets.ts';
import { epochOf, formatZxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
}

export const globalPrimaryOrder: Property<State> = {
  name: 'global-primary-order',
  about:
    'No server delivers a transaction of an earlier epoch behind one of a later epoch.' +
    ' Silent once data may have been lost beyond what ZAB tolerates.',
  source: 'Zab, DSN 2011, Global primary order; Zab.tla GlobalPrimaryOrder',
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
    // Where the canonical sequence itself goes back is known.
    if (!has(histories.irregular, event.server) && histories.disordered.length === 0) return undefined;
    for (let index = Math.max(1, histories.deliveredBefore); index < length; index++) {
      const before = canon.zxidIn(delivered, index - 1);
      const zxid = canon.zxidIn(delivered, index);
      if (epochOf(before) > epochOf(zxid))
        return `server ${event.server} delivered ${formatZxid(zxid)} behind ${formatZxid(before)}, of a later epoch`;
    }
    return undefined;
  },
};

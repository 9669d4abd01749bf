import type { Property, PropertyState } from '../sim/property.ts';
import { formatZxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
}

export const zxidIdentity: Property<State> = {
  name: 'zxid-identity',
  about:
    'Two transactions with the same zxid, anywhere and at any time, are the same transaction.' +
    ' Silent once data may have been lost beyond what ZAB tolerates.',
  source: 'Zab, DSN 2011, section on implementation: zxids are unique; Zab.tla TxnEqual',
  kind: 'always',
  observes: ['proposed', 'logged', 'applied', 'committed'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget };
  },
  observe(state, event, histories) {
    if (state.silent) return undefined;
    state.premises++;
    const { clash } = histories;
    if (clash === null) return undefined;
    const zxid = formatZxid(clash);
    return `server ${event.server} ${event.kind} another transaction ${zxid} than was seen under this zxid before`;
  },
};

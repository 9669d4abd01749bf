import type { Property, PropertyState } from '../sim/property.ts';
import { add, has, NOBODY, without, type ServerSet } from '../sim/zab/sets.ts';
import { epochOf, formatZxid, ZERO, type Zxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  /** lastCommitted of each leader, by server id. */
  readonly lastCommitted: Zxid[];
  /** Servers that serve without something they had delivered in an earlier life. */
  owing: ServerSet;
}

export const nobodyGoesBack: Property<State> = {
  name: 'nobody-goes-back',
  about:
    'A server that serves again holds all that it ever delivered before it delivers anything new, nothing of it is' +
    " unloaded while it serves, and a leader's lastCommitted never decreases." +
    ' Silent once data may have been lost beyond what ZAB tolerates.',
  source: 'Remix CommittedLogMonotonicity (monotonicRead); Leader.java lastCommitted, DataTree.java lastProcessedZxid',
  kind: 'always',
  observes: ['serving', 'applied', 'reloaded', 'committed'],
  start(setup) {
    const size = Math.max(...setup.servers) + 1;
    return { premises: 0, silent: setup.beyondBudget, lastCommitted: new Array<Zxid>(size).fill(ZERO), owing: NOBODY };
  },
  observe(state, event, histories) {
    if (state.silent) return undefined;
    const { server } = event;
    switch (event.kind) {
      case 'serving':
        state.premises++;
        // A release that applies what came with DIFF only after it serves is about to catch up.
        state.owing = histories.forgotten === null ? without(state.owing, server) : add(state.owing, server);
        return undefined;
      case 'applied': {
        if (state.owing === NOBODY || !event.delivered || !has(state.owing, server)) return undefined;
        const { memory, delivered } = histories.server(server);
        const missing = histories.canon.firstMissing(delivered, memory);
        if (missing === null) state.owing = without(state.owing, server);
        if (missing === null || histories.canon.lengthOf(delivered) === histories.deliveredBefore) return undefined;
        return `server ${server} serves on without ${formatZxid(missing)}, which it had delivered`;
      }
      case 'reloaded': {
        const { serving, memory, delivered } = histories.server(server);
        if (serving === 'no') return undefined;
        state.premises++;
        const missing = histories.canon.firstMissing(delivered, memory);
        if (missing === null) return undefined;
        return `server ${server} unloaded ${formatZxid(missing)}, which it had delivered, while it serves`;
      }
      case 'committed': {
        state.premises++;
        const last = state.lastCommitted[server]!;
        const { zxid } = event.txn;
        state.lastCommitted[server] = zxid;
        if (zxid >= last || epochOf(zxid) !== epochOf(last)) return undefined;
        return `lastCommitted of leader ${server} went back from ${formatZxid(last)} to ${formatZxid(zxid)}`;
      }
      default:
        return undefined;
    }
  },
};

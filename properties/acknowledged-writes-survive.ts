import type { Property, PropertyState } from '../sim/property.ts';
import { formatZxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  /** The writes that have not returned. */
  readonly pending: { readonly client: number; readonly call: number }[];
  /** How long the canonical sequence must stay, so that it holds every acknowledged write. */
  acknowledged: number;
}

export const acknowledgedWritesSurvive: Property<State> = {
  name: 'acknowledged-writes-survive',
  about:
    'A write that was answered with ok is committed, and every leader established later holds it.' +
    ' Silent once data may have been lost beyond what ZAB tolerates.',
  source: "ZooKeeper Programmer's Guide, Consistency Guarantees: Reliability",
  kind: 'always',
  observes: ['invoked', 'returned', 'established'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget, pending: [], acknowledged: 0 };
  },
  observe(state, event, histories) {
    if (state.silent) return undefined;
    const { canon } = histories;
    switch (event.kind) {
      case 'invoked':
        if (event.op === 'write') state.pending.push({ client: event.client, call: event.call });
        return undefined;
      case 'returned': {
        const at = state.pending.findIndex(({ client, call }) => client === event.client && call === event.call);
        if (at < 0) return undefined;
        state.pending.splice(at, 1);
        if (event.outcome !== 'ok') return undefined;
        state.premises++;
        const index = canon.indexOf(event.zxid);
        if (index < 0)
          return `client ${event.client} was told that ${formatZxid(event.zxid)} is done, which is not committed`;
        if (index >= state.acknowledged) state.acknowledged = index + 1;
        return undefined;
      }
      case 'established': {
        const reign = histories.reigns.get(event.epoch);
        const expected = Math.min(state.acknowledged, canon.lengthBelow(event.epoch));
        if (reign === undefined || expected === 0) return undefined;
        state.premises++;
        for (let index = reign.initial.common; index < expected; index++)
          if (!canon.hasAt(reign.initial, index))
            return (
              `server ${event.server} is established in epoch ${event.epoch} without ` +
              `${formatZxid(canon.zxidAt(index))}, among the writes that a client was told are done`
            );
        return undefined;
      }
      default:
        return undefined;
    }
  },
};

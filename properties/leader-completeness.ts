import type { Property, PropertyState } from '../sim/property.ts';
import { formatZxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
}

export const leaderCompleteness: Property<State> = {
  name: 'leader-completeness',
  about:
    'A leader that is established holds every transaction committed in earlier epochs.' +
    ' Silent once data may have been lost beyond what ZAB tolerates.',
  source: 'Zab, DSN 2011, initial history; Leader.java#startZkServer; Remix LeaderLogCompleteness',
  kind: 'always',
  observes: ['established'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget };
  },
  observe(state, event, histories) {
    if (state.silent || event.kind !== 'established') return undefined;
    const reign = histories.reigns.get(event.epoch);
    if (reign === undefined) return undefined;
    state.premises++;
    const { canon, lengthBefore } = histories;
    const expected = Math.min(lengthBefore, canon.lengthBelow(event.epoch));
    for (let index = reign.initial.common; index < expected; index++)
      if (!canon.hasAt(reign.initial, index))
        return (
          `server ${event.server} is established in epoch ${event.epoch} without ` +
          `${formatZxid(canon.zxidAt(index))}, which was committed before`
        );
    return undefined;
  },
};

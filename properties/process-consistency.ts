import type { Property } from '../sim/property.ts';
import { epochOf, formatZxid } from '../sim/zab/zxid.ts';

export const processConsistency: Property = {
  name: 'process-consistency',
  about:
    'When a learner enters an epoch, that is when it writes currentEpoch, just before it acknowledges NEWLEADER, its' +
    " log does not differ from the leader's initial history, and holds nothing behind it that is not of the epoch.",
  source: 'Remix ProcessConsistency; LearnerHandler.java#syncFollower',
  kind: 'always',
  observes: ['epochWritten'],
  start() {
    return { premises: 0 };
  },
  observe(state, event, histories) {
    if (event.kind !== 'epochWritten' || event.file !== 'currentEpoch') return undefined;
    const { epoch } = event;
    const reign = histories.reigns.get(epoch);
    if (reign === undefined || reign.leader === event.server) return undefined;
    state.premises++;
    const { canon } = histories;
    const { durable } = histories.server(event.server);
    if (!canon.startsWith(durable, reign.initial)) {
      if (canon.startsWith(reign.initial, durable)) return undefined;
      return `server ${event.server} entered epoch ${epoch} with another log than that of its leader`;
    }
    const length = canon.lengthOf(reign.initial);
    if (canon.lengthOf(durable) === length) return undefined;
    const beyond = canon.zxidIn(durable, length);
    if (epochOf(beyond) >= epoch) return undefined;
    return `server ${event.server} entered epoch ${epoch} with ${formatZxid(beyond)}, which its leader does not have`;
  },
};

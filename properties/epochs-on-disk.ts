import type { Histories } from '../sim/histories.ts';
import type { Property, PropertyState } from '../sim/property.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import { epochOf, formatZxid, type Zxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
}

export const epochsOnDisk: Property<State> = {
  name: 'epochs-on-disk',
  about:
    'When a server starts, votes or serves: the epoch of its last logged zxid <= currentEpoch <= acceptedEpoch on' +
    ' disk. In the middle of NEWLEADER it may be otherwise.' +
    ' Silent once data may have been lost beyond what ZAB tolerates.',
  source: 'QuorumPeer.java#loadDataBase, which refuses to start otherwise; Learner.java#syncWithLeader',
  kind: 'always',
  observes: ['started', 'voted', 'serving', 'logged'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget };
  },
  observe(state, event, histories) {
    if (state.silent) return undefined;
    const { server } = event;
    switch (event.kind) {
      case 'started':
        state.premises++;
        return compare(server, event.lastZxid, event.currentEpoch, event.acceptedEpoch);
      case 'voted':
      case 'serving':
        state.premises++;
        return onDisk(server, histories);
      case 'logged':
        if (histories.server(server).serving === 'no') return undefined;
        state.premises++;
        return onDisk(server, histories);
      default:
        return undefined;
    }
  },
};

function onDisk(server: ServerId, histories: Histories): string | undefined {
  const { durable, currentEpoch, acceptedEpoch } = histories.server(server);
  if (currentEpoch < 0 || acceptedEpoch < 0) return undefined;
  return compare(server, histories.canon.lastOf(durable), currentEpoch, acceptedEpoch);
}

function compare(server: ServerId, lastZxid: Zxid, currentEpoch: number, acceptedEpoch: number): string | undefined {
  if (epochOf(lastZxid) > currentEpoch)
    return `server ${server} has logged ${formatZxid(lastZxid)} with currentEpoch ${currentEpoch} on disk`;
  if (currentEpoch > acceptedEpoch)
    return `server ${server} has currentEpoch ${currentEpoch} above acceptedEpoch ${acceptedEpoch} on disk`;
  return undefined;
}

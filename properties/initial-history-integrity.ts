import type { Histories } from '../sim/histories.ts';
import type { Property, PropertyState } from '../sim/property.ts';
import { has, type ServerId, type ServerSet } from '../sim/zab/sets.ts';
import { counterOf, epochOf } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  readonly voters: ServerSet;
}

export const initialHistoryIntegrity: Property<State> = {
  name: 'initial-history-integrity',
  about:
    'The initial history of an established epoch is the beginning of the initial history of every later one; and a' +
    ' voter that acknowledges NEWLEADER holds the initial history of that epoch, in memory or on disk.' +
    ' Silent once data may have been lost beyond what ZAB tolerates.',
  source: 'Zab, DSN 2011, initial histories; Remix I-8 and I-9',
  kind: 'always',
  observes: ['electionFinished', 'established', 'sent'],
  packets: ['ACK'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget, voters: setup.verifier.voters };
  },
  observe(state, event, histories) {
    if (state.silent) return undefined;
    switch (event.kind) {
      case 'electionFinished':
      case 'established':
        return compareReigns(state, event.epoch, histories);
      case 'sent':
        if (event.plane !== 'quorum' || event.message.kind !== 'ACK' || counterOf(event.message.zxid) !== 0)
          return undefined;
        return onNewLeaderAck(state, event.server, epochOf(event.message.zxid), histories);
      default:
        return undefined;
    }
  },
};

function compareReigns(state: State, epoch: number, histories: Histories): string | undefined {
  const reign = histories.reigns.get(epoch);
  if (reign === undefined) return undefined;
  for (const other of histories.reigns.values()) {
    if (other.epoch === epoch) continue;
    const [earlier, later] = other.epoch < epoch ? [other, reign] : [reign, other];
    if (!earlier.established) continue;
    state.premises++;
    if (histories.canon.startsWith(later.initial, earlier.initial)) continue;
    return (
      `the history of server ${later.leader}, leader of epoch ${later.epoch}, does not begin with that of ` +
      `server ${earlier.leader}, established in epoch ${earlier.epoch}`
    );
  }
  return undefined;
}

function onNewLeaderAck(state: State, server: ServerId, epoch: number, histories: Histories): string | undefined {
  const reign = histories.reigns.get(epoch);
  if (reign === undefined || !has(state.voters, server)) return undefined;
  state.premises++;
  const { durable, memory } = histories.server(server);
  const { canon } = histories;
  if (canon.startsWith(durable, reign.initial) || canon.startsWith(memory, reign.initial)) return undefined;
  return `server ${server} acknowledged NEWLEADER of epoch ${epoch} without the history of its leader ${reign.leader}`;
}

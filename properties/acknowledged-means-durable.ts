import type { Histories } from '../sim/histories.ts';
import type { Property, PropertyState } from '../sim/property.ts';
import { has, type ServerId, type ServerSet } from '../sim/zab/sets.ts';
import { counterOf, epochOf, formatZxid, type Zxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly voters: ServerSet;
}

export const acknowledgedMeansDurable: Property<State> = {
  name: 'acknowledged-means-durable',
  about:
    'What a voter acknowledges would survive a power failure: with ACK(z) the transaction z; with ACK(e,0), the' +
    ' answer to NEWLEADER, the initial history of the leader of e, and a currentEpoch of e.',
  source: 'Zab, DSN 2011, phases 2 and 3; SendAckRequestProcessor.java, AckRequestProcessor.java, Learner.java',
  kind: 'always',
  observes: ['sent', 'acked'],
  packets: ['ACK'],
  start(setup) {
    return { premises: 0, voters: setup.verifier.voters };
  },
  observe(state, event, histories) {
    if (event.kind === 'sent') {
      const { plane, message, server } = event;
      if (plane !== 'quorum' || message.kind !== 'ACK' || !has(state.voters, server)) return undefined;
      state.premises++;
      const { zxid } = message;
      return counterOf(zxid) === 0 ? onNewLeaderAck(server, zxid, histories) : onAck(server, zxid, histories);
    }
    // The leader's own acknowledgement travels no network.
    if (event.kind !== 'acked' || event.from !== event.server || !has(state.voters, event.server)) return undefined;
    state.premises++;
    return onAck(event.server, event.zxid, histories);
  },
};

function onAck(server: ServerId, zxid: Zxid, histories: Histories): string | undefined {
  const { durable } = histories.server(server);
  histories.canon.settle(durable);
  if (histories.canon.has(durable, zxid)) return undefined;
  return `server ${server} acknowledged ${formatZxid(zxid)}, which a power failure would take from it`;
}

function onNewLeaderAck(server: ServerId, zxid: Zxid, histories: Histories): string | undefined {
  const epoch = epochOf(zxid);
  const { durable, currentEpoch } = histories.server(server);
  if (currentEpoch < epoch)
    return `server ${server} acknowledged NEWLEADER of epoch ${epoch} with currentEpoch ${currentEpoch} on disk`;
  const reign = histories.reigns.get(epoch);
  if (reign === undefined || histories.canon.startsWith(durable, reign.initial)) return undefined;
  const missing = histories.canon.firstMissing(reign.initial, durable);
  return (
    `server ${server} acknowledged NEWLEADER of epoch ${epoch} without a durable copy of the leader's history` +
    (missing === null ? '' : `: it lacks ${formatZxid(missing)}`)
  );
}

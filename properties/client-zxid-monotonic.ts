import type { Property, PropertyState } from '../sim/property.ts';
import { formatZxid, ZERO, type Zxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  /** By client number: the connection it uses, and the highest zxid it has been shown there or brought along. */
  readonly connection: number[];
  readonly seen: Zxid[];
}

export const clientZxidMonotonic: Property<State> = {
  name: 'client-zxid-monotonic',
  about:
    'The zxids in the replies of one connection never decrease, and none lies below what the client said it had seen' +
    ' when it connected. Silent once data may have been lost beyond what ZAB tolerates.',
  source: 'ZooKeeperServer.java#processConnectRequest (lastZxidSeen), FinalRequestProcessor.java; ReplyHeader.zxid',
  kind: 'always',
  observes: ['sent'],
  packets: ['CONNECT', 'REPLY'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget, connection: [], seen: [] };
  },
  observe(state, event) {
    if (event.kind !== 'sent' || event.plane !== 'client' || state.silent) return undefined;
    const { message, connection } = event;
    if (message.kind === 'CONNECT') {
      enter(state, -event.server, connection, message.lastZxid);
      return undefined;
    }
    if (message.kind !== 'REPLY' || message.zxid <= 0) return undefined;
    const client = -event.peer;
    if (state.connection[client] !== connection) enter(state, client, connection, ZERO);
    state.premises++;
    const seen = state.seen[client]!;
    if (message.zxid >= seen) {
      state.seen[client] = message.zxid;
      return undefined;
    }
    return `server ${event.server} showed client ${client} zxid ${formatZxid(message.zxid)} after ${formatZxid(seen)}`;
  },
};

function enter(state: State, client: number, connection: number, seen: Zxid): void {
  while (state.connection.length <= client) {
    state.connection.push(0);
    state.seen.push(ZERO);
  }
  state.connection[client] = connection;
  state.seen[client] = seen;
}

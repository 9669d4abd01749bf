import type { Property, PropertyState } from '../sim/property.ts';
import { formatZxid, ZERO, type Zxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  /** By client: its session, and the highest zxid that an answer has shown to it. */
  readonly views: Map<number, { session: number; seen: Zxid; server: number }>;
}

export const singleSystemImage: Property<State> = {
  name: 'single-system-image',
  about:
    'A session never sees an older state than it has seen, whichever servers it goes to: the zxids of the answers that' +
    ' reach its client never decrease. Of answers alone. ZooKeeper does not promise it of watch events: a client takes no' +
    ' note of their zxids, and may be told of a change, lose its server, and read the state before the change elsewhere.' +
    ' Silent once data may have been lost beyond what ZAB tolerates.',
  source:
    "ZooKeeper Programmer's Guide, Consistency Guarantees: Single System Image; ClientCnxn.java#readResponse (lastZxid)",
  kind: 'always',
  observes: ['received'],
  packets: ['CONNECTED', 'REPLY'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget, views: new Map() };
  },
  observe(state, event) {
    if (state.silent || event.kind !== 'received' || event.server >= 0) return undefined;
    const { message } = event;
    const client = -event.server;
    let view = state.views.get(client);
    if (view === undefined) {
      view = { session: 0, seen: ZERO, server: 0 };
      state.views.set(client, view);
    }
    if (message.kind === 'CONNECTED') {
      if (message.session !== view.session) view.seen = ZERO;
      view.session = message.session;
      return undefined;
    }
    if (message.kind !== 'REPLY' || message.zxid <= 0 || view.session === 0) return undefined;
    state.premises++;
    const { seen, server } = view;
    if (message.zxid >= seen) {
      view.seen = message.zxid;
      view.server = event.peer;
      return undefined;
    }
    return (
      `client ${client} was shown ${formatZxid(message.zxid)} by server ${event.peer}` +
      ` after ${formatZxid(seen)} by server ${server}`
    );
  },
};

import type { Property, PropertyState } from '../sim/property.ts';
import { formatZxid, ZERO, type Zxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  /** By connection: the highest zxid of an answer, and of an event. */
  readonly answered: Map<number, Zxid>;
  readonly told: Map<number, Zxid>;
}

export const eventsBeforeAnswers: Property<State> = {
  name: 'events-before-answers',
  about:
    'On a connection, watch events come in the order of their transactions, and none comes behind an answer whose header' +
    ' tells its zxid or a later one: nobody reads new data before hearing of the change. Judged where events tell their' +
    ' zxid.',
  source: "ZooKeeper Programmer's Guide, What ZooKeeper Guarantees about Watches; FinalRequestProcessor.java",
  kind: 'always',
  observes: ['sent', 'disconnected'],
  packets: ['EVENT', 'REPLY'],
  start() {
    return { premises: 0, answered: new Map(), told: new Map() };
  },
  observe(state, event) {
    if (event.kind === 'disconnected') {
      state.answered.delete(event.connection);
      state.told.delete(event.connection);
      return undefined;
    }
    if (event.kind !== 'sent' || event.plane !== 'client' || event.server <= 0) return undefined;
    const { message, connection } = event;
    if (message.kind === 'REPLY') {
      if (message.zxid > (state.answered.get(connection) ?? ZERO)) state.answered.set(connection, message.zxid);
      return undefined;
    }
    // What setWatches makes up for has no zxid.
    if (message.kind !== 'EVENT' || message.zxid <= 0) return undefined;
    state.premises++;
    const { zxid, type, path } = message;
    const answered = state.answered.get(connection) ?? ZERO;
    const told = state.told.get(connection) ?? ZERO;
    if (zxid > told) state.told.set(connection, zxid);
    const what = `server ${event.server} told client ${-event.peer} of ${type} ${path} at ${formatZxid(zxid)}`;
    if (zxid <= answered) return `${what} after an answer at ${formatZxid(answered)}`;
    return zxid < told ? `${what} after an event at ${formatZxid(told)}` : undefined;
  },
};

import type { Property, PropertyState } from '../sim/property.ts';
import { formatZxid, ZERO, type Zxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  /** By connection: the zxid of the write that was answered last. */
  readonly written: Map<number, Zxid>;
}

export const fifoClientOrder: Property<State> = {
  name: 'fifo-client-order',
  about:
    'What a client asks over one connection is answered in the order in which it was asked, and its writes have ascending' +
    ' zxids in that order. Requests of a connection that was lost are concurrent with whatever the client does later.' +
    ' Silent once data may have been lost beyond what ZAB tolerates.',
  source: 'Zab: High-performance broadcast for primary-backup systems, 2: FIFO client order; CommitProcessor.java',
  kind: 'always',
  observes: ['sent', 'disconnected'],
  packets: ['REPLY'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget, written: new Map() };
  },
  observe(state, event, histories) {
    if (state.silent) return undefined;
    if (event.kind === 'disconnected') {
      if (event.plane === 'client') state.written.delete(event.connection);
      return undefined;
    }
    if (event.kind !== 'sent' || event.message.kind !== 'REPLY') return undefined;
    const { answers, overtakes } = histories.clients;
    if (answers === null) return undefined;
    const { zxid, cxid } = event.message;
    state.premises++;
    const who = `server ${event.server} answered request ${cxid} of client ${-event.peer}`;
    if (overtakes > 0) return `${who} before ${overtakes} that came earlier on the same connection`;
    if (answers.kind !== 'write' || zxid <= 0) return undefined;
    const written = state.written.get(event.connection) ?? ZERO;
    state.written.set(event.connection, zxid);
    return zxid > written
      ? undefined
      : `${who}, a write, with ${formatZxid(zxid)} after another with ${formatZxid(written)}`;
  },
};

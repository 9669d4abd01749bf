import type { Property, PropertyState } from '../sim/property.ts';
import type { Micros } from '../sim/time.ts';
import type { Txn } from '../sim/zab/messages.ts';
import type { ServerId } from '../sim/zab/sets.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  readonly tick: Micros;
  calmAt: Micros | null;
  /** Who was established last, and when. */
  leader: ServerId;
  since: Micros;
  /** The sessions whose beginning was proposed, and whose end was not delivered. */
  readonly open: Map<number, Open>;
  /** By connection of a client: its session. */
  readonly sessions: Map<number, number>;
}

interface Open {
  readonly timeout: Micros;
  readonly begins: Txn;
  /** Proposals of its end: a leader may be lost with one. */
  readonly ends: Txn[];
  heardAt: Micros;
}

export const sessionsOfTheGoneEnd: Property<State> = {
  name: 'sessions-of-the-gone-end',
  about:
    'Once all is calm and a leader serves, a session that no server hears of is ended, and its ephemerals with it, within' +
    ' twice its timeout and a few ticks. Silent once data may have been lost beyond what ZAB tolerates.',
  source: "ZooKeeper Programmer's Guide, ZooKeeper Sessions; SessionTrackerImpl.java#run; ZOOKEEPER-1367",
  kind: 'eventually',
  observes: ['calm', 'established', 'proposed', 'sessionClosed', 'sessionExpired', 'sent', 'received', 'disconnected'],
  packets: ['CONNECTED', 'CLIENTREQUEST', 'CLIENTPING', 'AUTH'],
  start({ beyondBudget, settings }) {
    return {
      premises: 0,
      silent: beyondBudget,
      tick: settings.tickTime * 1000,
      calmAt: null,
      leader: 0,
      since: 0,
      open: new Map(),
      sessions: new Map(),
    };
  },
  observe(state, event) {
    switch (event.kind) {
      case 'calm':
        state.calmAt = event.at;
        return undefined;
      case 'established':
        state.leader = event.server;
        state.since = event.at;
        return undefined;
      case 'proposed': {
        const { txn, at } = event;
        if (txn.body.kind === 'closeSession') state.open.get(txn.session)?.ends.push(txn);
        else if (txn.body.kind === 'createSession' && txn.session > 0)
          state.open.set(txn.session, { timeout: txn.body.timeoutMs * 1000, begins: txn, ends: [], heardAt: at });
        return undefined;
      }
      case 'sessionClosed':
        state.open.delete(event.session);
        return undefined;
      case 'sessionExpired':
        state.premises++;
        return undefined;
      case 'disconnected':
        if (event.plane === 'client' && event.server > 0) state.sessions.delete(event.connection);
        return undefined;
      case 'sent':
      case 'received': {
        if (event.server <= 0) return undefined;
        const { message, connection } = event;
        if (message.kind === 'CONNECTED' && message.session > 0) state.sessions.set(connection, message.session);
        const open = state.open.get(state.sessions.get(connection) ?? 0);
        if (open !== undefined) open.heardAt = event.at;
        return undefined;
      }
      default:
        return undefined;
    }
  },
  // No run goes on for the sake of it: sessions last long.
  settled: () => true,
  finish(state, { at, histories }) {
    const { calmAt, since, leader, tick, open } = state;
    if (state.silent || calmAt === null) return { excused: 'the run had no calm, or damage beyond what ZAB tolerates' };
    const { canon } = histories;
    if (leader === 0 || histories.server(leader).serving !== 'LEADING') return { excused: 'no leader serves' };
    for (const [session, { timeout, heardAt, begins, ends }] of open) {
      if (at < Math.max(heardAt, calmAt, since) + 2 * timeout + 4 * tick) continue;
      if (!canon.holds(begins) || ends.some((end) => canon.holds(end))) continue;
      state.premises++;
      const silent = Math.floor((at - heardAt) / 1000);
      return { violated: `session ${session} has not ended, though nothing was heard of it for ${silent} ms` };
    }
    return undefined;
  },
};

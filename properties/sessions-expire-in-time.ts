import type { Property, PropertyState } from '../sim/property.ts';
import type { TraceEvent } from '../sim/trace.ts';
import type { ServerId } from '../sim/zab/sets.ts';

interface State extends PropertyState {
  /** By server: of the sessions that it has heard of in its time as leader, when, in virtual microseconds. */
  readonly heard: Map<ServerId, Map<number, number>>;
  /** By server: since when it serves as leader. */
  readonly since: Map<ServerId, number>;
  /** By session: its timeout in ms. */
  readonly timeouts: Map<number, number>;
  /** By connection of a client: its session. */
  readonly sessions: Map<number, number>;
  readonly paused: Set<ServerId>;
  /** Servers that come to what they have received much later. */
  readonly slow: Set<ServerId>;
  readonly fastestPpm: number;
}

export const sessionsExpireInTime: Property<State> = {
  name: 'sessions-expire-in-time',
  about:
    'A session is expired by the leader alone, while it serves, and not before it has heard nothing of the session for as' +
    ' long as the timeout, from the client itself or through any learner; a new leader begins to count anew. Time is that of a' +
    ' clock that runs as fast as any in the run; a server that is slow to read what it receives is not judged.',
  source: 'SessionTrackerImpl.java, ExpiryQueue.java; Leader.java#revalidateSession; LearnerHandler.java, case PING',
  kind: 'always',
  observes: [
    'received',
    'sent',
    'serving',
    'leftRole',
    'ended',
    'proposed',
    'paused',
    'resumed',
    'landed',
    'sessionExpired',
    'sessionClosed',
    'disconnected',
  ],
  packets: ['PING', 'REVALIDATE', 'CLIENTREQUEST', 'CLIENTPING', 'AUTH', 'CONNECTED'],
  start(setup) {
    return {
      premises: 0,
      fastestPpm: setup.fastestPpm,
      slow: new Set(),
      heard: new Map(),
      since: new Map(),
      timeouts: new Map(),
      sessions: new Map(),
      paused: new Set(),
    };
  },
  observe(state, event) {
    switch (event.kind) {
      case 'serving':
        if (event.role !== 'LEADING') return undefined;
        state.since.set(event.server, event.at);
        state.heard.set(event.server, new Map());
        return undefined;
      case 'leftRole':
      case 'ended':
        state.since.delete(event.server);
        state.heard.delete(event.server);
        if (event.kind === 'ended') state.paused.delete(event.server);
        return undefined;
      case 'landed':
        if (event.fault === 'slowCpu') state.slow.add(event.server);
        return undefined;
      case 'paused':
        state.paused.add(event.server);
        return undefined;
      case 'resumed':
        state.paused.delete(event.server);
        return undefined;
      case 'proposed':
        if (event.txn.body.kind !== 'createSession') return undefined;
        state.timeouts.set(event.txn.session, event.txn.body.timeoutMs);
        touch(state, event.server, event.txn.session, event.at);
        return undefined;
      case 'sessionExpired':
        return expired(state, event);
      case 'sessionClosed':
        state.heard.get(event.server)?.delete(event.session);
        state.timeouts.delete(event.session);
        return undefined;
      case 'disconnected':
        if (event.plane === 'client') state.sessions.delete(event.connection);
        return undefined;
      case 'sent':
      case 'received':
        packet(state, event);
        return undefined;
      default:
        return undefined;
    }
  },
};

/** What a paused process finds in its sockets it reads later, when timers may have run out first: it does not count. */
function packet(state: State, event: Extract<TraceEvent, { kind: 'sent' | 'received' }>): void {
  const { message, server, connection, at } = event;
  if (server <= 0) return;
  if (message.kind === 'CONNECTED') {
    if (event.kind !== 'sent' || message.session <= 0) return;
    state.sessions.set(connection, message.session);
    touch(state, server, message.session, at);
    return;
  }
  if (event.kind !== 'received' || !state.since.has(server) || state.paused.has(server)) return;
  if (message.kind === 'PING') for (const [session] of message.touched) touch(state, server, session, at);
  else if (message.kind === 'REVALIDATE') touch(state, server, message.session, at);
  else if (event.plane === 'client') touch(state, server, state.sessions.get(connection) ?? 0, at);
}

function touch(state: State, server: ServerId, session: number, at: number): void {
  if (session > 0) state.heard.get(server)?.set(session, at);
}

function expired(
  state: State,
  event: Extract<TraceEvent, { kind: 'sessionOpened' | 'sessionClosed' | 'sessionExpired' }>,
): string | undefined {
  const { server, session, at } = event;
  state.premises++;
  const since = state.since.get(server);
  if (since === undefined) return `server ${server} expired session ${session} and does not serve as leader`;
  const timeoutMs = state.timeouts.get(session);
  if (timeoutMs === undefined || state.slow.has(server)) return undefined;
  const heard = Math.max(since, state.heard.get(server)?.get(session) ?? since);
  const silentMs = (at - heard) / 1000;
  if (silentMs * (1_000_000 + state.fastestPpm) >= timeoutMs * 1_000_000) return undefined;
  return (
    `server ${server} expired session ${session}, whose timeout is ${timeoutMs} ms,` +
    ` ${Math.floor(silentMs)} ms after it had heard of it`
  );
}

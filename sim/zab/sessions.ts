import type { ConnectionId, Effect } from './effects.ts';
import { note, setTimer, ticks } from './out.ts';
import type { Leader, Server, SessionTracker } from './state.ts';

/** The leader alone expires sessions, in buckets one tick wide: SessionTrackerImpl.java, ExpiryQueue.java. Time is counted
 *  in ticks of the leader's own clock, so that a timeout of whole ticks expires in the bucket it would in ZooKeeper. */

export function newSessionTracker(): SessionTracker {
  return { now: 0, running: false, sessions: new Map() };
}

/** A new leader gives every session of the replicated table its full timeout afresh. */
export function startTracker(server: Server, leader: Leader, out: Effect[]): void {
  for (const [session, timeoutMs] of [...server.db.sessions].sort(([a], [b]) => a - b))
    trackSession(server, leader, session, { timeoutMs, owner: null }, out);
}

/** The owner of a session that is only known from the table is whoever speaks for it first.
 *  Source: SessionTrackerImpl.java#checkSession. */
export function checkSession(
  leader: Leader,
  session: number,
  via: ConnectionId | null,
): 'SESSIONEXPIRED' | 'SESSIONMOVED' | null {
  const known = leader.tracker.sessions.get(session);
  if (known === undefined || known.closing) return 'SESSIONEXPIRED';
  known.owner ??= via;
  return via !== null && known.owner !== via ? 'SESSIONMOVED' : null;
}

export function trackSession(
  server: Server,
  leader: Leader,
  session: number,
  of: { readonly timeoutMs: number; readonly owner: ConnectionId | null },
  out: Effect[],
): void {
  const { tracker } = leader;
  if (!tracker.running) {
    tracker.running = true;
    setTimer(out, 'expiry', 0, ticks(server, 1));
  }
  const { timeoutMs, owner } = of;
  tracker.sessions.set(session, {
    timeoutMs,
    expiresAt: bucketAfter(server, tracker, timeoutMs),
    closing: false,
    owner,
  });
}

/** A touch of an unknown or closing session does nothing. Source: SessionTrackerImpl.java#touchSession. */
export function touchSession(server: Server, leader: Leader, session: number): boolean {
  const known = leader.tracker.sessions.get(session);
  if (known === undefined || known.closing) return false;
  known.expiresAt = bucketAfter(server, leader.tracker, known.timeoutMs);
  return true;
}

/** A client comes back: whoever it came to speaks for the session from now on.
 *  Source: Leader.java#revalidateSession, LeaderZooKeeperServer.java#revalidateSession. */
export function revalidate(server: Server, leader: Leader, session: number, via: ConnectionId): boolean {
  const valid = touchSession(server, leader, session);
  const known = leader.tracker.sessions.get(session);
  if (valid && known !== undefined) known.owner = via;
  return valid;
}

/** One tick has passed. Returns the sessions that expire with it, already marked as closing. */
export function expireSessions(server: Server, leader: Leader, out: Effect[]): number[] {
  const { tracker } = leader;
  tracker.now++;
  const expired: number[] = [];
  for (const [session, known] of tracker.sessions) {
    if (known.closing || known.expiresAt > tracker.now) continue;
    known.closing = true;
    expired.push(session);
    note(out, { kind: 'sessionExpired', session });
  }
  if (tracker.sessions.size > 0) setTimer(out, 'expiry', 0, ticks(server, 1));
  else tracker.running = false;
  return expired;
}

/** The end of the tick in which the timeout runs out. How much of the present tick is over is not known here, so that a
 *  timeout of no whole number of ticks may run a tick longer, and never shorter.
 *  Source: ExpiryQueue.java#roundToNextInterval. */
function bucketAfter(server: Server, tracker: SessionTracker, timeoutMs: number): number {
  return tracker.now + Math.ceil(timeoutMs / server.config.settings.tickTime) + 1;
}

export function cloneTracker(tracker: SessionTracker): SessionTracker {
  const sessions: SessionTracker['sessions'] = new Map();
  for (const [session, known] of tracker.sessions) sessions.set(session, { ...known });
  return { now: tracker.now, running: tracker.running, sessions };
}

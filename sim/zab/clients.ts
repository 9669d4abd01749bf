import type { ConnectionId, Effect } from './effects.ts';
import type { AuthId, ClientMessage, ClientRequest } from './messages.ts';
import { clearTimer, setTimer } from './out.ts';
import { passwordOf } from './password.ts';
import type { Notification, Outcome, Service } from './service.ts';
import type { ClientConnection, Clients, Server } from './state.ts';
import type { Zxid } from './zxid.ts';

/** The clients attached to this server: NIOServerCnxn.java, and the part of CommitProcessor.java that keeps a client's
 *  answers in the order of its requests. */

export function newClients(service: Service): Clients {
  return {
    connections: new Map(),
    bySession: new Map(),
    touched: new Map(),
    nextSession: 0,
    local: service.newLocal(),
  };
}

/** A server that does not serve closes at once; otherwise the CONNECT is awaited. */
export function clientOpened(server: Server, connection: ConnectionId, out: Effect[]): void {
  if (server.zk !== 'running') out.push({ kind: 'close', connection });
  else
    server.clients.connections.set(connection, {
      session: 0,
      timeoutMs: 0,
      revalidating: 0,
      pending: [],
      ids: [],
      wantsPassword: false,
    });
}

export function clientClosed(server: Server, connection: ConnectionId, out: Effect[]): void {
  const client = server.clients.connections.get(connection);
  if (client === undefined) return;
  forget(server, connection, client);
  clearTimer(out, 'session', connection);
}

export function closeClient(server: Server, connection: ConnectionId, out: Effect[]): void {
  const client = server.clients.connections.get(connection);
  if (client === undefined) return;
  forget(server, connection, client);
  clearTimer(out, 'session', connection);
  out.push({ kind: 'close', connection });
}

export function closeAllClients(server: Server, out: Effect[]): void {
  for (const connection of [...server.clients.connections.keys()]) closeClient(server, connection, out);
  server.clients.bySession.clear();
  server.clients.touched.clear();
}

/** The session is attached to this connection from now on. */
export function attachSession(
  server: Server,
  connection: ConnectionId,
  session: { id: number; timeoutMs: number },
  out: Effect[],
): void {
  const client = server.clients.connections.get(connection);
  if (client === undefined) return;
  const before = server.clients.bySession.get(session.id);
  if (before !== undefined && before !== connection) closeClient(server, before, out);
  client.session = session.id;
  client.timeoutMs = session.timeoutMs;
  server.clients.bySession.set(session.id, connection);
  heardFrom(server, connection, client, out);
  const password = client.wantsPassword ? passwordOf(session.id) : null;
  send(out, connection, { kind: 'CONNECTED', session: session.id, timeoutMs: session.timeoutMs, password });
}

/** The session is not known, is over, or has another password: the client cannot tell which. */
export function refuseSession(server: Server, connection: ConnectionId, out: Effect[]): void {
  send(out, connection, { kind: 'CONNECTED', session: 0, timeoutMs: 0, password: null });
  closeClient(server, connection, out);
}

/** Any packet of a client keeps its session alive. */
export function heardFrom(server: Server, connection: ConnectionId, client: ClientConnection, out: Effect[]): void {
  if (client.session <= 0) return;
  server.clients.touched.set(client.session, client.timeoutMs);
  setTimer(out, 'session', connection, client.timeoutMs);
}

/** Min and max of zoo.cfg bound what a client asks for. Source: ZooKeeperServer.java#processConnectRequest. */
export function negotiate(server: Server, askedMs: number): number {
  const { minSessionTimeout, maxSessionTimeout } = server.config.settings;
  return Math.min(Math.max(askedMs, minSessionTimeout), maxSessionTimeout);
}

/** A session id of this server: its id, its life, and a counter. Source: SessionTrackerImpl.java#initializeNextSessionId. */
export function newSessionId(server: Server): number {
  server.clients.nextSession++;
  return (server.id * 0x1_0000 + server.life) * 0x10_0000 + server.clients.nextSession;
}

/** The connection whose request this is, if it waits here. */
export function waiting(
  server: Server,
  session: number,
  cxid: number,
): { connection: ConnectionId; client: ClientConnection; request: ClientRequest } | undefined {
  const connection = server.clients.bySession.get(session);
  if (connection === undefined) return undefined;
  const client = server.clients.connections.get(connection);
  const request = client?.pending[0]?.request;
  if (client === undefined || request === undefined || request.cxid !== cxid || request.session !== session)
    return undefined;
  return { connection, client, request };
}

/** Answers the oldest request of a client, then every read that had waited behind it. */
export function answerFirst(
  server: Server,
  connection: ConnectionId,
  client: ClientConnection,
  outcome: Outcome,
  zxid: Zxid,
  out: Effect[],
): void {
  const { request } = client.pending.shift()!;
  reply(out, connection, request, outcome, zxid);
  answerReads(server, connection, client, out);
}

/** Reads never leave the server: each is answered from memory once it is the oldest of its client's requests. A sync of
 *  the leader's own client is no more than a read. */
export function answerReads(server: Server, connection: ConnectionId, client: ClientConnection, out: Effect[]): void {
  for (let next = client.pending[0]; next !== undefined; next = client.pending[0]) {
    const { request, refused } = next;
    if (request.kind !== 'read' && !(request.kind === 'sync' && answersSync(server))) return;
    if (refused === 'SESSIONMOVED') {
      closeClient(server, connection, out);
      return;
    }
    client.pending.shift();
    const outcome = refused === null ? readHere(server, connection, client, request, out) : failed(refused);
    reply(out, connection, request, outcome, shownZxid(server));
  }
}

/** A server to which a sync is no more than a read. */
export function answersSync({ leader, config }: Server): boolean {
  return leader !== null || config.behaviour.mistake === 'syncAnswersAtOnce';
}

function shownZxid({ leader, db, config }: Server): Zxid {
  return leader !== null && config.behaviour.mistake === 'readsShowProposedZxid' ? leader.hzxid : db.lastProcessed;
}

function readHere(
  server: Server,
  connection: ConnectionId,
  client: ClientConnection,
  request: ClientRequest,
  out: Effect[],
): Outcome {
  if (request.kind === 'sync') return FINE;
  const { local } = server.clients;
  const outcome = server.config.service.read(server.db.tree, local, request, { connection, ids: client.ids });
  sendEvents(outcome.notifications, NO_ZXID, out);
  return outcome;
}

const NO_ZXID = -1 as Zxid;

const FINE: Outcome = { error: null, value: null };

function failed(error: string): Outcome {
  return { error, value: null };
}

/** Whoever watches what a transaction has changed is told before anybody is answered. */
export function tellWatchers(server: Server, changes: readonly unknown[], zxid: Zxid, out: Effect[]): void {
  const { connections, local } = server.clients;
  if (connections.size === 0) return;
  const idsOf = (connection: ConnectionId): readonly AuthId[] => connections.get(connection)?.ids ?? [];
  const carried = server.config.behaviour.eventsCarryZxid ? zxid : NO_ZXID;
  sendEvents(server.config.service.notify(local, changes, idsOf), carried, out);
}

function sendEvents(notifications: readonly Notification[], zxid: Zxid, out: Effect[]): void {
  for (const { connection, type, path } of notifications) send(out, connection, { kind: 'EVENT', type, path, zxid });
}

export function reply(
  out: Effect[],
  connection: ConnectionId,
  request: ClientRequest,
  outcome: Outcome,
  zxid: Zxid,
): void {
  send(out, connection, {
    kind: 'REPLY',
    cxid: request.cxid,
    zxid,
    error: outcome.error,
    value: outcome.value,
  });
}

export function send(out: Effect[], connection: ConnectionId, message: ClientMessage): void {
  out.push({ kind: 'send', connection, message });
}

function forget(server: Server, connection: ConnectionId, client: ClientConnection): void {
  server.clients.connections.delete(connection);
  server.config.service.forget(server.clients.local, connection);
  if (server.clients.bySession.get(client.session) === connection) server.clients.bySession.delete(client.session);
}

export function cloneClients(clients: Clients, service: Service): Clients {
  const connections = new Map<ConnectionId, ClientConnection>();
  for (const [connection, client] of clients.connections)
    connections.set(connection, { ...client, pending: client.pending.slice() });
  return {
    connections,
    bySession: new Map(clients.bySession),
    touched: new Map(clients.touched),
    nextSession: clients.nextSession,
    local: service.copyLocal(clients.local),
  };
}

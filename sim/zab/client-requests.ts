import {
  answerReads,
  answersSync,
  attachSession,
  closeClient,
  heardFrom,
  negotiate,
  newSessionId,
  refuseSession,
  send,
} from './clients.ts';
import type { ConnectionId, Effect } from './effects.ts';
import { submitRequest } from './leader-broadcast.ts';
import type { ClientMessage, ClientRequest } from './messages.ts';
import { passwordOf } from './password.ts';
import { checkSession, revalidate, touchSession } from './sessions.ts';
import type { ClientConnection, Server } from './state.ts';
import { ZERO, type Zxid } from './zxid.ts';

/** The request path of any server: reads are answered here, everything else goes to the leader.
 *  Source: ZooKeeperServer.java#processConnectRequest, FollowerRequestProcessor.java, ObserverRequestProcessor.java,
 *  LeaderRequestProcessor.java. */

/** Returns why the leader must step down, if it must. */
export function onClientMessage(
  server: Server,
  connection: ConnectionId,
  message: ClientMessage,
  out: Effect[],
): string | undefined {
  const client = server.clients.connections.get(connection);
  if (client === undefined) return undefined;
  switch (message.kind) {
    case 'CONNECT':
      return onConnect(server, connection, client, message, out);
    case 'CLIENTREQUEST':
      return onFrame(server, connection, client, message.request, out);
    case 'AUTH':
      touch(server, connection, client, out);
      onAuth(server, connection, client, message, out);
      return undefined;
    case 'CLIENTPING':
      touch(server, connection, client, out);
      send(out, connection, { kind: 'CLIENTPONG' });
      return undefined;
    default:
      return undefined;
  }
}

function onConnect(
  server: Server,
  connection: ConnectionId,
  client: ClientConnection,
  message: Extract<ClientMessage, { kind: 'CONNECT' }>,
  out: Effect[],
): string | undefined {
  // A client must not go back in time: one that has seen more than this server is turned away.
  const { mistake } = server.config.behaviour;
  if (message.lastZxid > server.db.lastProcessed && mistake !== 'acceptsFresherClient') {
    closeClient(server, connection, out);
    return undefined;
  }
  const { session, password, address } = message;
  if (address !== null) client.ids = [{ scheme: 'ip', id: address }];
  client.wantsPassword = password !== null;
  if (session < 0) {
    send(out, connection, { kind: 'CONNECTED', session, timeoutMs: 0, password: null });
    return undefined;
  }
  const timeoutMs = negotiate(server, message.timeoutMs);
  if (session === 0) {
    const created = newSessionId(server);
    return onRequest(
      server,
      connection,
      client,
      { session: created, cxid: 0, kind: 'createSession', op: timeoutMs },
      out,
    );
  }
  // Whoever speaks for the session here is cut off, before the password is looked at.
  const before = server.clients.bySession.get(session);
  if (password !== null && before !== undefined) closeClient(server, before, out);
  const { leader, learner } = server;
  if (password !== null && password !== passwordOf(session)) refuseSession(server, connection, out);
  else if (learner !== null) {
    client.revalidating = session;
    out.push({
      kind: 'send',
      connection: learner.connection,
      message: { kind: 'REVALIDATE', session, timeoutMs, valid: null },
    });
  } else if (leader !== null && revalidate(server, leader, session, OWN))
    attachSession(server, connection, { id: session, timeoutMs }, out);
  else refuseSession(server, connection, out);
  return undefined;
}

/** As the owner of a session: the leader itself. */
const OWN: ConnectionId = 0;

/** Ids are attached at once, so before anything that was sent behind them. Source: ZooKeeperServer.java#processPacket. */
function onAuth(
  server: Server,
  connection: ConnectionId,
  client: ClientConnection,
  message: Extract<ClientMessage, { kind: 'AUTH' }>,
  out: Effect[],
): void {
  const added = server.config.service.authenticate(message.scheme, message.auth);
  const error = added === null ? 'AUTHFAILED' : null;
  send(out, connection, { kind: 'REPLY', cxid: message.cxid, zxid: ZERO, error, value: null });
  if (added === null) closeClient(server, connection, out);
  else {
    const fresh = added.filter(
      ({ scheme, id }) => !client.ids.some((known) => known.scheme === scheme && known.id === id),
    );
    client.ids = [...client.ids, ...fresh];
  }
}

/** A frame that nobody would read to its end, or whose opcode nobody knows, never becomes a request. */
function onFrame(
  server: Server,
  connection: ConnectionId,
  client: ClientConnection,
  request: ClientRequest,
  out: Effect[],
): string | undefined {
  const admitted = server.config.service.admit(request);
  if (admitted === 'close') {
    closeClient(server, connection, out);
    return undefined;
  }
  touch(server, connection, client, out);
  if (admitted === 'ignore') return undefined;
  if (admitted === 'take') return onRequest(server, connection, client, request, out);
  const zxid = -1 as Zxid;
  send(out, connection, { kind: 'REPLY', cxid: request.cxid, zxid, error: 'UNIMPLEMENTED', value: null });
  closeClient(server, connection, out);
  return undefined;
}

function onRequest(
  server: Server,
  connection: ConnectionId,
  client: ClientConnection,
  request: ClientRequest,
  out: Effect[],
): string | undefined {
  const { leader, learner } = server;
  const { mistake } = server.config.behaviour;
  const local = request.kind === 'read' || (request.kind === 'sync' && answersSync(server));
  // The leader looks at the session of everything; elsewhere reads are answered as long as the connection stands.
  const refused = local && leader !== null && request.session > 0 ? checkSession(leader, request.session, OWN) : null;
  if (local && mistake === 'readsOvertakeWrites') client.pending.unshift({ request, refused });
  else client.pending.push({ request, refused });
  server.clients.bySession.set(request.session, connection);
  if (request.session < 0) client.session = request.session;
  if (local) {
    if (client.pending[0]?.request === request) answerReads(server, connection, client, out);
    return undefined;
  }
  const { ids } = client;
  if (leader !== null) return submitRequest(server, leader, { request, ids, via: OWN }, out);
  if (learner === null) return undefined;
  if (request.kind === 'sync') learner.pendingSyncs.push({ session: request.session, cxid: request.cxid });
  out.push({ kind: 'send', connection: learner.connection, message: { kind: 'REQUEST', request, ids } });
  return undefined;
}

function touch(server: Server, connection: ConnectionId, client: ClientConnection, out: Effect[]): void {
  heardFrom(server, connection, client, out);
  if (server.leader !== null && client.session > 0) touchSession(server, server.leader, client.session);
}

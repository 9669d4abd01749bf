import { answerReads, attachSession, closeClient, heardFrom, negotiate, newSessionId, send } from './clients.ts';
import type { ConnectionId, Effect } from './effects.ts';
import { submitRequest } from './leader-broadcast.ts';
import type { ClientMessage, ClientRequest } from './messages.ts';
import { touchSession } from './sessions.ts';
import type { ClientConnection, Server } from './state.ts';

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
      touch(server, connection, client, out);
      return onRequest(server, connection, client, message.request, out);
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
  const { session } = message;
  if (session < 0) {
    send(out, connection, { kind: 'CONNECTED', session, timeoutMs: 0 });
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
  const { leader, learner } = server;
  if (learner !== null) {
    client.revalidating = session;
    out.push({
      kind: 'send',
      connection: learner.connection,
      message: { kind: 'REVALIDATE', session, timeoutMs, valid: null },
    });
  } else if (leader !== null && touchSession(server, leader, session)) {
    attachSession(server, connection, { id: session, timeoutMs }, out);
  } else {
    send(out, connection, { kind: 'CONNECTED', session: 0, timeoutMs: 0 });
    closeClient(server, connection, out);
  }
  return undefined;
}

function onRequest(
  server: Server,
  connection: ConnectionId,
  client: ClientConnection,
  request: ClientRequest,
  out: Effect[],
): string | undefined {
  client.pending.push(request);
  server.clients.bySession.set(request.session, connection);
  if (request.session < 0) client.session = request.session;
  const { leader, learner } = server;
  if (request.kind === 'read' || (request.kind === 'sync' && leader !== null)) {
    if (client.pending.length === 1) answerReads(server, connection, client, out);
    return undefined;
  }
  if (leader !== null) return submitRequest(server, leader, request, out);
  if (learner === null) return undefined;
  if (request.kind === 'sync') learner.pendingSyncs.push({ session: request.session, cxid: request.cxid });
  out.push({ kind: 'send', connection: learner.connection, message: { kind: 'REQUEST', request } });
  return undefined;
}

function touch(server: Server, connection: ConnectionId, client: ClientConnection, out: Effect[]): void {
  heardFrom(server, connection, client, out);
  if (server.leader !== null && client.session > 0) touchSession(server, server.leader, client.session);
}

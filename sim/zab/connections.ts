import type { ConnectionId, Effect } from './effects.ts';
import { Fifo } from './fifo.ts';
import type { ElectionMessage } from './messages.ts';
import type { ServerId } from './sets.ts';
import type { CnxPeer, Connections, Server } from './state.ts';
import { MS } from '../time.ts';

/** The election transport, QuorumCnxManager.java: one connection a pair, the larger sid dials, a send slot of one
 *  where the newest message wins, and the last message again on every new connection. */

export function newConnections(servers: readonly ServerId[]): Connections {
  const highest = servers.reduce((a, b) => Math.max(a, b), 0);
  return { peers: Array.from({ length: highest + 1 }, () => null), greeting: [], loopback: new Fifo() };
}

/** Source: QuorumCnxManager.java#toSend. */
export function toSend(server: Server, sid: ServerId, message: ElectionMessage, out: Effect[]): void {
  if (sid === server.id) {
    server.cnx.loopback.push(message);
    return;
  }
  const peer = peerOf(server, sid);
  peer.hasQueue = true;
  if (peer.connection !== 0) {
    sendNow(peer, message, out);
    return;
  }
  peer.slot = message;
  connectOne(server, sid, out);
}

/** Source: QuorumCnxManager.java#connectAll. */
export function connectAll(server: Server, out: Effect[]): void {
  for (const sid of server.config.servers) if (server.cnx.peers[sid]?.hasQueue) connectOne(server, sid, out);
}

/** True if any queue is empty: something was delivered. Source: QuorumCnxManager.java#haveDelivered. */
export function haveDelivered(server: Server): boolean {
  for (const peer of server.cnx.peers) if (peer?.hasQueue && peer.slot === null) return true;
  return false;
}

/** A dial of ours succeeded. The smaller sid only leaves its greeting and hangs up: the larger one owns the pair.
 *  Source: QuorumCnxManager.java#startConnection. */
export function dialled(server: Server, sid: ServerId, connection: ConnectionId, out: Effect[]): void {
  peerOf(server, sid).dialing = false;
  out.push({ kind: 'send', connection, message: { kind: 'GREETING', sid: server.id } });
  if (sid > server.id) out.push({ kind: 'close', connection });
  else adopt(server, sid, connection, out);
}

export function accepted(server: Server, connection: ConnectionId): void {
  server.cnx.greeting.push(connection);
}

/** The greeting on an accepted connection. From a smaller sid: whatever stood between the two is torn down, and we dial
 *  back. Source: QuorumCnxManager.java#handleConnection. */
export function greeted(server: Server, connection: ConnectionId, sid: ServerId, out: Effect[]): void {
  server.cnx.greeting = server.cnx.greeting.filter((other) => other !== connection);
  if (sid > server.id) {
    adopt(server, sid, connection, out);
    return;
  }
  out.push({ kind: 'close', connection });
  if (sid === server.id) return;
  const peer = peerOf(server, sid);
  if (peer.connection !== 0) out.push({ kind: 'close', connection: peer.connection });
  peer.connection = 0;
  connectOne(server, sid, out);
}

export function cnxClosed(server: Server, connection: ConnectionId): void {
  server.cnx.greeting = server.cnx.greeting.filter((other) => other !== connection);
  for (const peer of server.cnx.peers) if (peer?.connection === connection) peer.connection = 0;
}

export function cnxUnreachable(server: Server, sid: ServerId): void {
  peerOf(server, sid).dialing = false;
}

/** The peer at the other end of an established connection; 0 while its greeting has not come. */
export function sidOf(server: Server, connection: ConnectionId): ServerId {
  const { peers } = server.cnx;
  for (let sid = 1; sid < peers.length; sid++) if (peers[sid]?.connection === connection) return sid;
  return 0;
}

function connectOne(server: Server, sid: ServerId, out: Effect[]): void {
  const peer = peerOf(server, sid);
  if (peer.connection !== 0 || peer.dialing) return;
  peer.dialing = true;
  out.push({ kind: 'dial', plane: 'election', peer: sid, timeout: server.config.settings.cnxTimeout * MS });
}

/** A new SendWorker: what waits is sent, or else the last message once more, which the peer may never have got.
 *  Source: QuorumCnxManager.java SendWorker#run. */
function adopt(server: Server, sid: ServerId, connection: ConnectionId, out: Effect[]): void {
  const peer = peerOf(server, sid);
  if (peer.connection !== 0) out.push({ kind: 'close', connection: peer.connection });
  peer.connection = connection;
  peer.hasQueue = true;
  if (peer.slot !== null) sendNow(peer, peer.slot, out);
  else if (peer.lastMessageSent !== null) sendNow(peer, peer.lastMessageSent, out);
}

function sendNow(peer: CnxPeer, message: ElectionMessage, out: Effect[]): void {
  peer.slot = null;
  peer.lastMessageSent = message;
  out.push({ kind: 'send', connection: peer.connection, message });
}

function peerOf(server: Server, sid: ServerId): CnxPeer {
  const known = server.cnx.peers[sid];
  if (known !== null && known !== undefined) return known;
  const peer: CnxPeer = { connection: 0, dialing: false, hasQueue: false, slot: null, lastMessageSent: null };
  server.cnx.peers[sid] = peer;
  return peer;
}

export function cloneConnections(cnx: Connections): Connections {
  return {
    peers: cnx.peers.map((peer) => (peer === null ? null : { ...peer })),
    greeting: cnx.greeting.slice(),
    loopback: cnx.loopback.clone(),
  };
}

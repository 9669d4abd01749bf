import { attachSession, refuseSession } from './clients.ts';
import { digestOf } from './database.ts';
import { onlyInformed, queueCommit } from './leader-broadcast.ts';
import type { Effect } from './effects.ts';
import { logTxn } from './log-queue.ts';
import type { QuorumMessage, SessionTimeout, Txn } from './messages.ts';
import { note, unexpected } from './out.ts';
import type { Learner, Server } from './state.ts';
import { counterOf, makeZxid, type Zxid } from './zxid.ts';

/** Broadcast, the learner's side: Follower.java#processPacket, Observer.java#processPacket, FollowerZooKeeperServer.java,
 *  and the end of Learner.java#syncWithLeader that leads there. */

/** UPTODATE: the server runs. A second ACK of NEWLEADER leaves, which the leader ignores; then what was buffered takes the
 *  ordinary way: logged, acknowledged one by one, and committed. */
export function serve(server: Server, learner: Learner, out: Effect[]): void {
  learner.stage = 'broadcast';
  learner.partial = false;
  learner.lastQueued = 0 as Zxid;
  out.push({
    kind: 'send',
    connection: learner.connection,
    message: { kind: 'ACK', zxid: makeZxid(learner.newEpoch, 0) },
  });
  server.zk = 'running';
  if (server.config.behaviour.mistake !== 'outOfElectionStrictMatch')
    server.currentVote = { ...server.currentVote, peerEpoch: learner.newEpoch };
  server.phase = 'BROADCAST';
  note(out, { kind: 'phaseChanged', phase: 'BROADCAST' });
  note(out, {
    kind: 'serving',
    role: server.state,
    epoch: learner.newEpoch,
    lastZxid: server.db.lastApplied,
    digest: digestOf(server),
  });
  if (learner.observer) commitBuffered(server, learner, out);
  else {
    for (const txn of learner.requestsToAck) sendAck(learner, txn.zxid, out);
    learner.requestsToAck = [];
    for (const txn of learner.packetsNotLogged) logRequest(server, learner, txn, out);
    for (const zxid of learner.packetsCommitted) commitTxn(server, learner, zxid, out);
  }
  learner.packetsNotLogged = [];
  learner.packetsCommitted = [];
}

function commitBuffered(server: Server, learner: Learner, out: Effect[]): void {
  for (const txn of learner.packetsNotLogged) {
    if (learner.packetsCommitted[0] !== txn.zxid) {
      const text = `COMMIT of another transaction than the oldest proposal 0x${txn.zxid.toString(16)}`;
      unexpected(out, 'commit', learner.leader, text);
      continue;
    }
    learner.packetsCommitted.shift();
    logTxn(server, txn, out);
    queueCommit(server, { kind: 'txn', txn }, out);
  }
}

/** Source: Follower.java#processPacket, Observer.java#processPacket. */
export function onBroadcastPacket(server: Server, learner: Learner, message: QuorumMessage, out: Effect[]): void {
  const informed = onlyInformed(server, learner.observer);
  switch (message.kind) {
    case 'PROPOSAL':
      if (informed) unexpected(out, 'packet', learner.leader, 'PROPOSAL for an observer');
      else onProposal(server, learner, message.txn, out);
      return;
    case 'COMMIT':
      if (informed) unexpected(out, 'packet', learner.leader, 'COMMIT for an observer');
      else commitTxn(server, learner, message.zxid, out);
      return;
    case 'INFORM':
      logTxn(server, message.txn, out);
      queueCommit(server, { kind: 'txn', txn: message.txn }, out);
      return;
    case 'PING':
      ping(server, learner, message.zxid, out);
      return;
    case 'SYNC': {
      const asked = learner.pendingSyncs.shift();
      if (asked !== undefined) queueCommit(server, { kind: 'sync', ...asked }, out);
      else unexpected(out, 'packet', learner.leader, 'SYNC that nobody asked for');
      return;
    }
    case 'REVALIDATE':
      revalidated(server, message, out);
      return;
    default:
      unexpected(out, 'packet', learner.leader, `${message.kind} during broadcast`);
  }
}

/** No comparison of epochs, and a gap is only a warning: correctness rests on the connection being FIFO. */
function onProposal(server: Server, learner: Learner, txn: Txn, out: Effect[]): void {
  if (learner.lastQueued !== 0 && txn.zxid !== learner.lastQueued + 1)
    unexpected(
      out,
      'proposal',
      learner.leader,
      `proposal 0x${txn.zxid.toString(16)} behind 0x${learner.lastQueued.toString(16)}`,
    );
  learner.lastQueued = txn.zxid;
  logRequest(server, learner, txn, out);
}

/** Source: FollowerZooKeeperServer.java#logRequest. */
function logRequest(server: Server, learner: Learner, txn: Txn, out: Effect[]): void {
  const { mistake } = server.config.behaviour;
  if (counterOf(txn.zxid) !== 0) learner.pendingTxns.push(txn);
  logTxn(server, txn, out);
  if (mistake === 'ackBeforeFsync') acknowledge(server, learner, [txn], out);
  if (mistake === 'deliversOnProposal') queueCommit(server, { kind: 'txn', txn }, out);
}

/** A COMMIT must name the oldest proposal. Source: FollowerZooKeeperServer.java#commit. */
export function commitTxn(server: Server, learner: Learner, zxid: Zxid, out: Effect[]): void {
  const head = learner.pendingTxns.first();
  if (head === undefined) {
    unexpected(out, 'commit', learner.leader, `COMMIT of 0x${zxid.toString(16)} without its proposal`);
    return;
  }
  if (head.zxid !== zxid) {
    const text = `COMMIT of 0x${zxid.toString(16)}, while the oldest proposal is 0x${head.zxid.toString(16)}`;
    unexpected(out, 'commit', learner.leader, text);
    out.push({
      kind: 'exit',
      code: 12,
      why: `Committing zxid 0x${zxid.toString(16)} but next pending txn 0x${head.zxid.toString(16)}`,
    });
    return;
  }
  learner.pendingTxns.shift();
  if (server.config.behaviour.mistake !== 'deliversOnProposal') queueCommit(server, { kind: 'txn', txn: head }, out);
}

/** A batch is durable: each of its transactions is acknowledged by itself. Source: SendAckRequestProcessor.java. */
export function acknowledge(server: Server, learner: Learner, txns: readonly Txn[], out: Effect[]): void {
  if (onlyInformed(server, learner.observer) || learner.connection === 0) return;
  for (const txn of txns) sendAck(learner, txn.zxid, out);
}

function sendAck(learner: Learner, zxid: Zxid, out: Effect[]): void {
  out.push({ kind: 'send', connection: learner.connection, message: { kind: 'ACK', zxid } });
}

/** The answer carries every session heard from since the last one. Source: Learner.java#ping. */
function ping(server: Server, learner: Learner, zxid: Zxid, out: Effect[]): void {
  let touched: readonly SessionTimeout[] = [];
  if (server.clients.touched.size > 0) {
    touched = [...server.clients.touched];
    server.clients.touched.clear();
  }
  out.push({ kind: 'send', connection: learner.connection, message: { kind: 'PING', zxid, touched } });
}

function revalidated(server: Server, message: Extract<QuorumMessage, { kind: 'REVALIDATE' }>, out: Effect[]): void {
  for (const [connection, client] of server.clients.connections) {
    if (client.session !== 0 || client.revalidating !== message.session) continue;
    client.revalidating = 0;
    if (message.valid) attachSession(server, connection, { id: message.session, timeoutMs: message.timeoutMs }, out);
    else refuseSession(server, connection, out);
    return;
  }
}

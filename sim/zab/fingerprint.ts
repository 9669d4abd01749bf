import type { Hasher } from '../hash.ts';
import type { Leader, Learner, LearnerHandler, Received, Server } from './state.ts';
import type { Txn, Vote } from './messages.ts';

/** A canonical hash of one server: what decides its future, in a fixed order, without times and without names that only
 *  tell one run from another. */
export function hashServerInto(server: Server, into: Hasher): void {
  into.int(server.id);
  into.text(server.state);
  into.text(server.phase);
  into.text(server.zk);
  into.int(server.acceptedEpoch);
  into.int(server.currentEpoch);
  hashVote(server.currentVote, into);
  into.int(server.currentVoteRound);
  into.int(server.leaving === null ? 0 : server.leaving.turn ? 3 : server.leaving.fastForward ? 2 : 1);
  into.int((server.stopping ? 1 : 0) + (server.needsSnapshot ? 2 : 0));
  into.int(server.writes.size);
  for (const then of server.writes.values()) into.text(then.kind === 'main' ? then.step : then.kind);
  hashDatabase(server, into);
  hashElection(server, into);
  hashQueues(server, into);
  if (server.leader !== null) hashLeader(server.leader, into);
  if (server.learner !== null) hashLearner(server.learner, into);
}

function hashVote(vote: Vote, into: Hasher): void {
  into.int(vote.leader);
  into.int(vote.zxid);
  into.int(vote.peerEpoch);
}

function hashTxns(txns: readonly Txn[], into: Hasher): void {
  into.int(txns.length);
  for (const txn of txns) {
    into.int(txn.zxid);
    into.int(txn.digest);
  }
}

function hashDatabase(server: Server, into: Hasher): void {
  const { db, config } = server;
  into.int(db.initialized ? 1 : 0);
  into.int(db.lastProcessed);
  into.int(db.lastApplied);
  into.int(db.minCommittedLog);
  into.int(db.maxCommittedLog);
  hashTxns(db.committedLog.list(), into);
  config.service.hash(db.tree, into);
  for (const [session, timeoutMs] of [...db.sessions].sort(([a], [b]) => a - b)) {
    into.int(session);
    into.int(timeoutMs);
  }
}

function hashElection(server: Server, into: Hasher): void {
  const { fle, cnx } = server;
  into.int(fle.logicalclock);
  into.text(fle.mode);
  hashVote(fle.proposal, into);
  into.int(fle.wait);
  hashReceived(fle.recvset, into);
  hashReceived(fle.outofelection, into);
  for (const peer of cnx.peers) {
    if (peer === null) {
      into.int(-1);
      continue;
    }
    into.int((peer.connection !== 0 ? 1 : 0) + (peer.dialing ? 2 : 0) + (peer.hasQueue ? 4 : 0));
    into.data(peer.slot);
    into.data(peer.lastMessageSent);
  }
}

function hashReceived(votes: readonly (Received | null)[], into: Hasher): void {
  for (let sid = 0; sid < votes.length; sid++) {
    const vote = votes[sid];
    if (vote === null || vote === undefined) continue;
    into.int(sid);
    hashVote(vote.vote, into);
    into.int(vote.electionEpoch);
    into.text(vote.state);
  }
}

function hashQueues(server: Server, into: Hasher): void {
  const { log, commit, clients } = server;
  hashTxns(log.queue.list(), into);
  into.int(
    (log.flushing ? 1 : 0) +
      (log.roll ? 2 : 0) +
      (log.snapshotting ? 4 : 0) +
      (log.failed ? 8 : 0) +
      (commit.scheduled ? 16 : 0),
  );
  into.int(log.count);
  into.int(log.durable);
  for (const item of commit.queue.list()) into.int(item.kind === 'txn' ? item.txn.zxid : -item.cxid);
  for (const client of clients.connections.values()) {
    into.int(client.session);
    into.int(client.pending.length);
    for (const { request } of client.pending) into.int(request.cxid);
  }
  server.config.service.hashLocal(clients.local, into);
  for (const session of [...clients.touched.keys()].sort((a, b) => a - b)) into.int(session);
}

function hashLeader(leader: Leader, into: Hasher): void {
  into.text(leader.stage);
  into.int(leader.epoch);
  into.int(leader.connectingFollowers);
  into.int(leader.electingFollowers);
  into.int(leader.newLeaderAcks);
  into.int(leader.newLeaderAckMessages);
  into.int(
    (leader.waitingForNewEpoch ? 1 : 0) +
      (leader.epochFixed ? 2 : 0) +
      (leader.electionFinished ? 4 : 0) +
      (leader.quorumFormed ? 8 : 0) +
      (leader.tickSkip ? 16 : 0),
  );
  into.int(leader.hzxid);
  into.int(leader.lastProposed);
  into.int(leader.lastCommitted);
  for (const { txn, acks } of leader.outstanding.list()) {
    into.int(txn.digest);
    into.int(acks);
  }
  hashTxns(leader.toBeApplied.list(), into);
  for (const sync of leader.pendingSyncs) into.int(sync.zxid);
  for (const handler of leader.handlers) hashHandler(leader, handler, into);
  for (const [session, known] of [...leader.tracker.sessions].sort(([a], [b]) => a - b)) {
    into.int(session);
    into.int(known.closing ? -1 : known.expiresAt - leader.tracker.now);
  }
}

function hashHandler(leader: Leader, handler: LearnerHandler, into: Hasher): void {
  into.int(handler.sid);
  into.text(handler.stage);
  into.int(handler.peerEpoch);
  into.int(handler.peerLastZxid);
  into.int(handler.tickOfNextAckDeadline - leader.tick);
  into.int((handler.sending ? 1 : 0) + (handler.forwarding ? 2 : 0) + (handler.limitStarted ? 4 : 0));
  into.int(handler.currentSince === 0 ? -1 : leader.halfTicks - handler.currentSince);
  into.int(handler.nextSince === 0 ? -1 : leader.halfTicks - handler.nextSince);
  for (const message of handler.inbox.list()) into.text(message.kind);
  for (const message of handler.queued) {
    into.text(message.kind);
    if ('zxid' in message) into.int(message.zxid);
    else if ('txn' in message) into.int(message.txn.digest);
  }
}

function hashLearner(learner: Learner, into: Hasher): void {
  into.int(learner.leader);
  into.text(learner.stage);
  into.int(learner.attempts);
  into.int(learner.newEpoch);
  into.int(learner.sampledZxid);
  into.text(learner.syncMode ?? 'NONE');
  into.int(
    (learner.busy ? 1 : 0) +
      (learner.buffering ? 2 : 0) +
      (learner.snapshotNeeded ? 4 : 0) +
      (learner.partial ? 8 : 0) +
      (learner.newLeaderSeen ? 16 : 0),
  );
  into.int(learner.lastQueued);
  hashTxns(learner.packetsNotLogged, into);
  for (const zxid of learner.packetsCommitted) into.int(zxid);
  hashTxns(learner.requestsToAck, into);
  for (const step of learner.steps) into.text(step);
  hashTxns(learner.pendingTxns.list(), into);
  for (const { cxid } of learner.pendingSyncs.list()) into.int(cxid);
  for (const message of learner.inbox.list()) into.text(message === 'EOF' ? 'EOF' : message.kind);
}

import { isVoter } from './config.ts';
import { takeSnapshot } from './database.ts';
import type { Effect } from './effects.ts';
import type { QuorumMessage, Txn } from './messages.ts';
import { makeTxn, onlyInformed } from './leader-broadcast.ts';
import { fenced, note, setTimer, ticks, unexpected } from './out.ts';
import { containsQuorum } from './quorum.ts';
import { add, sizeOf, without } from './sets.ts';
import type { Leader, LearnerHandler, Server } from './state.ts';
import { fileOf, newestSnapshot, storageSizeFrom } from './storage.ts';
import { decideSync, decideSync34, type LeaderHistory } from './sync-decision.ts';
import { epochOf, makeZxid, type Zxid } from './zxid.ts';

/** Synchronization, the leader's side: LearnerHandler.java#syncFollower and #run, Leader.java#startForwarding,
 *  #waitForNewLeaderAck. */

/** waitForStartup polls so often, in ms. */
const STARTUP_POLL = 20;

/** Decides, queues the history, and lets everything new be forwarded behind it; one atomic step under the log's lock.
 *  Source: LearnerHandler.java#syncFollower. */
export function syncFollower(server: Server, leader: Leader, handler: LearnerHandler, out: Effect[]): void {
  const { behaviour } = server.config;
  if (behaviour.syncKnowsCommits) forgetAcks(leader, handler.sid);
  const history = historyOf(server, leader);
  const decision = behaviour.txnLogSync
    ? decideSync(history, handler.peerLastZxid)
    : decideSync34(history, handler.peerLastZxid);
  note(out, {
    kind: 'syncChosen',
    learner: handler.sid,
    mode: decision.mode,
    zxid: decision.zxid,
    via: decision.via,
    minCommittedLog: server.db.minCommittedLog,
    maxCommittedLog: server.db.maxCommittedLog,
    lastProcessedZxid: server.db.lastProcessed,
    peerLastZxid: handler.peerLastZxid,
    queued: decision.queue.length,
    startForwardingFrom: decision.startForwardingFrom,
    cannotTrunc: decision.cannotTrunc,
    unhandled: decision.unhandled,
    gap: decision.gap,
    txnlogRejected: decision.txnlogRejected,
  });
  if ((decision.mode === 'TRUNC' || decision.cannotTrunc) && epochOf(handler.peerLastZxid) < leader.epoch)
    fenced(
      out,
      'history-replaced',
      handler.sid,
      { held: leader.epoch, offered: epochOf(handler.peerLastZxid) },
      decision.mode,
    );
  const rebuilds = behaviour.mistake === 'rebuildsHistory';
  for (const logged of decision.queue) {
    const txn = rebuilds ? makeTxn(server, logged) : logged;
    handler.queued.push({ kind: 'PROPOSAL', txn });
    handler.queued.push({ kind: 'COMMIT', zxid: txn.zxid });
  }
  startForwarding(server, leader, handler, decision.startForwardingFrom);
  if (behaviour.mistake === 'forwardsAfterAck') handler.forwarding = false;
  const newLeader: QuorumMessage = { kind: 'NEWLEADER', zxid: makeZxid(leader.epoch, 0) };
  if (!behaviour.newLeaderAfterSnapshot) handler.queued.push(newLeader);
  if (decision.mode === 'SNAP') {
    handler.stage = 'snapshot';
    out.push({ kind: 'schedule', thread: 'sendSnapshot' });
    return;
  }
  out.push({ kind: 'send', connection: handler.connection, message: { kind: decision.mode, zxid: decision.zxid } });
  if (behaviour.newLeaderAfterSnapshot) handler.queued.push(newLeader);
  startSending(server, handler, out);
}

/** The handlers that wait to serialize a snapshot get their turn: its content is what the tree holds now, which may be
 *  later than the point from which forwarding began. */
export function sendSnapshots(server: Server, leader: Leader, out: Effect[]): void {
  for (const handler of leader.handlers) {
    if (handler.stage !== 'snapshot') continue;
    const zxid = server.db.lastProcessed;
    const snapshot = takeSnapshot(server, zxid, out);
    out.push({ kind: 'send', connection: handler.connection, message: { kind: 'SNAP', zxid, snapshot } });
    note(out, { kind: 'snapshotSent', learner: handler.sid, snapshot: snapshot.id, zxid });
    if (server.config.behaviour.newLeaderAfterSnapshot)
      handler.queued.push({ kind: 'NEWLEADER', zxid: makeZxid(leader.epoch, 0) });
    startSending(server, handler, out);
  }
}

/** The sender thread starts: everything that was queued leaves in order, and whatever comes leaves at once.
 *  Source: LearnerHandler.java#startSendingPackets, #sendPackets. */
function startSending(server: Server, handler: LearnerHandler, out: Effect[]): void {
  handler.stage = 'newLeaderAck';
  handler.sending = true;
  for (const message of handler.queued) out.push({ kind: 'send', connection: handler.connection, message });
  handler.queued = [];
  setTimer(out, 'handlerRead', handler.connection, ticks(server, server.config.settings.initLimit));
}

/** Source: LearnerHandler.java#queuePacket. */
export function queuePacket(leader: Leader, handler: LearnerHandler, message: QuorumMessage, out: Effect[]): void {
  if (!handler.sending) {
    handler.queued.push(message);
    return;
  }
  if (message.kind === 'PROPOSAL') timeProposal(leader, handler, message.txn);
  out.push({ kind: 'send', connection: handler.connection, message });
}

/** SyncLimitCheck#updateProposal: the oldest proposal without an answer, and the newest. */
function timeProposal(leader: Leader, handler: LearnerHandler, txn: Txn): void {
  if (!handler.limitStarted) return;
  if (handler.currentSince === 0) {
    handler.currentZxid = txn.zxid;
    handler.currentSince = leader.halfTicks + 1;
  } else {
    handler.nextZxid = txn.zxid;
    handler.nextSince = leader.halfTicks + 1;
  }
}

/** What is committed and not yet in the tree, then (to voters) what is proposed and not yet committed.
 *  Source: Leader.java#startForwarding. */
function startForwarding(server: Server, leader: Leader, handler: LearnerHandler, lastSeen: Zxid): void {
  handler.forwarding = true;
  if (leader.lastProposed <= lastSeen) return;
  for (const txn of leader.toBeApplied.list()) {
    if (txn.zxid <= lastSeen) continue;
    handler.queued.push({ kind: 'PROPOSAL', txn });
    handler.queued.push({ kind: 'COMMIT', zxid: txn.zxid });
  }
  if (onlyInformed(server, handler.observer)) return;
  for (const { txn } of leader.outstanding.list())
    if (txn.zxid > lastSeen) handler.queued.push({ kind: 'PROPOSAL', txn });
}

/** The learner may be told to give up what it had acknowledged before; all that is outstanding is sent to it again, and
 *  acknowledged again. */
function forgetAcks(leader: Leader, sid: number): void {
  for (let i = 0; i < leader.outstanding.size; i++) {
    const proposal = leader.outstanding.at(i)!;
    proposal.acks = without(proposal.acks, sid);
  }
}

function historyOf(server: Server, leader: Leader): LeaderHistory {
  const { settings, behaviour } = server.config;
  const applied = server.db.committedLog.list();
  return {
    lastProcessedZxid: server.db.lastProcessed,
    committedLog: behaviour.syncKnowsCommits ? applied.concat(leader.toBeApplied.list()) : applied,
    forceSnapshotSync: settings.forceSnapshotSync,
    txnLogSync: settings.snapshotSizeFactorPpm >= 0,
    readTxnLog: (zxid) => readTxnLog(server, zxid),
    refusesCrossEpochTrunc: behaviour.scanRefusesCrossEpochTrunc,
    truncates:
      behaviour.mistake === 'neverTruncates'
        ? 'never'
        : behaviour.mistake === 'noTruncWithinRange'
          ? 'aheadOnly'
          : 'always',
  };
}

/** Source: ZKDatabase.java#getProposalsFromTxnLog, #calculateTxnLogSizeLimit. */
function readTxnLog(server: Server, zxid: Zxid): { records: readonly Txn[] } | { rejected: 'size' | 'start' } {
  const { storage } = server;
  const { snapshotSizeFactorPpm, preAllocSize } = server.config.settings;
  const records: Txn[] = [];
  for (let i = fileOf(storage, zxid); i < storage.logs.length; i++)
    for (const txn of storage.logs[i]!.txns) records.push(txn);
  const first = records[0];
  if (first === undefined) return { records };
  // A file that begins later cannot show what is missing.
  if (first.zxid > zxid) return { rejected: 'start' };
  const limit = Math.floor(((newestSnapshot(storage)?.bytes ?? 0) * snapshotSizeFactorPpm) / 1_000_000);
  if (limit > 0 && storageSizeFrom(storage, zxid, preAllocSize) > limit) return { rejected: 'size' };
  return { records };
}

/** Source: Leader.java#waitForNewLeaderAck. Returns true if the quorum is complete. */
export function newLeaderAck(
  server: Server,
  leader: Leader,
  from: { sid: number; zxid: Zxid },
  out: Effect[],
): boolean {
  if (leader.quorumFormed) return true;
  const expected = makeZxid(leader.epoch, 0);
  if (from.zxid !== expected) {
    const text = `ACK of 0x${from.zxid.toString(16)}, where that of NEWLEADER 0x${expected.toString(16)} is due`;
    unexpected(out, 'ack', from.sid, text);
    fenced(out, 'newleader-ack-of-another-epoch', from.sid, { held: leader.epoch, offered: epochOf(from.zxid) }, 'ACK');
    return true;
  }
  const counted = isVoter(server.config, from.sid);
  leader.newLeaderAckMessages++;
  if (counted) leader.newLeaderAcks = add(leader.newLeaderAcks, from.sid);
  note(out, { kind: 'newLeaderAcked', epoch: leader.epoch, from: from.sid, counted });
  if (!isNewLeaderQuorum(server, leader)) return false;
  leader.quorumFormed = true;
  note(out, {
    kind: 'established',
    epoch: leader.epoch,
    quorum: leader.newLeaderAcks,
    lastZxid: server.db.lastApplied,
  });
  return true;
}

function isNewLeaderQuorum(server: Server, leader: Leader): boolean {
  const { verifier, behaviour } = server.config;
  if (behaviour.mistake === 'servesBeforeQuorum') return true;
  if (behaviour.mistake === 'newLeaderAcksByMessage')
    return leader.newLeaderAckMessages > Math.floor(sizeOf(verifier.voters) / 2);
  return containsQuorum(verifier, leader.newLeaderAcks);
}

/** A handler whose learner is in: the proposals are timed from here, and the learner is told once the server runs.
 *  Source: LearnerHandler.java#run, Leader.java#waitForStartup. */
export function startUp(server: Server, leader: Leader, handler: LearnerHandler, out: Effect[]): void {
  if (handler.stage !== 'startup') {
    handler.stage = 'startup';
    handler.limitStarted = true;
    handler.forwarding = true;
  }
  if (server.zk !== 'running') {
    setTimer(out, 'startup', handler.connection, STARTUP_POLL);
    return;
  }
  handler.stage = 'broadcast';
  queuePacket(leader, handler, { kind: 'UPTODATE' }, out);
  setTimer(out, 'handlerRead', handler.connection, ticks(server, server.config.settings.syncLimit));
}

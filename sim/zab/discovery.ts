import { isVoter } from './config.ts';
import type { ConnectionId, Effect } from './effects.ts';
import { startWrite } from './log-queue.ts';
import type { QuorumMessage } from './messages.ts';
import { clearTimer, fenced, note, setTimer, ticks } from './out.ts';
import { containsQuorum } from './quorum.ts';
import { add, has, sizeOf, type ServerId, type ServerSet } from './sets.ts';
import type { Leader, Learner, LearnerHandler, Server } from './state.ts';
import { epochOf, makeZxid, ZERO, type Zxid } from './zxid.ts';

/** Discovery: a quorum promises an epoch that none of it has promised before, and nobody in it knows more than the leader.
 *  Leader.java#getEpochToPropose, #waitForEpochAck; Learner.java#connectToLeader, #registerWithLeader. */

/** Learner.java makes so many attempts to connect. */
const CONNECT_ATTEMPTS = 5;

// ── the leader

/** Somebody asks for the epoch: the leader's main thread for itself, or a handler for its learner. True once it is fixed.
 *  Source: Leader.java#getEpochToPropose. */
export function getEpochToPropose(
  server: Server,
  leader: Leader,
  asker: { sid: ServerId; acceptedEpoch: number },
  out: Effect[],
): boolean {
  if (!leader.waitingForNewEpoch) return leader.epochFixed;
  const promised = Math.max(asker.acceptedEpoch, server.highestPromise);
  if (promised >= leader.epoch) leader.epoch = promised + 1;
  if (countsInDiscovery(server, asker.sid)) leader.connectingFollowers = add(leader.connectingFollowers, asker.sid);
  if (has(leader.connectingFollowers, server.id) && isDiscoveryQuorum(server, leader.connectingFollowers)) {
    leader.waitingForNewEpoch = false;
    if (!server.config.behaviour.epochFileBeforeMemory) server.acceptedEpoch = leader.epoch;
    // Whoever completes the quorum writes the file, before any LEADERINFO leaves.
    leader.stage = leader.stage === 'epoch' ? 'writingAcceptedEpoch' : leader.stage;
    startWrite(
      server,
      { kind: 'epoch', file: 'acceptedEpoch', epoch: leader.epoch },
      { kind: 'main', reign: server.reign, step: 'leaderAcceptedEpoch' },
      out,
    );
  }
  return false;
}

/** acceptedEpoch is durable: the epoch is fixed for everybody who waits. */
export function epochFixed(leader: Leader, out: Effect[]): void {
  leader.epochFixed = true;
  leader.hzxid = makeZxid(leader.epoch, 0);
  leader.lastProposed = leader.hzxid;
  note(out, { kind: 'epochProposed', epoch: leader.epoch, quorum: leader.connectingFollowers });
}

export function sendLeaderInfo(server: Server, leader: Leader, handler: LearnerHandler, out: Effect[]): void {
  handler.stage = 'ackEpoch';
  clearTimer(out, 'handlerWait', handler.connection);
  out.push({
    kind: 'send',
    connection: handler.connection,
    message: { kind: 'LEADERINFO', zxid: makeZxid(leader.epoch, 0) },
  });
  setTimer(out, 'handlerRead', handler.connection, ticks(server, server.config.settings.initLimit));
}

/** `passed`: go on at once. `waiting`: until the quorum is complete. `refused`: the learner knows more than the leader.
 *  Source: Leader.java#waitForEpochAck. */
export function epochAck(
  server: Server,
  leader: Leader,
  learner: { sid: ServerId; currentEpoch: number; zxid: Zxid },
  out: Effect[],
): 'passed' | 'waiting' | 'refused' {
  const { sid, currentEpoch, zxid } = learner;
  if (leader.electionFinished) return 'passed';
  if (currentEpoch !== -1) {
    if (isMoreRecent(learner, leader)) {
      const byEpoch = currentEpoch > leader.summaryEpoch;
      fenced(
        out,
        'learner-fresher-than-leader',
        sid,
        byEpoch ? { held: leader.summaryEpoch, offered: currentEpoch } : { held: leader.summaryZxid, offered: zxid },
        byEpoch ? 'currentEpoch' : 'lastZxid',
      );
      return 'refused';
    }
    const counted = zxid !== -1 && countsInDiscovery(server, sid);
    if (counted) leader.electingFollowers = add(leader.electingFollowers, sid);
    note(out, { kind: 'epochAcked', epoch: leader.epoch, from: sid, counted, currentEpoch, zxid });
  } else {
    note(out, { kind: 'epochAcked', epoch: leader.epoch, from: sid, counted: false, currentEpoch, zxid });
    fenced(out, 'ackepoch-not-counted', sid, { held: leader.epoch, offered: -1 }, 'ACKEPOCH');
  }
  if (!has(leader.electingFollowers, server.id) || !isDiscoveryQuorum(server, leader.electingFollowers))
    return 'waiting';
  leader.electionFinished = true;
  note(out, {
    kind: 'electionFinished',
    epoch: leader.epoch,
    quorum: leader.electingFollowers,
    lastZxid: server.db.lastApplied,
  });
  return 'passed';
}

/** Source: StateSummary.java#isMoreRecentThan. */
function isMoreRecent(learner: { currentEpoch: number; zxid: Zxid }, leader: Leader): boolean {
  return (
    learner.currentEpoch > leader.summaryEpoch ||
    (learner.currentEpoch === leader.summaryEpoch && learner.zxid > leader.summaryZxid)
  );
}

function countsInDiscovery(server: Server, sid: ServerId): boolean {
  return isVoter(server.config, sid) || server.config.behaviour.observersCountInDiscovery;
}

/** Before ZOOKEEPER-2959 whoever had connected was counted against half of the voters. */
function isDiscoveryQuorum(server: Server, set: ServerSet): boolean {
  const { verifier, behaviour } = server.config;
  if (behaviour.observersCountInDiscovery && verifier.kind === 'majority')
    return sizeOf(set) > Math.floor(sizeOf(verifier.voters) / 2);
  return containsQuorum(verifier, set);
}

// ── the learner

/** Source: Learner.java#connectToLeader. */
export function connectToLeader(server: Server, learner: Learner, out: Effect[]): void {
  const { settings } = server.config;
  const limit = settings.connectToLearnerMasterLimit || settings.initLimit;
  learner.attempts++;
  out.push({ kind: 'dial', plane: 'quorum', peer: learner.leader, timeout: ticks(server, limit) * 1000 });
}

/** Returns why the learner gives up, if it does. */
export function connectFailed(
  server: Server,
  learner: Learner,
  why: 'refused' | 'timeout',
  out: Effect[],
): string | undefined {
  if (learner.connection !== 0) return undefined;
  if (why === 'timeout') return `no connection to ${learner.leader} within its limit`;
  if (learner.attempts >= CONNECT_ATTEMPTS)
    return `server ${learner.leader} refused ${learner.attempts} attempts to connect`;
  setTimer(out, 'connect', 0, server.config.behaviour.connectRetryMs);
  return undefined;
}

/** Source: Learner.java#registerWithLeader, its first half. */
export function register(server: Server, learner: Learner, connection: ConnectionId, out: Effect[]): void {
  learner.connection = connection;
  learner.stage = 'registering';
  learner.sampledZxid = understates(server) ? ZERO : server.db.lastProcessed;
  out.push({
    kind: 'send',
    connection,
    message: {
      kind: learner.observer ? 'OBSERVERINFO' : 'FOLLOWERINFO',
      zxid: makeZxid(server.acceptedEpoch, 0),
      sid: server.id,
    },
  });
  setTimer(out, 'read', 0, ticks(server, server.config.settings.initLimit));
}

/** A learner that was told to truncate and could not (`corrected` alone) asks for a snapshot by naming no history at all,
 *  but only of a leader whose vote shows that it has seen a later epoch: it cannot be the fresher of the two. */
function understates(server: Server): boolean {
  return server.needsSnapshot && server.currentVote.peerEpoch > server.currentEpoch;
}

/** LEADERINFO: promise, repeat a promise, or refuse. Returns why the learner leaves, if it does.
 *  Source: Learner.java#registerWithLeader, its second half. */
export function onLeaderInfo(
  server: Server,
  learner: Learner,
  message: QuorumMessage,
  out: Effect[],
): string | undefined {
  if (message.kind !== 'LEADERINFO') return `first packet should have been LEADERINFO, got ${message.kind}`;
  const epoch = epochOf(message.zxid);
  learner.newEpoch = epoch;
  if (epoch < server.acceptedEpoch && server.config.behaviour.mistake !== 'noEpochFencing') {
    fenced(
      out,
      'leaderinfo-older-than-promise',
      learner.leader,
      { held: server.acceptedEpoch, offered: epoch },
      'LEADERINFO',
    );
    return `leader's epoch ${epoch} is less than accepted epoch ${server.acceptedEpoch}`;
  }
  if (epoch < server.acceptedEpoch) {
    sendAckEpoch(server, learner, server.currentEpoch, out);
    return undefined;
  }
  if (epoch === server.acceptedEpoch) {
    if (server.needsSnapshot) learner.sampledZxid = ZERO;
    fenced(out, 'promised-already', learner.leader, { held: server.acceptedEpoch, offered: epoch }, 'LEADERINFO');
    sendAckEpoch(server, learner, -1, out);
    return undefined;
  }
  learner.stage = 'promising';
  learner.busy = true;
  if (!server.config.behaviour.epochFileBeforeMemory) server.acceptedEpoch = epoch;
  startWrite(
    server,
    { kind: 'epoch', file: 'acceptedEpoch', epoch },
    { kind: 'main', reign: server.reign, step: 'learnerAcceptedEpoch' },
    out,
  );
  return undefined;
}

/** `currentEpoch` is the old one, by which the leader compares histories; -1 asks not to be counted. */
export function sendAckEpoch(server: Server, learner: Learner, currentEpoch: number, out: Effect[]): void {
  learner.stage = 'acked';
  learner.busy = false;
  out.push({
    kind: 'send',
    connection: learner.connection,
    message: { kind: 'ACKEPOCH', zxid: learner.sampledZxid, currentEpoch },
  });
  server.phase = 'SYNCHRONIZATION';
  note(out, { kind: 'phaseChanged', phase: 'SYNCHRONIZATION' });
}

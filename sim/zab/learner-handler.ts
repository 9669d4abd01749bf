import { isVoter } from './config.ts';
import type { ConnectionId, Effect } from './effects.ts';
import { epochAck, getEpochToPropose, sendLeaderInfo } from './discovery.ts';
import { dropHandler, forgetHandler, fromLearner } from './leader-broadcast.ts';
import { newLeaderAck, startUp, syncFollower } from './leader-sync.ts';
import type { QuorumMessage } from './messages.ts';
import { setTimer, ticks, unexpected, warn } from './out.ts';
import { electionFinished, handlerOf, leaveRole, newHandler, quorumFormed } from './peer.ts';
import type { Leader, LearnerHandler, Server } from './state.ts';
import { epochOf } from './zxid.ts';

/** LearnerHandler.java#run: the leader's thread for one learner. It reads only when it does not wait elsewhere; what
 *  arrives meanwhile stays in its socket. */

export function acceptLearner(server: Server, leader: Leader, connection: ConnectionId, out: Effect[]): void {
  leader.handlers.push(newHandler(server, leader, connection));
  setTimer(out, 'handlerRead', connection, ticks(server, server.config.settings.initLimit));
}

export function learnerSaid(
  server: Server,
  leader: Leader,
  connection: ConnectionId,
  message: QuorumMessage,
  out: Effect[],
): void {
  const handler = handlerOf(server, connection);
  if (handler === undefined) return;
  if (handler.stage === 'broadcast') {
    const why = fromLearner(server, leader, handler, message, out);
    if (why !== undefined) leaveRole(server, why, out);
    return;
  }
  handler.inbox.push(message);
  readOn(server, leader, handler, out);
}

/** Reads as far as the handler's thread gets without waiting. */
export function readOn(server: Server, leader: Leader, handler: LearnerHandler, out: Effect[]): void {
  while (reads(leader, handler) && server.leader === leader && server.leaving === null) {
    const message = handler.inbox.shift();
    if (message === undefined) return;
    handle(server, leader, handler, message, out);
    if (!leader.handlers.includes(handler)) return;
  }
}

/** Learners are accepted once the leader has loaded its data. */
function reads(leader: Leader, handler: LearnerHandler): boolean {
  if (leader.stage === 'loading') return false;
  return (
    handler.stage === 'info' ||
    handler.stage === 'ackEpoch' ||
    handler.stage === 'newLeaderAck' ||
    handler.stage === 'broadcast'
  );
}

function handle(server: Server, leader: Leader, handler: LearnerHandler, message: QuorumMessage, out: Effect[]): void {
  switch (handler.stage) {
    case 'info':
      onInfo(server, leader, handler, message, out);
      return;
    case 'ackEpoch':
      onAckEpoch(server, leader, handler, message, out);
      return;
    case 'newLeaderAck':
      onNewLeaderAck(server, leader, handler, message, out);
      return;
    case 'broadcast': {
      const why = fromLearner(server, leader, handler, message, out);
      if (why !== undefined) leaveRole(server, why, out);
      return;
    }
    default:
      return;
  }
}

function onInfo(server: Server, leader: Leader, handler: LearnerHandler, message: QuorumMessage, out: Effect[]): void {
  if (message.kind !== 'FOLLOWERINFO' && message.kind !== 'OBSERVERINFO') {
    unexpected(out, 'packet', handler.sid, `${message.kind} as the first packet`);
    dropHandler(leader, handler, out);
    return;
  }
  // A learner that comes anew has left its earlier connection, whether that has been noticed or not.
  if (server.config.behaviour.syncKnowsCommits)
    for (const earlier of leader.handlers.slice()) if (earlier.sid === message.sid) dropHandler(leader, earlier, out);
  handler.sid = message.sid;
  handler.observer = message.kind === 'OBSERVERINFO';
  handler.acceptedEpoch = epochOf(message.zxid);
  handler.stage = 'epoch';
  if (server.config.behaviour.yieldsToHigherPromise && isBehindPromise(server, leader, handler)) {
    server.highestPromise = handler.acceptedEpoch;
    leaveRole(server, `server ${handler.sid} has promised epoch ${handler.acceptedEpoch}, above ${leader.epoch}`, out);
    return;
  }
  if (getEpochToPropose(server, leader, { sid: handler.sid, acceptedEpoch: handler.acceptedEpoch }, out))
    sendLeaderInfo(server, leader, handler, out);
  else waitFor(server, handler, out);
}

/** The epoch is chosen, and this voter's promise keeps it from following: nobody but a new leader can take it in. */
function isBehindPromise(server: Server, leader: Leader, handler: LearnerHandler): boolean {
  return !leader.waitingForNewEpoch && isVoter(server.config, handler.sid) && handler.acceptedEpoch > leader.epoch;
}

function onAckEpoch(
  server: Server,
  leader: Leader,
  handler: LearnerHandler,
  message: QuorumMessage,
  out: Effect[],
): void {
  if (message.kind !== 'ACKEPOCH') {
    unexpected(out, 'packet', handler.sid, `${message.kind} where ACKEPOCH is due`);
    dropHandler(leader, handler, out);
    return;
  }
  handler.peerEpoch = message.currentEpoch;
  handler.peerLastZxid = message.zxid;
  handler.stage = 'epochAck';
  const finished = leader.electionFinished;
  const verdict = epochAck(
    server,
    leader,
    { sid: handler.sid, currentEpoch: message.currentEpoch, zxid: message.zxid },
    out,
  );
  if (verdict === 'refused') dropHandler(leader, handler, out);
  else if (verdict === 'waiting') waitFor(server, handler, out);
  else if (finished) syncFollower(server, leader, handler, out);
  else electionFinished(server, leader, out);
}

function onNewLeaderAck(
  server: Server,
  leader: Leader,
  handler: LearnerHandler,
  message: QuorumMessage,
  out: Effect[],
): void {
  if (message.kind !== 'ACK') {
    unexpected(out, 'packet', handler.sid, `${message.kind} where the ACK of NEWLEADER is due`);
    dropHandler(leader, handler, out);
    return;
  }
  handler.stage = 'newLeaderWait';
  const formed = leader.quorumFormed;
  if (!newLeaderAck(server, leader, { sid: handler.sid, zxid: message.zxid }, out)) {
    waitFor(server, handler, out);
    return;
  }
  if (formed || !leader.quorumFormed) startUp(server, leader, handler, out);
  else quorumFormed(server, leader, out);
  readOn(server, leader, handler, out);
}

/** A wait of this thread, with its own deadline; it does not read meanwhile. */
function waitFor(server: Server, handler: LearnerHandler, out: Effect[]): void {
  out.push({ kind: 'clearTimer', timer: 'handlerRead', arg: handler.connection });
  setTimer(out, 'handlerWait', handler.connection, ticks(server, server.config.settings.initLimit));
}

export function handlerClosed(leader: Leader, connection: ConnectionId, out: Effect[]): void {
  const at = leader.handlers.findIndex((handler) => handler.connection === connection);
  if (at < 0) return;
  forgetHandler(leader.handlers[at]!, out);
  leader.handlers.splice(at, 1);
}

/** Silence, or a wait that was too long, ends this one learner's thread and no more. */
export function handlerTimedOut(
  leader: Leader,
  connection: ConnectionId,
  timer: 'handlerWait' | 'handlerRead',
  out: Effect[],
): void {
  const handler = leader.handlers.find((other) => other.connection === connection);
  if (handler === undefined) return;
  warn(out, `${timer === 'handlerRead' ? 'read' : 'wait'} of the handler of ${handler.sid} timed out`);
  dropHandler(leader, handler, out);
}

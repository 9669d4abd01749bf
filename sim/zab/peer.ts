import { closeAllClients } from './clients.ts';
import { isVoter } from './config.ts';
import { clearDatabase, digestOf, fastForwardDatabase, reloadDatabase, takeSnapshot } from './database.ts';
import { connectToLeader, epochAck, epochFixed, getEpochToPropose, sendLeaderInfo } from './discovery.ts';
import type { Effect } from './effects.ts';
import { lookForLeader } from './election.ts';
import { Fifo } from './fifo.ts';
import { forgetHandler, ROLLED_OVER } from './leader-broadcast.ts';
import { newLeaderAck, startUp, syncFollower } from './leader-sync.ts';
import { isFlushed, startLogAnew, startWrite } from './log-queue.ts';
import { clearTimer, draw, fenced, note, setTimer, ticks } from './out.ts';
import { newSessionTracker, startTracker } from './sessions.ts';
import type { Leader, Learner, LearnerHandler, Server } from './state.ts';
import { epochOf, makeZxid, ZERO, type Zxid } from './zxid.ts';

/** QuorumPeer.java's main loop: look for a leader, lead, follow or observe, and look again; and the leader's main thread
 *  through its three waits (Leader.java#lead). */

/** Enters the role that the election has decided. */
export function beginRole(server: Server, out: Effect[]): void {
  server.reign++;
  server.phase = 'DISCOVERY';
  server.zk = 'initial';
  if (server.log.failed) startLogAnew(server);
  note(out, { kind: 'stateChanged', state: server.state, why: 'elected' });
  note(out, { kind: 'phaseChanged', phase: 'DISCOVERY' });
  if (!server.db.initialized) reloadDatabase(server, out);
  if (server.state === 'LEADING') {
    server.leader = newLeader(server);
    server.config.service.cleanUp(server.db.tree, server.db.sessions, server.db.lastProcessed);
    // Every new leader writes what it has in memory, its uncommitted tail included, before it is established.
    const snapshot = takeSnapshot(server, server.db.lastProcessed, out);
    startWrite(
      server,
      { kind: 'snapshot', snapshot, synced: server.config.behaviour.everySnapshotSynced, replaces: false },
      { kind: 'main', reign: server.reign, step: 'leaderSnapshot' },
      out,
    );
    return;
  }
  server.learner = newLearner(server);
  connectToLeader(server, server.learner, out);
}

function newLeader(server: Server): Leader {
  return {
    stage: 'loading',
    epoch: -1,
    waitingForNewEpoch: true,
    epochFixed: false,
    connectingFollowers: 0,
    electingFollowers: 0,
    electionFinished: false,
    summaryEpoch: server.currentEpoch,
    summaryZxid: server.db.lastProcessed,
    newLeaderAcks: 0,
    newLeaderAckMessages: 0,
    quorumFormed: false,
    hzxid: server.db.lastProcessed,
    lastProposed: ZERO,
    lastCommitted: ZERO,
    outstanding: new Fifo(),
    toBeApplied: new Fifo(),
    changes: server.config.service.newOutstanding(),
    due: [],
    handlers: [],
    pendingSyncs: [],
    tick: 0,
    halfTicks: 0,
    tickSkip: true,
    tracker: newSessionTracker(),
  };
}

function newLearner(server: Server): Learner {
  return {
    leader: server.currentVote.leader,
    observer: !isVoter(server.config, server.id),
    connection: 0,
    attempts: 0,
    stage: 'connecting',
    busy: false,
    inbox: new Fifo(),
    newEpoch: -1,
    sampledZxid: ZERO,
    syncMode: null,
    buffering: false,
    snapshotNeeded: false,
    partial: false,
    newLeaderSeen: false,
    lastQueued: ZERO,
    packetsNotLogged: [],
    packetsCommitted: [],
    requestsToAck: [],
    steps: [],
    stepTxns: [],
    pendingTxns: new Fifo(),
    pendingSyncs: new Fifo(),
  };
}

// ── the leader's main thread

/** loadData is over: learners are accepted, and the leader asks for the epoch like everybody else. */
export function leaderLoaded(server: Server, leader: Leader, out: Effect[]): void {
  leader.stage = 'epoch';
  if (server.config.behaviour.mistake === 'zxidBumpBeforeQuorum')
    server.db.lastProcessed = makeZxid(server.acceptedEpoch + 1, 0);
  setTimer(out, 'leaderWait', 0, ticks(server, server.config.settings.initLimit));
  getEpochToPropose(server, leader, { sid: server.id, acceptedEpoch: server.acceptedEpoch }, out);
}

/** acceptedEpoch is on disk. Every waiting handler sends LEADERINFO, and the leader acknowledges its own epoch. */
export function leaderPromised(server: Server, leader: Leader, out: Effect[]): void {
  epochFixed(leader, out);
  for (const handler of leader.handlers) if (handler.stage === 'epoch') sendLeaderInfo(server, leader, handler, out);
  leader.stage = 'epochAck';
  setTimer(out, 'leaderWait', 0, ticks(server, server.config.settings.initLimit));
  const own = epochAck(
    server,
    leader,
    { sid: server.id, currentEpoch: leader.summaryEpoch, zxid: leader.summaryZxid },
    out,
  );
  if (own === 'passed') electionFinished(server, leader, out);
}

/** A quorum acknowledged the epoch: the learners that waited are synchronized while the leader writes currentEpoch. */
export function electionFinished(server: Server, leader: Leader, out: Effect[]): void {
  if (leader.stage === 'epochAck') {
    leader.stage = 'writingCurrentEpoch';
    clearTimer(out, 'leaderWait');
    if (!server.config.behaviour.epochFileBeforeMemory) server.currentEpoch = leader.epoch;
    startWrite(
      server,
      { kind: 'epoch', file: 'currentEpoch', epoch: leader.epoch },
      { kind: 'main', reign: server.reign, step: 'leaderCurrentEpoch' },
      out,
    );
  }
  for (const handler of leader.handlers) {
    if (handler.stage !== 'epochAck') continue;
    clearTimer(out, 'handlerWait', handler.connection);
    syncFollower(server, leader, handler, out);
  }
}

/** currentEpoch is on disk: the leader counts itself for NEWLEADER. */
export function leaderCurrent(server: Server, leader: Leader, out: Effect[]): void {
  leader.stage = 'newLeaderAck';
  server.phase = 'SYNCHRONIZATION';
  note(out, { kind: 'phaseChanged', phase: 'SYNCHRONIZATION' });
  setTimer(out, 'leaderWait', 0, ticks(server, server.config.settings.initLimit));
  if (newLeaderAck(server, leader, { sid: server.id, zxid: makeZxid(leader.epoch, 0) }, out))
    quorumFormed(server, leader, out);
}

/** The epoch is established: every waiting handler goes on, and the leader's server starts. */
export function quorumFormed(server: Server, leader: Leader, out: Effect[]): void {
  if (leader.stage === 'newLeaderAck') startZkServer(server, leader, out);
  for (const handler of leader.handlers.slice()) {
    if (handler.stage !== 'newLeaderWait') continue;
    clearTimer(out, 'handlerWait', handler.connection);
    startUp(server, leader, handler, out);
  }
}

/** Source: Leader.java#startZkServer, and the head of #lead's tick loop. */
function startZkServer(server: Server, leader: Leader, out: Effect[]): void {
  clearTimer(out, 'leaderWait');
  const first = makeZxid(leader.epoch, 0);
  leader.stage = 'serving';
  leader.lastCommitted = first;
  server.zk = 'running';
  if (server.config.behaviour.mistake !== 'outOfElectionStrictMatch')
    server.currentVote = { ...server.currentVote, peerEpoch: leader.epoch };
  server.db.lastProcessed = first;
  if (server.config.settings.initialZxid > 0) {
    leader.hzxid = makeZxid(leader.epoch, server.config.settings.initialZxid);
  }
  startTracker(server, leader, out);
  const { dueEveryMs } = server.config.service;
  if (dueEveryMs !== null) setTimer(out, 'due', 0, dueEveryMs);
  server.phase = 'BROADCAST';
  note(out, { kind: 'phaseChanged', phase: 'BROADCAST' });
  note(out, {
    kind: 'serving',
    role: 'LEADING',
    epoch: leader.epoch,
    lastZxid: server.db.lastApplied,
    digest: digestOf(server),
  });
  setTimer(out, 'tick', 0, ticks(server, 1) / 2);
}

// ── leaving a role

/** How long, in ms, the main thread takes to close sockets and stop the other threads of a learner's role. */
const STOPPING_THREADS = 8;

/** Begins to leave: clients are cut off, what is queued for the log is flushed, what is logged is applied.
 *  Source: Leader.java#shutdown, Learner.java#shutdown, ZooKeeperServer.java#shutdown. */
export function leaveRole(server: Server, why: string, out: Effect[]): void {
  if (server.leaving !== null || (server.leader === null && server.learner === null)) return;
  const { behaviour } = server.config;
  const epoch = server.leader?.epoch ?? server.learner?.newEpoch ?? -1;
  note(out, { kind: 'leftRole', role: server.state, epoch, why });
  if (server.leader !== null && why.startsWith('Not sufficient'))
    fenced(out, 'quorum-gone', server.id, { held: server.acceptedEpoch, offered: epoch }, why);
  const turn = server.leader !== null && why === ROLLED_OVER;
  for (const timer of ['leaderWait', 'expiry', 'due', 'connect', 'read'] as const) clearTimer(out, timer);
  if (!turn) clearTimer(out, 'tick');
  closeAllClients(server, out);
  const { learner } = server;
  if (learner !== null && learner.connection !== 0) out.push({ kind: 'close', connection: learner.connection });
  const ran = server.zk === 'running' || server.zk === 'error';
  if (ran && learner !== null && !behaviour.flushBeforeFastForward) {
    // The log thread is left alone: the replay comes when the main thread gets there, and sees what is written by then.
    server.leaving = { why, fastForward: false, turn: true };
    setTimer(out, 'connect', 0, STOPPING_THREADS);
    return;
  }
  server.leaving = { why, fastForward: ran && behaviour.fastForward, turn };
  if (!ran || isFlushed(server) || server.log.failed) finishLeaving(server, out);
}

/** The main thread of a leader that another thread has shut down sees that it is not running any more. Until then it
 *  answers every vote as LEADING, though nobody can connect. Source: Leader.java#lead, its loop. */
export function noticeShutdown(server: Server, out: Effect[]): void {
  if (server.leaving === null || !server.leaving.turn) return;
  server.leaving = { ...server.leaving, turn: false };
  if (isFlushed(server) || server.log.failed) finishLeaving(server, out);
}

/** The main thread replays what can be read of the log, and may so miss what is logged last (ZOOKEEPER-4712). */
export function replayUnflushed(server: Server, out: Effect[]): void {
  if (server.leaving === null || !server.leaving.turn) return;
  server.leaving = { ...server.leaving, turn: false };
  if (server.config.behaviour.fastForward) fastForwardDatabase(server, out);
  if (isFlushed(server) || server.log.failed) finishLeaving(server, out);
}

/** The log queue is flushed: the role ends, and the server looks again. */
export function finishLeaving(server: Server, out: Effect[]): void {
  const { leaving, leader, learner } = server;
  if (leaving === null) return;
  const { behaviour } = server.config;
  for (const handler of leader?.handlers ?? []) {
    out.push({ kind: 'close', connection: handler.connection });
    forgetHandler(handler, out);
  }
  if (leader !== null) leader.handlers.length = 0;
  if (leaving.turn) return;
  server.commit.queue.clear();
  const partial = learner !== null && learner.partial;
  if (server.log.failed && behaviour.reloadAfterDiskError) clearDatabase(server);
  else if (partial && behaviour.discardAfterPartialSync) clearDatabase(server);
  else if (learner?.syncMode === 'SNAP' && behaviour.clearAfterPartialSnap) clearDatabase(server);
  else if (leaving.fastForward) fastForwardDatabase(server, out);
  const observed = server.state === 'OBSERVING';
  server.leader = null;
  server.learner = null;
  server.leaving = null;
  server.zk = 'none';
  server.reign++;
  if (server.stopping) {
    out.push({ kind: 'exit', code: 0, why: 'stopped' });
    return;
  }
  server.state = 'LOOKING';
  server.phase = 'ELECTION';
  note(out, { kind: 'stateChanged', state: 'LOOKING', why: leaving.why });
  if (!server.db.initialized) reloadDatabase(server, out);
  if (behaviour.mistake === 'epochOnlyInZxid') forgetEpochs(server);
  if (observed && behaviour.observerPauses)
    setTimer(out, 'observerDelay', 0, draw(server, server.config.settings.observerElectionDelayMs));
  else lookForLeader(server, out);
}

/** Before 3.4 there were no epoch files: what a server knew of epochs was its last zxid (ZOOKEEPER-335). */
export function forgetEpochs(server: Server): null {
  const epoch = epochOf(server.db.lastProcessed);
  server.acceptedEpoch = epoch;
  server.currentEpoch = epoch;
  server.storage.acceptedEpoch = epoch;
  server.storage.currentEpoch = epoch;
  return null;
}

/** The handler of one connection. */
export function handlerOf(server: Server, connection: number): LearnerHandler | undefined {
  return server.leader?.handlers.find((handler) => handler.connection === connection);
}

export function newHandler(server: Server, leader: Leader, connection: number): LearnerHandler {
  const { initLimit, syncLimit } = server.config.settings;
  return {
    connection,
    sid: 0,
    observer: false,
    stage: 'info',
    inbox: new Fifo(),
    acceptedEpoch: 0,
    peerEpoch: 0,
    peerLastZxid: ZERO,
    queued: [],
    sending: false,
    forwarding: false,
    tickOfNextAckDeadline: leader.tick + initLimit + syncLimit,
    limitStarted: false,
    currentZxid: 0 as Zxid,
    currentSince: 0,
    nextZxid: 0 as Zxid,
    nextSince: 0,
  };
}

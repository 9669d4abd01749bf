import {
  addCommittedProposal,
  clearDatabase,
  processTxn,
  reloadDatabase,
  restoreSnapshot,
  takeSnapshot,
} from './database.ts';
import type { Effect } from './effects.ts';
import { isFlushed, logTxn, startWrite } from './log-queue.ts';
import { serve } from './learner-broadcast.ts';
import type { QuorumMessage, Txn } from './messages.ts';
import { note, unexpected } from './out.ts';
import { leaveRole } from './peer.ts';
import type { Learner, LearnerStep, Server } from './state.ts';
import { counterOf, epochOf, makeZxid, ZERO, type Zxid } from './zxid.ts';

/** Synchronization, the learner's side: Learner.java#syncWithLeader. NEWLEADER is several steps, each of which a crash can
 *  follow; which ones, and in which order, is where the releases differ most. */

/** Returns why the learner leaves, if it does. `exit` effects end the process instead. */
export function onSyncPacket(
  server: Server,
  learner: Learner,
  message: QuorumMessage,
  out: Effect[],
): string | undefined {
  if (learner.stage === 'acked') return onFirstPacket(server, learner, message, out);
  switch (message.kind) {
    case 'PROPOSAL':
      return onProposal(server, learner, message.txn, out);
    case 'COMMIT':
      return onCommit(server, learner, message.zxid, out);
    case 'INFORM':
      return onInform(server, learner, message.txn, out);
    case 'NEWLEADER':
      learner.steps = newLeaderSteps(server, learner);
      nextStep(server, learner, out);
      return undefined;
    case 'UPTODATE':
      learner.steps =
        server.config.behaviour.mistake === 'currentEpochAtUptodate' ? ['currentEpoch', 'serve'] : ['serve'];
      nextStep(server, learner, out);
      return undefined;
    default:
      return undefined;
  }
}

function onFirstPacket(server: Server, learner: Learner, message: QuorumMessage, out: Effect[]): string | undefined {
  learner.stage = 'syncing';
  learner.partial = true;
  switch (message.kind) {
    case 'DIFF':
      if (server.needsSnapshot && learner.sampledZxid === ZERO) {
        startFromNothing(server, learner, out);
        return undefined;
      }
      learner.syncMode = 'DIFF';
      learner.snapshotNeeded = false;
      learner.buffering = true;
      if (server.config.behaviour.diffMovesLastProcessed) server.db.lastProcessed = message.zxid;
      note(out, { kind: 'syncStarted', leader: learner.leader, mode: 'DIFF', zxid: message.zxid, snapshot: 0 });
      return undefined;
    case 'SNAP':
      learner.syncMode = 'SNAP';
      learner.snapshotNeeded = true;
      learner.buffering = false;
      restoreSnapshot(server, message.snapshot);
      server.db.lastProcessed = message.zxid;
      note(out, {
        kind: 'syncStarted',
        leader: learner.leader,
        mode: 'SNAP',
        zxid: message.zxid,
        snapshot: message.snapshot.id,
      });
      return undefined;
    case 'TRUNC':
      learner.syncMode = 'TRUNC';
      learner.snapshotNeeded = !server.config.behaviour.truncDurable;
      learner.buffering = server.config.behaviour.truncDurable;
      learner.busy = true;
      note(out, { kind: 'syncStarted', leader: learner.leader, mode: 'TRUNC', zxid: message.zxid, snapshot: 0 });
      learner.lastQueued = message.zxid;
      startWrite(
        server,
        { kind: 'truncate', zxid: message.zxid, strict: server.config.behaviour.truncStrict },
        { kind: 'main', reign: server.reign, step: 'learnerTruncate' },
        out,
      );
      return undefined;
    default:
      unexpected(out, 'packet', learner.leader, `${message.kind} as the first packet of the synchronization`);
      out.push({ kind: 'exit', code: 13, why: `Got unexpected packet from leader: ${message.kind}` });
      return undefined;
  }
}

/** A learner that named no history because it must not keep its own (`corrected` alone) gets a DIFF when the leader has
 *  none either: to keep it now would be to acknowledge what the leader does not have. It is replaced as by a SNAP. */
function startFromNothing(server: Server, learner: Learner, out: Effect[]): void {
  learner.syncMode = 'SNAP';
  learner.snapshotNeeded = true;
  learner.buffering = false;
  clearDatabase(server);
  server.db.initialized = true;
  note(out, { kind: 'syncStarted', leader: learner.leader, mode: 'SNAP', zxid: ZERO, snapshot: 0 });
}

/** The log is cut: memory is read anew from what is left. Source: ZKDatabase.java#truncateLog. */
export function onTruncated(server: Server, learner: Learner, error: string | null, out: Effect[]): string | undefined {
  learner.busy = false;
  if (error !== null) {
    if (server.config.behaviour.truncStrict) {
      server.needsSnapshot = true;
      return `cannot truncate to what the leader asks for: ${error}`;
    }
    if (!server.config.behaviour.truncErrorExits) {
      // The memory was cleared before the log was touched: it is read anew.
      clearDatabase(server);
      return `cannot truncate the log: ${error}`;
    }
    out.push({ kind: 'exit', code: 13, why: `Not able to truncate the log: ${error}` });
    return undefined;
  }
  // A truncated log is opened anew: the next record begins a new file.
  server.log.roll = true;
  const target = learner.lastQueued;
  learner.lastQueued = 0 as Zxid;
  reloadDatabase(server, out);
  server.db.lastProcessed = target;
  server.log.durable = target;
  return undefined;
}

function onProposal(server: Server, learner: Learner, txn: Txn, out: Effect[]): string | undefined {
  const gap = checkContinuity(server, learner, txn.zxid, out);
  if (gap !== undefined) return gap;
  learner.packetsNotLogged.push(txn);
  return undefined;
}

/** The first one is free; afterwards a gap inside an epoch is an error where the release looks.
 *  Source: Learner.java#enforceContinuousProposal. */
function checkContinuity(server: Server, learner: Learner, zxid: Zxid, out: Effect[]): string | undefined {
  const { lastQueued } = learner;
  learner.lastQueued = zxid;
  if (lastQueued === 0 || zxid === lastQueued + 1) return undefined;
  const newEpoch = epochOf(zxid) > epochOf(lastQueued) && counterOf(zxid) >= 1;
  if (!newEpoch) {
    const text = `proposal 0x${zxid.toString(16)} behind 0x${lastQueued.toString(16)}`;
    unexpected(out, 'proposal', learner.leader, text);
  }
  if (newEpoch || !server.config.behaviour.enforceContinuousProposal) return undefined;
  return `proposal 0x${zxid.toString(16)} does not follow 0x${lastQueued.toString(16)}`;
}

function onCommit(server: Server, learner: Learner, zxid: Zxid, out: Effect[]): string | undefined {
  const head = learner.packetsNotLogged[0];
  const throws = server.config.behaviour.commitWithoutProposalThrows;
  if (head === undefined)
    unexpected(out, 'commit', learner.leader, `COMMIT of 0x${zxid.toString(16)} without a buffered proposal`);
  if (head === undefined && (throws === 'always' || (throws === 'inMemory' && !learner.buffering)))
    return 'NullPointerException: COMMIT without a buffered proposal';
  if (learner.buffering) {
    learner.packetsCommitted.push(zxid);
    return undefined;
  }
  if (head?.zxid !== zxid) {
    if (head !== undefined) commitOfAnother(learner, zxid, head.zxid, out);
    return undefined;
  }
  learner.packetsNotLogged.shift();
  return applyInSync(server, head, out);
}

function commitOfAnother(learner: Learner, zxid: Zxid, next: Zxid, out: Effect[]): void {
  const text = `COMMIT of 0x${zxid.toString(16)}, while the oldest proposal is 0x${next.toString(16)}`;
  unexpected(out, 'commit', learner.leader, text);
}

function onInform(server: Server, learner: Learner, txn: Txn, out: Effect[]): string | undefined {
  const gap = checkContinuity(server, learner, txn.zxid, out);
  if (gap !== undefined) return gap;
  if (learner.buffering) {
    learner.packetsNotLogged.push(txn);
    learner.packetsCommitted.push(txn.zxid);
    return undefined;
  }
  return applyInSync(server, txn, out);
}

/** Applied, but not delivered: the epoch is not established yet, and this may still be truncated. Returns why the learner
 *  leaves, if it does. */
function applyInSync(server: Server, txn: Txn, out: Effect[]): string | undefined {
  processTxn(server, txn);
  const { mistake } = server.config.behaviour;
  if (mistake === 'syncForgetsSessions' && txn.body.kind === 'createSession') server.db.sessions.delete(txn.session);
  note(out, { kind: 'applied', txn, delivered: false });
  return server.config.behaviour.committedLogInSync ? addCommittedProposal(server, txn) : undefined;
}

/** Orders that no release had: each bug of its order by itself. */
const FOLLOWERS: Readonly<
  Record<'queueThenEpoch' | 'flushThenEpoch' | 'epochThenLogCommitted', readonly LearnerStep[]>
> = {
  queueThenEpoch: ['queueLater', 'currentEpoch'],
  flushThenEpoch: ['queue', 'flush', 'currentEpoch'],
  epochThenLogCommitted: ['currentEpoch', 'log'],
};

function newLeaderSteps(server: Server, learner: Learner): LearnerStep[] {
  const { behaviour } = server.config;
  const snapshot: LearnerStep[] = learner.snapshotNeeded ? ['snapshot'] : [];
  const logs = !learner.observer || behaviour.observersLogBeforeAck;
  switch (behaviour.newLeader) {
    case 'epochOnly':
      return behaviour.updatingEpochMarker
        ? ['mark', ...snapshot, 'currentEpoch', 'unmark', 'ack']
        : [...snapshot, 'currentEpoch', 'ack'];
    case 'epochThenQueue':
      return learner.observer
        ? [...snapshot, 'currentEpoch', 'ack']
        : [...snapshot, 'currentEpoch', 'queue', 'yield', 'ack'];
    case 'queueThenEpoch':
    case 'flushThenEpoch':
    case 'epochThenLogCommitted':
      // These are about followers: observers do what they do in `corrected`.
      if (learner.observer)
        return logs ? [...snapshot, 'log', 'currentEpoch', 'ack'] : [...snapshot, 'currentEpoch', 'ack'];
      return [...snapshot, ...FOLLOWERS[behaviour.newLeader], 'ack'];
    case 'logAllThenEpoch':
    case 'logCommittedThenEpoch':
      if (behaviour.mistake === 'currentEpochAtUptodate') return [...snapshot, 'log', 'ack'];
      return logs ? [...snapshot, 'log', 'currentEpoch', 'ack'] : [...snapshot, 'currentEpoch', 'ack'];
  }
}

/** Goes on with NEWLEADER until a step waits for the disk. */
export function nextStep(server: Server, learner: Learner, out: Effect[]): void {
  learner.busy = false;
  for (let step = learner.steps.shift(); step !== undefined; step = learner.steps.shift()) {
    learner.busy = takeStep(server, learner, step, out);
    if (learner.busy) {
      learner.steps.unshift(step);
      return;
    }
  }
}

/** Begins one step; true if the main thread waits for its end. */
function takeStep(server: Server, learner: Learner, step: LearnerStep, out: Effect[]): boolean {
  const then = { kind: 'main', reign: server.reign, step: 'learnerStep' } as const;
  const { behaviour } = server.config;
  switch (step) {
    case 'mark':
      startWrite(server, { kind: 'epoch', file: 'updatingEpoch', epoch: learner.newEpoch }, then, out);
      return true;
    case 'unmark':
      startWrite(server, { kind: 'epoch', file: 'updatingEpoch', epoch: null }, then, out);
      return true;
    case 'snapshot': {
      const snapped = learner.syncMode === 'SNAP';
      const snapshot = takeSnapshot(server, server.db.lastProcessed, out);
      const replaces = snapped && behaviour.snapReplacesLog;
      const synced = behaviour.everySnapshotSynced || (snapped && behaviour.snapSynced);
      startWrite(server, { kind: 'snapshot', snapshot, synced, replaces }, then, out);
      return true;
    }
    case 'log':
      return startLogging(server, learner, then, out);
    case 'currentEpoch':
      if (!behaviour.epochFileBeforeMemory) server.currentEpoch = learner.newEpoch;
      startWrite(server, { kind: 'epoch', file: 'currentEpoch', epoch: learner.newEpoch }, then, out);
      return true;
    case 'queue':
    case 'queueLater':
      queueHistory(server, learner, step, out);
      return false;
    case 'flush':
      return !isFlushed(server);
    case 'serve':
      serve(server, learner, out);
      return false;
    case 'yield':
      out.push({ kind: 'schedule', thread: 'learner' });
      return true;
    case 'ack':
      learner.newLeaderSeen = true;
      learner.buffering = true;
      learner.partial = false;
      learner.syncMode = null;
      out.push({
        kind: 'send',
        connection: learner.connection,
        message: { kind: 'ACK', zxid: makeZxid(learner.newEpoch, 0) },
      });
      return false;
  }
}

/** The history takes the way of every proposal, and nobody waits for it. `queueLater`: the log's thread comes to it only
 *  once its turn has come. */
function queueHistory(server: Server, learner: Learner, step: 'queue' | 'queueLater', out: Effect[]): void {
  for (const txn of learner.packetsNotLogged) {
    if (counterOf(txn.zxid) !== 0) learner.pendingTxns.push(txn);
    if (step === 'queue') logTxn(server, txn, out);
    else server.log.queue.push(txn);
  }
  learner.packetsNotLogged = [];
  if (step === 'queueLater') out.push({ kind: 'schedule', thread: 'log' });
}

/** The history is made durable in one fsync: everything received, or what is committed of it. */
function startLogging(
  server: Server,
  learner: Learner,
  then: { kind: 'main'; reign: number; step: 'learnerStep' },
  out: Effect[],
): boolean {
  const { behaviour } = server.config;
  let txns: Txn[];
  if (logsAll(server, learner)) {
    txns = learner.packetsNotLogged;
    learner.requestsToAck = txns;
    for (const txn of txns) learner.pendingTxns.push(txn);
    learner.packetsNotLogged = [];
  } else {
    txns = takeCommitted(learner, out);
    const refused = behaviour.applyAfterDurable ? undefined : applyLogged(server, txns, out);
    if (refused !== undefined) {
      leaveRole(server, refused, out);
      return true;
    }
  }
  learner.stepTxns = txns;
  if (txns.length === 0) return false;
  const { log } = server;
  startWrite(server, { kind: 'log', txns, roll: log.roll }, then, out);
  log.roll = false;
  log.count += txns.length;
  return true;
}

/** What is not committed yet is logged with the rest, and acknowledged after UPTODATE. Observers acknowledge nothing. */
function logsAll(server: Server, learner: Learner): boolean {
  return server.config.behaviour.newLeader === 'logAllThenEpoch' && !learner.observer;
}

/** The buffered proposals whose commits have come, in order; a commit that matches nothing is dropped with a warning. */
function takeCommitted(learner: Learner, out: Effect[]): Txn[] {
  const txns: Txn[] = [];
  for (const zxid of learner.packetsCommitted) {
    const head = learner.packetsNotLogged[0];
    if (head?.zxid !== zxid) {
      commitOfAnother(learner, zxid, head?.zxid ?? ZERO, out);
      continue;
    }
    learner.packetsNotLogged.shift();
    txns.push(head);
  }
  learner.packetsCommitted = [];
  return txns;
}

function applyLogged(server: Server, txns: readonly Txn[], out: Effect[]): string | undefined {
  for (const txn of txns) {
    const refused = applyInSync(server, txn, out);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

/** The disk has ended the step at the head of the list. Returns why the learner leaves, if it does. */
export function stepDone(server: Server, learner: Learner, error: string | null, out: Effect[]): string | undefined {
  const step = learner.steps.shift();
  learner.busy = false;
  const { behaviour } = server.config;
  if (error !== null) {
    if (step === 'snapshot') out.push({ kind: 'exit', code: 10, why: `Severe error, exiting: ${error}` });
    // The history is there and its epoch is not: a vote would now understate what this server holds. The next start knows.
    if (step === 'currentEpoch' && behaviour.raiseCurrentEpochAtLoad)
      out.push({ kind: 'exit', code: 1, why: `cannot write currentEpoch behind its history: ${error}` });
    return `cannot write during NEWLEADER: ${error}`;
  }
  const { stepTxns } = learner;
  const last = stepTxns[stepTxns.length - 1];
  if (step === 'log' && last !== undefined) {
    server.log.durable = last.zxid;
    if (!logsAll(server, learner) && behaviour.applyAfterDurable) {
      const refused = applyLogged(server, stepTxns, out);
      if (refused !== undefined) return refused;
    }
  }
  if (step === 'snapshot') {
    server.log.durable = server.db.lastProcessed;
    if (learner.syncMode === 'SNAP') {
      server.needsSnapshot = false;
      if (behaviour.snapReplacesLog) server.log.roll = true;
    }
  }
  if (step === 'currentEpoch') server.currentEpoch = learner.newEpoch;
  nextStep(server, learner, out);
  return undefined;
}

import type { Effect } from './effects.ts';
import { sendAckEpoch } from './discovery.ts';
import { acknowledge } from './learner-broadcast.ts';
import { nextStep, onTruncated, stepDone } from './learner-sync.ts';
import { resumeReading } from './learner.ts';
import { readOn } from './learner-handler.ts';
import { processAck, scheduleCommit } from './leader-broadcast.ts';
import { flushed, flushFailed, isFlushed } from './log-queue.ts';
import { finishLeaving, leaderCurrent, leaderLoaded, leaderPromised, leaveRole } from './peer.ts';
import type { Continuation, Leader, Learner, MainStep, Server } from './state.ts';
import type { Txn } from './messages.ts';
import { epochOf } from './zxid.ts';

/** What follows when a disk operation ends. */
export function diskDone(server: Server, token: number, error: string | null, out: Effect[]): void {
  const then = server.writes.get(token);
  if (then === undefined) return;
  server.writes.delete(token);
  switch (then.kind) {
    case 'flush':
      flushDone(server, then, error, out);
      return;
    case 'periodicSnapshot':
      server.log.snapshotting = false;
      return;
    case 'main':
      readBackEpochs(server, then.step, error);
      if (then.reign === server.reign && server.leaving === null) mainDone(server, then.step, error, out);
      return;
  }
}

function flushDone(
  server: Server,
  then: Extract<Continuation, { kind: 'flush' }>,
  error: string | null,
  out: Effect[],
): void {
  if (error !== null) {
    flushFailed(server, error, out);
    criticalThreadDied(server, `the log cannot be written: ${error}`, out);
    return;
  }
  flushed(server, then, out);
  const { leader, learner } = server;
  if (server.leaving === null) {
    if (learner !== null) learnerFlushed(server, learner, then.txns, out);
    else if (leader !== null)
      for (const txn of then.txns)
        if (epochOf(txn.zxid) === leader.epoch) processAck(server, leader, server.id, txn.zxid, out);
    scheduleCommit(server, out);
  } else if (!server.leaving.turn && isFlushed(server)) finishLeaving(server, out);
}

/** A batch of a learner is durable: it is acknowledged, unless NEWLEADER must be acknowledged first. */
function learnerFlushed(server: Server, learner: Learner, txns: readonly Txn[], out: Effect[]): void {
  const { newLeader, mistake } = server.config.behaviour;
  if (newLeader === 'queueThenEpoch' && !learner.newLeaderSeen) learner.requestsToAck.push(...txns);
  else if (mistake !== 'ackBeforeFsync') acknowledge(server, learner, txns, out);
  if (learner.steps[0] !== 'flush' || !isFlushed(server)) return;
  learner.steps.shift();
  nextStep(server, learner, out);
  resumeReading(server, learner, out);
}

/** A dead thread puts the server into ERROR: a leader notices at its next half tick, a learner with its next packet.
 *  A server that was leaving anyway leaves without the rest. Source: ZooKeeperCriticalThread.java#handleException. */
export function criticalThreadDied(server: Server, why: string, out: Effect[]): void {
  if (server.leaving !== null) {
    finishLeaving(server, out);
    return;
  }
  if (server.leader !== null && server.config.behaviour.mistake === 'deadLogThreadStays') return;
  if (server.zk === 'running') server.zk = 'error';
  if (server.learner !== null) leaveRole(server, why, out);
}

/** The copies in memory follow the files, whatever has become of the role meanwhile. */
function readBackEpochs(server: Server, step: MainStep, error: string | null): void {
  if (error !== null) return;
  if (step === 'leaderAcceptedEpoch' || step === 'learnerAcceptedEpoch')
    server.acceptedEpoch = server.storage.acceptedEpoch ?? 0;
  const whole = step === 'learnerStep' && server.config.behaviour.epochFileBeforeMemory;
  if (step === 'leaderCurrentEpoch' || whole) server.currentEpoch = server.storage.currentEpoch ?? 0;
}

function mainDone(server: Server, step: MainStep, error: string | null, out: Effect[]): void {
  const { leader, learner } = server;
  if (leader !== null) leaderDone(server, leader, step, error, out);
  else if (learner !== null) {
    const why = learnerDone(server, learner, step, error, out);
    if (why !== undefined) leaveRole(server, why, out);
    else resumeReading(server, learner, out);
  }
}

function leaderDone(server: Server, leader: Leader, step: MainStep, error: string | null, out: Effect[]): void {
  if (error !== null) {
    if (step === 'leaderSnapshot') out.push({ kind: 'exit', code: 10, why: `Severe error, exiting: ${error}` });
    else leaveRole(server, `cannot write an epoch file: ${error}`, out);
    return;
  }
  switch (step) {
    case 'leaderSnapshot':
      leaderLoaded(server, leader, out);
      for (const handler of leader.handlers.slice()) readOn(server, leader, handler, out);
      return;
    case 'leaderAcceptedEpoch':
      leaderPromised(server, leader, out);
      return;
    case 'leaderCurrentEpoch':
      leaderCurrent(server, leader, out);
      return;
    default:
      return;
  }
}

function learnerDone(
  server: Server,
  learner: Learner,
  step: MainStep,
  error: string | null,
  out: Effect[],
): string | undefined {
  switch (step) {
    case 'learnerAcceptedEpoch':
      learner.busy = false;
      if (error !== null) return `cannot write acceptedEpoch: ${error}`;
      sendAckEpoch(server, learner, server.currentEpoch, out);
      return undefined;
    case 'learnerTruncate':
      return onTruncated(server, learner, error, out);
    case 'learnerStep':
      return stepDone(server, learner, error, out);
    default:
      return undefined;
  }
}

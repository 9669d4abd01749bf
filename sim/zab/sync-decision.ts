import type { SyncChosen } from './effects.ts';
import type { SyncMode, Txn } from './messages.ts';
import { counterOf, epochOf, type Zxid } from './zxid.ts';

/** How a leader brings one learner level: LearnerHandler.java#syncFollower as a function of the numbers it reads. */

/** What the leader has. */
export interface LeaderHistory {
  readonly lastProcessedZxid: Zxid;
  /** The committedLog in zxid order; empty: `minCommittedLog` and `maxCommittedLog` are lastProcessedZxid. */
  readonly committedLog: readonly Txn[];
  readonly forceSnapshotSync: boolean;
  /** The release can serve from its log on disk, and snapshotSizeFactor does not forbid it. */
  readonly txnLogSync: boolean;
  /** ZKDatabase.java#getProposalsFromTxnLog: the records from the file that may contain `zxid` on, or why not. */
  readonly readTxnLog: (zxid: Zxid) => { readonly records: readonly Txn[] } | { readonly rejected: 'size' | 'start' };
  /** Releases before 3.5 truncate across epochs. */
  readonly refusesCrossEpochTrunc: boolean;
  /** `always` but for two mistakes: what lies between minCommittedLog and maxCommittedLog is taken for common history
   *  (ZOOKEEPER-1154), or everything is. */
  readonly truncates: 'always' | 'aheadOnly' | 'never';
}

export interface SyncDecision {
  readonly mode: SyncMode;
  readonly zxid: Zxid;
  /** Each is sent as PROPOSAL and COMMIT, behind the first packet. */
  readonly queue: readonly Txn[];
  readonly startForwardingFrom: Zxid;
  readonly via: SyncChosen['via'];
  readonly cannotTrunc: boolean;
  readonly unhandled: boolean;
  readonly gap: boolean;
  readonly txnlogRejected: SyncChosen['txnlogRejected'];
}

interface Scan {
  op: { readonly mode: SyncMode; readonly zxid: Zxid } | null;
  queue: Txn[];
  cannotTrunc: boolean;
}

/** First matching row wins. `peerLastZxid` is the learner's, from its ACKEPOCH. */
export function decideSync(leader: LeaderHistory, peerLastZxid: Zxid): SyncDecision {
  const { lastProcessedZxid, committedLog } = leader;
  const min = committedLog[0]?.zxid ?? lastProcessedZxid;
  const max = committedLog[committedLog.length - 1]?.zxid ?? lastProcessedZxid;
  if (leader.forceSnapshotSync) return wholeSnapshot(leader);
  if (peerLastZxid === lastProcessedZxid)
    return { ...NOTHING, mode: 'DIFF', zxid: peerLastZxid, startForwardingFrom: peerLastZxid };
  if (peerLastZxid > max && leader.truncates === 'never')
    return { ...NOTHING, mode: 'DIFF', zxid: max, startForwardingFrom: max };
  if (peerLastZxid > max && counterOf(peerLastZxid) !== 0)
    return { ...NOTHING, mode: 'TRUNC', zxid: max, startForwardingFrom: max };
  if (min <= peerLastZxid && peerLastZxid <= max) return fromCommittedLog(leader, peerLastZxid, max);
  if (peerLastZxid < min && leader.txnLogSync)
    return fromTxnLog(leader, peerLastZxid, { min, max }) ?? wholeSnapshot(leader);
  // "Unhandled scenario" of LearnerHandler.java: above everything with counter 0, or below it without a log to read.
  return { ...wholeSnapshot(leader), unhandled: true, txnlogRejected: leader.txnLogSync ? null : 'disabled' };
}

const NOTHING = {
  queue: [],
  via: null,
  cannotTrunc: false,
  unhandled: false,
  gap: false,
  txnlogRejected: null,
} as const;

/** SNAP at once: everything the leader has applied, and whatever comes after it. */
function wholeSnapshot({ lastProcessedZxid }: LeaderHistory): SyncDecision {
  return { ...NOTHING, mode: 'SNAP', zxid: lastProcessedZxid, startForwardingFrom: lastProcessedZxid };
}

function fromCommittedLog(leader: LeaderHistory, peerLastZxid: Zxid, max: Zxid): SyncDecision {
  const scan: Scan = { op: null, queue: [], cannotTrunc: false };
  const queued = queueCommittedProposals(scan, leader, leader.committedLog, {
    peerLastZxid,
    cap: null,
    lastCommitted: max,
  });
  return decided(scan, leader, queued, 'committedLog');
}

/** The log on disk up to where the committedLog begins, then the committedLog; null is a plain SNAP. */
function fromTxnLog(leader: LeaderHistory, peerLastZxid: Zxid, range: { min: Zxid; max: Zxid }): SyncDecision | null {
  const read = leader.readTxnLog(peerLastZxid);
  if ('rejected' in read) return { ...wholeSnapshot(leader), txnlogRejected: read.rejected };
  if (read.records.length === 0) return null;
  const scan: Scan = { op: null, queue: [], cannotTrunc: false };
  const reached = queueCommittedProposals(scan, leader, read.records, {
    peerLastZxid,
    cap: range.min,
    lastCommitted: range.max,
  });
  if (reached < range.min)
    return { ...wholeSnapshot(leader), via: 'txnlog+committedLog', gap: true, cannotTrunc: scan.cannotTrunc };
  const queued = queueCommittedProposals(scan, leader, leader.committedLog, {
    peerLastZxid: reached,
    cap: null,
    lastCommitted: range.max,
  });
  return decided(scan, leader, queued, 'txnlog+committedLog');
}

function decided(scan: Scan, leader: LeaderHistory, startForwardingFrom: Zxid, via: SyncChosen['via']): SyncDecision {
  const { op, queue, cannotTrunc } = scan;
  if (op !== null) return { ...NOTHING, ...op, queue, startForwardingFrom, via, cannotTrunc };
  // No first packet was found: SNAP, but forwarding begins where the scan stood, so that some packets overlap it.
  return {
    ...NOTHING,
    mode: 'SNAP',
    zxid: leader.lastProcessedZxid,
    queue,
    startForwardingFrom,
    via,
    cannotTrunc,
    unhandled: true,
  };
}

/** Walks an ordered list, finds the first packet if there is none yet, and queues what the learner lacks. Returns the last
 *  zxid queued. Source: LearnerHandler.java#queueCommittedProposals. */
function queueCommittedProposals(
  scan: Scan,
  leader: LeaderHistory,
  list: readonly Txn[],
  range: { peerLastZxid: Zxid; cap: Zxid | null; lastCommitted: Zxid },
): Zxid {
  const { peerLastZxid, cap, lastCommitted } = range;
  const newEpochZxid = counterOf(peerLastZxid) === 0;
  let queued = peerLastZxid;
  let previous = -1 as Zxid;
  for (const txn of list) {
    const { zxid } = txn;
    if (cap !== null && zxid > cap) break;
    if (zxid < peerLastZxid) {
      previous = zxid;
      continue;
    }
    if (scan.op === null) {
      if (zxid === peerLastZxid) {
        scan.op = { mode: 'DIFF', zxid: lastCommitted };
        continue;
      }
      if (newEpochZxid || leader.truncates !== 'always') scan.op = { mode: 'DIFF', zxid: lastCommitted };
      else if (leader.refusesCrossEpochTrunc && epochOf(zxid) !== epochOf(peerLastZxid)) {
        scan.cannotTrunc = true;
        return queued;
      } else scan.op = { mode: 'TRUNC', zxid: previous };
    }
    if (zxid <= queued) continue;
    scan.queue.push(txn);
    queued = zxid;
  }
  if (scan.op === null && newEpochZxid) scan.op = { mode: 'DIFF', zxid: lastCommitted };
  return queued;
}

/** 3.4: the committedLog or SNAP, scanned from its beginning; TRUNC wherever the learner is ahead.
 *  Source: release-3.4.10 LearnerHandler.java#run. */
export function decideSync34(leader: LeaderHistory, peerLastZxid: Zxid): SyncDecision {
  const { lastProcessedZxid, committedLog } = leader;
  const first = committedLog[0];
  const last = committedLog[committedLog.length - 1];
  if (peerLastZxid === lastProcessedZxid)
    return { ...NOTHING, mode: 'DIFF', zxid: peerLastZxid, startForwardingFrom: peerLastZxid };
  const snap = { ...NOTHING, mode: 'SNAP', zxid: lastProcessedZxid, startForwardingFrom: peerLastZxid } as const;
  if (first === undefined || last === undefined) return snap;
  if (peerLastZxid > last.zxid) return { ...NOTHING, mode: 'TRUNC', zxid: last.zxid, startForwardingFrom: last.zxid };
  if (peerLastZxid < first.zxid) return { ...snap, unhandled: true };
  const queue = committedLog.filter((txn) => txn.zxid > peerLastZxid);
  const before = committedLog.length - queue.length;
  const previous = committedLog[Math.max(0, before - 1)]!.zxid;
  const trunc = queue.length > 0 && previous < peerLastZxid;
  return {
    ...NOTHING,
    mode: trunc ? 'TRUNC' : 'DIFF',
    zxid: trunc ? previous : last.zxid,
    queue,
    // Forwarding repeats what follows `previous`; the learner drops nothing, it applies idempotently.
    startForwardingFrom: trunc ? previous : peerLastZxid,
    via: 'committedLog',
  };
}

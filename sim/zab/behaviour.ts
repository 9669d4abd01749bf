/** Where releases differ. The protocol reads one frozen record of these at the places where the decisions fall.
 *  Source of the rows: the release tags of apache/zookeeper, summarised in docs/ARCHITECTURE.md. */
export interface Behaviour {
  readonly name: string;
  /** What a follower makes durable, and in which order, before it acknowledges NEWLEADER (Learner.java#syncWithLeader):
   *  - `epochOnly`: currentEpoch, ACK; a DIFF's transactions stay in memory until after UPTODATE (ZOOKEEPER-3911)
   *  - `epochThenQueue`: currentEpoch, everything received goes to the asynchronous log queue, ACK (4643, 4646, 4685)
   *  - `logAllThenEpoch`: everything received is logged and fsynced, currentEpoch, ACK (4785)
   *  - `logCommittedThenEpoch`: what is committed is logged, fsynced and applied, currentEpoch, ACK; the rest waits
   *  and, so that one bug can be told from the other, three that no release ever had by themselves:
   *  - `epochThenLogCommitted`: as the last one, with currentEpoch first (4643 alone)
   *  - `queueThenEpoch`: all is left to the log queue, and ACK does not wait for its fsync (4646 alone)
   *  - `flushThenEpoch`: the log queue is flushed, and acknowledges each transaction before NEWLEADER is (4685 alone) */
  readonly newLeader:
    | 'epochOnly'
    | 'epochThenQueue'
    | 'logAllThenEpoch'
    | 'logCommittedThenEpoch'
    | 'epochThenLogCommitted'
    | 'queueThenEpoch'
    | 'flushThenEpoch';
  /** What a learner applies before UPTODATE enters the committedLog. Before 3.9.4 it does not: that leaves a hole behind
   *  TRUNC in every release, and behind DIFF in 3.9.3 (ZOOKEEPER-4925). */
  readonly committedLogInSync: boolean;
  /** The committedLog takes a transaction once, and a gap inside an epoch is an exception: at load the server refuses to
   *  start (ZKDatabase.java#addCommittedProposal, 3.9.4). */
  readonly committedLogContinuous: boolean;
  /** A COMMIT during sync with no buffered proposal ends the learner with an exception (ZOOKEEPER-4394); in 3.4 only
   *  while transactions are applied at once, after SNAP and TRUNC. */
  readonly commitWithoutProposalThrows: 'always' | 'inMemory' | 'never';
  /** DIFF moves lastProcessedZxid to where the history will end, before any of it has come (3.4). */
  readonly diffMovesLastProcessed: boolean;
  /** A log without any readable snapshot is refused at load (ZOOKEEPER-2325, from 3.5.4). */
  readonly logNeedsSnapshot: boolean;
  /** A gap inside an epoch during sync ends the learner with an exception (Learner.java#enforceContinuousProposal, 3.9.4). */
  readonly enforceContinuousProposal: boolean;
  /** A marker file stands around snapshot and currentEpoch at NEWLEADER (ZOOKEEPER-1653, 3.4.6 to 3.4.14). */
  readonly updatingEpochMarker: boolean;
  /** The leader may serve a learner from its log on disk (ZOOKEEPER-1413, from 3.5.0). */
  readonly txnLogSync: boolean;
  /** The committedLog scan refuses a TRUNC across epochs. */
  readonly scanRefusesCrossEpochTrunc: boolean;
  /** NEWLEADER is queued once the snapshot has been written out, so behind what was forwarded meanwhile (ZOOKEEPER-3104). */
  readonly newLeaderAfterSnapshot: boolean;
  /** Leaving a role replays logged and unapplied transactions into memory (ZOOKEEPER-2845). */
  readonly fastForward: boolean;
  /** Leaving a learner's role waits for the log queue to be flushed, and does so before the replay (ZOOKEEPER-4712). */
  readonly flushBeforeFastForward: boolean;
  /** A learner that leaves in the middle of a SNAP discards its memory (ZOOKEEPER-3642). */
  readonly clearAfterPartialSnap: boolean;
  /** The snapshot written after a SNAP is fsynced before the ACK (ZOOKEEPER-2872). */
  readonly snapSynced: boolean;
  /** Epoch files are written before the copy in memory changes (ZOOKEEPER-2307). */
  readonly epochFileBeforeMemory: boolean;
  /** A TRUNC that finds nothing to cut at ends the process (exit code 13); before 3.6 only the role, and that every time. */
  readonly truncErrorExits: boolean;
  /** Observers' FOLLOWERINFO and ACKEPOCH count towards the discovery quorums (ZOOKEEPER-2959). */
  readonly observersCountInDiscovery: boolean;
  /** A FOLLOWING or LEADING notification of my own round is checked against recvset (ZOOKEEPER-3537), before: outofelection,
   *  and kept in recvset as if it came from a server that is LOOKING, so that only wholly equal votes are counted with it. */
  readonly checkLeaderInRecvset: boolean;
  /** An observer pauses for observerElectionDelayMs at most before it looks for a leader again (from 3.6). */
  readonly observerPauses: boolean;
  /** ms between a learner's attempts to connect. */
  readonly connectRetryMs: number;
  /** The learner's read timeout drops to syncLimit at NEWLEADER; before 3.5.10, 3.6.3 and 3.7.0, only after UPTODATE. */
  readonly syncTimeoutFromNewLeader: boolean;

  // What clients can tell apart.
  /** The header of a watch event tells the zxid of its transaction (ZOOKEEPER-4655, from 3.9.0). */
  readonly eventsCarryZxid: boolean;
  /** A connection holds one watch mode for a path in each table, the latest; or a set of them (ZOOKEEPER-4466, 3.9.0). */
  readonly watchMarking: 'one' | 'set';
  /** exists asks for READ (ZOOKEEPER-2590, from 3.7.3, 3.8.4 and 3.9.2). */
  readonly existsNeedsRead: boolean;
  /** A check outside a multi is never answered; later it is refused as unknown. */
  readonly checkAloneHangs: boolean;

  // The hazards of today's master, mended in `corrected` alone.
  /** After TRUNC, what follows is buffered and made durable as after DIFF. False: it lives in memory and in a snapshot
   *  that is not fsynced when the ACK leaves. */
  readonly truncDurable: boolean;
  /** A learner that leaves before its sync is durable reads its memory from disk anew (ZOOKEEPER-5094). */
  readonly discardAfterPartialSync: boolean;
  /** TRUNC deletes newer snapshots (ZOOKEEPER-4837) and refuses a target that is in no log. */
  readonly truncStrict: boolean;
  /** The snapshot after a SNAP replaces everything on disk: no stale log tail survives it (ZOOKEEPER-2832, 2846). */
  readonly snapReplacesLog: boolean;
  /** Every snapshot is written beside, fsynced and renamed. False: only those after a SNAP; any other one overwrites a file
   *  of its name in place, so that a power failure can take an older, durable copy of the same zxid with it. */
  readonly everySnapshotSynced: boolean;
  /** The leader's choice for a learner counts what it has committed and not yet applied, so that no committed transaction
   *  is truncated; and what a learner had acknowledged on an earlier connection no longer counts. */
  readonly syncKnowsCommits: boolean;
  /** A RUNNING server applies a transaction only once its own log holds it durably (ZOOKEEPER-4882). */
  readonly applyAfterDurable: boolean;
  /** After a disk error the memory is read from disk anew. */
  readonly reloadAfterDiskError: boolean;
  /** At load, a log that is ahead of currentEpoch raises it instead of refusing to start. */
  readonly raiseCurrentEpochAtLoad: boolean;
  /** Observers make their DIFF durable before they write currentEpoch and acknowledge. */
  readonly observersLogBeforeAck: boolean;
  /** While the leader waits for its NEWLEADER quorum a learner keeps the initLimit timeout until UPTODATE. */
  readonly patientAfterNewLeader: boolean;

  /** A leader that hears from a voter of an epoch above its own steps down, and the next one begins above that. Otherwise such
   *  a server, bound by its promise, stays out for as long as the leader lasts. */
  readonly yieldsToHigherPromise: boolean;

  /** A mistake that none of the releases here has: of older ones, or out of a textbook. null: none. See `Mistake`. */
  readonly mistake: Mistake | null;
}

/** Each is one line at the place where the decision falls; sim/zab/bugs/ tells their stories. */
export type Mistake =
  // election
  | 'voteOrderNotTotal'
  | 'voteIgnoresZxid'
  | 'voteIgnoresEpoch'
  | 'outOfElectionStrictMatch'
  // discovery and establishment
  | 'epochOnlyInZxid'
  | 'zxidBumpBeforeQuorum'
  | 'currentEpochAtUptodate'
  | 'noEpochFencing'
  | 'servesBeforeQuorum'
  | 'newLeaderAcksByMessage'
  | 'halfIsAQuorum'
  // synchronization
  | 'noTruncWithinRange'
  | 'neverTruncates'
  | 'forwardsAfterAck'
  | 'rebuildsHistory'
  // broadcast
  | 'ackBeforeFsync'
  | 'observersCounted'
  | 'deliversOnProposal'
  | 'counterOverflows'
  | 'leaderWithoutQuorumStays'
  | 'deadLogThreadStays'
  // clients
  | 'acceptsFresherClient'
  | 'answersBeforeCommit'
  | 'readsOvertakeWrites'
  | 'readsShowProposedZxid'
  | 'syncAnswersAtOnce'
  // sessions
  | 'closingSessionCreates'
  | 'syncForgetsSessions'
  | 'forgetsLearnersTouches'
  // data model and watches
  | 'multiForgetsParents'
  | 'multiAppliesSome'
  | 'setWatchesTellsCreated'
  | 'watchesStay'
  | 'answersBeforeEvents';

/** 3.9.4 and today's master. */
const master: Behaviour = {
  name: '3.9.4',
  newLeader: 'logCommittedThenEpoch',
  committedLogInSync: true,
  committedLogContinuous: true,
  commitWithoutProposalThrows: 'always',
  diffMovesLastProcessed: false,
  logNeedsSnapshot: true,
  enforceContinuousProposal: true,
  updatingEpochMarker: false,
  txnLogSync: true,
  scanRefusesCrossEpochTrunc: true,
  newLeaderAfterSnapshot: true,
  fastForward: true,
  flushBeforeFastForward: true,
  clearAfterPartialSnap: true,
  snapSynced: true,
  epochFileBeforeMemory: true,
  truncErrorExits: true,
  observersCountInDiscovery: false,
  checkLeaderInRecvset: true,
  observerPauses: true,
  connectRetryMs: 100,
  syncTimeoutFromNewLeader: true,
  eventsCarryZxid: true,
  watchMarking: 'set',
  existsNeedsRead: true,
  checkAloneHangs: false,
  truncDurable: false,
  discardAfterPartialSync: false,
  truncStrict: false,
  snapReplacesLog: false,
  everySnapshotSynced: false,
  syncKnowsCommits: false,
  applyAfterDurable: false,
  reloadAfterDiskError: false,
  raiseCurrentEpochAtLoad: false,
  observersLogBeforeAck: false,
  patientAfterNewLeader: false,
  yieldsToHigherPromise: false,
  mistake: null,
};

const r393: Behaviour = {
  ...master,
  name: '3.9.3',
  committedLogInSync: false,
  committedLogContinuous: false,
  enforceContinuousProposal: false,
};
const r392: Behaviour = { ...r393, name: '3.9.2', newLeader: 'logAllThenEpoch', flushBeforeFastForward: false };
const r385: Behaviour = { ...r392, name: '3.8.5', eventsCarryZxid: false, watchMarking: 'one', checkAloneHangs: true };
const r380: Behaviour = { ...r385, name: '3.8.0', newLeader: 'epochThenQueue', existsNeedsRead: false };
const r370: Behaviour = { ...r380, name: '3.7.0' };
const r362: Behaviour = {
  ...r370,
  name: '3.6.2',
  newLeader: 'epochOnly',
  clearAfterPartialSnap: false,
  epochFileBeforeMemory: false,
  syncTimeoutFromNewLeader: false,
};
const r355: Behaviour = {
  ...r362,
  name: '3.5.5',
  snapSynced: false,
  truncErrorExits: false,
  checkLeaderInRecvset: false,
  observerPauses: false,
  connectRetryMs: 1000,
};
const r3410: Behaviour = {
  ...r355,
  name: '3.4.10',
  updatingEpochMarker: true,
  txnLogSync: false,
  scanRefusesCrossEpochTrunc: false,
  newLeaderAfterSnapshot: false,
  fastForward: false,
  observersCountInDiscovery: true,
  commitWithoutProposalThrows: 'inMemory',
  diffMovesLastProcessed: true,
  logNeedsSnapshot: false,
};

const corrected: Behaviour = {
  ...master,
  name: 'corrected',
  commitWithoutProposalThrows: 'never',
  logNeedsSnapshot: false,
  truncDurable: true,
  discardAfterPartialSync: true,
  truncStrict: true,
  snapReplacesLog: true,
  everySnapshotSynced: true,
  syncKnowsCommits: true,
  applyAfterDurable: true,
  reloadAfterDiskError: true,
  raiseCurrentEpochAtLoad: true,
  observersLogBeforeAck: true,
  patientAfterNewLeader: true,
  yieldsToHigherPromise: true,
};

/** One behaviour that a run can be asked for, with what a reader should know of it. */
export interface Release {
  readonly name: string;
  readonly about: string;
  readonly behaviour: Behaviour;
}

export const RELEASES: readonly Release[] = [
  {
    name: 'corrected',
    about: "Today's master with its known hazards mended: every property must hold on it, always.",
    behaviour: corrected,
  },
  {
    name: '3.4.10',
    about:
      'ACK of NEWLEADER before a DIFF is logged; committedLog or SNAP only; updatingEpoch marker; no replay on a soft restart.',
    behaviour: r3410,
  },
  {
    name: '3.5.5',
    about: 'As 3.4.10, with synchronization from the log on disk, and replay on a soft restart.',
    behaviour: r355,
  },
  {
    name: '3.6.2',
    about: 'Still ACKs NEWLEADER before a DIFF is logged (ZOOKEEPER-3911); snapshots of a SNAP are fsynced.',
    behaviour: r362,
  },
  {
    name: '3.7.0',
    about: 'currentEpoch first, then an asynchronous log queue, then ACK (ZOOKEEPER-4643, 4646, 4685).',
    behaviour: r370,
  },
  { name: '3.8.0', about: 'As 3.7.0 in all that ZAB sees. The golden records were made with it.', behaviour: r380 },
  {
    name: '3.8.5',
    about: 'Everything received is fsynced before currentEpoch and ACK (ZOOKEEPER-4643, 4646, 4685 mended).',
    behaviour: r385,
  },
  { name: '3.9.2', about: 'As 3.8.5.', behaviour: r392 },
  {
    name: '3.9.3',
    about: 'Only committed transactions are logged before ACK; they miss the committedLog (ZOOKEEPER-4925).',
    behaviour: r393,
  },
  {
    name: '3.9.4',
    about: "Today's master: 4925 mended, gaps refused during sync and at load; the hazards of 4837, 4882, 5094 remain.",
    behaviour: master,
  },
];

export function findRelease(name: string): Release | undefined {
  return RELEASES.find((release) => release.name === name);
}

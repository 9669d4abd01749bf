import type { Behaviour, Mistake } from '../sim/zab/behaviour.ts';

const MISTAKES: { readonly [M in Mistake]: string } = {
  voteOrderNotTotal: 'Of two votes with equal zxids the higher server id wins, whatever their epochs.',
  voteIgnoresZxid: 'Votes are compared by epoch and server id alone.',
  voteIgnoresEpoch: 'Votes are compared by zxid and server id alone.',
  outOfElectionStrictMatch: 'Votes of servers that have decided must be equal in zxid, round and epoch to be counted.',
  epochOnlyInZxid: 'There are no epoch files: acceptedEpoch and currentEpoch are those of the last zxid.',
  zxidBumpBeforeQuorum: 'Whoever is elected moves lastProcessedZxid to its new epoch before anybody follows it.',
  currentEpochAtUptodate: 'A learner writes currentEpoch at UPTODATE, not before its ACK of NEWLEADER.',
  noEpochFencing: 'A learner follows a leader whose epoch is lower than its acceptedEpoch.',
  servesBeforeQuorum: 'A leader serves without waiting for a quorum of ACKs of NEWLEADER.',
  newLeaderAcksByMessage: 'ACKs of NEWLEADER are counted by message, not by server.',
  halfIsAQuorum: 'Of an even number of voters half is taken for a quorum.',
  rebuildsHistory: 'A leader sends the transactions of earlier leaders as it would make them itself.',
  noTruncWithinRange: 'A learner whose last zxid lies within the committedLog is never truncated.',
  neverTruncates: 'A learner is never truncated.',
  forwardsAfterAck: 'What is proposed during a synchronization goes to those only who have acknowledged NEWLEADER.',
  ackBeforeFsync: 'A follower acknowledges a proposal before it is on its disk.',
  observersCounted: 'Observers get proposals, acknowledge them, and are counted.',
  deliversOnProposal: 'A follower applies a transaction when it is proposed.',
  counterOverflows: 'The counter of a zxid runs over into its epoch.',
  leaderWithoutQuorumStays: 'A leader goes on without a quorum of followers.',
  deadLogThreadStays: 'A leader whose log thread died goes on.',
  acceptsFresherClient: 'A server accepts a client that has seen more than it has.',
  answersBeforeCommit: 'A leader answers a write when it proposes it.',
  readsOvertakeWrites: 'A read is answered at once, though writes of its client before it are not.',
  readsShowProposedZxid:
    'A leader tells its clients the zxid that it has proposed last, not the one that it has applied.',
  syncAnswersAtOnce: 'A server answers a sync by itself.',
  closingSessionCreates: 'A session whose end is proposed may still write.',
  syncForgetsSessions: 'Sessions that begin in what a learner applies during synchronization are unknown to it.',
  forgetsLearnersTouches: 'A leader passes over the sessions that its learners have heard of.',
  multiForgetsParents: "A multi that fails takes what is pending of its nodes' parents with it.",
  multiAppliesSome: 'A multi that fails is applied up to where it fails.',
  setWatchesTellsCreated: 'A client that comes back is told of a node made anew as of one created.',
  watchesStay: 'A watch that was told stays.',
  answersBeforeEvents: 'Whoever asked for a write is answered before those who watch are told.',
};

/** Each point where releases differ, as a sentence for each of its values. Sources: the JIRA ids at the points. */
const POINTS: { readonly [P in Exclude<keyof Behaviour, 'name'>]: (value: Behaviour[P]) => string } = {
  newLeader: (value) =>
    ({
      epochOnly:
        'Before the ACK of NEWLEADER only currentEpoch is written; a DIFF is logged after UPTODATE (ZOOKEEPER-3911).',
      epochThenQueue:
        'Before the ACK of NEWLEADER currentEpoch is written, the history only queued (ZOOKEEPER-4643, 4646, 4685).',
      logAllThenEpoch: 'Before the ACK of NEWLEADER everything received is fsynced, then currentEpoch is written.',
      logCommittedThenEpoch:
        'Before the ACK of NEWLEADER what is committed is fsynced and applied, then currentEpoch is written.',
      epochThenLogCommitted:
        'Before the ACK of NEWLEADER currentEpoch is written, and only then what is committed is fsynced.',
      queueThenEpoch:
        'Before the ACK of NEWLEADER the history is only queued, then currentEpoch is written; nobody waits for the fsync.',
      flushThenEpoch:
        'Before the ACK of NEWLEADER the log queue is flushed, and its transactions are acknowledged one by one.',
    })[value],
  committedLogInSync: (value) =>
    value
      ? 'What is applied during synchronization enters the committedLog.'
      : 'What is applied during synchronization misses the committedLog (ZOOKEEPER-4925).',
  committedLogContinuous: (value) =>
    value
      ? 'A gap within an epoch is refused by the committedLog, at load too.'
      : 'A gap within an epoch is taken into the committedLog unseen.',
  commitWithoutProposalThrows: (value) =>
    ({
      always: 'A COMMIT during synchronization without its proposal ends the learner (ZOOKEEPER-4394).',
      inMemory: 'A COMMIT without its proposal ends the learner after SNAP and TRUNC, until NEWLEADER.',
      never: 'A COMMIT during synchronization without its proposal is passed over.',
    })[value],
  diffMovesLastProcessed: (value) =>
    value
      ? 'DIFF moves lastProcessedZxid before any of the history has come.'
      : 'lastProcessedZxid moves with what is applied.',
  logNeedsSnapshot: (value) =>
    value
      ? 'A log without a readable snapshot is refused at load (ZOOKEEPER-2325).'
      : 'A log without a readable snapshot is replayed from its beginning.',
  enforceContinuousProposal: (value) =>
    value
      ? 'A gap within an epoch during synchronization is refused.'
      : 'A gap within an epoch during synchronization is only warned about.',
  updatingEpochMarker: (value) =>
    value
      ? 'The marker updatingEpoch stands around snapshot and currentEpoch (ZOOKEEPER-1653).'
      : 'There is no updatingEpoch marker.',
  txnLogSync: (value) =>
    value
      ? 'Learners may be synchronized from the log on disk (ZOOKEEPER-1413).'
      : 'Learners are synchronized from the committedLog or by SNAP only.',
  scanRefusesCrossEpochTrunc: (value) =>
    value
      ? 'The scan of the committedLog refuses a TRUNC across epochs.'
      : 'The scan of the committedLog allows a TRUNC across epochs.',
  newLeaderAfterSnapshot: (value) =>
    value
      ? 'NEWLEADER is queued after the snapshot is sent (ZOOKEEPER-3104).'
      : 'NEWLEADER is queued before the snapshot is sent.',
  fastForward: (value) =>
    value
      ? 'Leaving a role applies what is logged and not yet applied (ZOOKEEPER-2845).'
      : 'Leaving a role applies nothing.',
  flushBeforeFastForward: (value) =>
    value
      ? 'A learner leaving its role waits for its log queue first (ZOOKEEPER-4712).'
      : 'A learner leaving its role does not wait for its log queue.',
  clearAfterPartialSnap: (value) =>
    value
      ? 'A SNAP that is cut short discards the memory (ZOOKEEPER-3642).'
      : 'A SNAP that is cut short leaves a half-filled memory.',
  snapSynced: (value) =>
    value
      ? 'The snapshot after a SNAP is fsynced before the ACK (ZOOKEEPER-2872).'
      : 'The snapshot after a SNAP is not fsynced before the ACK.',
  epochFileBeforeMemory: (value) =>
    value
      ? 'Epoch files are written before the memory changes (ZOOKEEPER-2307).'
      : 'The memory changes before the epoch files.',
  truncErrorExits: (value) =>
    value ? 'A TRUNC that cannot be done ends the process.' : 'A TRUNC that cannot be done ends the role only.',
  observersCountInDiscovery: (value) =>
    value ? 'Observers count in the quorums of discovery (ZOOKEEPER-2959).' : 'Observers count in no quorum.',
  checkLeaderInRecvset: (value) =>
    value
      ? 'Notifications of one round are checked against recvset (ZOOKEEPER-3537).'
      : 'Notifications of one round are checked against outofelection.',
  observerPauses: (value) =>
    value ? 'An observer pauses before it looks for a leader again.' : 'An observer looks for a leader again at once.',
  connectRetryMs: (value) => `A learner tries to connect again after ${value} ms.`,
  syncTimeoutFromNewLeader: (value) =>
    value ? 'The read timeout drops to syncLimit at NEWLEADER.' : 'The read timeout drops to syncLimit after UPTODATE.',
  truncDurable: (value) =>
    value
      ? 'What follows a TRUNC is durable before the ACK.'
      : 'What follows a TRUNC lives in memory and in a snapshot that may be lost.',
  discardAfterPartialSync: (value) =>
    value
      ? 'A learner that leaves before its synchronization is durable reads its memory from disk anew.'
      : 'A learner that leaves in the middle of its synchronization keeps its memory (ZOOKEEPER-5094).',
  truncStrict: (value) =>
    value
      ? 'TRUNC deletes newer snapshots and refuses a target that is in no log.'
      : 'TRUNC leaves newer snapshots (ZOOKEEPER-4837).',
  snapReplacesLog: (value) =>
    value
      ? 'The snapshot after a SNAP replaces everything on disk.'
      : 'A stale log tail survives a SNAP (ZOOKEEPER-2832, 2846).',
  applyAfterDurable: (value) =>
    value
      ? 'A transaction is applied once it is durable here.'
      : 'A COMMIT is applied before the own log holds it (ZOOKEEPER-4882).',
  reloadAfterDiskError: (value) =>
    value ? 'After a disk error the memory is read from disk anew.' : 'After a disk error the memory stays as it was.',
  raiseCurrentEpochAtLoad: (value) =>
    value
      ? 'A log ahead of currentEpoch raises it at start.'
      : 'A log ahead of currentEpoch makes the server refuse to start.',
  observersLogBeforeAck: (value) =>
    value
      ? 'Observers make their DIFF durable before the ACK of NEWLEADER.'
      : 'Observers acknowledge NEWLEADER before their DIFF is durable.',
  eventsCarryZxid: (value) =>
    value
      ? 'A watch event tells the zxid of its transaction (ZOOKEEPER-4655).'
      : 'The header of a watch event has the zxid -1.',
  watchMarking: (value) =>
    value === 'set'
      ? 'A connection may hold several watch modes for one path (ZOOKEEPER-4466).'
      : 'Of several watch modes for one path a connection holds the latest in each table.',
  existsNeedsRead: (value) =>
    value ? 'exists asks for the READ permission (ZOOKEEPER-2590).' : 'exists asks for no permission.',
  checkAloneHangs: (value) =>
    value ? 'A check outside a multi is never answered.' : 'A check outside a multi is refused as UNIMPLEMENTED.',
  patientAfterNewLeader: (value) =>
    value
      ? 'A learner keeps the initLimit timeout until UPTODATE.'
      : 'A learner waits for UPTODATE only as long as syncLimit.',
  everySnapshotSynced: (value) =>
    value ? 'Every snapshot is fsynced.' : 'A snapshot taken while serving is not fsynced.',
  syncKnowsCommits: (value) =>
    value
      ? 'The choice of DIFF, TRUNC or SNAP counts what is committed and not yet applied.'
      : 'The choice of DIFF, TRUNC or SNAP sees only what is applied.',
  yieldsToHigherPromise: (value) =>
    value
      ? 'A leader steps down for a voter that has promised a higher epoch, and the next epoch lies above that.'
      : 'A voter that has promised a higher epoch than its leader has cannot follow it.',
  mistake: (value) => (value === null ? 'No mistake is switched on.' : MISTAKES[value]),
};

/** What a behaviour does, a sentence a point. With `against`, only the points in which the two differ. */
export function behaviourWords(behaviour: Behaviour, against?: Behaviour): string[] {
  const words: string[] = [];
  for (const point of Object.keys(POINTS)) {
    if (isPoint(point) && (against === undefined || behaviour[point] !== against[point]))
      words.push(pointWords(behaviour, point));
  }
  return words;
}

type Point = keyof typeof POINTS;

function isPoint(name: string): name is Point {
  return name in POINTS;
}

function pointWords<P extends Point>(behaviour: Behaviour, point: P): string {
  return POINTS[point](behaviour[point]);
}

import type { Message, ServerState, SyncMode, Txn, Vote, ZabState } from './messages.ts';
import type { Snapshot } from './service.ts';
import type { ServerId, ServerSet } from './sets.ts';
import type { Zxid } from './zxid.ts';
import type { Micros } from '../time.ts';

/** The three meshes. `election` joins servers pairwise, `quorum` joins learners to a leader, `client` clients to servers. */
export type Plane = 'election' | 'quorum' | 'client';

/** Names one TCP connection in a run. 0 is none. */
export type ConnectionId = number;

/** A timer's name is a kind and, for the kinds that exist once a connection or peer, its number. */
export type TimerKind =
  | 'poll' // FastLeaderElection's recvqueue.poll, also in finalize
  | 'connect' // a learner's delay between attempts to connect
  | 'read' // a learner's socket read timeout
  | 'leaderWait' // the leader's main thread in one of its three waits
  | 'tick' // the leader's half tick
  | 'startup' // a handler polling for the leader's server to run
  | 'handlerWait' // a learner handler in one of its waits, by connection
  | 'handlerRead' // a learner handler's socket read timeout, by connection
  | 'observerDelay' // an observer's pause before it looks again
  | 'expiry' // the leader's session buckets
  | 'due' // the leader asks its service which writes of its own are due
  | 'session'; // a client connection's read timeout, by connection

/** What happens to a server. */
export type Input =
  /** A dial of ours succeeded, or a peer's arrived; `ours` tells which. `peer` is 0 until it says who it is. */
  | {
      readonly kind: 'opened';
      readonly plane: Plane;
      readonly connection: ConnectionId;
      readonly peer: ServerId;
      readonly ours: boolean;
    }
  /** A dial of ours failed: refused at once, or without an answer in time. */
  | {
      readonly kind: 'unreachable';
      readonly plane: Plane;
      readonly peer: ServerId;
      readonly why: 'refused' | 'timeout';
    }
  /** The other end closed it, or it was reset. Nothing more arrives on it. */
  | { readonly kind: 'closed'; readonly plane: Plane; readonly connection: ConnectionId }
  | { readonly kind: 'received'; readonly plane: Plane; readonly connection: ConnectionId; readonly message: Message }
  | { readonly kind: 'fired'; readonly timer: TimerKind; readonly arg: number }
  /** A disk operation of ours ended; `error` is null when it is durable (or, for an unsynced snapshot, written). */
  | { readonly kind: 'written'; readonly token: number; readonly error: string | null }
  /** A thread of ours that was made runnable got its turn. */
  | { readonly kind: 'scheduled'; readonly thread: Thread }
  /** SIGTERM: leave the role in order, then exit. */
  | { readonly kind: 'stopped' };

/** Threads whose turn comes a little later than the moment they become runnable: the commit processor, the snapshot
 *  thread, a learner handler about to serialize a snapshot, a learner's main thread between two visible actions, the log
 *  thread where it is not given its work at once. */
export type Thread = 'commit' | 'snapshot' | 'sendSnapshot' | 'learner' | 'log';

/** Changes to stable storage. Each is one crash-interruptible step, performed in the order given. */
export type DiskOp =
  /** Append and fsync (FileTxnLog.java#append, #commit); `roll` begins a new file first. */
  | { readonly kind: 'log'; readonly txns: readonly Txn[]; readonly roll: boolean }
  /** Write beside, fsync, rename (AtomicFileOutputStream.java). */
  | {
      readonly kind: 'epoch';
      readonly file: 'acceptedEpoch' | 'currentEpoch' | 'updatingEpoch';
      readonly epoch: number | null;
    }
  /** `synced` false: a plain stream to the final name, lost or torn by a power failure (SnapStream.java).
   *  `replaces`: everything else in the directory goes in the same step (only where the release is `corrected`). */
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot; readonly synced: boolean; readonly replaces: boolean }
  /** FileTxnLog.java#truncate. `strict`: refuse when `zxid` is not in the log, and delete newer snapshots too. */
  | { readonly kind: 'truncate'; readonly zxid: Zxid; readonly strict: boolean };

/** What a server does. Performed in order; a `send` does not wait for a `write` that stands before it. */
export type Effect =
  | { readonly kind: 'dial'; readonly plane: Plane; readonly peer: ServerId; readonly timeout: Micros }
  | { readonly kind: 'close'; readonly connection: ConnectionId }
  | { readonly kind: 'send'; readonly connection: ConnectionId; readonly message: Message }
  | { readonly kind: 'setTimer'; readonly timer: TimerKind; readonly arg: number; readonly after: Micros }
  | { readonly kind: 'clearTimer'; readonly timer: TimerKind; readonly arg: number }
  /** Begins a disk operation; `written` with the same token ends it. */
  | { readonly kind: 'write'; readonly token: number; readonly op: DiskOp }
  | { readonly kind: 'schedule'; readonly thread: Thread }
  | { readonly kind: 'note'; readonly note: Note }
  /** The process ends. Codes of ExitCode.java: 1 unexpected, 10 snapshot, 12 commit mismatch, 13 bad sync packet. */
  | { readonly kind: 'exit'; readonly code: number; readonly why: string };

/** Which rule refused or voided something because of an epoch. See `sim/zab/fencing.ts` for the story of each. */
export type FencingRule =
  | 'leaderinfo-older-than-promise' // learner: LEADERINFO's epoch < acceptedEpoch
  | 'learner-fresher-than-leader' // leader: (currentEpoch, zxid) of the learner beats its own
  | 'newleader-ack-of-another-epoch' // leader: ACK of a NEWLEADER that is not this one
  | 'ack-of-another-epoch' // leader: ACK of a proposal of an earlier epoch
  | 'vote-of-older-epoch' // election: peerEpoch lower than that of the vote held
  | 'promised-already' // learner: LEADERINFO's epoch == acceptedEpoch, answered with -1 and not counted
  | 'connection-left-for-newer-epoch' // world: a packet of an older epoch found the connection closed
  | 'quorum-gone' // leader: the tick check finds no quorum
  | 'history-replaced' // leader: TRUNC or SNAP voids transactions of the learner that no later epoch took over
  | 'ackepoch-not-counted'; // leader: an ACKEPOCH with -1

/** Facts that only the protocol knows, for the trace. The world adds `at` and `server`. */
export type Note =
  | { readonly kind: 'stateChanged'; readonly state: ServerState; readonly why: string }
  | { readonly kind: 'phaseChanged'; readonly phase: ZabState }
  | {
      readonly kind: 'voted';
      readonly round: number;
      readonly vote: Vote;
      readonly because: 'start' | 'round' | 'better';
    }
  | {
      readonly kind: 'elected';
      readonly round: number;
      readonly vote: Vote;
      readonly initial: Vote;
      readonly becomes: ServerState;
      readonly supporters: ServerSet;
    }
  | { readonly kind: 'epochProposed'; readonly epoch: number; readonly quorum: ServerSet }
  | {
      readonly kind: 'epochAcked';
      readonly epoch: number;
      readonly from: ServerId;
      readonly counted: boolean;
      readonly currentEpoch: number;
      readonly zxid: Zxid;
    }
  /** The quorum of ACKEPOCH is complete: the leader's history is the one of its epoch. */
  | { readonly kind: 'electionFinished'; readonly epoch: number; readonly quorum: ServerSet; readonly lastZxid: Zxid }
  | SyncChosen
  | { readonly kind: 'snapshotSent'; readonly learner: ServerId; readonly snapshot: number; readonly zxid: Zxid }
  | {
      readonly kind: 'syncStarted';
      readonly leader: ServerId;
      readonly mode: SyncMode;
      readonly zxid: Zxid;
      readonly snapshot: number;
    }
  | { readonly kind: 'newLeaderAcked'; readonly epoch: number; readonly from: ServerId; readonly counted: boolean }
  /** The quorum of NEWLEADER acknowledgements is complete; the initial history ends at `lastZxid`. */
  | { readonly kind: 'established'; readonly epoch: number; readonly quorum: ServerSet; readonly lastZxid: Zxid }
  /** The application server is RUNNING: what it has applied now counts as delivered. */
  | {
      readonly kind: 'serving';
      readonly role: ServerState;
      readonly epoch: number;
      readonly lastZxid: Zxid;
      /** Of the replicated state: equal histories make equal digests. */
      readonly digest: number;
    }
  | { readonly kind: 'proposed'; readonly txn: Txn }
  /** `counted`: the sender votes, and the transaction was still waiting. */
  | { readonly kind: 'acked'; readonly from: ServerId; readonly zxid: Zxid; readonly counted: boolean }
  | { readonly kind: 'committed'; readonly txn: Txn; readonly acks: ServerSet }
  /** `delivered`: applied while RUNNING (see reference: what counts as delivered). */
  | { readonly kind: 'applied'; readonly txn: Txn; readonly delivered: boolean }
  /** The memory was read from disk anew: its history is now that of the disk. */
  | { readonly kind: 'reloaded'; readonly lastZxid: Zxid; readonly snapshot: number }
  | { readonly kind: 'snapshotBegun'; readonly snapshot: number; readonly zxid: Zxid; readonly lastZxid: Zxid }
  | {
      readonly kind: 'fenced';
      readonly rule: FencingRule;
      readonly against: ServerId;
      readonly held: number;
      readonly offered: number;
      readonly what: string;
    }
  | { readonly kind: 'leftRole'; readonly role: ServerState; readonly epoch: number; readonly why: string }
  | { readonly kind: 'warned'; readonly text: string }
  /** A packet came that its receiver cannot place: on FIFO connections between servers that do as they should, never.
   *  ZkV3_7_0.tla calls these stateInconsistent, proposalInconsistent, commitInconsistent, ackInconsistent, messageIllegal. */
  | {
      readonly kind: 'unexpected';
      readonly what: 'ack' | 'commit' | 'proposal' | 'packet';
      readonly from: ServerId;
      readonly text: string;
    }
  | { readonly kind: 'sessionOpened' | 'sessionClosed' | 'sessionExpired'; readonly session: number };

/** What the leader chose for one learner, with the numbers it looked at. Source: LearnerHandler.java#syncFollower. */
export interface SyncChosen {
  readonly kind: 'syncChosen';
  readonly learner: ServerId;
  readonly mode: SyncMode;
  /** Of the first packet. */
  readonly zxid: Zxid;
  /** Where the queued proposals came from; null when nothing had to be looked up. */
  readonly via: null | 'committedLog' | 'txnlog+committedLog';
  readonly minCommittedLog: Zxid;
  readonly maxCommittedLog: Zxid;
  readonly lastProcessedZxid: Zxid;
  readonly peerLastZxid: Zxid;
  /** Number of proposals queued before forwarding begins. */
  readonly queued: number;
  readonly startForwardingFrom: Zxid;
  /** The learner holds something the leader lacks, and a TRUNC would cross an epoch. */
  readonly cannotTrunc: boolean;
  /** No row of the table led to a first packet: SNAP instead. */
  readonly unhandled: boolean;
  /** The log on disk ended before the committedLog begins. */
  readonly gap: boolean;
  /** Why the log on disk was not used, or null. */
  readonly txnlogRejected: null | 'size' | 'start' | 'disabled';
}

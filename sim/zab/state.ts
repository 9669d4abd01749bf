import type { Config } from './config.ts';
import type { ConnectionId } from './effects.ts';
import type { Fifo } from './fifo.ts';
import type {
  AuthId,
  ClientRequest,
  ErrorCode,
  ElectionMessage,
  QuorumMessage,
  ServerState,
  SyncMode,
  Txn,
  Vote,
  ZabState,
} from './messages.ts';
import type { LocalState, Outstanding, ServiceState } from './service.ts';
import type { ServerId, ServerSet } from './sets.ts';
import type { Storage } from './storage.ts';
import type { Zxid } from './zxid.ts';

/** Everything one server process knows: plain data, every field always present, null when the role has no use for it.
 *  `step` in server.ts is the only function that changes it. */
export interface Server {
  readonly id: ServerId;
  readonly config: Config;
  /** The data directory as this process can read it; changed by the world alone, when a disk operation ends. */
  readonly storage: Storage;
  state: ServerState;
  phase: ZabState;
  /** The copies in memory of the two epoch files. */
  acceptedEpoch: number;
  currentEpoch: number;
  /** QuorumPeer.currentVote, with the round it was made in: what a server that is not LOOKING answers. */
  currentVote: Vote;
  currentVoteRound: number;
  /** ZooKeeperServer.State of the present role's server; `none` while there is none. */
  zk: 'none' | 'initial' | 'running' | 'error';
  readonly db: Database;
  readonly cnx: Connections;
  readonly fle: Election;
  readonly log: LogQueue;
  readonly commit: CommitQueue;
  readonly clients: Clients;
  leader: Leader | null;
  learner: Learner | null;
  /** Leaving a role: what is queued is flushed first. `fastForward`: and then replayed. `turn`: the main thread has not
   *  noticed yet: a learner's has other threads to stop first, a leader's looks once a half tick. */
  leaving: { readonly why: string; readonly fastForward: boolean; readonly turn: boolean } | null;
  stopping: boolean;
  /** Told to truncate to a point that the data directory cannot show: the next sync must be a SNAP (`corrected`). */
  needsSnapshot: boolean;
  /** The highest epoch that any learner of ours has said to have promised (`corrected` alone). */
  highestPromise: number;
  /** Raised when a role begins; a disk operation of an earlier role finds another number here. */
  reign: number;
  /** Disk operations under way, by token. */
  readonly writes: Map<number, Continuation>;
  nextToken: number;
  snapshotsTaken: number;
  /** Which start of this server's process it is, from 1: makes ids unique over restarts. */
  readonly life: number;
  /** State of a small generator, seeded at start: ZooKeeper draws where it rolls logs and how long observers pause. */
  chance: number;
  /** What its clock showed when the present input came, in ms: the leader writes it into transactions, nothing else
   *  reads it. */
  wallMs: number;
}

/** What to do when a disk operation ends. */
export type Continuation =
  | { readonly kind: 'flush'; readonly txns: readonly Txn[]; readonly snapshotAfter: boolean }
  | { readonly kind: 'periodicSnapshot' }
  /** A step of the main thread of the role numbered `reign`. */
  | { readonly kind: 'main'; readonly reign: number; readonly step: MainStep };

export type MainStep =
  | 'leaderSnapshot'
  | 'leaderAcceptedEpoch'
  | 'leaderCurrentEpoch'
  | 'learnerAcceptedEpoch'
  | 'learnerTruncate'
  | 'learnerStep';

/** ZKDatabase.java and DataTree.java: the replicated state in memory, and the window of recent transactions. */
export interface Database {
  initialized: boolean;
  tree: ServiceState;
  /** Session timeouts in ms, by id. */
  readonly sessions: Map<number, number>;
  /** DataTree.lastProcessedZxid. After a leader's start it is `<epoch, 0>`, which no transaction has. */
  lastProcessed: Zxid;
  /** The last transaction really contained; 0 when there is none. */
  lastApplied: Zxid;
  committedLog: Fifo<Txn>;
  minCommittedLog: Zxid;
  maxCommittedLog: Zxid;
}

/** SyncRequestProcessor.java: appends, fsyncs in batches, then acknowledges. It survives a change of role. */
export interface LogQueue {
  readonly queue: Fifo<Txn>;
  flushing: boolean;
  /** The next append begins a new file. */
  roll: boolean;
  /** Transactions logged since the last snapshot was asked for, and the number at which the next one is. */
  count: number;
  snapshotAt: number;
  snapshotting: boolean;
  /** The last transaction that is durable here: in the log, or inside a snapshot. */
  durable: Zxid;
  failed: boolean;
}

/** CommitProcessor.java: applies in commit order, in its own thread. */
export interface CommitQueue {
  readonly queue: Fifo<CommitItem>;
  scheduled: boolean;
}

export type CommitItem =
  | { readonly kind: 'txn'; readonly txn: Txn }
  /** A SYNC that came back: answered behind the commits it followed. */
  | { readonly kind: 'sync'; readonly session: number; readonly cxid: number };

/** QuorumCnxManager.java, one entry a peer, by server id. */
export interface Connections {
  readonly peers: (CnxPeer | null)[];
  /** Accepted connections whose greeting has not come yet. */
  greeting: ConnectionId[];
  /** Messages to itself, in order. */
  readonly loopback: Fifo<ElectionMessage>;
}

export interface CnxPeer {
  /** The connection that its SendWorker and RecvWorker use; 0: none. */
  connection: ConnectionId;
  dialing: boolean;
  /** A send queue exists once something was to be sent. */
  hasQueue: boolean;
  /** The queue of capacity one: the newest message wins. */
  slot: ElectionMessage | null;
  lastMessageSent: ElectionMessage | null;
}

/** FastLeaderElection.java. Only `logicalclock` outlives a call of lookForLeader. */
export interface Election {
  logicalclock: number;
  /** `poll`: in the main loop; `finalize`: a quorum agrees, waiting 200 ms for a better vote; `idle`: not LOOKING. */
  mode: 'idle' | 'poll' | 'finalize';
  initial: Vote;
  proposal: Vote;
  /** ms of the present poll. */
  wait: number;
  recvset: (Received | null)[];
  outofelection: (Received | null)[];
}

/** A vote as it was received. */
export interface Received {
  readonly vote: Vote;
  readonly electionEpoch: number;
  readonly state: ServerState;
}

/** Connected clients of this server. */
export interface Clients {
  /** By connection. */
  readonly connections: Map<ConnectionId, ClientConnection>;
  /** Connection by session, for the sessions that are attached here. */
  readonly bySession: Map<number, ConnectionId>;
  /** Sessions heard from since the last PING (LearnerSessionTracker#touchTable). */
  readonly touched: Map<number, number>;
  nextSession: number;
  /** The service's own, for the connections of this server: watches. */
  local: LocalState;
}

export interface ClientConnection {
  session: number;
  timeoutMs: number;
  /** A session whose life the leader is asked about; 0: none. */
  revalidating: number;
  /** Requests in the order they came whose answer is still due; reads wait behind this client's own writes. */
  pending: Pending[];
  /** Who it says it is: its address, and what AUTH has added. Never changed once made. */
  ids: readonly AuthId[];
  /** It sent one with its CONNECT, and is given one. */
  wantsPassword: boolean;
}

export interface Pending {
  readonly request: ClientRequest;
  /** The leader refuses it, although it is only a read. */
  readonly refused: ErrorCode | null;
}

/** Leader.java and the threads it owns. */
export interface Leader {
  /** Where the main thread is. */
  stage: 'loading' | 'epoch' | 'writingAcceptedEpoch' | 'epochAck' | 'writingCurrentEpoch' | 'newLeaderAck' | 'serving';
  /** -1 until somebody asked; fixed once `waitingForNewEpoch` is false. */
  epoch: number;
  waitingForNewEpoch: boolean;
  /** acceptedEpoch is on disk: LEADERINFO may leave. */
  epochFixed: boolean;
  connectingFollowers: ServerSet;
  electingFollowers: ServerSet;
  electionFinished: boolean;
  readonly summaryEpoch: number;
  summaryZxid: Zxid;
  newLeaderAcks: ServerSet;
  /** How many acknowledgements of NEWLEADER came, whoever sent them. */
  newLeaderAckMessages: number;
  quorumFormed: boolean;
  /** The last zxid given out. */
  hzxid: Zxid;
  lastProposed: Zxid;
  lastCommitted: Zxid;
  /** Proposed, not yet committed, in zxid order. */
  readonly outstanding: Fifo<Proposal>;
  /** Committed, not yet applied here. */
  readonly toBeApplied: Fifo<Txn>;
  /** All that is proposed and not yet applied here, for PrepRequestProcessor. */
  readonly changes: Outstanding;
  /** Writes of the leader's own that wait for their turn. */
  due: readonly unknown[];
  readonly handlers: LearnerHandler[];
  readonly pendingSyncs: {
    readonly zxid: Zxid;
    readonly connection: ConnectionId;
    readonly session: number;
    readonly cxid: number;
  }[];
  tick: number;
  halfTicks: number;
  tickSkip: boolean;
  readonly tracker: SessionTracker;
}

export interface Proposal {
  readonly txn: Txn;
  acks: ServerSet;
}

/** SessionTrackerImpl.java with ExpiryQueue.java: sessions in buckets one tick wide. */
export interface SessionTracker {
  /** Ticks since the tracker began. */
  now: number;
  running: boolean;
  readonly sessions: Map<number, TrackedSession>;
}

export interface TrackedSession {
  readonly timeoutMs: number;
  /** The bucket in which it expires, in ticks of the tracker. */
  expiresAt: number;
  closing: boolean;
  /** Through whom its requests come: the connection of a learner, 0 for the leader itself, null for nobody yet. */
  owner: ConnectionId | null;
}

/** LearnerHandler.java: the leader's thread for one learner, where it is and what it has queued. */
export interface LearnerHandler {
  readonly connection: ConnectionId;
  /** 0 until FOLLOWERINFO or OBSERVERINFO said it. */
  sid: ServerId;
  observer: boolean;
  stage:
    | 'info'
    | 'epoch'
    | 'ackEpoch'
    | 'epochAck'
    | 'snapshot'
    | 'newLeaderAck'
    | 'newLeaderWait'
    | 'startup'
    | 'broadcast';
  /** Read from the socket, but the thread is waiting elsewhere. */
  readonly inbox: Fifo<QuorumMessage>;
  acceptedEpoch: number;
  peerEpoch: number;
  peerLastZxid: Zxid;
  /** queuedPackets, until the sender thread starts. */
  queued: QuorumMessage[];
  sending: boolean;
  /** In forwardingFollowers or observingLearners. */
  forwarding: boolean;
  tickOfNextAckDeadline: number;
  /** SyncLimitCheck: at most two proposals are timed, in half ticks. */
  limitStarted: boolean;
  currentZxid: Zxid;
  currentSince: number;
  nextZxid: Zxid;
  nextSince: number;
}

/** Learner.java, Follower.java, Observer.java. */
export interface Learner {
  readonly leader: ServerId;
  readonly observer: boolean;
  connection: ConnectionId;
  attempts: number;
  stage: 'connecting' | 'registering' | 'promising' | 'acked' | 'syncing' | 'broadcast';
  /** The main thread waits for the disk or for its turn: packets stay in `inbox`. */
  busy: boolean;
  readonly inbox: Fifo<QuorumMessage | 'EOF'>;
  newEpoch: number;
  /** lastProcessedZxid at the beginning of registerWithLeader. */
  sampledZxid: Zxid;
  /** QuorumPeer.syncMode: null is NONE. */
  syncMode: SyncMode | null;
  /** Transactions are kept for later (true), or applied in memory at once. */
  buffering: boolean;
  snapshotNeeded: boolean;
  /** Memory may be ahead of disk, or hold what the disk does not. */
  partial: boolean;
  newLeaderSeen: boolean;
  lastQueued: Zxid;
  packetsNotLogged: Txn[];
  packetsCommitted: Zxid[];
  /** Logged at NEWLEADER, acknowledged after UPTODATE (3.8.5 to 3.9.2). */
  requestsToAck: Txn[];
  /** Steps still to do for NEWLEADER. */
  steps: LearnerStep[];
  stepTxns: readonly Txn[];
  /** Proposed by the leader, not yet committed. */
  readonly pendingTxns: Fifo<Txn>;
  readonly pendingSyncs: Fifo<{ readonly session: number; readonly cxid: number }>;
}

export type LearnerStep =
  | 'mark'
  | 'snapshot'
  | 'log'
  | 'currentEpoch'
  | 'unmark'
  | 'queue'
  | 'queueLater'
  | 'flush'
  | 'yield'
  | 'ack'
  | 'serve';

import type { ServerId } from './sets.ts';
import type { Zxid } from './zxid.ts';
import type { Snapshot, TxnBody } from './service.ts';

/** QuorumPeer.java#ServerState. */
export type ServerState = 'LOOKING' | 'FOLLOWING' | 'LEADING' | 'OBSERVING';

/** QuorumPeer.java#ZabState. */
export type ZabState = 'ELECTION' | 'DISCOVERY' | 'SYNCHRONIZATION' | 'BROADCAST';

/** How a learner is brought level with its leader. QuorumPeer.java#SyncMode. */
export type SyncMode = 'DIFF' | 'TRUNC' | 'SNAP';

/** A transaction as it is proposed, logged and applied. Never changed once made, so it is shared freely. */
export interface Txn {
  readonly zxid: Zxid;
  readonly session: number;
  readonly cxid: number;
  /** The leader that made it: two transactions with one zxid and different proposers are different transactions. */
  readonly proposer: ServerId;
  readonly body: TxnBody;
  /** 32-bit digest of all of the above: equal digests mean equal transactions. */
  readonly digest: number;
  /** Bytes its record takes in the log file. */
  readonly bytes: number;
}

/** Vote.java, without the fields that identify its sender. */
export interface Vote {
  readonly leader: ServerId;
  readonly zxid: Zxid;
  readonly peerEpoch: number;
}

/** What a client asks for. `write`s and sessions become transactions; `read` and `sync` do not.
 *  The meaning of `op` is the replicated service's; `kind` alone matters to ZAB. */
export interface ClientRequest {
  readonly session: number;
  readonly cxid: number;
  readonly kind: 'write' | 'read' | 'sync' | 'createSession' | 'closeSession';
  readonly op: unknown;
}

/** Who a client says it is. The leader is told with every write. */
export interface AuthId {
  readonly scheme: string;
  readonly id: string;
}

/** (session id, negotiated timeout in ms), as carried by PING. */
export type SessionTimeout = readonly [session: number, timeoutMs: number];

/** The election plane: QuorumCnxManager's greeting and FastLeaderElection's notification. */
export type ElectionMessage =
  | { readonly kind: 'GREETING'; readonly sid: ServerId }
  | {
      readonly kind: 'NOTIFICATION';
      readonly state: ServerState;
      readonly vote: Vote;
      /** The sender's logicalclock (or, from a server not LOOKING, the round its vote was made in). */
      readonly electionEpoch: number;
    };

/** The quorum plane. Names and contents are those of QuorumPacket, see Leader.java and zookeeper.jute. */
export type QuorumMessage =
  | { readonly kind: 'FOLLOWERINFO' | 'OBSERVERINFO'; readonly zxid: Zxid; readonly sid: ServerId }
  | { readonly kind: 'LEADERINFO'; readonly zxid: Zxid }
  /** `currentEpoch` -1: the learner had promised this epoch before and must not be counted. */
  | { readonly kind: 'ACKEPOCH'; readonly zxid: Zxid; readonly currentEpoch: number }
  | { readonly kind: 'DIFF' | 'TRUNC' | 'NEWLEADER' | 'ACK' | 'COMMIT'; readonly zxid: Zxid }
  | { readonly kind: 'SNAP'; readonly zxid: Zxid; readonly snapshot: Snapshot }
  | { readonly kind: 'UPTODATE' }
  | { readonly kind: 'PROPOSAL' | 'INFORM'; readonly txn: Txn }
  /** Leader to learner: `zxid` is lastProposed. Learner to leader: the sessions touched since the last one. */
  | { readonly kind: 'PING'; readonly zxid: Zxid; readonly touched: readonly SessionTimeout[] }
  | { readonly kind: 'REQUEST'; readonly request: ClientRequest; readonly ids: readonly AuthId[] }
  | { readonly kind: 'SYNC'; readonly session: number; readonly cxid: number }
  /** Learner to leader `valid` is null; the answer says whether the session still lives. */
  | {
      readonly kind: 'REVALIDATE';
      readonly session: number;
      readonly timeoutMs: number;
      readonly valid: boolean | null;
    };

/** Why the server refused a request, in the words of KeeperException.Code. */
export type ErrorCode = string;

/** The client plane, in both directions. */
export type ClientMessage =
  /** `session` 0 asks for a new one; `session` -1 wants none (requests of such a client are session-less). */
  | {
      readonly kind: 'CONNECT';
      readonly session: number;
      readonly timeoutMs: number;
      readonly lastZxid: Zxid;
      /** What CONNECTED gave for the session; null: it is not asked for. */
      readonly password: string | null;
      /** Where it comes from, as text. */
      readonly address: string | null;
    }
  /** `session` 0 means refused: expired, unknown, or another password. */
  | {
      readonly kind: 'CONNECTED';
      readonly session: number;
      readonly timeoutMs: number;
      readonly password: string | null;
    }
  | { readonly kind: 'CLIENTREQUEST'; readonly request: ClientRequest }
  | {
      readonly kind: 'REPLY';
      readonly cxid: number;
      readonly zxid: Zxid;
      readonly error: ErrorCode | null;
      readonly value: unknown;
    }
  | { readonly kind: 'AUTH'; readonly cxid: number; readonly scheme: string; readonly auth: string }
  /** A watch event. `zxid` -1: the release does not tell it, or it is one that setWatches made up for. */
  | { readonly kind: 'EVENT'; readonly type: string; readonly path: string; readonly zxid: Zxid }
  | { readonly kind: 'CLIENTPING' | 'CLIENTPONG' };

export type Message = ElectionMessage | QuorumMessage | ClientMessage;
export type MessageKind = Message['kind'];

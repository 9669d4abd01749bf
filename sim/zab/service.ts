import type { Hasher } from '../hash.ts';
import type { ConnectionId } from './effects.ts';
import type { AuthId, ClientRequest, ErrorCode, Txn } from './messages.ts';
import type { ServerId } from './sets.ts';
import type { Zxid } from './zxid.ts';

/** The content of a transaction. ZAB knows only whether it opens or closes a session; the rest is the service's. */
export type TxnBody =
  | { readonly kind: 'createSession'; readonly timeoutMs: number }
  /** `paths`: what goes with the session, as far as the service knows such things. */
  | { readonly kind: 'closeSession'; readonly paths: readonly string[] }
  /** A write that failed validation: it takes a zxid and is logged all the same (PrepRequestProcessor.java#pRequest). */
  | { readonly kind: 'error'; readonly error: string }
  | { readonly kind: 'write'; readonly op: unknown };

/** The tree in memory. Opaque to ZAB, changed in place by `apply` alone. */
export type ServiceState = object;

/** A whole copy of the replicated state, never changed once made: what SNAP carries and snapshot files hold. */
export interface Snapshot {
  /** Names this copy in the trace: unique in a run. */
  readonly id: number;
  /** The file's name: lastProcessedZxid when the copy was begun. */
  readonly zxid: Zxid;
  /** The last transaction it really contains; later than `zxid` when the copy is fuzzy. */
  readonly lastZxid: Zxid;
  /** The server that made it. */
  readonly by: ServerId;
  readonly content: unknown;
  /** Live sessions and their timeouts in ms, ascending by id. */
  readonly sessions: readonly (readonly [session: number, timeoutMs: number])[];
  readonly bytes: number;
}

export interface Outcome {
  /** null when the request succeeded, otherwise the name of the error. */
  readonly error: string | null;
  readonly value: unknown;
}

/** What applying a transaction did. `changes` are for `notify`, and opaque to everybody else. */
export interface Applied extends Outcome {
  readonly changes: readonly unknown[];
}

/** What a server answers by itself, and whom it tells something on the way. */
export interface ReadOutcome extends Outcome {
  readonly notifications: readonly Notification[];
}

/** One event for one connection, for a client that asked to be told. */
export interface Notification {
  readonly connection: ConnectionId;
  readonly type: string;
  readonly path: string;
}

/** What is proposed and not yet applied, as the service's validation remembers it: kept by the leader, and lost with it. */
export type Outstanding = object;

/** What one server keeps for the clients that are connected to it, and nobody else knows: watches. */
export type LocalState = object;

/** Who asks for a write, and what the leader knows of that moment. */
export interface Asker {
  readonly ids: readonly AuthId[];
  /** Why the session may not write, or null. */
  readonly refused: ErrorCode | null;
  readonly zxid: Zxid;
  /** Wall clock of the leader, in ms. */
  readonly time: number;
}

export interface Reader {
  readonly connection: ConnectionId;
  readonly ids: readonly AuthId[];
}

/** What ZAB replicates. `prepare` runs on the leader only; `apply` runs everywhere, in zxid order, and must be idempotent
 *  (a fuzzy snapshot is followed by transactions it already contains).
 *  Source: the split between PrepRequestProcessor.java and FinalRequestProcessor.java / DataTree.java#processTxn. */
export interface Service {
  readonly name: string;
  empty(): ServiceState;
  newOutstanding(): Outstanding;
  /** Turns a write into an idempotent transaction, against the state plus what is proposed and not yet applied. */
  prepare(state: ServiceState, outstanding: Outstanding, request: ClientRequest, asker: Asker): TxnBody;
  /** The end of a session, as a transaction: what goes with it. */
  prepareClose(state: ServiceState, outstanding: Outstanding, session: number, zxid: Zxid): readonly string[];
  /** A transaction is applied here: `prepare` finds it in the state from now on. */
  settle(outstanding: Outstanding, zxid: Zxid): void;
  copyOutstanding(outstanding: Outstanding): Outstanding;
  /** Writes of the leader's own that are due at this time (ms of its wall clock). Empty for most services. */
  due(state: ServiceState, time: number): readonly unknown[];
  /** Every how many ms the leader asks what is due; null: never. */
  readonly dueEveryMs: number | null;
  /** Applies one transaction. Sessions are kept by the database, not by the service, but it sees their transactions. */
  apply(state: ServiceState, txn: Txn): Applied;
  /** At a new leader: what belongs to a session that is not among these goes, without a transaction.
   *  Source: ZooKeeperServer.java#loadData. */
  cleanUp(state: ServiceState, sessions: ReadonlyMap<number, number>, zxid: Zxid): void;
  newLocal(): LocalState;
  copyLocal(local: LocalState): LocalState;
  hashLocal(local: LocalState, into: Hasher): void;
  read(state: ServiceState, local: LocalState, request: ClientRequest, reader: Reader): ReadOutcome;
  /** What an expectation calls the value of a key: a number, or null where there is none. */
  valueOf(state: ServiceState, key: string): number | null;
  /** Whom the changes of a transaction concern, in the order in which they are to be told. */
  notify(
    local: LocalState,
    changes: readonly unknown[],
    idsOf: (connection: ConnectionId) => readonly AuthId[],
  ): readonly Notification[];
  /** The connection is gone. */
  forget(local: LocalState, connection: ConnectionId): void;
  /** What becomes of a request before anybody looks into it: taken; answered by UNIMPLEMENTED, and the connection closed;
   *  the connection closed without a word; or left without an answer. */
  admit(request: ClientRequest): 'take' | 'refuse' | 'close' | 'ignore';
  /** The ids that a connection has from now on, or null when it is refused. */
  authenticate(scheme: string, auth: string): readonly AuthId[] | null;
  content(state: ServiceState): unknown;
  restore(content: unknown): ServiceState;
  clone(state: ServiceState): ServiceState;
  hash(state: ServiceState, into: Hasher): void;
  /** Estimated bytes of a snapshot file: the on-disk synchronization compares it with the size of the log. */
  snapshotBytes(state: ServiceState): number;
  /** Estimated bytes of one log record. */
  txnBytes(body: TxnBody): number;
}

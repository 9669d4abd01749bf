import type { Hasher } from '../hash.ts';
import type { ClientRequest, Txn } from './messages.ts';
import type { ServerId } from './sets.ts';
import type { Zxid } from './zxid.ts';

/** The content of a transaction. ZAB knows only whether it opens or closes a session; the rest is the service's. */
export type TxnBody =
  | { readonly kind: 'createSession'; readonly timeoutMs: number }
  | { readonly kind: 'closeSession' }
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

/** What ZAB replicates. `prepare` runs on the leader only; `apply` runs everywhere, in zxid order, and must be idempotent
 *  (a fuzzy snapshot is followed by transactions it already contains).
 *  Source: the split between PrepRequestProcessor.java and FinalRequestProcessor.java / DataTree.java#processTxn. */
export interface Service {
  readonly name: string;
  empty(): ServiceState;
  /** Turns a write into an idempotent transaction, against the state plus what is proposed and not yet applied. */
  prepare(state: ServiceState, outstanding: readonly Txn[], request: ClientRequest): TxnBody;
  /** Applies one transaction. Sessions are kept by the database, not by the service, but it sees their transactions. */
  apply(state: ServiceState, txn: Txn): Outcome;
  read(state: ServiceState, request: ClientRequest): Outcome;
  content(state: ServiceState): unknown;
  restore(content: unknown): ServiceState;
  clone(state: ServiceState): ServiceState;
  hash(state: ServiceState, into: Hasher): void;
  /** Estimated bytes of a snapshot file: the on-disk synchronization compares it with the size of the log. */
  snapshotBytes(state: ServiceState): number;
  /** Estimated bytes of one log record. */
  txnBytes(body: TxnBody): number;
}

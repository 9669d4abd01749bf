import type { Acl } from './acl.ts';
import type { ErrorName } from './codes.ts';
import type { Stat } from './stat.ts';

/** What clients ask for, what the leader makes of it, and what they get. Names are those of ZooDefs.java#OpCode; records
 *  are those of zookeeper.jute. A path may be null only because a client can send that. */

export type CreateKind = 'create' | 'create2' | 'createContainer' | 'createTTL';

/** The opcode decides whether a node is a container or has a TTL; `flags` is the number of its create mode. */
export interface CreateOp {
  readonly op: CreateKind;
  readonly path: string | null;
  readonly data: string | null;
  readonly acl: readonly Acl[] | null;
  readonly flags: number;
  /** Read by createTTL alone. */
  readonly ttlMs: number;
}

/** `version` -1: any. */
export type WriteOp =
  | CreateOp
  | { readonly op: 'delete'; readonly path: string | null; readonly version: number }
  | { readonly op: 'check'; readonly path: string | null; readonly version: number }
  | { readonly op: 'setData'; readonly path: string | null; readonly data: string | null; readonly version: number }
  | {
      readonly op: 'setACL';
      readonly path: string | null;
      readonly acl: readonly Acl[] | null;
      readonly version: number;
    }
  | { readonly op: 'multi'; readonly ops: readonly MultiPart[] }
  /** The leader's own, for containers and TTL nodes. */
  | { readonly op: 'deleteContainer'; readonly path: string }
  | { readonly op: 'reconfig' };

export type MultiOp = Exclude<WriteOp, { readonly op: 'multi' }>;

/** What a client can put into a multi, whether the server takes it there or not. */
export type MultiPart =
  | MultiOp
  | { readonly op: 'exists' | 'getData' | 'getChildren'; readonly path: string | null; readonly watch: boolean }
  | { readonly op: 'getACL'; readonly path: string | null };

export type ReadOp =
  | { readonly op: 'exists'; readonly path: string | null; readonly watch: boolean }
  | NodeReadOp
  | { readonly op: 'getACL'; readonly path: string | null }
  | { readonly op: 'getAllChildrenNumber' | 'getEphemerals'; readonly path: string | null }
  | { readonly op: 'whoAmI' }
  | { readonly op: 'multiRead'; readonly ops: readonly ReadOp[] }
  | { readonly op: 'addWatch'; readonly path: string | null; readonly mode: number }
  | { readonly op: 'removeWatches' | 'checkWatches'; readonly path: string | null; readonly type: number }
  | SetWatchesOp;

export interface NodeReadOp {
  readonly op: 'getData' | 'getChildren' | 'getChildren2';
  readonly path: string | null;
  readonly watch: boolean;
}

export interface SetWatchesOp {
  readonly op: 'setWatches' | 'setWatches2';
  readonly relativeZxid: number;
  readonly data: readonly string[];
  readonly exist: readonly string[];
  readonly child: readonly string[];
  readonly persistent: readonly string[];
  readonly recursive: readonly string[];
}

/** An opcode that no server knows. */
export interface UnknownOp {
  readonly op: 'unknown';
}

export type Operation = WriteOp | ReadOp | UnknownOp | { readonly op: 'sync'; readonly path: string | null };

// ── transactions

export type TreeTxn =
  | {
      readonly type: 'create' | 'create2';
      readonly path: string;
      readonly data: string | null;
      readonly acl: readonly Acl[];
      readonly ephemeral: boolean;
      readonly parentCVersion: number;
    }
  | {
      readonly type: 'createContainer' | 'createTTL';
      readonly path: string;
      readonly data: string | null;
      readonly acl: readonly Acl[];
      readonly parentCVersion: number;
      /** 0 for containers. */
      readonly ttlMs: number;
    }
  | { readonly type: 'delete' | 'deleteContainer'; readonly path: string }
  | { readonly type: 'setData'; readonly path: string; readonly data: string | null; readonly version: number }
  | { readonly type: 'setACL'; readonly path: string; readonly acl: readonly Acl[]; readonly version: number }
  | { readonly type: 'check'; readonly path: string; readonly version: number }
  | { readonly type: 'error'; readonly error: ErrorName }
  | { readonly type: 'multi'; readonly txns: readonly TreeTxn[] };

/** The body of a write: the transaction, and the time of its header, in ms of the leader's wall clock. */
export interface TimedTxn {
  readonly time: number;
  readonly txn: TreeTxn;
}

// ── answers

/** The body of a reply, by what was asked for; what an operation does not answer is left out. */
export interface Answer {
  readonly path?: string;
  readonly stat?: Stat;
  readonly data?: string | null;
  readonly children?: readonly string[];
  readonly acl?: readonly Acl[];
  readonly results?: readonly MultiResult[];
  readonly totalNumber?: number;
  readonly ephemerals?: readonly string[];
  readonly clientInfo?: readonly { readonly authScheme: string; readonly user: string }[];
}

export type MultiResult =
  | ({ readonly type: 'create' | 'create2' | 'setData' | 'delete' | 'check' | ReadKind } & Answer)
  | { readonly type: 'error'; readonly error: ErrorName };

export type ReadKind = 'getData' | 'getChildren';

/** What a watch may tell. Source: Watcher.java#EventType. */
export type WatchEventType = 'NodeCreated' | 'NodeDeleted' | 'NodeDataChanged' | 'NodeChildrenChanged';

/** One thing that a transaction has changed, for the watches. `acl`: of the node; `parentAcl`: of its parent. */
export interface Change {
  readonly kind: 'created' | 'deleted' | 'dataChanged';
  readonly path: string;
  readonly acl: readonly Acl[];
  readonly parentAcl: readonly Acl[];
}

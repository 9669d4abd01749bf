import type { ConnectionId, Note, Plane } from './zab/effects.ts';
import type { Message, Txn } from './zab/messages.ts';
import type { ServerId } from './zab/sets.ts';
import type { Zxid } from './zab/zxid.ts';
import type { Answer, Operation, WatchEventType } from './zookeeper/operations.ts';
import type { Micros } from './time.ts';

/** Version of the trace's form. A trace of another version is refused, never guessed at. */
export const TRACE_VERSION = 3;

/** All that properties, reports and the viewer ever see: history, in the past tense. `server` is 0 when no server is meant. */
export type TraceEvent = { readonly at: Micros; readonly server: ServerId } & TraceFact;
export type TraceKind = TraceFact['kind'];

export type TraceFact =
  | Exclude<Note, { kind: 'fenced' }>
  /** `promise`: index of the trace event in which the promise was made that now refuses, or -1. */
  | (Extract<Note, { kind: 'fenced' }> & { readonly promise: number })
  // ── processes
  | {
      readonly kind: 'started';
      readonly life: number;
      readonly acceptedEpoch: number;
      readonly currentEpoch: number;
      readonly lastZxid: Zxid;
      /** The snapshot that was loaded: its id and name; 0 and 0x0 when there was none. */
      readonly snapshot: number;
      readonly snapshotZxid: Zxid;
      readonly replayed: number;
    }
  /** The process ended. `lost`: log records that were written and not yet durable; `torn`: the last one was cut short. */
  | {
      readonly kind: 'ended';
      readonly how: 'kill' | 'crash' | 'stop' | 'exit' | 'refused';
      readonly code: number;
      readonly why: string;
      readonly lost: number;
      readonly torn: boolean;
    }
  | { readonly kind: 'paused' | 'resumed' }
  // ── disk: everything below is durable, or, for an unsynced snapshot, written
  | {
      readonly kind: 'epochWritten';
      readonly file: 'acceptedEpoch' | 'currentEpoch';
      readonly epoch: number;
      readonly previous: number;
    }
  | { readonly kind: 'logged'; readonly txns: readonly Txn[]; readonly lastZxid: Zxid }
  | {
      readonly kind: 'truncated';
      readonly zxid: Zxid;
      readonly ok: boolean;
      readonly removed: readonly Zxid[];
      readonly lastZxid: Zxid;
    }
  | {
      readonly kind: 'snapshotWritten';
      readonly snapshot: number;
      readonly zxid: Zxid;
      readonly synced: boolean;
      readonly replaces: boolean;
    }
  | { readonly kind: 'diskFailed'; readonly op: 'log' | 'epoch' | 'snapshot' | 'truncate'; readonly why: string }
  // ── network. `server` is the sender of `sent`, the receiver of the rest; client n counts as -n
  | {
      readonly kind: 'sent' | 'received';
      readonly plane: Plane;
      readonly connection: ConnectionId;
      readonly peer: number;
      readonly message: Message;
    }
  /** A message that will never be received, because its connection ended. */
  | {
      readonly kind: 'lost';
      readonly plane: Plane;
      readonly connection: ConnectionId;
      readonly peer: number;
      readonly message: Message;
      readonly why: string;
    }
  | {
      readonly kind: 'connected' | 'disconnected';
      readonly plane: Plane;
      readonly connection: ConnectionId;
      readonly peer: number;
      readonly why: string;
    }
  // ── faults and clients
  /** A fault was asked for; `fault` is its kind, `what` says it in words. */
  | { readonly kind: 'fault'; readonly fault: string; readonly what: string }
  /** A fault is over, or was undone: links healed, a disk mended. */
  | { readonly kind: 'mended'; readonly what: string }
  /** A fault had an effect: a packet held, a process ended, a write refused. Counted by kind. */
  | { readonly kind: 'landed'; readonly fault: string }
  /** From here on there is no new fault, everything is up and mended. */
  | { readonly kind: 'calm' }
  | {
      readonly kind: 'invoked';
      readonly client: number;
      readonly call: number;
      readonly op: 'write' | 'read' | 'sync' | 'createSession' | 'closeSession' | 'auth' | 'error';
      readonly key: string;
      readonly value: number;
      /** What is asked of the tree, with the paths that the server sees; null for other services and for sessions. */
      readonly operation: Operation | null;
    }
  | {
      readonly kind: 'returned';
      readonly client: number;
      readonly call: number;
      readonly outcome: 'ok' | 'failed' | 'unknown';
      readonly zxid: Zxid;
      /** The number that the answer holds, if it holds one. */
      readonly value: number | null;
      readonly error: string | null;
      /** The body of the reply; null when there is none, and for other services than the tree. */
      readonly answer: Answer | null;
    }
  /** What the program of a client is told of its connection: Watcher.java#KeeperState. `server`: where it is connected, or
   *  was. `session` 0: it has none. */
  | {
      readonly kind: 'clientState';
      readonly client: number;
      readonly state: ClientState;
      readonly session: number;
    }
  /** What the program of a client is told by a watch that it holds. `zxid` -1: the release does not tell it. */
  | {
      readonly kind: 'watchEvent';
      readonly client: number;
      readonly session: number;
      readonly type: WatchEventType;
      readonly path: string;
      readonly zxid: Zxid;
    }
  /** What a program says of itself, or a resource of a program: facts for the properties of recipes. */
  | {
      readonly kind: 'recipe';
      readonly client: number;
      /** The program's name; for what a resource says, that of who used it. */
      readonly recipe: string;
      /** Programs of one instance work together: `lock /a`. */
      readonly instance: string;
      readonly fact: string;
      readonly detail: RecipeDetail;
    };

export type ClientState = 'Connected' | 'Disconnected' | 'Expired' | 'AuthFailed' | 'Closed';

/** Flat data, so that a property compares it without knowing who said it. */
export type RecipeDetail = Readonly<Record<string, string | number | boolean | null>>;

/** Receives every trace event once, in order. */
export type Emit = (event: TraceEvent) => void;

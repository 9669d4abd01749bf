import type { ConnectionId, Note, Plane } from './zab/effects.ts';
import type { Message, Txn } from './zab/messages.ts';
import type { ServerId } from './zab/sets.ts';
import type { Zxid } from './zab/zxid.ts';
import type { Micros } from './time.ts';

/** Version of the trace's form. A trace of another version is refused, never guessed at. */
export const TRACE_VERSION = 2;

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
      readonly op: 'write' | 'read' | 'sync' | 'createSession' | 'closeSession' | 'error';
      readonly key: string;
      readonly value: number;
    }
  | {
      readonly kind: 'returned';
      readonly client: number;
      readonly call: number;
      readonly outcome: 'ok' | 'failed' | 'unknown';
      readonly zxid: Zxid;
      readonly value: number | null;
      readonly error: string | null;
    };

/** Receives every trace event once, in order. */
export type Emit = (event: TraceEvent) => void;

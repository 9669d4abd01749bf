import type { Violation } from '../sim/property.ts';
import type { Step } from '../sim/scenario.ts';
import type { Micros } from '../sim/time.ts';
import type { FencingRule, Plane } from '../sim/zab/effects.ts';
import type { MessageKind, ServerState, Vote, ZabState } from '../sim/zab/messages.ts';
import type { ServerId, ServerSet } from '../sim/zab/sets.ts';
import type { Zxid } from '../sim/zab/zxid.ts';

/** What the page draws: one moment of a run, as plain data. All times are virtual microseconds; ids of clients are negative:
 *  client n is -n, as in the trace. */

/** A place in a run. `events`: how many events of the world have been applied; `traced`: how many trace events there are, so
 *  that the last one has the index `traced - 1`; `at`: the time shown, which lies between the last event and the next. */
export interface Position {
  readonly events: number;
  readonly traced: number;
  readonly at: Micros;
}

export interface Frame {
  readonly position: Position;
  /** How far the run has been played so far: what lies before is known, what lies behind is open. */
  readonly played: Position;
  /** Nothing happens after `position`. */
  readonly ended: boolean;
  readonly playing: boolean;
  /** Why play stands still here, when it stopped by itself. */
  readonly stopped: Stop | null;
  /** The hash of the trace up to here, sixteen hexadecimal digits; at the end it is the trace hash of the command line. */
  readonly hash: string;
  /** What the link or the trace that was opened says the hash is at its own position, once that has been reached. */
  readonly promised: { readonly traced: number; readonly hash: string; readonly equal: boolean } | null;
  /** No new fault from here on. */
  readonly calm: boolean;
  /** Who leads in the highest epoch; 0: nobody. */
  readonly leader: ServerId;
  readonly servers: readonly ServerFrame[];
  readonly clients: readonly ClientFrame[];
  /** Only links on which something is wrong. */
  readonly links: readonly LinkFrame[];
  readonly connections: readonly ConnectionFrame[];
  readonly flights: readonly Flight[];
  /** Each refusal by an epoch up to here, in the order of their first time. */
  readonly ledger: readonly Refusal[];
  readonly properties: readonly PropertyFrame[];
  /** Those up to here. */
  readonly violations: readonly Violation[];
  /** What was done by hand, in the order of time, those still to come included. */
  readonly hands: readonly Step[];
}

/** Why play stopped. `condition`: the index of one that the opener named. `budget`: the run has grown too long to be kept. */
export type Stop =
  | { readonly kind: 'violation'; readonly violation: Violation }
  | { readonly kind: 'condition'; readonly condition: number; readonly event: number }
  | { readonly kind: 'end' | 'budget' };

export interface ServerFrame {
  readonly id: ServerId;
  readonly role: 'voter' | 'observer';
  readonly up: boolean;
  /** The process was started and reads its disk. */
  readonly starting: boolean;
  readonly paused: boolean;
  readonly state: ServerState | 'DOWN';
  /** The phase of ZAB; null when the server is down. */
  readonly phase: ZabState | null;
  /** What the four-letter word srvr says. */
  readonly mode: 'leader' | 'follower' | 'observer' | 'not serving';
  readonly acceptedEpoch: number | null;
  readonly currentEpoch: number | null;
  /** lastProcessedZxid of the memory; of the disk when the server is down. */
  readonly lastZxid: Zxid;
  /** Whom it follows; itself when it leads; 0 while it looks or is down. */
  readonly leader: ServerId;
  /** What it votes for; null when it is down. */
  readonly vote: Vote | null;
  /** The round of its election (logicalclock); null when it is down. */
  readonly round: number | null;
  /** Of a leader: whose FOLLOWERINFO, ACKEPOCH or ACK of NEWLEADER it has, by stage; 0 otherwise. */
  readonly support: ServerSet;
  readonly log: LogFrame;
  /** What removed something from its history, or replaced it, the latest last; at most four. */
  readonly changes: readonly HistoryChange[];
  readonly committedLog: { readonly min: Zxid; readonly max: Zxid; readonly size: number };
  readonly disk: DiskFrame;
  /** Parts per million by which its clock runs fast. */
  readonly driftPpm: number;
  /** Time that each input takes while the CPU is slow; 0: none. */
  readonly perEvent: Micros;
  /** Inputs that wait while the process is paused or slow. */
  readonly backlog: number;
  /** Digest of the replicated state: equal digests at equal zxids. Empty when the server is down. */
  readonly stateHash: string;
}

export interface DiskFrame {
  /** Operations under way: what, and when each ends. `endsAt` null: held by a stall. */
  readonly inflight: readonly {
    readonly kind: 'log' | 'epoch' | 'snapshot' | 'truncate';
    readonly endsAt: Micros | null;
  }[];
  readonly full: boolean;
  readonly stalledUntil: Micros | null;
  readonly slow: boolean;
}

/** A server's history, oldest first; `cells` are its last ones, `hidden` stand before them. */
export interface LogFrame {
  readonly hidden: number;
  /** The zxid up to which the history is inside a snapshot and no longer in the log; 0: none of it. */
  readonly snapshotZxid: Zxid;
  readonly cells: readonly LogCell[];
}

/** One transaction of a server's history. */
export interface LogCell {
  readonly zxid: Zxid;
  readonly epoch: number;
  /** Equal digests are equal transactions: two of one zxid may differ. */
  readonly digest: number;
  /** volatile: not yet on this disk. durable: on it. committed: on it, and a leader has committed it. */
  readonly state: 'volatile' | 'durable' | 'committed';
  /** A leader has committed it, wherever that is known, and whether or not it is on this disk. */
  readonly committed: boolean;
  /** It is in the memory of this server. */
  readonly applied: boolean;
  /** What it does, in a few words: `x = 3`. */
  readonly words: string;
}

export interface HistoryChange {
  /** Index of the trace event. */
  readonly event: number;
  readonly at: Micros;
  /** crash: the power failed and took what was not durable. */
  readonly kind: 'TRUNC' | 'SNAP' | 'crash';
  /** What a TRUNC took away, ascending; otherwise empty. */
  readonly removed: readonly Zxid[];
  /** How many transactions are gone; of a SNAP 0, since it replaces everything. */
  readonly count: number;
  /** Where the history ends since; of a crash 0. */
  readonly lastZxid: Zxid;
}

export interface ClientFrame {
  /** -n: the n-th client of the scenario. */
  readonly id: number;
  readonly name: string;
  readonly server: ServerId;
  readonly state: 'idle' | 'connecting' | 'greeting' | 'connected';
  /** 0: none yet; -1: it works without one. */
  readonly session: number;
  readonly lastZxid: Zxid;
  /** Asked for and not yet answered, in order; `sent` false: not yet sent. */
  readonly waiting: readonly { readonly call: number; readonly words: string; readonly sent: boolean }[];
  /** How its calls ended so far. */
  readonly outcomes: { readonly ok: number; readonly failed: number; readonly unknown: number };
}

/** What is wrong with one direction of a link. */
export interface LinkFrame {
  readonly from: ServerId;
  readonly to: ServerId;
  /** The fault that holds packets back: cut, partition, isolate, clog, swizzle, ...; null: none, it is only slow. */
  readonly fault: string | null;
  readonly planes: readonly Plane[];
  readonly since: Micros;
  /** Extra delay; null: none. */
  readonly extra: readonly [Micros, Micros] | null;
}

/** A TCP connection that at least one end holds. */
export interface ConnectionFrame {
  readonly id: number;
  readonly plane: Plane;
  /** Who dialled, who accepted. */
  readonly ends: readonly [from: number, to: number];
  /** Both ends hold it, and it was not reset. */
  readonly whole: boolean;
}

/** A message under way. */
export interface Flight {
  /** Index of the trace event that sent it: its name. */
  readonly event: number;
  readonly plane: Plane;
  readonly connection: number;
  readonly kind: MessageKind;
  readonly from: number;
  readonly to: number;
  readonly sentAt: Micros;
  /** null: held back. `held` tells by which fault; `dial`: behind the answer to a dial that is still under way. */
  readonly dueAt: Micros | null;
  readonly held: string | null;
  /** Of the packet or its transaction; null when it has none. */
  readonly zxid: Zxid | null;
  /** Its place, from 1, among those of its kind that are under way on this directed link: what the actions `dropMessage`
   *  and `delayMessage` call `nth`. */
  readonly nth: number;
  readonly words: string;
}

/** A refusal by an epoch, told with its two numbers. The same one again is counted, not repeated. */
export interface Refusal {
  /** Index of the trace event that told it first. */
  readonly event: number;
  readonly at: Micros;
  readonly rule: FencingRule;
  readonly server: ServerId;
  readonly against: ServerId;
  /** What the refuser holds, and what was offered. */
  readonly held: number;
  readonly offered: number;
  readonly what: string;
  /** Index of the trace event in which the promise was made, or -1. */
  readonly promise: number;
  readonly times: number;
  readonly last: Micros;
  /** The whole sentence, in English. */
  readonly words: string;
}

export interface PropertyFrame {
  readonly name: string;
  readonly kind: 'always' | 'eventually';
  readonly about: string;
  readonly source: string;
  /** How often it had something to judge, up to here. */
  readonly premises: number;
  readonly violated: boolean;
  /** At the end of the run: why it is not judged, if it is not. */
  readonly excused: string | null;
}

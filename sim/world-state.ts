import type { Config } from './zab/config.ts';
import type { ConnectionId, DiskOp, Input, Plane, Thread } from './zab/effects.ts';
import type { Fifo } from './zab/fifo.ts';
import type { Message } from './zab/messages.ts';
import type { Server } from './zab/server.ts';
import type { ServerId } from './zab/sets.ts';
import type { Storage } from './zab/storage.ts';
import type { VirtualClient } from './clients/client.ts';
import type { Direction, Endpoint, Network } from './network.ts';
import type { Future } from './queue.ts';
import type { Random } from './random.ts';
import type { Scenario, Step } from './scenario.ts';
import type { Chance } from './schedule.ts';
import type { Timeline } from './timeline.ts';
import type { Micros, Range } from './time.ts';

/** The state of everything: servers, disks, network, clocks, clients, and what may happen next. Plain data. */
export interface World {
  readonly scenario: Scenario;
  readonly seed: string;
  readonly config: Config;
  now: Micros;
  readonly queue: Future<Event>;
  /** By server id; 0 is nobody. */
  readonly hosts: (Host | null)[];
  readonly network: Network;
  readonly clients: VirtualClient[];
  /** Things outside ZooKeeper that programs use: the highest token that each has seen, by name. */
  readonly resources: Map<string, number>;
  readonly timeline: Timeline;
  /** Where in the trace each server's promises stand, for the fencing ledger. */
  readonly promises: Promises;
  /** Trace events so far, counted by whoever passes them on: the index of the next one. */
  traced: number;
  /** The calm has come: no new fault. */
  calm: boolean;
  /** Where all streams of chance come from. */
  readonly chance: Chance;
  /** Streams of chance by server: how long a thread waits for its turn, how long its disk takes. */
  readonly threads: Map<number, Random>;
  readonly disks: Map<number, Random>;
  /** Chance of the faults: what a power failure leaves, whom chaos strikes. */
  readonly fate: Random;
  /** What chaos has done, as steps that a timeline could have; null: nobody asks. */
  readonly struck: Step[] | null;
}

export interface Promises {
  /** Index of the trace event that last wrote acceptedEpoch, by server id. */
  readonly accepted: number[];
  /** The epoch it wrote, by server id. */
  readonly epochs: number[];
}

/** One machine: a process (or none), its disk, its clock. */
export interface Host {
  readonly id: ServerId;
  /** null while no process runs. */
  server: Server | null;
  readonly storage: Storage;
  readonly device: Device;
  /** Counts the starts of the process; an event for an earlier life finds nobody. */
  life: number;
  /** The machine has power: it refuses connections that nobody accepts, and answers packets that nobody expects. */
  powered: boolean;
  starting: boolean;
  /** SIGTERM was sent. */
  stopping: boolean;
  paused: boolean;
  /** Time that every input takes while the CPU is slow; 0: none. */
  perEvent: Micros;
  /** Inputs that wait for the process, in the order they came. */
  readonly backlog: Fifo<Input>;
  draining: boolean;
  /** Timers that ran out while the process was paused or busy. */
  readonly overdue: TimerDue[];
  readonly timers: Map<number, Timer>;
  timerVersions: number;
  /** Parts per million by which its clock runs fast. */
  driftPpm: number;
  /** What its clock shows is so much later than the world's. */
  readonly clockOffset: Micros;
  /** Faults that have not shown an effect yet, by kind. */
  readonly pending: Set<string>;
}

export interface Timer {
  /** In world time. */
  deadline: Micros;
  /** When the queued event comes up; it may be earlier than the deadline. */
  queuedAt: Micros;
  version: number;
}

export interface TimerDue {
  readonly key: number;
  readonly version: number;
}

/** One disk: operations end in the order they began. */
export interface Device {
  readonly inflight: Inflight[];
  nextOp: number;
  /** When the last operation under way ends. */
  busyUntil: Micros;
  sync: Range;
  /** Nothing ends before this. */
  stalledUntil: Micros;
  full: boolean;
  /** Failures still to come, by kind of operation. */
  readonly failNext: { log: number; epoch: number; snapshot: number };
  /** Snapshots that no fsync covers yet, and when they were written. */
  readonly unsynced: { readonly id: number; readonly at: Micros }[];
}

export interface Inflight {
  readonly id: number;
  readonly token: number;
  readonly life: number;
  readonly op: DiskOp;
}

/** Something that may happen next. It carries its whole outcome, so that applying it draws no chance for itself. */
export type Event =
  | { readonly kind: 'deliver'; readonly connection: ConnectionId; readonly direction: Direction }
  /** A packet of the datagram lab: in no order with the others. */
  | {
      readonly kind: 'datagram';
      readonly connection: ConnectionId;
      readonly direction: Direction;
      readonly message: Message;
    }
  | {
      readonly kind: 'reset';
      readonly connection: ConnectionId;
      readonly notices: readonly [Micros | null, Micros | null];
      readonly why: string;
    }
  /** One end learns that its connection is gone. */
  | { readonly kind: 'broken'; readonly connection: ConnectionId; readonly end: Direction; readonly why: string }
  | {
      readonly kind: 'syn';
      readonly plane: Plane;
      readonly from: Endpoint;
      readonly to: ServerId;
      readonly life: number;
      readonly deadline: Micros;
      readonly attempt: number;
    }
  | {
      readonly kind: 'synAck';
      readonly connection: ConnectionId;
      readonly life: number;
      readonly deadline: Micros;
      readonly attempt: number;
    }
  | {
      readonly kind: 'dialFailed';
      readonly plane: Plane;
      readonly from: Endpoint;
      readonly to: ServerId;
      readonly life: number;
      readonly why: 'refused' | 'timeout';
    }
  | {
      readonly kind: 'timer';
      readonly server: ServerId;
      readonly life: number;
      readonly key: number;
      readonly version: number;
    }
  | { readonly kind: 'thread'; readonly server: ServerId; readonly life: number; readonly thread: Thread }
  | { readonly kind: 'disk'; readonly server: ServerId; readonly op: number; readonly error: string | null }
  | { readonly kind: 'drain'; readonly server: ServerId; readonly life: number }
  | { readonly kind: 'boot'; readonly server: ServerId; readonly life: number; readonly entropy: number }
  | { readonly kind: 'step'; readonly step: number }
  | { readonly kind: 'undo'; readonly undo: Undo }
  | { readonly kind: 'chaos'; readonly step: number; readonly until: Micros; readonly struck: boolean }
  | { readonly kind: 'clogAll'; readonly server: ServerId; readonly duration: Micros }
  | { readonly kind: 'calm' }
  | { readonly kind: 'client'; readonly client: number; readonly what: ClientWake; readonly version: number };

/** `local`: calls that cannot be sent fail. `begin`, `sleep`, `use`, `used`: of the client's program. */
export type ClientWake = 'work' | 'timeout' | 'ping' | 'connect' | 'local' | 'begin' | 'sleep' | 'use' | 'used';

/** What ends a fault that was given a duration. */
export type Undo =
  | {
      readonly kind: 'uncut';
      readonly fault: string;
      readonly from: Endpoint;
      readonly to: Endpoint;
      readonly since: Micros;
    }
  | { readonly kind: 'resume' | 'start' | 'fastCpu'; readonly server: ServerId; readonly life: number };

import type { ProgramModel } from './clients/program.ts';
import type { Settings } from './zab/config.ts';
import type { MessageKind } from './zab/messages.ts';
import type { Plane } from './zab/effects.ts';
import type { QuorumVerifier } from './zab/quorum.ts';
import type { ServerId, ServerSet } from './zab/sets.ts';
import type { TraceKind } from './trace.ts';
import type { Micros, Range } from './time.ts';
import type { Operation } from './zookeeper/operations.ts';

/** One run, but for its seed: what scenarios/*.yaml say, checked and in the engine's units. Plain JSON data. */
export interface Scenario {
  /** The file's name without its ending. */
  readonly name: string;
  readonly title: string;
  /** What it teaches: printed with the story, and when the scenario fails. */
  readonly teaches: string;
  readonly servers: readonly ServerId[];
  readonly verifier: QuorumVerifier;
  readonly observers: ServerSet;
  readonly settings: Settings;
  /** What the servers replicate: numbers under keys, or ZooKeeper's tree. */
  readonly service: 'register' | 'zookeeper';
  /** A name that `findBehaviour` knows: a release, or a bug. */
  readonly release: string;
  readonly network: NetworkModel;
  readonly disk: DiskModel;
  readonly processes: ProcessModel;
  readonly clocks: readonly ClockModel[];
  readonly clients: readonly ClientModel[];
  readonly timeline: readonly Step[];
  /** Heal everything, start every server, no fault from here on. null: never. */
  readonly calmAt: Micros | null;
  readonly endAt: Micros;
  /** Damage beyond what ZAB promises to survive: only what must still hold is judged. */
  readonly beyondBudget: boolean;
  readonly schedule: Schedule;
  readonly expect: Expectation;
}

/** How chance is used: which of the futures that the models allow comes to pass. */
export type Schedule =
  /** Every draw is uniform in its range. */
  | { readonly kind: 'uniform' }
  /** Priorities of chains of events, `depth - 1` changes of them in the first `steps` events. Source: Ozkan et al.,
   *  Randomized Testing of Distributed Systems with Probabilistic Guarantees (PCTCP). */
  | { readonly kind: 'pct'; readonly depth: number; readonly steps: number }
  /** A priority for each event that may come next. Source: Yuan et al., Partial Order Aware Concurrency Sampling. */
  | { readonly kind: 'pos' }
  /** Every draw takes the calmest value there is (the least delay, no mishap, the first of a list), but for these. */
  | { readonly kind: 'calm'; readonly except: readonly Draw[] };

/** One draw of a run, by what it is about: the `nth` (from 1) of the stream of that name with those two numbers. */
export interface Draw {
  readonly stream: DrawStream;
  /** Of latency and mishap: from whom to whom, -n being the n-th client. Of the others: server (startup: and life) or
   *  client; 0 for fault. */
  readonly a: number;
  readonly b: number;
  readonly nth: number;
  /** What it yields: the number itself, and 0 or 1 for false or true. */
  readonly value: number;
}

export type DrawStream = 'latency' | 'mishap' | 'disk' | 'thread' | 'startup' | 'client' | 'fault';

export interface NetworkModel {
  /** One-way delay of a packet. */
  readonly latency: Range;
  /** Rare long delays. */
  readonly spikePpm: number;
  readonly spike: Range;
  /** A lost packet on a TCP plane is a delay of one retransmission timeout; on datagrams it is gone. */
  readonly lossPpm: number;
  /** A packet that ends its connection instead of arriving. */
  readonly resetPpm: number;
  /** Retransmission timeout of TCP. */
  readonly retransmit: Range;
  /** `datagram`: the quorum plane loses, duplicates and reorders single packets. A lab, never the default. */
  readonly assumption: 'tcp' | 'datagram';
  /** Datagrams only. */
  readonly duplicatePpm: number;
}

export interface DiskModel {
  /** Duration of an fsync, a rename, a snapshot. */
  readonly sync: Range;
  readonly spikePpm: number;
  readonly spike: Range;
  /** Odds that a log write or an epoch write fails, each time. */
  readonly failPpm: number;
  /** Servers whose disk is slower or faster than the others', ascending by id. */
  readonly own: readonly { readonly server: ServerId; readonly sync: Range }[];
}

/** Duration of an fsync at this server, while nothing is wrong with its disk. */
export function syncOf(disk: DiskModel, server: ServerId): Range {
  return disk.own.find((own) => own.server === server)?.sync ?? disk.sync;
}

export interface ProcessModel {
  /** From the start of a process until its data is loaded. */
  readonly startup: Range;
  /** From a thread being runnable to its turn. */
  readonly thread: Range;
}

export interface ClockModel {
  readonly server: ServerId;
  /** Parts per million by which the server's timers run fast (positive) or slow. */
  readonly driftPpm: number;
  /** Constant difference, seen in transaction times only. */
  readonly offset: Micros;
}

/** A virtual client that works by itself. Clients are numbered from 1 in the order of the list. */
export interface ClientModel {
  readonly name: string;
  /** Fixed server, or any that answers, in an order drawn from the seed. */
  readonly server: ServerId | 'any';
  /** A session timeout in ms, or 0 for requests without a session. */
  readonly sessionTimeoutMs: number;
  readonly from: Micros;
  /** Requests in all. 0: it only does what the timeline says. */
  readonly operations: number;
  readonly think: Range;
  /** Parts of a hundred. */
  readonly mix: { readonly write: number; readonly read: number; readonly sync: number };
  readonly keys: number;
  /** Without an answer for this long the outcome is `unknown` and the client looks for another server. */
  readonly timeout: Micros;
  /** false: a bare connection. It is made by `openSession` alone, once; without one every request fails at once.
   *  Left out, the client looks for a server until it is told to close. */
  readonly reconnects?: boolean;
  /** The prefix of all its paths; none when left out. Only of clients that open sessions with ZooKeeper's own service. */
  readonly chroot?: string;
  /** What it runs: a workload or a recipe. Left out, it draws its requests from `mix`. */
  readonly program?: ProgramModel;
}

/** Who is meant: a server by id, or by the role it has when the step is taken. `followers`: the one with the lowest id. */
export type Who = ServerId | 'leader' | 'follower' | 'observer' | 'any' | 'oldLeader';

/** An end of a link: a server, or a client by its name. */
export type End = Who | { readonly client: string };

/** A moment: a time, or an event of the trace. */
export type Moment =
  | { readonly kind: 'at'; readonly at: Micros }
  | { readonly kind: 'when'; readonly when: Condition; readonly delay: Micros };

/** The `nth` trace event that fits. Only what is named is compared. */
export interface Condition {
  readonly event: TraceKind;
  readonly nth: number;
  readonly server: Who | null;
  /** The other end of a packet, the learner, or whom an ACK came from. */
  readonly peer: Who | null;
  readonly message: MessageKind | null;
  readonly epoch: number | null;
  /** Of a transaction or packet. */
  readonly zxid: number | null;
  /** The n-th transaction whose body is a write, counted from the start of the run (by zxid order of proposals). */
  readonly write: number | null;
  /** Of stateChanged, serving. */
  readonly state: string | null;
  /** Of phaseChanged. */
  readonly phase: string | null;
  /** Counting begins only once the step with this label has been taken. */
  readonly after: string | null;
  /** Of events that are about a client: its name. Left out: any. */
  readonly client?: string;
  /** Of what a recipe says: the fact. Left out: any. */
  readonly fact?: string;
}

export interface Step {
  readonly moment: Moment;
  readonly label: string | null;
  readonly action: Action;
}

export type Action =
  // processes
  | { readonly kind: 'start'; readonly servers: readonly Who[] }
  /** SIGKILL: buffers of the process are lost, what the kernel has stays. `unsent`: what its sender threads had not
   *  written out yet is lost too: the tail of every outgoing connection. */
  | { readonly kind: 'kill'; readonly servers: readonly Who[]; readonly unsent: boolean }
  /** SIGTERM. */
  | { readonly kind: 'stop'; readonly servers: readonly Who[] }
  /** Power failure: whatever is not durable is lost, nobody is told. `keep`: how many of the log records in flight survive;
   *  null: drawn. `torn`: the next one is cut in the middle. */
  | { readonly kind: 'crash'; readonly servers: readonly Who[]; readonly keep: number | null; readonly torn: boolean }
  | { readonly kind: 'pause' | 'resume'; readonly servers: readonly Who[] }
  | { readonly kind: 'slowCpu'; readonly servers: readonly Who[]; readonly perEvent: Micros }
  // network: directed pairs are made from the groups
  | { readonly kind: 'partition'; readonly groups: readonly (readonly Who[])[] }
  | { readonly kind: 'isolate'; readonly servers: readonly Who[] }
  /** Cut single links, both ways or one way only. */
  | {
      readonly kind: 'cut';
      readonly pairs: readonly (readonly [from: Who, to: Who])[];
      readonly oneWay: boolean;
      readonly planes: readonly Plane[];
    }
  | { readonly kind: 'heal'; readonly pairs: readonly (readonly [from: Who, to: Who])[] | null }
  /** Packets of these links wait for `duration`, then arrive in a burst. */
  | {
      readonly kind: 'clog';
      readonly pairs: readonly (readonly [from: Who, to: Who])[];
      readonly oneWay: boolean;
      readonly duration: Micros;
    }
  /** A random set of servers is clogged at drawn moments and released in another order, the leader last if it is drawn. */
  | { readonly kind: 'swizzle'; readonly duration: Micros }
  | {
      readonly kind: 'slowLink';
      readonly pairs: readonly (readonly [from: Who, to: Who])[];
      readonly extra: Range;
      readonly duration: Micros;
    }
  /** Resets the connections between two servers. `noticed`: by both ends, or by one of them only. */
  | {
      readonly kind: 'reset';
      readonly pairs: readonly (readonly [from: Who, to: Who])[];
      readonly noticed: 'both' | 'first' | 'second';
    }
  /** One packet: of those of this kind that are under way from one end to the other, in the order in which they were
   *  sent, and those sent later, the `nth`. A vote or a datagram is lost alone; TCP loses nothing from its middle, so that
   *  any other packet takes its connection with it. */
  | {
      readonly kind: 'dropMessage';
      readonly from: End;
      readonly to: End;
      readonly message: MessageKind;
      readonly nth: number;
    }
  /** The same packet comes so much later, and on a connection whatever was sent behind it no earlier. */
  | {
      readonly kind: 'delayMessage';
      readonly from: End;
      readonly to: End;
      readonly message: MessageKind;
      readonly nth: number;
      readonly duration: Micros;
    }
  // disk
  | { readonly kind: 'diskFull' | 'diskMended'; readonly servers: readonly Who[] }
  | {
      readonly kind: 'diskFail';
      readonly servers: readonly Who[];
      readonly op: 'log' | 'epoch' | 'snapshot';
      readonly times: number;
    }
  | { readonly kind: 'diskStall'; readonly servers: readonly Who[]; readonly duration: Micros }
  | { readonly kind: 'diskSlow'; readonly servers: readonly Who[]; readonly sync: Range }
  /** Loses a server's data directory while it is down. */
  | { readonly kind: 'wipe'; readonly servers: readonly Who[] }
  /** Writes an epoch file by hand while the server is down. */
  | {
      readonly kind: 'editEpoch';
      readonly servers: readonly Who[];
      readonly file: 'acceptedEpoch' | 'currentEpoch';
      readonly epoch: number;
    }
  // clocks
  | { readonly kind: 'drift'; readonly servers: readonly Who[]; readonly ppm: number }
  // clients
  | {
      readonly kind: 'write' | 'read' | 'sync' | 'failingWrite' | 'openSession' | 'closeSession';
      readonly client: string;
      readonly server: Who | null;
      readonly key: string;
      readonly value: number;
      readonly times: number;
    }
  /** Asks for an operation of ZooKeeper's own service. It is sent as it stands, also where the client library would
   *  refuse it. */
  | {
      readonly kind: 'request';
      readonly client: string;
      readonly server: Who | null;
      readonly operation: Operation;
      readonly times: number;
    }
  | {
      readonly kind: 'addAuth';
      readonly client: string;
      readonly server: Who | null;
      readonly scheme: string;
      readonly auth: string;
    }
  // clients' processes and links
  | { readonly kind: 'pauseClient' | 'resumeClient' | 'startClient' | 'healClient'; readonly client: string }
  /** SIGKILL: its session lives on until it expires. */
  | { readonly kind: 'killClient'; readonly client: string }
  /** Cuts a client off from servers: its packets, theirs, or both wait. */
  | {
      readonly kind: 'cutClient';
      readonly client: string;
      readonly servers: readonly Who[];
      readonly way: 'both' | 'toServers' | 'fromServers';
    }
  // search
  /** Random faults of these kinds, `meanGap` apart on average, until `duration` is over. */
  | {
      readonly kind: 'chaos';
      readonly duration: Micros;
      readonly meanGap: Micros;
      readonly faults: readonly ChaosFault[];
    };

export type ChaosFault =
  | 'kill'
  | 'crash'
  | 'pause'
  | 'partition'
  | 'isolateLeader'
  | 'oneWay'
  | 'clog'
  | 'swizzle'
  | 'reset'
  | 'diskStall'
  | 'slowLink'
  | 'slowCpu'
  | 'drift'
  | 'restartAll';

/** What the run must show to end as expected. */
export interface Expectation {
  readonly verdict: 'pass' | 'violates';
  /** For `violates`: one of these properties must break. */
  readonly properties: readonly string[];
  readonly facts: readonly Fact[];
}

/** Facts about the end of the run (or, with `at`, about that moment). Only what is named is compared. */
export type Fact =
  | { readonly kind: 'leader'; readonly server: ServerId | null }
  | {
      readonly kind: 'server';
      readonly server: ServerId;
      readonly state: string | null;
      readonly acceptedEpoch: number | null;
      readonly currentEpoch: number | null;
      readonly lastZxid: number | null;
      readonly up: boolean | null;
    }
  | { readonly kind: 'epoch'; readonly epoch: number }
  | {
      readonly kind: 'sync';
      readonly leader: ServerId | null;
      readonly learner: ServerId;
      readonly mode: 'DIFF' | 'TRUNC' | 'SNAP';
      readonly via: string | null;
      readonly zxid: number | null;
    }
  | { readonly kind: 'lastZxid'; readonly zxid: number }
  | {
      readonly kind: 'fenced';
      readonly server: ServerId | null;
      readonly rule: string | null;
      readonly by: ServerId | null;
    }
  | { readonly kind: 'elected'; readonly server: ServerId; readonly times: number | null }
  /** A write of the timeline, by key: the value the ensemble holds at the end, null if it must be absent. */
  | { readonly kind: 'value'; readonly key: string; readonly value: number | null }
  | {
      readonly kind: 'outcome';
      readonly client: string;
      readonly call: number;
      readonly outcome: 'ok' | 'failed' | 'unknown';
      /** A name of KeeperException.Code; null: not compared. */
      readonly error: string | null;
    }
  /** A znode, on every server that serves. Only what is named is compared; `exists` false: there is none. */
  | {
      readonly kind: 'node';
      readonly path: string;
      readonly exists: boolean;
      readonly data: string | null;
      readonly version: number | null;
      readonly children: number | null;
      readonly ephemeral: boolean | null;
    }
  | { readonly kind: 'leaders'; readonly atLeast: number }
  /** How often the trace showed an event like this, `nth` and `after` of the condition being ignored. */
  | { readonly kind: 'seen'; readonly condition: Condition; readonly atLeast: number; readonly atMost: number | null };

import type { Property, Violation } from './property.ts';
import type { Scenario } from './scenario.ts';
import type { Emit } from './trace.ts';
import type { Micros } from './time.ts';
import type { ServerState, SyncMode } from './zab/messages.ts';
import type { ServerId } from './zab/sets.ts';
import type { Zxid } from './zab/zxid.ts';

/** How one run ended: data for every report. */
export interface Report {
  readonly scenario: string;
  readonly seed: string;
  readonly release: string;
  /** fail: a property is violated. inconclusive: liveness not decided, or the event budget ran out. */
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  /** The run ended as its scenario says: verdict, properties and facts. */
  readonly asExpected: boolean;
  /** What differed from the expectation, in words; empty when `asExpected`. */
  readonly unexpected: readonly string[];
  readonly violations: readonly Violation[];
  readonly traceHash: string;
  /** Applied events. */
  readonly events: number;
  /** Trace events. */
  readonly traceEvents: number;
  readonly virtualUs: Micros;
  readonly properties: readonly { readonly name: string; readonly premises: number; readonly excused: string | null }[];
  /** Faults by kind: how often asked for, how often one had an effect. */
  readonly faults: readonly { readonly fault: string; readonly asked: number; readonly landed: number }[];
  readonly servers: readonly ServerRow[];
  readonly elections: readonly { readonly at: Micros; readonly server: ServerId; readonly round: number; readonly leader: ServerId; readonly zxid: Zxid; readonly peerEpoch: number; readonly becomes: ServerState }[];
  readonly syncs: readonly { readonly at: Micros; readonly leader: ServerId; readonly learner: ServerId; readonly mode: SyncMode; readonly zxid: Zxid; readonly via: string | null }[];
  readonly commits: number;
  readonly calls: { readonly ok: number; readonly failed: number; readonly unknown: number; readonly pending: number };
}

/** One server as an operator would see it. */
export interface ServerRow {
  readonly id: ServerId;
  readonly role: 'voter' | 'observer';
  readonly up: boolean;
  readonly paused: boolean;
  /** LOOKING .. OBSERVING, or DOWN. */
  readonly state: ServerState | 'DOWN';
  readonly phase: string;
  /** leader, follower, observer, or not serving: as the four-letter word srvr says. */
  readonly mode: 'leader' | 'follower' | 'observer' | 'not serving';
  readonly acceptedEpoch: number | null;
  readonly currentEpoch: number | null;
  /** lastProcessedZxid of the memory; of the disk when the server is down. */
  readonly lastZxid: Zxid;
  readonly lastLoggedZxid: Zxid | null;
  readonly committedLog: { readonly min: Zxid; readonly max: Zxid; readonly size: number };
  readonly logLength: number;
  /** `log.100000001`, `snapshot.0`, ... sorted. */
  readonly files: readonly string[];
  /** Digest of the replicated state: equal digests at equal zxids. */
  readonly stateHash: string;
}

export interface RunOptions {
  readonly properties: readonly Property[];
  /** Receives every trace event; without it the trace is not kept. */
  readonly keep?: Emit;
  /** Stop at the first violation (the default), or go on to the end. */
  readonly keepGoing?: boolean;
  readonly maxEvents?: number;
}

/** A run under way. */
export interface Run {
  readonly scenario: Scenario;
  readonly seed: string;
}

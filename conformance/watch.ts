import type { TraceEvent } from '../sim/trace.ts';
import type { Micros } from '../sim/time.ts';
import type { SyncChosen } from '../sim/zab/effects.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import { formatZxid, type Zxid } from '../sim/zab/zxid.ts';
import type { Answer } from '../sim/zookeeper/operations.ts';

/** Gathers from the trace what a record tells of: elections, synchronizations, states, and what clients saw.
 *  Everything is in the record's own form, so that the two can be compared leaf by leaf. */

export interface SeenElection {
  readonly server: ServerId;
  readonly run: number;
  readonly proposedZxid: string;
  vote?: { readonly leader: ServerId; readonly zxid: string };
  becomes?: string;
}

export interface SeenSync {
  readonly leader: ServerId;
  readonly learner: ServerId;
  readonly maxCommittedLog: string;
  readonly minCommittedLog: string;
  readonly lastProcessedZxid: string;
  readonly peerLastZxid: string;
  readonly mode: readonly { readonly op: string; readonly zxid: string }[];
  readonly via: string | null;
  readonly cannotTrunc?: true;
  readonly unhandled?: true;
  readonly gap?: true;
  readonly txnlogRejected?: string;
  learnerSaw?: { readonly op: string; readonly zxid: string };
}

/** A line that QuorumPeer.java would have logged about its state. */
export interface SeenState {
  readonly at: Micros;
  readonly server: ServerId;
  readonly line: string;
}

export interface SeenCall {
  readonly client: number;
  readonly call: number;
  readonly key: string;
  readonly op: string;
  outcome: 'ok' | 'failed' | 'unknown' | 'pending';
  zxid: Zxid;
  answer: Answer | null;
  error: string | null;
}

export interface Watch {
  readonly elections: SeenElection[];
  readonly syncs: SeenSync[];
  readonly states: SeenState[];
  readonly calls: SeenCall[];
  readonly leaders: { readonly at: Micros; readonly server: ServerId; readonly epoch: number }[];
  readonly resignations: { readonly at: Micros; readonly server: ServerId; readonly why: string }[];
  readonly ends: { readonly at: Micros; readonly server: ServerId; readonly how: string; readonly why: string }[];
  readonly see: (event: TraceEvent) => void;
}

/** What the harness shows for an observer, whose vote is Long.MIN_VALUE. */
const NO_ZXID = '0x8000000000000000';

export function hex(zxid: Zxid): string {
  return zxid < 0 ? NO_ZXID : formatZxid(zxid);
}

export function newWatch(): Watch {
  const runs = new Map<ServerId, number>();
  const open = new Map<ServerId, SeenElection>();
  const states = new Map<ServerId, string>();
  const watch: Watch = {
    elections: [],
    syncs: [],
    states: [],
    calls: [],
    leaders: [],
    resignations: [],
    ends: [],
    see,
  };
  const line = (event: TraceEvent, text: string): void => {
    watch.states.push({ at: event.at, server: event.server, line: text });
  };

  function see(event: TraceEvent): void {
    switch (event.kind) {
      case 'started':
        runs.set(event.server, (runs.get(event.server) ?? 0) + 1);
        open.delete(event.server);
        states.set(event.server, 'looking');
        break;
      case 'voted':
        if (event.because === 'start') {
          const election = {
            server: event.server,
            run: runs.get(event.server) ?? 1,
            proposedZxid: hex(event.vote.zxid),
          };
          open.set(event.server, election);
          watch.elections.push(election);
        }
        break;
      case 'elected': {
        const election = open.get(event.server);
        if (election !== undefined) {
          election.vote = { leader: event.vote.leader, zxid: hex(event.vote.zxid) };
          election.becomes = event.becomes;
        }
        open.delete(event.server);
        break;
      }
      case 'stateChanged':
        states.set(event.server, event.state.toLowerCase());
        line(event, `Peer state changed: ${event.state.toLowerCase()}`);
        line(event, event.state);
        break;
      case 'phaseChanged':
        if (event.phase !== 'ELECTION')
          line(event, `Peer state changed: ${states.get(event.server) ?? ''} - ${event.phase.toLowerCase()}`);
        break;
      case 'syncStarted': {
        const state = states.get(event.server) ?? '';
        line(event, `Peer state changed: ${state} - synchronization - ${event.mode.toLowerCase()}`);
        line(event, `Peer state changed: ${state} - synchronization`);
        sawSync(watch.syncs, event);
        break;
      }
      default:
        seeRest(watch, event);
    }
  }
  return watch;
}

function sawSync(syncs: readonly SeenSync[], event: Extract<TraceEvent, { kind: 'syncStarted' }>): void {
  for (let i = syncs.length - 1; i >= 0; i--) {
    const sync = syncs[i];
    if (sync !== undefined && sync.learner === event.server && sync.leader === event.leader) {
      sync.learnerSaw = { op: event.mode, zxid: hex(event.zxid) };
      return;
    }
  }
}

function seeRest(watch: Watch, event: TraceEvent): void {
  switch (event.kind) {
    case 'syncChosen':
      watch.syncs.push(syncOf(event.server, event));
      break;
    case 'established':
      watch.leaders.push({ at: event.at, server: event.server, epoch: event.epoch });
      break;
    case 'leftRole':
      watch.resignations.push({ at: event.at, server: event.server, why: event.why });
      break;
    case 'ended':
      watch.ends.push({ at: event.at, server: event.server, how: event.how, why: event.why });
      break;
    case 'invoked': {
      const { client, call, key, op } = event;
      const none = { outcome: 'pending', zxid: 0 as Zxid, answer: null, error: null } as const;
      watch.calls.push({ client, call, key, op, ...none });
      break;
    }
    case 'returned': {
      const call = watch.calls.find((made) => made.client === event.client && made.call === event.call);
      if (call === undefined) break;
      call.outcome = event.outcome;
      call.zxid = event.zxid;
      call.answer = event.answer;
      call.error = event.error;
      break;
    }
    default:
  }
}

/** In the words of the leader's log. A disabled on-disk log is not logged as rejected. */
const REJECTED: Readonly<Record<string, string | undefined>> = {
  size: 'size',
  start: "first txn found is newer than the peer's zxid",
};

function syncOf(leader: ServerId, chosen: SyncChosen): SeenSync {
  const rejected = chosen.txnlogRejected === null ? undefined : REJECTED[chosen.txnlogRejected];
  return {
    leader,
    learner: chosen.learner,
    maxCommittedLog: hex(chosen.maxCommittedLog),
    minCommittedLog: hex(chosen.minCommittedLog),
    lastProcessedZxid: hex(chosen.lastProcessedZxid),
    peerLastZxid: hex(chosen.peerLastZxid),
    mode: [{ op: chosen.mode, zxid: hex(chosen.zxid) }],
    via: chosen.via,
    ...(chosen.cannotTrunc ? { cannotTrunc: true as const } : {}),
    ...(chosen.unhandled ? { unhandled: true as const } : {}),
    ...(chosen.gap ? { gap: true as const } : {}),
    ...(rejected === undefined ? {} : { txnlogRejected: rejected }),
  };
}

/** The order of a record: by server, then by time. */
export function sortedElections(elections: readonly SeenElection[]): SeenElection[] {
  return byKey(elections, (election) => election.server);
}

/** The order of a record: by learner, then by leader, then by time. */
export function sortedSyncs(syncs: readonly SeenSync[]): SeenSync[] {
  return byKey(syncs, (sync) => sync.learner * 100 + sync.leader);
}

function byKey<T>(items: readonly T[], keyOf: (item: T) => number): T[] {
  return items
    .map((item, index) => ({ item, index }))
    .sort((a, b) => keyOf(a.item) - keyOf(b.item) || a.index - b.index)
    .map(({ item }) => item);
}

import type { Scenario } from '../../sim/scenario.ts';
import type { TraceEvent } from '../../sim/trace.ts';
import type { Txn } from '../../sim/zab/messages.ts';
import { members, type ServerId } from '../../sim/zab/sets.ts';
import type { Zxid } from '../../sim/zab/zxid.ts';

/** The variables that Apache's Zab.tla has of a server, as far as a trace tells them. */
export interface ZabServer {
  state: 'LOOKING' | 'FOLLOWING' | 'LEADING';
  zabState: 'ELECTION' | 'DISCOVERY' | 'SYNCHRONIZATION' | 'BROADCAST';
  acceptedEpoch: number;
  currentEpoch: number;
  /** What is on its disk, in order. */
  history: readonly Txn[];
  /** How many of them it has applied, and the last of those; 0 and 0 when none. */
  lastCommitted: { readonly index: number; readonly zxid: Zxid };
  /** The leader that it follows, 0 when none. */
  connectInfo: ServerId;
}

/** Follows a trace in the terms of Zab.tla. Observers are no servers there, and are left out; a server that is down is
 *  LOOKING in ELECTION, as after `Restart`. `history` is what is durable: the model has no disk of its own. */
export class ZabStates {
  readonly voters: readonly ServerId[];
  readonly #servers = new Map<ServerId, ZabServer>();
  /** Whom each server elected last. */
  readonly #elected = new Map<ServerId, ServerId>();
  readonly #snapshots = new Map<number, readonly Txn[]>();
  /** What memory holds, of every server, observers included: snapshots are made of it. */
  readonly #memory = new Map<ServerId, Txn[]>();

  constructor(scenario: Scenario) {
    this.voters = members(scenario.verifier.voters);
    for (const id of scenario.servers) this.#memory.set(id, []);
    for (const id of this.voters) {
      this.#servers.set(id, {
        state: 'LOOKING',
        zabState: 'ELECTION',
        acceptedEpoch: 0,
        currentEpoch: 0,
        history: [],
        lastCommitted: { index: 0, zxid: 0 as Zxid },
        connectInfo: 0,
      });
    }
  }

  of(id: ServerId): ZabServer {
    return this.#servers.get(id)!;
  }

  /** Takes in one event; true when a variable has another value now. */
  observe(event: TraceEvent): boolean {
    this.#snapshot(event);
    const server = this.#servers.get(event.server);
    if (server === undefined) return false;
    const before = { ...server };
    this.#change(server, event);
    const { index, zxid } = before.lastCommitted;
    return (
      server.state !== before.state ||
      server.zabState !== before.zabState ||
      server.acceptedEpoch !== before.acceptedEpoch ||
      server.currentEpoch !== before.currentEpoch ||
      server.history !== before.history ||
      server.connectInfo !== before.connectInfo ||
      server.lastCommitted.index !== index ||
      server.lastCommitted.zxid !== zxid
    );
  }

  /** What stands in memory, and in the snapshots made of it. */
  #snapshot(event: TraceEvent): void {
    const memory = this.#memory.get(event.server);
    if (memory === undefined) return;
    switch (event.kind) {
      case 'applied':
        if (event.txn.zxid > (memory.at(-1)?.zxid ?? 0)) memory.push(event.txn);
        return;
      case 'snapshotBegun':
      case 'snapshotSent':
        this.#snapshots.set(event.snapshot, memory.slice());
        return;
      case 'syncStarted':
        if (event.mode === 'SNAP') this.#memory.set(event.server, [...(this.#snapshots.get(event.snapshot) ?? [])]);
        return;
      case 'started':
      case 'reloaded': {
        const held = upTo(this.#servers.get(event.server)?.history ?? memory, event.lastZxid);
        this.#memory.set(event.server, [...held]);
        return;
      }
      case 'truncated':
        this.#memory.set(event.server, [...upTo(memory, event.lastZxid)]);
        return;
    }
  }

  #change(server: ZabServer, event: TraceEvent): void {
    switch (event.kind) {
      case 'started':
        server.acceptedEpoch = event.acceptedEpoch;
        server.currentEpoch = event.currentEpoch;
        server.history = upTo(server.history, event.lastZxid);
        return;
      case 'ended':
        server.state = 'LOOKING';
        server.zabState = 'ELECTION';
        server.connectInfo = 0;
        return;
      case 'stateChanged':
        // In Zab.tla the phase changes in the same step: ELECTION with LOOKING, DISCOVERY with a leader.
        if (event.state !== 'OBSERVING') server.state = event.state;
        server.zabState = event.state === 'LOOKING' ? 'ELECTION' : 'DISCOVERY';
        server.connectInfo = event.state === 'FOLLOWING' ? (this.#elected.get(event.server) ?? 0) : 0;
        return;
      case 'phaseChanged':
        if ((event.phase === 'ELECTION') === (server.state === 'LOOKING')) server.zabState = event.phase;
        return;
      case 'elected':
        this.#elected.set(event.server, event.vote.leader);
        return;
      case 'epochWritten':
        server[event.file] = event.epoch;
        return;
      case 'logged':
        server.history = [...server.history, ...event.txns];
        return;
      case 'truncated':
        server.history = upTo(server.history, event.lastZxid);
        return;
      case 'snapshotWritten': {
        const content = this.#snapshots.get(event.snapshot) ?? [];
        const last = server.history.at(-1)?.zxid ?? 0;
        if (event.replaces || (content.at(-1)?.zxid ?? 0) > last) server.history = content;
        return;
      }
      case 'applied':
      case 'serving':
      case 'reloaded':
      case 'syncStarted': {
        const memory = this.#memory.get(event.server) ?? [];
        server.lastCommitted = { index: memory.length, zxid: memory.at(-1)?.zxid ?? (0 as Zxid) };
        return;
      }
    }
  }
}

function upTo(history: readonly Txn[], zxid: Zxid): readonly Txn[] {
  const last = history.at(-1);
  return last === undefined || last.zxid <= zxid ? history : history.filter((txn) => txn.zxid <= zxid);
}

/** zxid as Zab.tla has it: a pair of epoch and counter. */
export function zxidPair(zxid: number): readonly [epoch: number, counter: number] {
  return [Math.floor(zxid / 2 ** 32), zxid % 2 ** 32];
}

/** The variables, in the order in which they are written. */
export const ZAB_VARIABLES = [
  'state',
  'zabState',
  'acceptedEpoch',
  'currentEpoch',
  'history',
  'lastCommitted',
  'connectInfo',
] as const;

import { CLIENT_PACKETS, HISTORY_KINDS, newHistories } from '../../sim/histories.ts';
import type { Property, PropertyState } from '../../sim/property.ts';
import type { Setup } from '../../sim/setup.ts';
import { MS, SECOND } from '../../sim/time.ts';
import type { TraceEvent, TraceFact } from '../../sim/trace.ts';
import { DEFAULT_SETTINGS } from '../../sim/zab/config.ts';
import type { Txn } from '../../sim/zab/messages.ts';
import { setOf, type ServerId, type ServerSet } from '../../sim/zab/sets.ts';
import { makeZxid, ZERO, type Zxid } from '../../sim/zab/zxid.ts';
import { PROPERTIES } from '../../properties/index.ts';

/** Three voters and an observer, server 4. */
export const SETUP: Setup = {
  servers: [1, 2, 3, 4],
  verifier: { kind: 'majority', voters: setOf([1, 2, 3]) },
  observers: setOf([4]),
  settings: DEFAULT_SETTINGS,
  treeConfig: '',
  release: 'corrected',
  fastestPpm: 0,
  calmAt: null,
  endAt: 60 * SECOND,
  answerBound: 5 * SECOND,
  progressBound: 10 * SECOND,
  datagrams: false,
  beyondBudget: false,
};

export function txn(zxid: Zxid, proposer: ServerId, value = 0): Txn {
  const op = { time: 0, txn: { type: 'setData', path: '/none', data: String(value), version: 1 } };
  const body = { kind: 'write', op } as const;
  const digest = (Math.imul(zxid % 0x7fff_ffff, 31) ^ (proposer * 65_537 + value * 257)) >>> 0;
  return { zxid, session: -1, cxid: value, proposer, body, digest, bytes: 64 };
}

/** A trace written by hand: each method tells one legal piece of an ensemble's life. */
export class Conversation {
  readonly events: TraceEvent[] = [];
  at = 0;
  /** What each server has durably logged, or holds in its snapshot: its last zxid. */
  readonly last: Zxid[] = [ZERO, ZERO, ZERO, ZERO, ZERO, ZERO];
  /** By learner: the connection to its leader. */
  readonly connection: number[] = [0, 0, 0, 0, 0, 0];
  readonly acceptedEpoch: number[] = [0, 0, 0, 0, 0, 0];
  readonly currentEpoch: number[] = [0, 0, 0, 0, 0, 0];
  #connections = 0;
  #snapshots = 0;
  #calls = 0;

  tell(server: ServerId, ...facts: readonly TraceFact[]): this {
    for (const fact of facts) {
      this.at += MS;
      this.events.push({ at: this.at, server, ...fact });
    }
    return this;
  }

  wait(micros: number): this {
    this.at += micros;
    return this;
  }

  // ── processes

  start(...servers: readonly ServerId[]): this {
    for (const server of servers) {
      const lastZxid = this.last[server]!;
      const vote = { leader: server, zxid: lastZxid, peerEpoch: this.currentEpoch[server]! };
      this.tell(
        server,
        {
          kind: 'started',
          life: 1,
          acceptedEpoch: this.acceptedEpoch[server]!,
          currentEpoch: this.currentEpoch[server]!,
          lastZxid,
          snapshot: 0,
          snapshotZxid: ZERO,
          replayed: lastZxid === 0 ? 0 : 1,
        },
        { kind: 'stateChanged', state: 'LOOKING', why: 'started' },
        { kind: 'voted', round: 1, vote, because: 'start' },
      );
    }
    return this;
  }

  crash(...servers: readonly ServerId[]): this {
    const ended = { kind: 'ended', how: 'crash', code: 0, why: '', lost: 0, torn: false } as const;
    for (const server of servers) this.tell(server, ended);
    return this;
  }

  leave(...servers: readonly ServerId[]): this {
    for (const server of servers)
      this.tell(
        server,
        { kind: 'leftRole', role: 'FOLLOWING', epoch: this.currentEpoch[server]!, why: 'the leader is gone' },
        { kind: 'stateChanged', state: 'LOOKING', why: 'the leader is gone' },
      );
    return this;
  }

  // ── a change of leader, step by step

  writeEpoch(server: ServerId, file: 'acceptedEpoch' | 'currentEpoch', epoch: number): this {
    const previous = this[file][server]!;
    this[file][server] = epoch;
    return this.tell(server, { kind: 'epochWritten', file, epoch, previous });
  }

  /** The leader proposes its epoch; these learners promise, all but the observer are counted. */
  discover(leader: ServerId, epoch: number, learners: readonly ServerId[]): this {
    const counted = [leader, ...learners.filter((id) => id !== 4)];
    const vote = { leader, zxid: this.last[leader]!, peerEpoch: this.currentEpoch[leader]! };
    for (const id of [leader, ...learners]) {
      const becomes = id === leader ? 'LEADING' : id === 4 ? 'OBSERVING' : 'FOLLOWING';
      const initial = { ...vote, leader: id };
      this.tell(
        id,
        { kind: 'elected', round: epoch, vote, initial, becomes, supporters: setOf(counted) },
        { kind: 'stateChanged', state: becomes, why: 'elected' },
        { kind: 'phaseChanged', phase: 'DISCOVERY' },
      );
    }
    this.writeEpoch(leader, 'acceptedEpoch', epoch);
    this.tell(leader, { kind: 'epochProposed', epoch, quorum: setOf(counted) });
    for (const id of learners) this.promise(leader, epoch, id);
    return this;
  }

  /** LEADERINFO, the promise, ACKEPOCH. */
  promise(leader: ServerId, epoch: number, learner: ServerId): this {
    const connection = ++this.#connections;
    this.connection[learner] = connection;
    const currentEpoch = this.currentEpoch[learner]!;
    const zxid = this.last[learner]!;
    this.send(leader, learner, { kind: 'LEADERINFO', zxid: makeZxid(epoch, 0) });
    this.writeEpoch(learner, 'acceptedEpoch', epoch);
    this.send(learner, leader, { kind: 'ACKEPOCH', zxid, currentEpoch });
    return this.tell(leader, { kind: 'epochAcked', epoch, from: learner, counted: learner !== 4, currentEpoch, zxid });
  }

  finishElection(leader: ServerId, epoch: number, quorum: ServerSet): this {
    this.tell(leader, { kind: 'electionFinished', epoch, quorum, lastZxid: this.last[leader]! });
    this.writeEpoch(leader, 'currentEpoch', epoch);
    return this.tell(
      leader,
      { kind: 'phaseChanged', phase: 'SYNCHRONIZATION' },
      { kind: 'newLeaderAcked', epoch, from: leader, counted: true },
    );
  }

  /** DIFF with these transactions, NEWLEADER and its acknowledgement. */
  syncDiff(leader: ServerId, epoch: number, learner: ServerId, txns: readonly Txn[] = []): this {
    this.tell(learner, { kind: 'syncStarted', leader, mode: 'DIFF', zxid: this.last[leader]!, snapshot: 0 });
    if (txns.length > 0) this.log(learner, ...txns);
    for (const one of txns) this.tell(learner, { kind: 'applied', txn: one, delivered: false });
    return this.ackNewLeader(leader, epoch, learner);
  }

  /** TRUNC to `zxid`, which takes these transactions away. */
  syncTrunc(leader: ServerId, epoch: number, learner: ServerId, zxid: Zxid, removed: readonly Zxid[]): this {
    this.last[learner] = zxid;
    this.tell(
      learner,
      { kind: 'syncStarted', leader, mode: 'TRUNC', zxid, snapshot: 0 },
      { kind: 'truncated', zxid, ok: true, removed, lastZxid: zxid },
      { kind: 'reloaded', lastZxid: zxid, snapshot: 0 },
    );
    return this.ackNewLeader(leader, epoch, learner);
  }

  /** SNAP: the learner's snapshot replaces what is on its disk. */
  syncSnap(leader: ServerId, epoch: number, learner: ServerId): this {
    const lastZxid = this.last[leader]!;
    const sent = ++this.#snapshots;
    const kept = ++this.#snapshots;
    this.tell(
      leader,
      { kind: 'snapshotBegun', snapshot: sent, zxid: lastZxid, lastZxid },
      { kind: 'snapshotSent', learner, snapshot: sent, zxid: lastZxid },
    );
    this.last[learner] = lastZxid;
    this.tell(
      learner,
      { kind: 'syncStarted', leader, mode: 'SNAP', zxid: lastZxid, snapshot: sent },
      { kind: 'snapshotBegun', snapshot: kept, zxid: lastZxid, lastZxid },
      { kind: 'snapshotWritten', snapshot: kept, zxid: lastZxid, synced: true, replaces: true },
    );
    return this.ackNewLeader(leader, epoch, learner);
  }

  ackNewLeader(leader: ServerId, epoch: number, learner: ServerId): this {
    this.writeEpoch(learner, 'currentEpoch', epoch);
    this.send(learner, leader, { kind: 'ACK', zxid: makeZxid(epoch, 0) });
    return this.tell(leader, { kind: 'newLeaderAcked', epoch, from: learner, counted: learner !== 4 });
  }

  establish(leader: ServerId, epoch: number, quorum: ServerSet): this {
    return this.tell(leader, { kind: 'established', epoch, quorum, lastZxid: this.last[leader]! });
  }

  serve(epoch: number, leader: ServerId, ...learners: readonly ServerId[]): this {
    for (const id of [leader, ...learners]) {
      const role = id === leader ? 'LEADING' : id === 4 ? 'OBSERVING' : 'FOLLOWING';
      this.tell(id, { kind: 'phaseChanged', phase: 'BROADCAST' });
      this.tell(id, { kind: 'serving', role, epoch, lastZxid: this.last[id]!, digest: 0 });
    }
    return this;
  }

  /** Everything from the election to service, all learners level with the leader. */
  reign(leader: ServerId, epoch: number, learners: readonly ServerId[]): this {
    const quorum = setOf([leader, ...learners.filter((id) => id !== 4)]);
    this.discover(leader, epoch, learners).finishElection(leader, epoch, quorum);
    for (const id of learners) this.syncDiff(leader, epoch, id);
    return this.establish(leader, epoch, quorum).serve(epoch, leader, ...learners);
  }

  // ── broadcast, step by step

  propose(leader: ServerId, ...txns: readonly Txn[]): this {
    for (const one of txns) this.tell(leader, { kind: 'proposed', txn: one });
    return this;
  }

  log(server: ServerId, ...txns: readonly Txn[]): this {
    const lastZxid = txns[txns.length - 1]!.zxid;
    this.last[server] = lastZxid;
    return this.tell(server, { kind: 'logged', txns, lastZxid });
  }

  /** These servers log a transaction and acknowledge it to the leader. */
  ack(leader: ServerId, one: Txn, ...servers: readonly ServerId[]): this {
    for (const server of servers) {
      this.log(server, one);
      if (server !== leader) this.send(server, leader, { kind: 'ACK', zxid: one.zxid });
      this.tell(leader, { kind: 'acked', from: server, zxid: one.zxid, counted: true });
    }
    return this;
  }

  commit(leader: ServerId, one: Txn, acks: ServerSet): this {
    return this.tell(leader, { kind: 'committed', txn: one, acks });
  }

  apply(one: Txn, ...servers: readonly ServerId[]): this {
    for (const server of servers) this.tell(server, { kind: 'applied', txn: one, delivered: true });
    return this;
  }

  /** A whole write: proposed, durable at these voters, committed, and delivered there and at the observers. */
  write(leader: ServerId, one: Txn, voters: readonly ServerId[], observers: readonly ServerId[] = []): this {
    this.propose(leader, one)
      .ack(leader, one, ...voters)
      .commit(leader, one, setOf(voters));
    for (const observer of observers) this.log(observer, one);
    return this.apply(one, ...voters, ...observers);
  }

  // ── network and clients

  send(server: ServerId, peer: ServerId, message: Extract<TraceFact, { kind: 'sent' | 'received' }>['message']): this {
    const leads = message.kind === 'LEADERINFO';
    const connection = this.connection[leads ? peer : server]!;
    return this.tell(server, { kind: 'sent', plane: 'quorum', connection, peer, message });
  }

  /** Client 1 asks the server for a write, which became this transaction. */
  invoke(): number {
    const call = ++this.#calls;
    this.tell(0, { kind: 'invoked', client: 1, call, op: 'write', key: 'k', value: call, operation: null });
    return call;
  }

  answer(server: ServerId, call: number, zxid: Zxid): this {
    const message = { kind: 'REPLY', cxid: call, zxid, error: null, value: null } as const;
    this.tell(server, { kind: 'sent', plane: 'client', connection: 1000 + server, peer: -1, message });
    return this.tell(server, {
      kind: 'returned',
      client: 1,
      call,
      outcome: 'ok',
      zxid,
      value: null,
      error: null,
      answer: null,
    });
  }
}

export interface Judgement {
  /** The names of the properties that spoke, once each, in the order of speaking. */
  readonly spoke: readonly string[];
  readonly whys: readonly string[];
  readonly premises: ReadonlyMap<string, number>;
  readonly excused: ReadonlyMap<string, string>;
}

/** Shows a trace to every property, as the recorder does. */
export function judge(conversation: Conversation, setup: Setup = SETUP): Judgement {
  const histories = newHistories(setup);
  const running = PROPERTIES.map((property) => ({ property, state: property.start(setup) }));
  const spoke = new Map<string, string>();
  for (const event of conversation.events) {
    const packet = 'message' in event && CLIENT_PACKETS.includes(event.message.kind);
    if (packet ? event.kind !== 'lost' : HISTORY_KINDS.includes(event.kind)) histories.observe(event);
    for (const { property, state } of running) {
      if (!property.observes.includes(event.kind)) continue;
      if ('message' in event && property.packets?.includes(event.message.kind) === false) continue;
      const why = property.observe(state, event, histories);
      if (why !== undefined && !spoke.has(property.name)) spoke.set(property.name, why);
    }
  }
  const excused = new Map<string, string>();
  for (const { property, state } of running) {
    const end = property.finish?.(state, { at: conversation.at, histories });
    if (end === undefined) continue;
    if ('violated' in end) spoke.set(property.name, end.violated);
    else excused.set(property.name, end.excused);
  }
  return { spoke: [...spoke.keys()], whys: [...spoke.values()], premises: premisesOf(running), excused };
}

function premisesOf(running: readonly { property: Property; state: PropertyState }[]): Map<string, number> {
  return new Map(running.map(({ property, state }) => [property.name, state.premises]));
}

/** `z(1, 3)` is 0x100000003. */
export function z(epoch: number, counter: number): Zxid {
  return makeZxid(epoch, counter);
}

/** The n-th transaction of an epoch whose leader is this server. */
export function t(leader: ServerId, epoch: number, counter: number): Txn {
  return txn(z(epoch, counter), leader, counter);
}

/** Three voters have started from nothing; 3 leads epoch 1 and serves, with the observer 4. */
export function coldStart(): Conversation {
  return new Conversation().start(1, 2, 3, 4).reign(3, 1, [1, 2, 4]);
}

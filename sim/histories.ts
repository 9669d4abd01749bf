import type { Hasher } from './hash.ts';
import { Broadcasts } from './history-broadcasts.ts';
import { Canon, copyHistory, emptyHistory, type Entry, type History } from './history-canon.ts';
import { ClientHistory } from './history-clients.ts';
import { copyServerHistory, Disks, newServerHistory, type ServerHistory } from './history-disks.ts';
import { TreeHistory } from './history-tree.ts';
import type { Setup } from './setup.ts';
import type { TraceEvent, TraceKind } from './trace.ts';
import type { Txn } from './zab/messages.ts';
import { add, has, NOBODY, without, type ServerId, type ServerSet } from './zab/sets.ts';
import { epochOf, ZERO, type Zxid } from './zab/zxid.ts';

export { copyHistory, type Canon, type Entry, type History } from './history-canon.ts';
export { CLIENT_PACKETS, type Attached } from './history-clients.ts';
export type { ServerHistory } from './history-disks.ts';
export type { Moment } from './history-tree.ts';

/** The kinds of trace events that `Histories` wants to see, and of packets those of `CLIENT_PACKETS`. */
export const HISTORY_KINDS: readonly TraceKind[] = [
  'started',
  'ended',
  'epochWritten',
  'logged',
  'truncated',
  'snapshotBegun',
  'snapshotWritten',
  'syncStarted',
  'reloaded',
  'applied',
  'proposed',
  'committed',
  'electionFinished',
  'established',
  'serving',
  'leftRole',
  'disconnected',
];

/** One prospective leader's time: from the quorum of ACKEPOCH on. */
export interface Reign {
  readonly epoch: number;
  readonly leader: ServerId;
  /** Its history when the quorum of ACKEPOCH was complete: what it brings its followers to. */
  readonly initial: History;
  established: boolean;
  /** Where in the canonical sequence its next commit belongs; -1 when its history is not the canonical one. */
  next: number;
}

/** The ghost state that properties share: who holds what, kept up event by event at a cost that does not grow with
 *  the run.
 *  Source: the history variables of Zab.tla (proposalMsgsLog, epochLeader) and Remix's ghost committedLog. */
export class Histories {
  /** The globally committed transactions, in order: committed by an established leader, or contained in the history of
   *  a leader when its quorum of NEWLEADER acknowledgements was complete. */
  readonly canon: Canon;
  readonly broadcasts: Broadcasts;
  /** The tree that the committed transactions make. */
  readonly tree: TreeHistory;
  /** What clients have asked of servers. */
  readonly clients: ClientHistory;
  /** The longest history delivered anywhere, in the order of first deliveries. */
  readonly order: History;
  /** By epoch; a later reign of the same epoch replaces the earlier one. */
  readonly reigns: Map<number, Reign>;
  /** The epochs in which a leader was established, ascending. */
  readonly establishedEpochs: number[];
  /** Canonical positions behind a transaction of a later epoch. */
  readonly disordered: number[];
  /** Servers whose delivered history is not the beginning of the canonical one. */
  irregular: ServerSet;

  // About the event observed last.
  /** At `committed` and `established`: the length of the canonical sequence before it. */
  lengthBefore: number;
  /** At `applied` and `serving`: how much its server had delivered before it. */
  deliveredBefore: number;
  /** At events with a transaction: the first one of it under whose zxid another transaction was seen before. */
  clash: Zxid | null;
  /** At `serving`: the first transaction that the server had delivered and holds no longer. */
  forgotten: Zxid | null;

  readonly #servers: ServerHistory[];
  readonly #disks: Disks;

  constructor(setup: Pick<Setup, 'servers'> & Partial<Pick<Setup, 'treeConfig' | 'settings'>>, from?: Histories) {
    this.canon = from?.canon.clone() ?? new Canon();
    this.broadcasts = from?.broadcasts.clone() ?? new Broadcasts();
    this.tree = from?.tree.clone() ?? new TreeHistory(setup.treeConfig ?? null);
    this.clients = from?.clients.clone() ?? new ClientHistory(setup.settings?.superDigest ?? null);
    this.order = from === undefined ? emptyHistory() : copyHistory(from.order);
    this.reigns = new Map();
    this.establishedEpochs = from?.establishedEpochs.slice() ?? [];
    this.disordered = from?.disordered.slice() ?? [];
    this.irregular = from?.irregular ?? NOBODY;
    this.lengthBefore = from?.lengthBefore ?? 0;
    this.deliveredBefore = from?.deliveredBefore ?? 0;
    this.clash = from?.clash ?? null;
    this.forgotten = from?.forgotten ?? null;
    this.#servers = from === undefined ? [] : from.#servers.map(copyServerHistory);
    const { length } = this.#servers;
    for (let id = length; id <= Math.max(0, ...setup.servers); id++) this.#servers.push(newServerHistory());
    this.#disks =
      from === undefined ? new Disks(this.canon, this.#servers) : from.#disks.clone(this.canon, this.#servers);
    for (const reign of from?.reigns.values() ?? [])
      this.reigns.set(reign.epoch, { ...reign, initial: copyHistory(reign.initial) });
  }

  /** Takes in one event of `HISTORY_KINDS`, or one packet of `CLIENT_PACKETS`; others change nothing. */
  observe(event: TraceEvent): void {
    switch (event.kind) {
      case 'applied':
        return this.#onApplied(event.server, event.txn, event.delivered);
      case 'logged':
        return this.#onLogged(event.server, event.txns);
      case 'sent':
      case 'received':
      case 'disconnected':
        return this.clients.observe(event);
      case 'proposed':
        this.tree.proposed(event.txn);
        this.clash = this.broadcasts.seen(event.txn, this.canon) ? null : event.txn.zxid;
        return this.broadcasts.proposed(event.txn);
      case 'committed':
        return this.#onCommitted(event.server, event.txn);
      case 'epochWritten':
        this.#servers[event.server]![event.file] = event.epoch;
        return;
      case 'started':
        return this.#disks.started(event);
      case 'ended':
        this.clients.observe(event);
        return this.#disks.ended(event);
      case 'truncated':
        return this.#disks.truncated(event);
      case 'snapshotBegun':
        return this.#disks.snapshotBegun(event);
      case 'snapshotWritten':
        return this.#disks.snapshotWritten(event);
      case 'syncStarted':
        return this.#disks.syncStarted(event);
      case 'reloaded':
        return this.#disks.reloaded(event);
      case 'electionFinished':
        this.reigns.set(event.epoch, this.#newReign(event.epoch, event.server));
        return;
      case 'established':
        return this.#onEstablished(event.server, event.epoch);
      case 'serving':
        return this.#onServing(event);
      case 'leftRole':
        this.#servers[event.server]!.serving = 'no';
        return;
      default:
        return;
    }
  }

  // ── questions

  server(id: ServerId): ServerHistory {
    return this.#servers[id]!;
  }

  /** At events of the disk and of processes: how much of the canonical sequence the server held durably before. */
  get durableBefore(): number {
    return this.#disks.durableBefore;
  }

  wasProposed(txn: Entry): boolean {
    return this.broadcasts.wasProposed(txn, this.canon);
  }

  /** What the primary of this transaction broadcast just before it in its epoch; 0: nothing. */
  broadcastBefore(zxid: Zxid): Zxid {
    return this.broadcasts.before(zxid, this.canon);
  }

  /** The servers among `ids` whose durable history has an entry of this zxid. */
  holders(zxid: Zxid, among: ServerSet): ServerSet {
    const index = this.canon.indexOf(zxid);
    let holders = NOBODY;
    for (let id = 1; id < this.#servers.length; id++) {
      if (!has(among, id)) continue;
      const { durable } = this.#servers[id]!;
      this.canon.settle(durable);
      if (index >= 0 ? this.canon.hasAt(durable, index) : this.canon.has(durable, zxid)) holders = add(holders, id);
    }
    return holders;
  }

  /** The servers among `ids` whose durable history begins with `prefix`. */
  holdersOf(prefix: History, among: ServerSet): ServerSet {
    let holders = NOBODY;
    for (let id = 1; id < this.#servers.length; id++)
      if (has(among, id) && this.canon.startsWith(this.#servers[id]!.durable, prefix)) holders = add(holders, id);
    return holders;
  }

  clone(): Histories {
    return new Histories({ servers: [this.#servers.length - 1] }, this);
  }

  /** Hashes what later judgements depend on. */
  hash(into: Hasher): void {
    const { canon } = this;
    canon.hash(into);
    for (const server of this.#servers) {
      for (const history of [server.memory, server.durable, server.delivered]) canon.hashHistory(history, into);
      into.int(server.acceptedEpoch);
      into.int(server.currentEpoch);
      into.text(server.up ? server.serving : 'down');
      into.int(server.servingEpoch);
      into.int(server.snapshotUpTo);
    }
    canon.hashHistory(this.order, into);
    for (const reign of this.reigns.values()) {
      into.int(reign.epoch);
      into.int(reign.leader);
      into.int(reign.next);
      canon.hashHistory(reign.initial, into);
    }
    this.broadcasts.hash(into);
    this.#disks.hash(into);
  }

  // ── what changes them

  #onApplied(id: ServerId, txn: Txn, delivered: boolean): void {
    const server = this.#servers[id]!;
    this.clash = null;
    this.canon.push(server.memory, txn);
    // Without a tail the memory is canonical, and so is what was just applied.
    if (server.memory.tail.length > 0 && !this.broadcasts.seen(txn, this.canon)) this.clash = txn.zxid;
    if (!delivered) return;
    this.deliveredBefore = this.canon.lengthOf(server.delivered);
    if (this.canon.push(server.delivered, txn)) this.#extendOrder(server.delivered, id);
  }

  #onLogged(id: ServerId, txns: readonly Txn[]): void {
    const { durable } = this.#servers[id]!;
    this.clash = null;
    for (const txn of txns) {
      this.canon.push(durable, txn);
      if (durable.tail.length > 0 && !this.broadcasts.seen(txn, this.canon)) this.clash ??= txn.zxid;
    }
  }

  #onCommitted(id: ServerId, txn: Txn): void {
    this.lengthBefore = this.canon.length;
    this.clash = this.broadcasts.seen(txn, this.canon) ? null : txn.zxid;
    const epoch = epochOf(txn.zxid);
    let reign = this.reigns.get(epoch);
    if (reign === undefined || reign.leader !== id) {
      // It commits without ever having won its epoch: that is for the properties to say.
      reign = this.#newReign(epoch, id);
      reign.next = this.canon.length;
      this.reigns.set(epoch, reign);
    }
    if (reign.next < 0) return;
    if (this.canon.is(reign.next, txn)) reign.next++;
    else if (reign.next === this.canon.length && !this.canon.holds(txn)) {
      this.#grow(txn);
      reign.next++;
    } else reign.next = -1;
  }

  /** Appends to the canonical sequence. */
  #grow(txn: Entry): void {
    this.broadcasts.committing(txn, this.canon);
    if (epochOf(this.canon.last()) > epochOf(txn.zxid)) this.disordered.push(this.canon.length);
    this.canon.append(txn);
    this.tree.advance(this.canon);
  }

  #newReign(epoch: number, leader: ServerId): Reign {
    const { memory } = this.#servers[leader]!;
    this.canon.settle(memory);
    return { epoch, leader, initial: copyHistory(memory), established: false, next: -1 };
  }

  #onEstablished(leader: ServerId, epoch: number): void {
    const { canon } = this;
    this.lengthBefore = canon.length;
    const known = this.reigns.get(epoch);
    const reign = known !== undefined && known.leader === leader ? known : this.#newReign(epoch, leader);
    this.reigns.set(epoch, reign);
    reign.established = true;
    canon.settle(reign.initial);
    if (reign.initial.common === canon.length) for (const txn of reign.initial.tail) this.#grow(txn);
    canon.settle(reign.initial);
    if (reign.initial.tail.length === 0) reign.next = reign.initial.common;
    let at = this.establishedEpochs.length;
    while (at > 0 && this.establishedEpochs[at - 1]! > epoch) at--;
    if (this.establishedEpochs[at - 1] !== epoch) this.establishedEpochs.splice(at, 0, epoch);
  }

  #onServing(event: Extract<TraceEvent, { kind: 'serving' }>): void {
    const { canon } = this;
    const server = this.#servers[event.server]!;
    server.serving = event.role;
    server.servingEpoch = event.epoch;
    canon.settle(server.delivered);
    this.deliveredBefore = canon.lengthOf(server.delivered);
    this.forgotten = null;
    if (canon.startsWith(server.memory, server.delivered)) server.delivered = copyHistory(server.memory);
    else {
      this.forgotten = canon.firstMissing(server.delivered, server.memory);
      server.delivered = canon.join(server.delivered, server.memory, ZERO);
    }
    this.#extendOrder(server.delivered, event.server);
  }

  /** Keeps `order` and `irregular` in step with what one server has delivered. */
  #extendOrder(delivered: History, id: ServerId): void {
    const { canon, order } = this;
    canon.settle(delivered);
    canon.settle(order);
    this.irregular = delivered.tail.length === 0 ? without(this.irregular, id) : add(this.irregular, id);
    if (delivered.tail.length === 0 && order.tail.length === 0) {
      if (delivered.common > order.common) order.common = delivered.common;
    } else if (canon.startsWith(delivered, order)) {
      order.common = delivered.common;
      order.tail = delivered.tail.slice();
    } else for (const txn of delivered.tail) if (!canon.contains(order, txn)) canon.push(order, txn);
  }
}

export function newHistories(
  setup: Pick<Setup, 'servers'> & Partial<Pick<Setup, 'treeConfig' | 'settings'>>,
): Histories {
  return new Histories(setup);
}

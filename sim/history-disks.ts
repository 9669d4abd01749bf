import type { Hasher } from './hash.ts';
import { Canon, copyHistory, emptyHistory, type History } from './history-canon.ts';
import type { TraceEvent } from './trace.ts';
import type { ServerId } from './zab/sets.ts';
import { ZERO, type Zxid } from './zab/zxid.ts';

/** What a checker remembers of one server. */
export interface ServerHistory {
  /** What it has applied, committed or not: what its next vote stands for. Gone with the process. */
  memory: History;
  /** What a power failure would leave: synced snapshots and the log. */
  durable: History;
  /** What it has delivered in all its lives. A server delivers what it applies while RUNNING, and, at the moment it
   *  enters RUNNING, all that it has applied before. What it applies while it is synchronized or replays its log may
   *  yet be truncated. */
  delivered: History;
  /** The highest zxid that any snapshot written there covers. */
  snapshotUpTo: Zxid;
  /** On disk; -1 while unknown. */
  acceptedEpoch: number;
  currentEpoch: number;
  up: boolean;
  serving: 'no' | 'LEADING' | 'FOLLOWING' | 'OBSERVING' | 'LOOKING';
  /** Of the role it serves in. */
  servingEpoch: number;
  /** The last end was a power failure: what is loaded next has survived it. */
  crashed: boolean;
}

interface SnapshotContent {
  readonly content: History;
  readonly zxid: Zxid;
  readonly by: ServerId;
  synced: boolean;
}

/** Contents of this many snapshots a server are remembered. */
const SNAPSHOTS_KEPT = 64;

/** What is in memory and on disk of every server, as the events tell it. Changes the `ServerHistory`s it was given. */
export class Disks {
  /** How much of the canonical sequence the server of the last event held durably before it. */
  durableBefore = 0;
  readonly #canon: Canon;
  readonly #servers: readonly ServerHistory[];
  readonly #snapshots = new Map<number, SnapshotContent>();

  constructor(canon: Canon, servers: readonly ServerHistory[]) {
    this.#canon = canon;
    this.#servers = servers;
  }

  started(event: Extract<TraceEvent, { kind: 'started' }>): void {
    const server = this.#enter(event.server);
    server.up = true;
    server.serving = 'no';
    server.acceptedEpoch = event.acceptedEpoch;
    server.currentEpoch = event.currentEpoch;
    const base = this.#contentOf(event.server, event.snapshot, event.snapshotZxid);
    const loaded = this.#canon.join(base, server.durable, event.snapshotZxid);
    const bound = Math.max(event.lastZxid, this.#canon.lastOf(base)) as Zxid;
    // The disk may have been wiped meanwhile: what was really loaded is the truth.
    this.#canon.cutAfter(loaded, bound);
    this.#canon.cutAfter(server.durable, bound);
    server.memory = loaded;
    if (server.crashed) server.durable = copyHistory(loaded);
    server.crashed = false;
    if (server.snapshotUpTo > bound) server.snapshotUpTo = bound;
  }

  ended(event: Extract<TraceEvent, { kind: 'ended' }>): void {
    const server = this.#enter(event.server);
    server.memory = emptyHistory();
    server.up = false;
    server.serving = 'no';
    if (event.how === 'crash') server.crashed = true;
  }

  truncated(event: Extract<TraceEvent, { kind: 'truncated' }>): void {
    const server = this.#enter(event.server);
    if (!event.ok) return;
    if (server.snapshotUpTo > event.zxid) server.snapshotUpTo = event.zxid;
    const first = event.removed[0];
    if (first !== undefined) this.#canon.cutAfter(server.durable, (first - 1) as Zxid);
  }

  snapshotBegun(event: Extract<TraceEvent, { kind: 'snapshotBegun' }>): void {
    const { memory } = this.#servers[event.server]!;
    this.#canon.settle(memory);
    const { zxid, server: by } = event;
    this.#snapshots.set(event.snapshot, { content: copyHistory(memory), zxid, by, synced: false });
    if (this.#snapshots.size <= SNAPSHOTS_KEPT * this.#servers.length) return;
    for (const [id, file] of this.#snapshots) {
      if (file.by !== by) continue;
      this.#snapshots.delete(id);
      return;
    }
  }

  snapshotWritten(event: Extract<TraceEvent, { kind: 'snapshotWritten' }>): void {
    const server = this.#enter(event.server);
    const content = this.#contentOf(event.server, event.snapshot, event.zxid);
    const upTo = Math.max(event.zxid, this.#canon.lastOf(content)) as Zxid;
    if (upTo > server.snapshotUpTo || event.replaces) server.snapshotUpTo = upTo;
    if (!event.synced && !event.replaces) return;
    const known = this.#snapshots.get(event.snapshot);
    if (known !== undefined) known.synced = event.synced;
    server.durable = event.replaces ? copyHistory(content) : this.#canon.join(content, server.durable, event.zxid);
  }

  syncStarted(event: Extract<TraceEvent, { kind: 'syncStarted' }>): void {
    if (event.mode !== 'SNAP') return;
    this.#servers[event.server]!.memory = copyHistory(this.#contentOf(event.server, event.snapshot, event.zxid));
  }

  reloaded(event: Extract<TraceEvent, { kind: 'reloaded' }>): void {
    const server = this.#enter(event.server);
    const known = this.#snapshots.get(event.snapshot);
    const base = known?.content ?? this.#contentOf(event.server, event.snapshot, event.lastZxid);
    server.memory = this.#canon.join(base, server.durable, known?.zxid ?? ZERO);
    this.#canon.cutAfter(server.memory, Math.max(event.lastZxid, this.#canon.lastOf(base)) as Zxid);
    // A synced snapshot that a truncation has left behind brings back what was cut.
    if (known?.synced === true) server.durable = copyHistory(server.memory);
  }

  clone(canon: Canon, servers: readonly ServerHistory[]): Disks {
    const copy = new Disks(canon, servers);
    copy.durableBefore = this.durableBefore;
    for (const [id, file] of this.#snapshots) copy.#snapshots.set(id, { ...file, content: copyHistory(file.content) });
    return copy;
  }

  hash(into: Hasher): void {
    for (const [id, { content, synced }] of this.#snapshots) {
      into.int(synced ? id : -id);
      this.#canon.hashHistory(content, into);
    }
  }

  #enter(id: ServerId): ServerHistory {
    const server = this.#servers[id]!;
    this.#canon.settle(server.durable);
    this.durableBefore = server.durable.common;
    return server;
  }

  /** What a snapshot holds. One that is not known was made before the first event, or long ago: then it is what the
   *  disk holds up to its name. */
  #contentOf(id: ServerId, snapshot: number, zxid: Zxid): History {
    const known = this.#snapshots.get(snapshot);
    if (known !== undefined) return known.content;
    const content = copyHistory(this.#servers[id]!.durable);
    this.#canon.cutAfter(content, snapshot === 0 ? ZERO : zxid);
    return content;
  }
}

export function newServerHistory(): ServerHistory {
  return {
    memory: emptyHistory(),
    durable: emptyHistory(),
    delivered: emptyHistory(),
    snapshotUpTo: ZERO,
    acceptedEpoch: -1,
    currentEpoch: -1,
    up: false,
    serving: 'no',
    servingEpoch: -1,
    crashed: false,
  };
}

export function copyServerHistory(server: ServerHistory): ServerHistory {
  const { memory, durable, delivered } = server;
  return { ...server, memory: copyHistory(memory), durable: copyHistory(durable), delivered: copyHistory(delivered) };
}

import type { ClientModel } from '../scenario.ts';
import type { Chance } from '../schedule.ts';
import type { Random } from '../random.ts';
import type { Micros } from '../time.ts';
import type { ClientState, RecipeDetail } from '../trace.ts';
import type { ConnectionId, Input } from '../zab/effects.ts';
import { Fifo } from '../zab/fifo.ts';
import type { ServerId } from '../zab/sets.ts';
import { ZERO, type Zxid } from '../zab/zxid.ts';
import type { Call } from './call.ts';
import { copyHeld, noWatches, type HeldWatches } from './held-watches.ts';
import type { Halted } from './process.ts';
import { clonePlain, type Happening } from './program.ts';

/** A virtual client: one connection, requests in the order they are asked for, and an outcome for each: ok, failed, or
 *  unknown, when the connection was lost or silent while a write was under way. */
export interface VirtualClient {
  readonly index: number;
  readonly model: ClientModel;
  /** The server it wants; chosen anew when a connection fails, unless the model fixes one. */
  server: ServerId;
  /** Counts its dials: the answer to an earlier one finds nobody. */
  dial: number;
  connection: ConnectionId;
  state: 'idle' | 'connecting' | 'greeting' | 'connected';
  /** 0: none yet; -1: it works without one. */
  session: number;
  timeoutMs: number;
  lastZxid: Zxid;
  nextCall: number;
  /** Asked for, and not yet sent. */
  readonly queue: Fifo<Call>;
  /** Sent, and not yet answered, in order. */
  readonly outstanding: Fifo<Call>;
  /** Its timeout is armed: one event, whatever the number of calls. */
  armed: boolean;
  /** When it last heard of its server. */
  heardAt: Micros;
  /** Of its own workload, how many were asked for. */
  begun: number;
  /** A client of the timeline that was told to close does not come back by itself. */
  closed: boolean;
  /** A bare connection that somebody outside plays: what reaches it is only kept. null: an ordinary client. */
  inbox: Input[] | null;
  /** Given with its session; null until then, and for services without passwords. */
  password: string | null;
  readonly random: Random;
  /** Of one with the habits of the client library; null for another. */
  readonly library: Library | null;
  /** What its program keeps; null when it runs none, or none yet. */
  program: Running | null;
  /** Its process does not run; null: it does. */
  halted: Halted | null;
}

/** What the client library keeps besides. Source: ClientCnxn.java, ZKWatchManager.java, StaticHostProvider.java. */
export interface Library {
  /** `none`: no ZooKeeper object was made yet; the dead states are its end, until another is made. */
  handle: 'none' | 'alive' | 'expired' | 'authFailed' | 'closed';
  /** The list of servers as this object has shuffled it. */
  hosts: readonly ServerId[];
  /** Which of them is tried, or used; -1: none yet. */
  at: number;
  /** Which of them was last connected, so that a whole round is known; -1: none yet. */
  last: number;
  /** It was told where to go: the list is not asked for the next dial. */
  sent: boolean;
  /** Before its first dial nothing is waited for. */
  dialled: boolean;
  /** When something was last sent, so that pings fill the gaps. */
  sentAt: Micros;
  /** The last that its program was told. */
  told: ClientState | null;
  /** Those who wait for a session. */
  opening: Call[];
  /** Sent again on each connection; `call`: who waits for the answer. */
  auths: { readonly scheme: string; readonly auth: string; call: Call | null }[];
  /** Auth packets without an answer, as places in `auths`, in order. */
  authsSent: number[];
  watches: HeldWatches;
}

/** A program that runs. */
export interface Running {
  /** Plain data. */
  readonly state: unknown;
  /** What it has not been told yet. */
  readonly inbox: Happening[];
  /** It is being told something: what happens meanwhile waits. */
  busy: boolean;
  nextId: number;
  readonly sleeps: Map<number, string>;
  readonly uses: Map<number, Use>;
}

/** A use of a resource, on its way there and back. */
export interface Use {
  readonly tag: string;
  readonly resource: string;
  readonly token: number | null;
  readonly shared: boolean;
  readonly detail: RecipeDetail;
  /** How long its answer travels. */
  readonly back: Micros;
  /** null: it has not arrived. */
  readonly accepted: boolean | null;
}

/** `library`: whether it has the habits of ZooKeeper's client library. */
export function newClient(
  index: number,
  model: ClientModel,
  chance: Chance,
  { servers, library }: { readonly servers: readonly ServerId[]; readonly library: boolean },
): VirtualClient {
  const random = chance.stream('client', index);
  return {
    index,
    model,
    server: model.server !== 'any' ? model.server : library ? 0 : servers[random.below(servers.length)]!,
    dial: 0,
    connection: 0,
    state: 'idle',
    session: model.sessionTimeoutMs > 0 ? 0 : -1,
    timeoutMs: model.sessionTimeoutMs,
    lastZxid: ZERO,
    nextCall: 1,
    queue: new Fifo(),
    outstanding: new Fifo(),
    armed: false,
    heardAt: 0,
    begun: 0,
    closed: false,
    inbox: null,
    password: null,
    random,
    library: library ? newLibrary() : null,
    program: null,
    halted: null,
  };
}

export function newLibrary(): Library {
  return {
    handle: 'none',
    hosts: [],
    at: -1,
    last: -1,
    sent: false,
    dialled: false,
    sentAt: 0,
    told: null,
    opening: [],
    auths: [],
    authsSent: [],
    watches: noWatches(),
  };
}

export function cloneClient(client: VirtualClient): VirtualClient {
  return {
    ...client,
    queue: client.queue.clone(),
    outstanding: client.outstanding.clone(),
    inbox: client.inbox?.slice() ?? null,
    random: client.random.clone(),
    library: client.library === null ? null : cloneLibrary(client.library),
    program: client.program === null ? null : cloneRunning(client.program),
    halted: client.halted === null ? null : cloneHalted(client.halted),
  };
}

function cloneHalted({ how, inputs, wakes }: Halted): Halted {
  return { how, inputs: inputs.slice(), wakes: wakes.slice() };
}

function cloneLibrary(library: Library): Library {
  return {
    ...library,
    opening: library.opening.slice(),
    auths: library.auths.map((auth) => ({ ...auth })),
    authsSent: library.authsSent.slice(),
    watches: copyHeld(library.watches),
  };
}

function cloneRunning(running: Running): Running {
  return {
    ...running,
    state: clonePlain(running.state),
    inbox: running.inbox.slice(),
    sleeps: new Map(running.sleeps),
    uses: new Map(running.uses),
  };
}

/** Its end of a connection. */
export function endpoint(client: VirtualClient): number {
  return -1 - client.index;
}

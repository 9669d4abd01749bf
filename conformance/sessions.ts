import { closeBare, heard, openBare, sendBare } from '../sim/clients/bare.ts';
import { callOpOf } from '../sim/clients/call.ts';
import type { VirtualClient } from '../sim/clients/client.ts';
import { advance, type Run } from '../sim/run.ts';
import { MS, type Micros } from '../sim/time.ts';
import type { ClientMessage, ClientRequest } from '../sim/zab/messages.ts';
import type { Server } from '../sim/zab/server.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import type { Zxid } from '../sim/zab/zxid.ts';
import type { Operation } from '../sim/zookeeper/operations.ts';

/** Bare sessions with a simulated ensemble, played step by step as a harness plays them with a real one. */

/** What came over a connection, in order. */
export type Item =
  | { readonly kind: 'event'; readonly type: string; readonly path: string; readonly zxid: number; readonly at: Micros }
  | {
      readonly kind: 'response';
      readonly xid: number;
      readonly name: string;
      readonly path: string | null;
      readonly error: string | null;
      readonly zxid: Zxid;
      readonly value: unknown;
    };

/** One connection, and the session it speaks for. */
export interface Session {
  readonly label: string;
  readonly client: VirtualClient;
  readonly server: ServerId;
  /** Where the session began. */
  readonly origin: ServerId;
  id: number;
  password: string | null;
  timeoutMs: number;
  /** CONNECTED came, and was no refusal. */
  connected: boolean;
  refused: boolean;
  /** The other end closed it, or it never opened. */
  closed: boolean;
  /** Sends a ping every third of its timeout. */
  pings: boolean;
  lastZxid: Zxid;
  lastSent: Micros;
  xid: number;
  /** What was asked, by xid, until it is answered. */
  readonly asked: Map<number, { readonly name: string; readonly path: string | null }>;
  items: Item[];
}

export interface ConnectOptions {
  readonly timeoutMs?: number;
  /** Of an earlier connection: its id and password are used again. */
  readonly of?: Session;
  readonly id?: number;
  readonly password?: string;
  readonly lastZxid?: number;
  readonly pings?: boolean;
}

/** A moment between two looks at the world while something is awaited. */
const SLICE: Micros = 100;

const SOON: Micros = 100 * MS;

/** Nothing that is answered at all takes longer. */
const LIMIT: Micros = 15_000 * MS;

/** The xid of clients that tell a server again what they watch. Source: ClientCnxn.java#SET_WATCHES_XID. */
const SET_WATCHES = -8;

const ADDRESS = '127.0.0.1';

export class Sessions {
  readonly run: Run;
  readonly all: Session[] = [];

  constructor(run: Run) {
    this.run = run;
  }

  get now(): Micros {
    return this.run.world.now;
  }

  /** Time passes; sessions that ping, ping. */
  pass(until: Micros): void {
    while (this.now < until) {
      advance(this.run, Math.min(until, this.now + 10 * MS));
      this.#listen();
    }
  }

  /** Time passes until it is so. False if it never was. */
  until(isSo: () => boolean, limit: Micros = LIMIT): boolean {
    const from = this.now;
    for (;;) {
      this.#listen();
      if (isSo()) return true;
      const waited = this.now - from;
      if (waited >= limit) return false;
      // What has not come soon comes late, and is not looked for as often.
      advance(this.run, this.now + (waited < SOON ? SLICE : SOON / 50));
    }
  }

  /** All servers that run hold the same zxid. */
  settle(): void {
    this.until(() => {
      let [least, most] = [Infinity, 0];
      for (const server of this.#servers()) {
        least = Math.min(least, server.db.lastProcessed);
        most = Math.max(most, server.db.lastProcessed);
      }
      return least >= most;
    });
  }

  /** Those that run and serve. */
  *#servers(): Iterable<Server> {
    for (const host of this.run.world.hosts) if (host?.server?.zk === 'running' && !host.paused) yield host.server;
  }

  /** The highest zxid that a serving server has reached. */
  get zxid(): number {
    let most = 0;
    for (const server of this.#servers()) most = Math.max(most, server.db.lastProcessed);
    return most;
  }

  /** Connects and waits for what comes of it. */
  connect(label: string, server: ServerId, options: ConnectOptions = {}): Session {
    const { of } = options;
    const id = options.id ?? of?.id ?? 0;
    const session: Session = {
      label,
      client: openBare(this.run.world, label, server),
      server,
      origin: of?.origin ?? server,
      id,
      password: options.password ?? of?.password ?? null,
      timeoutMs: 0,
      connected: false,
      refused: false,
      closed: false,
      pings: options.pings ?? true,
      lastZxid: 0 as Zxid,
      lastSent: this.now,
      xid: 0,
      asked: new Map(),
      items: [],
    };
    this.all.push(session);
    if (!this.until(() => session.client.connection !== 0 || session.closed) || session.closed) return session;
    this.#send(session, {
      kind: 'CONNECT',
      session: id,
      timeoutMs: options.timeoutMs ?? of?.timeoutMs ?? 10_000,
      lastZxid: (options.lastZxid ?? of?.lastZxid ?? 0) as Zxid,
      password: session.password ?? '0'.repeat(32),
      address: ADDRESS,
    });
    this.until(() => session.connected || session.refused || session.closed);
    return session;
  }

  /** Sends without waiting. Returns the xid. */
  send(session: Session, op: Operation | { readonly op: 'closeSession' }): number {
    const xid = op.op.startsWith('setWatches') ? SET_WATCHES : ++session.xid;
    const path = 'path' in op ? op.path : null;
    session.asked.set(xid, { name: op.op, path });
    this.#send(session, { kind: 'CLIENTREQUEST', request: requestOf(session, xid, op) });
    return xid;
  }

  auth(session: Session, scheme: string, auth: string): Item | undefined {
    const xid = -4;
    session.asked.set(xid, { name: 'auth', path: null });
    this.#send(session, { kind: 'AUTH', cxid: xid, scheme, auth });
    return this.answer(session, xid);
  }

  /** The answer to a request; undefined when the connection was lost instead. */
  answer(session: Session, xid: number, limit: Micros = LIMIT): (Item & { kind: 'response' }) | undefined {
    const find = (): (Item & { kind: 'response' }) | undefined =>
      session.items.findLast(
        (item): item is Item & { kind: 'response' } => item.kind === 'response' && item.xid === xid,
      );
    this.until(() => find() !== undefined || session.closed, limit);
    return find();
  }

  perform(
    session: Session,
    op: Operation | { readonly op: 'closeSession' },
  ): (Item & { kind: 'response' }) | undefined {
    return session.closed || !session.connected ? undefined : this.answer(session, this.send(session, op));
  }

  /** The harness closes its end without a word. */
  cut(session: Session): void {
    session.closed = true;
    session.connected = false;
    closeBare(this.run.world, session.client, this.run.emit);
  }

  /** What has come since the last time. */
  take(session: Session): readonly Item[] {
    const { items } = session;
    session.items = [];
    return items;
  }

  #send(session: Session, message: ClientMessage): void {
    session.lastSent = this.now;
    sendBare(this.run.world, session.client, message, this.run.emit);
  }

  #listen(): void {
    for (const session of this.all) {
      for (const input of heard(session.client)) {
        if (input.kind === 'closed' || input.kind === 'unreachable') this.#closed(session);
        else if (input.kind === 'received') this.#received(session, input.message as ClientMessage);
      }
      if (session.pings && session.connected && this.now - session.lastSent >= (session.timeoutMs * MS) / 3)
        this.#send(session, { kind: 'CLIENTPING' });
    }
  }

  #closed(session: Session): void {
    session.closed = true;
    session.connected = false;
    closeBare(this.run.world, session.client, this.run.emit);
  }

  #received(session: Session, message: ClientMessage): void {
    if (message.kind === 'CONNECTED') {
      if (message.session === 0) session.refused = true;
      else {
        session.connected = true;
        session.id = message.session;
        session.timeoutMs = message.timeoutMs;
        session.password = message.password;
      }
    } else if (message.kind === 'EVENT') {
      const { type, path, zxid } = message;
      session.items.push({ kind: 'event', type, path, zxid, at: this.now });
    } else if (message.kind === 'REPLY') {
      const { cxid, error, zxid, value } = message;
      const asked = session.asked.get(cxid) ?? { name: 'unknown', path: null };
      session.asked.delete(cxid);
      if (zxid > session.lastZxid) session.lastZxid = zxid;
      session.items.push({ kind: 'response', xid: cxid, error, zxid, value, ...asked });
    }
  }
}

function requestOf(session: Session, cxid: number, op: Operation | { readonly op: 'closeSession' }): ClientRequest {
  const { id } = session;
  if (op.op === 'closeSession') return { session: id, cxid, kind: 'closeSession', op: null };
  // A server finds out only at the leader that it knows no such request.
  const kind = op.op === 'unknown' ? 'write' : callOpOf(op);
  return {
    session: id,
    cxid,
    kind: kind === 'sync' || kind === 'write' ? kind : 'read',
    op: kind === 'sync' ? null : op,
  };
}

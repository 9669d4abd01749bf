import { MS } from '../../sim/time.ts';
import type { ClientMessage, ClientRequest, Txn } from '../../sim/zab/messages.ts';
import type { TxnBody } from '../../sim/zab/service.ts';
import type { ServerId } from '../../sim/zab/sets.ts';
import { ZERO, type Zxid } from '../../sim/zab/zxid.ts';
import { OPEN_ACL_UNSAFE } from '../../sim/zookeeper/acl.ts';
import type { MultiResult, Operation, TreeTxn, WatchEventType } from '../../sim/zookeeper/operations.ts';
import { coldStart, t, z, type Conversation } from './conversation.ts';

/** Clients of ZooKeeper's own tree, in a trace written by hand. Connection n is that of client n, and its session is n. */
export class Clients {
  readonly c: Conversation;
  readonly #servers = new Map<number, ServerId>();

  constructor(c: Conversation = coldStart()) {
    this.c = c;
  }

  /** The client's connection reaches this server; the session is given, and its creation committed. */
  open(client: number, server: ServerId, counter: number, timeoutMs = 4000): this {
    return this.attach(client, server)
      .commit(counter, client, { kind: 'createSession', timeoutMs })
      .welcome(client, timeoutMs);
  }

  attach(client: number, server: ServerId, lastZxid: Zxid = ZERO): this {
    this.#servers.set(client, server);
    return this.#up(client, { kind: 'CONNECT', session: 0, timeoutMs: 4000, lastZxid, password: null, address: null });
  }

  welcome(client: number, timeoutMs = 4000): this {
    return this.#down(client, { kind: 'CONNECTED', session: client, timeoutMs, password: null });
  }

  /** The connection ends, at both ends. */
  close(client: number): this {
    const at = { plane: 'client', connection: client, why: 'closed' } as const;
    const server = this.#servers.get(client)!;
    this.c.tell(-client, { kind: 'disconnected', ...at, peer: server });
    this.c.tell(server, { kind: 'disconnected', ...at, peer: -client });
    return this;
  }

  /** A transaction of epoch 1, under leader 3, by everybody. */
  commit(counter: number, session: number, body: TxnBody): this {
    const one = { ...t(3, 1, counter), session, body } satisfies Txn;
    this.c.write(3, one, [3, 2, 1], [4]);
    return this;
  }

  write(counter: number, session: number, txn: TreeTxn): this {
    return this.commit(counter, session, { kind: 'write', op: { time: 0, txn } });
  }

  ask(client: number, cxid: number, op: Operation): this {
    const kind = op.op === 'sync' ? 'sync' : WRITES.has(op.op) ? 'write' : 'read';
    const request: ClientRequest = { session: client, cxid, kind, op: kind === 'sync' ? null : op };
    return this.#up(client, { kind: 'CLIENTREQUEST', request });
  }

  reply(client: number, cxid: number, zxid: Zxid, value: unknown = null, error: string | null = null): this {
    return this.#down(client, { kind: 'REPLY', cxid, zxid, error, value });
  }

  event(client: number, type: WatchEventType, path: string, zxid: Zxid): this {
    return this.#down(client, { kind: 'EVENT', type, path, zxid });
  }

  /** It asks whether there is `/nothing`, and hears that there is not. */
  look(client: number, cxid: number, zxid: Zxid): this {
    return this.ask(client, cxid, NOTHING).reply(client, cxid, zxid, null, 'NONODE');
  }

  #up(client: number, message: ClientMessage): this {
    const at = { plane: 'client', connection: client, message } as const;
    const server = this.#servers.get(client)!;
    this.c
      .tell(-client, { kind: 'sent', ...at, peer: server })
      .tell(server, { kind: 'received', ...at, peer: -client });
    return this;
  }

  #down(client: number, message: ClientMessage): this {
    const at = { plane: 'client', connection: client, message } as const;
    const server = this.#servers.get(client)!;
    this.c
      .tell(server, { kind: 'sent', ...at, peer: -client })
      .tell(-client, { kind: 'received', ...at, peer: server });
    return this;
  }
}

const WRITES: ReadonlySet<string> = new Set(['create', 'setData', 'delete', 'multi']);

export const NOTHING: Operation = { op: 'exists', path: '/nothing', watch: false };
export const SYNC: Operation = { op: 'sync', path: '/' };
export const LOOK: Operation = { op: 'exists', path: '/a', watch: true };

export function creation(path: string, parentCVersion: number, ephemeral = false): TreeTxn {
  return { type: 'create', path, data: '', acl: OPEN_ACL_UNSAFE, ephemeral, parentCVersion };
}

export function create(path: string, flags = 0): Operation {
  return { op: 'create', path, data: '', acl: OPEN_ACL_UNSAFE, flags, ttlMs: 0 };
}

export const MULTI: Operation = { op: 'multi', ops: [{ op: 'delete', path: '/nothing', version: -1 }] };
export const FAILED_MULTI: readonly MultiResult[] = [{ type: 'error', error: 'NONODE' }];

/** Two clients, at servers 1 and 2: a watch is told, a write waits for its answer, a multi fails, a sync goes before a read,
 *  an ephemeral node comes and goes, and one session is expired when its client has been silent for long enough. */
export function clientLife(): Conversation {
  const clients = new Clients();
  clients.open(11, 1, 1).open(12, 2, 2);
  clients.ask(11, 1, LOOK).reply(11, 1, z(1, 2), null, 'NONODE');
  clients.ask(12, 1, create('/a'));
  const made = {
    ...t(3, 1, 3),
    session: 12,
    cxid: 1,
    body: { kind: 'write', op: { time: 0, txn: creation('/a', 1) } },
  } as const;
  clients.c.propose(3, made).ack(3, made, 3, 2, 1).commit(3, made, 14).log(4, made).apply(made, 3, 2);
  clients.reply(12, 1, z(1, 3), { path: '/a' });
  clients.c.apply(made, 1, 4);
  clients.event(11, 'NodeCreated', '/a', z(1, 3));
  clients.ask(11, 2, SYNC).reply(11, 2, z(1, 3)).look(11, 3, z(1, 3));
  const failed: TreeTxn = { type: 'multi', txns: [{ type: 'error', error: 'NONODE' }] };
  clients.ask(12, 2, MULTI);
  const multi = { ...t(3, 1, 4), session: 12, cxid: 2, body: { kind: 'write', op: { time: 0, txn: failed } } } as const;
  clients.c.write(3, multi, [3, 2, 1], [4]);
  clients.reply(12, 2, z(1, 4), { results: FAILED_MULTI });
  clients.write(5, 12, creation('/e', 2, true));
  clients.c.wait(5000 * MS).tell(3, { kind: 'sessionExpired', session: 12 });
  clients.commit(6, 12, { kind: 'closeSession', paths: ['/e'] });
  for (const id of [1, 2, 3]) clients.c.tell(id, { kind: 'sessionClosed', session: 12 });
  return clients.c;
}

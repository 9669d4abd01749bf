import library, { type Client, type Stat } from 'node-zookeeper-client';
import { formatPerms, permsOf } from '../../sim/zookeeper/acl.ts';
import { CREATE_MODES } from '../../sim/zookeeper/codes.ts';
import { pathMistake } from '../../sim/zookeeper/paths.ts';
import { errorName, hex, sessionName, type Labels } from './answers.ts';
import { LOST, type Item, type RealClient } from './client.ts';
import type { CasePlan } from './player.ts';
import type { Fields } from './requests.ts';

/** Sessions through node-zookeeper-client, as a program on npm would have them. It keeps reply zxids to itself and knows
 *  neither TTLs, containers, persistent watches nor reads in a multi: such requests are left out of the workload. */

const KNOWN = new Set([
  ...[
    'connect',
    'closeSession',
    'auth',
    'create',
    'create2',
    'delete',
    'exists',
    'getData',
    'setData',
    'getACL',
    'setACL',
  ],
  ...['getChildren', 'getChildren2', 'multi'],
]);
const IN_MULTI = new Set(['create', 'create2', 'delete', 'setData', 'check']);

/** The requests that the library can make and does not refuse by itself, in its own words. */
export function forLibrary(plan: CasePlan): CasePlan {
  const steps = plan.steps.map((step) => {
    const { items } = step;
    return Array.isArray(items) ? { ...step, items: (items as Fields[]).filter(isKnown).map(inItsWords) } : step;
  });
  return { ...plan, steps };
}

function isKnown(item: Fields): boolean {
  if (!KNOWN.has(String(item['op'])) || item['watch'] === true) return false;
  if (item['op'] === 'multi') {
    const ops = item['ops'] as readonly Fields[];
    return ops.length > 0 && ops.every((op) => IN_MULTI.has(String(op['op'])) && isPlain(op));
  }
  return isPlain(item);
}

function isPlain(item: Fields): boolean {
  const { path, acl, mode, data } = item;
  if (item['op'] === 'setData' && data === null) return false;
  if (path !== undefined && (typeof path !== 'string' || pathMistake(path) !== null)) return false;
  if (mode !== undefined && !CREATE_MODES.slice(0, 4).some((known) => known === mode)) return false;
  if (acl === undefined) return true;
  const entries = Array.isArray(acl) ? (acl as readonly Fields[]) : [];
  return entries.length > 0 && entries.every(({ perms, id }) => typeof perms === 'string' && id !== '');
}

function inItsWords(item: Fields): Fields {
  if (item['op'] === 'create2') return { ...item, op: 'create' };
  return item['op'] === 'getChildren' ? { ...item, op: 'getChildren2' } : item;
}

/** Connects, and waits for what comes of it. */
export function openLibrary(of: { port: number; timeoutMs: number }, labels: Labels): Promise<RealClient> {
  const client = library.createClient(`127.0.0.1:${of.port}`, { sessionTimeout: of.timeoutMs, retries: 0 });
  return new Promise((done) => {
    const limit = setTimeout(() => done(new LibraryClient(client, labels, false)), 10_000);
    client.once('connected', () => {
      clearTimeout(limit);
      done(new LibraryClient(client, labels, true));
    });
    client.connect();
  });
}

class LibraryClient implements RealClient {
  readonly session: bigint;
  readonly password = Buffer.alloc(16);
  readonly timeoutMs: number;
  readonly refused = false;
  readonly lastZxid = 0n;
  connected: boolean;
  readonly #client: Client;
  readonly #labels: Labels;

  constructor(client: Client, labels: Labels, connected: boolean) {
    this.#client = client;
    this.#labels = labels;
    this.connected = connected;
    this.session = connected ? client.getSessionId().readBigInt64BE() : 0n;
    this.timeoutMs = client.getSessionTimeout();
  }

  take(): readonly Item[] {
    return [];
  }

  cut(): void {
    this.connected = false;
    this.#client.close();
  }

  send(request: Fields): Promise<Fields> {
    if (!this.connected) return Promise.resolve(LOST);
    return new Promise((done) => {
      if (request['op'] === 'closeSession') {
        this.#client.once('disconnected', () => done({ err: 'OK' }));
        this.cut();
      } else if (request['op'] === 'auth') {
        this.#client.addAuthInfo(String(request['scheme']), Buffer.from(String(request['auth'])));
        done({ err: 'OK' });
      } else this.#ask(request, done);
    });
  }

  #ask(request: Fields, done: (result: Fields) => void): void {
    const path = String(request['path']);
    const version = typeof request['version'] === 'number' ? request['version'] : -1;
    const client = this.#client;
    type Failure = { getCode?(): number } | null;
    const finish = (error: Failure, body: () => Fields): void => {
      const code = error === null || error === undefined ? 0 : (error.getCode?.() ?? -4);
      done(code === -4 ? LOST : { err: errorName(code), code, ...(code === 0 ? body() : {}) });
    };
    const withStat = (error: Failure, stat: Stat): void => finish(error, () => ({ stat: this.#stat(stat) }));
    switch (request['op']) {
      case 'create':
        client.create(path, dataOf(request), aclsOf(request), modeOf(request), (error, made) =>
          finish(error, () => ({ path: made })),
        );
        return;
      case 'delete':
        client.remove(path, version, (error) => finish(error, () => ({})));
        return;
      case 'setData':
        client.setData(path, dataOf(request) ?? null, version, withStat);
        return;
      case 'setACL':
        client.setACL(path, aclsOf(request), version, withStat);
        return;
      case 'exists':
        client.exists(path, (error, stat) => {
          if (error === null && (stat === null || stat === undefined)) done({ err: 'NONODE', code: -101 });
          else withStat(error, stat ?? {});
        });
        return;
      case 'getData':
        client.getData(path, (error, data, stat) =>
          finish(error, () => ({ data: data?.toString('utf8') ?? null, stat: this.#stat(stat) })),
        );
        return;
      case 'getChildren':
      case 'getChildren2':
        client.getChildren(path, (error, children, stat) =>
          finish(error, () => ({ children: [...children].sort((a, b) => (a < b ? -1 : 1)), stat: this.#stat(stat) })),
        );
        return;
      case 'getACL':
        client.getACL(path, (error, acls, stat) =>
          finish(error, () => ({ acl: acls.map(aclForm), stat: this.#stat(stat) })),
        );
        return;
      default:
        this.#multi(request, done);
    }
  }

  #multi(request: Fields, done: (result: Fields) => void): void {
    let transaction = this.#client.transaction();
    for (const op of request['ops'] as readonly Fields[]) {
      const path = String(op['path']);
      const version = typeof op['version'] === 'number' ? op['version'] : -1;
      switch (op['op']) {
        case 'delete':
          transaction = transaction.remove(path, version);
          break;
        case 'setData':
          transaction = transaction.setData(path, dataOf(op) ?? null, version);
          break;
        case 'check':
          transaction = transaction.check(path, version);
          break;
        default:
          transaction = transaction.create(path, dataOf(op), aclsOf(op), modeOf(op));
      }
    }
    // A multi with a failed part is answered all the same.
    transaction.commit((_error, results) => {
      if (results === undefined) done(LOST);
      else done({ err: 'OK', code: 0, results: results.map((one) => multiForm(one)) });
    });
  }

  #stat(stat: Stat): Fields {
    const long = (name: string): bigint => {
      const value = stat[name];
      return Buffer.isBuffer(value) ? value.readBigInt64BE() : 0n;
    };
    const { version, cversion, aversion, dataLength, numChildren } = stat;
    return {
      ...{ czxid: hex(long('czxid')), mzxid: hex(long('mzxid')), pzxid: hex(long('pzxid')) },
      ...{ version, cversion, aversion },
      ephemeralOwner: sessionName(long('ephemeralOwner'), this.#labels),
      ...{ dataLength, numChildren },
    };
  }
}

function multiForm({ type, err, path }: { type: number; err?: number; path?: string }): Fields {
  if (type === -1) return { type: 'error', code: err, err: errorName(err ?? 0) };
  const names: Readonly<Record<number, string>> = { 1: 'create', 2: 'delete', 5: 'setData', 13: 'check' };
  return { type: names[type] ?? String(type), ...(path === undefined ? {} : { path }) };
}

function aclForm(entry: { permission: number; id: { scheme: string; id: string } }): Fields {
  const { permission, id } = entry;
  const perms = permission > 31 || permission <= 0 ? permission : formatPerms(permission);
  return { perms, scheme: id.scheme, id: id.id };
}

function aclsOf(fields: Fields): readonly InstanceType<typeof library.ACL>[] {
  const acl = (fields['acl'] as readonly Fields[] | undefined) ?? [{ perms: 31, scheme: 'world', id: 'anyone' }];
  return acl.map(({ perms, scheme, id }) => {
    const number = typeof perms === 'number' ? perms : permsOf(String(perms));
    return new library.ACL(number, new library.Id(String(scheme), String(id)));
  });
}

function modeOf(fields: Fields): number {
  return Math.max(
    0,
    CREATE_MODES.findIndex((mode) => mode === fields['mode']),
  );
}

/** undefined: null. */
function dataOf(fields: Fields): Buffer | undefined {
  const { data } = fields;
  return data === null ? undefined : Buffer.from(typeof data === 'string' ? data : '', 'utf8');
}

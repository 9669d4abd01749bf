import { formatZxid, type Zxid } from '../sim/zab/zxid.ts';
import type { Txn } from '../sim/zab/messages.ts';
import { formatPerms, OPEN_ACL_UNSAFE, permsOf, type Acl } from '../sim/zookeeper/acl.ts';
import { CREATE_MODES, ERROR_CODES, type ErrorName } from '../sim/zookeeper/codes.ts';
import type {
  Answer,
  MultiOp,
  MultiResult,
  Operation,
  ReadOp,
  TimedTxn,
  TreeTxn,
} from '../sim/zookeeper/operations.ts';
import type { Stat } from '../sim/zookeeper/stat.ts';
import type { Item } from './sessions.ts';

/** Requests, answers and transactions in a record's own form. */

export type Fields = Readonly<Record<string, unknown>>;

/** By session id: what a record calls it. */
export type Labels = ReadonlyMap<number, string>;

/** The request that a record's fields describe. undefined: it is not understood. */
export function operationOf(fields: Fields): Operation | undefined {
  const name = String(fields['op']);
  switch (name) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      return createOf(fields, name);
    case 'delete':
    case 'check':
      return { op: name, path: pathOf(fields), version: intOf(fields['version'], -1) };
    case 'setData':
      return { op: name, path: pathOf(fields), data: dataOf(fields), version: intOf(fields['version'], -1) };
    case 'setACL':
      return { op: name, path: pathOf(fields), acl: aclOf(fields), version: intOf(fields['version'], -1) };
    case 'multi': {
      const ops = listOf(fields['ops']).map(operationOf);
      return ops.includes(undefined) ? undefined : { op: name, ops: ops.map(inMulti) };
    }
    case 'reconfig':
      return { op: name };
    case 'opcode':
      return { op: 'unknown' };
    default:
      return readOf(fields, name);
  }
}

function readOf(fields: Fields, name: string): Operation | undefined {
  const path = pathOf(fields);
  switch (name) {
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
      return { op: name, path, watch: fields['watch'] === true };
    case 'getACL':
    case 'getAllChildrenNumber':
    case 'getEphemerals':
    case 'sync':
      return { op: name, path };
    case 'whoAmI':
      return { op: name };
    case 'multiRead': {
      const ops = listOf(fields['ops']).map(operationOf);
      return ops.includes(undefined) ? undefined : { op: name, ops: ops as ReadOp[] };
    }
    case 'addWatch':
      return { op: name, path, mode: wordOrNumber(fields['mode'], ['PERSISTENT', 'PERSISTENT_RECURSIVE'], 0) };
    case 'removeWatches':
    case 'checkWatches':
      return { op: name, path, type: wordOrNumber(fields['type'], WATCHER_TYPES, 0) };
    case 'setWatches':
    case 'setWatches2':
      return {
        op: name,
        relativeZxid: Number(BigInt.asIntN(64, BigInt(String(fields['relativeZxid'])))),
        data: textsOf(fields['data']),
        exist: textsOf(fields['exist']),
        child: textsOf(fields['child']),
        persistent: textsOf(fields['persistent']),
        recursive: textsOf(fields['persistentRecursive'] ?? fields['recursive']),
      };
    default:
      return undefined;
  }
}

const WATCHER_TYPES = ['', 'CHILDREN', 'DATA', 'ANY', 'PERSISTENT', 'PERSISTENT_RECURSIVE'];

/** The harness sends containers and TTL nodes by their own opcodes, whatever it calls the request. */
function createOf(fields: Fields, name: 'create' | 'create2' | 'createContainer' | 'createTTL'): Operation {
  const flags = wordOrNumber(fields['mode'], CREATE_MODES, 0);
  const op = flags === 4 ? 'createContainer' : flags === 5 || flags === 6 ? 'createTTL' : name;
  return { op, path: pathOf(fields), data: dataOf(fields), acl: aclOf(fields), flags, ttlMs: intOf(fields['ttl'], 0) };
}

/** In a multi, the harness sends an ordinary create by the old opcode. */
function inMulti(op: Operation | undefined): MultiOp {
  const one = op as MultiOp;
  return one.op === 'create2' ? { ...one, op: 'create' } : one;
}

function pathOf(fields: Fields): string | null {
  const path = fields['path'];
  if (typeof path !== 'string') return path === undefined ? '/' : null;
  const long = /^(.*?) \+ (\d+) x (.)$/.exec(path);
  return long === null ? path : long[1]! + long[3]!.repeat(Number(long[2]));
}

function dataOf(fields: Fields): string | null {
  const data = fields['data'];
  if (data === null) return null;
  if (typeof data === 'object') return 'x'.repeat(Number((data as Fields)['len']));
  return typeof data === 'string' ? data : '';
}

function aclOf(fields: Fields): readonly Acl[] | null {
  const acl = fields['acl'];
  if (acl === undefined) return OPEN_ACL_UNSAFE;
  if (!Array.isArray(acl)) return null;
  return acl.map((entry: Fields) => ({
    perms: typeof entry['perms'] === 'number' ? entry['perms'] : permsOf(String(entry['perms'])),
    scheme: String(entry['scheme']),
    id: String(entry['id']),
  }));
}

function intOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

function wordOrNumber(value: unknown, words: readonly string[], otherwise: number): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? words.indexOf(value) : otherwise;
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value : [];
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

// ── answers

/** Of ours, only what the record noted too. */
export function pick(ours: Fields, real: Fields): Fields {
  return Object.fromEntries(Object.entries(ours).filter(([key]) => key in real));
}

/** `undefined`: the connection was lost. */
export function resultOf(answer: (Item & { kind: 'response' }) | undefined, labels: Labels): Fields {
  if (answer === undefined)
    return { err: 'CONNECTIONLOSS', code: codeOf('CONNECTIONLOSS'), hdr_zxid: null, client_side: true };
  const err = answer.error ?? 'OK';
  const value = answer.value as Answer | null;
  const sync = answer.name === 'sync' ? { path: answer.path } : {};
  return { err, code: codeOf(err), hdr_zxid: hexOf(answer.zxid), ...sync, ...bodyOf(value, labels) };
}

function codeOf(err: string): number {
  return err in ERROR_CODES ? ERROR_CODES[err as ErrorName] : NaN;
}

function hexOf(zxid: number): string {
  return zxid < 0 ? `0x${BigInt.asUintN(64, BigInt(zxid)).toString(16)}` : formatZxid(zxid as Zxid);
}

function bodyOf(value: Answer | null, labels: Labels): Fields {
  if (value === null) return {};
  const { path, stat, data, children, acl, results, totalNumber, ephemerals, clientInfo } = value;
  return {
    ...(path === undefined ? {} : { path: shortened(path) }),
    ...(data === undefined ? {} : { data }),
    ...(children === undefined ? {} : { children: [...children].sort() }),
    ...(acl === undefined ? {} : { acl: acl.map(aclForm) }),
    ...(stat === undefined ? {} : { stat: statForm(stat, labels) }),
    ...(results === undefined ? {} : { results: results.map((result) => multiForm(result, labels)) }),
    ...(totalNumber === undefined ? {} : { totalNumber }),
    ...(ephemerals === undefined ? {} : { ephemerals: [...ephemerals].sort() }),
    ...(clientInfo === undefined
      ? {}
      : { clientInfo: [...clientInfo].sort((a, b) => (a.authScheme < b.authScheme ? -1 : 1)) }),
  };
}

function shortened(path: string): string {
  const long = /^(.*?)((.)\3{999,})$/.exec(path);
  return long === null ? path : `${long[1]!} + ${long[2]!.length} x ${long[3]!}`;
}

function aclForm(entry: Acl): Fields {
  const { perms, scheme, id } = entry;
  return { perms: perms > 31 || perms === 0 ? perms : formatPerms(perms), scheme, id };
}

export function statForm(stat: Stat, labels: Labels): Fields {
  const { czxid, mzxid, pzxid, version, cversion, aversion, ephemeralOwner, dataLength, numChildren } = stat;
  return {
    czxid: hexOf(czxid),
    mzxid: hexOf(mzxid),
    pzxid: hexOf(pzxid),
    version,
    cversion,
    aversion,
    ephemeralOwner: sessionForm(ephemeralOwner, labels),
    dataLength,
    numChildren,
  };
}

function sessionForm(session: number, labels: Labels): string {
  return session === 0 ? '0x0' : (labels.get(session) ?? `0x${session.toString(16)}`);
}

function multiForm(result: MultiResult, labels: Labels): Fields {
  if (result.type === 'error') return { type: 'error', code: ERROR_CODES[result.error], err: result.error };
  return { type: result.type, ...bodyOf(result, labels) };
}

// ── transactions

/** A record of the log as the harness lists it. */
export function txnForm(txn: Txn, labels: Labels): Fields {
  const head = { zxid: hexOf(txn.zxid), session: sessionForm(txn.session, labels), cxid: txn.cxid };
  const { body } = txn;
  switch (body.kind) {
    case 'createSession':
      return { ...head, type: 'createSession', timeOut: body.timeoutMs };
    case 'closeSession':
      return { ...head, type: 'closeSession', paths2Delete: [...body.paths].sort((a, b) => (a < b ? -1 : 1)) };
    case 'error':
      return { ...head, type: 'error', err: body.error };
    case 'write':
      return { ...head, ...treeForm((body.op as TimedTxn).txn) };
  }
}

/** The open list is not shown. */
function closedAcl(acl: readonly Acl[]): Fields {
  const [first, ...rest] = acl;
  const open = rest.length === 0 && first?.perms === 31 && first.scheme === 'world';
  return open ? {} : { acl: acl.map(aclForm) };
}

function treeForm(txn: TreeTxn): Fields {
  switch (txn.type) {
    case 'multi':
      return { type: txn.type, txns: txn.txns.map(treeForm) };
    case 'error':
      return { type: txn.type, err: txn.error };
    case 'create':
    case 'create2': {
      const { type, path, data, ephemeral, parentCVersion } = txn;
      return { type, path, data, ...closedAcl(txn.acl), ephemeral, parentCVersion };
    }
    case 'createContainer':
    case 'createTTL': {
      const { type, path, data, parentCVersion, ttlMs } = txn;
      const common = { type, path, data, ...closedAcl(txn.acl), parentCVersion };
      return type === 'createTTL' ? { ...common, ttl: ttlMs } : common;
    }
    case 'setACL':
      return { type: txn.type, path: txn.path, acl: txn.acl.map(aclForm), version: txn.version };
    default:
      return { ...txn };
  }
}

import { permsOf } from '../../sim/zookeeper/acl.ts';
import { CREATE_MODES, OP_CODES } from '../../sim/zookeeper/codes.ts';
import { Writer } from './jute.ts';

/** The requests of a record, as they go over the wire. Source: zookeeper.jute. */

export type Fields = Readonly<Record<string, unknown>>;

export interface Encoded {
  readonly opcode: number;
  readonly body: Buffer;
}

/** Throws a TypeError for a request that the wire does not have. */
export function encode(fields: Fields): Encoded {
  const out = new Writer();
  const opcode = write(out, fields);
  return { opcode, body: out.bytes() };
}

function write(out: Writer, fields: Fields): number {
  const name = String(fields['op']);
  const path = textOf(fields, 'path');
  switch (name) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      return writeCreate(out, fields, name);
    case 'delete':
    case 'check':
      out.text(path).int(numberOf(fields['version'], -1));
      return OP_CODES[name];
    case 'setData':
      out.text(path).buffer(dataOf(fields)).int(numberOf(fields['version'], -1));
      return OP_CODES.setData;
    case 'setACL':
      writeAcl(out.text(path), fields);
      out.int(numberOf(fields['version'], -1));
      return OP_CODES.setACL;
    case 'multi':
    case 'multiRead':
      writeMulti(out, listOf(fields['ops']));
      return OP_CODES[name];
    case 'reconfig':
      out.text(null).text(null).text(null).long(-1n);
      return OP_CODES.reconfig;
    default:
      return writeRead(out, fields, name);
  }
}

function writeRead(out: Writer, fields: Fields, name: string): number {
  const path = textOf(fields, 'path');
  switch (name) {
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
      out.text(path).bool(fields['watch'] === true);
      return OP_CODES[name];
    case 'getACL':
    case 'getAllChildrenNumber':
    case 'getEphemerals':
    case 'sync':
      out.text(path);
      return OP_CODES[name];
    case 'whoAmI':
    case 'closeSession':
      return OP_CODES[name];
    case 'addWatch':
      out.text(path).int(wordOrNumber(fields['mode'], ['PERSISTENT', 'PERSISTENT_RECURSIVE']));
      return OP_CODES.addWatch;
    case 'removeWatches':
    case 'checkWatches':
      out.text(path).int(wordOrNumber(fields['type'], WATCHER_TYPES));
      return OP_CODES[name];
    case 'setWatches':
    case 'setWatches2':
      out.long(BigInt(String(fields['relativeZxid'])));
      for (const list of name === 'setWatches' ? LISTS.slice(0, 3) : LISTS)
        out.list(listOf(fields[list]).map(String), (one) => out.text(one));
      return OP_CODES[name];
    case 'opcode':
      return numberOf(fields['number'], 999);
    default:
      throw new TypeError(`there is no request ${name}`);
  }
}

const LISTS = ['data', 'exist', 'child', 'persistent', 'persistentRecursive'];
const WATCHER_TYPES = ['', 'CHILDREN', 'DATA', 'ANY', 'PERSISTENT', 'PERSISTENT_RECURSIVE'];

/** Containers and TTL nodes have opcodes of their own, whatever the request is called. */
function writeCreate(
  out: Writer,
  fields: Fields,
  name: 'create' | 'create2' | 'createContainer' | 'createTTL',
): number {
  const flags = wordOrNumber(fields['mode'], CREATE_MODES);
  const kind = flags === 4 ? 'createContainer' : flags === 5 || flags === 6 ? 'createTTL' : name;
  writeAcl(out.text(textOf(fields, 'path')).buffer(dataOf(fields)), fields);
  out.int(flags);
  if (kind === 'createTTL') out.long(BigInt(numberOf(fields['ttl'], 0)));
  return OP_CODES[kind];
}

function writeAcl(out: Writer, fields: Fields): void {
  const acl = fields['acl'];
  const list = acl === undefined ? OPEN : Array.isArray(acl) ? (acl as readonly Fields[]) : null;
  out.list(list, (entry) => {
    const { perms } = entry;
    out.int(typeof perms === 'number' ? perms : permsOf(String(perms)));
    out.text(String(entry['scheme'])).text(String(entry['id']));
  });
}

const OPEN: readonly Fields[] = [{ perms: 31, scheme: 'world', id: 'anyone' }];

/** Inside a multi an ordinary create goes by its old opcode. */
function writeMulti(out: Writer, ops: readonly unknown[]): void {
  for (const op of ops as readonly Fields[]) {
    const { opcode, body } = encode(op['op'] === 'create2' ? { ...op, op: 'create' } : op);
    out.int(opcode).bool(false).int(-1);
    out.raw(body);
  }
  out.int(-1).bool(true).int(-1);
}

function textOf(fields: Fields, name: string): string | null {
  const text = fields[name];
  if (typeof text !== 'string') return text === undefined ? '/' : null;
  const long = /^(.*?) \+ (\d+) x (.)$/.exec(text);
  return long === null ? text : long[1]! + long[3]!.repeat(Number(long[2]));
}

function dataOf(fields: Fields): Buffer | null {
  const { data } = fields;
  if (data === null) return null;
  if (typeof data === 'object') return Buffer.alloc(Number((data as Fields)['len']), 'x');
  return Buffer.from(typeof data === 'string' ? data : '', 'utf8');
}

function wordOrNumber(value: unknown, words: readonly string[]): number {
  return typeof value === 'string' ? words.indexOf(value) : numberOf(value, 0);
}

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

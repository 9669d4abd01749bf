import { formatPerms } from '../../sim/zookeeper/acl.ts';
import { ERROR_CODES, OP_CODES } from '../../sim/zookeeper/codes.ts';
import type { Reader } from './jute.ts';
import type { Fields } from './requests.ts';

/** Answers from the wire, in the form of a record. Source: zookeeper.jute. */

/** What a record calls a session, by its id. */
export type Labels = ReadonlyMap<bigint, string>;

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(ERROR_CODES).map(([name, code]) => [code, name]));

/** The name of an error code, or the number itself where ZooKeeper has no name for it. */
export function errorName(code: number): string {
  return NAMES.get(code) ?? String(code);
}

export function hex(value: bigint): string {
  return `0x${BigInt.asUintN(64, value).toString(16)}`;
}

/** The body that follows a good header. `op`: the request as it was sent. */
export function decodeBody(body: Reader, op: number, request: Fields, labels: Labels): Fields {
  switch (op) {
    case OP_CODES.create:
      return { path: pathOf(body) };
    case OP_CODES.create2:
    case OP_CODES.createContainer:
    case OP_CODES.createTTL:
      return { path: pathOf(body), stat: statOf(body, labels) };
    case OP_CODES.exists:
    case OP_CODES.setData:
    case OP_CODES.setACL:
      return { stat: statOf(body, labels) };
    case OP_CODES.getData:
      return { data: body.text(), stat: statOf(body, labels) };
    case OP_CODES.getACL:
      return { acl: aclOf(body), stat: statOf(body, labels) };
    case OP_CODES.getChildren:
      return { children: namesOf(body) };
    case OP_CODES.getChildren2:
      return { children: namesOf(body), stat: statOf(body, labels) };
    case OP_CODES.sync:
      return { path: body.text() ?? request['path'] };
    case OP_CODES.multi:
    case OP_CODES.multiRead:
      return { results: resultsOf(body, labels) };
    case OP_CODES.getEphemerals:
      return { ephemerals: namesOf(body) };
    case OP_CODES.getAllChildrenNumber:
      return { totalNumber: body.int() };
    case OP_CODES.whoAmI:
      return { clientInfo: body.list(() => ({ authScheme: body.text(), user: body.text() })) };
    default:
      return {};
  }
}

function pathOf(body: Reader): string {
  const path = body.text() ?? '';
  const long = /^(.*?)((.)\3{999,})$/.exec(path);
  return long === null ? path : `${long[1]!} + ${long[2]!.length} x ${long[3]!}`;
}

function namesOf(body: Reader): readonly string[] {
  return [...body.list(() => body.text() ?? '')].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function statOf(body: Reader, labels: Labels): Fields {
  const [czxid, mzxid] = [body.long(), body.long()];
  // ctime and mtime are times.
  body.long();
  body.long();
  const [version, cversion, aversion] = [body.int(), body.int(), body.int()];
  const owner = body.long();
  const [dataLength, numChildren] = [body.int(), body.int()];
  const pzxid = body.long();
  return {
    czxid: hex(czxid),
    mzxid: hex(mzxid),
    pzxid: hex(pzxid),
    version,
    cversion,
    aversion,
    ephemeralOwner: sessionName(owner, labels),
    dataLength,
    numChildren,
  };
}

export function sessionName(id: bigint, labels: Labels): string {
  return labels.get(id) ?? hex(id);
}

function aclOf(body: Reader): readonly Fields[] {
  return body.list(() => {
    const perms = body.int();
    return {
      perms: perms > 31 || perms <= 0 ? perms : formatPerms(perms),
      scheme: body.text(),
      id: body.text(),
    };
  });
}

function resultsOf(body: Reader, labels: Labels): readonly Fields[] {
  const results: Fields[] = [];
  for (;;) {
    const [type, done] = [body.int(), body.bool()];
    body.int();
    if (done) return results;
    if (type === OP_CODES.error) {
      const code = body.int();
      results.push({ type: 'error', code, err: errorName(code) });
    } else results.push({ type: nameOfOp(type), ...decodeBody(body, type, {}, labels) });
  }
}

function nameOfOp(opcode: number): string {
  return Object.entries(OP_CODES).find(([, code]) => code === opcode)?.[0] ?? String(opcode);
}

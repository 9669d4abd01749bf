import { readFileSync } from 'node:fs';
import { formatPerms } from '../../sim/zookeeper/acl.ts';
import { OP_CODES } from '../../sim/zookeeper/codes.ts';
import { errorName, hex, sessionName, type Labels } from './answers.ts';
import { Reader } from './jute.ts';
import type { Fields } from './requests.ts';

/** A server's transaction log, in the form of a record. Source: FileTxnLog.java, txn/*.java of zookeeper.jute. */

const MAGIC = 0x5a4b4c47;
const FILE_HEADER = 16;

/** Ends at the zeros of the part that was allocated ahead, or where a record is cut short. */
export function readTxnLog(path: string, labels: Labels): readonly Fields[] {
  const bytes = readFileSync(path);
  if (bytes.length < FILE_HEADER || bytes.readInt32BE(0) !== MAGIC) return [];
  const file = new Reader(bytes, FILE_HEADER);
  const txns: Fields[] = [];
  while (file.left >= 12) {
    file.long();
    let record: Buffer | null;
    try {
      record = file.buffer();
    } catch {
      return txns;
    }
    if (record === null || record.length === 0 || file.left < 1) return txns;
    file.bool();
    txns.push(txnOf(new Reader(record), labels));
  }
  return txns;
}

function txnOf(record: Reader, labels: Labels): Fields {
  const session = record.long();
  const cxid = record.int();
  const zxid = record.long();
  record.long();
  const type = record.int();
  return { zxid: hex(zxid), session: sessionName(session, labels), cxid, ...bodyOf(type, record) };
}

function bodyOf(type: number, body: Reader): Fields {
  switch (type) {
    case OP_CODES.createSession:
      return { type: 'createSession', timeOut: body.int() };
    case OP_CODES.closeSession:
      return { type: 'closeSession', paths2Delete: pathsOf(body) };
    case OP_CODES.error:
      return { type: 'error', err: errorName(body.int()) };
    case OP_CODES.multi:
      return {
        type: 'multi',
        txns: body.list(() => {
          const one = body.int();
          return bodyOf(one, new Reader(body.buffer() ?? Buffer.alloc(0)));
        }),
      };
    default:
      return treeTxn(type, body);
  }
}

/** Sorted: ZooKeeper has them in the order of a hash set. */
function pathsOf(body: Reader): readonly string[] {
  const paths = body.left > 0 ? body.list(() => body.text() ?? '') : [];
  return [...paths].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function treeTxn(type: number, body: Reader): Fields {
  const path = body.text();
  switch (type) {
    case OP_CODES.create:
    case OP_CODES.create2: {
      const [data, acl] = [body.text(), aclOf(body)];
      const [ephemeral, parentCVersion] = [body.bool(), body.int()];
      return { type: type === OP_CODES.create ? 'create' : 'create2', path, data, ...acl, ephemeral, parentCVersion };
    }
    case OP_CODES.createContainer:
      return { type: 'createContainer', path, data: body.text(), ...aclOf(body), parentCVersion: body.int() };
    case OP_CODES.createTTL: {
      const [data, acl, parentCVersion] = [body.text(), aclOf(body), body.int()];
      return { type: 'createTTL', path, data, ...acl, parentCVersion, ttl: Number(body.long()) };
    }
    case OP_CODES.delete:
      return { type: 'delete', path };
    case OP_CODES.deleteContainer:
      return { type: 'deleteContainer', path };
    case OP_CODES.setData:
      return { type: 'setData', path, data: body.text(), version: body.int() };
    case OP_CODES.setACL:
      return { type: 'setACL', path, acl: aclOf(body)['acl'] ?? OPEN, version: body.int() };
    case OP_CODES.check:
      return { type: 'check', path, version: body.int() };
    default:
      return { type: String(type) };
  }
}

const OPEN = [{ perms: 'rwcda', scheme: 'world', id: 'anyone' }];

/** The open list is not shown. */
function aclOf(body: Reader): Fields {
  const acl = body.list(() => {
    const perms = body.int();
    return { perms: perms > 31 || perms <= 0 ? perms : formatPerms(perms), scheme: body.text(), id: body.text() };
  });
  return JSON.stringify(acl) === JSON.stringify(OPEN) ? {} : { acl };
}

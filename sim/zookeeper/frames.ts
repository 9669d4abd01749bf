import type { Acl } from './acl.ts';
import type { Operation } from './operations.ts';
import { utf8Length } from './paths.ts';

/** Bytes on the wire, where they decide something: jute's encoding (zookeeper.jute). */

/** zookeeper's jute.maxbuffer as shipped: a longer frame ends its connection. Source: BinaryInputArchive.java#maxBuffer. */
export const MAX_FRAME = 0xfffff;

/** Length of the frame of a request, its header included. */
export function frameBytes(op: Operation): number {
  return 8 + bodyBytes(op);
}

function bodyBytes(op: Operation): number {
  switch (op.op) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      return text(op.path) + text(op.data) + aclBytes(op.acl) + 4 + (op.op === 'createTTL' ? 8 : 0);
    case 'setData':
      return text(op.path) + text(op.data) + 4;
    case 'setACL':
      return text(op.path) + aclBytes(op.acl) + 4;
    case 'multi':
    case 'multiRead': {
      let bytes = 9;
      for (const one of op.ops) bytes += 9 + bodyBytes(one);
      return bytes;
    }
    case 'setWatches':
    case 'setWatches2': {
      let bytes = 8;
      for (const paths of [op.data, op.exist, op.child, op.persistent, op.recursive])
        for (const path of paths) bytes += text(path);
      return bytes + (op.op === 'setWatches' ? 12 : 20);
    }
    default:
      return 'path' in op ? text(op.path) + 4 : 4;
  }
}

function text(value: string | null): number {
  return 4 + (value === null ? 0 : utf8Length(value));
}

function aclBytes(acl: readonly Acl[] | null): number {
  let bytes = 4;
  for (const entry of acl ?? []) bytes += 4 + text(entry.scheme) + text(entry.id);
  return bytes;
}

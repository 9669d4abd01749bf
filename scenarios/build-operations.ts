import { MS } from '../sim/time.ts';
import { unreachable } from '../sim/assert.ts';
import { OPEN_ACL_UNSAFE } from '../sim/zookeeper/acl.ts';
import { CREATE_MODES } from '../sim/zookeeper/codes.ts';
import type { CreateKind, CreateOp, MultiPart as TreePart, Operation, ReadOp } from '../sim/zookeeper/operations.ts';
import { ADD_WATCH_MODES, WATCHER_TYPES, type CreateFields, type MultiPart } from './operations.ts';
import type { OperationStep } from './steps.ts';

/** The operation that a step asks for. */
export function operationOf(step: OperationStep): Operation {
  switch (step.do) {
    case 'create':
    case 'create2':
      return createOf({ ...step, op: step.do });
    case 'delete':
    case 'check':
      return { op: step.do, path: step.path, version: step.version ?? -1 };
    case 'setData':
      return { op: 'setData', path: step.path, data: dataOf(step), version: step.version ?? -1 };
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
      return { op: step.do, path: step.path, watch: step.watch ?? false };
    case 'getACL':
    case 'getAllChildrenNumber':
      return { op: step.do, path: step.path };
    case 'setACL':
      return { op: 'setACL', path: step.path, acl: aclOf(step.acl), version: step.version ?? -1 };
    case 'multi':
      return { op: 'multi', ops: step.ops.map(partOf) };
    case 'multiRead':
      return {
        op: 'multiRead',
        ops: step.ops.map((one): ReadOp => ({ op: one.op, path: one.path, watch: false })),
      };
    case 'getEphemerals':
      return { op: 'getEphemerals', path: step.path === undefined ? '/' : step.path };
    case 'addWatch':
      return { op: 'addWatch', path: step.path, mode: numberOf(step.mode ?? 'PERSISTENT_RECURSIVE', ADD_WATCH_MODES) };
    case 'removeWatches':
      return { op: 'removeWatches', path: step.path, type: numberOf(step.type ?? 'ANY', WATCHER_TYPES, 1) };
    case 'whoAmI':
      return { op: 'whoAmI' };
    case 'sync':
      return { op: 'sync', path: step.path };
    default:
      return unreachable(step);
  }
}

/** One operation of a multi. */
export function partOf(part: MultiPart): TreePart {
  switch (part.op) {
    case 'create':
    case 'create2':
      return createOf(part);
    case 'delete':
    case 'check':
      return { op: part.op, path: part.path, version: part.version ?? -1 };
    case 'setData':
      return { op: 'setData', path: part.path, data: dataOf(part), version: part.version ?? -1 };
    case 'setACL':
      return { op: 'setACL', path: part.path, acl: aclOf(part.acl), version: part.version ?? -1 };
    case 'reconfig':
      return { op: 'reconfig' };
    case 'exists':
    case 'getData':
    case 'getChildren':
      return { op: part.op, path: part.path, watch: false };
    case 'getACL':
      return { op: 'getACL', path: part.path };
    default:
      return unreachable(part);
  }
}

/** The mode decides the opcode, but where it is a number: then it is sent with the opcode as named.
 *  Source: ZooKeeper.java#getCreateRequest. */
export function createOf(fields: CreateFields): CreateOp {
  const { path, acl, ttl, op, mode = 'PERSISTENT' } = fields;
  const flags = typeof mode === 'number' ? mode : CREATE_MODES.indexOf(mode);
  return {
    op: typeof mode === 'number' ? op : opcodeOf(op, flags),
    path,
    data: dataOf(fields),
    acl: aclOf(acl),
    flags,
    ttlMs: Math.ceil((ttl ?? 0) / MS),
  };
}

export function opcodeOf(op: CreateKind, flags: number): CreateKind {
  const mode = CREATE_MODES[flags];
  if (mode === 'CONTAINER') return 'createContainer';
  return mode?.endsWith('_WITH_TTL') === true ? 'createTTL' : op;
}

/** Letters of data that is named by its size. */
export const FILLER = 'x';

function dataOf(fields: { readonly data?: string | null | undefined; readonly dataBytes?: number | undefined }) {
  return fields.dataBytes === undefined
    ? fields.data === undefined
      ? ''
      : fields.data
    : FILLER.repeat(fields.dataBytes);
}

function aclOf<T>(acl: T | undefined): T | typeof OPEN_ACL_UNSAFE {
  return acl === undefined ? OPEN_ACL_UNSAFE : acl;
}

function numberOf(name: string | number, names: readonly string[], from = 0): number {
  return typeof name === 'number' ? name : names.indexOf(name) + from;
}

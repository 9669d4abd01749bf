import type { Random } from '../random.ts';
import { OPEN_ACL_UNSAFE } from '../zookeeper/acl.ts';
import type { Answer, CreateOp, Operation, ReadOp, WriteOp } from '../zookeeper/operations.ts';

/** What clients of ZooKeeper's own service ask for. */

/** The node of a key of the timeline. */
export function pathOf(key: string): string {
  return key.startsWith('/') ? key : `/${key}`;
}

export function createOf(path: string, data: string, flags = 0): CreateOp {
  return { op: 'create2', path, data, acl: OPEN_ACL_UNSAFE, flags, ttlMs: 0 };
}

/** The second packet of a call has another number: no client has so many calls that it could be that of one. */
export const SECOND_TRY = 0x4000_0000;

/** What stands for a write of the timeline: the node is created, or set where it is there already. */
export function firstTry(key: string, value: number): WriteOp {
  return createOf(pathOf(key), String(value));
}

export function secondTry(op: Operation): WriteOp | null {
  return op.op === 'create2' && op.flags === 0 ? { op: 'setData', path: op.path, data: op.data, version: -1 } : null;
}

/** A validation that always fails, as its version never is. */
export function failingWrite(key: string): WriteOp {
  return { op: 'delete', path: pathOf(key), version: -7 };
}

export function readOf(key: string, watch: boolean): ReadOp {
  return { op: 'getData', path: pathOf(key), watch };
}

/** The number that an answer holds, for those who compare numbers. */
export function numberIn(answer: unknown): number | null {
  const data = (answer as Answer | null)?.data;
  return typeof data === 'string' && /^-?\d{1,15}$/.test(data) ? Number(data) : null;
}

/** Children that a mixed workload may give a node: its tree has an end, however long it goes on. */
const CHILDREN = 8;

/** One write of a mixed workload over few paths, so that its clients meet. What hangs on a session is for clients that
 *  have one. */
export function drawWrite(random: Random, of: { keys: number; value: number; hasSession: boolean }): WriteOp {
  const path = `/k${random.below(of.keys)}`;
  const child = `${path}/n${random.below(CHILDREN)}`;
  const data = String(of.value);
  switch (random.below(10)) {
    case 0:
    case 1:
      return createOf(path, data);
    case 2:
      return createOf(child, data);
    case 3:
      return createOf(child, data, of.hasSession ? 1 : 0);
    case 4:
      return { op: 'delete', path: of.value % 3 === 0 ? path : child, version: -1 };
    case 5:
      return { op: 'multi', ops: [createOf(child, data), { op: 'setData', path, data, version: -1 }] };
    case 6:
      return { op: 'setData', path, data, version: random.below(3) };
    default:
      return { op: 'setData', path, data, version: -1 };
  }
}

/** One read of it; every third leaves a watch. */
export function drawRead(random: Random, keys: number): ReadOp {
  const path = `/k${random.below(keys)}`;
  const watch = random.below(3) === 0;
  switch (random.below(4)) {
    case 0:
      return { op: 'exists', path, watch };
    case 1:
      return { op: 'getChildren2', path, watch };
    default:
      return { op: 'getData', path, watch };
  }
}

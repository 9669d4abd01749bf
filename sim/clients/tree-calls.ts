import type { Random } from '../random.ts';
import { OPEN_ACL_UNSAFE } from '../zookeeper/acl.ts';
import type { Answer, CreateOp, Operation, ReadOp, SetWatchesOp, WriteOp } from '../zookeeper/operations.ts';

/** What clients of ZooKeeper's own service ask for, and what they keep of the answers. */

/** Watches that a client holds, by path; a mark that was told is gone. Source: ZKWatchManager.java. */
export interface HeldWatches {
  readonly data: Set<string>;
  readonly exist: Set<string>;
  readonly child: Set<string>;
}

export function noWatches(): HeldWatches {
  return { data: new Set(), exist: new Set(), child: new Set() };
}

export function copyHeld(held: HeldWatches): HeldWatches {
  return { data: new Set(held.data), exist: new Set(held.exist), child: new Set(held.child) };
}

/** A watch is held once the answer says that the server set it. Source: ZooKeeper.java#WatchRegistration. */
export function holdWatch(held: HeldWatches, op: Operation, error: string | null): void {
  if (!('watch' in op) || !op.watch || op.path === null) return;
  if (op.op === 'exists') {
    if (error === null) held.data.add(op.path);
    else if (error === 'NONODE') held.exist.add(op.path);
  } else if (error === null) (op.op === 'getData' ? held.data : held.child).add(op.path);
}

/** An event spends the watches that it is about. Source: ZKWatchManager.java#materialize. */
export function spendWatches(held: HeldWatches, type: string, path: string): void {
  if (type !== 'NodeChildrenChanged') {
    held.data.delete(path);
    held.exist.delete(path);
  }
  if (type === 'NodeDeleted' || type === 'NodeChildrenChanged') held.child.delete(path);
}

/** What a client sends first on another connection of its session; null when it holds no watch.
 *  Source: ClientCnxn.java#primeConnection. */
export function rewatch(held: HeldWatches, relativeZxid: number): SetWatchesOp | null {
  const { data, exist, child } = held;
  if (data.size + exist.size + child.size === 0) return null;
  return {
    op: 'setWatches',
    relativeZxid,
    data: [...data],
    exist: [...exist],
    child: [...child],
    persistent: [],
    recursive: [],
  };
}

/** The node of a key of the timeline. */
export function pathOf(key: string): string {
  return key.startsWith('/') ? key : `/${key}`;
}

export function createOf(path: string, data: string, flags = 0): CreateOp {
  return { op: 'create2', path, data, acl: OPEN_ACL_UNSAFE, flags, ttlMs: 0 };
}

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

/** One write of a mixed workload over few paths, so that its clients meet. */
export function drawWrite(random: Random, keys: number, value: number): WriteOp {
  const path = `/k${random.below(keys)}`;
  const data = String(value);
  switch (random.below(10)) {
    case 0:
    case 1:
      return createOf(path, data);
    case 2:
      return createOf(`${path}/n-`, data, 2);
    case 3:
      return createOf(`${path}/e-`, data, 3);
    case 4:
      return { op: 'delete', path, version: -1 };
    case 5:
      return { op: 'multi', ops: [createOf(`${path}/m-`, data, 2), { op: 'setData', path, data, version: -1 }] };
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

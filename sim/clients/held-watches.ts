import type { Operation, SetWatchesOp, WatchEventType } from '../zookeeper/operations.ts';

/** The watches that a client holds, by the path that its program uses; a mark that was told is gone.
 *  Source: ZKWatchManager.java. */
export interface HeldWatches {
  readonly data: Set<string>;
  readonly exist: Set<string>;
  readonly child: Set<string>;
  readonly persistent: Set<string>;
  readonly recursive: Set<string>;
}

export function noWatches(): HeldWatches {
  return { data: new Set(), exist: new Set(), child: new Set(), persistent: new Set(), recursive: new Set() };
}

export function copyHeld(held: HeldWatches): HeldWatches {
  const { data, exist, child, persistent, recursive } = held;
  return {
    data: new Set(data),
    exist: new Set(exist),
    child: new Set(child),
    persistent: new Set(persistent),
    recursive: new Set(recursive),
  };
}

export function countHeld(held: HeldWatches): number {
  return held.data.size + held.exist.size + held.child.size + held.persistent.size + held.recursive.size;
}

/** A watch is held once the answer says that the server set it, and gone once it says that it took it away.
 *  Source: ZooKeeper.java#WatchRegistration, ZKWatchManager.java#removeWatcher. */
export function holdWatch(held: HeldWatches, op: Operation, error: string | null): void {
  if (op.op === 'addWatch' && op.path !== null && error === null)
    (op.mode === 0 ? held.persistent : held.recursive).add(op.path);
  else if (op.op === 'removeWatches' && op.path !== null && error === null) dropWatches(held, op.path, op.type);
  if (!('watch' in op) || !op.watch || op.path === null) return;
  if (op.op === 'exists') {
    if (error === null) held.data.add(op.path);
    else if (error === 'NONODE') held.exist.add(op.path);
  } else if (error === null) (op.op === 'getData' ? held.data : held.child).add(op.path);
}

/** Source: Watcher.java#WatcherType. */
const TYPES = { children: 1, data: 2, any: 3 } as const;

function dropWatches(held: HeldWatches, path: string, type: number): void {
  if (type === TYPES.children || type === TYPES.any) held.child.delete(path);
  if (type === TYPES.data || type === TYPES.any) {
    held.data.delete(path);
    held.exist.delete(path);
  }
  if (type !== TYPES.any) return;
  held.persistent.delete(path);
  held.recursive.delete(path);
}

/** An event spends the one-shot watches that it is about. Returns whether anybody is told.
 *  Source: ZKWatchManager.java#materialize. */
export function spendWatches(held: HeldWatches, type: WatchEventType, path: string): boolean {
  const spent: boolean[] = [];
  if (type !== 'NodeChildrenChanged') spent.push(held.data.delete(path), held.exist.delete(path));
  if (type === 'NodeDeleted' || type === 'NodeChildrenChanged') spent.push(held.child.delete(path));
  return spent.includes(true) || held.persistent.has(path) || underRecursive(held, path);
}

function underRecursive({ recursive }: HeldWatches, path: string): boolean {
  if (recursive.size === 0) return false;
  if (recursive.has('/')) return true;
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1))
    if (recursive.has(path.slice(0, end))) return true;
  return false;
}

/** A frame of setWatches is not longer, so that a server takes it. Source: ClientCnxn.java#SET_WATCHES_MAX_LENGTH. */
const MAX_LENGTH = 128 * 1024;

const KINDS = ['data', 'exist', 'child', 'persistent', 'recursive'] as const;

/** What a client sends first on another connection of its session, in as many frames as it takes; `serverPath`: a path as
 *  the server knows it. Source: ClientCnxn.java#primeConnection. */
export function rewatch(
  held: HeldWatches,
  relativeZxid: number,
  serverPath: (path: string) => string,
): readonly SetWatchesOp[] {
  const frames: SetWatchesOp[] = [];
  const op = held.persistent.size + held.recursive.size > 0 ? 'setWatches2' : 'setWatches';
  let batch = newBatch();
  let length = 0;
  const close = (): void => {
    frames.push({ op, relativeZxid, ...batch });
    batch = newBatch();
    length = 0;
  };
  for (const kind of KINDS)
    for (const path of held[kind]) {
      if (length >= MAX_LENGTH) close();
      batch[kind].push(serverPath(path));
      length += path.length;
    }
  if (length > 0) close();
  return frames;
}

function newBatch(): Record<(typeof KINDS)[number], string[]> {
  return { data: [], exist: [], child: [], persistent: [], recursive: [] };
}

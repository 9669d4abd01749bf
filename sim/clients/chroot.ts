import type { Answer, MultiPart, Operation, ReadOp } from '../zookeeper/operations.ts';

/** The prefix of all paths of a client. Its program never sees it. Source: ZooKeeper.java#prependChroot. */

/** A path as the server knows it. */
export function serverPath(chroot: string, path: string): string {
  if (chroot === '') return path;
  return path === '/' ? chroot : chroot + path;
}

/** A path as the program knows it. Source: ClientCnxn.java#stripChroot. */
export function clientPath(chroot: string, path: string): string {
  if (chroot === '' || !path.startsWith(chroot)) return path;
  return path.length === chroot.length ? '/' : path.slice(chroot.length);
}

/** An operation as the server is asked for it. */
export function withChroot(chroot: string, op: Operation): Operation {
  if (chroot === '') return op;
  if (op.op === 'multi') return { ...op, ops: op.ops.map((one) => prefixed(chroot, one)) };
  if (op.op === 'multiRead') return { ...op, ops: op.ops.map((one) => prefixed(chroot, one)) };
  // A root is never deleted: the server is asked for its own, which it refuses. Source: ZooKeeper.java#delete.
  if (op.op === 'delete' && op.path === '/') return op;
  // Prefix and answer are the server's. Source: ZooKeeper.java#getEphemerals.
  if (op.op === 'getEphemerals') return op;
  return prefixed(chroot, op);
}

function prefixed<T extends Operation | MultiPart | ReadOp>(chroot: string, op: T): T {
  return 'path' in op && op.path !== null ? { ...op, path: serverPath(chroot, op.path) } : op;
}

/** An answer as the program is told it. The paths of getEphemerals and of the results of a multi stay the server's.
 *  Source: ZooKeeper.java#multiInternal, #getEphemerals. */
export function withoutChroot(chroot: string, answer: Answer | null): Answer | null {
  return answer?.path === undefined ? answer : { ...answer, path: clientPath(chroot, answer.path) };
}

import type { Acl } from './acl.ts';
import type { PersistentMap } from './persistent-map.ts';

/** What is kept of one znode. Never changed once made. Source: DataNode.java, StatPersisted of zookeeper.jute. */
export interface Znode {
  /** null is legal, and not the same as empty. */
  readonly data: string | null;
  /** Bytes of `data` in UTF-8. */
  readonly dataLength: number;
  readonly acl: readonly Acl[];
  readonly czxid: number;
  readonly mzxid: number;
  readonly pzxid: number;
  /** Wall clock of the leader, in ms. */
  readonly ctime: number;
  readonly mtime: number;
  readonly version: number;
  /** Children ever created: not what clients see. It numbers sequential children. */
  readonly cversion: number;
  readonly aversion: number;
  readonly owner: Owner;
  readonly children: PersistentMap<true>;
}

/** What one 64-bit ephemeralOwner stands for in ZooKeeper. Source: EphemeralType.java. */
export type Owner =
  | { readonly kind: 'persistent' | 'container' }
  | { readonly kind: 'ephemeral'; readonly session: number }
  | { readonly kind: 'ttl'; readonly ttlMs: number };

export const PERSISTENT: Owner = { kind: 'persistent' };
export const CONTAINER: Owner = { kind: 'container' };

/** What clients see. Source: Stat of zookeeper.jute. */
export interface Stat {
  readonly czxid: number;
  readonly mzxid: number;
  readonly ctime: number;
  readonly mtime: number;
  readonly version: number;
  /** Children created and deleted. */
  readonly cversion: number;
  readonly aversion: number;
  /** The session, or 0. Containers and TTL nodes show 0. */
  readonly ephemeralOwner: number;
  readonly dataLength: number;
  readonly numChildren: number;
  readonly pzxid: number;
}

/** Source: DataNode.java#copyStat. */
export function statOf(node: Znode): Stat {
  const numChildren = node.children.size;
  return {
    czxid: node.czxid,
    mzxid: node.mzxid,
    ctime: node.ctime,
    mtime: node.mtime,
    version: node.version,
    cversion: node.cversion * 2 - numChildren,
    aversion: node.aversion,
    ephemeralOwner: node.owner.kind === 'ephemeral' ? node.owner.session : 0,
    dataLength: node.dataLength,
    numChildren,
    pzxid: node.pzxid,
  };
}

/** Java's int: wraps around, and a version that would become -1 becomes 0, so that -1 always means "any".
 *  Source: PrepRequestProcessor.java#checkAndIncVersion. */
export function nextVersion(version: number): number {
  const next = (version + 1) | 0;
  return next === -1 ? 0 : next;
}

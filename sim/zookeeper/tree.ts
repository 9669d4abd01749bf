import { Hasher } from '../hash.ts';
import { OPEN_ACL_UNSAFE, READ_ACL_UNSAFE, type Acl } from './acl.ts';
import { PersistentMap } from './persistent-map.ts';
import { parentOf, utf8Length } from './paths.ts';
import { PERSISTENT, type Owner, type Znode } from './stat.ts';

/** The tree of znodes: DataTree.java. All of it is persistent, so that copies are free; only the holder changes. */
export interface Tree {
  nodes: PersistentMap<Znode>;
  /** Paths by session, for the sessions that own any. */
  ephemerals: PersistentMap<PersistentMap<true>>;
  containers: PersistentMap<true>;
  ttls: PersistentMap<true>;
  /** Paths with limits below /zookeeper/quota. Source: DataTree.java#pTrie. */
  quotas: PersistentMap<true>;
  /** Of a snapshot file, estimated. */
  bytes: number;
}

/** What every new data directory begins with. Its children are there without having been counted, so that clients see
 *  negative child versions. `config`: the data of /zookeeper/config, which every server writes for itself as version -1.
 *  Source: DataTree.java, its constructor and #addConfigNode; ZKDatabase.java#initConfigInZKDatabase. */
export function newTree(config = ''): Tree {
  const tree: Tree = {
    nodes: PersistentMap.empty(),
    ephemerals: PersistentMap.empty(),
    containers: PersistentMap.empty(),
    ttls: PersistentMap.empty(),
    quotas: PersistentMap.empty(),
    bytes: EMPTY_FILE,
  };
  put(tree, '/', initial(OPEN_ACL_UNSAFE, ['zookeeper']));
  put(tree, '/zookeeper', initial(OPEN_ACL_UNSAFE, ['quota', 'config']));
  put(tree, '/zookeeper/quota', initial(OPEN_ACL_UNSAFE, []));
  const dataLength = utf8Length(config);
  put(tree, '/zookeeper/config', {
    ...initial(READ_ACL_UNSAFE, []),
    data: config,
    dataLength,
    version: -1,
    aversion: -1,
  });
  return tree;
}

/** Bytes of a snapshot file without znodes, and of one znode without its path and data. */
const EMPTY_FILE = 90;
const RECORD = 80;

function initial(acl: readonly Acl[], children: readonly string[]): Znode {
  let names = PersistentMap.empty<true>();
  for (const name of children) names = names.set(name, true);
  return newNode({ data: '', acl, zxid: 0, time: 0, owner: PERSISTENT }, names);
}

export function newNode(
  of: { data: string | null; acl: readonly Acl[]; zxid: number; time: number; owner: Owner },
  children: PersistentMap<true> = PersistentMap.empty(),
): Znode {
  const { data, acl, zxid, time, owner } = of;
  return {
    data,
    dataLength: data === null ? 0 : utf8Length(data),
    acl,
    czxid: zxid,
    mzxid: zxid,
    pzxid: zxid,
    ctime: time,
    mtime: time,
    version: 0,
    cversion: 0,
    aversion: 0,
    owner,
    children,
  };
}

/** The empty path is another name of the root. */
export function nodeAt(tree: Tree, path: string): Znode | undefined {
  return tree.nodes.get(path === '' ? '/' : path);
}

/** Adds a node or changes one. */
export function put(tree: Tree, path: string, node: Znode): void {
  const before = tree.nodes.get(path);
  tree.nodes = tree.nodes.set(path, node);
  tree.bytes += node.dataLength - (before === undefined ? -RECORD - path.length : before.dataLength);
}

/** Takes a node away, and out of the lists of its kind; its parent is the caller's. */
export function take(tree: Tree, path: string, node: Znode): void {
  tree.nodes = tree.nodes.delete(path);
  tree.bytes -= node.dataLength + RECORD + path.length;
  const { owner } = node;
  switch (owner.kind) {
    case 'container':
      tree.containers = tree.containers.delete(path);
      return;
    case 'ttl':
      tree.ttls = tree.ttls.delete(path);
      return;
    case 'ephemeral': {
      const key = String(owner.session);
      const paths = (tree.ephemerals.get(key) ?? PersistentMap.empty<true>()).delete(path);
      tree.ephemerals = paths.size === 0 ? tree.ephemerals.delete(key) : tree.ephemerals.set(key, paths);
      return;
    }
    case 'persistent':
      return;
  }
}

/** A node of these kinds is found by its kind, too. */
export function enlist(tree: Tree, path: string, owner: Owner): void {
  if (owner.kind === 'container') tree.containers = tree.containers.set(path, true);
  else if (owner.kind === 'ttl') tree.ttls = tree.ttls.set(path, true);
  else if (owner.kind === 'ephemeral') {
    const key = String(owner.session);
    tree.ephemerals = tree.ephemerals.set(
      key,
      (tree.ephemerals.get(key) ?? PersistentMap.empty<true>()).set(path, true),
    );
  }
}

/** The paths of a session's ephemerals, sorted: here the order is defined. */
export function ephemeralsOf(tree: Tree, session: number): string[] {
  return (tree.ephemerals.get(String(session))?.keys() ?? []).sort(inOrder);
}

/** Paths of containers and TTL nodes that may go now. `maxNeverUsedMs` 0: a container that never had a child stays.
 *  Source: ContainerManager.java#getCandidates. */
export function reapable(tree: Tree, now: number, maxNeverUsedMs: number): string[] {
  const candidates: string[] = [];
  tree.containers.forEach((_true, path) => {
    const node = nodeAt(tree, path);
    if (node === undefined || node.children.size > 0) return;
    if (node.cversion > 0 || (maxNeverUsedMs > 0 && node.ctime !== 0 && now - node.ctime > maxNeverUsedMs))
      candidates.push(path);
  });
  candidates.sort(inOrder);
  const old: string[] = [];
  tree.ttls.forEach((_true, path) => {
    const node = nodeAt(tree, path);
    if (node === undefined || node.owner.kind !== 'ttl' || node.children.size > 0) return;
    if (node.owner.ttlMs > 0 && now - node.mtime > node.owner.ttlMs) old.push(path);
  });
  return [...candidates, ...old.sort(inOrder)];
}

/** How many nodes are below this one. Source: DataTree.java#getAllChildrenNumber; of the root, the alias counts too. */
export function descendantsOf(tree: Tree, path: string): number {
  if (path === '/') return tree.nodes.size - 1;
  let count = 0;
  tree.nodes.forEach((_node, other) => {
    if (other.startsWith(`${path}/`)) count++;
  });
  return count;
}

export function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A node whose children are others. Written out, like the two below: to spread a node of fourteen fields costs several
 *  times as much as all the rest of a write. */
export function withChildren(
  node: Znode,
  to: Pick<Znode, 'children'> & { readonly cversion: number; readonly pzxid: number },
): Znode {
  return {
    data: node.data,
    dataLength: node.dataLength,
    acl: node.acl,
    czxid: node.czxid,
    mzxid: node.mzxid,
    pzxid: to.pzxid,
    ctime: node.ctime,
    mtime: node.mtime,
    version: node.version,
    cversion: to.cversion,
    aversion: node.aversion,
    owner: node.owner,
    children: to.children,
  };
}

export function withData(
  node: Znode,
  to: { readonly data: string | null; readonly version: number; readonly zxid: number; readonly time: number },
): Znode {
  return {
    data: to.data,
    dataLength: to.data === null ? 0 : utf8Length(to.data),
    acl: node.acl,
    czxid: node.czxid,
    mzxid: to.zxid,
    pzxid: node.pzxid,
    ctime: node.ctime,
    mtime: to.time,
    version: to.version,
    cversion: node.cversion,
    aversion: node.aversion,
    owner: node.owner,
    children: node.children,
  };
}

export function withAcl(node: Znode, acl: readonly Acl[], aversion: number): Znode {
  return {
    data: node.data,
    dataLength: node.dataLength,
    acl,
    czxid: node.czxid,
    mzxid: node.mzxid,
    pzxid: node.pzxid,
    ctime: node.ctime,
    mtime: node.mtime,
    version: node.version,
    cversion: node.cversion,
    aversion,
    owner: node.owner,
    children: node.children,
  };
}

export function aclOfParent(tree: Tree, path: string): readonly Acl[] {
  return nodeAt(tree, parentOf(path))?.acl ?? [];
}

export function copyTree(tree: Tree): Tree {
  return { ...tree };
}

/** Whether two trees hold the same, times included; costs by what the two do not share. */
export function isSameTree(a: Tree, b: Tree): boolean {
  return (
    a.bytes === b.bytes &&
    a.nodes.equals(b.nodes, isSameNode) &&
    a.ephemerals.equals(b.ephemerals, areSamePaths) &&
    a.containers.equals(b.containers, isTrue) &&
    a.ttls.equals(b.ttls, isTrue) &&
    a.quotas.equals(b.quotas, isTrue)
  );
}

const isTrue = (): boolean => true;

function areSamePaths(a: PersistentMap<true>, b: PersistentMap<true>): boolean {
  return a.equals(b, isTrue);
}

function isSameNode(a: Znode, b: Znode): boolean {
  return (
    a.data === b.data &&
    isSameAcl(a.acl, b.acl) &&
    a.czxid === b.czxid &&
    a.mzxid === b.mzxid &&
    a.pzxid === b.pzxid &&
    a.ctime === b.ctime &&
    a.mtime === b.mtime &&
    a.version === b.version &&
    a.cversion === b.cversion &&
    a.aversion === b.aversion &&
    isSameOwner(a.owner, b.owner) &&
    areSamePaths(a.children, b.children)
  );
}

function isSameAcl(a: readonly Acl[], b: readonly Acl[]): boolean {
  if (a === b) return true;
  const same = (x: Acl, y: Acl | undefined): boolean => x.perms === y?.perms && x.scheme === y.scheme && x.id === y.id;
  return a.length === b.length && a.every((entry, i) => same(entry, b[i]));
}

function isSameOwner(a: Owner, b: Owner): boolean {
  if (a.kind === 'ephemeral') return b.kind === 'ephemeral' && a.session === b.session;
  if (a.kind === 'ttl') return b.kind === 'ttl' && a.ttlMs === b.ttlMs;
  return a.kind === b.kind;
}

/** Times are left out: they only tell one run from another. */
export function hashTree(tree: Tree, into: Hasher): void {
  into.int(tree.nodes.size);
  into.int(tree.nodes.sum(hashNode));
}

function hashNode(path: string, node: Znode): number {
  const hasher = new Hasher();
  hasher.text(path);
  hasher.data(node.data);
  for (const { perms, scheme, id } of node.acl) {
    hasher.int(perms);
    hasher.text(scheme);
    hasher.text(id);
  }
  hasher.int(node.czxid);
  hasher.int(node.mzxid);
  hasher.int(node.pzxid);
  hasher.int(node.version);
  hasher.int(node.cversion);
  hasher.int(node.aversion);
  hasher.data(node.owner);
  return Math.floor(hasher.digest53() / 2);
}

import { describe, expect, test } from 'vitest';
import { cloneWorld, fingerprint } from '../../sim/copies.ts';
import { Hasher } from '../../sim/hash.ts';
import { SECOND } from '../../sim/time.ts';
import type { World } from '../../sim/world.ts';
import type { Txn } from '../../sim/zab/messages.ts';
import { makeZxid } from '../../sim/zab/zxid.ts';
import { ApplyOnce } from '../../sim/zookeeper/apply-once.ts';
import { applyWrite } from '../../sim/zookeeper/apply.ts';
import type { PersistentMap } from '../../sim/zookeeper/persistent-map.ts';
import type { Znode } from '../../sim/zookeeper/stat.ts';
import { copyTree, hashTree, newTree, nodeAt, type Tree } from '../../sim/zookeeper/tree.ts';
import { at, client, Lab, scenarioOf, startAll, write } from '../world/ensemble.ts';

const NODES = 1000;

/** Three servers whose tree has a thousand nodes of the test's, at rest; later one of them is changed. */
function grown(): Lab {
  const writes = Array.from({ length: NODES }, (_, i) => at(2 * SECOND, write('c', `n${i}`, i)));
  const scenario = scenarioOf({
    service: 'zookeeper',
    timeline: [startAll(), ...writes, at(30 * SECOND, write('c', 'n7', -1))],
    clients: [client('c', { timeout: 20 * SECOND })],
  });
  return new Lab(scenario).until(20 * SECOND);
}

function treesOf(world: World): Tree[] {
  return world.hosts.flatMap((host) => (host === null || host.server === null ? [] : [treeOf(host.server.db.tree)]));
}

function treeOf(state: object): Tree {
  return state as Tree;
}

/** How many nodes are in no sum that was made before. Spoils the sums. */
function notSummedYet(nodes: PersistentMap<Znode>): number {
  let count = 0;
  nodes.sum(() => {
    count++;
    return 0;
  });
  return count;
}

/** Paths at which `after` does not hold the very node that `before` holds. */
function changed(before: PersistentMap<Znode>, after: PersistentMap<Znode>): string[] {
  return after.keys().filter((path) => before.get(path) !== after.get(path));
}

describe('a world whose tree has a thousand nodes', () => {
  const lab = grown();

  test('is copied without touching one of them; what is written later copies one', () => {
    const copy = cloneWorld(lab.world);
    const [original] = treesOf(lab.world);
    expect(original!.nodes.size).toBeGreaterThan(NODES);
    for (const tree of treesOf(copy)) expect(tree.nodes).toBe(original!.nodes);
    lab.until(40 * SECOND);
    for (const tree of treesOf(lab.world)) expect(changed(treesOf(copy)[0]!.nodes, tree.nodes)).toEqual(['/n7']);
    for (const tree of treesOf(copy)) expect(nodeAt(tree, '/n7')?.data).toBe('7');
  });

  test('is summed up by what has changed since the last time', () => {
    const other = grown();
    expect(treesOf(other.world)).toHaveLength(3);
    expect(notSummedYet(treesOf(grown().world)[0]!.nodes)).toBeGreaterThan(NODES);
    const before = fingerprint(other.world);
    other.until(40 * SECOND);
    expect(notSummedYet(treesOf(cloneWorld(other.world))[0]!.nodes)).toBe(1);
    expect(fingerprint(lab.world)).not.toBe(before);
  });

  test('holds it once: servers that applied the same share it', () => {
    const [first, ...rest] = treesOf(lab.world);
    for (const tree of rest) expect(tree.nodes).toBe(first!.nodes);
  });
});

describe('work that is done once for all servers', () => {
  function hashOf(tree: Tree): number {
    const hasher = new Hasher();
    hashTree(tree, hasher);
    return hasher.digest53();
  }

  function txn(counter: number, data: string): Txn {
    const body = { kind: 'write', op: { path: `/${data}`, data } } as const;
    return { zxid: makeZxid(1, counter), session: 1, cxid: counter, proposer: 1, body, digest: counter, bytes: 9 };
  }

  /** Counts how often it really applied something. */
  function counting(): { applied: number; apply: (tree: Tree, txn: Txn) => ReturnType<typeof applyNode> } {
    const counter = {
      applied: 0,
      apply: (tree: Tree, { zxid, body }: Txn) => {
        counter.applied++;
        return applyNode(tree, zxid, body.kind === 'write' ? String(Reflect.get(Object(body.op), 'data')) : '');
      },
    };
    return counter;
  }

  function applyNode(tree: Tree, zxid: number, name: string): { error: null; value: string; changes: [] } {
    const create = { type: 'create', path: `/${name}`, data: name, acl: [], ephemeral: false } as const;
    applyWrite(tree, { zxid, session: 1 }, { time: zxid, txn: { ...create, parentCVersion: zxid % 1000 } });
    return { error: null, value: name, changes: [] };
  }

  test('gives every server the tree and the answer that it would have had by itself', () => {
    const { apply } = counting();
    const counter = counting();
    const once = new ApplyOnce();
    const start = newTree();
    const servers = [copyTree(start), copyTree(start), copyTree(start)];
    const alone = newTree();
    for (let i = 1; i <= 600; i++) {
      const next = txn(i, `n${i % 50}`);
      const expected = apply(alone, next);
      for (const server of servers) expect(once.apply(server, next, counter.apply)).toEqual(expected);
      for (const server of servers) expect(hashOf(server)).toBe(hashOf(alone));
    }
    expect(counter.applied).toBe(600);
  });

  test('is not taken over by a server with another history, nor for another transaction of the zxid', () => {
    const counter = counting();
    const once = new ApplyOnce();
    const start = newTree();
    const [one, behind, astray] = [copyTree(start), copyTree(start), copyTree(start)];
    once.apply(one, txn(1, 'a'), counter.apply);
    once.apply(astray, txn(1, 'b'), counter.apply);
    const second = txn(2, 'c');
    for (const tree of [one, behind, astray]) once.apply(tree, second, counter.apply);
    expect(counter.applied).toBe(5);
    expect([one, behind, astray].map((tree) => ['/a', '/b', '/c'].map((path) => nodeAt(tree, path)?.data))).toEqual([
      ['a', undefined, 'c'],
      [undefined, undefined, 'c'],
      [undefined, 'b', 'c'],
    ]);
  });
});

import { describe, expect, test } from 'vitest';
import type { AuthId } from '../../sim/zookeeper/acl.ts';
import { readTree, type Reader } from '../../sim/zookeeper/read.ts';
import type { ReadOp, WriteOp } from '../../sim/zookeeper/operations.ts';
import { countWatches, dropWatcher, newWatches, notifications, type Marking } from '../../sim/zookeeper/watches.ts';
import { Alone, create, remove, setAcl, setData } from './alone.ts';

/** One server with its watches; connections are numbers. */
class Watched extends Alone {
  readonly watches = newWatches();
  readonly who = new Map<number, readonly AuthId[]>();
  readonly marking: Marking;

  constructor(marking: Marking = 'set') {
    super();
    this.marking = marking;
  }

  read(connection: number, op: ReadOp): ReturnType<typeof readTree> {
    const { watches, marking } = this;
    const ids = this.who.get(connection) ?? [];
    const reader: Reader = {
      connection,
      session: connection,
      ids,
      watches,
      marking,
      existsNeedsRead: true,
      mistake: null,
    };
    return readTree(this.tree, op, reader);
  }

  /** What is told after a write, as `connection type path`. */
  told(op: WriteOp): string[] {
    const { changes } = this.do(op);
    return notifications(this.watches, changes, (connection) => this.who.get(connection) ?? []).map(
      ({ connection, type, path }) => `${connection} ${type} ${path}`,
    );
  }
}

const exists = (path: string): ReadOp => ({ op: 'exists', path, watch: true });
const getData = (path: string): ReadOp => ({ op: 'getData', path, watch: true });
const getChildren = (path: string): ReadOp => ({ op: 'getChildren', path, watch: true });
const persistent = (path: string): ReadOp => ({ op: 'addWatch', path, mode: 0 });
const recursive = (path: string): ReadOp => ({ op: 'addWatch', path, mode: 1 });

describe('six rules that are told of watches', () => {
  test('a watch tells once: true of those that reads set, and not of those that addWatch set', () => {
    const server = new Watched();
    server.do(create('/a'));
    server.read(1, getData('/a'));
    server.read(2, persistent('/a'));
    expect(server.told(setData('/a', '1'))).toEqual(['1 NodeDataChanged /a', '2 NodeDataChanged /a']);
    expect(server.told(setData('/a', '2'))).toEqual(['2 NodeDataChanged /a']);
  });

  test('an event carries no data: true', () => {
    const server = new Watched();
    server.do(create('/a'));
    server.read(1, getData('/a'));
    server.do(setData('/a', 'secret'));
    const [event] = notifications(server.watches, server.changes.slice(-1), () => []);
    expect(event).toEqual({ connection: 1, type: 'NodeDataChanged', path: '/a' });
  });

  test('only exists can watch a node that is not there: true of reads', () => {
    const server = new Watched();
    expect(server.read(1, exists('/a')).error).toBe('NONODE');
    expect(server.read(2, getData('/a')).error).toBe('NONODE');
    expect(server.read(3, getChildren('/a')).error).toBe('NONODE');
    expect(server.read(4, persistent('/a')).error).toBe(null);
    expect(server.told(create('/a'))).toEqual(['1 NodeCreated /a', '4 NodeCreated /a']);
  });

  test('a watch on the children tells of changes in a child: false, only of children that come and go', () => {
    const server = new Watched();
    server.do(create('/a'));
    server.do(create('/a/b'));
    server.read(1, getChildren('/a'));
    expect(server.told(setData('/a/b', 'x'))).toEqual([]);
    expect(server.told(create('/a/b/c'))).toEqual([]);
    expect(server.told(create('/a/d'))).toEqual(['1 NodeChildrenChanged /a']);
  });

  test('writing what was there already tells nobody: false', () => {
    const server = new Watched();
    server.do(create('/a', { data: 'same' }));
    server.read(1, getData('/a'));
    expect(server.told(setData('/a', 'same'))).toEqual(['1 NodeDataChanged /a']);
  });

  test('every change is told: false, between an event and the next watch anything may pass', () => {
    const server = new Watched();
    server.do(create('/a'));
    server.read(1, getData('/a'));
    expect(server.told(setData('/a', '1')).length).toBe(1);
    expect(server.told(setData('/a', '2')).length).toBe(0);
    server.read(1, getData('/a'));
    expect(server.told(setData('/a', '3')).length).toBe(1);
  });
});

describe('events', () => {
  test('of a creation: the node, then its parent', () => {
    const server = new Watched();
    server.do(create('/a'));
    server.read(1, exists('/a/b'));
    server.read(1, getChildren('/a'));
    expect(server.told(create('/a/b'))).toEqual(['1 NodeCreated /a/b', '1 NodeChildrenChanged /a']);
  });

  test('of a deletion: once to whoever watches data and children both, then the parent', () => {
    const server = new Watched();
    server.do(create('/a'));
    server.read(1, getData('/a'));
    server.read(1, getChildren('/a'));
    server.read(2, getChildren('/a'));
    server.read(3, getChildren('/'));
    expect(server.told(remove('/a'))).toEqual(['1 NodeDeleted /a', '2 NodeDeleted /a', '3 NodeChildrenChanged /']);
    expect(countWatches(server.watches)).toBe(0);
  });

  test('do not come of setACL, checks and failures', () => {
    const server = new Watched();
    server.do(create('/a'));
    for (const op of [getData('/a'), getChildren('/a'), persistent('/'), recursive('/')]) server.read(1, op);
    expect(server.told(setAcl('/a', [{ perms: 31, scheme: 'world', id: 'anyone' }]))).toEqual([]);
    expect(server.told(setData('/a', 'x', 9))).toEqual([]);
    expect(server.told({ op: 'multi', ops: [create('/b'), { op: 'check', path: '/nope', version: 0 }] })).toEqual([]);
  });

  test('reach a recursive watch from any depth, once, and never as changes of children', () => {
    const server = new Watched();
    server.do(create('/a'));
    server.do(create('/a/b'));
    server.read(1, recursive('/'));
    server.read(1, recursive('/a'));
    server.read(1, getData('/a/b'));
    expect(server.told(setData('/a/b', 'x'))).toEqual(['1 NodeDataChanged /a/b']);
    expect(server.told(create('/a/c'))).toEqual(['1 NodeCreated /a/c']);
    expect(server.told(remove('/a/c'))).toEqual(['1 NodeDeleted /a/c']);
  });

  test('are kept from whoever may not read the node, whose watch is spent all the same', () => {
    const server = new Watched();
    const bob = { scheme: 'digest', id: 'bob:x' };
    server.do(create('/a', { acl: [{ perms: 31, ...bob }] }));
    server.who.set(2, [bob]);
    server.ids = [bob];
    for (const connection of [1, 2]) server.read(connection, persistent('/a'));
    server.read(1, exists('/b'));
    expect(server.told(setData('/a', 'x'))).toEqual(['2 NodeDataChanged /a']);
    expect(server.told(create('/b', { acl: [{ perms: 31, ...bob }] }))).toEqual([]);
    expect(server.told(setData('/b', 'x'))).toEqual([]);
  });

  test('end with the connection', () => {
    const server = new Watched();
    server.do(create('/a'));
    for (const op of [getData('/a'), getChildren('/a'), persistent('/'), recursive('/')]) server.read(1, op);
    expect(countWatches(server.watches)).toBe(4);
    dropWatcher(server.watches, 1);
    expect(countWatches(server.watches)).toBe(0);
    expect(server.told(setData('/a', 'x'))).toEqual([]);
  });
});

describe('several watches of one connection on one path', () => {
  const both = (marking: Marking): string[][] => {
    const server = new Watched(marking);
    server.do(create('/a'));
    server.read(1, getChildren('/a'));
    server.read(1, persistent('/a'));
    server.read(1, recursive('/a'));
    return [server.told(create('/a/b')), server.told(setData('/a', 'x')), server.told(setData('/a', 'y'))];
  };

  test('are all held from 3.9 on', () => {
    expect(both('set')).toEqual([
      ['1 NodeCreated /a/b', '1 NodeChildrenChanged /a'],
      ['1 NodeDataChanged /a'],
      ['1 NodeDataChanged /a'],
    ]);
  });

  test('replace each other before', () => {
    expect(both('one')).toEqual([['1 NodeCreated /a/b'], ['1 NodeDataChanged /a'], ['1 NodeDataChanged /a']]);
  });

  test('are removed by type', () => {
    const server = new Watched();
    server.do(create('/a'));
    const remove = (type: number): string | null => server.read(1, { op: 'removeWatches', path: '/a', type }).error;
    const check = (type: number): string | null => server.read(1, { op: 'checkWatches', path: '/a', type }).error;
    expect(remove(3)).toBe('NOWATCHER');
    for (const op of [getData('/a'), getChildren('/a'), persistent('/a')]) server.read(1, op);
    expect([check(1), check(2), check(3), check(4), check(5)]).toEqual([null, null, null, null, 'NOWATCHER']);
    expect([remove(1), check(1), check(2), remove(4), check(4)]).toEqual([null, 'NOWATCHER', null, null, 'NOWATCHER']);
    expect([remove(9), remove(3), check(3)]).toEqual(['MARSHALLINGERROR', null, 'NOWATCHER']);
    expect(server.read(1, { op: 'addWatch', path: '/a', mode: 7 }).error).toBe('MARSHALLINGERROR');
  });
});

test('setWatches tells what has changed, in the order data, exist, children, and sets the rest', () => {
  const server = new Watched();
  for (const path of ['/d1', '/d2', '/d3', '/c1', '/c2', '/x1']) server.do(create(path));
  const relativeZxid = server.zxid;
  server.do(setData('/d1', 'x'));
  server.do(remove('/d2'));
  server.do(create('/d2'));
  server.do(remove('/d3'));
  server.do(create('/c1/k'));
  const { notifications: told } = server.read(1, {
    op: 'setWatches2',
    relativeZxid,
    data: ['/d1', '/d2', '/d3'],
    exist: ['/x1', '/x2'],
    child: ['/c1', '/c2', '/gone'],
    persistent: ['/d3'],
    recursive: ['/c2'],
  });
  expect(told.map(({ type, path }) => `${type} ${path}`)).toEqual([
    'NodeDataChanged /d1',
    'NodeDataChanged /d2',
    'NodeDeleted /d3',
    'NodeCreated /x1',
    'NodeChildrenChanged /c1',
    'NodeDeleted /gone',
  ]);
  expect(server.told(create('/x2'))).toEqual(['1 NodeCreated /x2']);
  expect(server.told(create('/c2/k'))).toEqual(['1 NodeCreated /c2/k', '1 NodeChildrenChanged /c2']);
  expect(server.told(create('/d3'))).toEqual(['1 NodeCreated /d3']);
});

describe('reads', () => {
  test('ask for READ, but for the list READ or ADMIN, and hide hashes from who may not administer', () => {
    const server = new Watched();
    const bob = { scheme: 'digest', id: 'bob:hash' };
    server.do(
      create('/a', {
        acl: [
          { perms: 31, ...bob },
          { perms: 1, scheme: 'world', id: 'anyone' },
        ],
      }),
    );
    server.do(create('/b', { acl: [{ perms: 31, ...bob }] }));
    server.who.set(2, [bob]);
    expect(server.read(1, { op: 'getACL', path: '/a' }).answer?.acl?.[0]?.id).toBe('bob:x');
    expect(server.read(2, { op: 'getACL', path: '/a' }).answer?.acl?.[0]?.id).toBe('bob:hash');
    expect(server.read(1, { op: 'getACL', path: '/b' }).error).toBe('NOAUTH');
    expect(server.read(1, exists('/b')).error).toBe('NOAUTH');
    expect(server.read(1, getData('/b')).error).toBe('NOAUTH');
  });

  test('count descendants, list a session’s ephemerals by prefix, and read many at once', () => {
    const server = new Watched();
    server.do(create('/a'));
    server.do(create('/a/b'));
    server.do(create('/a/e1', { flags: 1 }), 7);
    server.do(create('/e2', { flags: 1 }), 7);
    const answer = (op: ReadOp): unknown => server.read(7, op).answer;
    expect(answer({ op: 'getAllChildrenNumber', path: '/a' })).toEqual({ totalNumber: 2 });
    expect(answer({ op: 'getEphemerals', path: '/' })).toEqual({ ephemerals: ['/a/e1', '/e2'] });
    expect(answer({ op: 'getEphemerals', path: '/a/e' })).toEqual({ ephemerals: ['/a/e1'] });
    expect(answer({ op: 'multiRead', ops: [getData('/nope'), getChildren('/a/b')] })).toEqual({
      results: [
        { type: 'error', error: 'NONODE' },
        { type: 'getChildren', children: [] },
      ],
    });
    expect(server.read(7, { op: 'multiRead', ops: [getData('/a'), { op: 'whoAmI' }] })).toMatchObject({
      error: 'MARSHALLINGERROR',
      answer: null,
    });
    expect(countWatches(server.watches)).toBe(0);
  });
});

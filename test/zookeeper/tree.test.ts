import { describe, expect, test } from 'vitest';
import { READ_ACL_UNSAFE } from '../../sim/zookeeper/acl.ts';
import { applyWrite } from '../../sim/zookeeper/apply.ts';
import type { MultiPart, TreeTxn, WriteOp } from '../../sim/zookeeper/operations.ts';
import { Hasher } from '../../sim/hash.ts';
import {
  copyTree,
  descendantsOf,
  ephemeralsOf,
  hashTree,
  newTree,
  nodeAt,
  reapable,
  type Tree,
} from '../../sim/zookeeper/tree.ts';
import { Alone, create, remove, setAcl, setData } from './alone.ts';

const SEQUENTIAL = { flags: 2 };
const EPHEMERAL = { flags: 1 };

describe('the tree', () => {
  test('begins with four nodes, whose children were never counted', () => {
    const alone = new Alone();
    expect(alone.stat('/')).toMatchObject({ cversion: -1, numChildren: 1, czxid: 0 });
    expect(alone.stat('/zookeeper')).toMatchObject({ cversion: -2, numChildren: 2 });
    expect(alone.stat('/zookeeper/config')).toMatchObject({ aversion: -1 });
    expect(descendantsOf(alone.tree, '/')).toBe(3);
    expect(nodeAt(alone.tree, '')).toBe(nodeAt(alone.tree, '/'));
  });

  test('keeps every field of Stat by its rule', () => {
    const alone = new Alone();
    alone.zxid = 1;
    alone.do(create('/p'));
    for (const name of ['a', 'b', 'c']) alone.do(create(`/p/${name}`));
    expect(alone.stat('/p')).toMatchObject({ czxid: 2, cversion: 3, pzxid: 5, numChildren: 3 });
    alone.do(remove('/p/a'));
    expect(alone.stat('/p')).toMatchObject({ cversion: 4, pzxid: 6, numChildren: 2 });
    alone.do(create('/p/d'));
    alone.do(create('/p/e'));
    expect(alone.stat('/p')).toMatchObject({ cversion: 6, pzxid: 8, numChildren: 4 });
    alone.time = 5000;
    const { answer } = alone.do(setData('/p', 'é'));
    expect(answer?.stat).toEqual({
      czxid: 2,
      mzxid: 9,
      ctime: 1000,
      mtime: 5000,
      version: 1,
      cversion: 6,
      aversion: 0,
      ephemeralOwner: 0,
      dataLength: 2,
      numChildren: 4,
      pzxid: 8,
    });
    alone.do(setAcl('/p', READ_ACL_UNSAFE, 0));
    expect(alone.stat('/p')).toMatchObject({ aversion: 1, version: 1, mzxid: 9, mtime: 5000 });
  });

  test('tells null data from empty data', () => {
    const alone = new Alone();
    alone.do(create('/n', { data: null }));
    expect(nodeAt(alone.tree, '/n')).toMatchObject({ data: null, dataLength: 0 });
  });

  test('numbers sequential nodes by the children ever created', () => {
    const alone = new Alone();
    alone.do(create('/s'));
    const paths = [
      alone.do(create('/s/n-', SEQUENTIAL)).answer?.path,
      alone.do(create('/s/plain')).answer?.path,
      alone.do(create('/s/n-', SEQUENTIAL)).answer?.path,
    ];
    alone.do(remove('/s/plain'));
    paths.push(alone.do(create('/s/', SEQUENTIAL)).answer?.path);
    expect(paths).toEqual(['/s/n-0000000000', '/s/plain', '/s/n-0000000002', '/s/0000000003']);
    alone.do(create('/nope/x-', SEQUENTIAL));
    alone.propose(create('/s/a-', SEQUENTIAL));
    alone.propose(create('/s/a-', SEQUENTIAL));
    expect([alone.applyNext().answer?.path, alone.applyNext().answer?.path]).toEqual([
      '/s/a-0000000004',
      '/s/a-0000000005',
    ]);
  });

  test('past the last number stays where it is, and only pipelined creates see negative ones', () => {
    const alone = new Alone();
    alone.do(create('/s'));
    const node = nodeAt(alone.tree, '/s')!;
    alone.tree.nodes = alone.tree.nodes.set('/s', { ...node, cversion: 2147483647 });
    alone.propose(create('/s/n-', SEQUENTIAL));
    alone.propose(create('/s/n-', SEQUENTIAL));
    expect(alone.applyNext().answer?.path).toBe('/s/n-2147483647');
    expect(alone.applyNext().answer?.path).toBe('/s/n--2147483648');
    expect(nodeAt(alone.tree, '/s')?.cversion).toBe(2147483647);
    expect(alone.do(create('/s/n-', SEQUENTIAL)).error).toBe('NODEEXISTS');
  });

  test('knows ephemerals, containers and TTL nodes by their kind', () => {
    const alone = new Alone();
    alone.do(create('/e', EPHEMERAL), 7);
    alone.do(create('/c', { op: 'createContainer', flags: 4 }));
    alone.do(create('/t', { op: 'createTTL', flags: 5, ttlMs: 1500 }));
    expect(['/e', '/c', '/t'].map((path) => alone.stat(path).ephemeralOwner)).toEqual([7, 0, 0]);
    expect(alone.do(create('/plain', { flags: 4 })).answer?.path).toBe('/plain');
    expect(nodeAt(alone.tree, '/plain')?.owner.kind).toBe('persistent');
    expect(reapable(alone.tree, 3000, 0)).toEqual(['/t']);
    expect(reapable(alone.tree, 2500, 0)).toEqual([]);
    expect(reapable(alone.tree, 2500, 1000)).toEqual(['/c']);
    alone.do(create('/c/x'));
    expect(reapable(alone.tree, 2500, 1000)).toEqual([]);
    alone.do(remove('/c/x'));
    expect(reapable(alone.tree, 1000, 0)).toEqual(['/c']);
    alone.time = 9000;
    expect(alone.do({ op: 'deleteContainer', path: '/c' }).error).toBe(null);
    expect(alone.close(7)).toEqual(['/e']);
    expect(ephemeralsOf(alone.tree, 7)).toEqual([]);
  });

  test('is copied and hashed without being walked', () => {
    const alone = new Alone();
    for (let i = 0; i < 300; i++) alone.do(create(`/n${i}`));
    const copy = copyTree(alone.tree);
    const before = hashOf(copy);
    alone.do(setData('/n7', 'x'));
    expect(hashOf(copy)).toBe(before);
    expect(hashOf(alone.tree)).not.toBe(before);
    expect(nodeAt(copy, '/n7')?.data).toBe('');
  });
});

function hashOf(tree: Tree): string {
  const hasher = new Hasher();
  hashTree(tree, hasher);
  return hasher.hex();
}

describe('validation', () => {
  const errors = (ops: readonly WriteOp[], set: Partial<Alone> = {}): (string | null)[] => {
    const alone = new Alone();
    alone.do(create('/a', { data: 'x' }));
    alone.do(create('/a/b'));
    alone.do(create('/e', EPHEMERAL));
    alone.do(create('/ro', { acl: READ_ACL_UNSAFE }));
    Object.assign(alone, set);
    return ops.map((op) => alone.do(op).error);
  };

  test('gives the error of the first check that fails', () => {
    expect(
      errors([
        create('/a'),
        create('/no/parent'),
        create('/e/child'),
        create('/ro/child'),
        create('noslash'),
        create('/trailing/'),
        create('//double'),
        create('/a//b'),
        create('/.'),
        create('/x', { flags: 9 }),
        create('/x', { acl: [] }),
        create('/', {}),
        create(null),
        create('/x', { op: 'createTTL', flags: 5, ttlMs: 0 }),
        create('/x', { op: 'createTTL', flags: 5, ttlMs: 0x100_0000_0000 }),
      ]),
    ).toEqual([
      'NODEEXISTS',
      'NONODE',
      'NOCHILDRENFOREPHEMERALS',
      'NOAUTH',
      'BADARGUMENTS',
      'NONODE',
      'BADARGUMENTS',
      'NONODE',
      'BADARGUMENTS',
      'BADARGUMENTS',
      'INVALIDACL',
      'NODEEXISTS',
      'MARSHALLINGERROR',
      'BADARGUMENTS',
      'BADARGUMENTS',
    ]);
    expect(
      errors([
        remove('/a', 9),
        remove('/a'),
        remove('/'),
        remove('/zookeeper/quota'),
        remove('/nope'),
        setData('/nope', ''),
        setData('/ro', ''),
        setData('/a', '', 9),
        setData('/a', '', -2),
        setData('/a/', ''),
        setAcl('/a', []),
        setAcl('/ro', READ_ACL_UNSAFE),
        { op: 'reconfig' },
      ]),
    ).toEqual([
      'BADVERSION',
      'NOTEMPTY',
      'BADARGUMENTS',
      'BADARGUMENTS',
      'NONODE',
      'NONODE',
      'NOAUTH',
      'BADVERSION',
      'BADVERSION',
      'BADARGUMENTS',
      'INVALIDACL',
      'NOAUTH',
      'RECONFIGDISABLED',
    ]);
  });

  test('looks at the session, and at whether TTL nodes are allowed', () => {
    const ops = [create('/x'), create('/x', { flags: 9 }), remove('/a/b'), setData('/a', '')];
    expect(errors(ops, { refused: 'SESSIONEXPIRED' })).toEqual([
      'SESSIONEXPIRED',
      'BADARGUMENTS',
      'SESSIONEXPIRED',
      'SESSIONEXPIRED',
    ]);
    expect(errors([create('/t', { op: 'createTTL', flags: 5, ttlMs: 5 })], { extendedTypes: false })).toEqual([
      'UNIMPLEMENTED',
    ]);
  });

  test('lets an open parent give away a node that its own list guards', () => {
    expect(errors([remove('/ro')])).toEqual([null]);
  });

  test('sees what is proposed and not yet applied', () => {
    const alone = new Alone();
    alone.do(create('/a'));
    const types = [
      alone.propose(create('/a/b')),
      alone.propose(remove('/a')),
      alone.propose(remove('/a/b')),
      alone.propose(remove('/a')),
      alone.propose(setData('/a', '')),
      alone.propose(create('/a')),
    ].map((txn) => (txn.type === 'error' ? txn.error : txn.type));
    expect(types).toEqual(['create', 'NOTEMPTY', 'delete', 'delete', 'NONODE', 'create']);
    while (alone.proposed.length > 0) alone.applyNext();
    expect(alone.outstanding).toEqual({ records: [], byPath: new Map() });
    expect(alone.stat('/a').czxid).toBe(7);
  });

  test('judges by the old list what is right behind a setACL, and by the new version', () => {
    const alone = new Alone();
    alone.do(create('/a'));
    alone.propose(setAcl('/a', READ_ACL_UNSAFE, 0));
    expect(alone.propose(setData('/a', 'x')).type).toBe('setData');
    expect(alone.propose(setAcl('/a', READ_ACL_UNSAFE, 0))).toEqual({ type: 'error', error: 'BADVERSION' });
  });

  test('of a closed session leaves the count of its parent until it is applied', () => {
    const alone = new Alone();
    alone.do(create('/p'));
    alone.do(create('/p/e', EPHEMERAL), 5);
    alone.propose(create('/p/late', EPHEMERAL), 5);
    alone.propose(remove('/p/e'));
    const before = alone.proposed.length;
    expect(before).toBe(2);
    alone.applyNext();
    alone.applyNext();
    expect(alone.close(5)).toEqual(['/p/late']);
    expect(alone.do(remove('/p')).error).toBe(null);
  });
});

describe('multi', () => {
  test('applies all in order, each seeing the ones before, under one zxid', () => {
    const alone = new Alone();
    const { answer } = alone.do({
      op: 'multi',
      ops: [
        create('/m'),
        create('/m/k', { data: 'v' }),
        { op: 'setData', path: '/m', data: 'z', version: 0 },
        { op: 'check', path: '/m', version: 1 },
        { op: 'delete', path: '/m/k', version: -1 },
      ],
    });
    expect(answer?.results?.map((result) => result.type)).toEqual(['create', 'create', 'setData', 'check', 'delete']);
    expect(alone.stat('/m')).toMatchObject({ czxid: 1, mzxid: 1, pzxid: 1, version: 1, cversion: 2 });
    expect(alone.changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'created /m',
      'created /m/k',
      'dataChanged /m',
      'deleted /m/k',
    ]);
  });

  test('that fails changes nothing, takes no number, and tells which failed', () => {
    const alone = new Alone();
    alone.do(create('/s'));
    const { error, answer } = alone.do({
      op: 'multi',
      ops: [
        create('/s/q-', SEQUENTIAL),
        create('/s/q-', SEQUENTIAL),
        { op: 'check', path: '/s', version: 5 },
        create('/x'),
        remove('/s') as Extract<WriteOp, { op: 'delete' }>,
      ],
    });
    expect(error).toBe(null);
    expect(answer?.results).toEqual(
      ['OK', 'OK', 'BADVERSION', 'RUNTIMEINCONSISTENCY', 'RUNTIMEINCONSISTENCY'].map((name) => ({
        type: 'error',
        error: name,
      })),
    );
    expect(alone.do(create('/s/q-', SEQUENTIAL)).answer?.path).toBe('/s/q-0000000000');
    expect(alone.zxid).toBe(3);
  });

  test('that fails puts back what others had proposed before it', () => {
    const alone = new Alone();
    alone.do(create('/s'));
    alone.propose(setData('/s', 'x'));
    alone.propose({
      op: 'multi',
      ops: [
        { op: 'setData', path: '/s', data: 'y', version: 1 },
        { op: 'check', path: '/nope', version: 0 },
      ],
    });
    expect(alone.propose(setData('/s', 'z', 1)).type).toBe('setData');
    expect(alone.propose(setData('/s', 'z', 1))).toEqual({ type: 'error', error: 'BADVERSION' });
  });

  test('may be empty', () => {
    expect(new Alone().do({ op: 'multi', ops: [] }).answer).toEqual({ results: [] });
  });

  test.each<MultiPart>([
    { op: 'setACL', path: '/', acl: READ_ACL_UNSAFE, version: -1 },
    { op: 'getData', path: '/', watch: false },
    { op: 'getACL', path: '/' },
    { op: 'reconfig' },
    { op: 'delete', path: null, version: -1 },
  ])('that cannot be read is one error, whatever else it holds: %j', (part) => {
    const alone = new Alone();
    const txn = alone.propose({ op: 'multi', ops: [create('/a'), remove('/nope') as MultiPart, part] });
    expect(txn).toEqual({ type: 'error', error: 'MARSHALLINGERROR' });
    expect(alone.applyNext()).toMatchObject({ error: 'MARSHALLINGERROR', changes: [] });
    expect(alone.do(create('/a')).error).toBe(null);
  });
});

describe('applied a second time', () => {
  const created: TreeTxn = {
    type: 'create',
    path: '/a/b',
    data: '',
    acl: READ_ACL_UNSAFE,
    ephemeral: false,
    parentCVersion: 5,
  };

  test('a create finds its node, gives it its list, and the old opcode alone raises the parent', () => {
    for (const type of ['create', 'create2'] as const) {
      const alone = new Alone();
      alone.do(create('/a'));
      alone.do(create('/a/b'));
      const again = applyWrite(alone.tree, { zxid: 9, session: 1 }, { time: 1, txn: { ...created, type } });
      expect(again).toMatchObject({ error: 'NODEEXISTS', changes: [] });
      expect(nodeAt(alone.tree, '/a/b')?.acl).toEqual(READ_ACL_UNSAFE);
      expect(nodeAt(alone.tree, '/a')).toMatchObject(
        type === 'create' ? { cversion: 5, pzxid: 9 } : { cversion: 1, pzxid: 2 },
      );
    }
  });

  test('a delete of a node that is gone still moves the parent, and never back', () => {
    const alone = new Alone();
    alone.do(create('/a'));
    const gone = (zxid: number): unknown =>
      applyWrite(alone.tree, { zxid, session: 1 }, { time: 1, txn: { type: 'delete', path: '/a/b' } });
    expect(gone(9)).toMatchObject({ error: 'NONODE' });
    expect(alone.stat('/a').pzxid).toBe(9);
    gone(8);
    expect(alone.stat('/a').pzxid).toBe(9);
    expect(applyWrite(newTree(), { zxid: 3, session: 1 }, { time: 1, txn: created })).toMatchObject({
      error: 'NONODE',
    });
  });
});

// What a program orders is done in order, and it is told what a real one would be told: never the fate of a lost write.
import { expect, test } from 'vitest';
import { clonePlain } from '../../sim/clients/program.ts';
import { rewatch, holdWatch, noWatches, spendWatches } from '../../sim/clients/held-watches.ts';
import { clientPath, serverPath, withChroot, withoutChroot } from '../../sim/clients/chroot.ts';
import type { Operation } from '../../sim/zookeeper/operations.ts';

test('a plain state is copied to its depth', () => {
  const state = { list: [{ a: 1 }], text: 'x', none: null };
  const copy = clonePlain(state);
  copy.list[0]!.a = 2;
  expect(state).toEqual({ list: [{ a: 1 }], text: 'x', none: null });
});

test('paths go to the server with the chroot, and come back without it', () => {
  expect([serverPath('/app', '/'), serverPath('/app', '/a'), serverPath('', '/a')]).toEqual(['/app', '/app/a', '/a']);
  expect([clientPath('/app', '/app'), clientPath('/app', '/app/a')]).toEqual(['/', '/a']);
  expect(
    withChroot('/app', {
      op: 'multi',
      ops: [
        { op: 'delete', path: '/a', version: -1 },
        { op: 'check', path: '/', version: 0 },
      ],
    }),
  ).toEqual({
    op: 'multi',
    ops: [
      { op: 'delete', path: '/app/a', version: -1 },
      { op: 'check', path: '/app', version: 0 },
    ],
  });
  expect(withoutChroot('/app', { path: '/app/a', data: '' })).toEqual({ path: '/a', data: '' });
});

test('what the library leaves as it is has the paths of the server: the root, ephemerals, results of a multi', () => {
  const root: Operation = { op: 'delete', path: '/', version: -1 };
  const ephemerals: Operation = { op: 'getEphemerals', path: '/a' };
  expect([withChroot('/app', root), withChroot('/app', ephemerals)]).toEqual([root, ephemerals]);
  const results = [{ type: 'create', path: '/app/b' }] as const;
  expect(withoutChroot('/app', { results })).toEqual({ results });
  expect(withoutChroot('/app', { ephemerals: ['/app/e'] })).toEqual({ ephemerals: ['/app/e'] });
});

test('a watch is held when the server has set it, and spent by the events that it is about', () => {
  const held = noWatches();
  holdWatch(held, { op: 'getData', path: '/a', watch: true }, 'NONODE');
  holdWatch(held, { op: 'exists', path: '/a', watch: true }, 'NONODE');
  holdWatch(held, { op: 'getChildren', path: '/b', watch: true }, null);
  holdWatch(held, { op: 'addWatch', path: '/r', mode: 1 }, null);
  expect([[...held.data], [...held.exist], [...held.child], [...held.recursive]]).toEqual([[], ['/a'], ['/b'], ['/r']]);
  expect(spendWatches(held, 'NodeChildrenChanged', '/a')).toBe(false);
  expect(spendWatches(held, 'NodeCreated', '/a')).toBe(true);
  expect(spendWatches(held, 'NodeCreated', '/a')).toBe(false);
  expect(spendWatches(held, 'NodeDeleted', '/b')).toBe(true);
  expect(spendWatches(held, 'NodeDataChanged', '/r/x/y')).toBe(true);
  expect(spendWatches(held, 'NodeDataChanged', '/rx')).toBe(false);
});

test('watches are sent again in frames that a server takes', () => {
  const held = noWatches();
  for (let i = 0; i < 3000; i++) held.data.add(`/${'x'.repeat(94)}${String(i).padStart(5, '0')}`);
  held.persistent.add('/p');
  const frames = rewatch(held, 7, (path) => `/app${path}`);
  expect(frames).toHaveLength(3);
  expect(frames.flatMap(({ data }) => data)).toEqual([...held.data].map((path) => `/app${path}`));
  expect(frames.every(({ op, relativeZxid }) => op === 'setWatches2' && relativeZxid === 7)).toBe(true);
  expect(rewatch(noWatches(), 7, (path) => path)).toEqual([]);
});

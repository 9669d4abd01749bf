// What lies under a path with limits is counted in a node beside them, and hard limits refuse only where they are enforced.
import { describe, expect, test } from 'vitest';
import { OPEN_ACL_UNSAFE } from '../../sim/zookeeper/acl.ts';
import { addTo, iterationOf, newHashSet, removeFrom } from '../../sim/zookeeper/hash-set.ts';
import { formatStats, parseStats } from '../../sim/zookeeper/quota.ts';
import { nodeAt } from '../../sim/zookeeper/tree.ts';
import { setupQuotas } from '../../sim/zookeeper/tree-quotas.ts';
import { Alone } from './alone.ts';

function create(leader: Alone, path: string, data: string | null = '') {
  return leader.do({ op: 'create', path, data, acl: OPEN_ACL_UNSAFE, flags: 0, ttlMs: 0 });
}

/** /q is bounded, and holds one node of four bytes. */
function bounded(limits: string): Alone {
  const leader = new Alone();
  create(leader, '/q', 'four');
  create(leader, '/zookeeper/quota/q');
  create(leader, '/zookeeper/quota/q/zookeeper_limits', limits);
  create(leader, '/zookeeper/quota/q/zookeeper_stats', 'count=0,bytes=0');
  return leader;
}

function statsOf(leader: Alone, path = '/q') {
  return nodeAt(leader.tree, `/zookeeper/quota${path}/zookeeper_stats`);
}

describe('counting', () => {
  test('begins with what is there, and follows every create, change and delete without a version of its own', () => {
    const leader = bounded('count=1,bytes=1');
    expect(statsOf(leader)).toMatchObject({ data: 'count=1,bytes=4', dataLength: 15 });
    const { mzxid } = statsOf(leader)!;
    create(leader, '/q/a', 'xyz');
    create(leader, '/qq', 'elsewhere');
    leader.do({ op: 'setData', path: '/q', data: null, version: -1 });
    expect(statsOf(leader)).toMatchObject({ data: 'count=2,bytes=3', version: 0, mzxid });
    leader.do({ op: 'delete', path: '/q/a', version: -1 });
    expect(statsOf(leader)?.data).toBe('count=1,bytes=0');
  });

  test('is done by the deepest bound alone, and by nobody once the limits are gone', () => {
    const leader = bounded('count=1,bytes=1');
    create(leader, '/q/n');
    create(leader, '/zookeeper/quota/q/n');
    create(leader, '/zookeeper/quota/q/n/zookeeper_limits', 'count=9,bytes=9');
    create(leader, '/zookeeper/quota/q/n/zookeeper_stats');
    create(leader, '/q/n/below', '12');
    expect(statsOf(leader)?.data).toBe('count=2,bytes=4');
    expect(statsOf(leader, '/q/n')?.data).toBe('count=2,bytes=2');
    leader.do({ op: 'delete', path: '/zookeeper/quota/q/zookeeper_limits', version: -1 });
    create(leader, '/q/uncounted');
    create(leader, '/q/n/counted');
    expect(statsOf(leader)?.data).toBe('count=2,bytes=4');
    expect(statsOf(leader, '/q/n')?.data).toBe('count=3,bytes=2');
  });

  test('is done anew where a tree is read from a snapshot', () => {
    const leader = bounded('count=1,bytes=1');
    leader.do({ op: 'setData', path: '/zookeeper/quota/q/zookeeper_stats', data: 'count=77,bytes=0', version: -1 });
    setupQuotas(leader.tree);
    expect(statsOf(leader)?.data).toBe('count=1,bytes=4');
    expect(leader.tree.quotas.keys()).toEqual(['/q']);
  });
});

describe('limits', () => {
  const HARD = 'count=-1,bytes=-1=;byteHardLimit=10;countHardLimit=2';

  test('refuse nothing as shipped, hard or not', () => {
    const leader = bounded(HARD);
    for (const name of ['a', 'b', 'c']) expect(create(leader, `/q/${name}`, 'long enough to exceed').error).toBeNull();
  });

  test('refuse what would exceed them where they are enforced, judged by what is applied', () => {
    const leader = bounded(HARD);
    leader.enforceQuota = true;
    expect(create(leader, '/q/a', '1234567').error).toBe('QUOTAEXCEEDED');
    expect(create(leader, '/q/a', '123456').error).toBeNull();
    expect(create(leader, '/q/b').error).toBe('QUOTAEXCEEDED');
    expect(leader.do({ op: 'setData', path: '/q', data: '12345', version: -1 }).error).toBe('QUOTAEXCEEDED');
    expect(leader.do({ op: 'setData', path: '/q', data: '1234', version: -1 }).error).toBeNull();
    expect(create(leader, '/elsewhere', 'as long as you like').error).toBeNull();
  });

  test('that are soft only warn', () => {
    const leader = bounded('count=1,bytes=1');
    leader.enforceQuota = true;
    expect(create(leader, '/q/a', 'more').error).toBeNull();
  });
});

test('texts of quotas are read and written as older servers wrote them', () => {
  const stats = parseStats('bytes=5=;countHardLimit=10,count=4;byteHardLimit=');
  expect(stats === null ? '' : formatStats(stats)).toBe('count=4,bytes=5=;byteHardLimit=-1;countHardLimit=10');
  expect(parseStats('count')).toBeNull();
  expect(parseStats('count=many')).toBeNull();
  expect(parseStats(null)).toBeNull();
  expect(parseStats('')?.size).toBe(0);
});

test('a hash set is walked through as Java does, whatever its size', () => {
  // Bodies of closeSession of a real 3.8.0: a set of four had eight buckets.
  const four = newHashSet(['/a/t-0000000012', '/a/x/10000000002', '/b0000000006', '/c/0000000009']);
  expect(iterationOf(four)).toEqual(['/b0000000006', '/c/0000000009', '/a/t-0000000012', '/a/x/10000000002']);
  removeFrom(four, '/c/0000000009');
  addTo(four, '/b0000000006');
  expect(iterationOf(four)).toEqual(['/b0000000006', '/a/t-0000000012', '/a/x/10000000002']);
});

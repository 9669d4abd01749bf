import { describe, expect, test } from 'vitest';
import { passwordOf } from '../../sim/zab/password.ts';
import { authenticate, fixupAcl, formatPerms, isAllowed, masked, permsOf, userOf } from '../../sim/zookeeper/acl.ts';
import { frameBytes } from '../../sim/zookeeper/frames.ts';
import {
  createPathMistake,
  parentForLookup,
  pathMistake,
  sequenceSuffix,
  utf8Length,
} from '../../sim/zookeeper/paths.ts';
import { PersistentMap } from '../../sim/zookeeper/persistent-map.ts';
import { base64, digestId, sha1, utf8 } from '../../sim/zookeeper/sha1.ts';
import { nextVersion } from '../../sim/zookeeper/stat.ts';
import { create } from './alone.ts';

describe('paths', () => {
  test('are good or bad for the reason ZooKeeper gives', () => {
    for (const good of ['/', '/a', '/a/b', '/a.b', '/...', '/.a', '/a b', '/é中'])
      expect([good, pathMistake(good)]).toEqual([good, null]);
    for (const bad of ['', 'a', '/a/', '//', '//a', '/a//b', '/.', '/..', '/a/./b', '/a/../b'])
      expect([bad, pathMistake(bad) !== null]).toEqual([bad, true]);
    for (const code of [0x00, 0x01, 0x1f, 0x7f, 0x9f, 0xd800, 0xe000, 0xf8ff, 0xfff0, 0xffff])
      expect([code, pathMistake(`/a${String.fromCharCode(code)}b`) !== null]).toEqual([code, true]);
    for (const code of [0x20, 0x7e, 0xa0, 0xd7ff, 0xf900, 0xffef])
      expect([code, pathMistake(`/a${String.fromCharCode(code)}b`)]).toEqual([code, null]);
    expect(createPathMistake('/dir/', true)).toBe(null);
    expect(createPathMistake('/dir/', false)).not.toBe(null);
    expect(pathMistake(null)).not.toBe(null);
  });

  test('have the parent that the leader looks up', () => {
    expect(['/a', '/a/b', '/p//b', '/p/', 'a', '/a\0b'].map(parentForLookup)).toEqual([
      '',
      '/a',
      '/p/',
      '/p',
      null,
      null,
    ]);
  });

  test('of sequential nodes end with ten digits, or a sign once the counter has overflown', () => {
    expect([0, 7, 2147483647, -2147483648, -7].map(sequenceSuffix)).toEqual([
      '0000000000',
      '0000000007',
      '2147483647',
      '-2147483648',
      '-000000007',
    ]);
  });

  test('are counted in bytes', () => {
    expect(['', 'a', 'é', '中', '/é中'].map(utf8Length)).toEqual([0, 1, 2, 3, 6]);
  });
});

describe('digests', () => {
  test('are those of FIPS 180-4 and of the real DigestAuthenticationProvider', () => {
    const hex = (bytes: number[]): string => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
    expect(hex(sha1(utf8('abc')))).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
    expect(hex(sha1([]))).toBe('da39a3ee5e6b4b0d3255bfef95601890afd80709');
    expect(hex(sha1(utf8('a'.repeat(119))))).toBe('ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56');
    expect(['', 'f', 'fo', 'foo'].map((text) => base64(utf8(text)))).toEqual(['', 'Zg==', 'Zm8=', 'Zm9v']);
    expect(digestId('bob:x')).toBe('bob:ttt4KD2l/LR0Mpj5c6jU0hrwVdE=');
    expect(digestId('super:admin')).toBe('super:xQJmxLMiHGwaqBvst5y6rkB6HQs=');
    expect(digestId('u:p')).toBe('u:Jq7wMyA/w2Vd5WIDAKdu4OIIFEQ=');
  });

  test('passwords of sessions are those of java.util.Random', () => {
    // The generator takes 48 bits of the id: these are the ids 0x1000019f3710000 and 0x100001b0a550000 without the rest.
    expect(passwordOf(0x19f3710000)).toBe('f5553144dee8acdc5b667f27579fba22');
    expect(passwordOf(0x1b0a550000)).toBe('e11e738d5a7dc3092707d40d335e4a61');
  });
});

describe('access control lists', () => {
  const world = { perms: 31, scheme: 'world', id: 'anyone' };
  const bob = { scheme: 'digest', id: 'bob:ttt4KD2l/LR0Mpj5c6jU0hrwVdE=' };
  const here = { scheme: 'ip', id: '127.0.0.1' };

  test('allow by any overlap of permissions, to the world, to equal ids, to address ranges, and to the super user', () => {
    expect(isAllowed([], 1, [])).toBe(true);
    expect(isAllowed([world], 4, [])).toBe(true);
    expect(isAllowed([{ ...world, perms: 1 }], 2, [])).toBe(false);
    expect(isAllowed([{ ...world, perms: 1 }], 17, [])).toBe(true);
    expect(isAllowed([{ perms: 31, ...bob }], 1, [here])).toBe(false);
    expect(isAllowed([{ perms: 31, ...bob }], 1, [here, bob])).toBe(true);
    expect(isAllowed([{ perms: 31, ...bob }], 1, [{ scheme: 'super', id: '' }])).toBe(true);
    for (const [pattern, allowed] of [
      ['127.0.0.1', true],
      ['127.0.0.0/24', true],
      ['127.0.0.2/31', false],
      ['0.0.0.0/0', true],
      ['::1', false],
    ] as const)
      expect([pattern, isAllowed([{ perms: 1, scheme: 'ip', id: pattern }], 1, [here])]).toEqual([pattern, allowed]);
    expect(isAllowed([{ perms: 1, scheme: 'ip', id: 'fe80::/10' }], 1, [{ scheme: 'ip', id: 'fe80::1' }])).toBe(true);
  });

  test('are stored without duplicates and with auth replaced by who asks, or refused', () => {
    expect(fixupAcl([world, world], [])).toEqual([world]);
    expect(fixupAcl([{ perms: 1, scheme: 'auth', id: '' }], [here, bob])).toEqual([{ perms: 1, ...bob }]);
    for (const acl of [
      null,
      [],
      [{ perms: 1, scheme: 'world', id: 'someone' }],
      [{ perms: 1, scheme: 'nosuch', id: 'x' }],
      [{ perms: 1, scheme: 'auth', id: '' }],
      [{ perms: 1, scheme: 'digest', id: 'malformed' }],
      [{ perms: 1, scheme: 'ip', id: 'not-an-ip' }],
      [{ perms: 1, scheme: 'ip', id: '127.0.0.1/33' }],
      [{ perms: 1, scheme: 'ip', id: '1:2:3:4:5:6:7:8:9' }],
    ])
      expect([acl, fixupAcl(acl, [here])]).toEqual([acl, null]);
  });

  test('attach ids by scheme, and show users without their hashes', () => {
    expect(authenticate('digest', 'bob:x', null)).toEqual([bob]);
    expect(authenticate('digest', 'super:admin', 'super:xQJmxLMiHGwaqBvst5y6rkB6HQs=')?.map(userOf)).toEqual([
      '',
      'super',
    ]);
    expect(authenticate('nosuch', 'x', null)).toBe(null);
    expect(masked([{ perms: 31, ...bob }, world])).toEqual([{ perms: 31, scheme: 'digest', id: 'bob:x' }, world]);
    expect([permsOf('rwcda'), permsOf('ra'), formatPerms(31), formatPerms(17)]).toEqual([31, 17, 'rwcda', 'ra']);
  });
});

test('versions wrap around and leave -1 out', () => {
  expect([0, 2147483647, -2].map(nextVersion)).toEqual([1, -2147483648, 0]);
});

test('a frame is as long as jute makes it', () => {
  expect(frameBytes(create('/p', { data: 'x'.repeat(1_048_553), acl: [] }))).toBe(8 + 4 + 2 + 4 + 1_048_553 + 4 + 4);
  expect(frameBytes({ op: 'setData', path: '/p', data: 'x'.repeat(1_048_553), version: -1 })).toBe(1_048_575);
});

describe('a persistent map', () => {
  const keys = Array.from({ length: 2000 }, (_, i) => `key-${(i * 7919) % 2000}`);

  test('holds what was set, and copies stay as they were', () => {
    let map = PersistentMap.empty<number>();
    const plain = new Map<string, number>();
    const copies: { map: PersistentMap<number>; size: number }[] = [];
    keys.forEach((key, i) => {
      map = map.set(key, i);
      plain.set(key, i);
      if (i % 3 === 0) {
        const gone = keys[i >> 1]!;
        map = map.delete(gone);
        plain.delete(gone);
      }
      if (i % 500 === 0) copies.push({ map, size: plain.size });
    });
    expect(map.size).toBe(plain.size);
    for (const key of keys) expect(map.get(key)).toBe(plain.get(key));
    expect(map.keys().sort()).toEqual([...plain.keys()].sort());
    for (const copy of copies) expect(copy.map.keys().length).toBe(copy.size);
  });

  test('has one order and one sum for one content, whatever its history', () => {
    const of = (key: string, value: number): number => key.length * 1000 + value;
    let a = PersistentMap.empty<number>();
    let b = PersistentMap.empty<number>();
    for (const key of keys) a = a.set(key, key.length);
    for (const key of [...keys].reverse()) b = b.set(key, key.length);
    for (let i = 0; i < 500; i++) b = b.set(`passing-${i}`, i);
    for (let i = 0; i < 500; i++) b = b.delete(`passing-${i}`);
    expect(b.keys()).toEqual(a.keys());
    expect(b.sum(of)).toBe(a.sum(of));
    expect(a.set('key-1', 99).sum(of)).not.toBe(a.sum(of));
    expect(PersistentMap.empty<number>().sum(of)).toBe(0);
  });
});

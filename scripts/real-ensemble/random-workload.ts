import type { Fields } from './requests.ts';

/** Workloads drawn from a seed: every operation, on few paths, so that most errors happen too. */

export type Draw = (below: number) => number;

/** A small generator: workloads need variety, not quality. */
export function generator(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export interface WorkloadOptions {
  readonly seed: number;
  readonly length: number;
  /** Server of each session, by name: all operations of the workload are theirs. */
  readonly sessions: Readonly<Record<string, number>>;
  readonly watches: boolean;
  readonly quotas: boolean;
  /** Some requests do not wait for the answers of those before them. */
  readonly pipelines: boolean;
  /** Sessions lose their connections, come back elsewhere, and expire. */
  readonly moves: boolean;
  /** What earlier workloads on the same ensemble have left: sessions that are open, and how often each has begun. */
  readonly earlier?: ReadonlyMap<string, number>;
}

const ROOTS = ['/a', '/b', '/c'];
const PATHS = [
  ...ROOTS,
  ...['/a/x', '/a/y', '/b/y', '/a/x/1', '/a/x/2', '/b/y/1', '/c/z', '/a/s0000000001', '/b/s0000000000'],
];
const ODD = [
  ...['/', '', 'x', '/a/', '/a//x', '/a/./x', '/a/..', '/no/such', '/zookeeper', '/zookeeper/quota'],
  ...[
    '/zookeeper/config',
    '/zookeeper/x',
    '/zookeeper/quota/a',
    '/zookeeper/config/x',
    '/a/\u0001',
    '/é中',
    '/a b',
    '//x',
  ],
];
const OPEN = { perms: 'rwcda', scheme: 'world', id: 'anyone' };
const ALICE = 'alice:aYXlLOpEooaV1cRAvUL1fp9Qt7E=';
const BOB = 'bob:1Yu1ryCXOIF7lyFzbmQ5J+MJOZc=';
const ACLS: readonly unknown[] = [
  [OPEN],
  [{ perms: 'r', scheme: 'world', id: 'anyone' }],
  [{ perms: 'rwcda', scheme: 'digest', id: ALICE }],
  [
    { perms: 'rw', scheme: 'world', id: 'anyone' },
    { perms: 'cda', scheme: 'digest', id: BOB },
  ],
  [
    { perms: 'rcd', scheme: 'ip', id: '127.0.0.1' },
    { perms: 'wa', scheme: 'auth', id: '' },
  ],
  [{ perms: 'rwcda', scheme: 'auth', id: 'anything' }],
  [{ perms: 'rwcda', scheme: 'ip', id: '127.0.0.0/8' }, OPEN, OPEN],
  [
    { perms: 'cd', scheme: 'ip', id: '10.0.0.0/8' },
    { perms: 'ra', scheme: 'world', id: 'anyone' },
  ],
  ...[[], null, [{ perms: 'r', scheme: 'world', id: 'someone' }], [{ perms: 'r', scheme: 'digest', id: 'no-colon' }]],
  ...[[{ perms: 'r', scheme: 'ip', id: '127.0.0.1/33' }], [{ perms: 'r', scheme: 'nosuch', id: 'x' }]],
  ...[[{ perms: 'r', scheme: 'ip', id: 'localhost' }], [{ perms: 64, scheme: 'world', id: 'anyone' }]],
  ...[[{ perms: 'r', scheme: 'digest', id: 'a:b:c' }], [{ perms: 'r', scheme: 'super', id: '' }]],
];
const MODES = [
  ...['PERSISTENT', 'PERSISTENT', 'EPHEMERAL', 'PERSISTENT_SEQUENTIAL', 'EPHEMERAL_SEQUENTIAL', 'CONTAINER'],
  ...['PERSISTENT_WITH_TTL', 'PERSISTENT_SEQUENTIAL_WITH_TTL'],
];

/** `{s, op, ...}`, in order; sessions connect, end and come back under new names. */
export function randomWorkload(options: WorkloadOptions): readonly Fields[] {
  const draw = generator(options.seed);
  const items: Fields[] = [];
  const names = Object.keys(options.sessions);
  const lives = new Map(names.map((name) => [name, options.earlier?.get(name) ?? 0]));
  const open = new Set<string>();
  const labelOf = (name: string): string => name + (lives.get(name) === 1 ? '' : String(lives.get(name)));
  const connect = (name: string): void => {
    lives.set(name, (lives.get(name) ?? 0) + 1);
    items.push({ s: labelOf(name), op: 'connect', server: options.sessions[name], timeout: 20_000 });
    open.add(name);
  };
  names.forEach(connect);
  for (const path of [...ROOTS, '/a/x', '/b/y']) items.push({ s: labelOf(names[0] ?? ''), op: 'create', path });
  while (items.length < options.length) {
    const name = names[draw(names.length)] ?? '';
    if (!open.has(name)) connect(name);
    else if (draw(60) === 0) {
      items.push({ s: labelOf(name), op: draw(8) === 0 && options.moves ? 'expire' : 'closeSession' });
      open.delete(name);
    } else if (options.moves && draw(40) === 0) {
      items.push({ s: labelOf(name), op: 'cut' });
      items.push({ s: labelOf(name), op: 'connect', server: 1 + draw(3), timeout: 20_000 });
      if (draw(3) > 0) items.push({ s: labelOf(name), ...setWatches(draw) });
    } else items.push({ s: labelOf(name), ...operation(draw, options) });
    if (options.watches && draw(12) === 0)
      for (const one of names) if (open.has(one)) items.push({ s: labelOf(one), op: 'events' });
  }
  if (options.watches) for (const one of names) if (open.has(one)) items.push({ s: labelOf(one), op: 'events' });
  for (const name of names) if (open.has(name)) items.push({ s: labelOf(name), op: 'closeSession' });
  return items;
}

function operation(draw: Draw, options: WorkloadOptions): Fields {
  const kind = draw(options.watches ? 150 : 100);
  if (options.quotas && draw(8) === 0) return quota(draw);
  if (options.pipelines && draw(8) === 0)
    return {
      op: 'pipeline',
      ops: Array.from({ length: 2 + draw(9) }, () => {
        const one = operation(draw, { ...options, pipelines: false });
        // Its answer has no number of its own.
        return one['op'] === 'auth' ? read(draw) : one;
      }),
    };
  if (kind < 22) return create(draw);
  if (kind < 32) return { op: 'delete', path: path(draw), version: version(draw) };
  if (kind < 44) return { op: 'setData', path: path(draw), data: data(draw), version: version(draw) };
  if (kind < 50) return { op: 'setACL', path: path(draw), acl: acl(draw), version: version(draw) };
  if (kind < 64) return { op: 'multi', ops: Array.from({ length: draw(5) }, () => inMulti(draw)) };
  if (kind < 67) return { op: 'sync', path: path(draw) };
  if (kind < 70) return { op: 'auth', scheme: 'digest', auth: ['alice:secret', 'bob:hunter2'][draw(2)] };
  if (kind < 74) return { op: 'multiRead', ops: Array.from({ length: draw(4) }, () => inMultiRead(draw)) };
  if (kind < 75) return { op: 'reconfig' };
  if (kind < 100) return read(draw);
  return watching(draw);
}

/** Quotas are nodes that clients make; the servers count in them. */
function quota(draw: Draw): Fields {
  const below = ['/zookeeper/quota/a', '/zookeeper/quota/a/x', '/zookeeper/quota/b'][draw(3)];
  const limits = ['count=3,bytes=20', 'count=-1,bytes=-1=;byteHardLimit=30;countHardLimit=4', 'count=2,bytes=-1'];
  switch (draw(8)) {
    case 0:
      return { op: 'create', path: below };
    case 1:
    case 2:
      return { op: 'create', path: `${below}/zookeeper_limits`, data: limits[draw(3)] };
    case 3:
      return { op: 'create2', path: `${below}/zookeeper_stats`, data: 'count=0,bytes=0' };
    case 4:
      return { op: 'delete', path: `${below}/zookeeper_${['limits', 'stats'][draw(2)]}`, version: -1 };
    default:
      return { op: 'getData', path: `${below}/zookeeper_stats` };
  }
}

function create(draw: Draw): Fields {
  const mode = draw(40) === 0 ? [7, -1, 99][draw(3)] : MODES[draw(MODES.length)];
  const sequential = String(mode).includes('SEQUENTIAL');
  const parent = ROOTS[draw(ROOTS.length)] ?? '';
  const name = sequential && draw(4) > 0 ? `${parent}/${['s', '', 't-'][draw(3)]}` : path(draw);
  return {
    op: draw(2) === 0 ? 'create' : 'create2',
    path: name,
    data: data(draw),
    mode,
    ...(String(mode).includes('TTL') ? { ttl: [3_600_000, 3_600_000, 0, -5, 1_099_511_627_776][draw(5)] } : {}),
    ...(draw(3) === 0 ? { acl: acl(draw) } : {}),
  };
}

function inMulti(draw: Draw): Fields {
  switch (draw(9)) {
    case 0:
    case 1:
    case 2:
      return create(draw);
    case 3:
    case 4:
      return { op: 'delete', path: path(draw), version: version(draw) };
    case 5:
    case 6:
      return { op: 'setData', path: path(draw), data: data(draw), version: version(draw) };
    default:
      return { op: 'check', path: path(draw), version: version(draw) };
  }
}

function inMultiRead(draw: Draw): Fields {
  return { op: draw(2) === 0 ? 'getData' : 'getChildren', path: path(draw) };
}

function read(draw: Draw): Fields {
  const names = ['exists', 'getData', 'getACL', 'getChildren', 'getChildren2', 'getEphemerals', 'getAllChildrenNumber'];
  return draw(12) === 0 ? { op: 'whoAmI' } : { op: names[draw(names.length)], path: path(draw) };
}

function watching(draw: Draw): Fields {
  const kind = draw(10);
  if (kind < 6)
    return { op: ['exists', 'getData', 'getChildren', 'getChildren2'][draw(4)], path: path(draw), watch: true };
  if (kind < 8) return { op: 'addWatch', path: path(draw), mode: [0, 1, 1, 2][draw(4)] };
  return { op: ['removeWatches', 'checkWatches'][draw(2)], path: path(draw), type: 1 + draw(5) };
}

/** `relativeZxid` says how far before the latest zxid that the session has seen. */
function setWatches(draw: Draw): Fields {
  const paths = (): readonly string[] => [...new Set(Array.from({ length: draw(4) }, () => path(draw)))];
  const lists = { data: paths(), exist: paths(), child: paths() };
  const seen = { relativeZxid: -[0, 0, 1, 3, 10][draw(5)]! };
  return draw(2) === 0
    ? { op: 'setWatches', ...seen, ...lists }
    : { op: 'setWatches2', ...seen, ...lists, persistent: paths(), persistentRecursive: paths() };
}

function path(draw: Draw): string {
  if (draw(14) === 0) return ODD[draw(ODD.length)] ?? '/';
  return PATHS[draw(PATHS.length)] ?? '/';
}

function data(draw: Draw): string | null {
  const kind = draw(6);
  return kind === 0 ? null : kind === 1 ? '' : kind === 2 ? 'x'.repeat(draw(12)) : `d${draw(100)}`;
}

function version(draw: Draw): number {
  return draw(2) === 0 ? -1 : draw(20) === 0 ? -7 : draw(4);
}

function acl(draw: Draw): unknown {
  return ACLS[draw(draw(2) === 0 ? 8 : ACLS.length)];
}

import * as z from 'zod';
import { permsOf, OPEN_ACL_UNSAFE, READ_ACL_UNSAFE, type Acl } from '../sim/zookeeper/acl.ts';
import { CREATE_MODES, PERMS } from '../sim/zookeeper/codes.ts';
import { duration, integer, object } from './fields.ts';
import { found } from './messages.ts';
import { didYouMean } from './suggest.ts';

/** What a step may ask of ZooKeeper's own service: the values, by the names of ZooKeeper.java. What is refused only where
 *  it is not `raw` is found later, by check-operations.ts. */

const INT = 0x7fff_ffff;
/** Longer data is named by its size. */
const MAX_DATA = 16 * 1024 * 1024;

const path = z
  .union([z.string().max(100_000), z.null()], { error: 'expected a path such as /a/b' })
  .describe('such as /a/b; without the chroot of the client');
const data = z
  .union([z.string(), z.number().int(), z.null()], { error: 'expected text' })
  .transform((value) => (typeof value === 'number' ? String(value) : value))
  .optional()
  .describe('text; empty when left out');
const dataBytes = integer(0, MAX_DATA).optional().describe('instead of data: so many letters x');
const version = integer(-INT - 1, INT)
  .optional()
  .describe('the version that it must have; -1, any, when left out');
const watch = z.boolean().optional().describe('leaves a watch; false');

const ENTRY = 'expected an entry such as world:anyone:cdrwa, digest:user:hash:rw, auth::cdrwa or ip:10.0.0.0/8:r';

const aclEntry = z.union(
  [
    z.string().max(2000),
    object({ perms: integer(-INT - 1, INT), scheme: z.string().max(1000), id: z.string().max(1000) }),
  ],
  { error: ENTRY },
);

/** `scheme:id:perms`, as in zkCli.sh; the id may hold colons. */
function entryOf(entry: z.output<typeof aclEntry>): Acl | null {
  if (typeof entry !== 'string') return entry;
  const [, scheme, id, letters] = /^([^:]+):(.*):([rwcda]+)$/s.exec(entry) ?? [];
  return scheme === undefined || id === undefined || letters === undefined || new Set(letters).size < letters.length
    ? null
    : { perms: permsOf(letters), scheme, id };
}

/** Source: ZooDefs.java#Ids. */
export const ACL_NAMES = {
  OPEN_ACL_UNSAFE,
  READ_ACL_UNSAFE,
  CREATOR_ALL_ACL: [{ perms: PERMS.ALL, scheme: 'auth', id: '' }],
} as const satisfies Record<string, readonly Acl[]>;

const aclName = z.enum(['OPEN_ACL_UNSAFE', 'READ_ACL_UNSAFE', 'CREATOR_ALL_ACL']);
const ACL_EXPECTED = `expected one of ${aclName.options.join(', ')}, or a list of entries such as world:anyone:cdrwa`;
/** What the first entry leaves out that is written with fields, and not with all of them; null: none. */
function leftOut(entries: readonly unknown[]): string | null {
  for (const [index, entry] of entries.entries()) {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) continue;
    const left = ['perms', 'scheme', 'id'].filter((key) => !(key in entry));
    if (left.length > 0) return `entry ${index + 1} has no ${left.join(' and no ')}; ${ENTRY}`;
  }
  return null;
}

const acl = z
  .union([z.array(aclEntry).max(1000), aclName, z.null()], {
    error: ({ input }) => (Array.isArray(input) ? leftOut(input) : null) ?? ACL_EXPECTED,
  })
  .transform((value, context): readonly Acl[] | null => {
    if (value === null || typeof value === 'string') return value === null ? null : ACL_NAMES[value];
    return value.flatMap((entry, index) => {
      const read = entryOf(entry);
      if (read !== null) return [read];
      context.issues.push({ code: 'custom', message: `${ENTRY}, found ${found(entry)}`, input: entry, path: [index] });
      return [];
    });
  })
  .optional()
  .describe('OPEN_ACL_UNSAFE, READ_ACL_UNSAFE, CREATOR_ALL_ACL, or a list of scheme:id:perms; open when left out');

const mode = z
  .union([z.enum(CREATE_MODES), integer(-INT - 1, INT)], {
    error: ({ input }) =>
      `unknown create mode ${found(input)}; expected one of ${CREATE_MODES.join(', ')}${
        typeof input === 'string' ? didYouMean(input, CREATE_MODES) : ''
      }`,
  })
  .optional()
  .describe('PERSISTENT when left out');

const created = {
  path,
  data,
  dataBytes,
  acl,
  mode,
  ttl: duration(1).optional().describe('of the two modes WITH_TTL; needs zooCfg extendedTypesEnabled'),
};
const set = { path, data, dataBytes, version };
const versioned = { path, version };
const watched = { path, watch };

const unknownOperation = (names: readonly string[]) => {
  return ({ input }: { readonly input?: unknown }): string => {
    const name: unknown = typeof input === 'object' && input !== null && 'op' in input ? input.op : undefined;
    if (name === undefined) return `an operation needs op: one of ${names.join(', ')}`;
    const guess = typeof name === 'string' ? didYouMean(name, names) : '';
    return `unknown operation ${found(name)}; expected one of ${names.join(', ')}${guess}`;
  };
};

const part = <K extends string, S extends z.core.$ZodLooseShape>(op: K, shape: S) =>
  object({ op: z.literal(op), ...shape });

/** Those after `check` no multi takes: a server refuses all of it. */
const inMulti = z.discriminatedUnion(
  'op',
  [
    part('create', created),
    part('create2', created),
    part('delete', versioned),
    part('setData', set),
    part('check', versioned),
    part('setACL', { path, acl, version }),
    part('reconfig', {}),
    part('exists', { path }),
    part('getData', { path }),
    part('getChildren', { path }),
    part('getACL', { path }),
  ],
  { error: unknownOperation(['create', 'create2', 'delete', 'setData', 'check']) },
);

const inMultiRead = z.discriminatedUnion('op', [part('getData', { path }), part('getChildren', { path })], {
  error: unknownOperation(['getData', 'getChildren']),
});

export type MultiPart = z.output<typeof inMulti>;
export type CreateFields = Extract<MultiPart, { op: 'create' | 'create2' }>;

/** Watcher.java#WatcherType and AddWatchMode.java, by their numbers. */
export const ADD_WATCH_MODES = ['PERSISTENT', 'PERSISTENT_RECURSIVE'] as const;
export const WATCHER_TYPES = ['CHILDREN', 'DATA', 'ANY', 'PERSISTENT', 'PERSISTENT_RECURSIVE'] as const;

const numbered = (what: string, names: readonly string[]) => {
  return ({ input }: { readonly input?: unknown }): string =>
    `unknown ${what} ${found(input)}; expected one of ${names.join(', ')}`;
};

/** Of each operation: what it does, and what a step may say of it. */
export const OPERATIONS = {
  create: ['a client creates a znode', created],
  create2: ['a client creates a znode, and is told its Stat', created],
  delete: ['a client deletes a znode', versioned],
  exists: ['a client asks whether a znode exists', watched],
  getData: ['a client reads the data of a znode', watched],
  setData: ['a client sets the data of a znode', set],
  getChildren: ['a client lists the children of a znode', watched],
  getChildren2: ['a client lists the children of a znode, and is told its Stat', watched],
  getACL: ['a client reads the access control list of a znode', { path }],
  setACL: ['a client sets the access control list of a znode', { path, acl, version }],
  check: ['a client checks a version outside a multi, which no server takes: raw', versioned],
  multi: ['a client asks for several writes, all or none', { ops: z.array(inMulti).max(1000) }],
  multiRead: ['a client asks for several reads at once', { ops: z.array(inMultiRead).max(1000) }],
  getEphemerals: [
    'a client lists the ephemerals of its session',
    { path: path.optional().describe('a prefix of their paths; all when left out') },
  ],
  getAllChildrenNumber: ['a client asks how many znodes are below one', { path }],
  addWatch: [
    'a client adds a persistent watch',
    {
      path,
      mode: z
        .union([z.enum(ADD_WATCH_MODES), integer(-INT - 1, INT)], { error: numbered('watch mode', ADD_WATCH_MODES) })
        .optional()
        .describe('PERSISTENT_RECURSIVE when left out'),
    },
  ],
  removeWatches: [
    'a client removes its watches of a path',
    {
      path,
      type: z
        .union([z.enum(WATCHER_TYPES), integer(-INT - 1, INT)], { error: numbered('type of watch', WATCHER_TYPES) })
        .optional()
        .describe('ANY when left out'),
    },
  ],
  whoAmI: ['a client asks who it is', {}],
} as const;

export type OperationName = keyof typeof OPERATIONS;

/** What every step with an operation may say besides. */
export const raw = z
  .boolean()
  .optional()
  .describe('sent as it stands, however wrong it is: the client gets the real error code');

export const syncPath = path.optional().describe('of ZooKeeper; / when left out');
export const auth = {
  scheme: z.string().max(1000).describe('digest'),
  auth: z.string().max(10_000).describe('of digest: user:password'),
};

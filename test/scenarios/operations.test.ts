// A step may ask for any operation of ZooKeeper: mistakes have a place, raw ones reach a server, and all are written again.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatMistake, parseScenario } from '../../scenarios/parse.ts';
import { writeScenario } from '../../scenarios/write.ts';
import { CREATE_MODES } from '../../sim/zookeeper/codes.ts';
import type { Operation } from '../../sim/zookeeper/operations.ts';
import { fileOf, play } from '../clients/playing.ts';

/** Mistakes of a file whose timeline has this one step, on line 6, without the file's name. */
function mistakesOf(step: string, head = 'service: zookeeper'): string[] {
  const text = `title: t\nteaches: t\nensemble: {voters: 3}\n${head}\ntimeline:\n  - {at: 1s, ${step}}\nend: 10s\n`;
  const parsed = parseScenario(text, 'bad.yaml');
  return 'mistakes' in parsed ? parsed.mistakes.map((mistake) => formatMistake(mistake).slice(9)) : [];
}

function operationOf(step: string): Operation {
  const action = fileOf(`timeline:\n  - {at: 1s, ${step}}\nend: 10s\n`).timeline.at(-1)?.action;
  if (action?.kind !== 'request') throw new Error('the step asks for an operation');
  return action.operation;
}

const ENTRY = 'expected an entry such as world:anyone:cdrwa, digest:user:hash:rw, auth::cdrwa or ip:10.0.0.0/8:r';

describe('a mistake', () => {
  test.each([
    ['do: create, path: a', '6:30: timeline[0].path: the path does not begin with /: "a"'],
    ['do: create, path: /a/', '6:30: timeline[0].path: the path ends with /: "/a/"'],
    ['do: getData, path: /a//b', '6:31: timeline[0].path: the path has an empty name: "/a//b"'],
    ['do: delete, path: /a/../b', '6:30: timeline[0].path: relative names are not allowed: "/a/../b"'],
    ['do: delete, path: null', '6:30: timeline[0].path: the path is null: nothing'],
    ['do: delete, path: /a, version: -2', '6:43: timeline[0].version: a version is -1, any, or not negative, found -2'],
    [
      'do: setData, path: /a, version: 9999999999',
      '6:44: timeline[0].version: must be at most 2147483647, found 9999999999',
    ],
    [
      'do: setData, path: /a, dataBytes: 2000000',
      '6:5: timeline[0]: a request of 2000022 bytes is longer than jute.maxbuffer, 1048575, and ends its connection',
    ],
    [
      'do: setData, path: /a, data: x, dataBytes: 3',
      '6:44: timeline[0].dataBytes: an operation has either data or dataBytes',
    ],
    ['do: create, path: /a, mode: 9', '6:40: timeline[0].mode: unknown mode 9; say its name'],
    [
      'do: create, path: /a, mode: EPHEMERALL',
      `6:40: timeline[0].mode: unknown create mode "EPHEMERALL"; expected one of ${CREATE_MODES.join(', ')}; did you mean "EPHEMERAL"?`,
    ],
    ['do: create, path: /a, mode: PERSISTENT_WITH_TTL', '6:5: timeline[0]: mode PERSISTENT_WITH_TTL needs a ttl'],
    ['do: create, path: /a, ttl: 1s', '6:34: timeline[0].ttl: a ttl goes with one of the modes WITH_TTL'],
    ['do: create, path: /a, acl: ["world:anyone"]', `6:40: timeline[0].acl[0]: ${ENTRY}, found "world:anyone"`],
    [
      'do: create, path: /a, acl: ["world:somebody:r"]',
      '6:40: timeline[0].acl[0]: no server takes the id "somebody" of scheme "world"',
    ],
    ['do: setACL, path: /a, acl: []', '6:39: timeline[0].acl: an access control list is not empty'],
    [
      'do: multi, ops: [{op: frobnicate}]',
      '6:29: timeline[0].ops[0].op: unknown operation "frobnicate"; expected one of create, create2, delete, setData, check',
    ],
    [
      'do: multi, ops: [{op: setACL, path: /a}]',
      '6:30: timeline[0].ops[0].op: multi takes create, create2, delete, setData and check, not setACL',
    ],
    [
      'do: multi, ops: [{op: create, path: /b}, {op: getData, path: /a}]',
      '6:30: timeline[0].ops[1].op: multi takes create, create2, delete, setData and check, not getData',
    ],
    ['do: multi, ops: []', '6:30: timeline[0].ops: a multi of no operations is never sent; say raw: true'],
    [
      'do: create, path: /a, acl: [{perms: 32, scheme: world, id: anyone}]',
      '6:30: timeline[0].acl[0]: permissions are 1 to 31, found 32',
    ],
    [
      'do: create, path: /a, acl: [{perms: 0, scheme: world, id: anyone}]',
      '6:30: timeline[0].acl[0]: permissions are 1 to 31, found 0',
    ],
    ['do: create, path: /a, acl: ["world:anyone:rrw"]', `6:30: timeline[0].acl[0]: ${ENTRY}, found "world:anyone:rrw"`],
    ['do: create, path: /a, acl: [{perms: 31}]', `6:30: timeline[0].acl: entry 1 has no scheme and no id; ${ENTRY}`],
    [
      'do: check, path: /a',
      '6:16: timeline[0].do: no server takes a check outside a multi; say raw: true to send it all the same',
    ],
    ['do: craete, path: /a', '6:16: timeline[0].do: unknown action "craete"; did you mean "create"?'],
  ])('%s', (step, mistake) => {
    const [first, ...more] = mistakesOf(step);
    expect(more).toEqual([]);
    // The column of a list's entry is that of its value.
    expect(first?.replace(/^\d+:\d+/, '')).toBe(mistake.replace(/^\d+:\d+/, ''));
    expect(first?.split(':')[0]).toBe('6');
  });

  test('points at the value', () => {
    expect(mistakesOf('do: create, path: a')[0]).toMatch(/^6:32: /);
  });

  test('is an ephemeral node of a client without a session', () => {
    const head = 'service: zookeeper\nclients: [{name: a}, {name: b, session: 0s}]';
    const wrong = 'an ephemeral node needs a session, which client "b" does not have';
    expect(mistakesOf('client: b, do: create, path: /a, mode: EPHEMERAL_SEQUENTIAL', head)).toEqual([
      `7:53: timeline[0].mode: ${wrong}`,
    ]);
    const multi = 'do: multi, ops: [{op: create, path: /a, mode: EPHEMERAL}]';
    expect(mistakesOf(`client: b, ${multi}`, head)).toEqual([`7:71: timeline[0].ops[0].mode: ${wrong}`]);
    expect(mistakesOf(multi, head)).toEqual([]);
    expect(mistakesOf('client: b, raw: true, do: create, path: /a, mode: EPHEMERAL', head)).toEqual([]);
    const alone = 'service: zookeeper\nclients: [{name: b, session: 0s}]';
    expect(mistakesOf('do: create, path: /a, mode: EPHEMERAL', alone)).toHaveLength(1);
  });

  test('is a superDigest without a hash', () => {
    const head = (digest: string): string => `service: zookeeper\nzooCfg: {superDigest: "${digest}"}`;
    expect(mistakesOf('do: sync', head('secret'))[0]).toContain(
      'zooCfg.superDigest: expected user:hash, found "secret"',
    );
    expect(mistakesOf('do: sync', head('super:xQJmxLMiHGwaqBvst5y6rkB6HQs='))).toEqual([]);
  });

  test('is a request of znodes where there are none', () => {
    expect(mistakesOf('do: create, path: /a', 'service: register')).toEqual([
      '6:18: timeline[0].do: create asks for znodes, which service: register does not have',
    ]);
  });

  test('of clients: a workload without a tree, beside a mix, or with a bad path', () => {
    const clients = (line: string, service = 'zookeeper'): string[] =>
      mistakesOf('do: sync', `service: ${service}\nclients: [${line}]`);
    expect(clients('{name: a, workload: {kind: counter}}', 'register')[0]).toContain(
      'workload goes with service: zookeeper',
    );
    expect(clients('{name: a, mix: {read: 100}, workload: {kind: counter}}')[0]).toContain(
      'either a mix or a workload',
    );
    expect(clients('{name: a, workload: {kind: counter, path: c}}')[0]).toContain('does not begin with /');
    expect(clients('{name: a, workload: {kind: hot-kye}}')[0]).toContain('expected kind: hot-key');
    expect(clients('{name: a, chroot: /a/}')[0]).toContain('the path ends with /');
    expect(clients('{name: a, session: 0, chroot: /a}')[0]).toContain('chroot needs a session');
  });
});

test('what is raw is sent as it stands, and its client gets the real error code', () => {
  const raw = (step: string): string => `  - {at: 3s, raw: true, ${step}}\n`;
  const played = play(
    `timeline:\n${[
      'do: create, path: a',
      'do: create, path: /a, mode: 17',
      'do: create, path: /a, acl: []',
      'do: delete, path: null',
      'do: setData, path: /, version: -7',
      'do: multi, ops: [{op: setACL, path: /, acl: OPEN_ACL_UNSAFE}]',
      'do: multi, ops: [{op: getData, path: /}]',
      'do: create, path: /t, mode: PERSISTENT_WITH_TTL, ttl: 1s',
      'do: removeWatches, path: /, type: 77',
    ]
      .map(raw)
      .join('')}  - {at: 4s, do: setData, path: /, dataBytes: 2000000, raw: true}\nend: 5s\n`,
  );
  expect(played.of('returned').map(({ error }) => error)).toEqual([
    'BADARGUMENTS',
    'BADARGUMENTS',
    'INVALIDACL',
    'MARSHALLINGERROR',
    'BADVERSION',
    'MARSHALLINGERROR',
    'MARSHALLINGERROR',
    'UNIMPLEMENTED',
    'MARSHALLINGERROR',
    'CONNECTIONLOSS',
  ]);
});

test('facts about znodes and errors are judged', () => {
  const body = (expect: string): string =>
    `timeline:\n  - {at: 2s, do: create, path: /a, data: 7}\n  - {at: 3s, do: create, path: /a}\nend: 4s\nexpect:\n${expect}`;
  const right = '  nodes: {/a: {data: "7", version: 0, children: 0, ephemeral: false}, /b: absent}\n';
  const outcome = (error: string): string =>
    `  outcomes: [{client: client, call: 2, outcome: failed, error: ${error}}]\n`;
  expect(play(body(right + outcome('NODEEXISTS'))).report.unexpected).toEqual([]);
  expect(play(body('  nodes: {/a: {data: "8"}}\n')).report.unexpected[0]).toBe(
    'data of /a on server 1: expected 8, got 7',
  );
  expect(play(body('  nodes: {/a: absent}\n')).report.unexpected).toHaveLength(3);
  expect(play(body(outcome('NOAUTH'))).report.unexpected).toEqual([
    'error of call 2 of client: expected NOAUTH, got NODEEXISTS',
  ]);
});

test('a mode decides the opcode, and a number leaves it as it is', () => {
  expect(
    CREATE_MODES.map((mode) => {
      const ttl = mode.endsWith('TTL') ? ', ttl: 2s' : '';
      const op = operationOf(`do: create2, path: /a, mode: ${mode}${ttl}`);
      return op.op === 'createTTL'
        ? `${op.op} ${op.flags} ${op.ttlMs}`
        : 'flags' in op
          ? `${op.op} ${op.flags}`
          : op.op;
    }),
  ).toEqual([
    'create2 0',
    'create2 1',
    'create2 2',
    'create2 3',
    'createContainer 4',
    'createTTL 5 2000',
    'createTTL 6 2000',
  ]);
  expect(operationOf('do: create, path: /a, mode: 4, raw: true')).toMatchObject({ op: 'create', flags: 4 });
  expect(operationOf('do: setACL, path: /a, acl: [world:anyone:r, "digest:u:h=:rwcda"]')).toMatchObject({
    acl: [
      { perms: 1, scheme: 'world', id: 'anyone' },
      { perms: 31, scheme: 'digest', id: 'u:h=' },
    ],
  });
});

// ── written and read again

const path = fc.oneof(
  fc.constantFrom('/', '/a', '/a/b', '/a, b', '/{x}', '/[y]', '/#', '/a: b', '/"', "/'", '/é', '/ ', '/null'),
  fc.string({ maxLength: 12 }).map((text) => `/${text}`),
  fc.constant(null),
);
const data = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom('', '7', 'null', 'true', 'x'.repeat(100)),
  fc.constant(null),
);
const int = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
const version = fc.oneof(fc.constant(-1), fc.nat({ max: 5 }), int);
const entry = fc.record({
  perms: fc.oneof(fc.constantFrom(31, 1, 6), fc.nat({ max: 0x7fff_ffff })),
  scheme: fc.constantFrom('world', 'digest', 'ip', 'auth', 'x', ''),
  id: fc.oneof(fc.constantFrom('anyone', '', 'u:h', '10.0.0.0/8'), fc.string({ maxLength: 8 })),
});
const acl = fc.oneof(
  fc.constant([{ perms: 31, scheme: 'world', id: 'anyone' }]),
  fc.array(entry, { maxLength: 3 }),
  fc.constant(null),
);
const watch = fc.boolean();
const create = fc.oneof(
  fc.record({
    op: fc.constantFrom('create' as const, 'create2' as const),
    path,
    data,
    acl,
    flags: fc.oneof(fc.nat({ max: 3 }), int),
    ttlMs: fc.constant(0),
  }),
  fc.record({
    op: fc.constant('createContainer' as const),
    path,
    data,
    acl,
    flags: fc.constant(4),
    ttlMs: fc.constant(0),
  }),
  fc.record({
    op: fc.constant('createTTL' as const),
    path,
    data,
    acl,
    flags: fc.constantFrom(5, 6),
    ttlMs: fc.integer({ min: 1, max: 86_400_000 }),
  }),
);
const part = fc.oneof(
  create,
  fc.record({ op: fc.constantFrom('delete' as const, 'check' as const), path, version }),
  fc.record({ op: fc.constant('setData' as const), path, data, version }),
  fc.record({ op: fc.constant('setACL' as const), path, acl, version }),
  fc.constant({ op: 'reconfig' as const }),
);
const readPart = fc.oneof(
  fc.record({
    op: fc.constantFrom('exists' as const, 'getData' as const, 'getChildren' as const),
    path,
    watch: fc.constant(false),
  }),
  fc.record({ op: fc.constant('getACL' as const), path }),
);
const inMultiRead = fc.record({
  op: fc.constantFrom('getData' as const, 'getChildren' as const),
  path,
  watch: fc.constant(false),
});
const operation: fc.Arbitrary<Operation> = fc.oneof(
  part.filter((one): one is Exclude<typeof one, { op: 'reconfig' }> => one.op !== 'reconfig'),
  fc.record({
    op: fc.constantFrom('exists' as const, 'getData' as const, 'getChildren' as const, 'getChildren2' as const),
    path,
    watch,
  }),
  fc.record({
    op: fc.constantFrom('getACL' as const, 'getAllChildrenNumber' as const, 'sync' as const, 'getEphemerals' as const),
    path,
  }),
  fc.record({ op: fc.constant('multi' as const), ops: fc.array(fc.oneof(part, readPart), { maxLength: 3 }) }),
  fc.record({ op: fc.constant('multiRead' as const), ops: fc.array(inMultiRead, { maxLength: 3 }) }),
  fc.record({ op: fc.constant('addWatch' as const), path, mode: fc.oneof(fc.nat({ max: 1 }), int) }),
  fc.record({ op: fc.constant('removeWatches' as const), path, type: fc.oneof(fc.integer({ min: 1, max: 5 }), int) }),
  fc.constant({ op: 'whoAmI' as const }),
);

test('any operation is written and read again unchanged', () => {
  const scenario = fileOf('clients: [{name: a}, {name: b, chroot: /x}]\ntimeline: [{at: 1s, do: whoAmI}]\nend: 10s\n');
  fc.assert(
    fc.property(operation, fc.integer({ min: 1, max: 9 }), (asked, times) => {
      const action = { kind: 'request', client: 'b', server: 2, operation: asked, times } as const;
      const said = {
        ...scenario,
        timeline: [...scenario.timeline, { moment: { kind: 'at', at: 2_000_000 } as const, label: null, action }],
      };
      const text = writeScenario(said);
      const parsed = parseScenario(text, 'test.yaml');
      if ('mistakes' in parsed) throw new Error(`${parsed.mistakes.map(formatMistake).join('\n')}\n${text}`);
      expect(parsed.scenario).toEqual(said);
    }),
    { numRuns: 120 },
  );
});

test('clients with workloads and chroots, and facts about znodes, are written and read again unchanged', () => {
  const scenario = fileOf(
    'clients:\n  - {name: a, session: 6s, operations: 9, chroot: "/a, b", workload: {kind: hot-key, share: 1, keys: 2}}\n' +
      '  - {name: b, session: 0}\n  - {name: c, workload: {kind: sequential, ephemeral: true, path: "/{s}"}}\nend: 10s\n' +
      'expect:\n  nodes: {/a: {data: "7, [x]", version: 2, children: 0, ephemeral: true}, "/b, c": absent}\n' +
      '  outcomes: [{client: a, call: 1, outcome: failed, error: NODEEXISTS}]\n',
  );
  const parsed = parseScenario(writeScenario(scenario), 'test.yaml');
  expect(parsed).toEqual({ scenario });
});

// A scenario that is written as a file and read again is the same scenario, and its text is what a person would write.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadScenario, scenarioNames } from '../../scenarios/load.ts';
import { CHAOS_FAULTS, MESSAGE_KINDS, PLANES, TRACE_KINDS } from '../../scenarios/names.ts';
import { formatMistake, parseScenario } from '../../scenarios/parse.ts';
import { writeScenario } from '../../scenarios/write.ts';
import type {
  Action,
  ClientModel,
  Condition,
  Draw,
  End,
  Fact,
  Scenario,
  Schedule,
  Step,
  Who,
} from '../../sim/scenario.ts';
import { canonicalScenario } from '../../sim/search/canonical.ts';
import { MS, SECOND, type Range } from '../../sim/time.ts';
import { RELEASES } from '../../sim/zab/behaviour.ts';
import { BUGS } from '../../sim/zab/bugs/index.ts';
import { DEFAULT_SETTINGS } from '../../sim/zab/config.ts';
import { setOf } from '../../sim/zab/sets.ts';

function read(text: string, name: string): Scenario {
  const parsed = parseScenario(text, `${name}.yaml`);
  if ('mistakes' in parsed) throw new Error(`${parsed.mistakes.map(formatMistake).join('\n')}\n${text}`);
  return parsed.scenario;
}

function expectSame(scenario: Scenario): void {
  const text = writeScenario(scenario);
  const again = read(text, scenario.name);
  expect(again).toEqual(scenario);
  expect(writeScenario(again)).toBe(text);
}

const OURS = ['scenarios', 'scenarios/bugs'].flatMap((folder) =>
  scenarioNames(folder).map((name) => [name, folder] as const),
);

test.each(OURS)('%s of %s is written and read again unchanged', (name, folder) => {
  const parsed = loadScenario(name, folder);
  if ('mistakes' in parsed) throw new Error('a scenario of ours has mistakes');
  expectSame(parsed.scenario);
});

test('the text is as a person would write it', () => {
  const parsed = loadScenario('clogged-then-released-old-leader', 'scenarios');
  if ('mistakes' in parsed) throw new Error('a scenario of ours has mistakes');
  const text = writeScenario(
    {
      ...parsed.scenario,
      release: BUGS[0]!.name,
      teaches: 'Short.',
      schedule: {
        kind: 'calm',
        except: [
          { stream: 'latency', a: -1, b: 3, nth: 7, value: 45 },
          { stream: 'startup', a: 2, b: 1, nth: 1, value: 250_000 },
          { stream: 'fault', a: 0, b: 0, nth: 2, value: 1 },
        ],
      },
    },
    ['Found under seed 7.'],
  );
  expect(text).toBe(`# yaml-language-server: $schema=./scenario.schema.json
# Found under seed 7.
title: An old leader is clogged, then all its packets arrive in a burst
teaches: >
  Short.
ensemble: {voters: 3}
bug: ${BUGS[0]!.name}
service: register
clients:
  - {name: client, server: 1}
  - {name: stale, server: 3, timeout: 30s}
timeline:
  - {at: 3s, do: write, key: x, value: 1}
  - {at: 5s, do: clog, links: [[3, 1], [3, 2]], for: 20s}
  - {at: 7s, do: write, client: stale, key: stale, value: 2}
  - {at: 20s, do: write, key: x, value: 3}
calm: 30s
end: 45s
schedule:
  strategy: calm
  except:
    - {draw: latency, from: client, to: 3, nth: 7, value: 45us}
    - {draw: startup, server: 2, life: 1, nth: 1, value: 250ms}
    - {draw: fault, nth: 2, value: 1}
expect:
  leader: 2
  leaders: 2
  epoch: 2
  lastZxid: 0x200000001
  syncs:
    - {learner: 3, leader: 2, mode: SNAP, zxid: 0x200000001}
  fenced:
    - {server: 3, rule: connection-left-for-newer-epoch}
    - {server: 3, rule: quorum-gone}
    - {rule: history-replaced}
  values: {x: 3, stale: null}
`);
});

// ── any scenario that a file can say

const SERVERS = [1, 2, 3, 4];
const who: fc.Arbitrary<Who> = fc.constantFrom<Who>(1, 2, 3, 4, 'leader', 'follower', 'oldLeader', 'any', 'observer');
const whoms = fc.uniqueArray(who, { minLength: 1, maxLength: 4 });
const micros = fc.oneof(
  fc.integer({ min: 0, max: 3000 }),
  fc.integer({ min: 0, max: 100 }).map((ms) => ms * MS),
  fc.integer({ min: 0, max: 20 }).map((seconds) => seconds * SECOND),
);
const range: fc.Arbitrary<Range> = fc.tuple(micros, micros).map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
const ppm = fc.constantFrom(0, 1, 500, 1_000_000);
const names = fc.constantFrom('a', 'true', '12', 'null', 'x.y-z', '1e3');
const pair = fc.tuple(who, who).filter(([a, b]) => a !== b);
const pairs = fc.array(pair, { minLength: 1, maxLength: 3 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 2 });

const packet = {
  from: fc.constantFrom<End>(1, 'leader', 'oldLeader', { client: 'true' }),
  to: fc.constantFrom<End>(2, 'follower', { client: 'client' }),
  message: fc.constantFrom(...MESSAGE_KINDS),
  nth: fc.integer({ min: 1, max: 3 }),
};

/** Nothing that could contradict another step: whom it concerns is uncertain. */
const action: fc.Arbitrary<Action> = fc.oneof<fc.Arbitrary<Action>[]>(
  fc.record({ kind: fc.constantFrom('isolate', 'diskFull', 'diskMended'), servers: whoms }),
  fc.record({ kind: fc.constant('kill'), servers: fc.constant(['leader'] as const), unsent: fc.boolean() }),
  fc.record({
    kind: fc.constant('crash'),
    servers: fc.constant(['follower'] as const),
    keep: maybe(fc.nat(3)),
    torn: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('slowCpu'), servers: whoms, perEvent: micros }),
  fc.constant<Action>({ kind: 'partition', groups: [[1, 'leader'], [2]] }),
  fc.record({
    kind: fc.constant('cut'),
    pairs,
    oneWay: fc.boolean(),
    planes: fc.constantFrom(PLANES, ['quorum'] as const),
  }),
  fc.record({ kind: fc.constant('heal'), pairs: maybe(pairs) }),
  fc.record({ kind: fc.constant('clog'), pairs, oneWay: fc.boolean(), duration: micros }),
  fc.record({ kind: fc.constant('swizzle'), duration: micros }),
  fc.record({ kind: fc.constant('slowLink'), pairs, extra: range, duration: micros }),
  fc.record({ kind: fc.constant('reset'), pairs, noticed: fc.constantFrom('both', 'first', 'second') }),
  fc.record({ kind: fc.constant('dropMessage'), ...packet }),
  fc.record({ kind: fc.constant('delayMessage'), ...packet, duration: micros }),
  fc.record({
    kind: fc.constant('diskFail'),
    servers: whoms,
    op: fc.constantFrom('log', 'epoch', 'snapshot'),
    times: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ kind: fc.constant('diskStall'), servers: whoms, duration: micros }),
  fc.record({ kind: fc.constant('diskSlow'), servers: whoms, sync: range }),
  fc.record({ kind: fc.constant('drift'), servers: whoms, ppm: fc.integer({ min: -900_000, max: 1_000_000 }) }),
  fc.record({
    kind: fc.constantFrom('write', 'read', 'sync', 'failingWrite', 'openSession', 'closeSession'),
    client: fc.constantFrom('client', 'true'),
    server: maybe(who),
    key: names,
    value: fc.integer({ min: -9, max: 9 }),
    times: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({
    kind: fc.constant('chaos'),
    duration: micros,
    meanGap: fc.integer({ min: 1, max: 9_999_999 }),
    faults: fc.constantFrom(CHAOS_FAULTS, ['kill', 'reset'] as const),
  }),
);

const condition: fc.Arbitrary<Condition> = fc.record({
  event: fc.constantFrom(...TRACE_KINDS),
  nth: fc.integer({ min: 1, max: 3 }),
  server: maybe(who),
  peer: maybe(who),
  message: fc.constant(null),
  epoch: maybe(fc.nat(5)),
  zxid: maybe(fc.constantFrom(0, 7, 0x1_0000_0003)),
  write: maybe(fc.integer({ min: 1, max: 3 })),
  state: maybe(fc.constantFrom('LEADING', 'DOWN')),
  phase: maybe(fc.constant('BROADCAST')),
  after: fc.constant(null),
});

const step: fc.Arbitrary<Step> = fc.record({
  moment: fc.oneof(
    fc.record({ kind: fc.constant('at' as const), at: micros }),
    fc.record({ kind: fc.constant('when' as const), when: condition, delay: micros }),
  ),
  label: fc.constant(null),
  action,
});

const client = (name: string): fc.Arbitrary<ClientModel> =>
  fc.record({
    name: fc.constant(name),
    server: fc.constantFrom('any' as const, 1, 4),
    sessionTimeoutMs: fc.constantFrom(0, 4000, 1234),
    from: micros,
    operations: fc.nat(1000),
    think: fc.oneof(range, fc.constant<Range>([MS, 20 * MS])),
    mix: fc.constantFrom({ write: 60, read: 30, sync: 10 }, { write: 100, read: 0, sync: 0 }),
    keys: fc.integer({ min: 1, max: 9 }),
    timeout: fc.constantFrom(10 * SECOND, 1, 500 * MS),
  });

const draw: fc.Arbitrary<Draw> = fc.oneof(
  fc.record({
    stream: fc.constantFrom('latency' as const, 'mishap' as const),
    a: fc.constantFrom(-2, -1, 1),
    b: fc.constantFrom(2, 3),
    nth: fc.integer({ min: 1, max: 99 }),
    value: micros,
  }),
  fc.record({
    stream: fc.constantFrom('disk' as const, 'thread' as const),
    a: fc.constantFrom(...SERVERS),
    b: fc.constant(0),
    nth: fc.integer({ min: 1, max: 99 }),
    value: micros,
  }),
  fc.record({
    stream: fc.constant('startup' as const),
    a: fc.constantFrom(...SERVERS),
    b: fc.integer({ min: 1, max: 9 }),
    nth: fc.constantFrom(1, 2),
    value: fc.oneof(micros, fc.integer({ min: 0, max: 0xffff_ffff })),
  }),
  fc.record({
    stream: fc.constant('client' as const),
    a: fc.constantFrom(0, 1),
    b: fc.constant(0),
    nth: fc.integer({ min: 1, max: 99 }),
    value: micros,
  }),
  fc.record({
    stream: fc.constant('fault' as const),
    a: fc.constant(0),
    b: fc.constant(0),
    nth: fc.integer({ min: 1, max: 99 }),
    value: fc.nat(1_000_000),
  }),
);

const schedule: fc.Arbitrary<Schedule> = fc.oneof<fc.Arbitrary<Schedule>[]>(
  fc.constantFrom<Schedule>({ kind: 'uniform' }, { kind: 'pos' }, { kind: 'pct', depth: 3, steps: 2000 }),
  fc
    .uniqueArray(draw, { maxLength: 6, selector: ({ stream, a, b, nth }) => `${stream} ${a} ${b} ${nth}` })
    .map((except) => ({ kind: 'calm', except })),
);

const fact: fc.Arbitrary<Fact> = fc.oneof<fc.Arbitrary<Fact>[]>(
  fc.record({
    kind: fc.constant('fenced'),
    server: maybe(fc.constant(1)),
    rule: fc.constant(null),
    by: fc.constant(2),
  }),
  fc.record({
    kind: fc.constant('sync'),
    leader: maybe(fc.constant(3)),
    learner: fc.constant(1),
    mode: fc.constantFrom('DIFF', 'TRUNC', 'SNAP'),
    via: maybe(fc.constant('committedLog')),
    zxid: maybe(fc.constant(0x2_0000_0001)),
  }),
  fc.record({
    kind: fc.constant('seen'),
    condition: condition.map((some) => ({ ...some, nth: 1 })),
    atLeast: fc.nat(2),
    atMost: maybe(fc.integer({ min: 2, max: 3 })),
  }),
);

const voters = fc.constantFrom(
  { servers: [1, 2, 3, 4], voters: [1, 2, 3], observers: [4] },
  { servers: [1, 2, 3, 4], voters: [1, 2, 3, 4], observers: [] },
  { servers: [1, 2, 3, 4], voters: [2, 4], observers: [1, 3] },
);

const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    ensemble: voters,
    hierarchical: fc.boolean(),
    start: fc.constantFrom([1, 2, 3, 4], [], [3, 1]),
    name: fc.constant('any-name'),
    title: fc.constantFrom('t', 'yes', 'a: b # c', '"', 'true', 'ends with:'),
    teaches: fc.oneof(
      fc.constantFrom('t', 'two\nlines', 'a  b', '- list', '# no comment', `${'long '.repeat(60)}text`),
      fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => text.trim() === text && text !== ''),
    ),
    tickTime: fc.constantFrom(2000, 500),
    syncLimit: fc.constantFrom(5, 3),
    initialZxid: fc.constantFrom(0, 0xffff_fff0),
    snapshotSizeFactorPpm: fc.constantFrom(330_000, -100_000, 123_457),
    service: fc.constantFrom('register' as const, 'zookeeper' as const),
    release: fc.constantFrom(...RELEASES.map(({ name }) => name), ...BUGS.map(({ name }) => name)),
    network: fc.record({
      latency: range,
      spikePpm: ppm,
      spike: range,
      lossPpm: ppm,
      resetPpm: ppm,
      retransmit: range,
      assumption: fc.constant('datagram' as const),
      duplicatePpm: ppm,
    }),
    disk: fc.record({
      sync: range,
      spikePpm: ppm,
      spike: range,
      failPpm: ppm,
      own: fc.constantFrom([], [{ server: 2, sync: [MS, SECOND] as const }]),
    }),
    processes: fc.record({ startup: range, thread: range }),
    clocks: fc.uniqueArray(
      fc.record({
        server: fc.constantFrom(...SERVERS),
        driftPpm: fc.integer({ min: -5, max: 5 }),
        offset: micros.map((x) => 2 - x),
      }),
      { selector: ({ server }) => server, maxLength: 3 },
    ),
    clients: fc.tuple(client('client'), client('true')),
    timeline: fc.array(step, { maxLength: 5 }),
    calm: fc.boolean(),
    beyondBudget: fc.boolean(),
    schedule,
    facts: fc.array(fact, { maxLength: 4 }),
    violates: fc.boolean(),
  })
  .map((drawn): Scenario => {
    const { servers, voters: voting, observers } = drawn.ensemble;
    const { tickTime, syncLimit, initialZxid, snapshotSizeFactorPpm } = drawn;
    const endAt = 100 * SECOND;
    return canonicalScenario({
      name: drawn.name,
      title: drawn.title,
      teaches: drawn.teaches,
      servers,
      verifier: drawn.hierarchical
        ? {
            kind: 'hierarchical',
            voters: setOf(voting),
            groups: [{ members: setOf(voting), weights: voting.map((id) => [id, id]) }],
          }
        : { kind: 'majority', voters: setOf(voting) },
      observers: setOf(observers),
      settings: {
        ...DEFAULT_SETTINGS,
        tickTime,
        syncLimit,
        initialZxid,
        snapshotSizeFactorPpm,
        minSessionTimeout: 2 * tickTime,
        maxSessionTimeout: 20 * tickTime,
      },
      service: drawn.service,
      release: drawn.release,
      network: drawn.network,
      disk: drawn.disk,
      processes: drawn.processes,
      clocks: drawn.clocks,
      clients: drawn.clients,
      timeline: [
        ...(drawn.start.length === 0
          ? []
          : [{ moment: { kind: 'at', at: 0 }, label: null, action: { kind: 'start', servers: drawn.start } } as const]),
        ...drawn.timeline.filter(({ action: { kind } }) => observers.length > 0 || kind !== 'isolate'),
      ],
      calmAt: drawn.calm ? 99 * SECOND : null,
      endAt,
      beyondBudget: drawn.beyondBudget,
      schedule: drawn.schedule,
      expect: {
        verdict: drawn.violates ? 'violates' : 'pass',
        properties: drawn.violates ? ['total-order'] : [],
        facts: drawn.facts,
      },
    });
  });

describe('any scenario', () => {
  test('is written and read again unchanged', () => {
    fc.assert(
      fc.property(scenario, (one) => {
        // Whoever names an observer needs one.
        fc.pre(one.observers !== 0 || !JSON.stringify(one).includes('"observer"'));
        expectSame(one);
      }),
      { numRuns: 300 },
    );
  });
});

import * as z from 'zod';
import { CHAOS_FAULTS, MESSAGE_KINDS, TRACE_KINDS } from '../scenarios/names.ts';
import type { Fact } from '../sim/scenario.ts';
import { has, MAX_SERVER_ID, setOf } from '../sim/zab/sets.ts';

// The form of what traces and reports hold. It accepts every key it does not know: whatever is in a file is played as
// it stands, and a form that dropped a key would play something else.

const id = z.int().min(1).max(MAX_SERVER_ID);
const set = z.int().min(0).max(0x7fff_ffff);
const whole = z.int().nonnegative();
/** 24 hours, as in scenario files. */
const micros = z.int().min(0).max(86_400_000_000);
const ppm = z.int().min(0).max(1_000_000);
const range = z.tuple([micros, micros]).refine(([min, max]) => min <= max, 'the smaller number comes first');
const text = z.string().max(100_000);
const whom = z.union([id, z.enum(['leader', 'follower', 'observer', 'any', 'oldLeader'])]);
const whoms = z.array(whom).max(100);
const pairs = z.array(z.tuple([whom, whom])).max(1000);

const verifier = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('majority'), voters: set }),
  z.looseObject({
    kind: z.literal('hierarchical'),
    voters: set,
    groups: z.array(z.looseObject({ members: set, weights: z.array(z.tuple([id, whole])) })),
  }),
]);

const SETTINGS = [
  'tickTime',
  'initLimit',
  'syncLimit',
  'connectToLearnerMasterLimit',
  'cnxTimeout',
  'minNotificationInterval',
  'maxNotificationInterval',
  'observerElectionDelayMs',
  'snapCount',
  'commitLogCount',
  'preAllocSize',
  'minSessionTimeout',
  'maxSessionTimeout',
  'maxBatchSize',
  'initialZxid',
] as const;

const settings = z.looseObject({
  ...Object.fromEntries(SETTINGS.map((name) => [name, whole])),
  snapshotSizeFactorPpm: z.int(),
  forceSnapshotSync: z.boolean(),
});

const network = z.looseObject({
  latency: range,
  spikePpm: ppm,
  spike: range,
  lossPpm: ppm,
  resetPpm: ppm,
  retransmit: range,
  assumption: z.enum(['tcp', 'datagram']),
  duplicatePpm: ppm,
});
const disk = z.looseObject({
  sync: range,
  spikePpm: ppm,
  spike: range,
  failPpm: ppm,
  own: z.array(z.looseObject({ server: id, sync: range })).max(MAX_SERVER_ID),
});
const clock = z.looseObject({ server: id, driftPpm: z.int().min(-1_000_000).max(1_000_000), offset: z.int() });
const client = z.looseObject({
  name: text,
  server: z.union([id, z.literal('any')]),
  sessionTimeoutMs: whole,
  from: micros,
  operations: whole,
  think: range,
  mix: z.looseObject({ write: whole, read: whole, sync: whole }),
  keys: whole,
  timeout: micros,
});

const condition = z.looseObject({
  event: z.enum(TRACE_KINDS),
  nth: z.int().min(1),
  server: whom.nullable(),
  peer: whom.nullable(),
  message: text.nullable(),
  epoch: z.int().nullable(),
  zxid: z.int().nullable(),
  write: z.int().nullable(),
  state: text.nullable(),
  phase: text.nullable(),
  after: text.nullable(),
});
const moment = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('at'), at: micros }),
  z.looseObject({ kind: z.literal('when'), when: condition, delay: micros }),
]);

const FACTS = [
  'leader',
  'server',
  'epoch',
  'sync',
  'lastZxid',
  'fenced',
  'elected',
  'value',
  'outcome',
  'node',
  'leaders',
  'seen',
] as const satisfies readonly Fact['kind'][];

const servers = { servers: whoms };
const end = z.union([whom, z.looseObject({ client: text })]);
const packet = { from: end, to: end, message: z.enum(MESSAGE_KINDS), nth: z.int().min(1) };
const action = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.enum(['start', 'stop', 'pause', 'resume', 'isolate', 'diskFull', 'diskMended', 'wipe']),
    ...servers,
  }),
  z.looseObject({ kind: z.literal('kill'), ...servers, unsent: z.boolean() }),
  z.looseObject({ kind: z.literal('crash'), ...servers, keep: whole.nullable(), torn: z.boolean() }),
  z.looseObject({ kind: z.literal('slowCpu'), ...servers, perEvent: micros }),
  z.looseObject({ kind: z.literal('partition'), groups: z.array(whoms).max(100) }),
  z.looseObject({
    kind: z.literal('cut'),
    pairs,
    oneWay: z.boolean(),
    planes: z.array(z.enum(['election', 'quorum', 'client'])),
  }),
  z.looseObject({ kind: z.literal('heal'), pairs: pairs.nullable() }),
  z.looseObject({ kind: z.literal('clog'), pairs, oneWay: z.boolean(), duration: micros }),
  z.looseObject({ kind: z.literal('swizzle'), duration: micros }),
  z.looseObject({ kind: z.literal('slowLink'), pairs, extra: range, duration: micros }),
  z.looseObject({ kind: z.literal('reset'), pairs, noticed: z.enum(['both', 'first', 'second']) }),
  z.looseObject({ kind: z.literal('dropMessage'), ...packet }),
  z.looseObject({ kind: z.literal('delayMessage'), ...packet, duration: micros }),
  z.looseObject({ kind: z.literal('diskFail'), ...servers, op: z.enum(['log', 'epoch', 'snapshot']), times: whole }),
  z.looseObject({ kind: z.literal('diskStall'), ...servers, duration: micros }),
  z.looseObject({ kind: z.literal('diskSlow'), ...servers, sync: range }),
  z.looseObject({
    kind: z.literal('editEpoch'),
    ...servers,
    file: z.enum(['acceptedEpoch', 'currentEpoch']),
    epoch: whole,
  }),
  z.looseObject({ kind: z.literal('drift'), ...servers, ppm: z.int().min(-1_000_000).max(1_000_000) }),
  z.looseObject({
    kind: z.enum(['write', 'read', 'sync', 'failingWrite', 'openSession', 'closeSession']),
    client: text,
    server: whom.nullable(),
    key: text,
    value: z.int(),
    times: whole,
  }),
  z.looseObject({
    kind: z.literal('request'),
    client: text,
    server: whom.nullable(),
    operation: z.looseObject({ op: text }),
    times: whole,
  }),
  z.looseObject({ kind: z.literal('addAuth'), client: text, server: whom.nullable(), scheme: text, auth: text }),
  z.looseObject({
    kind: z.enum(['pauseClient', 'resumeClient', 'killClient', 'startClient', 'healClient']),
    client: text,
  }),
  z.looseObject({
    kind: z.literal('cutClient'),
    client: text,
    ...servers,
    way: z.enum(['both', 'toServers', 'fromServers']),
  }),
  z.looseObject({ kind: z.literal('chaos'), duration: micros, meanGap: micros, faults: z.array(z.enum(CHAOS_FAULTS)) }),
]);

const draw = z.looseObject({
  stream: z.enum(['latency', 'mishap', 'disk', 'thread', 'startup', 'client', 'fault']),
  a: z.int(),
  b: z.int(),
  nth: z.int().min(1),
  value: micros,
});
const schedule = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.enum(['uniform', 'pos']) }),
  z.looseObject({ kind: z.literal('pct'), depth: z.int().min(1).max(100), steps: z.int().min(1).max(10_000_000) }),
  z.looseObject({ kind: z.literal('calm'), except: z.array(draw).max(100_000) }),
]);

const bareScenario = z.looseObject({
  name: text,
  title: text,
  teaches: text,
  servers: z.array(id).min(1).max(MAX_SERVER_ID),
  verifier,
  observers: set,
  settings,
  service: z.enum(['register', 'zookeeper']).default('register'),
  release: text,
  network,
  disk,
  processes: z.looseObject({ startup: range, thread: range }),
  clocks: z.array(clock).max(MAX_SERVER_ID),
  clients: z.array(client).max(10_000),
  timeline: z.array(z.looseObject({ moment, label: text.nullable(), action })).max(100_000),
  calmAt: micros.nullable(),
  endAt: micros,
  beyondBudget: z.boolean(),
  schedule,
  expect: z.looseObject({
    verdict: z.enum(['pass', 'violates']),
    properties: z.array(text),
    facts: z.array(z.looseObject({ kind: z.enum(FACTS) })),
  }),
});

/** A `Scenario` of sim/scenario.ts as JSON. Every server that it names is one of its own. */
export const scenarioForm = bareScenario.superRefine((scenario, context) => {
  // The forms of the parts have told already, and this is asked all the same.
  if (scenario.servers.some((server) => !id.safeParse(server).success)) return;
  const known = setOf(scenario.servers);
  const { verifier, observers } = scenario;
  if ((verifier.voters | observers) !== known || verifier.voters === 0 || (verifier.voters & observers) !== 0) {
    context.addIssue({ code: 'custom', path: ['servers'], message: 'each server is a voter or an observer' });
  }
  const check = (path: readonly PropertyKey[], named: unknown): void => {
    const ids = Array.isArray(named) ? named.flat(2) : [named];
    for (const server of ids) {
      if (typeof server === 'number' && !has(known, server)) {
        context.addIssue({ code: 'custom', path: [...path], message: `there is no server ${server}` });
      }
    }
  };
  scenario.clients.forEach((client, i) => check(['clients', i, 'server'], client.server));
  scenario.clocks.forEach((clock, i) => check(['clocks', i, 'server'], clock.server));
  scenario.timeline.forEach(({ action }, i) => {
    for (const key of ['servers', 'groups', 'pairs', 'server', 'from', 'to'] as const) {
      if (key in action) check(['timeline', i, 'action', key], Reflect.get(action, key));
    }
  });
});

export const headerForm = z.looseObject({
  zabsim: text,
  traceVersion: z.int(),
  scenario: scenarioForm,
  seed: text,
  release: text,
});

export const eventForm = z.looseObject({ at: z.int().nonnegative(), server: z.int(), kind: z.enum(TRACE_KINDS) });

export const footerForm = z.strictObject({ events: whole, traceHash: z.string().regex(/^[0-9a-f]{16}$/) });

/** What `replay` needs of a report of `run --json`. */
export const reportForm = z.looseObject({
  zabsim: text,
  scenario: text,
  scenarioFile: text.nullable(),
  seed: text,
  release: text,
  traceHash: z.string().regex(/^[0-9a-f]{16}$/),
});

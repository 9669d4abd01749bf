import * as z from 'zod';
import { RELEASES } from '../sim/zab/behaviour.ts';
import { BUGS } from '../sim/zab/bugs/index.ts';
import { MAX_SERVER_ID } from '../sim/zab/sets.ts';
import {
  duration,
  durations,
  epoch,
  integer,
  object,
  ppm,
  serverId,
  serverKey,
  signedPpm,
  word,
  zxid,
} from './fields.ts';
import { found } from './messages.ts';
import { FENCING_RULES, SERVER_STATES, SYNC_MODES } from './names.ts';
import { condition, step } from './steps.ts';
import { recipe } from './schema-recipes.ts';
import { workload } from './schema-workloads.ts';
import { LONGEST } from './units.ts';

/** The form of scenarios/*.yaml. Types, messages and scenario.schema.json all come from here. */

const WEEK_MS = 7 * 24 * 3600 * 1000;
const ms = integer(1, WEEK_MS);
const ticks = integer(1, 100_000);

const count = integer(0, MAX_SERVER_ID);
const ids = z.array(serverId);

const ensemble = object({
  voters: z
    .union([count, ids], { error: 'expected how many voters, or a list of their ids' })
    .describe('how many (1..n), or their ids'),
  observers: z
    .union([count, ids], { error: 'expected how many observers, or a list of their ids' })
    .optional()
    .describe('how many (ids after the voters), or their ids; none when left out'),
  groups: z.array(ids.min(1)).min(1).optional().describe('hierarchical quorums: group.N of zoo.cfg'),
  weights: z.record(serverKey, integer(0, 1_000_000)).optional().describe('weight.N of zoo.cfg; 1 when left out'),
  started: z
    .union([z.literal('all'), z.literal('none'), ids], { error: 'expected all, none, or a list of ids' })
    .optional()
    .describe('who is started at 0s; all when left out. The others wait for a start step'),
});

const zooCfg = object({
  tickTime: ms.optional().describe('ms; 2000'),
  initLimit: ticks.optional().describe('ticks; 10'),
  syncLimit: ticks.optional().describe('ticks; 5'),
  connectToLearnerMasterLimit: integer(0, 100_000).optional().describe('ticks; 0 means initLimit'),
  cnxTimeout: ms.optional().describe('ms; 5000'),
  minNotificationInterval: ms.optional().describe('ms; 200'),
  maxNotificationInterval: ms.optional().describe('ms; 60000'),
  observerElectionDelayMs: integer(0, WEEK_MS).optional().describe('ms; 200'),
  snapCount: integer(2, 1_000_000_000).optional().describe('transactions; 100000'),
  commitLogCount: integer(500, 10_000_000).optional().describe('transactions; 500, which is also the least'),
  snapshotSizeFactor: z
    .number()
    .min(-1)
    .max(1)
    .optional()
    .describe('0.33; negative: no synchronization from the log on disk'),
  forceSnapshotSync: z.boolean().optional(),
  preAllocSize: integer(1, 1_048_576).optional().describe('KiB; 65536'),
  minSessionTimeout: ms.optional().describe('ms; twice tickTime'),
  maxSessionTimeout: ms.optional().describe('ms; twenty times tickTime'),
  maxBatchSize: integer(1, 1_000_000).optional().describe('requests; 1000'),
  enforceQuota: z.boolean().optional().describe('whether quotas with hard limits refuse; false'),
  extendedTypesEnabled: z.boolean().optional().describe('whether there may be TTL nodes; false'),
  containerCheckIntervalMs: ms.optional().describe('between two looks for containers and TTL nodes that may go; 60000'),
  containerMaxNeverUsedMs: integer(0, WEEK_MS)
    .optional()
    .describe('age at which a container that never had a child goes; 0: never; 300000'),
  superDigest: z
    .string()
    .regex(/^[^:]+:.+$/, { error: ({ input }) => `expected user:hash, found ${found(input)}` })
    .optional()
    .describe('user:BASE64(SHA1(user:password)) of the super user; none'),
  initialZxid: integer(0, 0xffff_fffe).optional().describe('the counter from which an epoch starts; 0'),
}).describe('zoo.cfg and system properties, by the names ZooKeeper gives them');

const network = object({
  latency: durations().optional().describe('one way; [200us, 2ms]'),
  spikePpm: ppm.optional().describe('odds of a spike, in a million; 0'),
  spike: durations().optional().describe('[20ms, 200ms]'),
  lossPpm: ppm.optional().describe('odds that a packet is lost, and so late by one retransmission; 0'),
  resetPpm: ppm.optional().describe('odds that a packet resets its connection; 0'),
  retransmit: durations().optional().describe('[200ms, 400ms]'),
  assumption: z
    .enum(['tcp', 'datagram'])
    .optional()
    .describe('datagram: the quorum plane loses, duplicates and reorders. A lab'),
  duplicatePpm: ppm.optional().describe('datagrams only; 0'),
});

const disk = object({
  fsync: durations().optional().describe('[500us, 5ms]'),
  spikePpm: ppm.optional().describe('0'),
  spike: durations().optional().describe('[20ms, 200ms]'),
  failPpm: ppm.optional().describe('odds that a write fails, in a million; 0'),
  servers: z
    .record(serverKey, object({ fsync: durations() }))
    .optional()
    .describe('servers whose disk is slower or faster, by id'),
});

const processes = object({
  startup: durations().optional().describe('until the data is loaded; [100ms, 300ms]'),
  thread: durations().optional().describe('until a runnable thread has its turn; [10us, 100us]'),
});

const clock = object({
  driftPpm: signedPpm.optional().describe('how much too fast (or, negative, too slow) the timers run; 0'),
  offset: duration(-LONGEST).optional().describe('0s'),
});

const percent = integer(0, 100);

export const client = object({
  name: word,
  server: z
    .union([serverId, z.literal('any')], { error: 'expected a server id or any' })
    .optional()
    .describe('any'),
  session: duration()
    .optional()
    .describe('the session timeout asked for; with service: zookeeper 10s, else none, when left out'),
  from: duration().optional().describe('when it begins; 0s'),
  operations: integer(0, 10_000_000)
    .optional()
    .describe('requests of its own; 0, or the end of the run with a workload, when left out'),
  think: durations().optional().describe('between two requests; [1ms, 20ms]'),
  mix: object({ write: percent.optional(), read: percent.optional(), sync: percent.optional() })
    .optional()
    .describe('parts of a hundred; {write: 60, read: 30, sync: 10}'),
  keys: integer(1, 1_000_000).optional().describe('how many keys it uses; 4'),
  timeout: duration(1).optional().describe('without an answer for so long the outcome is unknown; 10s'),
  chroot: z.string().max(1000).optional().describe('the prefix of all its paths, with service: zookeeper'),
  workload: workload.optional(),
  recipe: recipe.optional(),
});

const serverFact = object({
  state: z.enum([...SERVER_STATES, 'DOWN']).optional(),
  acceptedEpoch: epoch.optional(),
  currentEpoch: epoch.optional(),
  lastZxid: zxid.optional(),
  up: z.boolean().optional(),
});

export const syncFact = object({
  learner: serverId,
  leader: serverId.optional(),
  mode: z.enum(SYNC_MODES),
  via: z.enum(['committedLog', 'txnlog+committedLog']).optional(),
  zxid: zxid.optional().describe('of the first packet'),
});

export const fencedFact = object({
  server: serverId.optional().describe('who was refused'),
  by: serverId.optional().describe('who refused'),
  rule: z.enum(FENCING_RULES).optional(),
});

export const outcomeFact = object({
  client: word,
  call: integer(1, 10_000_000).describe('which of its requests, from 1'),
  outcome: z.enum(['ok', 'failed', 'unknown']),
  error: z.string().min(1).max(100).optional().describe('the error code by its name, such as NODEEXISTS'),
});

export const nodeFact = z.union(
  [
    z.literal('absent'),
    object({
      data: z
        .union([z.string(), z.number().int()], { error: 'expected text' })
        .transform((text) => String(text))
        .optional(),
      version: integer(0, 0x7fff_ffff).optional(),
      children: integer(0, 0x7fff_ffff).optional().describe('how many'),
      ephemeral: z.boolean().optional(),
    }),
  ],
  { error: 'expected absent, or a map of data, version, children, ephemeral' },
);

export const seenFact = object({
  ...condition.omit({ nth: true, after: true }).shape,
  atLeast: integer(0, 10_000_000).optional().describe('1'),
  atMost: integer(0, 10_000_000).optional(),
});

const nth = integer(1, 1_000_000_000).describe('the how-manieth draw of its stream, from 1');
const value = z
  .union([z.number().int().min(0).max(0xffff_ffff), duration()], { error: 'expected a whole number or a duration' })
  .describe('what it yields: a delay, a number, or 0 and 1 for no and yes');
const end = z
  .union([serverId, word], { error: "expected a server's id or the name of a client" })
  .meta({ description: 'a server, or a client by its name' });
const ofServer = { server: serverId, nth, value };

/** One draw that a calm run does not leave calm. */
export const draw = z.discriminatedUnion(
  'draw',
  [
    object({ draw: z.literal('latency').describe('how long a packet takes'), from: end, to: end, nth, value }),
    object({ draw: z.literal('mishap').describe('spikes, losses, resets of a link'), from: end, to: end, nth, value }),
    object({ draw: z.literal('disk').describe('how long a write takes, and its mishaps'), ...ofServer }),
    object({ draw: z.literal('thread').describe('how long a thread waits for its turn'), ...ofServer }),
    object({
      draw: z.literal('startup').describe('1: how long until the data is loaded; 2: the chance of the server itself'),
      life: integer(1, 1_000_000).describe('the how-manieth start or end of its process'),
      ...ofServer,
    }),
    object({ draw: z.literal('client').describe('what a client does, and when'), client: word, nth, value }),
    object({ draw: z.literal('fault').describe('what a crash leaves, whom chaos strikes'), nth, value }),
  ],
  { error: 'expected draw: latency, mishap, disk, thread, startup, client or fault' },
);

const schedule = z.discriminatedUnion(
  'strategy',
  [
    object({ strategy: z.literal('uniform').describe('every draw is uniform') }),
    object({
      strategy: z.literal('pct').describe('priorities of chains of events, and a few changes of them'),
      depth: integer(1, 100).describe('one more than there are changes'),
      steps: integer(1, 10_000_000).describe('the changes lie within so many events'),
    }),
    object({ strategy: z.literal('pos').describe('a priority for each event, drawn anew after each race') }),
    object({
      strategy: z.literal('calm').describe('the least delays, no mishaps; the seed decides nothing'),
      except: z.array(draw).max(100_000).optional().describe('draws that are not calm'),
    }),
  ],
  { error: 'expected strategy: uniform, pct, pos or calm' },
);

const expect = object({
  verdict: z.enum(['pass', 'violates']).optional().describe('pass'),
  properties: z.array(word).min(1).optional().describe('for violates: one of these breaks'),
  leader: z
    .union([serverId, z.literal('none')], { error: 'expected a server id or none' })
    .optional()
    .describe('who leads at the end'),
  leaders: integer(0, 30).optional().describe('at least so many different servers were established as leaders'),
  epoch: epoch.optional().describe('the newest epoch'),
  lastZxid: zxid.optional().describe('the last zxid of every server that serves'),
  servers: z.record(serverKey, serverFact).optional().describe('how servers are at the end'),
  elected: z.record(serverKey, integer(0, 1000)).optional().describe('how often a server won an election'),
  syncs: z.array(syncFact).optional().describe('synchronizations that must occur'),
  fenced: z.array(fencedFact).optional().describe('refusals because of an epoch that must occur'),
  values: z
    .record(word, z.union([z.number().int(), z.null()]))
    .optional()
    .describe('what the ensemble holds by key; null: absent'),
  nodes: z
    .record(z.string().regex(/^\//, { error: 'expected the path of a znode' }), nodeFact)
    .optional()
    .describe('znodes by path, as every server that serves holds them'),
  outcomes: z.array(outcomeFact).optional().describe('what clients were answered'),
  seen: z.array(seenFact).optional().describe('events that the trace must show, or with atMost: 0 must not'),
});

export const scenarioFile = object({
  title: z.string().trim().min(1).max(200).describe('one line'),
  teaches: z.string().trim().min(1).max(4000).describe('what it shows, in a few sentences'),
  ensemble,
  zooCfg: zooCfg.optional(),
  release: z
    .enum(RELEASES.map((release) => release.name))
    .optional()
    .describe('corrected'),
  service: z
    .enum(['zookeeper', 'register'])
    .optional()
    .describe('what is replicated: the tree of znodes, or numbers under keys; zookeeper'),
  bug: z
    .enum(BUGS.map((bug) => bug.name))
    .optional()
    .describe('instead of a release: the corrected one with this bug'),
  network: network.optional(),
  disk: disk.optional(),
  processes: processes.optional(),
  clocks: z.record(serverKey, clock).optional(),
  clients: z.array(client).max(1000).optional(),
  timeline: z.array(step).max(10_000).optional(),
  calm: duration().optional().describe('from here on everything is up and mended'),
  end: duration(1).describe('when the run is over, at most 24h'),
  beyondBudget: z.boolean().optional().describe('damage that ZAB does not promise to survive'),
  schedule: schedule.optional().describe('how chance is used; uniform'),
  expect: expect.optional(),
}).meta({ title: 'zabsim scenario', description: 'One run of a simulated ZooKeeper ensemble.' });

export type ScenarioFile = z.output<typeof scenarioFile>;
export type DrawFields = z.output<typeof draw>;
export type ExpectFields = NonNullable<ScenarioFile['expect']>;

/** What editors read: JSON Schema, draft 7, which they all know. */
export function jsonSchema(): unknown {
  return z.toJSONSchema(scenarioFile, { io: 'input', target: 'draft-7', reused: 'ref' });
}

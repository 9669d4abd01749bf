import * as z from 'zod';
import {
  duration,
  durations,
  end,
  epoch,
  integer,
  links,
  object,
  servers,
  signedPpm,
  who,
  word,
  zxid,
} from './fields.ts';
import { CHAOS_FAULTS, MESSAGE_KINDS, PLANES, SERVER_STATES, TRACE_KINDS, ZAB_STATES } from './names.ts';
import { auth, OPERATIONS, raw, syncPath, type OperationName } from './operations.ts';

/** The timeline: what is done, and at which moment. */

const instant = duration().meta({ id: 'duration', description: 'such as 300us, 500ms, 1.5s, 2m' });

export const condition = object({
  event: z.enum(TRACE_KINDS).describe('a kind of trace event'),
  nth: integer(1, 10_000_000).optional().describe('the how-manieth that fits; 1 when left out'),
  server: who.optional().describe("the event's server"),
  peer: who
    .optional()
    .describe('the other end of a packet, the learner of a synchronization, the sender of an acknowledgement'),
  message: z.enum(MESSAGE_KINDS).optional().describe('of sent, received, lost: the packet'),
  epoch: epoch.optional(),
  zxid: zxid.optional().describe('of a transaction or packet'),
  write: integer(1, 10_000_000)
    .optional()
    .describe('the n-th write since the start of the run, by order of first proposal'),
  state: z
    .enum([...SERVER_STATES, 'DOWN'])
    .optional()
    .describe('of stateChanged, elected, serving'),
  phase: z.enum(ZAB_STATES).optional().describe('of phaseChanged'),
  client: word.optional().describe('the client that it is about'),
  fact: word.optional().describe('of recipe: what is said'),
  after: word.optional().describe('counting begins once the step with this label has been taken'),
}).meta({ id: 'condition', description: 'an event of the trace; only what is named is compared' });

const moment = {
  at: instant.optional().describe('virtual time since the start of the run'),
  when: condition.optional().describe('right after an event of the trace'),
  delay: instant.optional().describe('with `when`: so much later'),
  label: word.optional().describe('a name, for `after`'),
};

const whom = {
  server: who.optional().describe('whom: an id or a role'),
  servers: servers.optional().describe('whom: several servers, or all'),
};

function action<K extends string, S extends z.core.$ZodLooseShape>(kind: K, about: string, shape: S) {
  return object({ ...moment, do: z.literal(kind).describe(about), ...shape });
}

const packet = {
  from: end.describe('who sends it: a server, or a client by its name'),
  to: end.describe('who receives it'),
  message: z.enum(MESSAGE_KINDS).describe('its kind'),
  nth: integer(1, 1_000_000)
    .optional()
    .describe('the how-manieth of those under way, in the order in which they were sent, and those sent later; 1'),
};

const call = {
  client: word.optional().describe('which client; the first one when left out'),
  server: who.optional().describe('through which server; the one it is connected to when left out'),
  key: word.optional().describe('which key of the register; x when left out'),
  value: integer(-0xffff_ffff, 0xffff_ffff)
    .optional()
    .describe('what is written; the number of the step when left out'),
  times: integer(1, 100_000).optional().describe('so many requests; 1 when left out'),
};

/** What every operation of ZooKeeper's own service may say. */
const asked = { client: call.client, server: call.server, times: call.times, raw };

/** Every action by its name, with what it may say. The order is the order of the documentation. */
export const ACTIONS = {
  start: action('start', 'starts processes that are down', whom),
  kill: action('kill', 'SIGKILL: the process is gone, what the kernel has stays', {
    ...whom,
    unsent: z.boolean().optional().describe('what its sender threads had not written out yet is lost too'),
  }),
  stop: action('stop', 'SIGTERM: leaves its role in order, then exits', whom),
  crash: action('crash', 'power failure: what is not durable is lost, nobody is told', {
    ...whom,
    keep: integer(0, 1_000_000)
      .optional()
      .describe('how many of the log records in flight survive; drawn when left out'),
    torn: z.boolean().optional().describe('the next record is cut in the middle'),
  }),
  pause: action('pause', 'SIGSTOP, or a long garbage collection', whom),
  resume: action('resume', 'SIGCONT', whom),
  slowCpu: action('slowCpu', 'every input takes so long', { ...whom, perEvent: instant }),
  partition: action('partition', 'only servers of one group reach each other', {
    groups: z.array(z.array(who).min(1)).min(2),
  }),
  isolate: action('isolate', 'cut off from all others', whom),
  cut: action('cut', 'cuts single links', {
    links,
    oneWay: z.boolean().optional().describe('only from the first to the second'),
    planes: z.array(z.enum(PLANES)).min(1).optional().describe('all of them when left out'),
  }),
  heal: action('heal', 'mends links; all of them when none is named', { links: links.optional() }),
  clog: action('clog', 'packets wait, then arrive in a burst', { links, oneWay: z.boolean().optional(), for: instant }),
  swizzle: action('swizzle', 'a random set of servers is clogged one by one and released in another order', {
    for: instant,
  }),
  slowLink: action('slowLink', 'packets take longer', { links, extra: durations(), for: instant }),
  reset: action('reset', 'resets the connections between two servers', {
    links,
    noticed: z.enum(['both', 'first', 'second']).optional().describe('by both ends, or by one of them only'),
  }),
  dropMessage: action('dropMessage', 'one packet is lost; where that is TCP, its connection is reset with it', packet),
  delayMessage: action('delayMessage', 'one packet comes so much later, and what is behind it on its connection', {
    ...packet,
    for: instant,
  }),
  diskFull: action('diskFull', 'nothing more can be written', whom),
  diskMended: action('diskMended', 'the disk works again', whom),
  diskFail: action('diskFail', 'the next operations of a kind fail', {
    ...whom,
    op: z.enum(['log', 'epoch', 'snapshot']),
    times: integer(1, 100_000).optional(),
  }),
  diskStall: action('diskStall', 'nothing becomes durable for so long', { ...whom, for: instant }),
  diskSlow: action('diskSlow', 'fsync takes so long from here on', { ...whom, fsync: durations() }),
  wipe: action('wipe', "loses a server's data directory while it is down", whom),
  editEpoch: action('editEpoch', 'writes an epoch file by hand while the server is down', {
    ...whom,
    file: z.enum(['acceptedEpoch', 'currentEpoch']),
    epoch,
  }),
  drift: action('drift', "a server's clock runs fast or slow from here on", { ...whom, ppm: signedPpm }),
  write: action('write', 'a client writes', call),
  failingWrite: action(
    'failingWrite',
    'a client sends a write that fails validation; it takes a zxid all the same',
    call,
  ),
  read: action('read', 'a client reads', call),
  sync: action('sync', 'a client sends sync', {
    client: call.client,
    server: call.server,
    path: syncPath,
    raw,
    times: call.times,
  }),
  openSession: action('openSession', 'a client opens a session', { client: call.client, server: call.server }),
  closeSession: action('closeSession', 'a client closes its session', { client: call.client, server: call.server }),
  create: action('create', OPERATIONS.create[0], { ...asked, ...OPERATIONS.create[1] }),
  create2: action('create2', OPERATIONS.create2[0], { ...asked, ...OPERATIONS.create2[1] }),
  delete: action('delete', OPERATIONS.delete[0], { ...asked, ...OPERATIONS.delete[1] }),
  exists: action('exists', OPERATIONS.exists[0], { ...asked, ...OPERATIONS.exists[1] }),
  getData: action('getData', OPERATIONS.getData[0], { ...asked, ...OPERATIONS.getData[1] }),
  setData: action('setData', OPERATIONS.setData[0], { ...asked, ...OPERATIONS.setData[1] }),
  getChildren: action('getChildren', OPERATIONS.getChildren[0], { ...asked, ...OPERATIONS.getChildren[1] }),
  getChildren2: action('getChildren2', OPERATIONS.getChildren2[0], { ...asked, ...OPERATIONS.getChildren2[1] }),
  getACL: action('getACL', OPERATIONS.getACL[0], { ...asked, ...OPERATIONS.getACL[1] }),
  setACL: action('setACL', OPERATIONS.setACL[0], { ...asked, ...OPERATIONS.setACL[1] }),
  check: action('check', OPERATIONS.check[0], { ...asked, ...OPERATIONS.check[1] }),
  multi: action('multi', OPERATIONS.multi[0], { ...asked, ...OPERATIONS.multi[1] }),
  multiRead: action('multiRead', OPERATIONS.multiRead[0], { ...asked, ...OPERATIONS.multiRead[1] }),
  getEphemerals: action('getEphemerals', OPERATIONS.getEphemerals[0], { ...asked, ...OPERATIONS.getEphemerals[1] }),
  getAllChildrenNumber: action('getAllChildrenNumber', OPERATIONS.getAllChildrenNumber[0], {
    ...asked,
    ...OPERATIONS.getAllChildrenNumber[1],
  }),
  addWatch: action('addWatch', OPERATIONS.addWatch[0], { ...asked, ...OPERATIONS.addWatch[1] }),
  removeWatches: action('removeWatches', OPERATIONS.removeWatches[0], { ...asked, ...OPERATIONS.removeWatches[1] }),
  whoAmI: action('whoAmI', OPERATIONS.whoAmI[0], { ...asked, ...OPERATIONS.whoAmI[1] }),
  addAuth: action('addAuth', 'a client says who it is', { client: call.client, server: call.server, ...auth }),
  pauseClient: action('pauseClient', "a client's process does nothing, as during a long collection of garbage", {
    client: call.client,
  }),
  resumeClient: action('resumeClient', "a client's process goes on", { client: call.client }),
  killClient: action('killClient', "a client's process is gone; its session lives on until it expires", {
    client: call.client,
  }),
  startClient: action('startClient', 'a killed client begins anew, with another session', { client: call.client }),
  cutClient: action('cutClient', 'cuts a client off from servers', {
    client: call.client,
    servers: servers.optional().describe('from whom; all when left out'),
    way: z.enum(['both', 'toServers', 'fromServers']).optional().describe('whose packets wait: both, when left out'),
  }),
  healClient: action('healClient', "mends a client's links to servers", { client: call.client }),
  chaos: action('chaos', 'random faults, each bounded and undone', {
    for: instant,
    meanGap: duration(1),
    faults: z.array(z.enum(CHAOS_FAULTS)).min(1).optional().describe('all kinds when left out'),
  }),
} as const;

export type ActionName = keyof typeof ACTIONS;
export const ACTION_NAMES = Object.keys(ACTIONS).filter((name): name is ActionName => name in ACTIONS);

const [first, ...others] = ACTION_NAMES.map((name) => ACTIONS[name]);
if (first === undefined) throw new Error('there are actions');

/** One step, for the published schema. The parser picks the action by `do` first, for better messages. */
export const step = z.discriminatedUnion('do', [first, ...others]);
export type StepFields = z.output<typeof step>;
export type ConditionFields = z.output<typeof condition>;

/** Actions on servers; every other one goes without `server`, or (a client's) may. */
const WHOM_ACTIONS = [
  'start',
  'kill',
  'stop',
  'crash',
  'pause',
  'resume',
  'slowCpu',
  'isolate',
  'diskFull',
  'diskMended',
  'diskFail',
  'diskStall',
  'diskSlow',
  'wipe',
  'editEpoch',
  'drift',
] as const;

export type WhomStep = Extract<StepFields, { do: (typeof WHOM_ACTIONS)[number] }>;

export function isWhomStep(fields: StepFields): fields is WhomStep {
  return WHOM_ACTIONS.some((name) => name === fields.do);
}

/** Steps that ask for an operation of ZooKeeper's own service. */
export type OperationStep =
  Extract<StepFields, { do: OperationName }> | (Extract<StepFields, { do: 'sync' }> & { path: string | null });

export function isOperationStep(fields: StepFields): fields is OperationStep {
  return fields.do in OPERATIONS || (fields.do === 'sync' && fields.path !== undefined);
}

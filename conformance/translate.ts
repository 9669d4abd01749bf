import { MS, type Micros } from '../sim/time.ts';
import type { Action, ClientModel, Scenario, Step } from '../sim/scenario.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import { ensembleOf, type Ensemble } from './ensemble.ts';
import { operationOf } from './operations.ts';
import { unrecordedCloses, type CaseRecord, type CaseStep } from './record.ts';
import {
  allIn,
  clientOf,
  epochEditsIn,
  expandOps,
  fieldOf,
  isWrite,
  numberIn,
  pairsIn,
  serverIn,
  serversIn,
  textIn,
  unanswered,
  type RecordedOp,
} from './steps.ts';

/** A moment at which the run is looked at: just before the step with this index, or in the middle of it. */
export interface Sample {
  readonly at: Micros;
  readonly step: number;
  /** Of an `observe` step. */
  readonly label: string | null;
}

/** A request of the record, and what the record says came of it. `err` null: the step does not say. */
export interface PlannedCall {
  readonly step: number;
  /** Position in the step, for steps of several requests. */
  readonly index: number;
  readonly client: string;
  /** How many requests of this client go before. */
  readonly nth: number;
  readonly kind: 'write' | 'read' | 'sync';
  readonly key: string;
  readonly at: Micros;
  readonly err: string | null;
  readonly zxid: string | null;
  /** Everything it was answered; null where the record shows less. */
  readonly result: Readonly<Record<string, unknown>> | null;
}

/** A record as the engine can play it. */
export interface Plan {
  readonly scenario: Scenario;
  readonly samples: readonly Sample[];
  readonly calls: readonly PlannedCall[];
  /** When the record first stops, pauses or cuts something. */
  readonly firstFaultAt: Micros | null;
}

export type Translated = { readonly plan: Plan } | { readonly notPlayed: readonly string[] };

/** What made the records of this repository. */
export const RELEASE = '3.8.0';

/** Operations that the record tells the end of began a few ms earlier; so long if the engine is to end them in time. */
const OPERATION = 8 * MS;

/** Of each of many requests in a pipeline. */
const PIPELINED = 1500;

/** The harness waits for every answer before it goes on; so long one may take here, and what follows waits too. */
const ANSWERED = 8 * MS;

/** Between two steps with the same time. */
const APART = 50;

interface Translation {
  readonly ensemble: Ensemble;
  readonly record: CaseRecord;
  readonly steps: Step[];
  readonly samples: Sample[];
  readonly calls: PlannedCall[];
  readonly clients: Map<string, { readonly server: ServerId; readonly timeoutMs: number; readonly from: Micros }>;
  readonly problems: string[];
  /** The end of the last thing done, and the last time used. */
  ready: Micros;
  last: Micros;
  latestClient: string | null;
  firstFaultAt: Micros | null;
}

/** Turns a record's steps into a timeline. Anything that is not understood is a reason not to play it. */
export function translate(record: CaseRecord, release = RELEASE): Translated {
  const { ensemble, unknown } = ensembleOf(record.config);
  const t: Translation = {
    ensemble,
    record,
    steps: [],
    samples: [],
    calls: [],
    clients: new Map(),
    problems: [...unknown],
    ready: 0,
    last: 0,
    latestClient: null,
    firstFaultAt: null,
  };
  const closes = lastStepsOf(record, unrecordedCloses(record));
  record.steps.forEach((step, index) => {
    translateStep(t, step, index);
    const client = closes.get(index);
    if (client !== undefined) done(t, 0, act(t, t.ready, closing(client)) + ANSWERED);
  });
  if (t.problems.length > 0) return { notPlayed: t.problems };
  const endAt = Math.max(t.last, t.ready) + 50 * MS;
  t.samples.push({ at: endAt, step: record.steps.length, label: null });
  t.steps.sort((a, b) => timeOf(a) - timeOf(b));
  return {
    plan: { scenario: scenarioOf(t, endAt, release), samples: t.samples, calls: t.calls, firstFaultAt: t.firstFaultAt },
  };
}

/** By index, the client whose last step it is. */
function lastStepsOf(record: CaseRecord, clients: ReadonlySet<string>): ReadonlyMap<number, string> {
  const last = new Map<number, string>();
  for (const client of clients) {
    const index = record.steps.findLastIndex((step) => clientOf(step) === client);
    if (index >= 0) last.set(index, client);
  }
  return last;
}

function closing(client: string): Action {
  return { kind: 'closeSession', client, server: null, key: '', value: 0, times: 1 };
}

function timeOf(step: Step): Micros {
  return step.moment.kind === 'at' ? step.moment.at : 0;
}

function translateStep(t: Translation, step: CaseStep, index: number): void {
  const at = Math.max(step.t_ms * MS, t.last === 0 ? 0 : t.last + APART);
  t.samples.push({ at, step: index, label: step.do === 'observe' ? (textIn(step, 'label') ?? null) : null });
  const servers = serversIn(step);
  for (const id of servers)
    if (!t.ensemble.servers.includes(id))
      t.problems.push(`step ${index} (${step.do}) names server ${id}, which is not in the ensemble`);
  if (processStep(t, step, index, at, servers)) return;
  if (networkStep(t, step, at)) return;
  if (clientStep(t, step, index, at)) return;
  if (waitStep(t, step, index, at)) return;
  t.problems.push(`step ${index} is not understood: ${step.do}`);
}

/** Adds an action at this time, or a little later where something else happens at it. */
function act(t: Translation, at: Micros, action: Action): Micros {
  const moment = Math.max(at, t.last + APART);
  t.steps.push({ moment: { kind: 'at', at: moment }, label: null, action });
  t.last = moment;
  t.ready = Math.max(t.ready, moment);
  return moment;
}

function fault(t: Translation, at: Micros, action: Action): void {
  const moment = act(t, at, action);
  t.firstFaultAt ??= moment;
}

function processStep(t: Translation, step: CaseStep, index: number, at: Micros, servers: readonly ServerId[]): boolean {
  switch (step.do) {
    case 'start':
      act(t, at, { kind: 'start', servers });
      return true;
    case 'kill -9':
      fault(t, at, { kind: 'kill', servers, unsent: false });
      return true;
    case 'SIGTERM':
      fault(t, at, { kind: 'stop', servers });
      return true;
    case 'SIGSTOP':
      fault(t, at, { kind: 'pause', servers });
      return true;
    case 'SIGCONT':
      act(t, at, { kind: 'resume', servers });
      return true;
    case 'wipe data directory':
      if (servers.length === 0) t.problems.push(`step ${index} (${step.do}) names no server`);
      fault(t, at, { kind: 'wipe', servers });
      return true;
    case 'edit file':
      editFile(t, step, index, at);
      return true;
    default:
      return false;
  }
}

function editFile(t: Translation, step: CaseStep, index: number, at: Micros): void {
  const edits = epochEditsIn(step);
  if (edits.length === 0)
    t.problems.push(`step ${index} edits a file in a way that is not played: ${JSON.stringify(step)}`);
  for (const { server, file, epoch } of edits) fault(t, at, { kind: 'editEpoch', servers: [server], file, epoch });
}

function networkStep(t: Translation, step: CaseStep, at: Micros): boolean {
  const cut = step.do.startsWith('cut');
  if (step.do === 'partition') {
    const groups = fieldOf(step, 'groups');
    if (!Array.isArray(groups)) return false;
    fault(t, at, { kind: 'partition', groups: groups.map(allIn) });
    return true;
  }
  if (step.do === 'heal' || step.do === 'mend links') {
    act(t, at, { kind: 'heal', pairs: null });
    return true;
  }
  if (!cut) return false;
  const pairs = pairsIn(step);
  if (pairs.length === 0) return false;
  const oneWay =
    /one.?way|asymmetric/i.test(step.do) ||
    fieldOf(step, 'oneWay') === true ||
    fieldOf(step, 'direction') !== undefined;
  fault(t, at, { kind: 'cut', pairs, oneWay, planes: ['election', 'quorum'] });
  return true;
}

function clientStep(t: Translation, step: CaseStep, index: number, at: Micros): boolean {
  if (step.do === 'client connect') return connectStep(t, step, index, at);
  if (step.do === 'client reconnect') return reconnectStep(t, step, index, at);
  if (step.do.startsWith('exists of each path')) return readEach(t, step, index, at);
  const client = clientOf(step);
  if (client === undefined) return false;
  if (!t.clients.has(client)) {
    t.problems.push(`step ${index} (${step.do}) is done by ${client}, who never connected`);
    return true;
  }
  if (step.do === 'close session') {
    done(t, at, act(t, began(t, at, OPERATION), closing(client)) + ANSWERED);
    return true;
  }
  const ops = expandOps(step, index);
  if (ops === undefined) return false;
  requests(t, step, index, { client, ops, at });
  return true;
}

function connectStep(t: Translation, step: CaseStep, index: number, at: Micros): boolean {
  const client = clientOf(step);
  const server = serverIn(step);
  if (client === undefined || server === undefined) return false;
  if (!t.ensemble.servers.includes(server)) return false;
  const moment = act(t, began(t, at, OPERATION), { kind: 'openSession', client, server, key: '', value: 0, times: 1 });
  if (t.clients.has(client)) t.problems.push(`step ${index}: ${client} connects a second time`);
  t.clients.set(client, { server, timeoutMs: numberIn(step, 'requestedTimeout') ?? 10_000, from: moment });
  t.latestClient = client;
  done(t, at, moment + ANSWERED);
  return true;
}

function reconnectStep(t: Translation, step: CaseStep, index: number, at: Micros): boolean {
  const client = clientOf(step);
  const server = serverIn(step);
  if (client === undefined || server === undefined) return false;
  if (!t.clients.has(client)) t.problems.push(`step ${index}: ${client} reconnects and never connected`);
  const moment = act(t, began(t, at, OPERATION), { kind: 'openSession', client, server, key: '', value: 0, times: 1 });
  t.latestClient = client;
  done(t, at, moment + ANSWERED);
  return true;
}

/** Nothing more happens before the record's end of this step, nor before its end here. */
function done(t: Translation, at: Micros, here: Micros): void {
  t.ready = Math.max(t.ready, at, here);
  t.last = Math.max(t.last, t.ready - APART);
}

/** When something that the record saw end at `at` may have begun. */
function began(t: Translation, at: Micros, duration: Micros): Micros {
  return Math.max(t.ready, at - duration);
}

function requests(
  t: Translation,
  step: CaseStep,
  index: number,
  what: { client: string; ops: readonly RecordedOp[]; at: Micros },
): void {
  const { client, ops, at } = what;
  const lost = ops.some((op) => op.err === 'CONNECTIONLOSS');
  const atOnce = step.do.startsWith('async');
  // A request that was never answered was sent as soon as the step before it had ended.
  let moment = atOnce ? at : lost ? t.ready : began(t, at, OPERATION + ops.length * PIPELINED);
  ops.forEach((op, i) => {
    const action = actionOf(client, op.fields);
    if (action === undefined) {
      t.problems.push(`step ${index}: the request is not understood: ${JSON.stringify(op.fields)}`);
      return;
    }
    moment = act(t, moment, action);
    if (action.kind === 'closeSession') return;
    const kind = isWrite(op.op) ? 'write' : op.op === 'sync' ? 'sync' : 'read';
    const nth = t.calls.filter((call) => call.client === client).length;
    const { path: key, err, zxid, result } = op;
    t.calls.push({ step: index, index: i, client, nth, kind, key, at: moment, err, zxid, result });
  });
  if (!atOnce) done(t, at, lost ? moment : moment + ANSWERED);
}

function actionOf(client: string, fields: RecordedOp['fields']): Action | undefined {
  if (fields['op'] === 'closeSession') return closing(client);
  if (fields['op'] === 'auth') {
    const [scheme, auth] = [String(fields['scheme']), String(fields['auth'])];
    return { kind: 'addAuth', client, server: null, scheme, auth };
  }
  const operation = operationOf(fields);
  return operation === undefined ? undefined : { kind: 'request', client, server: null, operation, times: 1 };
}

/** Reads by the client that connected last, which the record had put on the server that is meant. */
function readEach(t: Translation, step: CaseStep, index: number, at: Micros): boolean {
  const results = fieldOf(step, 'results');
  if (t.latestClient === null || typeof results !== 'object' || results === null) return false;
  const ops = Object.entries(results).map(([path, err]): RecordedOp => ({
    ...unanswered('exists', path),
    err: String(err),
  }));
  requests(t, step, index, { client: t.latestClient, ops, at });
  return true;
}

function waitStep(t: Translation, step: CaseStep, index: number, at: Micros): boolean {
  if (step.do === 'sleep') {
    const end = at + (numberIn(step, 'ms') ?? 0) * MS;
    t.ready = Math.max(t.ready, end);
    t.samples.push({ at: end, step: index, label: null });
    return true;
  }
  const waits =
    step.do === 'observe' ||
    step.do === 'settle' ||
    /^(server )?\d+ (is|are) (back|up|down|serving)$/.test(step.do) ||
    step.do.startsWith('wait');
  if (waits) t.ready = Math.max(t.ready, at);
  return waits;
}

function scenarioOf(t: Translation, endAt: Micros, release: string): Scenario {
  const { record, ensemble } = t;
  const clients = [...t.clients].map(([name, client]): ClientModel => ({
    name,
    server: client.server,
    sessionTimeoutMs: client.timeoutMs,
    from: client.from,
    operations: 0,
    think: [0, 0],
    mix: { write: 100, read: 0, sync: 0 },
    keys: 1,
    timeout: 30 * 1000 * MS,
    reconnects: false,
  }));
  return {
    ...realScenario(record, ensemble, release),
    clients,
    timeline: t.steps,
    endAt,
    beyondBudget: t.steps.some((step) => step.action.kind === 'wipe' || step.action.kind === 'editEpoch'),
  };
}

/** The machine on which the records were made, and nothing that happens on it. */
export function realScenario(record: CaseRecord, ensemble: Ensemble, release: string): Scenario {
  return {
    name: record.name,
    title: record.title,
    teaches: 'what a real ensemble did',
    servers: ensemble.servers,
    verifier: ensemble.verifier,
    observers: ensemble.observers,
    settings: ensemble.settings,
    service: 'zookeeper',
    release,
    // One machine: loopback, and a disk that syncs in a millisecond or two.
    network: {
      latency: [200, 250],
      spikePpm: 0,
      spike: [0, 0],
      lossPpm: 0,
      resetPpm: 0,
      retransmit: [200 * MS, 220 * MS],
      assumption: 'tcp',
      duplicatePpm: 0,
    },
    disk: { sync: [2000, 2600], spikePpm: 0, spike: [0, 0], failPpm: 0, own: [] },
    processes: { startup: [350 * MS, 450 * MS], thread: [20, 200] },
    clocks: [],
    clients: [],
    timeline: [],
    calmAt: null,
    endAt: Infinity,
    beyondBudget: false,
    schedule: { kind: 'uniform' },
    expect: { verdict: 'pass', properties: [], facts: [] },
  };
}

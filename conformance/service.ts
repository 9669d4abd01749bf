import { act } from '../sim/faults.ts';
import { inspect } from '../sim/inspect.ts';
import { beginRun, type Run, type ServerRow } from '../sim/run.ts';
import type { Action } from '../sim/scenario.ts';
import { MS } from '../sim/time.ts';
import type { Txn } from '../sim/zab/messages.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import type { Compared, Comparison } from './compare.ts';
import { isTime } from './compare.ts';
import { ensembleOf } from './ensemble.ts';
import { operationOf, pick, resultOf, txnForm, type Fields } from './operations.ts';
import type { CaseRecord, CaseStep } from './record.ts';
import { scriptOf } from './scripts.ts';
import { Sessions, type Item, type Session } from './sessions.ts';
import { allIn, clientOf, numberIn, serverIn, serversIn, textIn } from './steps.ts';
import { realScenario } from './translate.ts';
import { newWatch, type Watch } from './watch.ts';
import { factOfWorkload } from './workloads.ts';

/** Records of the data model, of watches and of sessions: every request is made of the simulated ensemble, one after the
 *  other, and everything it answers is put beside what the real one answered. */

export interface PlayedService {
  readonly notPlayed: readonly string[];
  readonly watch: Watch;
  /** By the label of an observation. */
  readonly rows: ReadonlyMap<string, readonly ServerRow[]>;
  readonly compared: readonly Compared[];
  readonly notExpressed: readonly string[];
}

/** What the steps of a record share while they are played. */
export interface Stage {
  readonly record: CaseRecord;
  readonly run: Run;
  readonly sessions: Sessions;
  /** The latest connection of each client. */
  readonly clients: Map<string, Session>;
  /** What the record calls a session, by its id. */
  readonly labels: Map<number, string>;
  /** The case's facts, as far as they are known. */
  readonly facts: Record<string, unknown>;
  readonly rows: Map<string, readonly ServerRow[]>;
  readonly compared: Compared[];
  readonly comparison: Comparison;
  readonly notPlayed: string[];
  /** By the index of an `op` step, the error it was answered with here. */
  readonly answers: Map<number, string>;
}

export function playService(
  record: CaseRecord,
  as: { readonly seed: string; readonly release: string },
  comparison: Comparison,
): PlayedService {
  const { ensemble, unknown } = ensembleOf(record.config);
  const watch = newWatch();
  const run = beginRun(realScenario(record, ensemble, as.release), as.seed, { properties: [], keep: watch.see });
  const stage: Stage = {
    record,
    run,
    sessions: new Sessions(run),
    clients: new Map(),
    labels: new Map(),
    facts: {},
    rows: new Map(),
    compared: [],
    comparison,
    notPlayed: [...unknown],
    answers: new Map(),
  };
  const script = scriptOf(record);
  record.steps.forEach((step, index) => {
    if (stage.notPlayed.length > 0) return;
    stage.sessions.pass(step.t_ms * MS);
    if (script?.step?.(stage, step, index) === true) return;
    if (!playStep(stage, step, index)) stage.notPlayed.push(`step ${index} is not understood: ${step.do}`);
  });
  if (stage.notPlayed.length === 0) script?.after?.(stage);
  const notExpressed: string[] = [];
  for (const [name, real] of Object.entries(record.observed.facts)) {
    if (isTime(name)) continue;
    if (name in stage.facts) stage.compared.push(comparison.at(`/facts/${name}`, real, stage.facts[name]));
    else notExpressed.push(name);
  }
  return { notPlayed: stage.notPlayed, watch, rows: stage.rows, compared: stage.compared, notExpressed };
}

function playStep(stage: Stage, step: CaseStep, index: number): boolean {
  const { sessions } = stage;
  const action = actionOf(step);
  if (action !== undefined) {
    act(stage.run.world, action, 0, stage.run.emit);
    return true;
  }
  switch (step.do) {
    case 'observe':
      sessions.settle();
      stage.rows.set(textIn(step, 'label') ?? '', inspect(stage.run.world));
      return true;
    case 'sleep':
      sessions.pass(sessions.now + (numberIn(step, 'ms') ?? 0) * MS);
      return true;
    case 'client connect':
    case 'client reconnect':
      return connectStep(stage, step, index);
    case 'op':
      return opStep(stage, step, index);
    case 'close session': {
      const session = stage.clients.get(clientOf(step) ?? '');
      if (session !== undefined) sessions.perform(session, { op: 'closeSession' });
      return session !== undefined;
    }
    case 'workload': {
      const fact = textIn(step, 'fact') ?? 'workload';
      stage.facts[fact] = factOfWorkload(stage, fact);
      return true;
    }
    case 'two sessions read the tree':
      readTrees(stage);
      return true;
    default:
      return /^(wait|settle|end$|new leader serving|see |events$)/.test(step.do);
  }
}

function actionOf(step: CaseStep): Action | undefined {
  const servers = serversIn(step);
  switch (step.do) {
    case 'start':
      return { kind: 'start', servers };
    case 'kill -9':
      return { kind: 'kill', servers, unsent: false };
    case 'SIGTERM':
      return { kind: 'stop', servers };
    case 'SIGSTOP':
      return { kind: 'pause', servers };
    case 'SIGCONT':
      return { kind: 'resume', servers };
    case 'partition':
      return Array.isArray(step['groups']) ? { kind: 'partition', groups: step['groups'].map(allIn) } : undefined;
    case 'heal':
      return { kind: 'heal', pairs: null };
    default:
      return undefined;
  }
}

/** Connects, or comes back with the id and password of before. What is noted is what the harness notes. */
function connectStep(stage: Stage, step: CaseStep, index: number): boolean {
  const label = clientOf(step);
  const server = serverIn(step);
  if (label === undefined || server === undefined) return false;
  const timeoutMs = numberIn(step, 'requestedTimeout');
  const session = join(stage, label, server, timeoutMs === undefined ? {} : { timeoutMs });
  const real = step['result'] as Fields | undefined;
  if (real !== undefined) compareStep(stage, index, real, pick(connectForm(stage, session), real));
  return true;
}

/** Makes a connection for a client: anew, or of the session it had. */
export function join(
  stage: Stage,
  label: string,
  server: ServerId,
  options: Parameters<Sessions['connect']>[2] = {},
): Session {
  const before = stage.clients.get(label);
  const session = stage.sessions.connect(label, server, {
    ...(before === undefined ? {} : { of: before, lastZxid: before.lastZxid }),
    ...options,
  });
  if (session.connected) {
    stage.clients.set(label, session);
    if (!stage.labels.has(session.id)) stage.labels.set(session.id, label);
  }
  return session;
}

const REFUSED = 'session refused: sessionId=0 (expired/unknown/bad password)';
const CLOSED = 'connection closed by server before a ConnectResponse';

/** What a harness notes of an attempt to connect. */
export function connectForm(stage: Stage, session: Session): Fields {
  const { connected, refused } = session;
  return {
    connected,
    reason: connected ? null : refused ? REFUSED : CLOSED,
    timeOut: connected ? session.timeoutMs : refused ? 0 : null,
    sessionId: connected ? (stage.labels.get(session.id) ?? null) : refused ? '0x0' : null,
    readOnly: false,
  };
}

function opStep(stage: Stage, step: CaseStep, index: number): boolean {
  const session = stage.clients.get(clientOf(step) ?? '');
  const real = step['result'] as Fields;
  const ours = session === undefined ? undefined : ask(stage, session, step['op'] as Fields);
  if (ours === undefined) return false;
  stage.answers.set(index, String(ours['err']));
  compareStep(stage, index, real, pick(ours, real));
  return true;
}

/** Makes a request that a record describes, and gives what came of it in the record's form. */
export function ask(stage: Stage, session: Session, fields: Fields): Fields | undefined {
  const { sessions, labels } = stage;
  if (fields['op'] === 'auth')
    return resultOf(answerOf(sessions.auth(session, String(fields['scheme']), String(fields['auth']))), labels);
  if (fields['op'] === 'closeSession') return resultOf(sessions.perform(session, { op: 'closeSession' }), labels);
  const op = operationOf(fields);
  return op === undefined ? undefined : resultOf(sessions.perform(session, op), labels);
}

function answerOf(item: Item | undefined): (Item & { kind: 'response' }) | undefined {
  return item?.kind === 'response' ? item : undefined;
}

function compareStep(stage: Stage, index: number, real: Fields, ours: Fields): void {
  stage.compared.push(stage.comparison.at(`/steps/${index}/result`, real, ours));
}

// ── events

export function eventForm(item: Item): string {
  return item.kind === 'event' ? `${item.type} ${item.path}` : '';
}

export function eventsOf(stage: Stage, session: Session): string[] {
  return stage.sessions
    .take(session)
    .filter((item) => item.kind === 'event')
    .map(eventForm);
}

// ── logs and trees

/** The transactions on a server's disk, in the form of the record's list. */
export function logOf(stage: Stage, server: ServerId, like: readonly unknown[]): readonly unknown[] {
  const storage = stage.run.world.hosts[server]?.storage;
  const txns: Txn[] = (storage?.logs ?? []).flatMap((file) => file.txns);
  return txns.map((txn, i) => {
    const form = txnForm(txn, stage.labels);
    const real = like[i];
    if (typeof real === 'string') return `${String(form['zxid'])}:${String(form['type'])}`;
    return typeof real === 'object' && real !== null ? pick(form, real as Fields) : form;
  });
}

export function leaderOf(stage: Stage): ServerId {
  return inspect(stage.run.world).find((row) => row.mode === 'leader' && row.up)?.id ?? 0;
}

function readTrees(stage: Stage): void {
  const { sessions, facts, record } = stage;
  const trees = [1, 3].map((server) => {
    const session = join(stage, `dump${server}`, server);
    sessions.settle();
    return treeBelow(stage, session, '/');
  });
  facts['finalTree'] = trees[0];
  facts['treesEqual'] = JSON.stringify(trees[0]) === JSON.stringify(trees[1]);
  const log = record.observed.facts['txnlog'];
  if (Array.isArray(log)) facts['txnlog'] = logOf(stage, leaderOf(stage), log);
}

/** What a harness reads of every node; what is below /zookeeper is left out. */
function treeBelow(stage: Stage, session: Session, path: string): Fields {
  const got = ask(stage, session, { op: 'getData', path }) ?? {};
  const { err, data, stat } = got as { err?: unknown; data?: unknown; stat?: unknown };
  const tree: Record<string, unknown> = {
    [path]: { err, ...(data === undefined ? {} : { data }), ...(stat === undefined ? {} : { stat }) },
  };
  const listed = ask(stage, session, { op: 'getChildren', path }) ?? {};
  for (const name of (listed['children'] as readonly string[] | undefined) ?? []) {
    const child = path === '/' ? `/${name}` : `${path}/${name}`;
    if (child !== '/zookeeper') Object.assign(tree, treeBelow(stage, session, child));
  }
  return tree;
}

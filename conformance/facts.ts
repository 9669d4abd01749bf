import type { ServerRow } from '../sim/run.ts';
import type { Micros } from '../sim/time.ts';
import type { LogFile } from '../sim/zab/storage.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import type { Txn } from '../sim/zab/messages.ts';
import { ERROR_CODES } from '../sim/zookeeper/codes.ts';
import type { TimedTxn, TreeTxn } from '../sim/zookeeper/operations.ts';
import { isEqual, isTime, type Compared, type Comparison } from './compare.ts';
import { pick, resultOf, txnForm, type Fields, type Labels } from './operations.ts';
import type { CaseRecord } from './record.ts';
import type { Plan, PlannedCall } from './translate.ts';
import { hex, type SeenCall, type Watch } from './watch.ts';

/** All servers at one moment of the run. */
export interface Moment {
  readonly at: Micros;
  readonly rows: readonly ServerRow[];
  readonly logs: ReadonlyMap<ServerId, readonly LogFile[]>;
}

/** A run that is over, and the record it was made from. */
export interface Played {
  readonly record: CaseRecord;
  readonly plan: Plan;
  readonly watch: Watch;
  readonly moments: readonly Moment[];
  /** What the record calls a session, by its id. */
  readonly labels: Labels;
  readonly comparison: Comparison;
}

export interface ComparedFacts {
  readonly compared: readonly Compared[];
  /** Facts of a form that is not known here, by name. */
  readonly notExpressed: readonly string[];
}

/** Compares the case's own facts. */
export function compareFacts(played: Played): ComparedFacts {
  const compared: Compared[] = [];
  const notExpressed: string[] = [];
  for (const [name, real] of Object.entries(played.record.observed.facts)) {
    if (isTime(name)) continue;
    const fact = compareFact(played, name, real);
    if (fact === undefined) notExpressed.push(name);
    else compared.push(fact);
  }
  return { compared, notExpressed };
}

function compareFact(played: Played, name: string, real: unknown): Compared | undefined {
  if (name === 'fate' || name.endsWith('Fate')) return compareFate(played, name, real);
  if (name === 'newLeader') return played.comparison.at(`/facts/${name}`, real, leadersAfterFault(played)[0]?.server);
  if (/^round\d+$/.test(name)) return compareRound(played, name, real);
  if (name === 'txnsPerFile') return bestMoment(played, name, real, txnsPerFile);
  if (name === 'during') return bestMoment(played, name, real, (moment) => modesAt(moment, real));
  if (name === 'children') return compareChildren(played, name, real);
  if (/^files\d+/.test(name)) {
    const id = numberOf(name);
    return bestMoment(played, name, real, (moment) => moment.rows.find((row) => row.id === id)?.files);
  }
  if (isText(real)) return compareOutcome(played, name, real);
  if (Array.isArray(real)) return compareList(played, name, real);
  if (isObject(real)) return compareObject(played, name, real);
  return undefined;
}

function compareList(played: Played, name: string, real: readonly unknown[]): Compared | undefined {
  const texts = real.map(String);
  if (/log/i.test(name) && texts.every((text) => /^0x[0-9a-f]+:/.test(text))) return compareLog(played, name, texts);
  if (/state/i.test(name)) return compareStates(played, name, texts);
  if (texts.some((text) => text.startsWith('Shutdown called'))) return compareResignations(played, name, texts);
  if (real.every((item) => isObject(item) && typeof item['path'] === 'string')) return compareCalls(played, name, real);
  if (real.every((item) => isText(item) || (isObject(item) && isText(item['err']))))
    return compareAsync(played, name, real);
  return undefined;
}

function compareObject(played: Played, name: string, real: Readonly<Record<string, unknown>>): Compared | undefined {
  if ('n' in real && 'first' in real) {
    const id = numberOf(name);
    return bestMoment(played, name, real, (moment) => summaryOf(moment, id, real));
  }
  if (/log/i.test(name) && Object.values(real).every(Array.isArray))
    return bestMoment(played, name, real, (moment) =>
      Object.fromEntries(Object.entries(real).map(([id, lines]) => [id, linesOf(moment, Number(id), listOf(lines))])),
    );
  if (isText(real['err']) && isText(real['hdr_zxid'])) {
    const call = played.plan.calls.find((planned) => planned.zxid === real['hdr_zxid'] && planned.err === real['err']);
    if (call === undefined) return undefined;
    const seen = seenCall(played, call);
    return played.comparison.at(
      `/facts/${name}`,
      { err: real['err'], hdr_zxid: real['hdr_zxid'] },
      { err: errOf(seen), hdr_zxid: zxidOf(seen) },
    );
  }
  return undefined;
}

// ── logs

/** A log as the harness lists it, when it was read at a moment that the record does not tell: some moment must fit. */
function compareLog(played: Played, name: string, real: readonly string[]): Compared | undefined {
  const id = /^log(\d+)/.exec(name)?.[1];
  if (id !== undefined) return bestMoment(played, name, real, (moment) => linesOf(moment, Number(id), real));
  const led = new Set(played.watch.leaders.map((leader) => leader.server));
  const candidates = [...led].map((server) =>
    bestMoment(played, name, real, (moment) => linesOf(moment, server, real, true)),
  );
  return fewest(candidates);
}

function linesOf(moment: Moment, id: ServerId | undefined, real: readonly unknown[], tail = false): readonly string[] {
  const txns = txnsOf(moment, id);
  const shown = tail && txns.length > real.length ? txns.slice(txns.length - real.length) : txns;
  return shown.map((txn, i) => lineOf(txn, real[i]));
}

/** A record that tells a request in words may say create where create2 was sent. */
function lineOf(txn: Txn, real: unknown): string {
  const word = String(real ?? '').split(':')[1] ?? '';
  const type = String(txnForm(txn, NO_LABELS)['type']);
  return `${hex(txn.zxid)}:${type === 'create' && word === 'create2' ? word : type}`;
}

const NO_LABELS: Labels = new Map();

function txnsOf(moment: Moment, id: ServerId | undefined): readonly Txn[] {
  return (id === undefined ? [] : (moment.logs.get(id) ?? [])).flatMap((file) => file.txns);
}

function summaryOf(moment: Moment, id: ServerId | undefined, real: Readonly<Record<string, unknown>>): unknown {
  const txns = txnsOf(moment, id);
  const first = listOf(real['first']);
  const last = listOf(real['last']);
  return {
    n: txns.length,
    first: txns.slice(0, first.length).map((txn, i) => lineOf(txn, first[i])),
    last: txns.slice(Math.max(0, txns.length - last.length)).map((txn, i) => lineOf(txn, last[i])),
    ...('files' in real ? { files: moment.rows.find((row) => row.id === id)?.files } : {}),
  };
}

function txnsPerFile(moment: Moment): unknown {
  return Object.fromEntries(
    [...moment.logs].map(([id, files]) => [
      String(id),
      files.map((file) => [`log.${file.name.toString(16)}`, file.txns.length]),
    ]),
  );
}

// ── states

function modesAt(moment: Moment, real: unknown): unknown {
  if (!isObject(real)) return undefined;
  const out: Record<string, unknown> = {};
  for (const [id, fields] of Object.entries(real)) {
    const row = moment.rows.find((other) => other.id === Number(id));
    if (row === undefined || !isObject(fields)) continue;
    const mine: Readonly<Record<string, unknown>> = {
      mode: row.mode,
      state: row.state,
      acceptedEpoch: row.acceptedEpoch,
      currentEpoch: row.currentEpoch,
    };
    out[id] = Object.fromEntries(Object.keys(fields).map((key) => [key, mine[key]]));
  }
  return out;
}

/** State lines of one server, from the first fault on: the fact is what the harness had read by some later moment. */
function compareStates(played: Played, name: string, real: readonly string[]): Compared | undefined {
  const server = numberOf(name) ?? faultedServer(played);
  if (server === undefined) return undefined;
  const from = played.plan.firstFaultAt ?? 0;
  const seen = played.watch.states
    .filter((state) => state.server === server && state.at >= from)
    .map((state) => state.line);
  const path = `/facts/${name}`;
  if (name.endsWith('Seen')) {
    const before = seen.slice(0, Math.max(real.length, 1));
    return played.comparison.at(path, [...real].sort(order), [...new Set(before)].sort(order));
  }
  return played.comparison.at(path, real, real.length === 0 ? seen : seen.slice(0, real.length));
}

/** The server that the record's first fault is about. */
function faultedServer(played: Played): ServerId | undefined {
  const at = played.plan.firstFaultAt;
  for (const { moment, action } of played.plan.scenario.timeline) {
    if (moment.kind !== 'at' || moment.at !== at) continue;
    if (action.kind === 'partition') return serverOf(action.groups.find((group) => group.length === 1)?.[0]);
    if ('servers' in action) return serverOf(action.servers[0]);
    if (action.kind === 'cut') return serverOf(action.pairs[0]?.[1]);
  }
  return undefined;
}

function serverOf(who: unknown): ServerId | undefined {
  return typeof who === 'number' ? who : undefined;
}

function leadersAfterFault(played: Played): Watch['leaders'] {
  return played.watch.leaders.filter((leader) => leader.at >= (played.plan.firstFaultAt ?? 0));
}

function compareResignations(played: Played, name: string, real: readonly string[]): Compared {
  const seen = played.watch.resignations
    .filter((left) => left.at >= (played.plan.firstFaultAt ?? 0) && left.why.startsWith('Not sufficient'))
    .map((left) => `Shutdown called. For the reason ${left.why.replace(/\{(.*)\}/, '[ [$1] ]')}`);
  return played.comparison.at(`/facts/${name}`, real, seen);
}

// ── writes and what came of them

/** The call that the run made for a call of the plan. */
export function seenCall(played: Played, planned: PlannedCall): SeenCall | undefined {
  const client = played.plan.scenario.clients.findIndex((model) => model.name === planned.client) + 1;
  const theirs = played.watch.calls.filter(
    (call) => call.client === client && call.op !== 'createSession' && call.op !== 'closeSession',
  );
  return theirs[planned.nth];
}

/** Our outcome in the record's words. A client makes up its own reasons, in small letters. */
export function errOf(seen: SeenCall | undefined): string {
  if (seen === undefined || seen.outcome === 'unknown' || seen.outcome === 'pending') return 'CONNECTIONLOSS';
  if (seen.outcome === 'ok') return 'OK';
  return seen.error !== null && seen.error in ERROR_CODES ? seen.error : 'CONNECTIONLOSS';
}

function zxidOf(seen: SeenCall | undefined): string | null {
  return seen === undefined || seen.outcome === 'unknown' || seen.outcome === 'pending' ? null : hex(seen.zxid);
}

/** Requests of single steps: everything that the record says they were answered. */
export function compareCall(played: Played, planned: PlannedCall): Compared | undefined {
  const { err, zxid, result } = planned;
  if (err === null && zxid === null) return undefined;
  const seen = seenCall(played, planned);
  const suffix = planned.index === 0 ? '' : `/${planned.index}`;
  const path = `/steps/${planned.step}/result${suffix}`;
  if (result !== null) return played.comparison.at(path, result, pick(answerOf(played, planned, seen), result));
  return played.comparison.at(
    path,
    { ...(err === null ? {} : { err }), ...(zxid === null ? {} : { hdr_zxid: zxid }) },
    { ...(err === null ? {} : { err: errOf(seen) }), ...(zxid === null ? {} : { hdr_zxid: zxidOf(seen) }) },
  );
}

function answerOf(played: Played, planned: PlannedCall, seen: SeenCall | undefined): Fields {
  const err = errOf(seen);
  if (seen === undefined || err === 'CONNECTIONLOSS') return resultOf(undefined, played.labels);
  const { zxid, answer: value } = seen;
  const item = { kind: 'response', xid: 0, name: planned.kind, path: planned.key, zxid, value } as const;
  return resultOf({ ...item, error: err === 'OK' ? null : err }, played.labels);
}

/** Whether paths exist in the end, as the record's last reads of them say. */
function compareFate(played: Played, name: string, real: unknown): Compared | undefined {
  if (isText(real)) return compareOutcome(played, name, real);
  if (!isObject(real)) return undefined;
  const ours: Record<string, unknown> = {};
  for (const path of Object.keys(real)) {
    const reads = played.plan.calls.filter((call) => call.kind === 'read' && call.key === path);
    const last = reads[reads.length - 1];
    ours[path] = last === undefined ? fateAtEnd(played, path) : errOf(seenCall(played, last));
  }
  return played.comparison.at(`/facts/${name}`, real, ours);
}

/** Without a read in the record: whether the last leader's log holds the write. */
function fateAtEnd(played: Played, path: string): string {
  return writtenAtEnd(played).has(path) ? 'OK' : 'NONODE';
}

/** The nodes that the last leader's log makes and leaves. */
function writtenAtEnd(played: Played): ReadonlySet<string> {
  const leader = played.watch.leaders[played.watch.leaders.length - 1]?.server;
  const end = played.moments[played.moments.length - 1];
  const paths = new Set<string>();
  for (const { body } of end === undefined ? [] : txnsOf(end, leader)) {
    if (body.kind === 'write') follow((body.op as TimedTxn).txn, paths);
    else if (body.kind === 'closeSession') for (const path of body.paths) paths.delete(path);
  }
  return paths;
}

function follow(txn: TreeTxn, paths: Set<string>): void {
  if (txn.type === 'multi') {
    if (!txn.txns.some((one) => one.type === 'error')) for (const one of txn.txns) follow(one, paths);
  } else if ('parentCVersion' in txn) paths.add(txn.path);
  else if (txn.type === 'delete' || txn.type === 'deleteContainer') paths.delete(txn.path);
}

function compareChildren(played: Played, name: string, real: unknown): Compared | undefined {
  const names = listOf(real).map(String);
  const written = writtenAtEnd(played);
  const mine = [...written].map((path) => /^\/([^/]+)$/.exec(path)?.[1]).filter((child) => child !== undefined);
  return played.comparison.at(
    `/facts/${name}`,
    names,
    [...mine, ...(names.includes('zookeeper') ? ['zookeeper'] : [])].sort(order),
  );
}

/** One error name: what became of the request that the harness sent without waiting, or of one with that result. */
function compareOutcome(played: Played, name: string, real: string): Compared | undefined {
  if (!/^[A-Z]+$/.test(real)) return undefined;
  const async = played.plan.calls.filter((call) => call.err === null);
  const candidates =
    /write|fate|result/i.test(name) && async.length === 1 && !/fate/i.test(name)
      ? async
      : played.plan.calls.filter((call) => call.err === real);
  if (candidates.length === 0) return undefined;
  const outcomes = candidates.map((call) => errOf(seenCall(played, call)));
  return played.comparison.at(`/facts/${name}`, real, outcomes.find((outcome) => outcome === real) ?? outcomes[0]);
}

/** Error names of several requests that were sent without waiting. */
function compareAsync(played: Played, name: string, real: readonly unknown[]): Compared | undefined {
  const async = played.plan.calls.filter((call) => call.err === null);
  if (async.length !== real.length) return undefined;
  const ours = async.map((call, i) => {
    const err = errOf(seenCall(played, call));
    return isObject(real[i]) ? { err } : err;
  });
  return played.comparison.at(`/facts/${name}`, real, ours);
}

/** A list of single requests with path, error and zxid. */
function compareCalls(played: Played, name: string, real: readonly unknown[]): Compared {
  const ours = real.map((item) => {
    const path = isObject(item) ? item['path'] : undefined;
    const call = played.plan.calls.find((planned) => planned.key === path && planned.kind === 'write');
    const seen = call === undefined ? undefined : seenCall(played, call);
    return { path, err: call === undefined ? undefined : errOf(seen), zxid: zxidOf(seen) };
  });
  return played.comparison.at(`/facts/${name}`, real, ours);
}

/** A round of "kill the leader, wait, write": who leads then, and the zxid of the write. */
function compareRound(played: Played, name: string, real: unknown): Compared | undefined {
  if (!isObject(real)) return undefined;
  const leader = leadersAfterFault(played)[(numberOf(name) ?? 1) - 1]?.server;
  const call = played.plan.calls.find((planned) => planned.zxid === real['createZxid']);
  const ours = { ...real, leader, createZxid: call === undefined ? undefined : zxidOf(seenCall(played, call)) };
  return played.comparison.at(`/facts/${name}`, real, ours);
}

// ── small things

/** The comparison at the moment that fits best: records do not tell when such a fact was read. */
function bestMoment(
  played: Played,
  name: string,
  real: unknown,
  view: (moment: Moment) => unknown,
): Compared | undefined {
  return fewest(played.moments.map((moment) => played.comparison.at(`/facts/${name}`, real, view(moment))));
}

function fewest(candidates: readonly (Compared | undefined)[]): Compared | undefined {
  let best: Compared | undefined;
  for (const candidate of candidates) {
    if (candidate === undefined) continue;
    if (isEqual(candidate)) return candidate;
    if (best === undefined || candidate.differences.length < best.differences.length) best = candidate;
  }
  return best;
}

function numberOf(name: string): number | undefined {
  const digits = /(\d+)/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

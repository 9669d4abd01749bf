import type { ServerId } from '../sim/zab/sets.ts';
import type { CaseStep } from './record.ts';

/** Reading the fields of a step, which differ from kind to kind. */

export function fieldOf(step: CaseStep, name: string): unknown {
  return step[name];
}

export function textIn(step: CaseStep, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = fieldOf(step, name);
    if (typeof value === 'string') return value;
  }
  return undefined;
}

/** A number, or a text that is one. */
export function numberIn(step: CaseStep, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = numberFrom(fieldOf(step, name));
    if (value !== undefined) return value;
  }
  return undefined;
}

export function serverIn(step: CaseStep): ServerId | undefined {
  return numberIn(step, 'server');
}

/** Every server that a step names. */
export function serversIn(step: CaseStep): readonly ServerId[] {
  const several = fieldOf(step, 'servers');
  if (several !== undefined) return allIn(several);
  const one = serverIn(step);
  return one === undefined ? [] : [one];
}

export function allIn(value: unknown): ServerId[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map(Number).filter((id) => Number.isInteger(id) && id >= 1);
}

export function pairsIn(step: CaseStep): (readonly [from: ServerId, to: ServerId])[] {
  const pairs = fieldOf(step, 'pairs') ?? fieldOf(step, 'links');
  if (!Array.isArray(pairs)) return [];
  const out: (readonly [ServerId, ServerId])[] = [];
  for (const pair of pairs) {
    const [from, to] = allIn(pair);
    if (from !== undefined && to !== undefined) out.push([from, to]);
  }
  return out;
}

export interface EpochEdit {
  readonly server: ServerId;
  readonly file: 'acceptedEpoch' | 'currentEpoch';
  readonly epoch: number;
}

const EPOCH_FILES = ['currentEpoch', 'acceptedEpoch'] as const;

/** Fields that tell what was in a file before, or do not tell about its content at all. */
const NOT_CONTENT = new Set(['t_ms', 'server', 'servers', 'old', 'before', 'from', 'was']);

/** The epoch files that a step writes by hand; empty when it edits something else. */
export function epochEditsIn(step: CaseStep): readonly EpochEdit[] {
  const texts = Object.values(step).filter((value) => typeof value === 'string');
  const named = /(?:^|\/)s(\d+)\//.exec(texts.join(' '))?.[1];
  const servers = serversIn(step).length > 0 ? serversIn(step) : named === undefined ? [] : [Number(named)];
  const edits: EpochEdit[] = [];
  for (const file of EPOCH_FILES) {
    const epoch = epochOfFile(step, file, texts);
    if (epoch !== undefined) for (const server of servers) edits.push({ server, file, epoch });
  }
  return edits;
}

function epochOfFile(step: CaseStep, file: string, texts: readonly string[]): number | undefined {
  for (const value of Object.values(step)) {
    const inside = numberFrom(part(value)[file]);
    if (inside !== undefined) return inside;
  }
  const direct = numberIn(step, file);
  if (direct !== undefined) return direct;
  if (!texts.some((value) => value === file || value.endsWith(`/${file}`))) return undefined;
  for (const [name, value] of Object.entries(step)) {
    const content = NOT_CONTENT.has(name) ? undefined : numberFrom(value);
    if (content !== undefined) return content;
  }
  return undefined;
}

function numberFrom(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : undefined;
}

export function clientOf(step: CaseStep): string | undefined {
  return textIn(step, 'client');
}

/** One request, and what the record says came of it. `err` null: it does not say here. */
export interface RecordedOp {
  readonly op: string;
  readonly path: string;
  /** All that the request asks for, as the record has it. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly err: string | null;
  readonly zxid: string | null;
  /** Everything it was answered; null where the record shows less. */
  readonly result: Readonly<Record<string, unknown>> | null;
}

const READS = new Set([
  'exists',
  'getData',
  'getACL',
  'getChildren',
  'getChildren2',
  'getEphemerals',
  'getAllChildrenNumber',
  'multiRead',
  'whoAmI',
  'auth',
  'setWatches',
  'setWatches2',
  'addWatch',
  'removeWatches',
  'checkWatches',
  'sync',
  'ping',
]);

const WRITES = new Set([
  'create',
  'create2',
  'createContainer',
  'createTTL',
  'delete',
  'deleteContainer',
  'setData',
  'setACL',
  'multi',
  'check',
  'reconfig',
  'closeSession',
]);

/** Takes a zxid, whether or not it succeeds: it reaches the leader as a request to be proposed. */
export function isWrite(op: string): boolean {
  return WRITES.has(op);
}

/** The requests of a step, in order; undefined when the step is of another kind or is not understood. */
export function expandOps(step: CaseStep, index: number): readonly RecordedOp[] | undefined {
  if (step.do === 'op') return oneOp(step);
  if (step.do === 'writes') return manyWrites(step, index);
  if (step.do.startsWith('async write')) return asyncWrites(step);
  return undefined;
}

function oneOp(step: CaseStep): readonly RecordedOp[] | undefined {
  const op = part(fieldOf(step, 'op'));
  const result = part(fieldOf(step, 'result'));
  const name = op['op'];
  if (typeof name !== 'string' || !(READS.has(name) || WRITES.has(name))) return undefined;
  const path = op['path'];
  return [
    {
      op: name,
      path: typeof path === 'string' ? path : '',
      fields: op,
      err: textOrNull(result['err']),
      zxid: textOrNull(result['hdr_zxid']),
      result,
    },
  ];
}

function manyWrites(step: CaseStep, index: number): readonly RecordedOp[] | undefined {
  const count = numberIn(step, 'count');
  const each = part(fieldOf(step, 'each'));
  const name = each['op'];
  if (count === undefined || typeof name !== 'string' || !WRITES.has(name)) return undefined;
  const path = typeof each['path'] === 'string' ? each['path'] : `/writes-of-step-${index}`;
  const from = typeof each['from'] === 'number' ? each['from'] : 0;
  const first = textIn(step, 'firstZxid');
  const last = textIn(step, 'lastZxid');
  const allWell = numberIn(step, 'failed') === 0;
  const ops: RecordedOp[] = [];
  for (let i = 0; i < count; i++) {
    const zxid = i === 0 ? first : i === count - 1 ? last : undefined;
    const own = numbered(path, from + i);
    const fields = { ...each, path: own };
    ops.push({ op: name, path: own, fields, err: allWell ? 'OK' : null, zxid: zxid ?? null, result: null });
  }
  return ops;
}

/** `/w/nNNNNN` and 7 make `/w/n00007`. */
function numbered(path: string, n: number): string {
  return path.replace(/N+$/, (digits) => String(n).padStart(digits.length, '0'));
}

/** `create2 /w/lost0..1` is a create2 of /w/lost0 and one of /w/lost1. */
function asyncWrites(step: CaseStep): readonly RecordedOp[] | undefined {
  const ops = fieldOf(step, 'ops');
  if (!Array.isArray(ops)) return undefined;
  const out: RecordedOp[] = [];
  for (const item of ops) {
    const words = /^(\w+) (\S+)$/.exec(String(item));
    if (words === null) return undefined;
    const [, op = '', path = ''] = words;
    if (!WRITES.has(op)) return undefined;
    const range = /^(.*?)(\d+)\.\.(\d+)$/.exec(path);
    if (range === null) out.push(unanswered(op, path));
    else for (let i = Number(range[2]); i <= Number(range[3]); i++) out.push(unanswered(op, `${range[1] ?? ''}${i}`));
  }
  return out;
}

export function unanswered(op: string, path: string): RecordedOp {
  return { op, path, fields: { op, path }, err: null, zxid: null, result: null };
}

function part(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

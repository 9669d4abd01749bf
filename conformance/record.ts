import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';

/** A record of what a real ensemble did: its steps, and what was seen. Times are ms since the case began. */

const serverId = z.int().min(1).max(30);
const hex = z.string().regex(/^0x[0-9a-f]+$/, 'a zxid is written like 0x100000003');
const time = z
  .number()
  .min(0)
  .max(24 * 3600 * 1000);
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const settings = z.record(z.string(), text);

const config = z.looseObject({
  servers: z.array(z.looseObject({ myid: serverId, role: z.enum(['participant', 'observer']) })).min(1),
  tickTime: z.int().min(1),
  initLimit: z.int().min(1),
  syncLimit: z.int().min(1),
  systemProperties: settings.default({}),
  zooCfg: settings.default({}),
  groups: z.record(z.string(), z.array(serverId)).optional(),
  weights: z.record(z.string(), z.int().min(0)).optional(),
});

/** Steps have no common shape but these two fields; each kind's own fields are read where it is translated. */
const step = z.looseObject({ t_ms: time, do: z.string().min(1) });

const serverSeen = z.looseObject({
  state: z.enum(['LOOKING', 'FOLLOWING', 'LEADING', 'OBSERVING', 'DOWN', 'PAUSED']),
  mode: z.string().optional(),
  zxid: hex.nullable().optional(),
  acceptedEpoch: z.int().nullable(),
  currentEpoch: z.int().nullable(),
  lastLoggedZxid: hex.nullable(),
  files: z.array(z.string()).optional(),
});

const observation = z.looseObject({ leader: serverId.nullable(), servers: z.record(z.string(), serverSeen) });

const election = z.looseObject({
  server: serverId,
  run: z.int().min(1),
  proposedZxid: hex,
  vote: z.looseObject({ leader: serverId, zxid: hex }).optional(),
  becomes: z.string().optional(),
});

const packet = z.looseObject({ op: z.string(), zxid: hex });

const sync = z.looseObject({
  leader: serverId,
  learner: serverId,
  maxCommittedLog: hex,
  minCommittedLog: hex,
  lastProcessedZxid: hex,
  peerLastZxid: hex,
  mode: z.array(packet),
  via: z.string().nullable(),
});

const observed = z.looseObject({
  observations: z.record(z.string(), observation),
  facts: z.record(z.string(), z.unknown()),
  elections: z.array(election),
  syncs: z.array(sync),
});

const record = z.looseObject({
  name: z.string().min(1),
  group: z.string(),
  title: z.string(),
  zookeeper: z.string(),
  config,
  steps: z.array(step).min(1),
  observed,
  /** Of the raw material only the transaction logs are looked at, for what the steps leave out. */
  detail: z.unknown().optional(),
  stability: z.looseObject({ reps: z.int().min(1), differing: z.record(z.string(), z.array(z.unknown())).default({}) }),
});

export type CaseRecord = z.infer<typeof record>;
export type CaseStep = z.infer<typeof step>;
export type CaseConfig = z.infer<typeof config>;

/** What is wrong with an input: the file, where in it, and what. */
export interface Mistake {
  readonly file: string;
  readonly path: string;
  readonly message: string;
}

export function formatMistake(mistake: Mistake): string {
  return mistake.path === ''
    ? `${mistake.file}: ${mistake.message}`
    : `${mistake.file}: ${mistake.path}: ${mistake.message}`;
}

const txnLogs = z.looseObject({
  txnlogs: z.record(
    z.string(),
    z.array(
      z.looseObject({ txns: z.array(z.looseObject({ type: z.string(), session: z.string(), cxid: z.number() })) }),
    ),
  ),
});

/** Clients that closed their session in no step: their logs hold a closeSession with a cxid of the client, where one by
 *  expiry has none. */
export function unrecordedCloses(record: CaseRecord): ReadonlySet<string> {
  const logs = txnLogs.safeParse(record.detail);
  const clients = new Set<string>();
  if (!logs.success) return clients;
  for (const files of Object.values(logs.data.txnlogs))
    for (const file of files)
      for (const txn of file.txns) if (txn.type === 'closeSession' && txn.cxid > 0) clients.add(txn.session);
  for (const step of record.steps) if (step.do === 'close session') clients.delete(String(step['client']));
  return clients;
}

/** The groups that ZAB alone decides: elections, epochs, synchronization, partitions; and those of the data model, watches
 *  and sessions. */
export const GROUPS: readonly string[] = ['A', 'B', 'C', 'D', 'E', 'F', 'P'];

/** Played with the whole service, request by request. */
export function isOfService(record: CaseRecord): boolean {
  return ['D', 'E', 'F'].includes(record.group);
}

export type Parsed =
  | { readonly kind: 'record'; readonly record: CaseRecord }
  /** A record of a group that is not played. */
  | { readonly kind: 'other'; readonly name: string }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly Mistake[] };

/** Reads a record from the text of its file. */
export function parseRecord(file: string, content: string): Parsed {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (error) {
    return { kind: 'mistakes', mistakes: [{ file, path: '', message: `not JSON: ${reasonOf(error)}` }] };
  }
  const head = z.looseObject({ name: z.string(), group: z.string() }).safeParse(json);
  if (head.success && !GROUPS.includes(head.data.group)) return { kind: 'other', name: head.data.name };
  const parsed = record.safeParse(json);
  if (!parsed.success)
    return {
      kind: 'mistakes',
      mistakes: parsed.error.issues.map((issue) => ({ file, path: formatPath(issue.path), message: issue.message })),
    };
  const strangers = serversNotConfigured(parsed.data);
  if (strangers.length === 0) return { kind: 'record', record: parsed.data };
  return {
    kind: 'mistakes',
    mistakes: strangers.map(({ path, id }) => ({ file, path, message: `server ${id} is not in config.servers` })),
  };
}

function serversNotConfigured(parsed: CaseRecord): readonly { readonly path: string; readonly id: string }[] {
  const known = new Set(parsed.config.servers.map((server) => String(server.myid)));
  const found: { path: string; id: string }[] = [];
  for (const [label, seen] of Object.entries(parsed.observed.observations))
    for (const id of Object.keys(seen.servers))
      if (!known.has(id)) found.push({ path: `observed.observations.${label}.servers`, id });
  return found;
}

function formatPath(path: readonly PropertyKey[]): string {
  let out = '';
  for (const part of path) out += typeof part === 'number' ? `[${part}]` : `${out === '' ? '' : '.'}${String(part)}`;
  return out;
}

export interface Loaded {
  readonly records: readonly CaseRecord[];
  /** Names of records of other groups, which are not played. */
  readonly others: readonly string[];
  readonly mistakes: readonly Mistake[];
}

/** Reads every record of a folder, or one file, in order of name. */
export function loadRecords(path: string): Loaded {
  const records: CaseRecord[] = [];
  const others: string[] = [];
  const mistakes: Mistake[] = [];
  for (const file of filesOf(path, mistakes)) {
    const parsed = readRecord(file);
    if (parsed.kind === 'record') records.push(parsed.record);
    else if (parsed.kind === 'other') others.push(parsed.name);
    else mistakes.push(...parsed.mistakes);
  }
  if (records.length === 0 && mistakes.length === 0)
    mistakes.push({ file: path, path: '', message: `there is no record of the groups ${GROUPS.join(', ')} here` });
  return { records, others, mistakes };
}

function filesOf(path: string, mistakes: Mistake[]): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path).filter((name) => name.endsWith('.json'));
    return names.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map((name) => join(path, name));
  } catch (error) {
    mistakes.push({
      file: path,
      path: '',
      message: existsSync(path) ? reasonOf(error) : 'there is no such folder or file',
    });
    return [];
  }
}

function readRecord(file: string): Parsed {
  try {
    return parseRecord(basename(file), readFileSync(file, 'utf8'));
  } catch (error) {
    return { kind: 'mistakes', mistakes: [{ file, path: '', message: reasonOf(error) }] };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

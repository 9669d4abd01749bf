import * as z from 'zod';
import { PLANES } from '../scenarios/names.ts';
import type { TraceEvent, TraceKind } from '../sim/trace.ts';
import { TRACE_VERSION } from '../sim/trace.ts';
import { MAX_SERVER_ID } from '../sim/zab/sets.ts';

/** The form of a trace, line by line: what another program may count on, and what a trace from elsewhere must be before
 *  anybody looks into it. `docs/trace.schema.json` is made from it. */

const at = z.int().min(0).max(86_400_000_000).describe('virtual time in microseconds');
const server = z.int().min(-100_000).max(MAX_SERVER_ID).describe('id of the server; 0: none; -n: client n');
const id = z.int().min(0).max(MAX_SERVER_ID);
const set = z.int().min(0).max(0x7fff_ffff).describe('a set of servers: bit n stands for server n');
const epoch = z.int().min(-2).max(0x20_0000);
const zxid = z.int().min(-Number.MAX_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER).describe('epoch * 2^32 + counter');
const count = z.int().min(0);
const text = z.string().max(1_000_000);
const session = z.int();
const anything = z.unknown();

const state = z.enum(['LOOKING', 'FOLLOWING', 'LEADING', 'OBSERVING']);
const phase = z.enum(['ELECTION', 'DISCOVERY', 'SYNCHRONIZATION', 'BROADCAST']);
const mode = z.enum(['DIFF', 'TRUNC', 'SNAP']);
const vote = z.strictObject({ leader: id, zxid, peerEpoch: epoch });

const body = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('createSession'), timeoutMs: z.int() }),
  z.strictObject({ kind: z.literal('closeSession'), paths: z.array(text) }),
  z.strictObject({ kind: z.literal('error'), error: text }),
  z.strictObject({ kind: z.literal('write'), op: anything.describe('of the replicated service') }),
]);
const txn = z
  .strictObject({ zxid, session, cxid: z.int(), proposer: id, body, digest: z.int(), bytes: count })
  .describe('a transaction');

const request = z.strictObject({
  session,
  cxid: z.int(),
  kind: z.enum(['write', 'read', 'sync', 'createSession', 'closeSession']),
  op: anything,
});
const ids = z.array(z.strictObject({ scheme: text, id: text }));
const touched = z.array(z.tuple([session, z.int()]));
const snapshot = z.strictObject({
  id: count,
  zxid,
  lastZxid: zxid,
  by: id,
  content: anything,
  sessions: touched,
  bytes: count,
});

const message = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('GREETING'), sid: id }),
    z.strictObject({ kind: z.literal('NOTIFICATION'), state, vote, electionEpoch: z.int() }),
    z.strictObject({ kind: z.enum(['FOLLOWERINFO', 'OBSERVERINFO']), zxid, sid: id }),
    z.strictObject({ kind: z.enum(['LEADERINFO', 'DIFF', 'TRUNC', 'NEWLEADER', 'ACK', 'COMMIT']), zxid }),
    z.strictObject({ kind: z.literal('ACKEPOCH'), zxid, currentEpoch: epoch }),
    z.strictObject({ kind: z.literal('SNAP'), zxid, snapshot }),
    z.strictObject({ kind: z.enum(['UPTODATE', 'CLIENTPING', 'CLIENTPONG']) }),
    z.strictObject({ kind: z.enum(['PROPOSAL', 'INFORM']), txn }),
    z.strictObject({ kind: z.literal('PING'), zxid, touched }),
    z.strictObject({ kind: z.literal('REQUEST'), request, ids }),
    z.strictObject({ kind: z.literal('SYNC'), session, cxid: z.int() }),
    z.strictObject({ kind: z.literal('REVALIDATE'), session, timeoutMs: z.int(), valid: z.boolean().nullable() }),
    z.strictObject({
      kind: z.literal('CONNECT'),
      session,
      timeoutMs: z.int(),
      lastZxid: zxid,
      password: text.nullable(),
      address: text.nullable(),
    }),
    z.strictObject({ kind: z.literal('CONNECTED'), session, timeoutMs: z.int(), password: text.nullable() }),
    z.strictObject({ kind: z.literal('CLIENTREQUEST'), request }),
    z.strictObject({ kind: z.literal('REPLY'), cxid: z.int(), zxid, error: text.nullable(), value: anything }),
    z.strictObject({ kind: z.literal('AUTH'), cxid: z.int(), scheme: text, auth: text }),
    z.strictObject({ kind: z.literal('EVENT'), type: text, path: text, zxid }),
  ])
  .describe('a packet, by the names of ZooKeeper');

const plane = z.enum(PLANES);
const onWire = { plane, connection: count, peer: server };

const FACTS = [
  of(['stateChanged'], { state, why: text }),
  of(['phaseChanged'], { phase }),
  of(['voted'], { round: z.int(), vote, because: z.enum(['start', 'round', 'better']) }),
  of(['elected'], { round: z.int(), vote, initial: vote, becomes: state, supporters: set }),
  of(['epochProposed'], { epoch, quorum: set }),
  of(['epochAcked'], { epoch, from: id, counted: z.boolean(), currentEpoch: epoch, zxid }),
  of(['electionFinished'], { epoch, quorum: set, lastZxid: zxid }),
  of(['syncChosen'], {
    learner: id,
    mode,
    zxid,
    via: z.enum(['committedLog', 'txnlog+committedLog']).nullable(),
    minCommittedLog: zxid,
    maxCommittedLog: zxid,
    lastProcessedZxid: zxid,
    peerLastZxid: zxid,
    queued: count,
    startForwardingFrom: zxid,
    cannotTrunc: z.boolean(),
    unhandled: z.boolean(),
    gap: z.boolean(),
    txnlogRejected: z.enum(['size', 'start', 'disabled']).nullable(),
  }),
  of(['snapshotSent'], { learner: id, snapshot: count, zxid }),
  of(['syncStarted'], { leader: id, mode, zxid, snapshot: count }),
  of(['newLeaderAcked'], { epoch, from: id, counted: z.boolean() }),
  of(['established'], { epoch, quorum: set, lastZxid: zxid }),
  of(['serving'], { role: state, epoch, lastZxid: zxid, digest: z.int() }),
  of(['proposed'], { txn }),
  of(['acked'], { from: id, zxid, counted: z.boolean() }),
  of(['committed'], { txn, acks: set }),
  of(['applied'], { txn, delivered: z.boolean() }),
  of(['reloaded'], { lastZxid: zxid, snapshot: count }),
  of(['snapshotBegun'], { snapshot: count, zxid, lastZxid: zxid }),
  of(['fenced'], {
    rule: text,
    against: server,
    held: z.number(),
    offered: z.number(),
    what: text,
    promise: z.int().min(-1).describe('index of the event in which the promise was made, or -1'),
  }),
  of(['leftRole'], { role: state, epoch, why: text }),
  of(['warned'], { text }),
  of(['unexpected'], { what: z.enum(['ack', 'commit', 'proposal', 'packet']), from: id, text }),
  of(['sessionOpened', 'sessionClosed', 'sessionExpired'], { session }),
  of(['started'], {
    life: count,
    acceptedEpoch: epoch,
    currentEpoch: epoch,
    lastZxid: zxid,
    snapshot: count,
    snapshotZxid: zxid,
    replayed: count,
  }),
  of(['ended'], {
    how: z.enum(['kill', 'crash', 'stop', 'exit', 'refused']),
    code: z.int(),
    why: text,
    lost: count,
    torn: z.boolean(),
  }),
  of(['paused', 'resumed', 'calm'], {}),
  of(['epochWritten'], { file: z.enum(['acceptedEpoch', 'currentEpoch']), epoch, previous: epoch }),
  of(['logged'], { txns: z.array(txn), lastZxid: zxid }),
  of(['truncated'], { zxid, ok: z.boolean(), removed: z.array(zxid), lastZxid: zxid }),
  of(['snapshotWritten'], { snapshot: count, zxid, synced: z.boolean(), replaces: z.boolean() }),
  of(['diskFailed'], { op: z.enum(['log', 'epoch', 'snapshot', 'truncate']), why: text }),
  of(['sent', 'received'], { ...onWire, message }),
  of(['lost'], { ...onWire, message, why: text }),
  of(['connected', 'disconnected'], { ...onWire, why: text }),
  of(['fault'], { fault: text, what: text }),
  of(['mended'], { what: text }),
  of(['landed'], { fault: text }),
  of(['invoked'], {
    client: count,
    call: count,
    op: z.enum(['write', 'read', 'sync', 'createSession', 'closeSession', 'auth', 'error']),
    key: text,
    value: z.number(),
    operation: anything.describe('what is asked of the tree, or null'),
  }),
  of(['returned'], {
    client: count,
    call: count,
    outcome: z.enum(['ok', 'failed', 'unknown']),
    zxid,
    value: z.number().nullable(),
    error: text.nullable(),
    answer: anything.describe('the body of the reply, or null'),
  }),
  of(['clientState'], {
    client: count,
    state: z.enum(['Connected', 'Disconnected', 'Expired', 'AuthFailed', 'Closed']),
    session,
  }),
  of(['watchEvent'], { client: count, session, type: text, path: text, zxid }),
  of(['recipe'], {
    client: count,
    recipe: text,
    instance: text,
    fact: text,
    detail: z.record(z.string(), z.union([text, z.number(), z.boolean(), z.null()])),
  }),
] as const;

function of<const K extends readonly TraceKind[], const S extends z.ZodRawShape>(
  kinds: K,
  shape: S,
): z.ZodObject<{ at: typeof at; server: typeof server; kind: z.ZodEnum<{ [N in K[number]]: N }> } & S> {
  return z.strictObject({ at, server, kind: z.enum(kinds), ...shape }) as never;
}

/** One event of a trace: every line but the first and the last. */
export const traceEventSchema = z.discriminatedUnion('kind', FACTS);

/** The first line. What a scenario is stands in scenarios/scenario.schema.json and in sim/scenario.ts. */
const headerSchema = z.looseObject({
  zabsim: text.describe('version of the zabsim that made it'),
  traceVersion: z.literal(TRACE_VERSION),
  scenario: z.looseObject({}).describe('the scenario in the units of the engine: what replay plays'),
  seed: text,
  release: text,
});

/** The last line: without it a trace is half-written. */
const footerSchema = z.strictObject({ events: count, traceHash: z.string().regex(/^[0-9a-f]{16}$/) });

/** One line of a trace as JSON Schema, draft 2020-12: header, event or footer. */
export function traceJsonSchema(): Record<string, unknown> {
  const line = z.union([headerSchema, traceEventSchema, footerSchema]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `https://zabsim.invalid/trace-v${TRACE_VERSION}.schema.json`,
    title: `A line of a zabsim trace, version ${TRACE_VERSION}`,
    description:
      'NDJSON: the first line is the header, the last the footer, each between them one event, in the order in which ' +
      'they happened.',
    ...z.toJSONSchema(line, { unrepresentable: 'any' }),
  };
}

/** The first mistake in what should be an event, in words, or null. */
export function eventMistake(value: unknown): string | null {
  const result = traceEventSchema.safeParse(value);
  if (result.success) return null;
  const issue = result.error.issues[0]!;
  return `${issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `}${issue.message}`;
}

/** Whether a value is an event in every field. */
export function isTraceEvent(value: unknown): value is TraceEvent {
  return traceEventSchema.safeParse(value).success;
}

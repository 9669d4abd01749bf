import type { Histories, Moment } from '../sim/histories.ts';
import type { Property, PropertyState } from '../sim/property.ts';
import type { TraceEvent } from '../sim/trace.ts';
import type { AuthId, ClientMessage, ClientRequest } from '../sim/zab/messages.ts';
import { formatZxid } from '../sim/zab/zxid.ts';
import type { Operation, ReadOp } from '../sim/zookeeper/operations.ts';
import { readTree } from '../sim/zookeeper/read.ts';
import { newWatches } from '../sim/zookeeper/watches.ts';

interface State extends PropertyState {
  readonly silent: boolean;
}

export const repliesEqualTheLog: Property<State> = {
  name: 'replies-equal-the-log',
  about:
    'A read is answered as the committed transactions up to the zxid of its header have it, with every field of Stat, and' +
    ' a write with the zxid of its own transaction and with what that did.' +
    " Of ZooKeeper's own service alone; silent once data may have been lost beyond what ZAB tolerates.",
  source: "ZooKeeper Programmer's Guide, Consistency Guarantees and Time in ZooKeeper; FinalRequestProcessor.java",
  kind: 'always',
  observes: ['sent'],
  packets: ['REPLY'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget || setup.treeConfig === null };
  },
  observe(state, event, histories) {
    if (state.silent || event.kind !== 'sent' || event.message.kind !== 'REPLY') return undefined;
    const request = histories.clients.answers;
    if (request === null || event.message.zxid <= 0) return undefined;
    if (request.kind !== 'write' && request.kind !== 'read') return undefined;
    const why = judge(state, event, event.message, request, histories);
    if (why === undefined) return undefined;
    const { cxid, zxid } = event.message;
    const what = (request.op as Operation).op;
    return `server ${event.server} answered ${what}, request ${cxid} of client ${-event.peer}, at ${formatZxid(zxid)} ${why}`;
  },
};

type Reply = Extract<ClientMessage, { kind: 'REPLY' }>;

function judge(
  state: State,
  event: Extract<TraceEvent, { kind: 'sent' | 'received' }>,
  reply: Reply,
  request: ClientRequest,
  histories: Histories,
): string | undefined {
  const moment = histories.tree.of(reply.zxid, histories.canon);
  if (moment === null) return undefined;
  state.premises++;
  if (moment === undefined) return 'which is not committed';
  if (request.kind === 'write') return ofWrite(request, moment, reply);
  const ids = histories.clients.connection(event.connection)?.ids;
  return ids === undefined ? undefined : ofRead(request, moment, reply, ids);
}

function ofWrite(request: ClientRequest, { txn, error, answer }: Moment, reply: Reply): string | undefined {
  if (txn.session !== request.session || txn.cxid !== request.cxid) return 'which is the zxid of another transaction';
  return difference({ error, answer }, reply);
}

function ofRead(request: ClientRequest, { tree }: Moment, reply: Reply, ids: readonly AuthId[]): string | undefined {
  const op = request.op as ReadOp;
  // A leader looks at the session of reads, too, and refuses one behind the proposal of its end: that is not in the tree.
  if (reply.error === 'SESSIONEXPIRED') return undefined;
  // What these answer is a matter of the connection's watches.
  if (op.op === 'removeWatches' || op.op === 'checkWatches') return undefined;
  const reader = {
    connection: 0,
    session: request.session,
    ids,
    watches: newWatches(),
    marking: 'set',
    mistake: null,
  } as const;
  const wrong = difference(readTree(tree, op, { ...reader, existsNeedsRead: true }), reply);
  // Releases differ in what exists asks for.
  if (wrong === undefined || op.op !== 'exists') return wrong;
  return difference(readTree(tree, op, { ...reader, existsNeedsRead: false }), reply);
}

function difference(
  expected: { readonly error: string | null; readonly answer: unknown },
  reply: Reply,
): string | undefined {
  if (expected.error !== reply.error) return `with ${reply.error ?? 'OK'} instead of ${expected.error ?? 'OK'}`;
  if (isSame(expected.answer, reply.value)) return undefined;
  return `with ${JSON.stringify(reply.value)} instead of ${JSON.stringify(expected.answer)}`;
}

/** Of plain data. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => isSame(item, (b as unknown[])[i]));
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}

import type { Property, PropertyState } from '../sim/property.ts';
import type { Histories } from '../sim/histories.ts';
import type { TraceEvent } from '../sim/trace.ts';
import type { AuthId, ClientMessage, ClientRequest, Txn } from '../sim/zab/messages.ts';
import { counterOf, epochOf, formatZxid, type Zxid } from '../sim/zab/zxid.ts';
import { applyCloseSession, applyWrite } from '../sim/zookeeper/apply.ts';
import type { Operation, ReadOp, TimedTxn } from '../sim/zookeeper/operations.ts';
import { readTree } from '../sim/zookeeper/read.ts';
import { copyTree, newTree, type Tree } from '../sim/zookeeper/tree.ts';
import { newWatches } from '../sim/zookeeper/watches.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  /** Every transaction that was proposed and is not replayed yet, by its digest. */
  readonly proposed: Map<number, Txn>;
  /** The committed transactions, replayed one after the other. */
  readonly tree: Tree;
  replayed: number;
  /** The tree behind each of the latest transactions, and what came of it, by its position. */
  readonly moments: Map<number, Moment>;
  readonly connections: Map<number, Connection>;
}

interface Moment {
  readonly txn: Txn;
  readonly tree: Tree;
  readonly error: string | null;
  readonly answer: unknown;
}

interface Connection {
  ids: readonly AuthId[];
  /** Asked and not answered, in order. */
  readonly asked: ClientRequest[];
}

/** So many trees are kept; they share what did not change. A server that is further behind is not judged. */
const KEPT = 5000;

export const repliesEqualTheLog: Property<State> = {
  name: 'replies-equal-the-log',
  about:
    'Answers come in the order of the requests of a connection. A read is answered as the committed transactions' +
    ' up to the zxid of its header have it, a write with the zxid of its own transaction and with what that did.' +
    " Of ZooKeeper's own service alone; silent once data may have been lost beyond what ZAB tolerates.",
  source: "ZooKeeper Programmer's Guide, Consistency Guarantees; FinalRequestProcessor.java, CommitProcessor.java",
  kind: 'always',
  observes: ['proposed', 'received', 'sent', 'disconnected'],
  packets: ['CONNECT', 'AUTH', 'CLIENTREQUEST', 'REPLY'],
  start(setup) {
    return {
      premises: 0,
      silent: setup.beyondBudget,
      proposed: new Map(),
      tree: newTree(),
      replayed: 0,
      moments: new Map(),
      connections: new Map(),
    };
  },
  observe(state, event, histories) {
    if (state.silent) return undefined;
    switch (event.kind) {
      case 'proposed':
        if (isOfTree(event.txn)) state.proposed.set(event.txn.digest, event.txn);
        return undefined;
      case 'disconnected':
        state.connections.delete(event.connection);
        return undefined;
      case 'received':
        if (event.plane === 'client' && event.server > 0) hear(state, event.connection, event.message as ClientMessage);
        return undefined;
      case 'sent':
        return event.plane === 'client' && event.server > 0 ? judge(state, event, histories) : undefined;
      default:
        return undefined;
    }
  },
};

/** Numbers under keys are no business of this property. */
function isOfTree(txn: Txn): boolean {
  const { body } = txn;
  return body.kind !== 'write' || (typeof body.op === 'object' && body.op !== null && 'txn' in body.op);
}

function hear(state: State, connection: number, message: ClientMessage): void {
  if (message.kind === 'CONNECT') {
    const ids = message.address === null ? [] : [{ scheme: 'ip', id: message.address }];
    state.connections.set(connection, { ids, asked: [] });
  } else if (message.kind === 'CLIENTREQUEST') {
    const { op } = message.request;
    if (typeof op === 'object' && op !== null && 'op' in op)
      state.connections.get(connection)?.asked.push(message.request);
  }
}

function judge(state: State, event: SentOrReceived, histories: Histories): string | undefined {
  const { message } = event;
  const connection = state.connections.get(event.connection);
  if (message.kind !== 'REPLY' || message.zxid <= 0 || connection === undefined) return undefined;
  const at = connection.asked.findIndex(({ cxid }) => cxid === message.cxid);
  if (at < 0) return undefined;
  const [request] = connection.asked.splice(at, 1);
  const who = `server ${event.server} answered request ${message.cxid} of client ${-event.peer}`;
  state.premises++;
  if (at > 0) return `${who} before ${at} that came earlier on the same connection`;
  replay(state, histories);
  const moment = momentOf(state, histories, message.zxid);
  if (moment === null) return undefined;
  if (moment === undefined) return `${who} at ${formatZxid(message.zxid)}, which is not committed`;
  const wrong =
    request!.kind === 'write' ? ofWrite(request!, moment, message) : ofRead(request!, moment, message, connection.ids);
  return wrong === undefined
    ? undefined
    : `${who} (${(request!.op as Operation).op}) at ${formatZxid(message.zxid)} ${wrong}`;
}

/** Brings the tree to the end of what is committed. */
function replay(state: State, histories: Histories): void {
  const { canon } = histories;
  for (; state.replayed < canon.length; state.replayed++) {
    const { zxid, digest } = canon.entryAt(state.replayed);
    const txn = state.proposed.get(digest);
    if (txn === undefined || txn.zxid !== zxid) return;
    state.proposed.delete(digest);
    state.moments.set(state.replayed, apply(state.tree, txn));
    state.moments.delete(state.replayed - KEPT);
  }
}

function apply(tree: Tree, txn: Txn): Moment {
  const { body } = txn;
  let error: string | null = null;
  let answer: unknown = null;
  if (body.kind === 'write') ({ error, answer } = applyWrite(tree, txn, body.op as TimedTxn));
  else if (body.kind === 'closeSession') applyCloseSession(tree, txn, body.paths);
  else if (body.kind === 'error') error = body.error;
  return { txn, tree: copyTree(tree), error, answer };
}

/** The moment behind this zxid; a new leader's <epoch, 0> is that of the last transaction before. undefined: there is none;
 *  null: it cannot be told. */
function momentOf(state: State, histories: Histories, zxid: Zxid): Moment | undefined | null {
  const { canon } = histories;
  const index = counterOf(zxid) === 0 ? canon.lengthBelow(epochOf(zxid)) - 1 : canon.indexOf(zxid);
  if (counterOf(zxid) === 0 && index < 0) return null;
  if (index < 0) return undefined;
  return state.moments.get(index) ?? null;
}

/** `sent` and `received` have one shape. */
type SentOrReceived = Extract<TraceEvent, { kind: 'sent' | 'received' }>;

type Reply = Extract<ClientMessage, { kind: 'REPLY' }>;

function ofWrite(request: ClientRequest, moment: Moment, reply: Reply): string | undefined {
  const { txn, error, answer } = moment;
  if (txn.session !== request.session || txn.cxid !== request.cxid) return 'with the zxid of another transaction';
  return differs({ error, answer }, reply);
}

function ofRead(request: ClientRequest, moment: Moment, reply: Reply, ids: readonly AuthId[]): string | undefined {
  if (request.kind !== 'read') return undefined;
  const { session } = request;
  const op = request.op as ReadOp;
  const read = (existsNeedsRead: boolean): ReturnType<typeof readTree> =>
    readTree(copyTree(moment.tree), op, {
      connection: 1,
      session,
      ids,
      watches: newWatches(),
      marking: 'set',
      existsNeedsRead,
    });
  const wrong = differs(read(true), reply);
  // Releases differ in what exists asks for.
  return wrong !== undefined && op.op === 'exists' ? differs(read(false), reply) : wrong;
}

function differs(
  expected: { readonly error: string | null; readonly answer: unknown },
  reply: Reply,
): string | undefined {
  if (expected.error !== reply.error) return `with ${reply.error ?? 'OK'} instead of ${expected.error ?? 'OK'}`;
  const [wanted, got] = [JSON.stringify(expected.answer), JSON.stringify(reply.value)];
  return wanted === got ? undefined : `with ${got} instead of ${wanted}`;
}

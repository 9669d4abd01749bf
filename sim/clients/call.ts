import type { Random } from '../random.ts';
import type { ClientModel } from '../scenario.ts';
import type { Micros } from '../time.ts';
import type { Emit } from '../trace.ts';
import type { World } from '../world-state.ts';
import type { ClientRequest } from '../zab/messages.ts';
import { ZERO, type Zxid } from '../zab/zxid.ts';
import type { Answer, Operation } from '../zookeeper/operations.ts';
import type { VirtualClient } from './state.ts';
import { drawRead, drawWrite, failingWrite, firstTry, readOf } from './tree-calls.ts';

/** What a virtual client asks for, in the words of the timeline and in those of the service. */

export interface Call {
  readonly call: number;
  /** When it has waited too long. */
  readonly deadline: Micros;
  readonly op: CallOp;
  readonly key: string;
  readonly value: number;
  /** What it asks of ZooKeeper's own service, as the server sees it; null for another. */
  operation: Operation | null;
  /** Of the packet that carries it, once it is sent. */
  xid: number;
  /** A write of a key, which sets the node if it is there already. */
  readonly upsert: boolean;
  /** Which act of the client's program it is, and what that said; null: of a timeline or workload. */
  readonly act: { readonly tag: string; readonly operation: Operation } | null;
}

export type CallOp = 'write' | 'read' | 'sync' | 'createSession' | 'closeSession' | 'auth' | 'error';

/** What is asked for. `operation`: as the server sees it. */
export interface Asked {
  readonly op: CallOp;
  readonly key: string;
  readonly value: number;
  readonly operation?: Operation;
  readonly act?: Call['act'];
}

/** How a call ended. */
export interface Outcome {
  readonly outcome: 'ok' | 'failed' | 'unknown';
  readonly zxid: Zxid;
  readonly value: number | null;
  readonly error: string | null;
  readonly answer: Answer | null;
}

export const DONE: Outcome = { outcome: 'ok', zxid: ZERO, value: null, error: null, answer: null };

export function failure(outcome: 'failed' | 'unknown', error: string): Outcome {
  return { outcome, zxid: ZERO, value: null, error, answer: null };
}

/** True for what may have happened although its answer is missing. */
export function hasFate({ op }: Call): boolean {
  return op !== 'read' && op !== 'sync' && op !== 'auth';
}

/** A call begins: the trace is told. */
export function newCall(world: World, client: VirtualClient, asked: Asked, emit: Emit): Call {
  const { op, key, value } = asked;
  const tree = world.scenario.service === 'zookeeper';
  const operation = tree ? (asked.operation ?? operationFor(op, key, value)) : null;
  const deadline = world.now + client.model.timeout;
  const call: Call = {
    call: client.nextCall++,
    deadline,
    op,
    key,
    value,
    operation,
    xid: 0,
    upsert: tree && op === 'write' && asked.operation === undefined,
    act: asked.act ?? null,
  };
  const { index } = client;
  emit({ at: world.now, server: 0, kind: 'invoked', client: index + 1, call: call.call, op, key, value, operation });
  return call;
}

/** A call ends: the trace is told. */
export function tellReturned(world: World, client: VirtualClient, call: Call, outcome: Outcome, emit: Emit): void {
  emit({ at: world.now, server: 0, kind: 'returned', client: client.index + 1, call: call.call, ...outcome });
}

/** `session`: its id, or for a client without one its endpoint. */
export function requestOf(session: number, call: Call): ClientRequest {
  const { key, value, xid: cxid, operation } = call;
  switch (call.op) {
    case 'write':
      return { session, cxid, kind: 'write', op: operation ?? { key, value } };
    case 'error':
      return { session, cxid, kind: 'write', op: operation ?? { key, value, fail: true } };
    case 'read':
      return { session, cxid, kind: 'read', op: operation ?? { key } };
    case 'sync':
      return { session, cxid, kind: 'sync', op: null };
    case 'createSession':
    case 'closeSession':
      return { session, cxid, kind: call.op, op: null };
    case 'auth':
      // An auth packet is not a request: the library sends it by itself.
      return { session, cxid, kind: 'read', op: null };
  }
}

/** Which kind of request an operation is: reads are answered where the client is connected, the rest by the leader. */
export function callOpOf(operation: Operation): CallOp {
  switch (operation.op) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
    case 'delete':
    case 'deleteContainer':
    case 'setData':
    case 'setACL':
    case 'check':
    case 'multi':
    case 'reconfig':
      return 'write';
    case 'sync':
      return 'sync';
    default:
      return 'read';
  }
}

/** What stands for a call of the timeline, which speaks of keys and numbers; null where it is no operation. */
export function operationFor(op: CallOp, key: string, value: number): Operation | null {
  switch (op) {
    case 'write':
      return firstTry(key, value);
    case 'error':
      return failingWrite(key);
    case 'sync':
      return { op: 'sync', path: '/' };
    case 'read':
      return readOf(key, false);
    case 'createSession':
    case 'closeSession':
    case 'auth':
      return null;
  }
}

/** The key of an operation, for those who sum calls up: its path, or its name. */
export function keyOf(operation: Operation): string {
  return 'path' in operation ? (operation.path ?? '') : operation.op;
}

/** One step of a client's own workload. `tree`: what is replicated is ZooKeeper's tree, and not numbers under keys. */
export function drawCall(random: Random, model: ClientModel, value: number, tree: boolean): Asked {
  const { mix, keys } = model;
  const drawn = random.below(mix.write + mix.read + mix.sync);
  const op: CallOp = drawn < mix.write ? 'write' : drawn < mix.write + mix.read ? 'read' : 'sync';
  if (!tree || op === 'sync') return { op, key: `k${random.below(keys)}`, value };
  const hasSession = model.sessionTimeoutMs > 0;
  const operation = op === 'write' ? drawWrite(random, { keys, value, hasSession }) : drawRead(random, keys);
  return { op, key: keyOf(operation), value, operation };
}

import type { Random } from '../random.ts';
import type { ClientModel } from '../scenario.ts';
import type { Micros } from '../time.ts';
import type { ClientRequest } from '../zab/messages.ts';
import type { Operation } from '../zookeeper/operations.ts';
import { drawRead, drawWrite, failingWrite, firstTry, readOf } from './tree-calls.ts';

/** What a virtual client asks for, in the words of the timeline and in those of the service. */

export interface Call {
  readonly call: number;
  /** When it has waited too long. */
  readonly deadline: Micros;
  readonly op: CallOp;
  readonly key: string;
  readonly value: number;
  /** What it asks of ZooKeeper's own service; null for another. */
  operation: Operation | null;
  /** Of the packet that carries it, once it is sent. */
  xid: number;
}

export type CallOp = 'write' | 'read' | 'sync' | 'createSession' | 'closeSession' | 'error';

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
  }
}

/** What stands for a call of the timeline, which speaks of keys and numbers. */
export function operationFor(op: CallOp, key: string, value: number): Operation {
  if (op === 'write') return firstTry(key, value);
  if (op === 'error') return failingWrite(key);
  return op === 'sync' ? { op: 'sync', path: '/' } : readOf(key, false);
}

/** One step of a client's own workload. `tree`: what is replicated is ZooKeeper's tree, and not numbers under keys. */
export function drawCall(
  random: Random,
  model: ClientModel,
  value: number,
  tree: boolean,
): { readonly op: CallOp; readonly key: string; readonly value: number; readonly operation?: Operation } {
  const { mix, keys } = model;
  const drawn = random.below(mix.write + mix.read + mix.sync);
  const op: CallOp = drawn < mix.write ? 'write' : drawn < mix.write + mix.read ? 'read' : 'sync';
  if (!tree || op === 'sync') return { op, key: `k${random.below(keys)}`, value };
  const operation = op === 'write' ? drawWrite(random, keys, value) : drawRead(random, keys);
  return { op, key: 'path' in operation ? (operation.path ?? '') : operation.op, value, operation };
}

import type { Hasher } from './hash.ts';
import type { ClientRequest, Txn } from './zab/messages.ts';
import type { Applied, Asker, Outstanding, ReadOutcome, Service, ServiceState, TxnBody } from './zab/service.ts';

/** The smallest service worth replicating: a map from keys to numbers. */

/** What a client writes. `fail`: validation refuses it, so that it becomes an error transaction. */
export interface RegisterWrite {
  readonly key: string;
  readonly value: number;
  readonly fail?: boolean;
}

interface Registers {
  readonly values: Map<string, number>;
}

const OK: Applied = { error: null, value: null, changes: [] };

/** A map remembers nothing of what is proposed, and tells nobody. */
const NOTHING: Outstanding = {};

function registers(state: ServiceState): Registers {
  return state as Registers;
}

export const register: Service = {
  name: 'register',
  empty(): Registers {
    return { values: new Map() };
  },
  dueEveryMs: null,
  newOutstanding: () => NOTHING,
  copyOutstanding: (outstanding) => outstanding,
  settle: () => {},
  due: () => [],
  cleanUp: () => {},
  newLocal: () => NOTHING,
  copyLocal: (local) => local,
  hashLocal: () => {},
  notify: () => [],
  forget: () => {},
  admit: () => 'take',
  authenticate: () => [],
  prepareClose: () => [],
  valueOf: (state, key) => registers(state).values.get(key) ?? null,
  prepare(_state: ServiceState, _outstanding: Outstanding, request: ClientRequest, asker: Asker): TxnBody {
    if (asker.refused !== null) return { kind: 'error', error: asker.refused };
    const write = request.op as RegisterWrite;
    if (write.fail === true) return { kind: 'error', error: 'BADVERSION' };
    return { kind: 'write', op: write };
  },
  apply(state: ServiceState, txn: Txn): Applied {
    const { body } = txn;
    if (body.kind === 'error') return { error: body.error, value: null, changes: [] };
    if (body.kind !== 'write') return OK;
    const write = body.op as RegisterWrite;
    registers(state).values.set(write.key, write.value);
    return OK;
  },
  read(state: ServiceState, _local, request: ClientRequest): ReadOutcome {
    const { key } = request.op as { key: string };
    return { error: null, value: registers(state).values.get(key) ?? null, notifications: [] };
  },
  content(state: ServiceState): unknown {
    return [...registers(state).values];
  },
  restore(content: unknown): Registers {
    return { values: new Map(content as readonly (readonly [string, number])[]) };
  },
  clone(state: ServiceState): Registers {
    return { values: new Map(registers(state).values) };
  },
  hash(state: ServiceState, into: Hasher): void {
    const entries = [...registers(state).values].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    for (const [key, value] of entries) {
      into.text(key);
      into.int(value);
    }
  },
  /** About what ZooKeeper's own snapshot of as many small znodes takes. */
  snapshotBytes(state: ServiceState): number {
    return 500 + registers(state).values.size * 100;
  },
  txnBytes(body: TxnBody): number {
    return body.kind === 'write' ? 150 : 90;
  },
};

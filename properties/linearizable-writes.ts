import type { Property, PropertyState } from '../sim/property.ts';
import { formatZxid, ZERO, type Zxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  /** The highest zxid that any client was told a write has. */
  told: Zxid;
  /** The writes that have not returned, and what had been told when they were asked for. */
  readonly pending: { readonly client: number; readonly call: number; readonly after: Zxid }[];
}

export const linearizableWrites: Property<State> = {
  name: 'linearizable-writes',
  about:
    'A write that was asked for after another was answered has the greater zxid, whoever asked and wherever: failed ones' +
    ' too, for they are ordered with the rest. Silent once data may have been lost beyond what ZAB tolerates.',
  source:
    "ZooKeeper Programmer's Guide, Consistency Guarantees: linearizable writes; PrepRequestProcessor.java#pRequest",
  kind: 'always',
  observes: ['invoked', 'returned'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget, told: ZERO, pending: [] };
  },
  observe(state, event) {
    if (state.silent) return undefined;
    if (event.kind === 'invoked') {
      const { op, client, call } = event;
      if (op === 'write' || op === 'error') state.pending.push({ client, call, after: state.told });
      return undefined;
    }
    if (event.kind !== 'returned') return undefined;
    const at = state.pending.findIndex(({ client, call }) => client === event.client && call === event.call);
    if (at < 0) return undefined;
    const [{ after }] = state.pending.splice(at, 1) as [State['pending'][number]];
    const { zxid } = event;
    if (event.outcome === 'unknown' || zxid <= 0) return undefined;
    state.premises++;
    if (zxid > state.told) state.told = zxid;
    if (zxid > after) return undefined;
    return (
      `client ${event.client} was told ${formatZxid(zxid)} for a write that it asked for` +
      ` after ${formatZxid(after)} had been answered`
    );
  },
};

import type { Property, PropertyState } from 'zabsim';

interface State extends PropertyState {
  /** By client: the zxid of its latest write that was acknowledged. */
  readonly written: Map<number, number>;
  /** Requests under way, by client and call: what they are, and the write that a read must see. */
  readonly asked: Map<string, { readonly op: string; readonly atLeast: number }>;
}

/** A property of one's own: a claim about the trace, and nothing else. */
export const readYourWrites: Property<State> = {
  name: 'read-your-writes',
  about: 'A client that asks after its own write was acknowledged is answered from a state that holds that write.',
  source: "ZooKeeper Programmer's Guide, Consistency Guarantees: single system image",
  kind: 'always',
  observes: ['invoked', 'returned'],
  start: () => ({ premises: 0, written: new Map(), asked: new Map() }),
  observe(state, event) {
    if (event.kind === 'invoked') {
      const atLeast = state.written.get(event.client) ?? 0;
      state.asked.set(`${event.client}/${event.call}`, { op: event.op, atLeast });
    }
    if (event.kind !== 'returned' || event.outcome !== 'ok') return undefined;
    const request = state.asked.get(`${event.client}/${event.call}`);
    if (request === undefined) return undefined;
    if (request.op === 'write') state.written.set(event.client, event.zxid);
    if (request.op !== 'read' || request.atLeast === 0) return undefined;
    state.premises++;
    if (event.zxid >= request.atLeast) return undefined;
    return `client ${event.client} wrote at 0x${request.atLeast.toString(16)} and then read at 0x${event.zxid.toString(16)}`;
  },
};

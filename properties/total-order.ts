import type { Histories, History } from '../sim/histories.ts';
import type { Property, PropertyState } from '../sim/property.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import { formatZxid, type Zxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  readonly servers: readonly ServerId[];
}

export const totalOrder: Property<State> = {
  name: 'total-order',
  about:
    'If any server delivers a before b, then every server that delivers b also delivers a, and before b.' +
    ' Silent once data may have been lost beyond what ZAB tolerates.',
  source: 'Zab, DSN 2011, Total order; Zab.tla TotalOrder, which looks away where a server delivered b alone',
  kind: 'always',
  observes: ['applied', 'serving'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget, servers: setup.servers };
  },
  observe(state, event, histories) {
    if (state.silent || (event.kind === 'applied' && !event.delivered)) return undefined;
    const { canon } = histories;
    const { delivered } = histories.server(event.server);
    const length = canon.lengthOf(delivered);
    if (length === histories.deliveredBefore) return undefined;
    state.premises++;
    // Whoever delivers the canonical sequence from its beginning delivers in the same order.
    if (histories.irregular === 0) return undefined;
    for (let index = histories.deliveredBefore; index < length; index++) {
      const why = compareWithOthers(state, event.server, index, histories);
      if (why !== undefined) return why;
    }
    return undefined;
  },
};

/** Compares what went before the delivery at `index` with what went before it everywhere else. */
function compareWithOthers(state: State, server: ServerId, index: number, histories: Histories): string | undefined {
  const { canon } = histories;
  const { delivered } = histories.server(server);
  const zxid = canon.zxidIn(delivered, index);
  for (const other of state.servers) {
    if (other === server) continue;
    const theirs = histories.server(other).delivered;
    canon.settle(theirs);
    const position = positionOf(histories, theirs, zxid);
    if (position < 0 || (index < delivered.common && position < theirs.common)) continue;
    const here = firstNotBefore(histories, theirs, position, delivered, index);
    const there = firstNotBefore(histories, delivered, index, theirs, position);
    const [lacks, has, missing] = here !== null ? [server, other, here] : [other, server, there];
    if (missing === null) continue;
    return (
      `server ${has} delivered ${formatZxid(missing)} before ${formatZxid(zxid)}, ` +
      `but server ${lacks} delivered ${formatZxid(zxid)} without it`
    );
  }
  return undefined;
}

function positionOf(histories: Histories, history: History, zxid: Zxid): number {
  const index = histories.canon.indexOf(zxid);
  if (index >= 0 && index < history.common) return index;
  for (let i = 0; i < history.tail.length; i++) if (history.tail[i]!.zxid === zxid) return history.common + i;
  return -1;
}

/** The first of the leading `length` entries of `a` that is not among the leading `bound` of `b`. */
function firstNotBefore(histories: Histories, a: History, length: number, b: History, bound: number): Zxid | null {
  for (let k = Math.min(b.common, bound); k < length; k++) {
    const zxid = histories.canon.zxidIn(a, k);
    const position = positionOf(histories, b, zxid);
    if (position < 0 || position >= bound) return zxid;
  }
  return null;
}

import type { Property, PropertyState } from '../sim/property.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import { formatZxid, type Zxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  /** Who first served at a zxid, and what it held. */
  readonly seen: Map<Zxid, { readonly server: ServerId; readonly digest: number }>;
}

export const sameState: Property<State> = {
  name: 'same-state',
  about:
    'Two servers that begin to serve at the same zxid hold the same state, however they came there: by DIFF, by a snapshot' +
    ' that was taken in the midst of writes, from disk. Silent once data may have been lost beyond what ZAB tolerates.',
  source: 'server/DigestCalculator.java, DataTree.java#compareDigest; ZOOKEEPER-3104, ZOOKEEPER-1090, ZOOKEEPER-3144',
  kind: 'always',
  observes: ['serving'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget, seen: new Map() };
  },
  observe(state, event) {
    if (event.kind !== 'serving' || state.silent) return undefined;
    const { server, lastZxid, digest } = event;
    const first = state.seen.get(lastZxid);
    if (first === undefined) {
      state.seen.set(lastZxid, { server, digest });
      return undefined;
    }
    state.premises++;
    if (first.digest === digest) return undefined;
    return `server ${server} serves at ${formatZxid(lastZxid)} with another state than server ${first.server} had there`;
  },
};

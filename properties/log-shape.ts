import type { Property, PropertyState } from '../sim/property.ts';
import { counterOf, epochOf, follows, formatZxid, ZERO, type Zxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  /** The last record of each log, by server id; 0: none. */
  readonly last: Zxid[];
  /** Counter of the first transaction of an epoch, where the setting initialZxid moves it. */
  readonly firstCounter: number;
}

export const logShape: Property<State> = {
  name: 'log-shape',
  about:
    'In every log zxids strictly increase; inside an epoch their counters have no gap, unless a snapshot covers it;' +
    ' a new epoch starts at counter 1, or where the setting initialZxid says.',
  source: 'Zab.tla IsNextZxid; PrepRequestProcessor.java#pRequestHelper, Leader.java#lead',
  kind: 'always',
  observes: ['logged', 'truncated', 'snapshotWritten', 'started'],
  start(setup) {
    const size = Math.max(...setup.servers) + 1;
    return { premises: 0, last: new Array<Zxid>(size).fill(ZERO), firstCounter: setup.settings.initialZxid + 1 };
  },
  observe(state, event, histories) {
    const { server } = event;
    switch (event.kind) {
      case 'logged': {
        const { snapshotUpTo } = histories.server(server);
        for (const txn of event.txns) {
          state.premises++;
          const last = state.last[server]!;
          state.last[server] = txn.zxid;
          if (!mayFollow(state, last, snapshotUpTo, txn.zxid))
            return `server ${server} logged ${formatZxid(txn.zxid)} behind ${formatZxid(last)}`;
        }
        return undefined;
      }
      case 'truncated':
        if (event.removed.length > 0 && event.lastZxid < state.last[server]!) state.last[server] = event.lastZxid;
        return undefined;
      case 'snapshotWritten':
        if (event.replaces) state.last[server] = ZERO;
        return undefined;
      case 'started':
        // A data directory that was wiped begins anew.
        if (event.replayed > 0 || event.lastZxid < state.last[server]!) state.last[server] = event.lastZxid;
        return undefined;
      default:
        return undefined;
    }
  },
};

function mayFollow(state: State, last: Zxid, snapshotUpTo: Zxid, zxid: Zxid): boolean {
  if (zxid <= last) return false;
  if (zxid === last + 1 && epochOf(zxid) === epochOf(last) && last !== 0) return true;
  const covered = snapshotUpTo > last ? snapshotUpTo : last;
  if (zxid <= covered || follows(covered, zxid)) return true;
  // The snapshot of a learner that came before the first transaction of an epoch is named after its counter 0.
  const first = epochOf(zxid) > epochOf(covered) || (epochOf(zxid) === epochOf(covered) && counterOf(covered) === 0);
  return first && counterOf(zxid) === state.firstCounter;
}

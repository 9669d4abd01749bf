import type { Property, PropertyState } from '../sim/property.ts';
import { counterOf, epochOf, formatZxid, ZERO, type Zxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  /** The last commit of each leader, by server id. */
  readonly last: Zxid[];
  readonly firstCounter: number;
}

export const inOrderCommit: Property<State> = {
  name: 'in-order-commit',
  about:
    'A leader commits the transactions of its epoch in the order of their zxids, without a gap; and a server delivers' +
    ' only what a leader has committed. Silent on deliveries once data may have been lost beyond what ZAB tolerates.',
  source:
    'Leader.java#tryToCommit, which only warns; FollowerZooKeeperServer.java#commit; ZkV3_7_0.tla commitInconsistent',
  kind: 'always',
  observes: ['electionFinished', 'committed', 'applied', 'serving'],
  start(setup) {
    const size = Math.max(...setup.servers) + 1;
    return {
      premises: 0,
      silent: setup.beyondBudget,
      last: new Array<Zxid>(size).fill(ZERO),
      firstCounter: setup.settings.initialZxid + 1,
    };
  },
  observe(state, event, histories) {
    if (event.kind === 'electionFinished') {
      state.last[event.server] = ZERO;
      return undefined;
    }
    if (event.kind === 'committed') {
      state.premises++;
      const { zxid } = event.txn;
      const last = state.last[event.server]!;
      state.last[event.server] = zxid;
      if (last !== 0 && epochOf(last) === epochOf(zxid)) {
        if (zxid === last + 1) return undefined;
        return `leader ${event.server} committed ${formatZxid(zxid)} behind ${formatZxid(last)}`;
      }
      const counter = counterOf(zxid);
      if (counter === 1 || counter === state.firstCounter) return undefined;
      return `leader ${event.server} committed ${formatZxid(zxid)} first of its epoch`;
    }
    if (state.silent) return undefined;
    if (event.kind === 'applied' && event.delivered) {
      state.premises++;
      const canonical = histories.server(event.server).delivered.tail.length === 0;
      return canonical || histories.canon.holds(event.txn) ? undefined : uncommitted(event.server, event.txn.zxid);
    }
    if (event.kind !== 'serving') return undefined;
    state.premises++;
    for (const { zxid } of histories.server(event.server).delivered.tail)
      if (histories.canon.indexOf(zxid) < 0) return uncommitted(event.server, zxid);
    return undefined;
  },
};

function uncommitted(server: number, zxid: Zxid): string {
  return `server ${server} delivered ${formatZxid(zxid)}, which no leader has committed`;
}

import type { Property, PropertyState } from '../sim/property.ts';

interface State extends PropertyState {
  readonly silent: boolean;
}

export const everyServerRestarts: Property<State> = {
  name: 'every-server-restarts',
  about:
    'Whatever a crash leaves in a data directory, the server starts from it: it never refuses its own files.' +
    ' Silent once data may have been damaged beyond what ZAB tolerates.',
  source: 'QuorumPeer.java#loadDataBase, ZKDatabase.java#loadDataBase, which throw; ZOOKEEPER-1653, 2033, 2354',
  kind: 'always',
  observes: ['started', 'ended'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget };
  },
  observe(state, event) {
    if (event.kind === 'started') state.premises++;
    if (event.kind !== 'ended' || event.how !== 'refused') return undefined;
    state.premises++;
    return state.silent ? undefined : `server ${event.server} refuses to start: ${event.why}`;
  },
};

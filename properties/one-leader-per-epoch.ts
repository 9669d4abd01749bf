import type { Property, PropertyState } from '../sim/property.ts';
import type { ServerId } from '../sim/zab/sets.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  readonly servers: readonly ServerId[];
  /** Who won each epoch, in the order of winning. */
  readonly winners: { readonly epoch: number; readonly server: ServerId }[];
  /** By server id: LEADING, past discovery, and the currentEpoch on disk. */
  readonly leading: boolean[];
  readonly pastDiscovery: boolean[];
  readonly currentEpoch: number[];
}

export const oneLeaderPerEpoch: Property<State> = {
  name: 'one-leader-per-epoch',
  about:
    'Each epoch has at most one server that completed its quorum of ACKEPOCH or NEWLEADER acknowledgements, ever, and' +
    ' no two leaders past discovery have the same currentEpoch.' +
    ' Silent once data may have been lost beyond what ZAB tolerates.',
  source: 'Zab.tla and ZkV3_7_0.tla Leadership1, Leadership2',
  kind: 'always',
  observes: ['electionFinished', 'established', 'stateChanged', 'phaseChanged', 'epochWritten', 'started', 'ended'],
  start(setup) {
    const size = Math.max(...setup.servers) + 1;
    return {
      premises: 0,
      silent: setup.beyondBudget,
      servers: setup.servers,
      winners: [],
      leading: new Array<boolean>(size).fill(false),
      pastDiscovery: new Array<boolean>(size).fill(false),
      currentEpoch: new Array<number>(size).fill(-1),
    };
  },
  observe(state, event) {
    if (state.silent) return undefined;
    const { server } = event;
    switch (event.kind) {
      case 'electionFinished':
      case 'established':
        return onWon(state, server, event.epoch);
      case 'stateChanged':
        state.leading[server] = event.state === 'LEADING';
        state.pastDiscovery[server] = false;
        return undefined;
      case 'phaseChanged':
        state.pastDiscovery[server] = event.phase === 'SYNCHRONIZATION' || event.phase === 'BROADCAST';
        return compareLeaders(state, server);
      case 'epochWritten':
        if (event.file !== 'currentEpoch') return undefined;
        state.currentEpoch[server] = event.epoch;
        return compareLeaders(state, server);
      case 'started':
        state.currentEpoch[server] = event.currentEpoch;
        return undefined;
      case 'ended':
        state.leading[server] = false;
        return undefined;
      default:
        return undefined;
    }
  },
};

function onWon(state: State, server: ServerId, epoch: number): string | undefined {
  state.premises++;
  for (let i = state.winners.length - 1; i >= 0; i--) {
    const winner = state.winners[i]!;
    if (winner.epoch !== epoch) continue;
    return winner.server === server ? undefined : `servers ${winner.server} and ${server} both won epoch ${epoch}`;
  }
  state.winners.push({ epoch, server });
  return undefined;
}

function compareLeaders(state: State, server: ServerId): string | undefined {
  if (!state.leading[server] || !state.pastDiscovery[server]) return undefined;
  state.premises++;
  for (const other of state.servers)
    if (
      other !== server &&
      state.leading[other] === true &&
      state.pastDiscovery[other] === true &&
      state.currentEpoch[other] === state.currentEpoch[server]
    )
      return `servers ${other} and ${server} both lead in epoch ${state.currentEpoch[server]}`;
  return undefined;
}

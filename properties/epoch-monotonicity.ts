import type { Property, PropertyState } from '../sim/property.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  /** By server id, -1 while unknown. */
  readonly acceptedEpoch: number[];
  readonly currentEpoch: number[];
}

export const epochMonotonicity: Property<State> = {
  name: 'epoch-monotonicity',
  about:
    'On every disk, acceptedEpoch and currentEpoch never decrease, restarts included.' +
    ' Silent once data may have been lost beyond what ZAB tolerates.',
  source: 'QuorumPeer.java#setAcceptedEpoch, #setCurrentEpoch; Zab, DSN 2011, f.p and f.a',
  kind: 'always',
  observes: ['epochWritten', 'started'],
  start(setup) {
    const size = Math.max(...setup.servers) + 1;
    return {
      premises: 0,
      silent: setup.beyondBudget,
      acceptedEpoch: new Array<number>(size).fill(-1),
      currentEpoch: new Array<number>(size).fill(-1),
    };
  },
  observe(state, event) {
    if (state.silent) return undefined;
    if (event.kind === 'epochWritten') {
      state.premises++;
      return raise(state[event.file], event.server, event.file, event.epoch);
    }
    if (event.kind !== 'started') return undefined;
    state.premises++;
    return (
      raise(state.acceptedEpoch, event.server, 'acceptedEpoch', event.acceptedEpoch) ??
      raise(state.currentEpoch, event.server, 'currentEpoch', event.currentEpoch)
    );
  },
};

function raise(epochs: number[], server: number, file: string, epoch: number): string | undefined {
  const before = epochs[server]!;
  epochs[server] = epoch;
  return epoch < before ? `${file} of server ${server} went back from ${before} to ${epoch}` : undefined;
}

import type { Property, PropertyState } from '../sim/property.ts';
import type { TraceEvent } from '../sim/trace.ts';
import { epochOf } from '../sim/zab/zxid.ts';

/** So many connections of a learner are remembered. */
const REMEMBERED = 4;

interface State extends PropertyState {
  readonly silent: boolean;
  /** acceptedEpoch on disk, by server id. */
  readonly promised: number[];
  /** The last connections on which a leader announced its epoch to the learner, by server id. */
  readonly leaders: { connection: number; epoch: number }[][];
}

export const epochFencing: Property<State> = {
  name: 'epoch-fencing',
  about:
    'A server whose acceptedEpoch on disk is e acknowledges nothing to the leader of an earlier epoch: no epoch, no' +
    ' NEWLEADER, no proposal. Silent once data may have been lost beyond what ZAB tolerates.',
  source: 'Zab, DSN 2011, phase 1; Learner.java#registerWithLeader: fencing is this promise and closed connections',
  kind: 'always',
  observes: ['epochWritten', 'started', 'sent'],
  packets: ['LEADERINFO', 'ACK', 'ACKEPOCH'],
  start(setup) {
    const size = Math.max(...setup.servers) + 1;
    return {
      premises: 0,
      silent: setup.beyondBudget,
      promised: new Array<number>(size).fill(-1),
      leaders: Array.from({ length: size }, () => []),
    };
  },
  observe(state, event) {
    if (event.kind === 'sent') return event.plane === 'quorum' && !state.silent ? onSent(state, event) : undefined;
    if (event.kind === 'epochWritten') {
      if (event.file === 'acceptedEpoch') state.promised[event.server] = event.epoch;
    } else if (event.kind === 'started') state.promised[event.server] = event.acceptedEpoch;
    return undefined;
  },
};

function onSent(state: State, event: Extract<TraceEvent, { kind: 'sent' | 'received' }>): string | undefined {
  const { message, connection, server } = event;
  switch (message.kind) {
    case 'LEADERINFO': {
      const known = state.leaders[event.peer];
      if (known === undefined) return undefined;
      known.unshift({ connection, epoch: epochOf(message.zxid) });
      if (known.length > REMEMBERED) known.length = REMEMBERED;
      return undefined;
    }
    case 'ACK':
    case 'ACKEPOCH': {
      let epoch = -1;
      for (const leader of state.leaders[server] ?? []) if (leader.connection === connection) epoch = leader.epoch;
      // An acknowledgement names its epoch; an ACKEPOCH only answers.
      if (epoch < 0) epoch = message.kind === 'ACK' ? epochOf(message.zxid) : -1;
      if (epoch < 0) return undefined;
      state.premises++;
      const promised = state.promised[server]!;
      if (epoch >= promised) return undefined;
      return `server ${server} sent ${message.kind} to the leader of epoch ${epoch}, having promised epoch ${promised}`;
    }
    default:
      return undefined;
  }
}

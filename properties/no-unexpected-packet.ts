import type { Property, PropertyState } from '../sim/property.ts';

interface State extends PropertyState {
  readonly silent: boolean;
}

/** What each kind of packet is expected to be. */
const DUE = {
  ack: 'an ACK answers what was sent, in order',
  commit: 'a COMMIT names the oldest proposal that waits',
  proposal: 'a proposal follows the one before it',
  packet: 'each phase has its packets',
} as const;

export const noUnexpectedPacket: Property<State> = {
  name: 'no-unexpected-packet',
  about:
    'Between a leader and a learner no packet comes that its receiver cannot place: an ACK of something else than is due,' +
    ' a COMMIT without its proposal, a proposal behind a gap, a packet of another phase. Silent where packets may be' +
    ' lost one by one, and once data may have been lost beyond what ZAB tolerates.',
  source: 'Remix I-11 to I-14; ZkV3_7_0.tla ShouldNotBeTriggered; Learner.java, LearnerHandler.java: their warnings',
  kind: 'always',
  observes: ['unexpected', 'established', 'committed'],
  start(setup) {
    return { premises: 0, silent: setup.datagrams || setup.beyondBudget };
  },
  observe(state, event) {
    if (event.kind !== 'unexpected') {
      state.premises++;
      return undefined;
    }
    if (state.silent) return undefined;
    return `server ${event.server} got of server ${event.from}: ${event.text}; ${DUE[event.what]}`;
  },
};

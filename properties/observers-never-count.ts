import type { Property, PropertyState } from '../sim/property.ts';
import { formatSet, has, type ServerId, type ServerSet } from '../sim/zab/sets.ts';

interface State extends PropertyState {
  readonly voters: ServerSet;
  readonly observers: ServerSet;
}

export const observersNeverCount: Property<State> = {
  name: 'observers-never-count',
  about: 'An observer is in no quorum, is never elected, and no acknowledgement or vote of an observer counts.',
  source: 'QuorumVerifier.java#getVotingMembers; Leader.java#getEpochToPropose, #waitForEpochAck, #processAck',
  kind: 'always',
  observes: [
    'elected',
    'stateChanged',
    'epochProposed',
    'epochAcked',
    'electionFinished',
    'newLeaderAcked',
    'established',
    'acked',
    'committed',
  ],
  start(setup) {
    return { premises: 0, voters: setup.verifier.voters, observers: setup.observers };
  },
  observe(state, event) {
    switch (event.kind) {
      case 'acked':
      case 'epochAcked':
      case 'newLeaderAcked':
        return event.counted ? mustVote(state, event.from, 'was counted') : judged(state, event.from);
      case 'committed':
        return mustHoldVoters(state, event.acks, 'the acknowledgements of a commit');
      case 'elected':
        return (
          mustHoldVoters(state, event.supporters, 'the quorum of an election') ??
          mustVote(state, event.vote.leader, 'was elected')
        );
      case 'stateChanged':
        return event.state === 'LEADING' ? mustVote(state, event.server, 'is LEADING') : undefined;
      case 'epochProposed':
      case 'electionFinished':
      case 'established':
        return mustHoldVoters(state, event.quorum, `the quorum of ${event.kind}`);
      default:
        return undefined;
    }
  },
};

/** An observer's acknowledgement was seen and not counted: this is what the property is about. */
function judged(state: State, server: ServerId): undefined {
  if (!has(state.voters, server)) state.premises++;
}

function mustVote(state: State, server: ServerId, what: string): string | undefined {
  if (state.observers !== 0) state.premises++;
  return has(state.voters, server) ? undefined : `observer ${server} ${what}`;
}

function mustHoldVoters(state: State, set: ServerSet, what: string): string | undefined {
  if (state.observers !== 0) state.premises++;
  const others = set & ~state.voters;
  return others === 0 ? undefined : `${what} has observers in it: ${formatSet(others)}`;
}

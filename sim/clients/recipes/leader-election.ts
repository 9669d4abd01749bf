import { MS } from '../../time.ts';
import { call, exists, numberOf, remove, say } from './acts.ts';
import { contending, forgetNode, inFront, newContender, type Contender } from './contend.ts';
import { follow, sleep, stay, to, type Step } from './machine.ts';

/** Leader election: the smallest node leads, and its owner acts as the leader as long as it knows that the node is there.
 *  Source: recipes.md, "Leader Election"; Curator's LeaderLatch.java, whose leader stops at SUSPENDED. */

interface Candidate extends Contender {
  /** Between two acts. */
  readonly beat: number;
  /** When it steps down, after so many acts; 0: never. */
  readonly acts: number;
  done: number;
}

const STEPS: Readonly<Record<string, Step<Candidate>>> = {
  ...contending<Candidate>({
    rivals: inFront,
    waits: [],
    won: 'lead',
    wins: ({ token }) => [say('elected', { term: token })],
  }),
  lead: {
    begin(state) {
      state.done = 0;
      return act(state);
    },
    woke: act,
    disconnected: (state) => (state.mistake === 'acts-while-disconnected' ? stay() : to('doubt', stopped(state))),
  },
  /** The session may be over without anybody having told it: it acts no more until it knows. */
  doubt: {
    begin: () => stay(),
    reconnected: () => to('verify'),
  },
  verify: {
    begin: (state) => stay(call(exists(`${state.path}/${state.node}`, false))),
    answered(state, { error }) {
      if (error === null) return to('lead', say('elected', { term: state.token }));
      forgetNode(state);
      return to('want');
    },
    disconnected: () => to('doubt'),
  },
  resign: {
    begin: ({ path, node }) => stay(call(remove(`${path}/${node}`))),
    answered(state) {
      forgetNode(state);
      return to('want');
    },
  },
};

function act(state: Candidate) {
  if (state.acts > 0 && state.done >= state.acts) return to('resign', stopped(state));
  state.done++;
  return stay(say('acts', { term: state.token }), sleep(state.beat, 'beat'));
}

function stopped({ token }: Candidate) {
  return say('stopped', { term: token });
}

export const leaderElection = follow<Candidate>({
  name: 'leader-election',
  about: 'Is a candidate for leadership, and acts as the leader while it leads.',
  start: (model) => ({
    ...newContender(model, 'n'),
    beat: numberOf(model, 'beat', 50 * MS),
    acts: numberOf(model, 'acts'),
    done: 0,
  }),
  expired(state) {
    const acts = state.at === 'lead' ? [stopped(state)] : [];
    forgetNode(state);
    return [...acts, say('expired')];
  },
  first: 'ensure',
  steps: STEPS,
});

import { byText, call, children, childrenIn, ensure, say, textOf, upTo } from './acts.ts';
import { follow, newCourse, stay, to, type Move } from './machine.ts';
import { registering, type NodeOwner } from './own-node.ts';

/** Crash detection: a worker has an ephemeral node, which goes with its session; the detector watches the nodes, and suspects
 *  a worker whose node has gone. A suspicion is no proof: a worker that was only cut off comes back.
 *  Source: recipes.md, "Group Membership"; zk-programmers.md, "ZooKeeper Sessions". */

interface State extends NodeOwner {
  readonly path: string;
  readonly detector: boolean;
  readonly worker: string;
  /** Workers that were seen, and those of them that are suspected; sorted. */
  known: string[];
  suspected: string[];
  /** The list was read at least once. */
  looked: boolean;
}

export const crashDetection = follow<State>({
  name: 'crash-detection',
  about: 'Is a worker that may crash, or detects which workers have crashed.',
  start: (model) => ({
    ...newCourse(),
    mistake: textOf(model, 'mistake'),
    path: model.instance,
    detector: textOf(model, 'role') === 'detector',
    worker: `worker-${model.client}`,
    known: [],
    suspected: [],
    looked: false,
  }),
  begun: (state) => [state.detector ? say('detects') : say('works', { worker: state.worker })],
  first: 'ensure',
  steps: {
    ensure: ensure(({ path }) => upTo(path), 'come'),
    come: { begin: ({ detector }) => to(detector ? 'list' : 'register') },
    ...registering<State>({
      path: ({ path, worker }) => `${path}/${worker}`,
      data: () => '',
      owned: 'work',
      taken: null,
    }),
    work: { begin: ({ worker }) => stay(say('registered', { worker })) },
    list: {
      // A watch tells once: whoever does not set it anew hears of the first change alone.
      begin: (state) => stay(call(children(state.path, !(state.mistake === 'watches-once' && state.looked)))),
      answered: (state, { answer }) => compare(state, childrenIn(answer)),
    },
    detect: {
      begin: () => stay(),
      event: () => to('list'),
    },
  },
});

function compare(state: State, alive: readonly string[]): Move {
  const known = [...new Set([...state.known, ...alive])].sort(byText);
  const suspected = known.filter((worker) => !alive.includes(worker));
  const news = [
    ...suspected.filter((one) => !state.suspected.includes(one)).map((worker) => say('suspects', { worker })),
    ...state.suspected.filter((one) => !suspected.includes(one)).map((worker) => say('trusts', { worker })),
  ];
  state.looked = state.looked || known.length > 0;
  state.known = known;
  state.suspected = suspected;
  return to('detect', ...news);
}

import { MS } from '../../time.ts';
import type { Program, Start } from '../program.ts';
import {
  bySequence,
  byText,
  call,
  children,
  childrenIn,
  create,
  czxidIn,
  dataIn,
  ensure,
  nameIn,
  numberOf,
  read,
  remove,
  say,
  sequenceOf,
  sync,
  textOf,
  upTo,
} from './acts.ts';
import { follow, newCourse, sleep, stay, to, type Course, type Move, type Step } from './machine.ts';

/** Queues: each element is a sequential node, and whoever deletes it has it. The node is deleted together with the creation
 *  of a claim, in one multi, so that whoever lost the answer can find out whose the element is.
 *  Source: recipes.md, "Queues" and "Priority Queues"; DistributedQueue.java of zookeeper-recipes-queue, which has no claims. */

interface State extends Course {
  readonly client: number;
  readonly path: string;
  readonly producer: boolean;
  readonly mistake: string;
  readonly prioritized: boolean;
  // ── a producer
  readonly items: number;
  readonly gap: number;
  /** The first items are ordinary, the others urgent; 0: all ordinary. */
  readonly urgentAfter: number;
  offered: number;
  // ── a consumer
  readonly work: number;
  /** What it has seen in the queue and not yet tried, first the first. */
  list: string[];
  /** zxid of its last take in this session; 0: none. */
  tookAt: number;
  /** What it tries to take. */
  node: string;
  /** What that holds; of a producer: what it puts in. */
  element: string;
}

const ORDINARY = 50;
const URGENT = 10;

function itemsOf({ path }: State): string {
  return `${path}/items`;
}

function claimOf({ path }: State, node: string): string {
  return `${path}/claims/${node}`;
}

/** `7.1a4.3`: client, session, and which of its elements. */
function nextElement({ client, session, offered }: State): string {
  return `${client}.${session.toString(16)}.${offered}`;
}

function priorityOf({ prioritized, urgentAfter, offered }: State): number {
  return prioritized && urgentAfter > 0 && offered > urgentAfter ? URGENT : ORDINARY;
}

/** `qn-50-7.1a4.3-`: the priority in two digits, and what tells the node from all others if the answer is lost. */
function prefixOf(state: State): string {
  const own = state.mistake === 'no-guid' ? '' : `${state.element}-`;
  return `qn-${state.prioritized ? `${priorityOf(state)}-` : ''}${own}`;
}

function priorityIn(node: string): number {
  return Number(/^qn-(\d\d)-/.exec(node)?.[1] ?? ORDINARY);
}

function inOrder({ prioritized, mistake }: State, nodes: readonly string[]): string[] {
  if (mistake === 'sorts-names') return nodes.slice().sort(byText);
  const rank = (node: string): number => (prioritized ? priorityIn(node) : 0);
  return nodes.slice().sort((a, b) => rank(a) - rank(b) || bySequence(a, b));
}

const PRODUCING: Readonly<Record<string, Step<State>>> = {
  produce: {
    begin(state) {
      if (state.offered === state.items) return to('rest');
      state.offered++;
      state.element = nextElement(state);
      return to('offer', say('offers', { element: state.element, priority: priorityOf(state) }));
    },
  },
  offer: {
    begin: (state) =>
      stay(call(create(`${itemsOf(state)}/${prefixOf(state)}`, state.element, 'PERSISTENT_SEQUENTIAL'))),
    answered: (state, returned) => offered(state, nameIn(returned.answer?.path ?? ''), czxidIn(returned)),
    lost: 'search',
  },
  search: {
    // An element moves from the items to the claims and never back: it is looked for in that order.
    begin: (state) =>
      state.mistake === 'no-guid'
        ? to('offer')
        : stay(
            call(sync(state.path), 'sync'),
            call(children(itemsOf(state), false), 'items'),
            call(children(`${state.path}/claims`, false), 'claims'),
          ),
    answered(state, { answer }, name) {
      if (name === 'sync') return stay();
      const found = childrenIn(answer).find((node) => node.startsWith(prefixOf(state)));
      if (found !== undefined) return offered(state, found, 0);
      return name === 'claims' ? to('offer') : stay();
    },
  },
  pause: {
    begin: ({ gap }) => stay(sleep(gap, 'enough')),
    woke: () => to('produce'),
  },
  rest: { begin: () => stay(say('finished'), { kind: 'closeSession' }) },
};

function offered(state: State, node: string, zxid: number): Move {
  const fact = say('offered', {
    element: state.element,
    sequence: sequenceOf(node),
    priority: priorityOf(state),
    zxid,
  });
  return to('pause', fact);
}

const CONSUMING: Readonly<Record<string, Step<State>>> = {
  list: {
    begin: (state) => stay(call(children(itemsOf(state), true))),
    answered(state, { answer }) {
      state.list = inOrder(state, childrenIn(answer));
      return to(state.list.length === 0 ? 'wait' : 'next');
    },
  },
  wait: {
    begin: () => stay(),
    event: () => to('list'),
  },
  next: {
    begin(state) {
      state.node = state.list.shift() ?? '';
      return to(state.node === '' ? 'list' : 'look');
    },
  },
  look: {
    begin: (state) => stay(call(read(`${itemsOf(state)}/${state.node}`, false))),
    answered(state, { error, answer }) {
      if (error !== null) return to('next');
      state.element = dataIn(answer);
      return to('take', say('takes', { element: state.element }));
    },
  },
  take: {
    begin(state) {
      const item = `${itemsOf(state)}/${state.node}`;
      if (forgetsClaims(state)) return stay(call(remove(item)));
      const claim = create(claimOf(state, state.node), String(state.client), 'PERSISTENT');
      return stay(call({ op: 'multi', ops: [claim, { op: 'delete', path: item, version: -1 }] }));
    },
    answered(state, { error, answer, zxid }) {
      const refused = error !== null || (answer?.results ?? []).some(({ type }) => type === 'error');
      return refused ? to('next') : took(state, zxid);
    },
    lost: 'whose',
  },
  /** The answer was lost: the claim tells whose the element is, also after an expiry. */
  whose: {
    begin(state) {
      if (state.mistake === 'lost-delete-is-success') return took(state, 0);
      if (state.mistake === 'lost-delete-is-failure') return to('list');
      return stay(call(sync(state.path), 'sync'), call(read(claimOf(state, state.node), false), 'claim'));
    },
    answered(state, returned, name) {
      if (name === 'sync') return stay();
      if (returned.error === null && dataIn(returned.answer) === String(state.client))
        return took(state, czxidIn(returned));
      return to('list');
    },
  },
  work: {
    begin: ({ work }) => stay(sleep(work, 'done')),
    // Something more urgent may have come meanwhile: of many priorities only the first of a list is taken.
    woke: (state) => to(state.prioritized && state.mistake !== 'works-off-its-list' ? 'list' : 'next'),
  },
};

function forgetsClaims({ mistake }: State): boolean {
  return mistake === 'lost-delete-is-success' || mistake === 'lost-delete-is-failure';
}

function took(state: State, zxid: number): Move {
  const { element, node, tookAt: after } = state;
  const priority = state.prioritized ? priorityIn(node) : ORDINARY;
  // From here on nothing is left to find out about it, not even in another session.
  state.node = '';
  state.element = '';
  state.tookAt = zxid;
  return to('work', say('took', { element, sequence: sequenceOf(node), priority, zxid, after }));
}

function queueLike(name: string, about: string, prioritized: boolean): Program<State> {
  return follow({
    name,
    about,
    start: (model) => newState(model, prioritized),
    first: 'ensure',
    steps: {
      ensure: ensure(({ path }) => [...upTo(path), `${path}/items`, `${path}/claims`], 'resume'),
      resume: { begin: resume },
      ...PRODUCING,
      ...CONSUMING,
    },
  });
}

/** In a new session it goes on where it was: what it asked for last may have happened. */
function resume(state: State): Move {
  state.tookAt = 0;
  if (state.producer) return to(state.offered === 0 ? 'produce' : 'search');
  return to(state.node === '' || state.element === '' ? 'list' : 'whose');
}

function newState(model: Start, prioritized: boolean): State {
  return {
    ...newCourse(),
    client: model.client,
    path: model.instance,
    producer: textOf(model, 'role') === 'producer',
    mistake: textOf(model, 'mistake'),
    prioritized,
    items: numberOf(model, 'items', 10),
    gap: numberOf(model, 'gap', 100 * MS),
    urgentAfter: numberOf(model, 'urgentAfter'),
    offered: 0,
    work: numberOf(model, 'work', 50 * MS),
    list: [],
    tookAt: 0,
    node: '',
    element: '',
  };
}

export const queue = queueLike('queue', 'Puts elements into a queue, or takes them out of it, each once.', false);
export const priorityQueue = queueLike(
  'priority-queue',
  'Puts elements of different urgency into a queue, or takes the most urgent one out, each once.',
  true,
);

import { MS } from '../../time.ts';
import {
  byText,
  call,
  children,
  childrenIn,
  create,
  ensure,
  exists,
  nameIn,
  numberOf,
  read,
  remove,
  say,
  textOf,
  upTo,
} from './acts.ts';
import type { Operation } from '../../zookeeper/operations.ts';
import { follow, newCourse, sleep, stay, to, type Course, type Move } from './machine.ts';

/** A double barrier: nobody begins before all have come, nobody goes before all have finished. The node `ready` is what
 *  those who wait watch, and it is watched before one's own node is made, so that it cannot be missed.
 *  Source: recipes.md, "Double Barriers"; its basic tutorial counts children instead. */

interface State extends Course {
  readonly client: number;
  readonly path: string;
  readonly size: number;
  readonly work: number;
  /** How long it is busy between its arrival and its look at the others. */
  readonly dawdle: number;
  readonly mistake: string;
  /** The others have come: it works, or has worked. */
  stage: 'entering' | 'working' | 'leaving';
  /** Its node, without the path. */
  node: string;
  /** Whose node it watches before it goes. */
  ahead: string;
}

const READY = 'ready';

function ownPath(state: State): string {
  return `${state.path}/${state.node}`;
}

/** Under a name that only it has, so that a second attempt makes no second node. */
function enter(state: State): Operation {
  if (state.mistake === 'no-guid') return create(`${state.path}/p-`, '', 'EPHEMERAL_SEQUENTIAL');
  return create(ownPath(state), '', 'EPHEMERAL');
}

function participants(nodes: readonly string[]): string[] {
  return nodes.filter((node) => node !== READY).sort(byText);
}

export const doubleBarrier = follow<State>({
  name: 'double-barrier',
  about: 'Begins its work when all have come, and goes when all have finished.',
  start: (model) => ({
    ...newCourse(),
    client: model.client,
    path: model.instance,
    size: numberOf(model, 'size'),
    work: numberOf(model, 'work', 500 * MS),
    dawdle: numberOf(model, 'dawdle'),
    mistake: textOf(model, 'mistake'),
    stage: 'entering',
    node: `p-${String(model.client).padStart(4, '0')}`,
    ahead: '',
  }),
  first: 'ensure',
  steps: {
    ensure: ensure(({ path }) => upTo(path), 'come'),
    come: {
      begin(state) {
        if (state.stage === 'leaving') return to('look');
        if (state.stage === 'working') return to('work');
        return to(state.mistake === 'counts-children' ? 'enter' : 'watchReady', say('waits', { what: 'start' }));
      },
    },
    watchReady: {
      begin: ({ path }) => stay(call(exists(`${path}/${READY}`, true))),
      answered: () => to('enter'),
    },
    enter: {
      begin: (state) => stay(say('enters', { size: state.size }), call(enter(state))),
      answered(state, { error, answer }) {
        if (answer?.path !== undefined) state.node = nameIn(answer.path);
        return to(error === 'NODEEXISTS' ? 'mine' : 'dawdle');
      },
    },
    /** Made by an earlier attempt; or by an earlier session, with which it will go. */
    mine: {
      begin: (state) => stay(call(exists(ownPath(state), true))),
      answered(state, { error, answer }) {
        if (error !== null) return to('enter');
        return answer?.stat?.ephemeralOwner === state.session ? to('dawdle') : stay();
      },
      event: () => to('enter'),
    },
    dawdle: {
      begin: ({ dawdle }) => (dawdle === 0 ? to('count') : stay(sleep(dawdle, 'enough'))),
      woke: () => to('count'),
    },
    count: {
      begin: (state) => stay(call(children(state.path, state.mistake === 'counts-children'))),
      answered(state, { answer }): Move {
        const nodes = childrenIn(answer);
        if (state.mistake !== 'counts-children' && nodes.includes(READY)) return to('start');
        if (participants(nodes).length < state.size) return to('wait');
        return to(state.mistake === 'counts-children' ? 'start' : 'ready');
      },
    },
    wait: {
      begin: () => stay(),
      event: () => to('count'),
    },
    ready: {
      begin: ({ path }) => stay(call(create(`${path}/${READY}`, '', 'PERSISTENT'))),
      answered: () => to('start'),
    },
    start: {
      begin(state) {
        state.stage = 'working';
        return to('work', say('started', { size: state.size }), say('proceeds', { what: 'start' }));
      },
    },
    work: {
      begin: ({ work }) => stay(sleep(work, 'finished')),
      woke(state) {
        state.stage = 'leaving';
        return to('look', say('ended', { size: state.size }));
      },
    },
    // ── leaving
    look: {
      begin: (state) => stay(call(children(state.path, false))),
      answered: (state, { answer }) => next(state, participants(childrenIn(answer))),
    },
    drop: {
      begin: (state) => stay(call(remove(ownPath(state)))),
      answered: () => to('look'),
    },
    watch: {
      begin: ({ path, ahead }) => stay(call(read(`${path}/${ahead}`, true))),
      answered: (_, { error }) => (error === null ? to('linger') : to('look')),
    },
    linger: {
      begin: () => stay(),
      event: () => to('look'),
    },
    gone: { begin: () => stay(say('left'), { kind: 'closeSession' }) },
  },
});

/** The lowest stays until it is alone, and waits for the highest; every other one deletes its node and waits for the lowest. */
function next(state: State, nodes: readonly string[]): Move {
  const [lowest] = nodes;
  if (lowest === undefined) return to('gone');
  const alone = nodes.length === 1;
  if (nodes.includes(state.node) && (alone || lowest !== state.node)) return to('drop');
  state.ahead = lowest === state.node ? nodes[nodes.length - 1]! : lowest;
  return to('watch');
}

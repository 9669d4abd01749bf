import { call, ensure, exists, numberOf, remove, say, textOf, upTo } from './acts.ts';
import { follow, newCourse, sleep, stay, to } from './machine.ts';
import { registering, type NodeOwner } from './own-node.ts';

/** A name service: a name is a node, and since ZooKeeper makes a node once, a name has one holder. Whoever finds a name
 *  taken tries the next. A holder uses its name only while it is connected: afterwards it may be somebody else's.
 *  Source: recipes.md, "Out of the Box Applications: Name Service". */

interface State extends NodeOwner {
  readonly client: number;
  readonly path: string;
  readonly prefix: string;
  /** How long it keeps its name; 0: for good. */
  readonly keep: number;
  /** Which name it tries, from 1. */
  choice: number;
  holds: boolean;
}

function nameOf({ prefix, choice }: State): string {
  return `${prefix}${choice}`;
}

function drop(state: State) {
  const fact = state.holds ? [say('drops', { name: nameOf(state) })] : [];
  state.holds = false;
  return fact;
}

export const nameService = follow<State>({
  name: 'name-service',
  about: 'Takes the first name of a list that nobody has, and uses it.',
  start: (model) => ({
    ...newCourse(),
    mistake: textOf(model, 'mistake'),
    client: model.client,
    path: model.instance,
    prefix: textOf(model, 'prefix', 'name-'),
    keep: numberOf(model, 'keep'),
    choice: 1,
    holds: false,
  }),
  expired(state) {
    const acts = drop(state);
    state.choice = 1;
    return acts;
  },
  first: 'ensure',
  steps: {
    ensure: ensure(({ path }) => upTo(path), 'ask'),
    ask: { begin: (state) => to('register', say('asks', { name: nameOf(state) })) },
    ...registering<State>({
      path: (state) => `${state.path}/${nameOf(state)}`,
      data: ({ client }) => `10.0.0.${client}`,
      owned: 'hold',
      taken: 'another',
    }),
    another: {
      begin(state) {
        state.choice++;
        return to('ask');
      },
    },
    hold: {
      begin(state) {
        state.holds = true;
        return stay(say('holds', { name: nameOf(state) }), ...(state.keep > 0 ? [sleep(state.keep, 'enough')] : []));
      },
      woke: (state) => to('release', ...drop(state)),
      disconnected: (state) => to('doubt', ...drop(state)),
    },
    doubt: {
      begin: () => stay(),
      reconnected: () => to('verify'),
    },
    verify: {
      begin: (state) => stay(call(exists(`${state.path}/${nameOf(state)}`, false))),
      answered(state, { error, answer }) {
        if (error !== null) return to('register');
        return to(answer?.stat?.ephemeralOwner === state.session ? 'hold' : 'another');
      },
    },
    release: {
      begin: (state) => stay(call(remove(`${state.path}/${nameOf(state)}`))),
      answered: () => to('done'),
    },
    done: { begin: () => stay(say('finished'), { kind: 'closeSession' }) },
  },
});

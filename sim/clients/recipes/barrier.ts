import { SECOND } from '../../time.ts';
import { call, create, ensure, exists, numberOf, parentsOf, remove, say, textOf } from './acts.ts';
import { follow, newCourse, sleep, stay, to, type Course } from './machine.ts';

/** A barrier: as long as its node is there, nobody passes. Whoever comes asks for the node with a watch, and asks again
 *  whatever the watch tells, since data may change too. Source: recipes.md, "Barriers". */

interface State extends Course {
  readonly path: string;
  readonly gate: boolean;
  readonly mistake: string;
  /** Of the gate: how long the barrier stays, and when a note is put on it meanwhile; 0: never. */
  readonly shut: number;
  readonly note: number;
  /** The gate has decided to open: it does so in another session too. */
  opening: boolean;
}

export const barrier = follow<State>({
  name: 'barrier',
  about: 'Keeps a barrier shut for a while, or waits until it is open.',
  start: (model) => ({
    ...newCourse(),
    path: model.instance,
    gate: textOf(model, 'role') === 'gate',
    mistake: textOf(model, 'mistake'),
    shut: numberOf(model, 'shut', 5 * SECOND),
    note: numberOf(model, 'note'),
    opening: false,
  }),
  first: 'ensure',
  steps: {
    ensure: ensure(({ path }) => parentsOf(path), 'come'),
    come: {
      begin: (state) =>
        !state.gate ? to('ask', say('waits', { what: 'barrier' })) : to(state.opening ? 'open' : 'shut'),
    },
    // ── the gate
    shut: {
      begin: ({ path }) => stay(call(create(path, '', 'PERSISTENT'))),
      answered: () => to('guard', say('closed')),
    },
    guard: {
      begin: ({ shut, note }) => stay(sleep(shut, 'open'), ...(note > 0 ? [sleep(note, 'note')] : [])),
      woke(state, name) {
        if (name === 'note')
          return stay(call({ op: 'setData', path: state.path, data: 'not long now', version: -1 }, 'note'));
        state.opening = true;
        return to('open', say('opening'));
      },
    },
    open: {
      begin: ({ path }) => stay(call(remove(path))),
      answered: () => to('done'),
    },
    // ── whoever waits
    ask: {
      begin: ({ path }) => stay(call(exists(path, true))),
      answered: (_, { error }) => to(error === null ? 'wait' : 'pass'),
    },
    wait: {
      begin: () => stay(),
      event: (state) => to(state.mistake === 'believes-the-event' ? 'pass' : 'ask'),
    },
    pass: { begin: () => to('done', say('passes'), say('proceeds', { what: 'barrier' })) },
    done: { begin: () => stay(say('finished'), { kind: 'closeSession' }) },
  },
});

import { MS, SECOND } from '../../time.ts';
import type { Returned } from '../program.ts';
import { call, create, dataIn, ensure, exists, numberOf, parentsOf, read, say, textOf } from './acts.ts';
import { follow, newCourse, sleep, stay, to, type Course, type Move } from './machine.ts';

/** Configuration push: one node holds the configuration; a publisher replaces it, a subscriber reads it with a watch and
 *  reads again whenever it is told. Source: recipes.md, "Out of the Box Applications: Configuration". */

interface State extends Course {
  readonly path: string;
  readonly publisher: boolean;
  readonly mistake: string;
  readonly versions: number;
  readonly every: number;
  /** How long a subscriber needs to put a configuration into effect. */
  readonly work: number;
  /** The number that is published or in effect; 0: none. */
  version: number;
  /** Version of the znode, so that nobody's configuration is overwritten unseen. */
  znode: number;
}

export const configuration = follow<State>({
  name: 'configuration',
  about: 'Publishes one configuration after the other, or puts into effect whatever is published.',
  start: (model) => ({
    ...newCourse(),
    path: model.instance,
    publisher: textOf(model, 'role') === 'publisher',
    mistake: textOf(model, 'mistake'),
    versions: numberOf(model, 'versions', 5),
    every: numberOf(model, 'every', SECOND),
    work: numberOf(model, 'work', 200 * MS),
    version: 0,
    znode: 0,
  }),
  begun: ({ publisher }) => (publisher ? [] : [say('subscribes')]),
  first: 'ensure',
  steps: {
    ensure: ensure(({ path }) => parentsOf(path), 'come'),
    come: { begin: ({ publisher }) => to(publisher ? 'found' : 'fetch') },

    // ── the publisher
    found: {
      begin: ({ path }) => stay(call(create(path, '0', 'PERSISTENT'))),
      answered: () => to('look'),
    },
    look: {
      begin: ({ path }) => stay(call(read(path, false))),
      answered: (state, returned) => looked(state, returned),
    },
    rest: {
      begin: (state) => (state.version === state.versions ? to('done') : stay(sleep(state.every, 'enough'))),
      woke(state) {
        state.version++;
        return to('publish', say('publishes', { version: state.version }));
      },
    },
    publish: {
      begin: ({ path, version, znode }) => stay(call({ op: 'setData', path, data: String(version), version: znode })),
      answered(state, { error, answer }) {
        // BADVERSION: an earlier attempt, whose answer was lost, may have done it.
        if (error !== null) return to('look');
        state.znode = answer?.stat?.version ?? 0;
        return to('rest', say('published', { version: state.version }));
      },
      lost: 'look',
    },

    // ── a subscriber
    fetch: {
      begin: ({ path, mistake }) => stay(call(read(path, mistake !== 'watches-too-late'))),
      answered(state, { error, answer }) {
        if (error !== null) return to('absent');
        const version = Number(dataIn(answer));
        // Through another server, in another session, an older one may be read: it is not put into effect again.
        if (version <= state.version) return to('apply');
        state.version = version;
        return to('apply', say('applies', { version }));
      },
    },
    absent: {
      begin: ({ path }) => stay(call(exists(path, true))),
      answered: (_, { error }) => (error === null ? to('fetch') : stay()),
      event: () => to('fetch'),
    },
    apply: {
      begin: (state) => (state.mistake === 'watches-too-late' ? stay(sleep(state.work, 'applied')) : stay()),
      event: () => to('fetch'),
      woke: () => to('watchLate'),
    },
    /** Whatever was published while it was at work is missed: nobody looks at the answer. */
    watchLate: {
      begin: ({ path }) => stay(call(exists(path, true))),
      event: () => to('fetch'),
    },
    done: { begin: () => stay(say('finished'), { kind: 'closeSession' }) },
  },
});

function looked(state: State, { answer }: Returned): Move {
  state.znode = answer?.stat?.version ?? 0;
  const there = Number(dataIn(answer));
  if (state.version === 0 || there === state.version)
    return to('rest', ...(there === state.version && there > 0 ? [say('published', { version: there })] : []));
  return to('publish');
}

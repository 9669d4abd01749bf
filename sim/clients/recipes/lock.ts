import { MS } from '../../time.ts';
import type { Act, Program, Start } from '../program.ts';
import { call, numberOf, remove, say, textOf } from './acts.ts';
import { contending, forgetNode, inFront, newContender, SHARED, type Contender, type Contest } from './contend.ts';
import { follow, sleep, stay, to, type Step } from './machine.ts';

/** The exclusive lock, and the lock shared by readers: whoever holds it uses something outside ZooKeeper, at the beginning
 *  and at the end of its work, and shows the czxid of its node as a fencing token.
 *  Source: recipes.md, "Locks" and "Shared Locks"; ZOOKEEPER-2931 for the order by name. */

interface Holder extends Contender {
  readonly rounds: number;
  readonly hold: number;
  readonly think: number;
  round: number;
  /** Its work was done while it was not connected. */
  overdue: boolean;
}

/** `shared`: readers hold it together. */
function newHolder(model: Start, word: string): Holder {
  return {
    ...newContender(model, word),
    rounds: numberOf(model, 'rounds', 3),
    hold: numberOf(model, 'hold', 200 * MS),
    think: numberOf(model, 'think', 100 * MS),
    round: 0,
    overdue: false,
  };
}

/** Everybody in front, or for a reader every writer in front. */
const contest: Contest<Holder> = {
  rivals(state, others) {
    const ahead = inFront(state, others);
    return state.word === SHARED ? ahead.filter((node) => !node.startsWith(SHARED)) : ahead;
  },
  waits: [say('waits', { what: 'turn' })],
  won: 'hold',
  wins: ({ token, node, word }, zxid) => [
    say('proceeds', { what: 'turn' }),
    say('acquired', { token, node, shared: word === SHARED, zxid }),
  ],
};

function use(state: Holder, name: string): Act {
  const { path, token, mistake, word } = state;
  const shown = mistake === 'no-fencing-token' ? null : token;
  const shared = word === SHARED;
  return { kind: 'use', tag: name, resource: path, token: shown, shared, detail: { lock: token, shared, part: name } };
}

const STEPS: Readonly<Record<string, Step<Holder>>> = {
  ...contending(contest),
  hold: {
    begin(state) {
      state.overdue = false;
      return stay(use(state, 'first'), sleep(state.hold, 'work'));
    },
    woke(state) {
      // Who is not connected may have lost the lock by now, and waits until it knows.
      if (state.linked) return stay(use(state, 'last'));
      state.overdue = true;
      return stay();
    },
    reconnected(state) {
      if (!state.overdue) return stay();
      state.overdue = false;
      return stay(use(state, 'last'));
    },
    used: (_, { accepted }, name) => (name === 'last' || !accepted ? to('release') : stay()),
  },
  release: {
    begin: ({ path, node }) => stay(call(remove(`${path}/${node}`))),
    answered(state, returned) {
      // Deleted by an earlier attempt whose answer was lost: nobody knows when.
      const zxid = returned.error === null ? returned.zxid : 0;
      const released = say('released', { token: state.token, zxid });
      forgetNode(state);
      state.round++;
      return to(state.round < state.rounds ? 'think' : 'done', released);
    },
  },
  think: {
    begin: (state) => stay(sleep(state.think, 'enough')),
    woke: () => to('want'),
  },
  done: { begin: () => stay(say('finished'), { kind: 'closeSession' }) },
};

function lockLike(name: string, about: string, wordOf: (model: Start) => string): Program<Holder> {
  return follow({
    name,
    about,
    start: (model) => newHolder(model, wordOf(model)),
    expired(state) {
      forgetNode(state);
      return [say('expired')];
    },
    first: 'ensure',
    steps: STEPS,
  });
}

export const lock = lockLike(
  'lock',
  'Takes an exclusive lock, works with a resource that it guards, and lets it go, a number of times.',
  () => 'lock',
);

export const sharedLock = lockLike(
  'shared-lock',
  'Takes a lock that readers share and writers have alone, works with what it guards, and lets it go.',
  (model) => textOf(model, 'mode'),
);

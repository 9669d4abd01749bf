import type { Act, Start } from '../program.ts';
import {
  bySequence,
  byText,
  call,
  children,
  childrenIn,
  create,
  czxidIn,
  ensure,
  exists,
  nameIn,
  read,
  remove,
  say,
  sync,
  textOf,
  upTo,
} from './acts.ts';
import { newCourse, stay, to, type Course, type Move, type Step } from './machine.ts';

/** What locks and elections have in common: everybody who wants its turn makes an ephemeral sequential node, the smallest
 *  number has it, and each of the others watches the one node that it waits for.
 *  Source: recipes.md, "Locks" and "Leader Election"; Curator's LockInternals.java. */

/** The word of those who share their turn. */
export const SHARED = 'read';

export interface Contender extends Course {
  readonly client: number;
  readonly path: string;
  /** The first word of its nodes, which says what it asks for: read, write, lock, n. */
  readonly word: string;
  readonly mistake: string;
  /** Counts its nodes, so that each has a name that no other has. */
  attempt: number;
  /** Its node, without the path; empty: none. */
  node: string;
  /** czxid of its node: what it can show as a fencing token. */
  token: number;
  /** What it waits for. */
  ahead: string;
}

/** How one recipe contends. */
export interface Contest<S extends Contender> {
  /** The nodes that have to go before its own has its turn, of all others that are there, the nearest last. */
  rivals(state: S, others: readonly string[]): readonly string[];
  /** What is said by whoever begins to wait. */
  readonly waits: readonly Act[];
  /** The step of whoever has its turn. */
  readonly won: string;
  /** What is said then. */
  wins(state: S, zxid: number): readonly Act[];
}

export function newContender(model: Start, word: string): Contender {
  return {
    ...newCourse(),
    client: model.client,
    path: model.instance,
    word,
    mistake: textOf(model, 'mistake'),
    attempt: 0,
    node: '',
    token: 0,
    ahead: '',
  };
}

/** Nothing of a session's nodes outlives it. */
export function forgetNode(state: Contender): void {
  state.node = '';
  state.token = 0;
  state.ahead = '';
}

/** `lock-3.1a4.2-`: client, session, and which of its nodes. It tells the node from all others if the answer to its creation
 *  is lost, also from those of an earlier life of the same process. */
function ownPrefix({ word, client, session, attempt, mistake }: Contender): string {
  return mistake === 'no-guid' ? `${word}-` : `${word}-${client}.${session.toString(16)}.${attempt}-`;
}

/** From `want` on: until it is its turn. */
export function contending<S extends Contender>(contest: Contest<S>): Readonly<Record<string, Step<S>>> {
  const { waits } = contest;
  return {
    ensure: ensure((state) => upTo(state.path), 'want'),
    want: {
      begin(state) {
        state.attempt++;
        return to('create', ...waits);
      },
    },
    create: {
      begin: (state) =>
        stay(call(create(`${state.path}/${ownPrefix(state)}`, String(state.client), 'EPHEMERAL_SEQUENTIAL'))),
      answered(state, returned) {
        const path = returned.answer?.path;
        if (path === undefined) return to('ensure');
        state.node = nameIn(path);
        state.token = czxidIn(returned);
        return to('list', say('queued', { node: state.node, token: state.token }));
      },
      // Whether there is a node is not known, as long as nobody has looked.
      lost: 'search',
    },
    search: search(),
    list: {
      // The herd watches the parent: whatever changes wakes everybody.
      begin: (state) => stay(call(children(state.path, state.mistake === 'herd'))),
      answered: (state, { answer, zxid }) => look(state, childrenIn(answer), zxid, contest),
    },
    watch: {
      // getData, and not exists: where there is no node it leaves no watch behind. Source: LockInternals.java.
      begin: (state) => stay(call(read(`${state.path}/${state.ahead}`, true))),
      answered: (_, { error }) => to(error === null ? 'wait' : 'list'),
    },
    wait: {
      begin: () => stay(),
      event: (state, { path }) => {
        if (state.mistake === 'herd' ? path !== state.path : path !== `${state.path}/${state.ahead}`) return stay();
        // Whoever was ahead may have given up while others are still there: the queue is looked at again.
        return to('list', say('woken', { node: path, shared: state.word === SHARED }));
      },
    },
  };
}

/** The fate of the creation is found out: sync brings this server to where the request was handled, if it ever was. */
function search<S extends Contender>(): Step<S> {
  return {
    begin: (state) =>
      state.mistake === 'no-guid'
        ? to('create')
        : stay(call(sync(state.path), 'sync'), call(children(state.path, false), 'list')),
    answered(state, returned, name): Move {
      if (name === 'sync') return stay();
      if (name === 'stat') {
        if (returned.error !== null) return to('create');
        state.token = czxidIn(returned);
        return to('list', say('queued', { node: state.node, token: state.token }));
      }
      const own = ownNodes(state, childrenIn(returned.answer));
      const [node] = own;
      if (node === undefined) return to('create');
      state.node = node;
      return stay(call(exists(`${state.path}/${node}`, false), 'stat'));
    },
  };
}

function ownNodes(state: Contender, nodes: readonly string[]): readonly string[] {
  const prefix = ownPrefix(state);
  return nodes.filter((node) => node.startsWith(prefix)).sort(bySequence);
}

function look<S extends Contender>(
  state: S,
  nodes: readonly string[],
  zxid: number,
  { rivals, won, wins }: Contest<S>,
): Move {
  if (!nodes.includes(state.node)) {
    forgetNode(state);
    return to('create');
  }
  // A creation that was given up for lost can come late: then there are two, and the second is in nobody's way but ours.
  const spare = state.mistake === 'no-guid' ? [] : ownNodes(state, nodes).filter((node) => node !== state.node);
  const tidy = spare.map((node) => call(remove(`${state.path}/${node}`), 'spare'));
  const ahead = rivals(
    state,
    nodes.filter((node) => !spare.includes(node) && node !== state.node),
  );
  const next = ahead[ahead.length - 1];
  if (next === undefined) return to(won, ...tidy, ...wins(state, zxid));
  state.ahead = next;
  return to(state.mistake === 'herd' ? 'wait' : 'watch', ...tidy);
}

/** All nodes in front of its own. */
export function inFront(state: Contender, others: readonly string[]): readonly string[] {
  const order = state.mistake === 'sorts-names' ? byText : bySequence;
  return others.filter((other) => order(other, state.node) < 0).sort(order);
}

import { call, create, exists } from './acts.ts';
import { stay, to, type Course, type Step } from './machine.ts';

/** An ephemeral node of a name of one's own, made once. Where there is one already, it is asked whose it is: an earlier
 *  attempt of this session, whose answer was lost; the session before, with which it will go; or somebody else.
 *  Source: zk-programmers.md on CONNECTIONLOSS; Curator's PersistentNode.java. */

export interface NodeOwner extends Course {
  readonly mistake: string;
}

export interface OwnNode<S> {
  path(state: S): string;
  data(state: S): string;
  /** The step of whoever has it, and that of whoever finds it taken; null: it waits until the node is gone. */
  readonly owned: string;
  readonly taken: string | null;
}

/** The steps `register`, and `registered`, which finds out whose the node is. */
export function registering<S extends NodeOwner>(node: OwnNode<S>): Readonly<Record<string, Step<S>>> {
  const { owned, taken } = node;
  return {
    register: {
      begin: (state) => stay(call(create(node.path(state), node.data(state), 'EPHEMERAL'))),
      answered(state, { error }) {
        if (error === null) return to(owned);
        // It believes that whatever is there must be its own.
        if (state.mistake === 'takes-any-node-for-its-own') return to(owned);
        return to('registered');
      },
    },
    registered: {
      begin: (state) => stay(call(exists(node.path(state), taken === null))),
      answered(state, { error, answer }) {
        if (error !== null) return to('register');
        if (answer?.stat?.ephemeralOwner === state.session) return to(owned);
        return taken === null ? stay() : to(taken);
      },
      event: () => to('register'),
    },
  };
}

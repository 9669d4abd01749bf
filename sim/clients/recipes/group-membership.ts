import { byText, call, children, childrenIn, ensure, numberOf, remove, say, textOf, upTo } from './acts.ts';
import { follow, newCourse, sleep, stay, to } from './machine.ts';
import { registering, type NodeOwner } from './own-node.ts';

/** Group membership: a member is whoever has an ephemeral node; who wants to know reads the children with a watch, and again
 *  whenever it is told. Source: recipes.md, "Group Membership"; Curator's GroupMember.java. */

interface State extends NodeOwner {
  readonly path: string;
  readonly observer: boolean;
  readonly member: string;
  /** How long it stays a member; 0: for good. */
  readonly stay: number;
}

export const groupMembership = follow<State>({
  name: 'group-membership',
  about: 'Is a member of a group, or observes who its members are.',
  start: (model) => ({
    ...newCourse(),
    mistake: textOf(model, 'mistake'),
    path: model.instance,
    observer: textOf(model, 'role') === 'observer',
    member: textOf(model, 'member', `member-${model.client}`),
    stay: numberOf(model, 'stay'),
  }),
  begun: (state) => [state.observer ? say('observes') : say('present', { entry: state.member })],
  first: 'ensure',
  steps: {
    ensure: ensure(({ path }) => upTo(path), 'come'),
    come: { begin: ({ observer }) => to(observer ? 'list' : 'register') },
    ...registering<State>({
      path: ({ path, member }) => `${path}/${member}`,
      data: ({ member }) => member,
      owned: 'belong',
      taken: null,
    }),
    belong: {
      begin: (state) =>
        stay(say('joined', { entry: state.member }), ...(state.stay > 0 ? [sleep(state.stay, 'enough')] : [])),
      woke: (state) => to('leave', say('absent', { entry: state.member })),
    },
    leave: {
      begin: ({ path, member }) => stay(call(remove(`${path}/${member}`))),
      answered: () => to('done'),
    },
    list: {
      begin: ({ path }) => stay(call(children(path, true))),
      answered: (_, { answer }) =>
        to('observe', say('sees', { entries: childrenIn(answer).slice().sort(byText).join(' ') })),
    },
    observe: {
      begin: () => stay(),
      event: () => to('list'),
    },
    done: { begin: () => stay(say('finished'), { kind: 'closeSession' }) },
  },
});

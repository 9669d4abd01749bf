import { SECOND } from '../../time.ts';
import type { Act } from '../program.ts';
import { byText, call, children, childrenIn, dataIn, ensure, numberOf, read, say, textOf, upTo } from './acts.ts';
import { follow, newCourse, sleep, stay, to, type Move } from './machine.ts';
import { registering, type NodeOwner } from './own-node.ts';

/** A service registry: a provider has an ephemeral node that holds its address, and may change it; a consumer keeps a cache
 *  of all addresses, with a watch on the list and on each of them, and goes on working with it while it is not connected.
 *  Source: Curator's ServiceDiscovery and PathChildrenCache.java. */

interface State extends NodeOwner {
  readonly client: number;
  readonly path: string;
  readonly consumer: boolean;
  readonly every: number;
  readonly updates: number;
  /** Of its address: each update is another. */
  version: number;
  /** What a consumer believes, by provider: plain pairs, sorted by name. */
  cache: { readonly name: string; readonly address: string }[];
  /** What it was last told to believe, so that it says it once. */
  said: string;
  /** It has listed the providers once. */
  listed: boolean;
}

function addressOf({ client, version }: State): string {
  return `10.0.0.${client}:${8000 + version}`;
}

function nameOf({ client }: State): string {
  return `provider-${client}`;
}

function present(state: State): Act {
  return say('present', { entry: `${nameOf(state)}=${addressOf(state)}` });
}

export const serviceRegistry = follow<State>({
  name: 'service-registry',
  about: 'Provides a service at an address, or keeps a cache of all addresses.',
  start: (model) => ({
    ...newCourse(),
    mistake: textOf(model, 'mistake'),
    client: model.client,
    path: model.instance,
    consumer: textOf(model, 'role') === 'consumer',
    every: numberOf(model, 'every', SECOND),
    updates: numberOf(model, 'updates'),
    version: 0,
    cache: [],
    said: '',
    listed: false,
  }),
  begun: (state) => [state.consumer ? say('observes') : present(state)],
  first: 'ensure',
  steps: {
    ensure: ensure(({ path }) => upTo(path), 'come'),
    come: {
      begin(state) {
        if (!state.consumer) return to('register');
        // The watches of the session before are gone with it, and this one trusts the cache all the same.
        return state.mistake === 'forgets-to-watch-again' && state.listed ? stay() : to('consume');
      },
    },
    // ── a provider
    ...registering<State>({
      path: (state) => `${state.path}/${nameOf(state)}`,
      data: addressOf,
      owned: 'provide',
      taken: null,
    }),
    provide: {
      begin: (state) => stay(...(state.version < state.updates ? [sleep(state.every, 'update')] : [])),
      woke(state) {
        state.version++;
        return to('update', present(state));
      },
    },
    update: {
      begin: (state) =>
        stay(call({ op: 'setData', path: `${state.path}/${nameOf(state)}`, data: addressOf(state), version: -1 })),
      answered: (_, { error }) => to(error === null ? 'provide' : 'register'),
    },
    // ── a consumer
    consume: {
      begin: (state) => stay(call(children(state.path, true), 'list')),
      answered(state, { error, answer }, name) {
        if (name === 'list') return listed(state, childrenIn(answer));
        const cache = state.cache.filter((one) => one.name !== name);
        // Gone between the list and the read: the watch on the list tells so too.
        if (error === null) cache.push({ name, address: dataIn(answer) });
        state.cache = cache.sort((a, b) => byText(a.name, b.name));
        return told(state);
      },
      event(state, { type, path }): Move {
        if (path === state.path) return stay(call(children(state.path, true), 'list'));
        return type === 'NodeDeleted' ? stay() : stay(readOne(state, path.slice(state.path.length + 1)));
      },
    },
  },
});

function readOne({ path }: State, name: string): Act {
  return call(read(`${path}/${name}`, true), name);
}

/** Every provider is read, and watched: the answers come in one piece with what has changed meanwhile. */
function listed(state: State, names: readonly string[]): Move {
  state.listed = true;
  state.cache = state.cache.filter(({ name }) => names.includes(name));
  return stay(...names.map((name) => readOne(state, name)), ...told(state).acts);
}

function told(state: State): Move {
  const entries = state.cache.map(({ name, address }) => `${name}=${address}`).join(' ');
  if (entries === state.said) return stay();
  state.said = entries;
  return stay(say('sees', { entries }));
}

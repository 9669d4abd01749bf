import type { Broken } from './broken.ts';
import type { Conversation } from './conversation.ts';
import { Recipes } from './recipe-life.ts';

/** Recipes that go wrong, each in one way. */

function broken(recipe: string, tell: (r: Recipes) => Recipes): Broken {
  return { with: [], trace: () => tell(new Recipes().of(recipe)).c };
}

/** What is judged at the end, after the calm. */
function stuck(recipe: string, tell: (r: Recipes) => Recipes): Broken {
  return {
    with: [],
    trace: (): Conversation => broken(recipe, tell).trace().tell(0, { kind: 'calm' }).wait(20_000_000),
  };
}

const TURN = { what: 'turn' };

export const BROKEN_RECIPES: Readonly<Record<string, Broken>> = {
  // The holder of the older lock wakes up too late.
  'recipe-mutual-exclusion': broken('lock', (r) => r.use(1, 5).use(2, 7).use(1, 5)),
  // 2 has the lock at 8, and 1 lets it go at 9.
  'recipe-lock-order': broken('lock', (r) =>
    r
      .say(1, 'acquired', { token: 5, zxid: 6, shared: false })
      .say(2, 'acquired', { token: 7, zxid: 8, shared: true })
      .say(1, 'released', { token: 5, zxid: 9 }),
  ),
  'recipe-no-herd': broken('lock', (r) =>
    r.say(1, 'woken', { node: '/lock', shared: false }).say(2, 'woken', { node: '/lock', shared: true }),
  ),
  'recipe-one-acting-leader': broken('leader-election', (r) =>
    r.say(1, 'acts', { term: 5 }).say(2, 'acts', { term: 6 }).say(1, 'acts', { term: 5 }),
  ),
  'recipe-nobody-waits-forever': stuck('lock', (r) =>
    r.say(1, 'waits', TURN).say(2, 'waits', TURN).say(1, 'proceeds', TURN),
  ),
  'recipe-barrier': broken('barrier', (r) => r.say(1, 'closed').say(2, 'passes')),
  'recipe-double-barrier': broken('double-barrier', (r) =>
    r.say(1, 'enters', { size: 2 }).say(1, 'started', { size: 2 }),
  ),
  'recipe-queue-order': broken('queue', (r) =>
    r
      .say(2, 'took', { element: '1.2', sequence: 1, zxid: 9 })
      .say(3, 'took', { element: '1.1', sequence: 0, zxid: 10 }),
  ),
  'recipe-queue-once': stuck('queue', (r) => r.say(1, 'offered', { element: '1.1' })),
  'recipe-priority-order': broken('priority-queue', (r) =>
    r
      .say(1, 'offered', { element: '1.2', priority: 10, zxid: 20 })
      .say(2, 'took', { element: '1.1', priority: 50, zxid: 23, after: 21 }),
  ),
  'recipe-two-phase-commit': broken('two-phase-commit', (r) =>
    r.say(2, 'votes', { vote: 'commit' }).say(1, 'decides', { decision: 'commit', sites: 2 }),
  ),
  'recipe-names-unique': broken('name-service', (r) => r.say(1, 'holds', { name: 'n' }).say(2, 'holds', { name: 'n' })),
  'recipe-views-converge': stuck('group-membership', (r) =>
    r.say(1, 'present', { entry: 'a' }).say(2, 'observes').say(2, 'sees', { entries: 'a b' }),
  ),
  'recipe-configuration-seen': stuck('configuration', (r) =>
    r.say(2, 'subscribes').say(1, 'publishes', { version: 1 }).say(1, 'published', { version: 1 }),
  ),
  'recipe-crash-detected': stuck('crash-detection', (r) =>
    r.say(1, 'works', { worker: 'a' }).say(2, 'detects').say(1, 'killed'),
  ),
};

/** The other clauses of the same properties. */
export const BROKEN_RECIPES_OTHERWISE: readonly (Broken & { readonly name: string; readonly how: string })[] = [
  {
    name: 'recipe-mutual-exclusion',
    how: 'a reader comes behind a younger writer',
    ...broken('shared-lock', (r) => r.use(1, 7).use(2, 5, true)),
  },
  {
    name: 'recipe-lock-order',
    how: 'the younger node has the lock first',
    ...broken('lock', (r) =>
      r
        .say(2, 'acquired', { token: 7, zxid: 8, shared: false })
        .say(1, 'acquired', { token: 5, zxid: 9, shared: false }),
    ),
  },
  {
    name: 'recipe-double-barrier',
    how: 'one leaves before all have finished',
    ...broken('double-barrier', (r) => {
      for (const fact of ['enters', 'started']) r.say(1, fact, { size: 2 }).say(2, fact, { size: 2 });
      return r.say(1, 'ended', { size: 2 }).say(1, 'left', { size: 2 });
    }),
  },
  {
    name: 'recipe-queue-once',
    how: 'an element is taken twice',
    ...broken('priority-queue', (r) => r.say(2, 'took', { element: '1.1' }).say(3, 'took', { element: '1.1' })),
  },
  {
    name: 'recipe-two-phase-commit',
    how: 'two sites do otherwise',
    ...broken('two-phase-commit', (r) =>
      r.say(2, 'applies', { decision: 'abort' }).say(3, 'applies', { decision: 'commit' }),
    ),
  },
  {
    name: 'recipe-configuration-seen',
    how: 'a subscriber goes back',
    ...broken('configuration', (r) => {
      r.say(2, 'subscribes').say(1, 'publishes', { version: 2 });
      return r.say(2, 'applies', { version: 2 }).say(2, 'applies', { version: 1 });
    }),
  },
  {
    name: 'recipe-configuration-seen',
    how: 'what is put into effect was never published',
    ...broken('configuration', (r) => r.say(2, 'subscribes').say(2, 'applies', { version: 1 })),
  },
  {
    name: 'recipe-crash-detected',
    how: 'a worker that lives stays suspected',
    ...stuck('crash-detection', (r) =>
      r.say(1, 'works', { worker: 'a' }).say(2, 'detects').say(2, 'suspects', { worker: 'a' }),
    ),
  },
];

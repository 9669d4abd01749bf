import type { RecipeDetail } from '../../sim/trace.ts';
import { coldStart, type Conversation } from './conversation.ts';

/** What recipes say, in a trace written by hand. Client n, at an instance named after the recipe. */
export class Recipes {
  readonly c: Conversation;
  #recipe = '';

  constructor(c: Conversation = coldStart()) {
    this.c = c;
  }

  of(recipe: string): this {
    this.#recipe = recipe;
    return this;
  }

  say(client: number, fact: string, detail: RecipeDetail = {}): this {
    const recipe = this.#recipe;
    this.c.tell(0, { kind: 'recipe', client, recipe, instance: `/${recipe}`, fact, detail });
    return this;
  }

  use(client: number, lock: number, shared = false): this {
    return this.say(client, 'used', { resource: '/r', token: lock, lock, shared });
  }
}

/** A life in which every recipe goes well, before the calm. */
export function recipeLife(): Conversation {
  const r = new Recipes();
  r.of('lock').say(1, 'waits', { what: 'turn' }).say(2, 'waits', { what: 'turn' });
  r.say(1, 'proceeds', { what: 'turn' }).say(1, 'acquired', { token: 5, zxid: 6, shared: false }).use(1, 5);
  r.say(1, 'released', { token: 5, zxid: 8 }).say(2, 'woken', { node: '/lock/a', shared: false });
  r.say(2, 'proceeds', { what: 'turn' }).say(2, 'acquired', { token: 7, zxid: 8, shared: false }).use(2, 7).use(2, 7);
  // Two readers, in an order that is not that of their nodes, woken by the same writer.
  r.of('shared-lock').say(3, 'woken', { node: '/s/w', shared: true }).say(4, 'woken', { node: '/s/w', shared: true });
  r.say(4, 'acquired', { token: 12, zxid: 13, shared: true }).say(3, 'acquired', { token: 11, zxid: 13, shared: true });
  r.use(4, 12, true).use(3, 11, true);
  r.of('leader-election').say(1, 'acts', { term: 5 }).say(2, 'acts', { term: 6 }).say(2, 'acts', { term: 6 });
  r.of('barrier').say(1, 'closed').say(2, 'waits', { what: 'barrier' }).say(1, 'opening').say(2, 'passes');
  r.say(2, 'proceeds', { what: 'barrier' });
  r.of('double-barrier');
  for (const fact of ['enters', 'started', 'ended', 'left']) r.say(1, fact, { size: 2 }).say(2, fact, { size: 2 });
  return queues(r).c.tell(0, { kind: 'calm' }).wait(20_000_000);
}

function queues(r: Recipes): Recipes {
  r.of('queue')
    .say(1, 'offered', { element: '1.1' })
    .say(2, 'took', { element: '1.1', sequence: 0, zxid: 9, after: 0 });
  // An answer comes before that of an earlier take.
  r.say(2, 'took', { element: '1.3', sequence: 2, zxid: 11 }).say(3, 'took', { element: '1.2', sequence: 1, zxid: 10 });
  r.of('priority-queue').say(1, 'offered', { element: '1.4', priority: 50, zxid: 20 });
  r.say(1, 'offered', { element: '1.5', priority: 10, zxid: 22 });
  r.say(2, 'took', { element: '1.4', priority: 50, zxid: 23, after: 21 });
  r.say(2, 'took', { element: '1.5', priority: 10, zxid: 24, after: 23 });
  r.of('two-phase-commit').say(2, 'votes', { vote: 'commit' }).say(3, 'votes', { vote: 'commit' });
  r.say(1, 'decides', { decision: 'commit', sites: 2 }).say(1, 'applies', { decision: 'commit' });
  r.say(2, 'applies', { decision: 'commit' });
  r.of('name-service').say(1, 'holds', { name: 'n' }).say(1, 'drops', { name: 'n' }).say(2, 'holds', { name: 'n' });
  r.of('service-registry').say(1, 'present', { entry: 'a' }).say(2, 'observes').say(3, 'present', { entry: 'b' });
  r.say(3, 'killed').say(2, 'sees', { entries: 'a b' }).say(2, 'sees', { entries: 'a' });
  r.of('configuration').say(2, 'subscribes').say(1, 'publishes', { version: 1 }).say(2, 'applies', { version: 1 });
  r.say(1, 'published', { version: 1 });
  r.of('crash-detection').say(5, 'works', { worker: 'a' }).say(6, 'works', { worker: 'b' }).say(7, 'detects');
  r.say(7, 'suspects', { worker: 'b' }).say(7, 'suspects', { worker: 'a' }).say(7, 'trusts', { worker: 'b' });
  return r.say(5, 'killed');
}

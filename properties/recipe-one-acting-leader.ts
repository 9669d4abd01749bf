import type { Property, PropertyState } from '../sim/property.ts';
import { formatZxid, type Zxid } from '../sim/zab/zxid.ts';
import { entryOf, numberIn, who } from './recipe-facts.ts';

interface State extends PropertyState {
  /** By election: the youngest term in which somebody has acted. */
  readonly elections: { readonly name: string; term: number; client: number }[];
}

export const recipeOneActingLeader: Property<State> = {
  name: 'recipe-one-acting-leader',
  about: 'Nobody acts as the leader once somebody has acted as the leader of a later term.',
  source:
    'recipes.md, "Leader Election"; Curator: LeaderLatch.java, whose leader stops when its connection is suspended',
  kind: 'always',
  subject: 'recipes',
  observes: ['recipe'],
  start() {
    return { premises: 0, elections: [] };
  },
  observe(state, event) {
    if (event.kind !== 'recipe' || event.fact !== 'acts') return undefined;
    const { client, instance: name, detail } = event;
    const term = numberIn(detail, 'term');
    const latest = entryOf(state.elections, name, () => ({ name, term, client }));
    state.premises++;
    if (term < latest.term)
      return (
        `${who(client)} acted as the leader of term ${formatZxid(term as Zxid)} after ${who(latest.client)} had acted` +
        ` as that of ${formatZxid(latest.term as Zxid)}`
      );
    latest.term = term;
    latest.client = client;
    return undefined;
  },
};

import type { Property, PropertyState } from '../sim/property.ts';
import { textIn, who } from './recipe-facts.ts';

interface State extends PropertyState {
  readonly held: { readonly name: string; readonly client: number }[];
}

export const recipeNamesUnique: Property<State> = {
  name: 'recipe-names-unique',
  about: 'No two clients hold one name at the same time.',
  source: 'recipes.md, "Name Service"; a znode is created once',
  kind: 'always',
  subject: 'recipes',
  observes: ['recipe'],
  start() {
    return { premises: 0, held: [] };
  },
  observe(state, event) {
    if (event.kind !== 'recipe') return undefined;
    const { client, instance, fact, detail } = event;
    const { held } = state;
    if (fact === 'drops' || fact === 'killed') {
      const at = held.findIndex((one) => one.client === client);
      if (at >= 0) held.splice(at, 1);
    }
    if (fact !== 'holds') return undefined;
    state.premises++;
    const name = `${instance}/${textIn(detail, 'name')}`;
    const other = held.find((one) => one.name === name && one.client !== client);
    if (other !== undefined) return `${who(client)} holds ${name}, and so does ${who(other.client)}`;
    if (!held.some((one) => one.name === name && one.client === client)) held.push({ name, client });
    return undefined;
  },
};

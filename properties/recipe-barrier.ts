import type { Property, PropertyState } from '../sim/property.ts';
import { who } from './recipe-facts.ts';

interface State extends PropertyState {
  /** Barriers that are shut. */
  readonly shut: string[];
}

export const recipeBarrier: Property<State> = {
  name: 'recipe-barrier',
  about: 'Nobody passes a barrier between its being shut and the decision to open it.',
  source: 'recipes.md, "Barriers"',
  kind: 'always',
  subject: 'recipes',
  observes: ['recipe'],
  start() {
    return { premises: 0, shut: [] };
  },
  observe(state, event) {
    if (event.kind !== 'recipe') return undefined;
    const { fact, instance, client } = event;
    const at = state.shut.indexOf(instance);
    if (fact === 'closed' && at < 0) state.shut.push(instance);
    else if (fact === 'opening' && at >= 0) state.shut.splice(at, 1);
    else if (fact === 'passes') {
      state.premises++;
      if (at >= 0) return `${who(client)} passed the barrier ${instance}, which was shut`;
    }
    return undefined;
  },
};

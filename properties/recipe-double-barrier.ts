import type { Property, PropertyState } from '../sim/property.ts';
import { entryOf, numberIn, who } from './recipe-facts.ts';

interface State extends PropertyState {
  /** By barrier: who has come, and who has finished. */
  readonly barriers: { readonly name: string; readonly came: number[]; readonly ended: number[] }[];
}

export const recipeDoubleBarrier: Property<State> = {
  name: 'recipe-double-barrier',
  about: 'Nobody begins before as many as were agreed on have come, and nobody goes before as many have finished.',
  source: 'recipes.md, "Double Barriers"',
  kind: 'always',
  subject: 'recipes',
  observes: ['recipe'],
  start() {
    return { premises: 0, barriers: [] };
  },
  observe(state, event) {
    if (event.kind !== 'recipe' || !FACTS.includes(event.fact)) return undefined;
    const { fact, instance: name, client, detail } = event;
    const size = numberIn(detail, 'size');
    const { came, ended } = entryOf(state.barriers, name, () => ({ name, came: [], ended: [] }));
    if (fact === 'enters' && !came.includes(client)) came.push(client);
    if (fact === 'ended' && !ended.includes(client)) ended.push(client);
    if (fact === 'started' || fact === 'left') {
      state.premises++;
      const there = fact === 'started' ? came : ended;
      const what = fact === 'started' ? 'began when only' : 'left when only';
      if (there.length < size) return `${who(client)} ${what} ${there.length} of ${size} were so far`;
    }
    return undefined;
  },
};

const FACTS: readonly string[] = ['enters', 'started', 'ended', 'left'];

import type { Property, PropertyState } from '../sim/property.ts';
import { entryOf, numberIn, textIn, who } from './recipe-facts.ts';

interface State extends PropertyState {
  /** By transaction: who voted for it, and what was done. */
  readonly transactions: { readonly name: string; readonly yes: number[]; applied: string; client: number }[];
}

export const recipeTwoPhaseCommit: Property<State> = {
  name: 'recipe-two-phase-commit',
  about: 'Nobody decides to commit before every site has voted for it, and nobody does otherwise than another.',
  source: 'recipes.md, "Two-phased Commit"; Gray, Notes on data base operating systems, 1978',
  kind: 'always',
  subject: 'recipes',
  observes: ['recipe'],
  start() {
    return { premises: 0, transactions: [] };
  },
  observe(state, event) {
    if (event.kind !== 'recipe' || !FACTS.includes(event.fact)) return undefined;
    const { fact, client, instance: name, detail } = event;
    const one = entryOf(state.transactions, name, () => ({ name, yes: [], applied: '', client: 0 }));
    if (fact === 'votes') {
      if (textIn(detail, 'vote') === 'commit' && !one.yes.includes(client)) one.yes.push(client);
      return undefined;
    }
    state.premises++;
    const decision = textIn(detail, 'decision');
    const sites = numberIn(detail, 'sites');
    if (fact === 'decides')
      return decision === 'commit' && one.yes.length < sites
        ? `${who(client)} decided to commit ${name} when ${one.yes.length} of ${sites} had voted for it`
        : undefined;
    if (one.applied === '') [one.applied, one.client] = [decision, client];
    return one.applied === decision
      ? undefined
      : `${who(client)} did ${decision} ${name}, and ${who(one.client)} did ${one.applied} it`;
  },
};

const FACTS: readonly string[] = ['votes', 'decides', 'applies'];

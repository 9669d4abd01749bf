import type { Property, PropertyState } from '../sim/property.ts';
import type { Micros } from '../sim/time.ts';
import { newPatience, textIn, tooEarly, who, type Patience } from './recipe-facts.ts';

interface State extends PropertyState {
  readonly patience: Patience;
  readonly waiting: { readonly client: number; readonly instance: string; readonly what: string; since: Micros }[];
}

export const recipeNobodyWaitsForever: Property<State> = {
  name: 'recipe-nobody-waits-forever',
  about:
    'Whoever waits for its turn, for a barrier or for the others goes on, within the bound of progress after the last' +
    ' fault has been mended. Excused: no calm, a run that ends too early.',
  source: 'recipes.md: what a waiting client watches must wake it; a watch tells once, and nothing of the past',
  kind: 'eventually',
  subject: 'recipes',
  observes: ['recipe', 'calm'],
  start(setup) {
    return { premises: 0, patience: newPatience(setup.progressBound), waiting: [] };
  },
  observe(state, event) {
    if (event.kind === 'calm') state.patience.calmAt = event.at;
    if (event.kind !== 'recipe') return undefined;
    const { client, instance, fact, detail } = event;
    const what = textIn(detail, 'what');
    if (fact !== 'waits' && fact !== 'proceeds' && fact !== 'killed') return undefined;
    const at = state.waiting.findIndex((one) => one.client === client && (fact === 'killed' || one.what === what));
    if (at >= 0) state.waiting.splice(at, 1);
    if (fact === 'waits') state.waiting.push({ client, instance, what, since: event.at });
    if (fact === 'proceeds') state.premises++;
    return undefined;
  },
  settled({ patience, waiting }) {
    return patience.calmAt !== null && waiting.length === 0;
  },
  finish({ patience, waiting }, end) {
    const [first] = waiting;
    if (first === undefined) return undefined;
    const excuse = tooEarly(patience, end.at);
    if (excuse !== undefined) return { excused: excuse };
    const stuck = waiting.find(({ since }) => since + patience.bound <= end.at);
    if (stuck === undefined) return { excused: `${who(first.client)} has not waited for long` };
    return { violated: `${who(stuck.client)} waits for its ${stuck.what} at ${stuck.instance} although all is calm` };
  },
};

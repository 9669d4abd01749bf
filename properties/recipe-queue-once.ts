import type { Property, PropertyState } from '../sim/property.ts';
import { newPatience, textIn, tooEarly, who, type Patience } from './recipe-facts.ts';

interface State extends PropertyState {
  readonly patience: Patience;
  /** Elements that were put in, until they are taken. */
  readonly waiting: string[];
  /** Elements that were taken, and by whom. */
  readonly taken: { readonly element: string; readonly client: number }[];
}

export const recipeQueueOnce: Property<State> = {
  name: 'recipe-queue-once',
  about:
    'No element of a queue is taken twice, and in the end each one that was put in has been taken. Excused from the' +
    ' second: no calm, a run that ends too early.',
  source:
    'recipes.md, "Queues"; DistributedQueue.java: the delete decides who has an element, unless its answer is lost',
  kind: 'eventually',
  subject: 'recipes',
  observes: ['recipe', 'calm'],
  start(setup) {
    return { premises: 0, patience: newPatience(setup.progressBound), waiting: [], taken: [] };
  },
  observe(state, event) {
    if (event.kind === 'calm') state.patience.calmAt = event.at;
    if (event.kind !== 'recipe') return undefined;
    const { fact, instance, client, detail } = event;
    if (fact !== 'offered' && fact !== 'took') return undefined;
    const element = `${instance} ${textIn(detail, 'element')}`;
    const owner = state.taken.find((one) => one.element === element);
    if (fact === 'offered') {
      if (owner === undefined && !state.waiting.includes(element)) state.waiting.push(element);
      state.patience.changedAt = event.at;
      return undefined;
    }
    state.premises++;
    if (owner !== undefined) return `${who(client)} took element ${element}, which ${who(owner.client)} had taken`;
    state.taken.push({ element, client });
    const at = state.waiting.indexOf(element);
    if (at >= 0) state.waiting.splice(at, 1);
    return undefined;
  },
  settled({ patience, waiting }) {
    return patience.calmAt !== null && waiting.length === 0;
  },
  finish({ patience, waiting }, end) {
    const [first] = waiting;
    if (first === undefined) return undefined;
    const excuse = tooEarly(patience, end.at);
    return excuse === undefined ? { violated: `nobody has taken element ${first}` } : { excused: excuse };
  },
};

import type { Property, PropertyState } from '../sim/property.ts';
import { numberIn, who } from './recipe-facts.ts';

interface Taken {
  readonly instance: string;
  readonly client: number;
  readonly sequence: number;
  readonly zxid: number;
}

interface State extends PropertyState {
  /** The latest that were told of. */
  readonly taken: Taken[];
}

const KEPT = 256;

export const recipeQueueOrder: Property<State> = {
  name: 'recipe-queue-order',
  about: 'The elements of a queue are taken, by zxid, in the order in which they were put in.',
  source: 'recipes.md, "Queues"; the number of a sequential node is the order of its creation',
  kind: 'always',
  subject: 'recipes',
  observes: ['recipe'],
  start() {
    return { premises: 0, taken: [] };
  },
  observe(state, event) {
    if (event.kind !== 'recipe' || event.recipe !== 'queue' || event.fact !== 'took') return undefined;
    const { client, instance, detail } = event;
    const taken = { instance, client, sequence: numberIn(detail, 'sequence'), zxid: numberIn(detail, 'zxid') };
    // Without an answer, nobody knows when.
    if (taken.zxid === 0) return undefined;
    state.premises++;
    for (const other of state.taken) {
      if (other.instance !== instance || other.zxid < taken.zxid === other.sequence < taken.sequence) continue;
      const [first, second] = other.zxid < taken.zxid ? [other, taken] : [taken, other];
      return (
        `${who(first.client)} took number ${first.sequence} before ${who(second.client)} took` +
        ` number ${second.sequence} of ${instance}`
      );
    }
    state.taken.push(taken);
    if (state.taken.length > KEPT) state.taken.shift();
    return undefined;
  },
};

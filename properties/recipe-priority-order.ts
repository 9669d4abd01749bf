import type { Property, PropertyState } from '../sim/property.ts';
import { numberIn, textIn, who } from './recipe-facts.ts';

interface Taken {
  readonly client: number;
  readonly instance: string;
  readonly element: string;
  readonly priority: number;
  /** zxid of the take, and of the one before by the same consumer in the same session; 0: none. */
  readonly zxid: number;
  readonly after: number;
}

interface State extends PropertyState {
  readonly offered: {
    readonly instance: string;
    readonly element: string;
    readonly priority: number;
    readonly zxid: number;
  }[];
  readonly taken: Taken[];
}

export const recipePriorityOrder: Property<State> = {
  name: 'recipe-priority-order',
  about:
    'No consumer takes an element while a more urgent one is in the queue that was there before it took the one before:' +
    ' since then it must have looked. Judged at the end, since answers come late.',
  source: 'recipes.md, "Priority Queues": a consumer discards its list whenever the queue changes',
  kind: 'always',
  subject: 'recipes',
  observes: ['recipe'],
  start() {
    return { premises: 0, offered: [], taken: [] };
  },
  observe(state, event) {
    if (event.kind !== 'recipe' || event.recipe !== 'priority-queue') return undefined;
    const { client, instance, fact, detail } = event;
    const element = textIn(detail, 'element');
    const priority = numberIn(detail, 'priority');
    const zxid = numberIn(detail, 'zxid');
    if (fact === 'offered' && zxid > 0) state.offered.push({ instance, element, priority, zxid });
    if (fact !== 'took') return undefined;
    state.premises++;
    state.taken.push({ client, instance, element, priority, zxid, after: numberIn(detail, 'after') });
    return undefined;
  },
  finish({ offered, taken }) {
    for (const take of taken) {
      if (take.zxid === 0 || take.after === 0) continue;
      for (const { instance, element, priority, zxid } of offered) {
        if (instance !== take.instance || priority >= take.priority || zxid > take.after) continue;
        const taker = taken.find((one) => one.instance === instance && one.element === element);
        if (taker !== undefined && (taker.zxid === 0 || taker.zxid < take.zxid)) continue;
        return {
          violated: `${who(take.client)} took element ${take.element} while the more urgent ${element} was there`,
        };
      }
    }
    return undefined;
  },
};

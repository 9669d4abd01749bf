import type { Property, PropertyState } from '../sim/property.ts';
import { textIn, who } from './recipe-facts.ts';

interface State extends PropertyState {
  /** The latest nodes whose change woke somebody. */
  readonly woken: { readonly node: string; readonly client: number; readonly shared: boolean }[];
}

const KEPT = 256;

export const recipeNoHerd: Property<State> = {
  name: 'recipe-no-herd',
  about:
    'Of those who wait for a lock or for leadership, a node that goes wakes at most one, or readers that may all go on.',
  source:
    'recipes.md, "Locks": each node is watched by exactly one client, so that there is no herd effect; "Shared Locks" on readers',
  kind: 'always',
  subject: 'recipes',
  observes: ['recipe'],
  start() {
    return { premises: 0, woken: [] };
  },
  observe(state, event) {
    if (event.kind !== 'recipe' || event.fact !== 'woken') return undefined;
    const { client, detail } = event;
    const node = textIn(detail, 'node');
    const shared = detail['shared'] === true;
    state.premises++;
    const other = state.woken.find((one) => one.node === node && one.client !== client && !(one.shared && shared));
    if (other !== undefined) return `${node} woke ${who(client)} as well as ${who(other.client)}`;
    state.woken.push({ node, client, shared });
    if (state.woken.length > KEPT) state.woken.shift();
    return undefined;
  },
};

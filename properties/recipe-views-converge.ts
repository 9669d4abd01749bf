import type { Property, PropertyState } from '../sim/property.ts';
import { newPatience, textIn, tooEarly, who, type Patience } from './recipe-facts.ts';

interface State extends PropertyState {
  readonly patience: Patience;
  /** What is there to be seen, by whose it is. */
  readonly present: { readonly client: number; readonly instance: string; entry: string }[];
  /** What each observer saw last; null: nothing yet. */
  readonly views: { readonly client: number; readonly instance: string; entries: string | null }[];
}

export const recipeViewsConverge: Property<State> = {
  name: 'recipe-views-converge',
  about:
    'In the end every observer of a group, and every consumer of a registry, sees exactly those members and addresses' +
    ' that are there. Excused: no calm, a run that ends too early.',
  source: 'recipes.md, "Group Membership"; Curator: PathChildrenCache.java, ServiceCacheImpl.java',
  kind: 'eventually',
  subject: 'recipes',
  observes: ['recipe', 'calm'],
  start(setup) {
    return { premises: 0, patience: newPatience(setup.progressBound), present: [], views: [] };
  },
  observe(state, event) {
    if (event.kind === 'calm') state.patience.calmAt = event.at;
    if (event.kind !== 'recipe') return undefined;
    const { client, instance, fact, detail } = event;
    const { patience, present, views } = state;
    const at = present.findIndex((one) => one.client === client);
    const view = views.findIndex((one) => one.client === client);
    switch (fact) {
      case 'present':
        if (at >= 0) present.splice(at, 1);
        present.push({ client, instance, entry: textIn(detail, 'entry') });
        patience.changedAt = event.at;
        return undefined;
      case 'absent':
      case 'killed':
        if (at >= 0) present.splice(at, 1);
        if (view >= 0 && fact === 'killed') views.splice(view, 1);
        patience.changedAt = event.at;
        return undefined;
      case 'observes':
        if (view < 0) views.push({ client, instance, entries: null });
        return undefined;
      case 'sees':
        state.premises++;
        if (view >= 0) views[view]!.entries = textIn(detail, 'entries');
        return undefined;
      default:
        return undefined;
    }
  },
  finish({ patience, present, views }, end) {
    for (const { client, instance, entries } of views) {
      const there = present.filter((one) => one.instance === instance).map(({ entry }) => entry);
      const right = there.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).join(' ');
      if ((entries ?? '') === right) continue;
      const excuse = tooEarly(patience, end.at);
      if (excuse !== undefined) return { excused: excuse };
      return { violated: `${who(client)} sees "${entries ?? ''}" at ${instance}, where there is "${right}"` };
    }
    return undefined;
  },
};

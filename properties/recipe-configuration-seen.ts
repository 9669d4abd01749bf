import type { Property, PropertyState } from '../sim/property.ts';
import { entryOf, newPatience, numberIn, tooEarly, who, type Patience } from './recipe-facts.ts';

interface State extends PropertyState {
  readonly patience: Patience;
  /** By configuration: the latest that was published for certain, and the latest that somebody tried to publish. */
  readonly configurations: { readonly name: string; published: number; tried: number }[];
  /** What each subscriber has put into effect; 0: nothing yet. */
  readonly subscribers: { readonly client: number; readonly instance: string; version: number }[];
}

export const recipeConfigurationSeen: Property<State> = {
  name: 'recipe-configuration-seen',
  about:
    'A subscriber puts into effect what was published and never goes back, and in the end it has the latest. Excused' +
    ' from the last: no calm, a run that ends too early.',
  source: 'recipes.md, "Configuration"; zk-programmers.md, "Remember About Watches"',
  kind: 'eventually',
  subject: 'recipes',
  observes: ['recipe', 'calm'],
  start(setup) {
    return { premises: 0, patience: newPatience(setup.progressBound), configurations: [], subscribers: [] };
  },
  observe(state, event) {
    if (event.kind === 'calm') state.patience.calmAt = event.at;
    if (event.kind !== 'recipe') return undefined;
    const { client, instance: name, fact, detail } = event;
    const version = numberIn(detail, 'version');
    const { subscribers, patience } = state;
    const at = subscribers.findIndex((one) => one.client === client);
    switch (fact) {
      case 'publishes':
      case 'published': {
        const one = entryOf(state.configurations, name, () => ({ name, published: 0, tried: 0 }));
        one.tried = Math.max(one.tried, version);
        if (fact === 'published') one.published = Math.max(one.published, version);
        patience.changedAt = event.at;
        return undefined;
      }
      case 'subscribes':
        if (at < 0) subscribers.push({ client, instance: name, version: 0 });
        else subscribers[at]!.version = 0;
        return undefined;
      case 'killed':
        if (at >= 0) subscribers.splice(at, 1);
        return undefined;
      case 'applies':
        return at < 0 ? undefined : applied(state, subscribers[at]!, version);
      default:
        return undefined;
    }
  },
  finish({ patience, configurations, subscribers }, end) {
    for (const { client, instance, version } of subscribers) {
      const published = configurations.find(({ name }) => name === instance)?.published ?? 0;
      if (version >= published) continue;
      const excuse = tooEarly(patience, end.at);
      if (excuse !== undefined) return { excused: excuse };
      return {
        violated: `${who(client)} works with configuration ${version} of ${instance}, the latest is ${published}`,
      };
    }
    return undefined;
  },
};

function applied(state: State, subscriber: State['subscribers'][number], version: number): string | undefined {
  const { client, instance } = subscriber;
  const tried = state.configurations.find(({ name }) => name === instance)?.tried ?? 0;
  state.premises++;
  if (version > tried)
    return `${who(client)} put configuration ${version} of ${instance} into effect, which nobody published`;
  if (version < subscriber.version)
    return `${who(client)} went from configuration ${subscriber.version} back to ${version}`;
  subscriber.version = version;
  return undefined;
}

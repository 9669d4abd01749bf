import type { Property, PropertyState } from '../sim/property.ts';
import { formatZxid, type Zxid } from '../sim/zab/zxid.ts';
import { entryOf, numberIn, textIn, who } from './recipe-facts.ts';

interface State extends PropertyState {
  /** By resource: the latest lock under which it was used, alone and shared, and by whom. */
  readonly resources: { readonly name: string; alone: number; shared: number; client: number }[];
}

export const recipeMutualExclusion: Property<State> = {
  name: 'recipe-mutual-exclusion',
  about:
    'What a lock guards is never used under an older lock once it has been used under a younger one; two readers may' +
    ' come in any order.',
  source: 'recipes.md, "Locks"; Burrows, The Chubby lock service, OSDI 2006, 2.4 (sequencers); czxid of the lock node',
  kind: 'always',
  subject: 'recipes',
  observes: ['recipe'],
  start() {
    return { premises: 0, resources: [] };
  },
  observe(state, event) {
    if (event.kind !== 'recipe' || event.fact !== 'used' || typeof event.detail['lock'] !== 'number') return undefined;
    const { detail, client } = event;
    const name = textIn(detail, 'resource');
    const lock = numberIn(detail, 'lock');
    const shared = detail['shared'] === true;
    const resource = entryOf(state.resources, name, () => ({ name, alone: 0, shared: 0, client: 0 }));
    state.premises++;
    const youngest = shared ? resource.alone : Math.max(resource.alone, resource.shared);
    if (lock < youngest)
      return (
        `${who(client)} used ${name} under its lock ${zxid(lock)} after ${who(resource.client)} had used it` +
        ` under ${zxid(youngest)}`
      );
    if (shared) resource.shared = Math.max(resource.shared, lock);
    else resource.alone = lock;
    resource.client = client;
    return undefined;
  },
};

function zxid(value: number): string {
  return formatZxid(value as Zxid);
}

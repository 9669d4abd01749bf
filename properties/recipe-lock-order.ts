import type { Property, PropertyState } from '../sim/property.ts';
import { formatZxid, type Zxid } from '../sim/zab/zxid.ts';
import { numberIn, who } from './recipe-facts.ts';

/** A lock that was granted. `token`: czxid of its node; `zxid`: that of the list by which its owner knew; `released`: that of
 *  its deletion, 0 as long as nobody knows. */
interface Grant {
  readonly instance: string;
  readonly client: number;
  readonly token: number;
  readonly zxid: number;
  readonly shared: boolean;
  released: number;
}

interface State extends PropertyState {
  /** The latest, in the order in which they were told. */
  readonly grants: Grant[];
}

/** What is told later than this many grants is not compared any more. */
const KEPT = 256;

export const recipeLockOrder: Property<State> = {
  name: 'recipe-lock-order',
  about:
    'A lock is granted in the order in which its nodes were made, and to nobody whose predecessor still had its node;' +
    ' only readers hold it together.',
  source: 'recipes.md, "Locks" and "Shared Locks"; ZOOKEEPER-2931; zxids of the answers that the holders went by',
  kind: 'always',
  subject: 'recipes',
  observes: ['recipe'],
  start() {
    return { premises: 0, grants: [] };
  },
  observe(state, event) {
    if (event.kind !== 'recipe') return undefined;
    const { fact, client, instance, detail } = event;
    const token = numberIn(detail, 'token');
    const zxid = numberIn(detail, 'zxid');
    if (fact === 'released') {
      const grant = state.grants.find((one) => one.token === token && one.instance === instance);
      if (grant === undefined || zxid === 0) return undefined;
      grant.released = zxid;
      return firstWrong(state, grant);
    }
    if (fact !== 'acquired') return undefined;
    state.premises++;
    const grant = { instance, client, token, zxid, shared: detail['shared'] === true, released: 0 };
    state.grants.push(grant);
    if (state.grants.length > KEPT) state.grants.shift();
    return firstWrong(state, grant);
  },
};

function firstWrong({ grants }: State, grant: Grant): string | undefined {
  for (const other of grants) {
    if (other.instance !== grant.instance || other.token === grant.token || (other.shared && grant.shared)) continue;
    const [first, second] = other.token < grant.token ? [other, grant] : [grant, other];
    if (second.zxid <= first.zxid)
      return `${name(second)} had the lock at ${hex(second.zxid)}, before ${name(first)} had it at ${hex(first.zxid)}`;
    if (second.zxid < first.released)
      return `${name(second)} had the lock at ${hex(second.zxid)}, while ${name(first)} had it until ${hex(first.released)}`;
  }
  return undefined;
}

function name({ client, token }: Grant): string {
  return `${who(client)} with node ${hex(token)}`;
}

function hex(zxid: number): string {
  return formatZxid(zxid as Zxid);
}

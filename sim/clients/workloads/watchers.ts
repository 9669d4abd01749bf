import type { Random } from '../../random.ts';
import type { Operation } from '../../zookeeper/operations.ts';
import { childOf } from '../../zookeeper/paths.ts';
import { downTo, numberOf, persistent, programOf, roundOver } from './workload.ts';

/** Watches of all three one-shot kinds on a few znodes, which the same clients create, change and delete. */
interface Watchers {
  readonly path: string;
  readonly keys: number;
  /** Parts of a hundred: how many of the requests change something. */
  readonly writes: number;
  readonly client: number;
  round: number;
}

export const watchers = programOf<Watchers>({
  name: 'watchers',
  about: 'leaves watches on a few znodes, and changes them',
  begin: ({ client, instance, options }) => ({
    path: instance,
    keys: numberOf(options['keys'], 4),
    writes: numberOf(options['writes'], 50),
    client,
    round: 0,
  }),
  needs: ({ path }) => downTo(path),
  round(own, chance) {
    own.round++;
    return [{ kind: 'call', tag: 'request', operation: drawn(own, chance) }];
  },
  returned: () => roundOver(),
});

function drawn(own: Watchers, chance: Random): Operation {
  const path = childOf(own.path, `k${chance.below(own.keys)}`);
  const kind = chance.below(3);
  if (chance.below(100) < own.writes) {
    const data = `${own.client * 1_000_000 + own.round}`;
    if (kind === 0) return persistent(path, data);
    return kind === 1 ? { op: 'setData', path, data, version: -1 } : { op: 'delete', path, version: -1 };
  }
  if (kind === 0) return { op: 'exists', path, watch: true };
  return kind === 1 ? { op: 'getData', path, watch: true } : { op: 'getChildren', path: own.path, watch: true };
}

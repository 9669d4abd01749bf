import type { Random } from '../../random.ts';
import type { Operation } from '../../zookeeper/operations.ts';
import { childOf } from '../../zookeeper/paths.ts';
import { downTo, numberOf, programOf, roundOver } from './workload.ts';

/** Reads and writes of a few znodes, of which one takes most of them. */
interface HotKey {
  readonly path: string;
  readonly keys: number;
  /** Parts of a hundred: requests to the hot znode, and writes among all. */
  readonly share: number;
  readonly writes: number;
  readonly client: number;
  round: number;
}

export const hotKey = programOf<HotKey>({
  name: 'hot-key',
  about: 'reads and writes a few znodes, most often the same one',
  begin: ({ client, instance, options }) => ({
    path: instance,
    keys: numberOf(options['keys'], 4),
    share: numberOf(options['share'], 90),
    writes: numberOf(options['writes'], 50),
    client,
    round: 0,
  }),
  needs: (own) => [...downTo(own.path), ...Array.from({ length: own.keys }, (_, i) => keyOf(own, i))],
  round(own, chance) {
    own.round++;
    return [{ kind: 'call', tag: 'request', operation: drawn(own, chance) }];
  },
  returned: () => roundOver(),
});

/** The first is the hot one. */
function keyOf({ path }: HotKey, index: number): string {
  return childOf(path, `k${index}`);
}

function drawn(own: HotKey, chance: Random): Operation {
  const hot = chance.below(100) < own.share || own.keys === 1;
  const path = keyOf(own, hot ? 0 : 1 + chance.below(own.keys - 1));
  return chance.below(100) < own.writes
    ? { op: 'setData', path, data: `${own.client * 1_000_000 + own.round}`, version: -1 }
    : { op: 'getData', path, watch: false };
}

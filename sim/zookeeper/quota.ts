import { utf8Length } from './paths.ts';
import type { Znode } from './stat.ts';

/** Quotas: nodes below /zookeeper/quota that clients make, and that the tree itself keeps up to date. What is below P is
 *  bounded by /zookeeper/quota/P/zookeeper_limits and counted in .../zookeeper_stats.
 *  Source: Quotas.java, StatsTrack.java, DataTree.java#updateQuotaStat, ZooKeeperServer.java#checkQuota. */

export const QUOTA = '/zookeeper/quota';
export const LIMITS = 'zookeeper_limits';
export const STATS = 'zookeeper_stats';

/** Numbers by name. -1: not set. */
export type StatsTrack = ReadonlyMap<string, number>;

/** null: ZooKeeper would stumble over this text. */
export function parseStats(text: string | null): StatsTrack | null {
  if (text === null) return null;
  const stats = new Map<string, number>();
  if (text === '') return stats;
  const pairs = text.split(/[,;]+/);
  while (pairs.at(-1) === '') pairs.pop();
  for (const pair of pairs) {
    const [name = '', value] = pair.split('=');
    if (value === undefined || !/^([+-]?\d+)?$/.test(value)) return null;
    stats.set(name, value === '' ? -1 : Number(value));
  }
  return stats;
}

export function statOfTrack(stats: StatsTrack, name: string): number {
  return stats.get(name) ?? -1;
}

/** `count` and `bytes` come first, so that servers before 3.4 can read them. */
export function formatStats(stats: StatsTrack): string {
  const others = [...stats.keys()].filter((name) => name !== 'count' && name !== 'bytes').sort(byText);
  const head = `count=${statOfTrack(stats, 'count')},bytes=${statOfTrack(stats, 'bytes')}`;
  return others.length === 0 ? head : `${head}=${others.map((name) => `;${name}=${stats.get(name)!}`).join('')}`;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The node with other counts: its data changes without a transaction of its own, so that its Stat's zxids and version stay.
 *  null: it cannot be read as counts. */
export function withCounts(
  node: Znode,
  change: { readonly count: number; readonly bytes: number },
  absolute: boolean,
): Znode | null {
  const before = absolute ? new Map<string, number>() : parseStats(node.data);
  if (before === null) return null;
  const after = new Map(before);
  const base = (name: string): number => (absolute ? 0 : statOfTrack(before, name));
  after.set('count', base('count') + change.count);
  after.set('bytes', base('bytes') + change.bytes);
  const data = formatStats(after);
  return { ...node, data, dataLength: utf8Length(data) };
}

/** The part of a path below /zookeeper/quota that names what is bounded. */
export function boundedPath(parentOfLimits: string): string {
  return parentOfLimits.slice(QUOTA.length);
}

/** True if a change is refused: only where limits are hard. Source: ZooKeeperServer.java#checkQuota. */
export function exceeds(
  limits: StatsTrack,
  stats: StatsTrack,
  change: { readonly count: number; readonly bytes: number },
): boolean {
  const countLimit = statOfTrack(limits, 'countHardLimit');
  if (change.count !== 0 && countLimit > -1 && statOfTrack(stats, 'count') + change.count > countLimit) return true;
  const byteLimit = statOfTrack(limits, 'byteHardLimit');
  return change.bytes !== 0 && byteLimit > -1 && statOfTrack(stats, 'bytes') + change.bytes > byteLimit;
}

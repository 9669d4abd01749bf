import { names, tellFault, undoAfter } from './faults.ts';
import { landed } from './landing.ts';
import type { Cut, Endpoint } from './network.ts';
import type { Action, Who } from './scenario.ts';
import { SECOND, type Micros } from './time.ts';
import { leaderOf, resolve } from './timeline.ts';
import type { Emit } from './trace.ts';
import { drawNotices, releaseStalled } from './wires.ts';
import type { Plane } from './zab/effects.ts';
import type { ServerId } from './zab/sets.ts';
import type { World } from './world-state.ts';

/** Faults of links: cuts, partitions, clogs, slow links, resets; and how each of them ends. */

type Of<K extends Action['kind']> = Extract<Action, { kind: K }>;

const SERVER_PLANES: readonly Plane[] = ['election', 'quorum'];

export function onNetwork(
  world: World,
  action: Of<'partition' | 'isolate' | 'cut' | 'heal' | 'clog' | 'swizzle' | 'slowLink' | 'reset'>,
  emit: Emit,
): void {
  switch (action.kind) {
    case 'partition':
      partition(
        world,
        action.groups.map((group) => group.flatMap((who) => resolve(world, who))),
        emit,
      );
      return;
    case 'isolate':
      isolate(
        world,
        action.servers.flatMap((who) => resolve(world, who)),
        'isolate',
        emit,
      );
      return;
    case 'cut': {
      const pairs = pairsOf(world, action.pairs, action.oneWay);
      tellFault(world, 'cut', `cut ${arrows(pairs)}`, emit);
      for (const [from, to] of pairs) cut(world, 'cut', from, to, action.planes);
      return;
    }
    case 'heal':
      heal(world, action.pairs === null ? null : pairsOf(world, action.pairs, false), emit);
      return;
    case 'clog': {
      const pairs = pairsOf(world, action.pairs, action.oneWay);
      tellFault(world, 'clog', `clog ${arrows(pairs)} for ${action.duration / SECOND} s`, emit);
      for (const [from, to] of pairs) cutFor(world, 'clog', from, to, action.duration);
      return;
    }
    case 'swizzle':
      swizzle(world, action.duration, emit);
      return;
    case 'slowLink': {
      const pairs = pairsOf(world, action.pairs, false);
      tellFault(world, 'slowLink', `slow ${arrows(pairs)}`, emit);
      world.network.slow = world.network.slow.filter(({ until }) => until > world.now);
      for (const [from, to] of pairs)
        world.network.slow.push({ from, to, extra: action.extra, until: world.now + action.duration });
      if (pairs.some(([from, to]) => isJoined(world, from, to))) landed(world, 0, 'slowLink', emit);
      return;
    }
    case 'reset':
      reset(world, pairsOf(world, action.pairs, true), action.noticed, emit);
      return;
  }
}

function isJoined(world: World, from: ServerId, to: ServerId): boolean {
  for (const { ends, open } of world.network.connections.values())
    if (open[0] && open[1] && ends.includes(from) && ends.includes(to)) return true;
  return false;
}

function pairsOf(world: World, pairs: readonly (readonly [Who, Who])[], oneWay: boolean): [ServerId, ServerId][] {
  const made: [ServerId, ServerId][] = [];
  for (const [a, b] of pairs)
    for (const from of resolve(world, a))
      for (const to of resolve(world, b)) {
        if (from === to) continue;
        made.push([from, to]);
        if (!oneWay) made.push([to, from]);
      }
  return made;
}

function arrows(pairs: readonly [ServerId, ServerId][]): string {
  return pairs.map(([from, to]) => `S${from}→S${to}`).join(', ') || 'nothing';
}

/** Servers in different groups cannot reach one another; a server that is named in no group stands alone. */
function partition(world: World, groups: readonly (readonly ServerId[])[], emit: Emit): void {
  const groupOf = new Map<ServerId, number>();
  groups.forEach((group, i) => group.forEach((id) => groupOf.set(id, i)));
  tellFault(world, 'partition', `partition ${groups.map((group) => `{${group.join(', ')}}`).join(' ')}`, emit);
  for (const from of world.scenario.servers)
    for (const to of world.scenario.servers) {
      const together = groupOf.has(from) && groupOf.get(from) === groupOf.get(to);
      if (from !== to && !together) cut(world, 'partition', from, to, SERVER_PLANES);
    }
}

export function isolate(world: World, ids: readonly ServerId[], fault: string, emit: Emit): void {
  tellFault(world, fault, `isolate ${names(ids)}`, emit);
  for (const id of ids)
    for (const peer of world.scenario.servers) {
      if (peer === id) continue;
      cut(world, fault, id, peer, SERVER_PLANES);
      cut(world, fault, peer, id, SERVER_PLANES);
    }
}

export function cut(world: World, fault: string, from: Endpoint, to: Endpoint, planes: readonly Plane[]): void {
  world.network.cuts.push({ fault, from, to, planes, since: world.now, landed: false });
}

export function cutFor(world: World, fault: string, from: Endpoint, to: Endpoint, duration: Micros): void {
  cut(world, fault, from, to, SERVER_PLANES);
  undoAfter(world, duration, { kind: 'uncut', fault, from, to, since: world.now });
}

export function heal(world: World, pairs: readonly [ServerId, ServerId][] | null, emit: Emit): void {
  const gone = world.network.cuts.filter(
    ({ from, to }) => pairs === null || pairs.some(([a, b]) => a === from && b === to),
  );
  release(world, gone, emit);
}

/** Takes cuts away, and tells of each fault of which nothing is left. */
export function release(world: World, gone: readonly Cut[], emit: Emit): void {
  const rest = world.network.cuts.filter((one) => !gone.includes(one));
  world.network.cuts = rest;
  const over = new Set<string>();
  for (const one of gone) {
    releaseStalled(world, one);
    if (!rest.some(({ fault, since }) => fault === one.fault && since === one.since)) over.add(one.fault);
  }
  for (const fault of over) tellMended(world, `${fault} is over`, emit);
}

export function tellMended(world: World, what: string, emit: Emit): void {
  emit({ at: world.now, server: 0, kind: 'mended', what });
}

/** Each server joins with odds of a half; its links are clogged from a moment in the first half of the time to one in the
 *  second half, drawn apart, so that they stop in one order and go on in another. With odds of a half the leader joins and
 *  is the last to thaw. Source: FoundationDB's RandomClogging, adapted. */
export function swizzle(world: World, duration: Micros, emit: Emit): void {
  const half = Math.floor(duration / 2);
  const leader = leaderOf(world);
  const last = leader !== 0 && world.fate.chance(500_000) ? leader : 0;
  const joined = world.scenario.servers.filter((id) => id === last || world.fate.chance(500_000));
  tellFault(world, 'swizzle', `swizzle-clog ${names(joined)}`, emit);
  for (const id of joined) {
    const from = world.fate.below(half + 1);
    const until = id === last ? duration : half + world.fate.below(half);
    world.queue.push(world.now + from, { kind: 'clogAll', server: id, duration: until - from });
    const pairs = world.scenario.servers.filter((peer) => peer !== id).map((peer) => [id, peer] as const);
    world.struck?.push({
      moment: { kind: 'at', at: world.now + from },
      label: null,
      action: { kind: 'clog', pairs, oneWay: false, duration: until - from },
    });
  }
}

export function clogAll(world: World, id: ServerId, duration: Micros): void {
  for (const peer of world.scenario.servers) {
    if (peer === id) continue;
    cutFor(world, 'swizzle', id, peer, duration);
    cutFor(world, 'swizzle', peer, id, duration);
  }
}

export function reset(
  world: World,
  pairs: readonly [ServerId, ServerId][],
  noticed: 'both' | 'first' | 'second' | 'drawn',
  emit: Emit,
): void {
  tellFault(world, 'reset', `reset ${arrows(pairs)}`, emit);
  for (const [a, b] of pairs)
    for (const connection of world.network.connections.values()) {
      const first =
        connection.ends[0] === a && connection.ends[1] === b
          ? 0
          : connection.ends[0] === b && connection.ends[1] === a
            ? 1
            : -1;
      if (first < 0 || !connection.open[0] || !connection.open[1]) continue;
      landed(world, a, 'reset', emit);
      const drawn = drawNotices(world, a, b);
      const [x, y] = noticed === 'drawn' ? drawn : [drawn[0] ?? 0, drawn[1] ?? 0];
      const ofFirst = noticed === 'second' ? null : x;
      const ofSecond = noticed === 'first' ? null : y;
      const notices: [Micros | null, Micros | null] = first === 0 ? [ofFirst, ofSecond] : [ofSecond, ofFirst];
      world.queue.push(world.now, { kind: 'reset', connection: connection.id, notices, why: 'connection reset' });
    }
}

import { DEFAULT_MODELS, defaultSettings } from '../defaults.ts';
import type { Action, Draw, End, Scenario, Step, Who } from '../scenario.ts';
import type { Range } from '../time.ts';
import type { Settings } from '../zab/config.ts';
import type { QuorumVerifier } from '../zab/quorum.ts';
import { members, setOf, type ServerId, type ServerSet } from '../zab/sets.ts';
import { roundTime, UNITS } from './round-time.ts';
import type { Shrinker } from './shrinker.ts';

/** Shrinking the ensemble and its world: fewer servers, numbered from 1, with ZooKeeper's settings and plain physics. */

/** Physics without mishaps, and the usual ones where that goes. */
export function plainModels(shrinker: Shrinker): void {
  if (shrinker.attempt({ ...DEFAULT_MODELS, clocks: [] })) return;
  const { network, disk } = shrinker.scenario;
  const quiet = { spikePpm: 0, lossPpm: 0, resetPpm: 0, duplicatePpm: 0 };
  if (!shrinker.attempt({ network: { ...network, ...quiet } }))
    for (const key of ['spikePpm', 'lossPpm', 'resetPpm', 'duplicatePpm'] as const)
      shrinker.attempt({ network: { ...shrinker.scenario.network, [key]: 0 } });
  shrinker.attempt({ disk: { ...disk, spikePpm: 0, failPpm: 0 } });
  shrinker.attempt({ disk: { ...shrinker.scenario.disk, own: [] } });
  shrinker.attempt({ clocks: [] });
  shrinker.attempt({ network: DEFAULT_MODELS.network });
  shrinker.attempt({ disk: DEFAULT_MODELS.disk });
  shrinker.attempt({ processes: DEFAULT_MODELS.processes });
  const { network: now } = shrinker.scenario;
  const usual = DEFAULT_MODELS.network;
  for (const part of [{ latency: usual.latency }, { spike: usual.spike }, { retransmit: usual.retransmit }])
    shrinker.attempt({ network: { ...now, ...part } });
}

/** Ranges of which only one end counts, or none, in round numbers. */
export function roundModels(shrinker: Shrinker): void {
  const usual = DEFAULT_MODELS;
  const { network, disk } = shrinker.scenario;
  // Where there are no mishaps, nobody asks how long they last.
  shrinker.attempt({
    network: {
      ...network,
      spike: network.spikePpm === 0 ? usual.network.spike : network.spike,
      retransmit: network.lossPpm === 0 ? usual.network.retransmit : network.retransmit,
    },
    disk: { ...disk, spike: disk.spikePpm === 0 ? usual.disk.spike : disk.spike },
  });
  const each: readonly ((change: (range: Range) => Range) => Partial<Scenario>)[] = [
    (change) => ({ network: { ...shrinker.scenario.network, latency: change(shrinker.scenario.network.latency) } }),
    (change) => ({ disk: { ...shrinker.scenario.disk, sync: change(shrinker.scenario.disk.sync) } }),
    (change) => ({
      processes: { ...shrinker.scenario.processes, startup: change(shrinker.scenario.processes.startup) },
    }),
    (change) => ({
      processes: { ...shrinker.scenario.processes, thread: change(shrinker.scenario.processes.thread) },
    }),
  ];
  const usualRanges = [usual.network.latency, usual.disk.sync, usual.processes.startup, usual.processes.thread];
  each.forEach((model, index) => {
    const now = rangeOf(model);
    if (now[0] === usualRanges[index]![0] && now[1] === usualRanges[index]![1]) return;
    if (shrinker.attempt(model(() => usualRanges[index]!))) return;
    if (now[0] !== now[1]) shrinker.attempt(model(([least]) => [least, least]));
    for (const unit of UNITS)
      if (shrinker.attempt(model(([low, high]) => [roundTime(low, unit), roundTime(high, unit)]))) return;
  });
}

function rangeOf(model: (change: (range: Range) => Range) => Partial<Scenario>): Range {
  let found: Range = [0, 0];
  model((range) => {
    found = range;
    return range;
  });
  return found;
}

/** Each setting as ZooKeeper has it; session bounds follow the tick. */
export function plainSettings(shrinker: Shrinker): void {
  const usual = defaultSettings();
  if (shrinker.attempt({ settings: usual })) return;
  for (const key of Object.keys(usual) as (keyof Settings)[]) {
    const { settings } = shrinker.scenario;
    const { minSessionTimeout, maxSessionTimeout } = usual;
    if (key === 'minSessionTimeout' || key === 'maxSessionTimeout') {
      const following = defaultSettings(settings.tickTime)[key];
      if (settings[key] !== following) shrinker.attempt({ settings: { ...settings, [key]: following } });
    } else if (key === 'tickTime' && settings.tickTime !== usual.tickTime)
      shrinker.attempt({ settings: { ...settings, tickTime: usual.tickTime, minSessionTimeout, maxSessionTimeout } });
    else if (settings[key] !== usual[key]) shrinker.attempt({ settings: { ...settings, [key]: usual[key] } });
  }
}

/** Without one server after the other, the highest id first, then numbered from 1. */
export function fewerServers(shrinker: Shrinker): void {
  for (const id of [...shrinker.scenario.servers].reverse()) {
    if (shrinker.scenario.servers.length <= 1) break;
    const fewer = mapServers(shrinker.scenario, (one) => (one === id ? null : one));
    if (fewer !== null) shrinker.attempt(fewer);
  }
  const ids = shrinker.scenario.servers;
  const renumbered = mapServers(shrinker.scenario, (id) => ids.indexOf(id) + 1);
  if (renumbered !== null) shrinker.attempt(renumbered);
  const { verifier } = shrinker.scenario;
  if (verifier.kind === 'hierarchical') shrinker.attempt({ verifier: { kind: 'majority', voters: verifier.voters } });
}

/** The scenario with each server under another id, or gone; null if there is nobody left to vote. Order is kept, since ids
 *  decide elections. Steps about servers that are gone are gone too. */
export function mapServers(scenario: Scenario, to: (id: ServerId) => ServerId | null): Scenario | null {
  const ids = (some: readonly ServerId[]): ServerId[] => some.map(to).filter((id) => id !== null);
  const set = (some: ServerSet): ServerSet => setOf(ids(members(some)));
  const voters = set(scenario.verifier.voters);
  if (voters === 0) return null;
  const verifier = mapVerifier(scenario.verifier, voters, to);
  if (verifier === null) return null;
  const { schedule } = scenario;
  return {
    ...scenario,
    servers: ids(scenario.servers),
    verifier,
    observers: set(scenario.observers),
    disk: {
      ...scenario.disk,
      own: scenario.disk.own.flatMap((own) => ids([own.server]).map((server) => ({ ...own, server }))),
    },
    clocks: scenario.clocks.flatMap((clock) => ids([clock.server]).map((server) => ({ ...clock, server }))),
    clients: scenario.clients.map((client) =>
      client.server === 'any' ? client : { ...client, server: to(client.server) ?? 'any' },
    ),
    timeline: scenario.timeline.flatMap((step) => mapStep(step, to)),
    schedule:
      schedule.kind === 'calm'
        ? { kind: 'calm', except: schedule.except.flatMap((draw) => mapDraw(draw, to)) }
        : schedule,
  };
}

function mapVerifier(
  verifier: QuorumVerifier,
  voters: ServerSet,
  to: (id: ServerId) => ServerId | null,
): QuorumVerifier | null {
  if (verifier.kind !== 'hierarchical') return { kind: 'majority', voters };
  const groups = verifier.groups
    .map(({ weights }) =>
      weights.flatMap(([id, weight]): [ServerId, number][] => {
        const mapped = to(id);
        return mapped === null ? [] : [[mapped, weight]];
      }),
    )
    .filter((weights) => weights.length > 0);
  if (groups.every((weights) => weights.every(([, weight]) => weight === 0))) return null;
  return {
    kind: 'hierarchical',
    voters,
    groups: groups.map((weights) => ({ members: setOf(weights.map(([id]) => id)), weights })),
  };
}

function mapDraw(draw: Draw, to: (id: ServerId) => ServerId | null): Draw[] {
  const end = (id: number): number | null => (id < 0 ? id : to(id));
  switch (draw.stream) {
    case 'latency':
    case 'mishap': {
      const [a, b] = [end(draw.a), end(draw.b)];
      return a === null || b === null ? [] : [{ ...draw, a, b }];
    }
    case 'disk':
    case 'thread':
    case 'startup': {
      const a = to(draw.a);
      return a === null ? [] : [{ ...draw, a }];
    }
    default:
      return [draw];
  }
}

function mapStep(step: Step, to: (id: ServerId) => ServerId | null): Step[] {
  const who = (one: Who): Who | null => (typeof one === 'number' ? to(one) : one);
  const { moment, label } = step;
  const action = mapAction(step.action, who);
  if (action === null) return [];
  if (moment.kind === 'at') return [{ moment, label, action }];
  const server = moment.when.server === null ? null : who(moment.when.server);
  const peer = moment.when.peer === null ? null : who(moment.when.peer);
  // Nothing of a server that is gone will ever be seen.
  if ((server === null) !== (moment.when.server === null) || (peer === null) !== (moment.when.peer === null)) return [];
  return [{ moment: { ...moment, when: { ...moment.when, server, peer } }, label, action }];
}

function mapAction(action: Action, who: (one: Who) => Who | null): Action | null {
  if ('servers' in action) {
    const servers = action.servers.map(who).filter((one) => one !== null);
    return servers.length === 0 ? null : { ...action, servers };
  }
  if ('pairs' in action) {
    if (action.pairs === null) return action;
    const pairs = action.pairs.flatMap(([a, b]): [Who, Who][] => {
      const [from, to] = [who(a), who(b)];
      return from === null || to === null ? [] : [[from, to]];
    });
    return pairs.length === 0 ? null : { ...action, pairs };
  }
  if (action.kind === 'partition') {
    const groups = action.groups
      .map((group) => group.map(who).filter((one) => one !== null))
      .filter(({ length }) => length > 0);
    return groups.length < 2 ? null : { ...action, groups };
  }
  if (action.kind === 'dropMessage' || action.kind === 'delayMessage') {
    const end = (one: End): End | null => (typeof one === 'object' ? one : who(one));
    const [from, to] = [end(action.from), end(action.to)];
    return from === null || to === null ? null : { ...action, from, to };
  }
  if ('server' in action) return { ...action, server: action.server === null ? null : who(action.server) };
  return action;
}

import { unreachable } from './assert.ts';
import type { Condition, Moment, Step, Who } from './scenario.ts';
import type { Emit, TraceEvent, TraceKind } from './trace.ts';
import { viewServer } from './zab/server.ts';
import type { ServerId } from './zab/sets.ts';
import { epochOf, type Zxid } from './zab/zxid.ts';
import type { World } from './world-state.ts';

/** The timeline of a scenario: steps that wait for a time, and steps that wait for something to happen in the trace. */
export interface Timeline {
  readonly steps: readonly Step[];
  /** Steps that wait for the trace, by the kind of event they look at. */
  readonly watchers: Map<TraceKind, Watcher[]>;
  /** Steps whose moment has come within the event that is being applied. */
  readonly due: { readonly step: number; readonly delay: number }[];
  /** Labels of the steps that were taken. */
  readonly taken: Set<string>;
  /** Zxids of client writes, in the order in which they were first proposed. */
  readonly writes: Zxid[];
  /** Leaders in the order in which their epochs were established. */
  readonly leaders: ServerId[];
}

interface Watcher {
  readonly step: number;
  readonly moment: Moment & { kind: 'when' };
  seen: number;
  done: boolean;
}

export function newTimeline(steps: readonly Step[]): Timeline {
  const watchers = new Map<TraceKind, Watcher[]>();
  steps.forEach(({ moment }, step) => {
    if (moment.kind !== 'when') return;
    const list = watchers.get(moment.when.event) ?? [];
    list.push({ step, moment, seen: 0, done: false });
    watchers.set(moment.when.event, list);
  });
  return { steps, watchers, due: [], taken: new Set(), writes: [], leaders: [] };
}

/** Wraps the receiver of the trace: every event passes on, is counted, and may bring a step of the timeline. All drivers
 *  give `applyEvent` an `emit` that was made here. */
export function listen(world: World, emit: Emit): Emit {
  const { timeline } = world;
  return (event) => {
    world.traced++;
    if (event.kind === 'established') timeline.leaders.push(event.server);
    else if (event.kind === 'proposed' && event.txn.body.kind === 'write') noteWrite(timeline, event.txn.zxid);
    emit(event);
    if (timeline.watchers.size === 0) return;
    const watchers = timeline.watchers.get(event.kind);
    if (watchers !== undefined) for (const watcher of watchers) watch(world, watcher, event);
  };
}

function noteWrite(timeline: Timeline, zxid: Zxid): void {
  // Only what a `write: n` may still ask for is kept.
  const { writes } = timeline;
  if (timeline.watchers.size === 0 || writes.length >= 10_000) return;
  const last = writes[writes.length - 1] ?? 0;
  if (zxid > last || !writes.includes(zxid)) writes.push(zxid);
}

function watch(world: World, watcher: Watcher, event: TraceEvent): void {
  const { when, delay } = watcher.moment;
  if (watcher.done || (when.after !== null && !world.timeline.taken.has(when.after))) return;
  if (!fits(world, when, event)) return;
  watcher.seen++;
  if (watcher.seen < when.nth) return;
  watcher.done = true;
  world.timeline.due.push({ step: watcher.step, delay });
}

/** True if the event is one that the condition describes; its count and label are the caller's. */
export function fits(world: World, when: Condition, event: TraceEvent): boolean {
  if (event.kind !== when.event) return false;
  if (when.server !== null && !isWho(world, when.server, event.server)) return false;
  if (when.peer !== null && !isWho(world, when.peer, peerOf(event))) return false;
  if (when.message !== null && (!('message' in event) || event.message.kind !== when.message)) return false;
  if (when.epoch !== null && epochIn(event) !== when.epoch) return false;
  if (when.zxid !== null && !zxidsIn(event).includes(when.zxid as Zxid)) return false;
  if (when.write !== null) {
    const zxid = world.timeline.writes[when.write - 1];
    if (zxid === undefined || !zxidsIn(event).includes(zxid)) return false;
  }
  if (
    when.state !== null &&
    !('state' in event && event.state === when.state) &&
    !('role' in event && event.role === when.state)
  )
    return false;
  if (when.client !== undefined) {
    const index = world.scenario.clients.findIndex(({ name }) => name === when.client);
    if (!('client' in event) || event.client !== index + 1) return false;
  }
  if (when.fact !== undefined && !('fact' in event && event.fact === when.fact)) return false;
  return when.phase === null || ('phase' in event && event.phase === when.phase);
}

function peerOf(event: TraceEvent): ServerId {
  if ('peer' in event) return event.peer;
  if ('learner' in event) return event.learner;
  if ('from' in event) return event.from;
  if ('leader' in event) return event.leader;
  return 'against' in event ? event.against : 0;
}

function epochIn(event: TraceEvent): number {
  if ('epoch' in event) return event.epoch;
  const [zxid] = zxidsIn(event);
  return zxid === undefined ? -1 : epochOf(zxid);
}

function zxidsIn(event: TraceEvent): readonly Zxid[] {
  switch (event.kind) {
    case 'logged':
      return event.txns.map((txn) => txn.zxid);
    case 'sent':
    case 'received':
    case 'lost':
      if ('txn' in event.message) return [event.message.txn.zxid];
      return 'zxid' in event.message ? [event.message.zxid] : [];
    default:
      if ('txn' in event) return [event.txn.zxid];
      return 'zxid' in event ? [event.zxid] : 'lastZxid' in event ? [event.lastZxid] : [];
  }
}

// ── who is meant

/** The servers a word stands for at this moment, ascending; none when nobody fits. */
export function resolve(world: World, who: Who): ServerId[] {
  if (typeof who === 'number') return [who];
  const { servers } = world.scenario;
  switch (who) {
    case 'leader': {
      const leader = leaderOf(world);
      return leader === 0 ? [] : [leader];
    }
    case 'oldLeader': {
      const { leaders } = world.timeline;
      const latest = leaders[leaders.length - 1];
      for (let i = leaders.length - 2; i >= 0; i--) if (leaders[i] !== latest) return [leaders[i]!];
      return [];
    }
    case 'follower':
      return servers.filter((id) => stateOf(world, id) === 'FOLLOWING').slice(0, 1);
    case 'observer':
      return servers.filter((id) => stateOf(world, id) === 'OBSERVING').slice(0, 1);
    case 'any':
      return servers.slice(0, 1);
    default:
      return unreachable(who);
  }
}

/** The server that leads in the highest epoch, serving or not; 0 when there is none. */
export function leaderOf(world: World): ServerId {
  let leader = 0;
  let epoch = -2;
  for (const id of world.scenario.servers) {
    const server = world.hosts[id]?.server;
    if (server === null || server === undefined || server.state !== 'LEADING') continue;
    const view = viewServer(server);
    if (view.epoch > epoch) [leader, epoch] = [id, view.epoch];
  }
  return leader;
}

function isWho(world: World, who: Who, id: ServerId): boolean {
  if (typeof who === 'number') return who === id;
  if (who === 'any') return id > 0;
  if (who === 'leader' || who === 'oldLeader')
    return resolve(world, who).includes(id) || (who === 'leader' && stateOf(world, id) === 'LEADING');
  return stateOf(world, id) === (who === 'follower' ? 'FOLLOWING' : 'OBSERVING');
}

function stateOf(world: World, id: ServerId): string {
  return world.hosts[id]?.server?.state ?? 'DOWN';
}

export function cloneTimeline(timeline: Timeline): Timeline {
  const watchers = new Map<TraceKind, Watcher[]>();
  for (const [kind, list] of timeline.watchers)
    watchers.set(
      kind,
      list.map((watcher) => ({ ...watcher })),
    );
  return {
    steps: timeline.steps,
    watchers,
    due: timeline.due.slice(),
    taken: new Set(timeline.taken),
    writes: timeline.writes.slice(),
    leaders: timeline.leaders.slice(),
  };
}

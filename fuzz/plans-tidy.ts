import type { Action, Step, Who } from '../sim/scenario.ts';
import type { Micros } from '../sim/time.ts';
import type { ServerId } from '../sim/zab/sets.ts';

type Status = 'up' | 'paused' | 'down';
type OnProcesses = Extract<Action, { kind: 'start' | 'kill' | 'stop' | 'crash' | 'pause' | 'resume' }>;

/** Leaves out what certainly does nothing: a start of a server that runs, a resume of one that no step has paused, a
 *  fault after the calm. Plans are read by people, and the reader of scenario files refuses such steps. What a step
 *  by role, or on an event of the trace, may have done to a server is not known beforehand: its steps stay. */
export function withoutIdleSteps(timeline: readonly Step[], servers: readonly ServerId[], calmAt: Micros): Step[] {
  const before = timeline.filter(
    ({ moment, action }) => moment.kind === 'when' || moment.at < calmAt || action.kind === 'write',
  );
  const about = inOrder(before.filter(({ action }) => isOnProcesses(action)));
  const idle = new Map<Step, ServerId[]>();
  for (const id of servers) for (const step of idleSteps(about, id)) idle.set(step, [...(idle.get(step) ?? []), id]);
  if (idle.size === 0) return before;
  return before.flatMap((step) => {
    const without = idle.get(step);
    if (without === undefined || !isOnProcesses(step.action)) return [step];
    const rest = step.action.servers.filter((who) => typeof who !== 'number' || !without.includes(who));
    return rest.length === 0 ? [] : [{ ...step, action: { ...step.action, servers: rest } }];
  });
}

/** Steps that certainly have no effect on that server, of those about processes, which come in the order of their
 *  times. Those with a label stay: others may wait for them. */
function idleSteps(about: readonly Step[], id: ServerId): Step[] {
  const mine = about.filter(({ action }) => isOnProcesses(action) && action.servers.some((who) => mayMean(who, id)));
  const certain = mine.every(({ moment, action }) => moment.kind === 'at' && !byRole(action));
  if (!certain) {
    const pausable = mine.some(({ action }) => action.kind === 'pause');
    return pausable ? [] : mine.filter(({ action }) => action.kind === 'resume');
  }
  let status: Status = 'down';
  const idle: Step[] = [];
  for (const step of mine) {
    const after = statusAfter(step.action.kind, status);
    if (after === null && step.label === null) idle.push(step);
    status = after ?? status;
  }
  return idle;
}

const ON_PROCESSES: ReadonlySet<Action['kind']> = new Set<OnProcesses['kind']>([
  'start',
  'kill',
  'stop',
  'crash',
  'pause',
  'resume',
]);

function isOnProcesses(action: Action): action is OnProcesses {
  return ON_PROCESSES.has(action.kind);
}

function byRole(action: Action): boolean {
  return isOnProcesses(action) && action.servers.some((who) => typeof who !== 'number');
}

function mayMean(who: Who, id: ServerId): boolean {
  return typeof who !== 'number' || who === id;
}

function inOrder(steps: readonly Step[]): Step[] {
  const at = ({ moment }: Step): Micros => (moment.kind === 'at' ? moment.at : 0);
  return [...steps].sort((a, b) => at(a) - at(b));
}

/** null: nothing happens. */
function statusAfter(action: Action['kind'], status: Status): Status | null {
  switch (action) {
    case 'start':
      return status === 'down' ? 'up' : null;
    case 'pause':
      return status === 'up' ? 'paused' : null;
    case 'resume':
      return status === 'paused' ? 'up' : null;
    default:
      return status === 'down' ? null : 'down';
  }
}

import { usualClient } from '../defaults.ts';
import type { Action, ClientModel, Draw, Scenario, Step } from '../scenario.ts';
import type { TraceEvent } from '../trace.ts';
import { ddmin } from './ddmin.ts';
import { runPlan } from './run-plan.ts';
import { fewerSteps } from './shrink-timeline.ts';
import type { Shrinker } from './shrinker.ts';

/** Shrinking the workload: fewer requests, then requests as steps of the timeline, fewer clients, plain keys and values. */

function attemptClient(shrinker: Shrinker, index: number, change: Partial<ClientModel>): boolean {
  const clients = shrinker.scenario.clients.map((client, at) => (at === index ? { ...client, ...change } : client));
  return shrinker.attempt({ clients });
}

/** Fewer requests of the clients' own: none, or half as many, over and over. */
export function fewerOperations(shrinker: Shrinker): void {
  const idle = shrinker.scenario.clients.map((client) => ({ ...client, operations: 0 }));
  if (shrinker.attempt({ clients: idle })) return;
  shrinker.scenario.clients.forEach((_, index) => {
    if (attemptClient(shrinker, index, { operations: 0 })) return;
    for (;;) {
      const { operations } = shrinker.scenario.clients[index]!;
      if (operations <= 1 || !attemptClient(shrinker, index, { operations: Math.floor(operations / 2) })) return;
    }
  });
}

/** A workload longer than this stays one. */
const MOST_CALLS = 200;

/** What the clients asked for of themselves, as steps of the timeline. */
export function fewerCalls(shrinker: Shrinker): void {
  const { clients, timeline } = shrinker.scenario;
  const working = clients.map(
    (client) => client.operations > 0 && !timeline.some((step) => isCallOf(step, client.name)),
  );
  if (!working.includes(true)) return;
  const asked: (TraceEvent & { kind: 'invoked' })[] = [];
  runPlan(shrinker.plan, {
    properties: [],
    keep: (event) => {
      if (event.kind !== 'invoked' || event.at > shrinker.failure.violation.at) return;
      if (working[event.client - 1] === true) asked.push(event);
    },
  });
  if (asked.length > MOST_CALLS) return;
  const steps = asked.flatMap((event): Step[] => {
    const action = stepOf(event, clients[event.client - 1]!);
    return action === null ? [] : [{ moment: { kind: 'at', at: event.at }, label: null, action }];
  });
  const idle = clients.map((client, index) => (working[index] === true ? { ...client, operations: 0 } : client));
  if (shrinker.attempt({ clients: idle, timeline: [...timeline, ...steps] })) fewerSteps(shrinker);
}

type CallStep = Extract<Action, { key: string }>;

/** null: what the timeline cannot ask for as it was. */
function stepOf(event: TraceEvent & { kind: 'invoked' }, client: ClientModel): Action | null {
  const { op, key, value, operation } = event;
  if (op === 'auth') return null;
  const asks = { client: client.name, server: null, times: 1 } as const;
  if (operation === null) return { kind: STEPS[op], key, value, ...asks };
  return (client.chroot ?? '') === '' ? { kind: 'request', operation, ...asks } : null;
}

const STEPS: Readonly<Record<Exclude<(TraceEvent & { kind: 'invoked' })['op'], 'auth'>, CallStep['kind']>> = {
  write: 'write',
  read: 'read',
  sync: 'sync',
  createSession: 'openSession',
  closeSession: 'closeSession',
  error: 'failingWrite',
};

function isCallOf({ action }: Step, name: string): boolean {
  return 'client' in action && action.client === name;
}

/** Without clients that do nothing, and with the calls of one made by another. */
export function fewerClients(shrinker: Shrinker): void {
  const { clients, timeline } = shrinker.scenario;
  const needed = clients.filter(
    ({ name, operations }) => operations > 0 || timeline.some((step) => isCallOf(step, name)),
  );
  if (needed.length < clients.length) {
    const idle = clients.filter((client) => !needed.includes(client));
    ddmin(idle, (rest) => shrinker.attempt(withClients(shrinker.scenario, [...needed, ...rest])));
  }
  for (let index = shrinker.scenario.clients.length - 1; index > 0; index--) {
    const now = shrinker.scenario.clients;
    const [from, to] = [now[index], now[0]];
    if (from === undefined || to === undefined || from.operations > 0) continue;
    const moved = shrinker.scenario.timeline.map((step): Step =>
      'client' in step.action && step.action.client === from.name
        ? { ...step, action: { ...step.action, client: to.name } }
        : step,
    );
    shrinker.attempt(
      withClients(
        { ...shrinker.scenario, timeline: moved },
        now.filter((client) => client !== from),
      ),
    );
  }
}

/** The scenario with some of its clients only: draws know clients by their number. */
function withClients(scenario: Scenario, clients: readonly ClientModel[]): Partial<Scenario> {
  const kept = scenario.clients.filter((client) => clients.includes(client));
  const indexOf = (old: number): number => kept.findIndex((client) => client === scenario.clients[old]);
  const { schedule } = scenario;
  // What waits for a client that is gone waits for ever.
  const timeline = scenario.timeline.filter(({ moment }) => {
    const waitsFor = moment.kind === 'when' ? moment.when.client : undefined;
    return waitsFor === undefined || kept.some(({ name }) => name === waitsFor);
  });
  if (schedule.kind !== 'calm') return { clients: kept, timeline };
  const except = schedule.except.flatMap((draw): Draw[] => {
    if (draw.stream === 'client') return indexOf(draw.a) < 0 ? [] : [{ ...draw, a: indexOf(draw.a) }];
    if (draw.stream !== 'latency' && draw.stream !== 'mishap') return [draw];
    const [a, b] = [draw.a, draw.b].map((end) => (end < 0 ? -1 - indexOf(-1 - end) : end));
    return a === 0 || b === 0 || a === undefined || b === undefined ? [] : [{ ...draw, a, b }];
  });
  return { clients: kept, timeline, schedule: { kind: 'calm', except } };
}

/** Clients of which a file would say nothing but their name, and the server they use. */
export function plainClients(shrinker: Shrinker): void {
  shrinker.scenario.clients.forEach((client, index) => {
    const usual = usualClient(client.name);
    const { operations, from, server } = client;
    const plain = { ...usual, operations, server, ...(operations > 0 ? { from } : {}) };
    if (attemptClient(shrinker, index, plain)) return;
    attemptClient(shrinker, index, { sessionTimeoutMs: 0 });
    attemptClient(shrinker, index, { timeout: usual.timeout });
    attemptClient(shrinker, index, { think: usual.think, mix: usual.mix, keys: usual.keys });
  });
}

/** Writes of one key, each of a small value of its own. */
export function plainValues(shrinker: Shrinker): void {
  const { timeline } = shrinker.scenario;
  const calls = timeline.map(({ action }) => action).filter((action) => 'client' in action);
  const keyed = calls.filter(({ kind }) => kind === 'write' || kind === 'failingWrite' || kind === 'read');
  if (keyed.length === 0) return;
  const plain = (key: boolean): readonly Step[] => {
    let value = 0;
    return timeline.map((step): Step => {
      const { action } = step;
      if (action.kind !== 'write' && action.kind !== 'failingWrite' && action.kind !== 'read') return step;
      value += action.times;
      return { ...step, action: { ...action, key: key ? 'x' : action.key, value: value - action.times + 1 } };
    });
  };
  if (!shrinker.attempt({ timeline: plain(true) })) shrinker.attempt({ timeline: plain(false) });
}

/** Requests that follow one another as one step, said once. */
export function mergeCalls(shrinker: Shrinker): void {
  for (let index = 0; index + 1 < shrinker.scenario.timeline.length;) {
    const { timeline } = shrinker.scenario;
    const [one, next] = [timeline[index]!, timeline[index + 1]!];
    const action = merged(one.action, next.action);
    const attempt = (step: Step): boolean =>
      shrinker.attempt({ timeline: [...timeline.slice(0, index), step, ...timeline.slice(index + 2)] });
    const done = action !== null && (attempt({ ...one, action }) || attempt({ ...next, action }));
    if (!done) index++;
  }
}

function merged(one: Action, next: Action): Action | null {
  if (!('key' in one) || !('key' in next)) return null;
  const alike = one.kind === next.kind && one.client === next.client && one.key === next.key;
  if (!alike || one.server !== next.server || one.kind === 'openSession' || one.kind === 'closeSession') return null;
  return { ...one, times: one.times + next.times };
}

/** A counter that begins nearer to its end needs fewer writes to come there. */
export function nearerToTheEnd(shrinker: Shrinker): void {
  const LAST = 0xffff_ffff;
  for (let index = 0; index < shrinker.scenario.timeline.length;) {
    const { timeline, settings } = shrinker.scenario;
    const { action } = timeline[index]!;
    if (settings.initialZxid < LAST / 2) return;
    const fewer = [Infinity, 1].some((less) => {
      if (action.kind !== 'write' && action.kind !== 'failingWrite') return false;
      const times = Math.max(0, action.times - less);
      const initialZxid = settings.initialZxid + action.times - times;
      const step = { ...timeline[index]!, action: { ...action, times } };
      const rest = [...timeline.slice(0, index), ...(times > 0 ? [step] : []), ...timeline.slice(index + 1)];
      return initialZxid < LAST && shrinker.attempt({ timeline: rest, settings: { ...settings, initialZxid } });
    });
    if (!fewer) index++;
  }
}

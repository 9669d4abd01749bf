import type { Action, Condition, Scenario, Step } from '../scenario.ts';
import { MS, SECOND, type Micros } from '../time.ts';
import { recordChaos } from './chaos-steps.ts';
import { ddmin, withoutPairs } from './ddmin.ts';
import { runPlan } from './run-plan.ts';
import type { Shrinker } from './shrinker.ts';
import { roundTime as round, UNITS } from './round-time.ts';
import { stepTimes } from './step-times.ts';

/** Shrinking the timeline: steps left out, made plainer, brought to round times. */

/** The step that starts servers at the very beginning stays: it is the ensemble, not an event. */
export function splitStart(timeline: readonly Step[]): { start: readonly Step[]; steps: readonly Step[] } {
  const [first, ...rest] = timeline;
  if (first?.action.kind === 'start' && first.moment.kind === 'at' && first.moment.at === 0 && first.label === null)
    return { start: [first], steps: rest };
  return { start: [], steps: timeline };
}

export function fewerSteps(shrinker: Shrinker): void {
  const { start, steps } = splitStart(shrinker.scenario.timeline);
  const attempt = (rest: readonly Step[]): boolean => shrinker.attempt({ timeline: [...start, ...rest] });
  withoutPairs(ddmin(steps, attempt), FEW_STEPS, attempt);
  shiftDraws(shrinker);
}

/** So few draws and steps are worth the trouble of trying to remove them together. */
const FEW_DRAWS = 3;
const FEW_STEPS = 16;
/** A step that goes takes so many draws of a stream with it, at most. */
const MOST_SHIFT = 8;

/** A step may be there only to make the draw that matters the n-th of its stream: without it, it is an earlier one. */
function shiftDraws(shrinker: Shrinker): void {
  let left = shrinker.share(4);
  for (let index = 0; index < shrinker.scenario.timeline.length; index++) {
    const { schedule, timeline } = shrinker.scenario;
    if (schedule.kind !== 'calm' || schedule.except.length === 0) return;
    if (schedule.except.length > FEW_DRAWS || timeline.length > FEW_STEPS) return;
    if (index < splitStart(timeline).start.length) continue;
    const without = timeline.filter((_, at) => at !== index);
    for (let by = 1; by <= MOST_SHIFT && left-- > 0; by++) {
      const except = schedule.except.map((draw) => ({ ...draw, nth: Math.max(1, draw.nth - by) }));
      if (!shrinker.attempt({ timeline: without, schedule: { kind: 'calm', except } })) continue;
      index = -1;
      break;
    }
  }
}

/** Tries another form of one step. */
function attemptStep(shrinker: Shrinker, index: number, step: Step): boolean {
  return shrinker.attempt({ timeline: shrinker.scenario.timeline.map((old, at) => (at === index ? step : old)) });
}

/** Each step with fewer servers, links and repetitions, and waiting for less. */
export function plainSteps(shrinker: Shrinker): void {
  const { length } = shrinker.scenario.timeline;
  for (let index = 0; index < length; index++) {
    const step = (): Step | undefined => shrinker.scenario.timeline[index];
    for (const change of [fewerWhom, simplerAction]) {
      const now = step();
      if (now !== undefined)
        change(now.action, (action) => attemptStep(shrinker, index, { ...(step() ?? now), action }));
    }
    const now = step();
    if (now !== undefined) simplerMoment(shrinker, index, now);
  }
}

/** So many events of a kind may come before the one that a step waits for. */
const MOST_NTH = 10;

/** A step that is there for its label only goes, and those that wait for it count from the beginning. */
export function withoutMarks(shrinker: Shrinker): void {
  for (let index = 0; index < shrinker.scenario.timeline.length; index++) {
    const { timeline } = shrinker.scenario;
    const label = timeline[index]?.label ?? null;
    if (label === null) continue;
    for (let nth = 1; nth <= MOST_NTH; nth++) {
      const rest = timeline.flatMap((step, at): Step[] => {
        const { moment } = step;
        if (at === index) return [];
        if (moment.kind === 'at' || moment.when.after !== label) return [step];
        return [{ ...step, moment: { ...moment, when: { ...moment.when, after: null, nth } } }];
      });
      if (!shrinker.attempt({ timeline: rest })) continue;
      index--;
      break;
    }
  }
}

type Take = (action: Action) => boolean;

function fewerWhom(action: Action, take: Take): void {
  if ('servers' in action && action.servers.length > 1)
    ddmin(action.servers, (servers) => servers.length > 0 && take({ ...action, servers }));
  if ('pairs' in action && action.pairs !== null && action.pairs.length > 1) {
    const { pairs } = action;
    ddmin(pairs, (rest) => rest.length > 0 && take({ ...action, pairs: rest }));
  }
}

/** What a person would have written first. */
function simplerAction(action: Action, take: Take): void {
  switch (action.kind) {
    case 'kill':
      if (action.unsent) take({ ...action, unsent: false });
      return;
    case 'crash':
      if (action.torn) take({ ...action, torn: false });
      return;
    case 'cut':
      if (action.oneWay) take({ ...action, oneWay: false });
      if (action.planes.length < 3) take({ ...action, planes: ['election', 'quorum', 'client'] });
      return;
    case 'clog':
      if (action.oneWay) take({ ...action, oneWay: false });
      return;
    case 'reset':
      if (action.noticed !== 'both') take({ ...action, noticed: 'both' });
      return;
    default:
      if ('client' in action && 'server' in action && action.server !== null && take({ ...action, server: null }))
        return;
      if (!('times' in action) || action.times <= 1) return;
      for (let times = 1; times < action.times; times *= 2) if (take({ ...action, times })) return;
  }
}

const LOOSE = ['server', 'peer', 'epoch', 'zxid', 'write', 'after'] as const satisfies readonly (keyof Condition)[];

function simplerMoment(shrinker: Shrinker, index: number, { moment, ...rest }: Step): void {
  if (moment.kind !== 'when') return;
  let { when, delay } = moment;
  const take = (next: Condition, after: Micros): boolean => {
    if (!attemptStep(shrinker, index, { ...rest, moment: { kind: 'when', when: next, delay: after } })) return false;
    when = next;
    delay = after;
    return true;
  };
  if (delay > 0) take(when, 0);
  for (let nth = 1; nth < when.nth; nth++) if (take({ ...when, nth }, delay)) break;
  for (const key of LOOSE) if (when[key] !== null) take({ ...when, [key]: null }, delay);
}

// ── times

/** Steps in the order in which they are taken, as far as that is known. */
export function inOrderOfTime(shrinker: Shrinker): void {
  const { start, steps } = splitStart(shrinker.scenario.timeline);
  const times = stepTimes(shrinker.scenario, shrinker.plan.seed, shrinker.failure.violation.at).slice(start.length);
  const sorted = steps
    .map((step, index) => ({ step, index, at: times[index] ?? Infinity }))
    .sort((a, b) => (a.at === b.at ? a.index - b.index : a.at - b.at))
    .map(({ step }) => step);
  shrinker.attempt({ timeline: [...start, ...sorted] });
}

/** Pauses between steps that are worth a try, shortest first. */
const GAPS: readonly Micros[] = [100 * MS, 500 * MS, SECOND, 2 * SECOND, 5 * SECOND];

/** Shorter pauses between the steps: what comes after them comes earlier. */
export function shorterPauses(shrinker: Shrinker): void {
  const moments = (): Micros[] =>
    [...new Set(shrinker.scenario.timeline.flatMap(({ moment }) => (moment.kind === 'at' ? [moment.at] : [])))].sort(
      (a, b) => a - b,
    );
  for (let index = 0; index < moments().length; index++) {
    const from = moments()[index]!;
    const gap = from - (moments()[index - 1] ?? 0);
    for (const shorter of GAPS) {
      if (shorter >= gap) break;
      if (shrinker.attempt(earlier(shrinker.scenario, from, gap - shorter))) break;
    }
  }
}

/** Everything from a moment on comes so much earlier. */
function earlier(scenario: Scenario, from: Micros, by: Micros): Pick<Scenario, 'timeline' | 'calmAt'> {
  const { timeline, calmAt } = scenario;
  return {
    timeline: timeline.map((step): Step => {
      const { moment } = step;
      return moment.kind === 'at' && moment.at >= from ? { ...step, moment: { kind: 'at', at: moment.at - by } } : step;
    }),
    calmAt: calmAt !== null && calmAt >= from ? calmAt - by : calmAt,
  };
}

/** Moments, delays and durations that are easy to read: all at once if that goes, else one by one. */
export function roundTimes(shrinker: Shrinker): void {
  for (const unit of UNITS) {
    const rounded = withTimes(shrinker.scenario, (time) => round(time, unit));
    if (shrinker.attempt(rounded)) break;
  }
  const count = timesIn(shrinker.scenario).length;
  for (let which = 0; which < count; which++) {
    const time = timesIn(shrinker.scenario)[which];
    if (time === undefined) return;
    for (const unit of UNITS) {
      if (time % unit === 0) break;
      let at = -1;
      if (shrinker.attempt(withTimes(shrinker.scenario, (one) => (++at === which ? round(one, unit) : one)))) break;
    }
  }
}

function timesIn(scenario: Scenario): Micros[] {
  const times: Micros[] = [];
  withTimes(scenario, (time) => {
    times.push(time);
    return time;
  });
  return times;
}

/** Every moment, delay and duration of the timeline, and the calm, in a fixed order. */
function withTimes(scenario: Scenario, change: (time: Micros) => Micros): Pick<Scenario, 'timeline' | 'calmAt'> {
  return {
    timeline: scenario.timeline.map(({ moment, action, label }): Step => ({
      moment:
        moment.kind === 'at'
          ? { kind: 'at', at: change(moment.at) }
          : { ...moment, delay: moment.delay === 0 ? 0 : change(moment.delay) },
      label,
      action: 'duration' in action ? { ...action, duration: change(action.duration) } : action,
    })),
    calmAt: scenario.calmAt === null ? null : change(scenario.calmAt),
  };
}

// ── what chance did, as steps

/** Writes that failed by chance, as disks that fail at that moment: the step says which write it is, a draw only counts. */
export function unfoldFailures(shrinker: Shrinker): void {
  const { disk, timeline } = shrinker.scenario;
  if (disk.failPpm === 0) return;
  const failed: Step[] = [];
  runPlan(shrinker.plan, {
    properties: [],
    keep: (event) => {
      if (event.kind !== 'diskFailed' || event.op === 'truncate' || event.at > shrinker.failure.violation.at) return;
      const action: Action = { kind: 'diskFail', servers: [event.server], op: event.op, times: 1 };
      failed.push({ moment: { kind: 'at', at: event.at }, label: null, action });
    },
  });
  if (shrinker.attempt({ disk: { ...disk, failPpm: 0 }, timeline: [...timeline, ...failed] })) fewerSteps(shrinker);
}

/** Packets that reset their connection by chance, as resets at that moment. */
export function unfoldResets(shrinker: Shrinker): void {
  const { network, timeline } = shrinker.scenario;
  if (network.resetPpm === 0) return;
  const seen = new Set<number>();
  const resets: Step[] = [];
  runPlan(shrinker.plan, {
    properties: [],
    keep: (event) => {
      if (event.kind !== 'lost' || event.why !== 'connection reset' || event.at > shrinker.failure.violation.at) return;
      if (event.server <= 0 || event.peer <= 0 || seen.has(event.connection)) return;
      seen.add(event.connection);
      const action: Action = { kind: 'reset', pairs: [[event.peer, event.server]], noticed: 'both' };
      resets.push({ moment: { kind: 'at', at: event.at }, label: null, action });
    },
  });
  const change = { network: { ...network, resetPpm: 0 }, timeline: [...timeline, ...resets] };
  if (shrinker.attempt(change)) fewerSteps(shrinker);
}

/** What chaos did, as steps of their own, of which most can go. */
export function unfoldChaos(shrinker: Shrinker): void {
  const { timeline } = shrinker.scenario;
  if (!timeline.some(({ action }) => action.kind === 'chaos' || action.kind === 'swizzle')) return;
  const struck = recordChaos(shrinker.scenario, shrinker.plan.seed, shrinker.failure.violation.at);
  const rest = timeline.filter(({ action }) => action.kind !== 'chaos' && action.kind !== 'swizzle');
  if (shrinker.attempt({ timeline: [...rest, ...struck] })) fewerSteps(shrinker);
}

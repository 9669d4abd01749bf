import { parseScenario, type Parsed } from '../../scenarios/parse.ts';
import { formatDuration } from '../../scenarios/units.ts';
import { splitStart, writeScenario } from '../../scenarios/write.ts';
import { HARMLESS } from '../../sim/harmless.ts';
import type { Action, End, Expectation, Scenario, Step } from '../../sim/scenario.ts';
import type { Micros } from '../../sim/time.ts';
import type { World } from '../../sim/world.ts';
import type { Flight } from '../frame.ts';
import { flightsOf } from './flights.ts';
import type { Played } from './played.ts';

/** What is done by hand becomes a step of the plan, or is refused in words. */

/** Once somebody has laid hands on a run, nobody knows what to expect of it. */
export const NOTHING: Expectation = { verdict: 'pass', properties: [], facts: [] };

/** Why nothing can be done at this time, or not this; empty if it can. */
export function untimelyWords(base: Scenario, action: Action, at: Micros): readonly string[] {
  const { schedule, endAt, calmAt } = base;
  if (schedule.kind === 'pct' || schedule.kind === 'pos')
    return ['this run is ordered by priorities: another step in its plan would change its past too'];
  if (at >= endAt) return [`the run ends at ${formatDuration(endAt)}: give it more time first`];
  if (calmAt === null || at < calmAt || HARMLESS.has(action.kind)) return [];
  return [
    `the calm of this scenario begins at ${formatDuration(calmAt)}: from there on there is no fault`,
    'go back before it, or take the calm away',
  ];
}

/** The step as a file would say it: what cannot be written down cannot be done. */
export function asWritten(
  base: Scenario,
  hands: readonly Step[],
  step: Step,
): { readonly step: Step } | { readonly mistakes: readonly string[] } {
  const parsed = fitted(base, [...hands, step]);
  if ('mistakes' in parsed) return { mistakes: parsed.mistakes.slice(0, 5).map(({ message }) => message) };
  const last = parsed.scenario.timeline.at(-1);
  return last === undefined ? { mistakes: ['nothing to do'] } : { step: last };
}

/** The steps of the plan itself that still can be taken after what was done by hand: nobody resumes a server that a hand
 *  has killed. */
export function remaining(base: Scenario, hands: readonly Step[]): readonly Step[] {
  if (hands.length === 0) return base.timeline;
  const parsed = fitted(base, hands);
  return 'mistakes' in parsed ? base.timeline : parsed.scenario.timeline.slice(0, -hands.length);
}

/** The plan with these hands, without the steps of its own that they have made pointless. */
export function fitted(base: Scenario, hands: readonly Step[]): Parsed {
  const since = hands[0]?.moment.kind === 'at' ? hands[0].moment.at : 0;
  let own = base.timeline;
  for (;;) {
    const plan = { ...base, expect: NOTHING, timeline: [...own, ...hands] };
    const parsed = parseScenario(writeScenario(plan), 'plan.yaml');
    if (!('mistakes' in parsed) || hands.length === 0) return parsed;
    // In a file, who is started at once is said elsewhere.
    const unsaid = plan.timeline.length - splitStart(plan).timeline.length;
    const pointless = new Set(
      parsed.mistakes.map(({ message }) => Number(/^timeline\[(\d+)\]/.exec(message)?.[1] ?? NaN) + unsaid),
    );
    const left = own.filter(({ moment }, i) => !pointless.has(i) || (moment.kind === 'at' && moment.at < since));
    if (left.length === own.length) return parsed;
    own = left;
  }
}

/** The message under way that an action means; null when it means none, or one that is yet to be sent. */
export function chosenFlight(world: World, played: Played, traced: number, action: Action): Flight | null {
  if (action.kind !== 'dropMessage' && action.kind !== 'delayMessage') return null;
  const [from, to] = [endpointOf(played, action.from), endpointOf(played, action.to)];
  const isIt = (flight: Flight): boolean =>
    flight.from === from && flight.to === to && flight.kind === action.message && flight.nth === action.nth;
  return flightsOf(world, played, traced).find(isIt) ?? null;
}

function endpointOf(played: Played, end: End): number {
  if (typeof end === 'number') return end;
  // Roles are for timelines: a hand points at somebody.
  if (typeof end === 'string') return 0;
  return -1 - played.run.scenario.clients.findIndex(({ name }) => name === end.client);
}

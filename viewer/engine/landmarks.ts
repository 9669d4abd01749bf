import type { Stop } from '../frame.ts';
import type { Landmark } from '../protocol.ts';
import type { Played } from './played.ts';
import { countBelow } from './trace-index.ts';

/** Places in a run that somebody may want to go to, or at which play stops, each as the number of events it takes to get there. */

/** The first thing to stop at, behind one moment and not behind another. */
export function stopBetween(
  { met, violated }: Played,
  from: number,
  to: number,
): { readonly events: number; readonly stop: Stop } | null {
  const condition = met.find(({ events }) => events > from && events <= to);
  const violation = violated.find(({ events, atEnd }) => !atEnd && events > from && events <= to);
  if (violation !== undefined && (condition === undefined || violation.events <= condition.events))
    return { events: violation.events, stop: violationStop(violation) };
  if (condition === undefined) return null;
  const { events, event } = condition;
  return { events, stop: { kind: 'condition', condition: condition.condition, event } };
}

export function violationStop({ violation }: Played['violated'][number]): Stop {
  return { kind: 'violation', violation };
}

/** The next such place, or the last one before; of those that were played. `hands`: steps of the timeline. */
export function landmark(
  played: Played,
  here: number,
  asked: { readonly to: Landmark; readonly by: 1 | -1; readonly hands: readonly number[] },
): number | undefined {
  const { to, by, hands } = asked;
  if (to === 'stop' || to === 'violation' || to === 'hand') {
    const places =
      to === 'hand'
        ? hands.flatMap((step) => played.eventsOfStep(step) ?? [])
        : (to === 'stop' ? played.met : played.violated).map(({ events }) => events);
    return by > 0 ? places.find((one) => one > here) : places.findLast((one) => one < here);
  }
  const marks = played.index.marks[to];
  const mark =
    by > 0
      ? marks[countBelow(marks, played.tracedAfter(here))]
      : marks[countBelow(marks, played.tracedAfter(Math.max(0, here - 1))) - 1];
  return mark === undefined ? undefined : played.eventsOf(mark);
}

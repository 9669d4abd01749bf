import { diceOf } from '../dice.ts';
import type { Scenario, Step } from '../scenario.ts';
import type { Micros } from '../time.ts';
import { listen } from '../timeline.ts';
import { applyEvent, newWorld, nextEvent } from '../world.ts';

/** What the chaos and the swizzles of a run do up to `until`, as steps of a timeline, by time. Near enough to be tried in their
 *  place; what a power failure leaves of a log is drawn anew. */
export function recordChaos(scenario: Scenario, seed: string, until: Micros): Step[] {
  const struck: Step[] = [];
  const world = newWorld(scenario, seed, { ...diceOf(scenario.schedule, seed), struck });
  const emit = listen(world, () => {});
  for (let event = nextEvent(world, until); event !== undefined; event = nextEvent(world, until))
    applyEvent(world, event, emit);
  return struck.sort((a, b) => timeOf(a) - timeOf(b));
}

function timeOf({ moment }: Step): Micros {
  return moment.kind === 'at' ? moment.at : 0;
}

import type { Scenario } from '../scenario.ts';
import type { Micros } from '../time.ts';
import { listen } from '../timeline.ts';
import { applyEvent, newWorld, nextEvent } from '../world.ts';

/** When each step of the timeline is taken in a run up to `until`; null: never. */
export function stepTimes(scenario: Scenario, seed: string, until: Micros): (Micros | null)[] {
  const times = scenario.timeline.map(({ moment }): Micros | null => (moment.kind === 'at' ? moment.at : null));
  const world = newWorld(scenario, seed);
  const emit = listen(world, () => {});
  const waiting = [...world.timeline.watchers.values()].flat();
  for (let event = nextEvent(world, until); event !== undefined; event = nextEvent(world, until)) {
    applyEvent(world, event, emit);
    for (const { done, step, moment } of waiting)
      if (done && times[step] === null) times[step] = world.now + moment.delay;
  }
  return times;
}

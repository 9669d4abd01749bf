import { recordingDice } from '../dice.ts';
import type { Scenario } from '../scenario.ts';
import type { RecordedDraw } from '../schedule.ts';
import type { Micros } from '../time.ts';
import { listen } from '../timeline.ts';
import { applyEvent, newWorld, nextEvent } from '../world.ts';

/** Every draw that a run makes up to `until`, in the order in which it makes them. As the exceptions of a calm schedule they
 *  make the same run again. Under `pct` and `pos` a delay is what it turned out to be. */
export function recordDraws(scenario: Scenario, seed: string, until: Micros = scenario.endAt): RecordedDraw[] {
  const { dice, draws } = recordingDice(scenario.schedule, seed);
  const world = newWorld(scenario, seed, dice);
  const emit = listen(world, () => {});
  for (let event = nextEvent(world, until); event !== undefined; event = nextEvent(world, until))
    applyEvent(world, event, emit);
  return draws;
}

import { advance, beginRun } from '../sim/run.ts';
import { fits } from '../sim/timeline.ts';
import type { TraceEvent } from '../sim/trace.ts';
import type { World } from '../sim/world.ts';
import type { Lesson } from './lesson.ts';

/** Watches a run for the stops of a lesson. */
export class StopWatch {
  readonly #stops: Lesson['stops'];
  readonly #seen: number[];
  #next = 0;

  constructor(lesson: Pick<Lesson, 'stops'>) {
    this.#stops = lesson.stops;
    this.#seen = lesson.stops.map(() => 0);
  }

  /** The index of the stop that this event brings, or -1. Each comes once, in whatever order the run brings them. */
  observe(world: World, event: TraceEvent): number {
    let stop = -1;
    this.#stops.forEach(({ when }, index) => {
      if (!fits(world, when, event)) return;
      if (++this.#seen[index]! === when.nth && stop < 0) stop = index;
    });
    if (stop >= 0) this.#next = Math.max(this.#next, stop + 1);
    return stop;
  }

  /** The first stop that has not come yet. */
  get next(): number {
    return this.#next;
  }
}

/** The indexes of the trace events at which a lesson's run comes to its stops; null for one that it does not come to. */
export function stopsReached(lesson: Lesson): (number | null)[] {
  const { scenario, seed, stops } = lesson;
  const reached: (number | null)[] = stops.map(() => null);
  const watch = new StopWatch(lesson);
  let index = 0;
  const run = beginRun(scenario, seed, {
    properties: [],
    hash: false,
    keep: (event) => {
      const stop = watch.observe(run.world, event);
      if (stop >= 0) reached[stop] = index;
      index++;
    },
  });
  advance(run, scenario.endAt);
  return reached;
}

import { cloneWorld } from '../../sim/copies.ts';
import type { Hasher } from '../../sim/hash.ts';
import { listen } from '../../sim/timeline.ts';
import { Bodies, hashTraceEvent } from '../../sim/trace-hash.ts';
import { applyEvent, nextEvent, type World } from '../../sim/world.ts';
import type { Played } from './played.ts';

/** The world at any moment of a run that was played so far: that of the run itself at its front, and behind it a copy, played
 *  on from the last checkpoint by the same engine. */
export class View {
  readonly #played: Played;
  readonly #bodies = new Bodies();
  /** null: the front of the run. */
  #copy: { readonly world: World; readonly hasher: Hasher; events: number } | null = null;

  constructor(played: Played) {
    this.#played = played;
  }

  get events(): number {
    return this.#copy?.events ?? this.#played.events;
  }

  /** Read only. */
  get world(): World {
    return this.#copy?.world ?? this.#played.world;
  }

  /** The hash of the trace up to here. */
  get hash(): string {
    return (this.#copy?.hasher ?? this.#played.run.recorder.hasher).hex();
  }

  /** Goes to the moment after so many events, of those that were played. */
  goTo(events: number): void {
    const played = this.#played;
    if (events === played.events) {
      this.#copy = null;
      return;
    }
    const checkpoint = played.checkpoint(events);
    let copy = this.#copy;
    if (copy === null || copy.events > events || copy.events < checkpoint.events)
      copy = { world: cloneWorld(checkpoint.world), hasher: checkpoint.hasher.clone(), events: checkpoint.events };
    const { world, hasher } = copy;
    const emit = listen(world, (event) => hashTraceEvent(event, hasher, this.#bodies));
    for (; copy.events < events; copy.events++) {
      const event = nextEvent(world);
      if (event === undefined) break;
      applyEvent(world, event, emit);
    }
    this.#copy = copy;
  }
}

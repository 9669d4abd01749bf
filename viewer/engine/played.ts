import { PROPERTIES } from '../../properties/index.ts';
import { cloneWorld } from '../../sim/copies.ts';
import type { Hasher } from '../../sim/hash.ts';
import type { Violation } from '../../sim/property.ts';
import { beginRun, finishRun, type Report, type Run } from '../../sim/run.ts';
import type { Condition, Scenario } from '../../sim/scenario.ts';
import type { Micros } from '../../sim/time.ts';
import { fits } from '../../sim/timeline.ts';
import type { TraceEvent } from '../../sim/trace.ts';
import { applyEvent, nextEvent, type Event, type World } from '../../sim/world.ts';
import type { Entry } from '../../sim/histories.ts';
import { countBelow, TraceIndex } from './trace-index.ts';

/** A world as it was after so many events, and the hash of the trace up to there. Never changed: who plays on copies it. */
export interface Checkpoint {
  readonly events: number;
  readonly world: World;
  readonly hasher: Hasher;
}

export interface PlayedOptions {
  readonly scenario: Scenario;
  readonly seed: string;
  readonly stops: readonly Condition[];
  /** Sees every trace event once. */
  readonly watch?: (event: TraceEvent, index: number) => void;
}

/** A run that is longer is not kept in memory; the command line plays it. */
export const MOST_TRACED = 1_000_000;

const FIRST_GAP = 256;
const MOST_CHECKPOINTS = 128;

/** One run as far as it has been played: the same engine and properties as on the command line, and besides everything that
 *  is needed to look at any moment of it again. It only grows. */
export class Played {
  readonly run: Run;
  readonly trace: TraceEvent[] = [];
  readonly index = new TraceIndex();
  /** Violations, and conditions that were met, with the number of events after which they were. */
  readonly violated: { readonly violation: Violation; readonly events: number; readonly atEnd: boolean }[] = [];
  readonly met: { readonly condition: number; readonly event: number; readonly events: number }[] = [];
  report: Report | null = null;
  /** Times of the events, and the length of the trace after each. */
  readonly #times: Micros[] = [];
  readonly #traced: number[] = [];
  readonly #premises: { readonly events: number[]; readonly counts: number[] }[];
  readonly #canon: { readonly events: number[]; readonly lengths: number[] } = { events: [], lengths: [] };
  readonly #steps = new Map<number, number>();
  readonly #stops: { readonly condition: Condition; seen: number; done: boolean }[];
  readonly #options: PlayedOptions;
  #checkpoints: Checkpoint[] = [];
  #gap = FIRST_GAP;

  constructor(options: PlayedOptions) {
    this.#options = options;
    this.#stops = options.stops.map((condition) => ({ condition, seen: 0, done: false }));
    this.run = beginRun(options.scenario, options.seed, {
      properties: PROPERTIES,
      keepGoing: true,
      keep: (event) => this.#keep(event),
    });
    this.#premises = this.run.recorder.watched.map(() => ({ events: [], counts: [] }));
    this.#checkpoint();
  }

  get world(): World {
    return this.run.world;
  }

  /** Events applied so far. */
  get events(): number {
    return this.#times.length;
  }

  get ended(): boolean {
    return this.report !== null;
  }

  /** The trace has grown so long that it is kept no further. */
  get tooLong(): boolean {
    return this.trace.length >= MOST_TRACED;
  }

  /** When the next event comes; Infinity when there is none. */
  nextAt(): Micros {
    const at = this.world.queue.peekAt();
    return at === undefined || at > this.run.scenario.endAt ? Infinity : at;
  }

  /** Applies the next event. False when there is none: the run is over, and judged, or too long. */
  next(): boolean {
    if (this.ended || this.tooLong) return false;
    const { world, scenario, recorder } = this.run;
    const event = nextEvent(world, scenario.endAt);
    if (event === undefined) {
      this.#finish();
      return false;
    }
    applyEvent(world, event, this.run.emit);
    this.run.events++;
    this.#times.push(world.now);
    this.#traced.push(recorder.count);
    this.#note(event);
    if (this.events - this.#checkpoints[this.#checkpoints.length - 1]!.events >= this.#gap) this.#checkpoint();
    return true;
  }

  // ── questions about the part that was played

  /** How many events lie at or before a time. */
  eventsUntil(at: Micros): number {
    return countBelow(this.#times, at + 1);
  }

  /** The length of the trace after so many events. */
  tracedAfter(events: number): number {
    return events === 0 ? 0 : this.#traced[events - 1]!;
  }

  /** How many events it took until the trace had this event in it. */
  eventsOf(traceIndex: number): number {
    return countBelow(this.#traced, traceIndex + 1) + 1;
  }

  /** The time after so many events. */
  timeAfter(events: number): Micros {
    return events === 0 ? 0 : this.#times[events - 1]!;
  }

  /** After how many events a step of the timeline was taken, if it was taken at a time. */
  eventsOfStep(step: number): number | undefined {
    return this.#steps.get(step);
  }

  /** How often the n-th property had something to judge, after so many events. */
  premises(property: number, events: number): number {
    const { events: at, counts } = this.#premises[property]!;
    const known = countBelow(at, events + 1);
    return known === 0 ? 0 : counts[known - 1]!;
  }

  /** True if a leader had committed the transaction after so many events. */
  isCommitted(txn: Entry, events: number): boolean {
    const { canon } = this.run.recorder.histories;
    const known = countBelow(this.#canon.events, events + 1);
    const length = known === 0 ? 0 : this.#canon.lengths[known - 1]!;
    const index = canon.indexOf(txn.zxid);
    return index >= 0 && index < length && canon.is(index, txn);
  }

  /** The last checkpoint at or before so many events. */
  checkpoint(events: number): Checkpoint {
    return this.#checkpoints.findLast((one) => one.events <= events)!;
  }

  // ── notes

  #keep(event: TraceEvent): void {
    const { world } = this.run;
    const index = this.trace.length;
    this.trace.push(event);
    this.index.observe(event, index, world);
    this.#options.watch?.(event, index);
    this.#stops.forEach((stop, condition) => {
      const { after, nth } = stop.condition;
      if (stop.done || (after !== null && !world.timeline.taken.has(after))) return;
      if (!fits(world, stop.condition, event)) return;
      stop.seen++;
      if (stop.seen < nth) return;
      stop.done = true;
      this.met.push({ condition, event: index, events: this.events + 1 });
    });
  }

  #note(event: Event): void {
    const { recorder } = this.run;
    const { events } = this;
    if (event.kind === 'step') this.#steps.set(event.step, events);
    recorder.watched.forEach(({ state }, property) => {
      const log = this.#premises[property]!;
      if ((log.counts[log.counts.length - 1] ?? 0) === state.premises) return;
      log.events.push(events);
      log.counts.push(state.premises);
    });
    const { length } = recorder.histories.canon;
    if ((this.#canon.lengths[this.#canon.lengths.length - 1] ?? 0) !== length) {
      this.#canon.events.push(events);
      this.#canon.lengths.push(length);
    }
    this.#noteViolations(false);
  }

  #noteViolations(atEnd: boolean): void {
    const { violations } = this.run.recorder;
    for (let i = this.violated.length; i < violations.length; i++)
      this.violated.push({ violation: violations[i]!, events: this.events, atEnd });
  }

  #finish(): void {
    const { world, scenario } = this.run;
    world.now = Math.max(world.now, scenario.endAt);
    this.report = finishRun(this.run);
    this.#noteViolations(true);
  }

  /** Twice as far apart whenever there are too many of them. */
  #checkpoint(): void {
    const { world, recorder } = this.run;
    this.#checkpoints.push({ events: this.events, world: cloneWorld(world), hasher: recorder.hasher.clone() });
    if (this.#checkpoints.length <= MOST_CHECKPOINTS) return;
    this.#checkpoints = this.#checkpoints.filter((_, index) => index % 2 === 0);
    this.#gap *= 2;
  }
}

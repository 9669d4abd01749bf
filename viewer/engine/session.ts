import type { Action, Condition, Scenario, Step } from '../../sim/scenario.ts';
import type { Micros } from '../../sim/time.ts';
import { findBehaviour } from '../../sim/zab/bugs/index.ts';
import { members } from '../../sim/zab/sets.ts';
import { canonicalSeed } from '../../commands/seed.ts';
import { printable } from '../../report/text.ts';
import type { Frame, Position, Stop } from '../frame.ts';
import type { About, Amendment, Landmark } from '../protocol.ts';
import { flightsOf } from './flights.ts';
import { asWritten, chosenFlight, fitted, NOTHING, remaining, untimelyWords } from './hands.ts';
import { stillOf } from './frames.ts';
import { landmark, stopBetween, violationStop } from './landmarks.ts';
import { lineOf, type Opened, type Place } from './open.ts';
import { Pace } from './pace.ts';
import { Played } from './played.ts';
import { View } from './view.ts';

/** A run at which somebody looks: where they stand in it, and what they have done to it by hand. The run itself is always
 *  that of the plan from its beginning, so that the command line plays the same. */
export class Session {
  readonly opened: Opened;
  readonly stops: readonly Condition[];
  #base: Scenario;
  #hands: readonly Step[];
  /** The steps of the scenario itself, but for those that the hands have made pointless. */
  #own: readonly Step[];
  #seed: string;
  #promised: Opened['promised'];
  #warnings: string[];
  #played!: Played;
  #view!: View;
  #events = 0;
  #at: Micros = 0;
  #speed = 0;
  /** Of a story; null: the speed is constant. */
  #pace: Pace | null = null;
  #stopped: Stop | null = null;
  /** Nobody has gone anywhere yet: the violation of a trace is shown as soon as it is found. */
  #awaitsFailure = false;
  #agreed: Frame['promised'] = null;
  /** How much of the trace is still what it was when it was asked for last. */
  #valid = 0;

  constructor(opened: Opened, stops: readonly Condition[]) {
    this.opened = opened;
    this.stops = stops;
    this.#base = opened.base;
    this.#hands = opened.hands;
    this.#own = remaining(this.#base, this.#hands);
    this.#seed = opened.seed;
    this.#promised = opened.promised;
    this.#warnings = [...opened.warnings];
    this.#build();
    this.seek(opened.at);
  }

  // ── what there is to see

  get played(): Played {
    return this.#played;
  }

  get view(): View {
    this.#view.goTo(this.#events);
    return this.#view;
  }

  get seed(): string {
    return this.#seed;
  }

  get hands(): readonly Step[] {
    return this.#hands;
  }

  get base(): Scenario {
    return this.#base;
  }

  get playing(): boolean {
    return this.#speed > 0;
  }

  /** The plan as it is played: with what was done by hand, nobody knows what to expect. */
  get scenario(): Scenario {
    if (this.#hands.length === 0) return this.#base;
    return { ...this.#base, expect: NOTHING, timeline: [...this.#own, ...this.#hands] };
  }

  get position(): Position {
    return { events: this.#events, traced: this.#played.tracedAfter(this.#events), at: Math.floor(this.#at) };
  }

  /** Everything from here on in the trace is new since the last call. */
  takeValid(): number {
    const valid = this.#valid;
    this.#valid = Infinity;
    return valid;
  }

  about(): About {
    const { name, title, teaches, service, servers, observers, clients, endAt, calmAt, beyondBudget, release } =
      this.#base;
    return {
      name,
      title,
      teaches,
      seed: this.#seed,
      release,
      service,
      servers,
      observers: members(observers),
      clients: clients.map((client) => client.name),
      endAt,
      calmAt,
      beyondBudget,
      timeline: this.#base.timeline,
      stops: this.stops,
      warnings: this.#warnings,
    };
  }

  frame(): Frame {
    const played = this.#played;
    const ended = this.#isEnd();
    const position = this.position;
    const { world, hash } = this.view;
    if (this.#promised !== null && position.traced === this.#promised.traced && this.#agreed === null)
      this.#agreed = { ...this.#promised, equal: hash === this.#promised.hash };
    const last = played.events;
    return {
      position,
      played: {
        events: last,
        traced: played.trace.length,
        at: played.ended ? this.#base.endAt : played.timeAfter(last),
      },
      ended,
      playing: this.playing,
      stopped: this.#stopped,
      hash,
      promised: this.#agreed,
      ...stillOf(world, played, { events: this.#events, ended }),
      ledger: played.index.refusals(position.traced),
      violations: played.violated
        .filter((one) => one.events <= this.#events && (ended || !one.atEnd))
        .map((one) => one.violation),
      hands: this.#hands,
    };
  }

  // ── time

  play(speed: number | 'story'): void {
    if (this.#isEnd()) this.seek({ kind: 'start' });
    this.#awaitsFailure = false;
    this.#pace = speed === 'story' ? new Pace() : null;
    this.#speed = speed === 'story' ? 1 : Math.min(Math.max(speed, 0.000_001), 1_000_000);
    this.#stopped = null;
  }

  pause(): void {
    this.#speed = 0;
    this.#awaitsFailure = false;
  }

  /** Lets so much of our time pass, but works no longer than until `deadline` of `clock`, both in ms. */
  tick(elapsedMs: number, clock: () => number, deadline: number): void {
    if (this.#pace === null) {
      this.#advance(elapsedMs * this.#speed * 1000, clock, deadline);
      return;
    }
    this.#pace.tell(elapsedMs, {
      world: () => this.view.world,
      nextIn: () => this.#nextAt() - this.#at,
      advance: (by) => this.#advance(by, clock, deadline),
      goesOn: () => this.playing && clock() <= deadline,
    });
  }

  /** When the event after the position comes; Infinity when there is none. */
  #nextAt(): Micros {
    const played = this.#played;
    return this.#events < played.events ? played.timeAfter(this.#events + 1) : played.nextAt();
  }

  #advance(by: Micros, clock: () => number, deadline: number): void {
    if (!this.playing) return;
    const played = this.#played;
    let goal = Math.min(this.#at + by, this.#base.endAt);
    const marks = played.met.length + played.violated.length;
    while (played.nextAt() <= goal && played.met.length + played.violated.length === marks) {
      if (!played.next()) break;
      if (played.events % 64 === 0 && clock() > deadline) {
        // Too fast for this machine: time passes as fast as it can.
        goal = Math.max(this.#at, played.timeAfter(played.events));
        break;
      }
    }
    if (goal >= this.#base.endAt && played.nextAt() === Infinity) played.next();
    const events = played.eventsUntil(Math.floor(goal));
    const stop = stopBetween(this.#played, this.#events, events);
    if (stop !== null) this.#halt(stop.events, stop.stop);
    else if (played.tooLong && events >= played.events) this.#halt(played.events, { kind: 'budget' });
    else {
      this.#events = Math.max(this.#events, events);
      this.#at = goal;
      const atEnd = played.violated.find((one) => one.atEnd);
      if (this.#isEnd())
        this.#halt(played.events, atEnd === undefined ? { kind: 'end' } : violationStop(atEnd), this.#base.endAt);
    }
  }

  /** One event that the trace shows. */
  step(by: 1 | -1): void {
    this.pause();
    const played = this.#played;
    let events = this.#events;
    if (by < 0) {
      if (this.#isEnd() && this.#at > played.timeAfter(events) && events > 0) events++;
      do events--;
      while (events > 0 && played.tracedAfter(events) === played.tracedAfter(events - 1));
      this.#moveTo(Math.max(0, events));
      return;
    }
    let more = true;
    do {
      more = events < played.events || played.next();
      if (more) events++;
    } while (more && played.tracedAfter(events) === played.tracedAfter(events - 1));
    this.#moveTo(events);
    if (!more && played.ended) this.#at = this.#base.endAt;
    const stop = stopBetween(this.#played, this.#events - 1, this.#events);
    this.#stopped = stop?.stop ?? null;
  }

  seek(to: Place): void {
    this.pause();
    const played = this.#played;
    switch (to.kind) {
      case 'start':
        this.#moveTo(0);
        return;
      case 'end':
        while (played.next());
        this.#moveTo(played.events);
        if (played.ended) this.#at = this.#base.endAt;
        return;
      case 'time': {
        const at = Math.min(Math.max(0, Math.floor(to.at)), this.#base.endAt);
        while (played.nextAt() <= at && played.next());
        if (at >= this.#base.endAt && played.nextAt() === Infinity) played.next();
        this.#moveTo(played.eventsUntil(at));
        this.#at = at;
        return;
      }
      case 'event':
        while (played.trace.length <= to.event && played.next());
        this.#moveTo(Math.min(played.eventsOf(to.event), played.events));
        return;
      case 'events': {
        while (played.events < to.events && played.next());
        this.#moveTo(Math.min(to.events, played.events));
        // The time shown lies before the next event.
        const next = played.eventsUntil(to.at) === this.#events ? to.at : this.#at;
        this.#at = Math.min(Math.max(this.#at, next), this.#base.endAt);
        if (this.#at >= this.#base.endAt && played.nextAt() === Infinity) played.next();
        return;
      }
      case 'failure':
        this.#moveTo(0);
        this.#awaitsFailure = true;
        return;
      case 'violation': {
        while (played.violated.length === 0 && played.next());
        const [first] = played.violated;
        if (first === undefined) this.seek({ kind: 'end' });
        else this.#halt(first.events, violationStop(first), first.atEnd ? this.#base.endAt : undefined);
        return;
      }
    }
  }

  /** False when there is no such place that way. */
  jump(to: Landmark, by: 1 | -1): boolean {
    this.pause();
    const played = this.#played;
    const hands = this.#hands.map((_, index) => this.#own.length + index);
    const find = (): number | undefined => landmark(played, this.#events, { to, by, hands });
    let found = find();
    while (found === undefined && by > 0) {
      // What is sought may come with any event: looking after each would cost more than playing.
      let more = true;
      for (let i = 0; i < 256 && more; i++) more = played.next();
      found = find();
      if (!more) break;
    }
    if (found === undefined) return false;
    this.#moveTo(found);
    this.#stopped = stopBetween(this.#played, found - 1, found)?.stop ?? null;
    return true;
  }

  // ── hands

  /** Does something at the time shown: a step of the timeline, a microsecond later. Why it cannot be done, or nothing. */
  intervene(asked: Action): readonly string[] {
    const action = this.#settled(asked);
    if (action === null) return ['that message is no longer under way'];
    const at = Math.floor(this.#at) + 1;
    const untimely = untimelyWords(this.#base, action, at);
    if (untimely.length > 0) return untimely;
    const hands = this.#hands.filter(({ moment }) => moment.kind === 'at' && moment.at < at);
    const step: Step = { moment: { kind: 'at', at }, label: null, action };
    const checked = asWritten(this.#base, hands, step);
    if ('mistakes' in checked) return checked.mistakes;
    const before = this.#played.tracedAfter(this.#played.eventsUntil(at - 1));
    this.#rebuild([...hands, checked.step], Math.min(before, this.#played.trace.length));
    const index = this.scenario.timeline.length - 1;
    while (this.#played.eventsOfStep(index) === undefined && this.#played.next());
    this.#moveTo(this.#played.eventsOfStep(index) ?? this.#played.events);
    return [];
  }

  takeBack(index: number): void {
    const hand = this.#hands[index];
    if (hand?.moment.kind !== 'at') return;
    const at = hand.moment.at - 1;
    const before = this.#played.tracedAfter(this.#played.eventsUntil(at));
    this.#rebuild(this.#hands.slice(0, index), Math.min(before, this.#played.trace.length));
    this.seek({ kind: 'time', at });
  }

  amend(change: Amendment): readonly string[] {
    const seed = change.seed === undefined ? { seed: this.#seed } : canonicalSeed(change.seed);
    if ('mistake' in seed) return [seed.mistake];
    const { release = this.#base.release, endAt = this.#base.endAt, calmAt = this.#base.calmAt } = change;
    if (findBehaviour(release) === undefined)
      return [`there is no release or bug ${JSON.stringify(printable(release, 60))}`];
    const base = { ...this.#base, release, endAt, calmAt };
    const parsed = fitted(base, this.#hands);
    if ('mistakes' in parsed) return parsed.mistakes.map(({ message }) => message);
    this.#seed = seed.seed;
    this.#base = base;
    const at = this.#at;
    this.#rebuild(this.#hands, 0);
    this.seek({ kind: 'time', at });
    return [];
  }

  /** Another session that stands where this one does, with the same plan. */
  fork(): Session {
    const { events, at } = this.position;
    const opened: Opened = {
      ...this.opened,
      base: this.#base,
      hands: this.#hands,
      seed: this.#seed,
      at: { kind: 'events', events, at },
      promised: null,
      recorded: null,
      warnings: [],
    };
    return new Session(opened, this.stops);
  }

  /** A trace was opened, and not all of it has been compared with what is played. */
  get verifying(): boolean {
    const { recorded } = this.opened;
    if (recorded === null || this.#played.run.scenario !== this.opened.base || this.#seed !== this.opened.seed)
      return false;
    const { trace, ended, tooLong, violated } = this.#played;
    // What never came to pass shows at the very end.
    const last = this.#awaitsFailure && violated.length === 0 && this.#played.nextAt() === Infinity;
    return !ended && !tooLong && (trace.length < recorded.starts.length - 1 || last);
  }

  /** Plays ahead what a trace holds, and compares, but works no longer than until `deadline` of `clock`. */
  verify(clock: () => number, deadline: number): void {
    while (this.verifying && this.#played.next()) if (this.#played.events % 64 === 0 && clock() > deadline) break;
    if (this.#awaitsFailure && this.#played.violated.length > 0) this.seek({ kind: 'violation' });
  }

  // ── inside

  #build(): void {
    const { recorded } = this.opened;
    const verified = recorded !== null && this.#hands === this.opened.hands && this.#base === this.opened.base;
    const count = recorded === null ? 0 : recorded.starts.length - 1;
    let equal = true;
    const compare: NonNullable<ConstructorParameters<typeof Played>[0]['watch']> = (event, index) => {
      if (!equal || recorded === null || index >= count) return;
      equal = lineOf(recorded, index) === JSON.stringify(event);
      if (!equal) this.#warnings.push(`event ${index} of the trace is not the one that is played here`);
    };
    this.#played = new Played({
      scenario: this.scenario,
      seed: this.#seed,
      stops: this.stops,
      ...(verified ? { watch: compare } : {}),
    });
    this.#view = new View(this.#played);
  }

  #rebuild(hands: readonly Step[], valid: number): void {
    this.pause();
    this.#hands = hands;
    this.#own = remaining(this.#base, hands);
    this.#promised = null;
    this.#agreed = null;
    this.#valid = Math.min(this.#valid, valid);
    this.#build();
    this.#events = 0;
    this.#stopped = null;
  }

  #moveTo(events: number): void {
    this.#events = events;
    this.#at = this.#played.timeAfter(events);
    this.#stopped = null;
  }

  #halt(events: number, stop: Stop, at?: Micros): void {
    this.pause();
    this.#moveTo(events);
    if (at !== undefined) this.#at = at;
    this.#stopped = stop;
  }

  #isEnd(): boolean {
    const played = this.#played;
    return played.ended && this.#events === played.events && this.#at >= this.#base.endAt;
  }

  /** A message is named by its place among its like: all that happens at the time shown comes first, and may move it. null: it
   *  has arrived meanwhile. */
  #settled(action: Action): Action | null {
    const { events, at } = this.position;
    const chosen = chosenFlight(this.view.world, this.#played, this.position.traced, action);
    this.seek({ kind: 'time', at });
    if (chosen === null || this.#events === events) return action;
    const now = flightsOf(this.view.world, this.#played, this.position.traced).find(
      ({ event }) => event === chosen.event,
    );
    if (now === undefined) this.seek({ kind: 'events', events, at });
    return now === undefined || !('nth' in action) ? null : { ...action, nth: now.nth };
  }
}

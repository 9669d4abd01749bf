import { assert } from './assert.ts';
import type { Future, Waiting } from './queue.ts';
import type { Random } from './random.ts';
import type { OpenDraw, Slack } from './schedule.ts';
import type { Micros } from './time.ts';

/** Where an event belongs: its chain, and who receives it. */
export interface Lane {
  /** Events of one chain have one cause behind the other: a direction of a connection, a disk, a thread. */
  readonly chain: number;
  /** free: in any order that the windows allow. fifo: in the order in which they were pushed. serial: that too, and each
   *  begins when the one before it has come. */
  readonly order: 'free' | 'fifo' | 'serial';
  /** Events of one receiver race with one another; those of receiver 0 with nobody. */
  readonly receiver: number;
}

/** How the next event is chosen among those whose windows overlap. pos: by a priority of its own. Else: by that of its chain;
 *  `changes` are the steps, ascending, at which the chain that was just chosen falls below all others. */
export type Strategy = 'pos' | { readonly changes: readonly number[] };

interface Chain {
  priority: number;
  /** The last choice that met it. */
  round: number;
}

interface Entry<E> {
  readonly event: E;
  readonly seq: number;
  readonly lane: Lane;
  readonly chain: Chain;
  earliest: Micros;
  latest: Micros;
  /** What `push` was told. */
  readonly planned: Micros;
  /** Of serial chains: how long after the one before it, at least. */
  readonly gap: Micros;
  readonly width: Micros;
  priority: number;
  readonly draws: readonly OpenDraw[];
  /** The time to which the values of the draws count. */
  readonly since: Micros;
}

/** The future, when delays are not drawn but left open: each event has a window [earliest, latest], and priorities decide
 *  which of those that may come next does. The clock can be read off afterwards: no event comes before its earliest time, and
 *  none after its latest, because nothing is ever chosen that would begin after the least latest time of all.
 *  Priorities: per chain with a few changes (PCTCP), or per event and drawn anew after each race (POS).
 *  A few dozen events wait at a time, so one list in the order of arrival is as good as a heap. */
export class ChosenQueue<E> implements Future<E> {
  lastAt: Micros = 0;
  readonly #strategy: Strategy;
  readonly #random: Random;
  readonly #slack: Slack;
  readonly #laneOf: (event: E) => Lane;
  #entries: Entry<E>[] = [];
  #chains = new Map<number, Chain>();
  /** Steps at which a chain loses its place, ascending. */
  #changes: number[] = [];
  #lowest = 0;
  #steps = 0;
  #seq = 0;
  #round = 0;
  /** Which entry comes next, and when; null when that is open. */
  #choice: Choice | null = null;

  constructor(strategy: Strategy, random: Random, slack: Slack, laneOf: (event: E) => Lane) {
    this.#strategy = strategy;
    this.#random = random;
    this.#slack = slack;
    this.#laneOf = laneOf;
    this.#changes = strategy === 'pos' ? [] : [...strategy.changes];
  }

  get size(): number {
    return this.#entries.length;
  }

  push(at: Micros, event: E): void {
    assert(at >= this.lastAt && Number.isInteger(at), 'an event lies at a whole microsecond, not in the past');
    const { width, least, draws } = this.#slack;
    if (width > 0 || least > 0) {
      this.#slack.width = 0;
      this.#slack.least = 0;
    }
    if (draws.length > 0) this.#slack.draws = [];
    const lane = this.#laneOf(event);
    const before = lane.order === 'serial' ? this.#lastOf(lane.chain) : undefined;
    const gap = before === undefined ? 0 : Math.max(0, at - before.planned);
    const earliest = before === undefined ? at : Math.max(at, before.earliest + gap);
    this.#entries.push({
      event,
      seq: this.#seq++,
      lane,
      chain: this.#chainOf(lane.chain),
      earliest,
      latest: before === undefined ? earliest + width : Math.max(earliest, before.latest + gap) + width,
      planned: at,
      gap,
      width,
      priority: this.#strategy === 'pos' ? this.#random.u32() : 0,
      draws,
      since: lane.order === 'serial' ? -1 : this.lastAt + least,
    });
    this.#choice = null;
  }

  pop(until: Micros = Infinity): E | undefined {
    const choice = this.#choose();
    if (choice === null || choice.at > until) return undefined;
    const entry = this.#entries[choice.index]!;
    const { lane, chain, draws } = entry;
    this.#removeAt(choice.index);
    this.lastAt = choice.at;
    if (draws.length > 0) settle(draws, choice.at - (entry.since < 0 ? entry.earliest : entry.since));
    if (lane.order === 'serial') this.#shiftBehind(choice.index, lane.chain, choice.at);
    this.#steps++;
    if (this.#strategy === 'pos') this.#redraw(lane.receiver);
    else
      while (this.#changes[0] === this.#steps) {
        this.#changes.shift();
        chain.priority = --this.#lowest;
      }
    return entry.event;
  }

  peekAt(): Micros | undefined {
    return this.#choose()?.at;
  }

  items(): Waiting<E>[] {
    return this.#entries
      .map(({ earliest, seq, event }) => ({ at: earliest, seq, event }))
      .sort((a, b) => a.at - b.at || a.seq - b.seq);
  }

  take(seq: number): E | undefined {
    const index = this.#entries.findIndex((entry) => entry.seq === seq);
    const entry = this.#entries[index];
    if (entry !== undefined) this.#removeAt(index);
    return entry?.event;
  }

  /** `laneOf`: that of the copy's own world. */
  clone(copyEvent?: (event: E) => E, laneOf: (event: E) => Lane = this.#laneOf): ChosenQueue<E> {
    const copy = new ChosenQueue<E>(this.#strategy, this.#random.clone(), this.#slack, laneOf);
    copy.lastAt = this.lastAt;
    for (const [key, chain] of this.#chains) copy.#chains.set(key, { ...chain });
    copy.#entries = this.#entries.map((entry) => ({
      ...entry,
      event: copyEvent === undefined ? entry.event : copyEvent(entry.event),
      chain: copy.#chainOf(entry.lane.chain),
      draws: [],
    }));
    copy.#changes = [...this.#changes];
    copy.#lowest = this.#lowest;
    copy.#steps = this.#steps;
    copy.#seq = this.#seq;
    copy.#round = this.#round;
    return copy;
  }

  /** The candidate of the highest priority. Nothing but the queue's own notes change: asking twice is asking once. */
  #choose(): Choice | null {
    if (this.#choice !== null || this.#entries.length === 0) return this.#choice;
    let limit = Infinity;
    for (const { latest } of this.#entries) if (latest < limit) limit = latest;
    const round = ++this.#round;
    let best: Entry<E> | undefined;
    let index = -1;
    let highest = -Infinity;
    for (let i = 0; i < this.#entries.length; i++) {
      const entry = this.#entries[i]!;
      const { chain, lane } = entry;
      if (entry.earliest > limit) continue;
      if (lane.order !== 'free') {
        if (chain.round === round) continue;
        chain.round = round;
      }
      const priority = this.#strategy === 'pos' ? entry.priority : chain.priority;
      if (priority <= highest) continue;
      highest = priority;
      best = entry;
      index = i;
    }
    if (best === undefined) return null;
    // What was put off comes at a moment of its own, so that the clock tells the order.
    const late = best.width > 0 && best.earliest <= this.lastAt;
    const at = late ? Math.min(this.lastAt + 1, limit) : Math.max(this.lastAt, best.earliest);
    this.#choice = { index, at };
    return this.#choice;
  }

  #removeAt(index: number): void {
    this.#entries.splice(index, 1);
    this.#choice = null;
  }

  #chainOf(key: number): Chain {
    let chain = this.#chains.get(key);
    if (chain === undefined) {
      chain = { priority: this.#strategy === 'pos' ? 0 : this.#random.u32(), round: -1 };
      this.#chains.set(key, chain);
    }
    return chain;
  }

  #lastOf(chain: number): Entry<E> | undefined {
    return this.#entries.findLast(({ lane }) => lane.chain === chain);
  }

  /** The first of a serial chain has come at `at`: the others begin no earlier than that, one after the other. */
  #shiftBehind(from: number, chain: number, at: Micros): void {
    let earliest = at;
    let latest = at;
    for (let i = from; i < this.#entries.length; i++) {
      const entry = this.#entries[i]!;
      if (entry.lane.chain !== chain) continue;
      earliest = Math.max(entry.earliest, earliest + entry.gap);
      latest = Math.max(earliest, latest + entry.gap) + entry.width;
      entry.earliest = earliest;
      entry.latest = latest;
    }
  }

  #redraw(receiver: number): void {
    if (receiver === 0) return;
    for (const entry of this.#entries) if (entry.lane.receiver === receiver) entry.priority = this.#random.u32();
  }
}

interface Choice {
  readonly index: number;
  readonly at: Micros;
}

/** The event came so much later than the least delays would have it: the draws share that. */
function settle(draws: readonly OpenDraw[], lag: Micros): void {
  let rest = Math.max(0, lag);
  for (const draw of draws) {
    const part = Math.min(rest, draw.width);
    draw.settle(part);
    rest -= part;
  }
}

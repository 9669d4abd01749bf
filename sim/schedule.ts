import { stream, type Random } from './random.ts';
import type { Draw, DrawStream } from './scenario.ts';
import type { Micros, Range } from './time.ts';

/** Where a world's streams of chance come from. One object serves a world and its copies. */
export interface Chance {
  /** The stream of that name; what `a` and `b` say stands at `Draw`. */
  stream(name: DrawStream, a?: number, b?: number): Random;
}

/** Streams that depend on the seed and their own name alone. */
export function uniformChance(seed: string): Chance {
  return { stream: (name, a = 0, b = 0) => stream(seed, name, a, b) };
}

// ── calm

/** Streams whose every draw is the calmest that there is, but for the exceptions. */
export function calmChance(except: readonly Draw[]): Chance {
  const byStream = new Map<string, Map<number, number>>();
  for (const { stream: name, a, b, nth, value } of except) {
    const key = `${name} ${a} ${b}`;
    const values = byStream.get(key) ?? new Map<number, number>();
    byStream.set(key, values.set(nth, value));
  }
  return { stream: (name, a = 0, b = 0) => new CalmStream(byStream.get(`${name} ${a} ${b}`) ?? NO_VALUES, 0) };
}

const NO_VALUES: ReadonlyMap<number, number> = new Map();
const TWO_TO_32 = 0x1_0000_0000;
const MILLION = 1_000_000;

/** The least delay, no mishap, the first of a list; exceptions keep to what the draw could have yielded. */
class CalmStream implements Random {
  readonly #values: ReadonlyMap<number, number>;
  #drawn: number;

  constructor(values: ReadonlyMap<number, number>, drawn: number) {
    this.#values = values;
    this.#drawn = drawn;
  }

  u32(): number {
    return this.#clamped([0, TWO_TO_32 - 1], 0);
  }

  below(bound: number): number {
    return this.#clamped([0, bound - 1], 0);
  }

  between(range: Range): number {
    return this.#clamped(range, range[0]);
  }

  delay(range: Range): Micros {
    return this.#clamped(range, range[0]);
  }

  gap(bound: number): number {
    return this.#clamped([0, bound - 1], bound - 1);
  }

  chance(ppm: number): boolean {
    const value = this.#next() ?? 0;
    return ppm >= MILLION || (ppm > 0 && value !== 0);
  }

  clone(): Random {
    return new CalmStream(this.#values, this.#drawn);
  }

  #clamped(range: Range, calm: number): number {
    return Math.min(Math.max(this.#next() ?? calm, range[0]), range[1]);
  }

  #next(): number | undefined {
    this.#drawn++;
    return this.#values.size === 0 ? undefined : this.#values.get(this.#drawn);
  }
}

// ── delays with an open end

/** What the draws since the last push leave open: the event that is pushed next takes it. Nothing is left between two
 *  events, so that copies of a world can share it. */
export interface Slack {
  /** How much later than the least. */
  width: Micros;
  /** The sum of the least delays. */
  least: Micros;
  /** The draws, for whoever records them. */
  draws: OpenDraw[];
}

/** A draw whose value is known when its event comes. */
export interface OpenDraw {
  readonly width: Micros;
  readonly settle: (lag: Micros) => void;
}

export function newSlack(): Slack {
  return { width: 0, least: 0, draws: [] };
}

/** Streams whose delays are the least ones, and leave the rest to the queue. */
export function openChance(seed: string, slack: Slack): Chance {
  return { stream: (name, a = 0, b = 0) => new OpenStream(stream(seed, name, a, b), slack) };
}

class OpenStream implements Random {
  readonly #random: Random;
  readonly #slack: Slack;

  constructor(random: Random, slack: Slack) {
    this.#random = random;
    this.#slack = slack;
  }

  u32(): number {
    return this.#random.u32();
  }

  below(bound: number): number {
    return this.#random.below(bound);
  }

  between(range: Range): number {
    return this.#random.between(range);
  }

  delay(range: Range): Micros {
    this.#slack.width += range[1] - range[0];
    this.#slack.least += range[0];
    return range[0];
  }

  gap(bound: number): number {
    return this.#random.gap(bound);
  }

  chance(ppm: number): boolean {
    return this.#random.chance(ppm);
  }

  clone(): Random {
    return new OpenStream(this.#random.clone(), this.#slack);
  }
}

// ── recording

/** A draw and what a calm schedule would have taken instead. */
export type RecordedDraw = { -readonly [K in keyof Draw]: Draw[K] } & { readonly calm: number };

/** Passes all draws on and writes them down, in the order in which they were made. `slack`: that of the streams below, if
 *  they leave delays open. A copy of a stream records nothing: it belongs to another future. */
export function recordingChance(below: Chance, into: RecordedDraw[], slack: Slack | null): Chance {
  return {
    stream: (name, a = 0, b = 0) => new RecordingStream(below.stream(name, a, b), { stream: name, a, b, into, slack }),
  };
}

interface Recording {
  readonly stream: DrawStream;
  readonly a: number;
  readonly b: number;
  readonly into: RecordedDraw[];
  readonly slack: Slack | null;
}

class RecordingStream implements Random {
  readonly #random: Random;
  readonly #recording: Recording;
  #drawn = 0;

  constructor(random: Random, recording: Recording) {
    this.#random = random;
    this.#recording = recording;
  }

  u32(): number {
    return this.#note(this.#random.u32(), 0).value;
  }

  below(bound: number): number {
    return this.#note(this.#random.below(bound), 0).value;
  }

  between(range: Range): number {
    return this.#note(this.#random.between(range), range[0]).value;
  }

  delay(range: Range): Micros {
    const drawn = this.#note(this.#random.delay(range), range[0]);
    const { value } = drawn;
    this.#recording.slack?.draws.push({
      width: range[1] - range[0],
      settle: (lag) => {
        drawn.value = value + lag;
      },
    });
    return value;
  }

  gap(bound: number): number {
    return this.#note(this.#random.gap(bound), bound - 1).value;
  }

  chance(ppm: number): boolean {
    const yes = this.#random.chance(ppm);
    this.#note(yes ? 1 : 0, ppm >= MILLION ? 1 : 0);
    return yes;
  }

  clone(): Random {
    return this.#random.clone();
  }

  #note(value: number, calm: number): RecordedDraw {
    const { stream: name, a, b, into } = this.#recording;
    const drawn = { stream: name, a, b, nth: ++this.#drawn, value, calm };
    into.push(drawn);
    return drawn;
  }
}

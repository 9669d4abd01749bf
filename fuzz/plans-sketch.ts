import fc from 'fast-check';
import {
  DRAWN_FEATURES,
  ERRANDS,
  ERRANDS_BESIDES,
  RELAY_BESIDES,
  RELAY_FALLS,
  type Feature,
} from './plans-features.ts';
import { HANDOVERS, MOMENTS } from './plans-moments.ts';

/** A plan before it is spelt out: independent small numbers, each with the plainest meaning at 0. No draw depends on
 *  another, so that a shrinker may lower any of them, and what a feature that is off would have used changes
 *  nothing. */
export interface Sketch {
  readonly features: readonly Feature[];
  readonly base: Base;
  /** Between restarts. The last one always has everybody up. */
  readonly chapters: readonly ChapterSketch[];
  readonly ending: number;
  readonly seed: number;
}

export interface Base {
  readonly tempo: number;
  readonly network: number;
  readonly disk: number;
  readonly slow: number;
  readonly startup: number;
  readonly snapCount: number;
  readonly commitLog: number;
  readonly ensemble: number;
  readonly load: number;
  readonly gap: number;
  readonly service: number;
}

export interface ChapterSketch {
  readonly length: number;
  /** Who is away, if absences are on. */
  readonly away: number;
  readonly how: number;
  readonly tidy: number;
  readonly stagger: number;
  readonly writes: readonly WriteSketch[];
  readonly faults: readonly FaultSketch[];
  readonly errands: readonly ErrandSketch[];
}

export interface ErrandSketch {
  /** Which of the errands that are on. */
  readonly kind: number;
  readonly when: number;
  readonly key: number;
  readonly near: number;
  readonly how: number;
  readonly first: number;
  readonly second: number;
  readonly change: number;
  readonly delay: number;
}

export interface WriteSketch {
  readonly when: number;
  readonly moment: number;
  readonly delay: number;
  readonly to: number;
  readonly times: number;
  /** What is asked of the tree, of the kinds that are on. */
  readonly what: number;
}

export interface FaultSketch {
  /** Which of the strikes that are on. */
  readonly pick: number;
  readonly when: number;
  readonly moment: number;
  readonly nth: number;
  readonly server: number;
  readonly delay: number;
  readonly scope: number;
  readonly duration: number;
  readonly extra: number;
}

/** A small number that shrinks to 0 at once: what lies between is no simpler. */
class Digit extends fc.Arbitrary<number> {
  readonly #max: number;

  constructor(max: number) {
    super();
    this.#max = max;
  }

  override generate(random: fc.Random): fc.Value<number> {
    return new fc.Value(random.nextInt(0, this.#max), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is number {
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= this.#max;
  }

  override shrink(value: number): fc.Stream<fc.Value<number>> {
    return value === 0 ? fc.Stream.nil() : fc.Stream.of(new fc.Value(0, undefined));
  }
}

/** Wide enough for every table that is indexed with a remainder, and a multiple of most of their lengths. */
const ANY = new Digit(2519);

const FEATURE = new Digit(DRAWN_FEATURES.length - 1).map((index) => DRAWN_FEATURES[index]!);

const BASE = fc.record({
  tempo: ANY,
  network: ANY,
  disk: ANY,
  slow: ANY,
  startup: ANY,
  snapCount: ANY,
  commitLog: ANY,
  ensemble: ANY,
  load: ANY,
  gap: ANY,
  service: ANY,
});

const WRITE: fc.Arbitrary<WriteSketch> = fc.record({
  when: ANY,
  moment: new Digit(MOMENTS - 1),
  delay: ANY,
  to: ANY,
  times: ANY,
  what: ANY,
});

function faultAmong(moments: number): fc.Arbitrary<FaultSketch> {
  return fc.record({
    pick: ANY,
    when: ANY,
    moment: new Digit(moments - 1),
    nth: ANY,
    server: ANY,
    delay: ANY,
    scope: ANY,
    duration: ANY,
    extra: ANY,
  });
}

const ERRAND: fc.Arbitrary<ErrandSketch> = fc.record({
  kind: ANY,
  when: ANY,
  key: ANY,
  near: ANY,
  how: ANY,
  first: ANY,
  second: ANY,
  change: ANY,
  delay: ANY,
});

const NO_ERRANDS: fc.Arbitrary<ErrandSketch[]> = fc.constant([]);

/** Chapters of that many faults and errands. */
function chapterWith(faults: fc.Arbitrary<FaultSketch[]>, errands = NO_ERRANDS): fc.Arbitrary<ChapterSketch> {
  return fc.record({
    faults,
    errands,
    writes: upTo(WRITE, 3),
    length: ANY,
    away: ANY,
    how: ANY,
    tidy: ANY,
    stagger: ANY,
  });
}

function upTo<T>(arbitrary: fc.Arbitrary<T>, maxLength: number, minLength = 0): fc.Arbitrary<T[]> {
  return fc.array(arbitrary, { minLength, maxLength, size: 'max' });
}

const SEED = fc.noShrink(fc.maxSafeNat());

/** Any features at all: half of the swarms have three at most. */
const SWARM = fc.record({
  chapters: upTo(chapterWith(fc.oneof(upTo(faultAmong(MOMENTS), 1), upTo(faultAmong(MOMENTS), 3))), 4, 1),
  features: fc.oneof(upTo(FEATURE, 3, 1), upTo(FEATURE, 9, 3)).map(asSet),
  ending: ANY,
  base: BASE,
  seed: SEED,
});

/** A relay: in each chapter others are away, and somebody falls where one leader hands over to the next. Most of the
 *  deep bugs are of this shape. */
const RELAY = fc.record({
  chapters: upTo(chapterWith(upTo(faultAmong(HANDOVERS), 1, 1)), 5, 2),
  features: fc
    .tuple(fc.constantFrom(...RELAY_FALLS), fc.oneof(fc.constant([]), upTo(fc.constantFrom(...RELAY_BESIDES), 2, 1)))
    .map(([fall, besides]) => asSet(['absence', fall, ...besides])),
  ending: ANY,
  base: BASE,
  seed: SEED,
});

/** Errands of clients, with few faults about them. */
const ERRANDED = fc.record({
  chapters: upTo(chapterWith(upTo(faultAmong(MOMENTS), 1), upTo(ERRAND, 2, 1)), 3, 1),
  features: fc
    .tuple(upTo(fc.constantFrom(...ERRANDS), 2, 1), upTo(fc.constantFrom(...ERRANDS_BESIDES), 2))
    .map(([errands, besides]) => asSet([...errands, ...besides])),
  ending: ANY,
  base: BASE,
  seed: SEED,
});

export const SKETCH: fc.Arbitrary<Sketch> = fc.noBias(
  fc.oneof({ weight: 4, arbitrary: SWARM }, { weight: 5, arbitrary: RELAY }, { weight: 1, arbitrary: ERRANDED }),
);

function asSet(features: readonly Feature[]): readonly Feature[] {
  return [...new Set(features)].sort((a, b) => (a < b ? -1 : 1));
}

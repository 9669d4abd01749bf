import fc from 'fast-check';
import { DRAWN_FEATURES, RELAY_BESIDES, RELAY_FALLS, type Feature } from './plans-features.ts';
import { MOMENTS } from './plans-moments.ts';

/** A plan before it is spelt out: independent small numbers, each with the plainest meaning at 0. No draw depends on
 *  another, so that a shrinker may lower any of them, and what a feature that is off would have used changes nothing. */
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
}

export interface WriteSketch {
  readonly when: number;
  readonly moment: number;
  readonly delay: number;
  readonly to: number;
  readonly times: number;
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

/** Wide enough for every table that is indexed with a remainder, and a multiple of most of their lengths. */
const ANY = fc.nat(2519);

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
});

const WRITE: fc.Arbitrary<WriteSketch> = fc.record({
  when: ANY,
  moment: fc.nat(MOMENTS - 1),
  delay: ANY,
  to: ANY,
  times: ANY,
});

const FAULT: fc.Arbitrary<FaultSketch> = fc.record({
  pick: ANY,
  when: ANY,
  moment: fc.nat(MOMENTS - 1),
  nth: ANY,
  server: ANY,
  delay: ANY,
  scope: ANY,
  duration: ANY,
  extra: ANY,
});

const CHAPTER: fc.Arbitrary<ChapterSketch> = fc.record({
  length: ANY,
  away: ANY,
  how: ANY,
  tidy: ANY,
  stagger: ANY,
  writes: fc.array(WRITE, { maxLength: 3, size: 'max' }),
  faults: fc.oneof(
    { weight: 3, arbitrary: fc.array(FAULT, { maxLength: 1, size: 'max' }) },
    { weight: 2, arbitrary: fc.array(FAULT, { maxLength: 3, size: 'max' }) },
  ),
});

/** A relay: in each chapter others are away, and somebody falls where one leader hands over to the next. Most of the deep
 *  bugs are of this shape. */
const RELAY: fc.Arbitrary<Feature[]> = fc.tuple(fc.nat(999), fc.nat(999)).map(([fall, besides]) => {
  const features: Feature[] = ['absence', RELAY_FALLS[fall % RELAY_FALLS.length]!];
  const more = RELAY_BESIDES[besides % RELAY_BESIDES.length];
  return more === undefined ? features : [...features, more];
});

/** Half of the swarms have three features at most. */
const SWARM: fc.Arbitrary<readonly Feature[]> = fc
  .oneof(
    { weight: 3, arbitrary: indices(1, 3).map(drawn) },
    { weight: 3, arbitrary: indices(3, 9).map(drawn) },
    { weight: 4, arbitrary: RELAY },
  )
  .map((features) => [...new Set(features)].sort((a, b) => (a < b ? -1 : 1)));

function drawn(list: readonly number[]): Feature[] {
  return list.map((index) => DRAWN_FEATURES[index]!);
}

function indices(minLength: number, maxLength: number): fc.Arbitrary<number[]> {
  return fc.array(fc.nat(DRAWN_FEATURES.length - 1), { minLength, maxLength, size: 'max' });
}

export const SKETCH: fc.Arbitrary<Sketch> = fc.noBias(
  fc.record({
    features: SWARM,
    base: BASE,
    chapters: fc.array(CHAPTER, { minLength: 1, maxLength: 5, size: 'max' }),
    ending: ANY,
    seed: fc.maxSafeNat(),
  }),
);

// A stream of chance depends on its seed, name and ids alone, and draws evenly from the range it is asked for.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Random, stream } from '../../sim/random.ts';

function draws(random: Random, count = 8): number[] {
  return Array.from({ length: count }, () => random.u32());
}

test('known answers: these never change, or every recorded seed means another run', () => {
  expect(draws(stream('1', 'latency', 1, 2), 4)).toEqual(KNOWN.latency);
  expect(draws(stream('0xcbb9bf0b', 'fault'), 4)).toEqual(KNOWN.fault);
  const random = stream('word', 'disk', 5);
  expect([random.below(10), random.between([-5, 5]), random.chance(500_000), random.below(2 ** 32)]).toEqual(
    KNOWN.mixed,
  );
});

const KNOWN = {
  latency: [3780143061, 1542357135, 2326226998, 3458009436],
  fault: [2511591294, 1456433385, 2500292040, 299410894],
  mixed: [4, 3, true, 323416473],
};

describe('independence', () => {
  test('the same name gives the same stream, whatever was drawn elsewhere', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(40), fc.nat(40), fc.nat(50), (seed, name, a, b, noise) => {
        const expected = draws(stream(seed, name, a, b));
        draws(stream(seed, `${name}!`, a, b), noise);
        expect(draws(stream(seed, name, a, b))).toEqual(expected);
      }),
    );
  });

  test('another seed, name or id gives another stream, near as they may be', () => {
    const seen = new Map<string, string>();
    for (const seed of ['1', '2', '12', '1 ', ''])
      for (const name of ['latency', 'latency1', 'disk', '2latency'])
        for (let a = -31; a <= 31; a++)
          for (let b = 0; b <= 31; b++) {
            const key = draws(stream(seed, name, a, b), 2).join();
            const who = JSON.stringify([seed, name, a, b]);
            if (seen.has(key)) expect.fail(`${who} is the stream of ${seen.get(key) ?? ''}`);
            seen.set(key, who);
          }
    expect(seen.size).toBe(5 * 4 * 63 * 32);
  });

  test('where a seed ends and a name begins makes a difference', () => {
    expect(draws(stream('ab', 'c'))).not.toEqual(draws(stream('a', 'bc')));
    expect(draws(stream('', 'abc'))).not.toEqual(draws(stream('abc', '')));
  });

  test('streams of neighbouring ids do not resemble one another: half of the bits differ', () => {
    let bits = 0;
    const pairs = 4000;
    for (let a = 0; a < pairs; a++) {
      const differing = stream('1', 'latency', a).u32() ^ stream('1', 'latency', a + 1).u32();
      for (let bit = 0; bit < 32; bit++) bits += (differing >>> bit) & 1;
    }
    expect(bits / (pairs * 32)).toBeGreaterThan(0.49);
    expect(bits / (pairs * 32)).toBeLessThan(0.51);
  });
});

describe('ranges', () => {
  test('every draw is an integer of its range', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 1, max: 2 ** 32 }),
        fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
        (seed, bound, min) => {
          const random = stream(seed, 'law');
          const below = random.below(bound);
          const between = random.between([min, min + bound - 1]);
          const u32 = random.u32();
          for (const value of [below, between, u32]) expect(Number.isInteger(value)).toBe(true);
          expect(below >= 0 && below < bound).toBe(true);
          expect(between >= min && between <= min + bound - 1).toBe(true);
          expect(u32 >= 0 && u32 < 2 ** 32).toBe(true);
        },
      ),
    );
  });

  test('both ends of a range are drawn, and all values about equally often', () => {
    const random = stream('1', 'even');
    const counts = new Map<number, number>();
    for (let i = 0; i < 70_000; i++) {
      const value = random.between([-3, 3]);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-3, -2, -1, 0, 1, 2, 3]);
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  test('odds are parts per million: none never, all always, a quarter about one in four', () => {
    const random = stream('1', 'odds');
    let quarter = 0;
    for (let i = 0; i < 40_000; i++) {
      if (random.chance(0) || !random.chance(1_000_000)) expect.fail('the impossible happened');
      if (random.chance(250_000)) quarter++;
    }
    expect(Math.abs(quarter - 10_000)).toBeLessThan(400);
  });

  test('odds take one draw, whatever they are: changing them moves nothing else', () => {
    for (const ppm of [0, 1, 500_000, 1_000_000]) {
      const random = stream('1', 'moves');
      random.chance(ppm);
      expect(random.u32()).toBe(draws(stream('1', 'moves'), 2)[1]);
    }
  });

  test('empty ranges and impossible odds are refused', () => {
    const random = stream('1', 'refused');
    expect(() => random.below(0)).toThrow('bound');
    expect(() => random.below(2 ** 32 + 1)).toThrow('bound');
    expect(() => random.between([2, 1])).toThrow('bound');
    expect(() => random.chance(-1)).toThrow('odds');
    expect(() => random.chance(1_000_001)).toThrow('odds');
    expect(() => random.chance(Number.NaN)).toThrow('odds');
  });
});

test('a clone goes on alike, and neither moves the other', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(20), (seed, before) => {
      const random = stream(seed, 'clone');
      draws(random, before);
      const copy = random.clone();
      const expected = draws(stream(seed, 'clone'), before + 8).slice(before);
      expect(draws(random)).toEqual(expected);
      expect(draws(copy)).toEqual(expected);
      expect(draws(copy.clone())).toEqual(draws(copy));
    }),
  );
});

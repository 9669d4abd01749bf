// A hash depends on the sequence of values and on nothing else, in every engine alike.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Hasher } from '../../sim/hash.ts';

const exact = fc.maxSafeInteger();
const value = fc.oneof(exact, fc.string());

function put(hasher: Hasher, each: number | string): void {
  if (typeof each === 'number') hasher.int(each);
  else hasher.text(each);
}

function hashed(values: readonly (number | string)[]): Hasher {
  const hasher = new Hasher();
  for (const each of values) put(hasher, each);
  return hasher;
}

test('known answers: these never change, or every recorded trace hash means nothing', () => {
  expect(new Hasher().hex()).toBe('92ca2f0ecb72770f');
  expect(hashed([1, 2, 3]).hex()).toBe('474e72666aae1634');
  expect(hashed(['PROPOSAL', 0x1_0000_0003, -1]).hex()).toBe('8644635edc4cf919');
  expect(hashed([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, '']).hex()).toBe('c9e901f059c5db50');
});

test('equal sequences have equal hashes, and all three forms are in their ranges', () => {
  fc.assert(
    fc.property(fc.array(value), (values) => {
      const [a, b] = [hashed(values), hashed(values)];
      expect(a.hex()).toBe(b.hex());
      expect(a.hex()).toMatch(/^[0-9a-f]{16}$/);
      expect(a.digest32()).toBe(b.digest32());
      expect(a.digest32() >= 0 && a.digest32() < 2 ** 32).toBe(true);
      expect(a.digest53()).toBe(b.digest53());
      expect(Number.isSafeInteger(a.digest53()) && a.digest53() >= 0).toBe(true);
    }),
  );
});

test('looking at a hash does not change it, and a clone goes on alike', () => {
  fc.assert(
    fc.property(fc.array(value), fc.array(value), (before, after) => {
      const whole = hashed([...before, ...after]);
      const hasher = hashed(before);
      hasher.hex();
      hasher.digest32();
      const copy = hasher.clone();
      for (const each of after) put(copy, each);
      expect(copy.hex()).toBe(whole.hex());
      expect(hasher.hex()).toBe(hashed(before).hex());
    }),
  );
});

test('one value more, less, another or moved makes another hash', () => {
  fc.assert(
    fc.property(fc.array(exact, { minLength: 1, maxLength: 20 }), fc.nat(), exact, (values, where, other) => {
      const at = where % values.length;
      const changed = values.with(at, other);
      if (values[at] !== other) expect(hashed(changed).hex()).not.toBe(hashed(values).hex());
      expect(hashed([...values, 0]).hex()).not.toBe(hashed(values).hex());
      expect(hashed(values.slice(1)).hex()).not.toBe(hashed(values).hex());
      const swapped = [values[values.length - 1]!, ...values.slice(1, -1), values[0]!];
      if (values.length > 1 && values[0] !== values[values.length - 1])
        expect(hashed(swapped).hex()).not.toBe(hashed(values).hex());
    }),
  );
});

test('a hundred thousand small inputs have a hundred thousand hashes', () => {
  const seen = new Set<string>();
  const digests = new Set<number>();
  for (let a = -50; a < 50; a++)
    for (let b = 0; b < 1000; b++) {
      const hasher = hashed([a, b]);
      seen.add(hasher.hex());
      digests.add(hasher.digest53());
    }
  expect([seen.size, digests.size]).toEqual([100_000, 100_000]);
});

test('data is hashed by content, items and keys in their order', () => {
  const record = fc.dictionary(
    fc.string(),
    fc.oneof(exact, fc.string(), fc.boolean(), fc.constant(null), fc.array(exact)),
  );
  fc.assert(
    fc.property(record, (content) => {
      const [a, b, c] = [new Hasher(), new Hasher(), new Hasher()];
      a.data(content);
      b.data(structuredClone(content));
      c.data({ ...content, 'one more': 1 });
      expect(a.hex()).toBe(b.hex());
      expect(a.hex()).not.toBe(c.hex());
    }),
  );
  const [a, b] = [new Hasher(), new Hasher()];
  a.data([1, 2]);
  b.data([2, 1]);
  expect(a.hex()).not.toBe(b.hex());
});

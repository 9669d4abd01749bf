// The delta debugger: what it returns still fails, is in order, and none of it can go.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ddmin, withoutPairs } from '../../sim/search/ddmin.ts';

const items = Array.from({ length: 40 }, (_, index) => index);
const subset = fc.subarray(items);

test('exactly what is needed is left, whatever it is', () => {
  fc.assert(
    fc.property(subset, (needed) => {
      const fails = (rest: readonly number[]): boolean => needed.every((one) => rest.includes(one));
      expect(ddmin(items, fails)).toEqual(needed);
    }),
  );
});

test('where either of two reasons will do, one of them is left, and nothing of the other', () => {
  fc.assert(
    fc.property(subset, subset, (one, other) => {
      const fails = (rest: readonly number[]): boolean =>
        one.every((item) => rest.includes(item)) || other.every((item) => rest.includes(item));
      const left = ddmin(items, fails);
      expect(fails(left)).toBe(true);
      for (const item of left) expect(fails(left.filter((kept) => kept !== item))).toBe(false);
    }),
  );
});

test('what is left still fails, in the order it had, even if nothing is monotone', () => {
  fc.assert(
    fc.property(fc.func(fc.boolean()), (whim) => {
      const fails = (rest: readonly number[]): boolean => rest.length === items.length || whim(rest.join());
      const left = ddmin(items, fails);
      expect(fails(left)).toBe(true);
      expect(left).toEqual(items.filter((item) => left.includes(item)));
    }),
  );
});

test('when no more questions may be asked, the least list so far is the answer', () => {
  for (let budget = 0; budget < 60; budget++) {
    let asked = 0;
    let least: readonly number[] = items;
    const left = ddmin(items, (rest) => {
      if (asked++ >= budget || !rest.includes(7) || !rest.includes(30)) return false;
      least = rest;
      return true;
    });
    expect(left).toEqual(least);
  }
});

test('two items that only go together go together', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 9 }), (needed) => {
      const all = Array.from({ length: 20 }, (_, index) => index);
      // 0 and 10, 1 and 11, ...: half a pair is as bad as none.
      const fails = (rest: readonly number[]): boolean =>
        all.every((item) => rest.includes(item) === rest.includes((item + 10) % 20)) &&
        needed.every((item) => rest.includes(item));
      expect(ddmin(all, fails)).toEqual(all);
      const expected = all.filter((item) => needed.includes(item % 10));
      const left = withoutPairs(all, 20, fails);
      expect(left).toHaveLength(Math.max(2, expected.length));
      expect(withoutPairs(all, 19, fails)).toEqual(all);
    }),
  );
});

test('one item out of very many is found in few steps', () => {
  const many = Array.from({ length: 4096 }, (_, index) => index);
  let asked = 0;
  const left = ddmin(many, (rest) => {
    asked++;
    return rest.includes(1234);
  });
  expect(left).toEqual([1234]);
  expect(asked).toBeLessThan(60);
});

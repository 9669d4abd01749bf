// zxids order by epoch, then by counter, and survive packing, printing and reading (ZxidUtils.java).
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  counterOf,
  COUNTERS,
  EPOCHS,
  epochOf,
  follows,
  formatZxid,
  LAST_COUNTER,
  makeZxid,
  nextZxid,
  parseZxid,
} from '../../sim/zab/zxid.ts';

const epoch = fc.oneof(fc.nat(3), fc.integer({ min: 0, max: EPOCHS - 1 }), fc.constant(EPOCHS - 1));
const counter = fc.oneof(
  fc.nat(3),
  fc.integer({ min: 0, max: LAST_COUNTER }),
  fc.constantFrom(0x7fff_ffff, 0x8000_0000, LAST_COUNTER),
);

test('packing and unpacking are inverse, up to the last epoch and the last counter', () => {
  fc.assert(
    fc.property(epoch, counter, (e, c) => {
      const zxid = makeZxid(e, c);
      expect([epochOf(zxid), counterOf(zxid)]).toEqual([e, c]);
      expect(BigInt(zxid)).toBe((BigInt(e) << 32n) | BigInt(c));
    }),
  );
});

test('order is that of (epoch, counter)', () => {
  fc.assert(
    fc.property(epoch, counter, epoch, counter, (e1, c1, e2, c2) => {
      expect(makeZxid(e1, c1) < makeZxid(e2, c2)).toBe(e1 < e2 || (e1 === e2 && c1 < c2));
    }),
  );
});

test('what is printed is read back, as are decimal digits and epoch:counter', () => {
  fc.assert(
    fc.property(epoch, counter, (e, c) => {
      const zxid = makeZxid(e, c);
      expect(formatZxid(zxid)).toBe(`0x${((BigInt(e) << 32n) | BigInt(c)).toString(16)}`);
      for (const text of [formatZxid(zxid), String(zxid), `${e}:${c}`]) expect(parseZxid(text)).toBe(zxid);
    }),
  );
  expect(formatZxid(makeZxid(1, 3))).toBe('0x100000003');
  expect(parseZxid('-1')).toBe(-1);
  expect(parseZxid('-0x1')).toBe(-1);
});

test('everything else is refused, and never becomes another number', () => {
  const wrong = [
    '',
    ' ',
    '0x',
    '0xg',
    '1:',
    ':1',
    '1:2:3',
    '-2',
    '1.5',
    '1e3',
    '9'.repeat(20),
    `0x${'f'.repeat(14)}`,
    `${EPOCHS}:0`,
    `0:${COUNTERS}`,
  ];
  for (const text of wrong) expect(`${text} ${String(parseZxid(text))}`).toBe(`${text} undefined`);
  fc.assert(
    fc.property(fc.string(), (text) => {
      const zxid = parseZxid(text);
      if (zxid !== undefined && zxid >= 0) expect(zxid).toBe(makeZxid(epochOf(zxid), counterOf(zxid)));
    }),
  );
});

test('what comes next follows, and only the first of a later epoch follows besides', () => {
  fc.assert(
    fc.property(epoch, counter, epoch, counter, (e1, c1, e2, c2) => {
      const previous = makeZxid(e1, c1);
      if (c1 !== LAST_COUNTER) {
        expect(nextZxid(previous)).toBe(previous + 1);
        expect(follows(previous, nextZxid(previous))).toBe(true);
      }
      expect(follows(previous, makeZxid(e2, c2))).toBe((e1 === e2 && c2 === c1 + 1) || (e2 > e1 && c2 === 1));
    }),
  );
});

test('a counter never overflows into the epoch, and impossible parts are refused', () => {
  expect(() => nextZxid(makeZxid(1, LAST_COUNTER))).toThrow('overflow');
  expect(() => makeZxid(EPOCHS, 0)).toThrow('epoch');
  expect(() => makeZxid(-1, 0)).toThrow('epoch');
  expect(() => makeZxid(0, COUNTERS)).toThrow('counter');
  expect(() => makeZxid(0, -1)).toThrow('counter');
});

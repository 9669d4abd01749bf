import { expect, test } from 'vitest';
import { canonicalSeed } from '../../commands/seed.ts';

function seed(typed: string): string {
  const result = canonicalSeed(typed);
  return 'seed' in result ? result.seed : `refused: ${result.mistake}`;
}

test('one number has one seed, however it is written', () => {
  for (const typed of ['42', '042', '0x2a', '0X2A', '0x0000002a', ' 42 ']) expect(seed(typed)).toBe('42');
});

test('numbers beyond the exact integers of a double stay exact', () => {
  expect(seed('18446744073709551615')).toBe('18446744073709551615');
  expect(seed('0xffffffffffffffff')).toBe('18446744073709551615');
});

test('a git hash counts without regard to case, a word as it is', () => {
  expect(seed('53A78E36F')).toBe('53a78e36f');
  expect(seed('53a78e36f0c1b9aa53a78e36f0c1b9aa53a78e36')).toBe('53a78e36f0c1b9aa53a78e36f0c1b9aa53a78e36');
  expect(seed('Monday')).toBe('Monday');
  expect(seed('cafe\u0301')).toBe('caf\u00e9');
});

test('what is no seed is refused, with a reason', () => {
  for (const typed of ['', '   ', '-5', '+5', '1.5', '0x', '0xfg', 'two\nlines', 'x'.repeat(201)])
    expect(seed(typed)).toMatch(/^refused: ./);
});

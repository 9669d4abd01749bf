import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { PLAIN, paints, wantsColours } from '../../report/paint.ts';
import { columns, inColumns, seconds, shellWord, table, thousands, WIDTH, wrap } from '../../report/text.ts';

test('no wrapped line is wider than the screen, and no letter is lost', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1, maxLength: 120, unit: fc.constantFrom('a', 'b', '0', '-') }), {
        maxLength: 30,
      }),
      (words) => {
        const lines = wrap(words.join(' '), '    3.204 s  S3   ', 18);
        for (const line of lines) expect(columns(line)).toBeLessThanOrEqual(WIDTH);
        const plain = lines.map((line, i) => (i === 0 ? line.slice(18) : line)).join('');
        expect(plain.replaceAll(' ', '')).toBe(words.join(''));
      },
    ),
  );
});

test('Chinese characters take two columns', () => {
  expect(columns('法定人数')).toBe(8);
  expect(columns('epoch 2，已确立。')).toBe(17);
  expect(columns('“…” Å é 😀')).toBe('“…” Å é 😀'.length);
  expect(columns(paints(true).leader('旧 leader'))).toBe(9);
  expect(table([{ title: '名' }, { title: 'b' }], [['法定', 'x']], '')).toEqual(['名    b', '法定  x']);
});

test('a line may end between two Chinese characters, but not before a comma or after a bracket', () => {
  expect(wrap('任何两个法定人数都共有一台服务器', '  ', 2, 14)).toEqual([
    '  任何两个法定',
    '  人数都共有一',
    '  台服务器',
  ]);
  // Twelve columns are full: what a comma follows goes with it to the next line.
  expect(wrap('任何两个法定，人数', '', 0, 12)).toEqual(['任何两个法', '定，人数']);
  expect(wrap('任何两个法（定）', '', 0, 12)).toEqual(['任何两个法', '（定）']);
  expect(wrap('旧 leader，它醒来', '', 0, 10)).toEqual(['旧', 'leader，它', '醒来']);
  expect(wrap('zxid 0x100000002 已提交', '', 0, 18)).toEqual(['zxid 0x100000002', '已提交']);
  expect(wrap('任何', '', 0, 3)).toEqual(['任', '何']);
});

test('no wrapped line of mixed text is wider than the screen, and no letter is lost', () => {
  const unit = fc.constantFrom('a', '-', '法', '定', '，', '。', '（', '）', '“', '😀');
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1, maxLength: 120, unit }), { maxLength: 20 }),
      fc.boolean(),
      (words, painted) => {
        const text = words.map((word, i) => (painted && i % 2 === 0 ? paints(true).title(word) : word)).join('  ');
        const lines = wrap(text, '    3.204 s  S3   ', 18);
        for (const line of lines) expect(columns(line)).toBeLessThanOrEqual(WIDTH);
        const plain = lines.map((line, i) => (i === 0 ? line.slice(18) : line)).join('');
        expect(plain.replaceAll(/\u001b\[[0-9;]*m| /g, '')).toBe(words.join(''));
      },
    ),
  );
});

test('colours do not keep Chinese characters together', () => {
  const painted = wrap(`任何${paints(true).title('两个')}法定人数`, '', 0, 4);
  expect(painted.map(columns)).toEqual([4, 4, 4, 4]);
});

test('colours take no columns', () => {
  const painted = wrap(`${paints(true).leader('LEADING')} ${'word '.repeat(40)}`, '  ');
  const plain = wrap(`${PLAIN.leader('LEADING')} ${'word '.repeat(40)}`, '  ');
  expect(painted.map(columns)).toEqual(plain.map(columns));
});

test('times are told to the millisecond, without rounding up', () => {
  expect(seconds(3_204_999)).toBe('3.204 s');
  expect(seconds(0)).toBe('0.000 s');
  expect(seconds(86_400_000_000)).toBe('86400.000 s');
  expect(thousands(1_234_567)).toBe('1,234,567');
});

test('a table keeps its columns under their titles', () => {
  expect(
    table(
      [{ title: 'a' }, { title: 'number', right: true }],
      [
        ['x', '1'],
        ['yyy', '22'],
      ],
      '',
    ),
  ).toEqual(['a    number', 'x         1', 'yyy      22']);
  expect(inColumns(['one', 'two', 'three'], '')).toEqual(['one     two     three']);
});

test('a word is quoted for the shell only when it must be', () => {
  expect(shellWord('scenarios/a.yaml')).toBe('scenarios/a.yaml');
  expect(shellWord("it's here")).toBe(`'it'\\''s here'`);
});

test('the flag wins over FORCE_COLOR, FORCE_COLOR over NO_COLOR, NO_COLOR over the terminal', () => {
  const wants = (refused: boolean, env: Record<string, string>, tty: boolean): boolean =>
    wantsColours({ refused, env, tty });
  expect(wants(true, { FORCE_COLOR: '1' }, true)).toBe(false);
  expect(wants(false, { FORCE_COLOR: '1', NO_COLOR: '1' }, false)).toBe(true);
  expect(wants(false, { FORCE_COLOR: '0' }, true)).toBe(false);
  expect(wants(false, { NO_COLOR: '1' }, true)).toBe(false);
  expect(wants(false, { NO_COLOR: '' }, true)).toBe(true);
  expect(wants(false, {}, true)).toBe(true);
  expect(wants(false, {}, false)).toBe(false);
});

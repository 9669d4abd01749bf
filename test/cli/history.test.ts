// A client's calls and what it was told are printed as a table of 80 columns, or as JSON.
import { expect, test } from 'vitest';
import { UsageError } from '../../commands/exit.ts';
import { history, type HistoryOptions } from '../../commands/history.ts';
import type { Terminal } from '../../commands/terminal.ts';
import { PLAIN } from '../../report/paint.ts';

/** What the command prints, or the lines of the user's mistake. */
function shown(name: string, options: Partial<HistoryOptions>): readonly string[] {
  const lines: string[] = [];
  const terminal = { paint: PLAIN, print: (...more: string[]) => void lines.push(...more) } as unknown as Terminal;
  try {
    history(name, { seed: '1', ...options }, terminal);
  } catch (error) {
    if (error instanceof UsageError) return error.lines;
    throw error;
  }
  return lines;
}

const EARLY = { until: '4500ms', client: 'b' };

test('calls and states come in the order of the run, and fit 80 columns', () => {
  const lines = shown('tree-under-chaos', EARLY);
  expect(lines[0]).toMatch(/^client b of tree-under-chaos, seed 1: \d+ calls$/);
  expect(lines[1]).toBe('        at   call  what                         outcome         zxid        ms');
  expect(lines.some((line) => /-- {2}is Connected with S\d, session 0x[0-9a-f]+$/.test(line))).toBe(true);
  expect(lines.some((line) => / ok {14}0x1[0-9a-f]{8} +\d+\.\d$/.test(line))).toBe(true);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

test('--json gives the same rows to programs, answers and all', () => {
  const whole = JSON.parse(shown('tree-under-chaos', { ...EARLY, json: true }).join('\n')) as {
    client: number;
    rows: { kind: string; call?: number; outcome?: string; answer?: unknown }[];
  };
  expect(whole.client).toBe(2);
  const calls = whole.rows.filter(({ kind }) => kind === 'call');
  expect(calls.map(({ call }) => call)).toEqual(calls.map((_, i) => i + 1));
  expect(calls.some(({ outcome, answer }) => outcome === 'ok' && answer !== null)).toBe(true);
  expect(shown('tree-under-chaos', { until: '4500ms', client: '2', json: true }).join()).toBe(
    shown('tree-under-chaos', { ...EARLY, json: true }).join(),
  );
});

test('what cannot be shown is said, and is a mistake of usage', () => {
  expect(shown('tree-under-chaos', { client: 'z' })[0]).toBe('--client: there is no client "z"; there are a, b, c');
  expect(shown('tree-under-chaos', { until: 'soon' })[0]).toContain('"soon" is no time');
});

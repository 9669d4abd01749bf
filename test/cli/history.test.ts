// A client's calls and what it was told are printed as a table of 80 columns, or as JSON.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

const OPERATIONS = join(mkdtempSync(join(tmpdir(), 'zabsim-history-')), 'operations.yaml');
writeFileSync(
  OPERATIONS,
  `title: t
teaches: t
ensemble: {voters: 3}
clients:
  - {name: a, server: 1, session: 8s}
  - {name: c, server: 1, session: 8s, chroot: /app}
timeline:
  - {at: 2s, client: a, do: create, path: /app}
${Array.from({ length: 12 }, (_, i) => `  - {at: ${2100 + i}ms, client: a, do: create, path: /e, mode: EPHEMERAL_SEQUENTIAL}`).join('\n')}
  - {at: 3s, client: a, do: getEphemerals}
  - {at: 3100ms, client: a, do: create, path: /e0000000001/x}
  - {at: 3200ms, client: a, do: create, path: /r, acl: READ_ACL_UNSAFE}
  - {at: 3300ms, client: a, do: getACL, path: /r}
  - {at: 3400ms, client: a, do: setACL, path: /app, acl: OPEN_ACL_UNSAFE}
  - {at: 3500ms, client: a, do: whoAmI}
  - {at: 3600ms, client: a, do: addWatch, path: /e, mode: PERSISTENT_RECURSIVE}
  - {at: 3700ms, client: a, do: multi, ops: [{op: create, path: /m}, {op: setData, path: /m, data: q}]}
  - {at: 4s, client: c, do: create, path: /x}
  - {at: 4100ms, client: c, do: delete, path: /x}
  - {at: 4200ms, client: c, do: getChildren, path: /}
end: 5s
`,
);

test('calls and states come in the order of the run, and fit 80 columns', () => {
  const lines = shown('tree-under-chaos', EARLY);
  expect(lines[0]).toMatch(/^client b of tree-under-chaos, seed 1: \d+ calls$/);
  expect(lines[1]).toBe('        at   call  what                      outcome         zxid        ms');
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

test('an answer is told by what it holds, whatever its length, and a call below a chroot by its name', () => {
  const lines = shown(OPERATIONS, { client: 'a' });
  const text = lines.join('\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(text).toContain('NOCHILDRENFOREPHEMERALS\n');
  expect(text).toContain('-> 12 ephemerals: /e0000000001 /e0000000002 ...');
  expect(text).toContain('-> world:anyone:r, aversion 0');
  expect(text).toContain('-> aversion 1');
  expect(text).toContain('-> ip:10.0.0.1');
  expect(text).toContain('addWatch /e PERSISTENT_RECURSIVE');
  expect(text).toContain('-> /m ok');
  const below = shown(OPERATIONS, { client: 'c' }).join('\n');
  expect(below).toContain('delete /x ');
  expect(below).toContain('getChildren / ');
  expect(below).not.toMatch(/write|read/);
});

test('what cannot be shown is said, and is a mistake of usage', () => {
  expect(shown('tree-under-chaos', { client: 'z' })[0]).toBe('--client: there is no client "z"; there are a, b, c');
  expect(shown('tree-under-chaos', { until: 'soon' })[0]).toContain('"soon" is no time');
  expect(shown('tree-under-chaos', { from: '3s', until: '2s' })).toEqual(['--from must not be after --until']);
});

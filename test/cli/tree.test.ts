import { expect, test } from 'vitest';
import { showTree, type TreeOptions } from '../../commands/tree.ts';
import { UsageError } from '../../commands/exit.ts';
import type { Terminal } from '../../commands/terminal.ts';

/** What the command prints, or the lines of the user's mistake. */
function shown(name: string, options: Partial<TreeOptions>): readonly string[] {
  const lines: string[] = [];
  const push = (...more: string[]): void => void lines.push(...more);
  const terminal = { print: push, complain: push } as unknown as Terminal;
  try {
    showTree(name, { seed: '1', ...options }, terminal);
  } catch (error) {
    if (error instanceof UsageError) return error.lines;
    throw error;
  }
  return lines;
}

test('the tree of a server at a time is printed node by node, children below their parents', () => {
  const lines = shown('tree-under-chaos', { at: '3s', server: '1' });
  expect(lines[0]).toMatch(/^server 1 at 3 s, \w+, last zxid 0x1[0-9a-f]{8}$/);
  expect(lines[1]).toMatch(/^\/ "", version 0, cversion \d+, mzxid 0x0$/);
  expect(lines.at(-1)).toBe('    quota "", version 0, cversion 0, mzxid 0x0');
});

test('--stat and --json show every field, and a time beyond the end is said', () => {
  const lines = shown('tree-under-chaos', { at: '9h', server: '1', stat: true });
  expect(lines[0]).toMatch(/^--at: the run ends at \d/);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  const text = lines.join(' ').replace(/\s+/g, ' ');
  for (const field of ['czxid', 'pzxid', 'ctime', 'aversion', 'ephemeralOwner', 'dataLength', 'numChildren'])
    expect(text).toMatch(new RegExp(`quota "".* ${field} `));
  expect(text).toContain('acl world:anyone:cdrwa');
  const whole = JSON.parse(shown('tree-under-chaos', { at: '3s', server: '1', json: true }).join('')) as {
    nodes: { path: string; acl: unknown[]; stat: Record<string, number> }[];
  };
  expect(whole.nodes[0]?.path).toBe('/');
  expect(Object.keys(whole.nodes[0]?.stat ?? {})).toHaveLength(11);
});

test('what cannot be shown is said, and is a mistake of usage', () => {
  expect(shown('sync-diff', {})[0]).toContain('replicates numbers under keys');
  expect(shown('tree-under-chaos', { at: 'soon' })[0]).toContain('"soon" is no time');
  expect(shown('tree-under-chaos', { server: '9' })[0]).toContain('there is no server 9');
});

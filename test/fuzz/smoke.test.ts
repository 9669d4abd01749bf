// Each commit is searched under a seed of its own: `corrected` holds in thousands of plans that no commit has met before, the
// bugs that random plans find in tens of runs are found, and both shards of a batch join to what was found.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { VERSION } from '../../report/version.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'zabsim-smoke-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The commit that is checked out; of an unpacked archive, the version. */
function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return `version-${VERSION.replaceAll('.', '-')}`;
  }
}

function zabsim(...args: readonly string[]): { code: number | null; out: string; err: string } {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
  const cli = join(ROOT, 'dist', 'cli.js');
  const child = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', cwd: folder, env, maxBuffer: 1 << 28 });
  return { code: child.status, out: child.stdout, err: child.stderr };
}

const SEED = commit();
const RUNS = 2500;
/** Milliseconds: a slow machine gets through all the same. */
const PATIENCE = 150_000;

test(`corrected holds in ${RUNS} plans of this commit`, { timeout: PATIENCE }, () => {
  for (const shard of ['1/2', '2/2']) {
    const { code, out } = zabsim('fuzz', '-n', String(RUNS), '-s', SEED, '--shard', shard, '-o', shard.slice(0, 1));
    expect(code, out.slice(-4000)).toBe(0);
  }
  const merged = zabsim('merge', '1', '2', '--json');
  expect(merged.code, merged.err).toBe(0);
  const report = JSON.parse(merged.out) as {
    readonly runs: number;
    readonly failures: readonly unknown[];
    readonly properties: readonly { readonly name: string; readonly premises: number }[];
  };
  expect(report.runs).toBe(RUNS);
  expect(report.failures).toEqual([]);
  expect(report.properties.filter(({ premises }) => premises === 0)).toEqual([]);
});

/** Of the museum, those that take some tens of runs: so many more are enough under any seed. */
const QUICK = ['2845', '3911', '4646', '4685', '4394', '1367', '1419', '1282', '335', 'never-truncates'];

test(
  'known bugs are found under the seed of this commit, and corrected is silent under the same plans',
  { timeout: PATIENCE },
  () => {
    const args = ['--bug', ...QUICK, '--seeds', '1', '-s', SEED, '-n', '800', '--no-shrink', '--json'];
    const { code, out, err } = zabsim('matrix', ...args);
    expect(code, out.slice(-4000) + err).toBe(0);
    const rows = JSON.parse(out) as readonly { readonly bug: string; readonly found: boolean }[];
    expect(rows.filter(({ found }) => !found).map(({ bug }) => bug)).toEqual(['corrected']);
  },
);

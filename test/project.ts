import { cpSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A project of somebody's, elsewhere, with zabsim installed as npm would, and vitest and fast-check beside it. */
export function userProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'zabsim-user-'));
  const zabsim = join(folder, 'node_modules', 'zabsim');
  mkdirSync(zabsim, { recursive: true });
  for (const part of ['dist', 'scenarios', 'package.json']) cpSync(part, join(zabsim, part), { recursive: true });
  for (const name of ['vitest', 'fast-check'])
    symlinkSync(join(process.cwd(), 'node_modules', name), join(folder, 'node_modules', name), 'dir');
  return folder;
}

/** Runs vitest in that project. */
export function vitestIn(folder: string): { readonly status: number | null; readonly output: string } {
  const program = join(process.cwd(), 'node_modules', 'vitest', 'vitest.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'run', '--root', folder], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', VITEST: undefined, VITEST_WORKER_ID: undefined, VITEST_POOL_ID: undefined },
  });
  return { status, output: stdout + stderr };
}

import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';
import { NODE_BUNDLE } from '../scripts/bundle.mjs';
import { median } from './measure.ts';

/** Wall milliseconds from the start of a process to its end, in the middle of several tries. It prints a line at most,
 *  so the end is the first output. */
export function processMs(args: readonly string[], tries: number): number {
  // Reading certificates costs 20 ms a start wherever this variable is set, and is nothing of ours.
  const { NODE_EXTRA_CA_CERTS: _certificates, ...env } = process.env;
  const times: number[] = [];
  for (let i = 0; i < tries; i++) {
    const started = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
    times.push(performance.now() - started);
    if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status ?? 'a signal'}: ${stderr}`);
  }
  return median(times);
}

export interface Hour {
  readonly verdict: string;
  readonly events: number;
  readonly commits: number;
  readonly wallMs: number;
  /** Live objects after a quarter, a half, three quarters and the whole of the hour. */
  readonly heapMiB: readonly number[];
  readonly peakMiB: number;
}

/** An hour of virtual time in a process of its own. */
export async function hourOfWork(service: 'register' | 'zookeeper'): Promise<Hour> {
  const outfile = 'build/bench-memory.js';
  await build({ ...NODE_BUNDLE, entryPoints: ['bench/memory.ts'], outfile });
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', outfile, service], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Hour;
}

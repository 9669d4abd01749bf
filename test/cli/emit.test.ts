// A run becomes a test of vitest that says the same as the run; a saved scenario is played twice and compared.
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { stampLine } from '../../report/stamp.ts';
import { userProject, vitestIn } from '../project.ts';

const folder = userProject();
afterAll(() => rmSync(folder, { recursive: true }));

function zabsim(...args: readonly string[]): { code: number | null; out: string; err: string } {
  const { FORCE_COLOR: _force, ...env } = process.env;
  const cli = join(process.cwd(), 'dist', 'cli.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env,
  });
  return { code: status, out: stdout, err: stderr };
}

function emit(file: string, ...args: readonly string[]): void {
  const { code, out, err } = zabsim(...args, '--emit', 'vitest');
  expect([code, err]).toEqual([0, '']);
  writeFileSync(join(folder, file), out);
}

const FENCING = readFileSync('scenarios/bugs/ZOOKEEPER-4643.yaml', 'utf8');

test('emitted tests run as they are: they pass and fail as the run does, with the reason', () => {
  cpSync('scenarios/bugs/ZOOKEEPER-4643.yaml', join(folder, 'shows.yaml'));
  writeFileSync(
    join(folder, 'hopes.yaml'),
    FENCING.replace(/expect:[\s\S]*$/, '').replace('teaches: >', 'teaches: >\n  A `${quote}`.'),
  );
  emit('five.test.ts', 'run', 'five-at-once', '--seed', '0x2a');
  emit('shows.test.ts', 'replay', 'shows.yaml');
  emit('hopes.test.ts', 'run', 'hopes.yaml');
  const { status, output } = vitestIn(folder);
  expect(status, output).toBe(1);
  expect(output).toMatch(/2 passed/);
  expect(output).toMatch(/1 failed/);
  expect(output).toMatch(/committed-is-permanent at 10\.\d+ s, event \d+: server 2 lost 0x100000002/);
  expect(output).toMatch(/deciding: power failure of S1 and S3/);
}, 60_000);

test('a saved scenario is played twice, and compared with its stamp', () => {
  writeFileSync(join(folder, 'saved.yaml'), FENCING);
  const first = zabsim('replay', 'saved.yaml');
  expect(first).toMatchObject({ code: 0, err: '' });
  expect(first.out).toMatch(/^EQUAL .* played twice;/);
  expect(first.out).toMatch(/committed-is-permanent: server 2 lost/);
  const traceHash = /trace\s+hash ([0-9a-f]{16})/.exec(first.out)?.[1] ?? '';
  writeFileSync(join(folder, 'saved.yaml'), FENCING.replace('\n', `\n# ${stampLine({ seed: '1', traceHash })}\n`));
  expect(zabsim('replay', 'saved.yaml').out.replaceAll('\n', ' ')).toMatch(/^EQUAL .* played twice, and as saved;/);
  const other = traceHash.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  const stamp = stampLine({ seed: '1', traceHash: other });
  writeFileSync(join(folder, 'saved.yaml'), FENCING.replace('\n', `\n# ${stamp}\n`));
  expect(zabsim('replay', 'saved.yaml')).toMatchObject({ code: 4 });
  writeFileSync(
    join(folder, 'saved.yaml'),
    FENCING.replace('\n', `\n# ${stamp.replace(/zabsim \S+,/, 'zabsim 0.0.1,')}\n`),
  );
  const old = zabsim('replay', 'saved.yaml');
  expect(old.code).toBe(0);
  expect(old.out.replaceAll(/\s+/g, ' ')).toMatch(/made by zabsim 0\.0\.1; .* the run has changed: its trace hash was/);
});

test('a trace names its own seed', () => {
  expect(zabsim('run', 'five-at-once', '-q', '--trace', 'run.ndjson').code).toBe(0);
  expect(zabsim('replay', 'run.ndjson', '--seed', '2')).toMatchObject({ code: 2, out: '' });
  expect(zabsim('replay', 'run.ndjson')).toMatchObject({ code: 0 });
});

// What `npm pack` makes can be installed anywhere, without a network, and works: command line, library and types.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VERSION } from '../index.ts';

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
let folder = '';
let installed = '';

/** Elsewhere: nothing of the clone is in reach. */
function shell(
  command: string,
  args: readonly string[],
  cwd = folder,
): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zabsim-'));
  // The programs are there already: other tests run them now.
  execFileSync(process.execPath, ['scripts/build-types.mjs']);
  const pack = shell(npm, ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], process.cwd());
  expect(pack.stderr).not.toContain('ERR!');
  const install = shell(npm, [
    'install',
    '--global',
    '--offline',
    '--no-audit',
    '--no-fund',
    '--prefix',
    join(folder, 'prefix'),
    `zabsim-${VERSION}.tgz`,
  ]);
  expect(install.status, install.stderr).toBe(0);
  installed = join(folder, 'prefix', 'lib', 'node_modules', 'zabsim');
}, 120_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('installed globally from the packed tarball', () => {
  const zabsim = (...args: string[]) => shell(join(folder, 'prefix', 'bin', 'zabsim'), args);

  test('the command prints its version', () => {
    expect(zabsim('--version')).toEqual({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
  });

  test('it runs a scenario of its own, and one that is a file elsewhere', () => {
    const named = zabsim('run', 'sync-diff', '--json');
    expect(named.stderr).toBe('');
    expect(JSON.parse(named.stdout)).toMatchObject({ scenario: 'sync-diff', verdict: 'pass', asExpected: true });
    writeFileSync(
      join(folder, 'mine.yaml'),
      'title: mine\nteaches: nothing\nensemble: {voters: 3}\nend: 5s\nexpect: {leader: 3}\n',
    );
    expect(zabsim('run', 'mine.yaml', '--quiet')).toMatchObject({ status: 0, stderr: '' });
  });

  test('it explains itself, and refuses what it does not know', () => {
    expect(zabsim('list', 'scenarios').stdout).toContain('old-leader-pauses-and-is-fenced');
    expect(zabsim('show', 'epoch-fencing').status).toBe(0);
    expect(zabsim('run', 'no-such-scenario')).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('imported as a library', () => {
  test('a run is a few lines', () => {
    mkdirSync(join(folder, 'user', 'node_modules'), { recursive: true });
    const program = `
      import { loadScenario, PROPERTIES, run } from '${join(installed, 'dist', 'index.js')}';
      const { scenario } = loadScenario('five-at-once');
      const report = run(scenario, '42', { properties: PROPERTIES });
      console.log(report.verdict, report.asExpected);`;
    const { stdout, stderr } = shell(process.execPath, ['--input-type=module', '-e', program]);
    expect([stdout, stderr]).toEqual(['pass true\n', '']);
  });

  test('its types check in a strict project that has nothing else installed', () => {
    const user = join(folder, 'types');
    mkdirSync(join(user, 'node_modules'), { recursive: true });
    execFileSync('cp', ['-r', installed, join(user, 'node_modules', 'zabsim')]);
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2023',
      lib: ['ES2023'],
      types: [],
      skipLibCheck: false,
    };
    writeFileSync(join(user, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['user.ts'] }));
    writeFileSync(join(user, 'package.json'), '{"type": "module"}');
    writeFileSync(
      join(user, 'user.ts'),
      `import { loadScenario, PROPERTIES, run, type Report, type TraceEvent } from 'zabsim';
       const loaded = loadScenario('five-at-once');
       if ('mistakes' in loaded) throw new Error(loaded.mistakes.map((mistake) => mistake.message).join());
       const seen: TraceEvent['kind'][] = [];
       const keep = (event: TraceEvent) => void seen.push(event.kind);
       const report: Report = run(loaded.scenario, '42', { properties: PROPERTIES, keep });
       const verdict: 'pass' | 'fail' | 'inconclusive' = report.verdict;
       // @ts-expect-error a seed is text
       run(loaded.scenario, 42, { properties: [] });
       export { verdict };\n`,
    );
    const tsc = shell(process.execPath, [join(process.cwd(), 'node_modules/typescript/bin/tsc'), '-p', '.'], user);
    expect(tsc.stdout).toBe('');
    expect(tsc.status).toBe(0);
  });
});

test('the example of a property of one’s own checks, with the fast-check of its owner', () => {
  const user = join(folder, 'example');
  mkdirSync(join(user, 'node_modules'), { recursive: true });
  cpSync(join(process.cwd(), 'examples', 'my-property'), user, { recursive: true });
  execFileSync('cp', ['-r', installed, join(user, 'node_modules', 'zabsim')]);
  for (const name of ['vitest', 'fast-check', '@types'])
    symlinkSync(join(process.cwd(), 'node_modules', name), join(user, 'node_modules', name), 'dir');
  const compilerOptions = {
    strict: true,
    noEmit: true,
    module: 'nodenext',
    target: 'es2023',
    types: ['node'],
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  };
  writeFileSync(
    join(user, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['read-your-writes.test.ts', 'plans.ts'] }),
  );
  // An arbitrary of any would check too.
  writeFileSync(
    join(user, 'plans.ts'),
    `import fc from 'fast-check';
     import { planArbitrary, type Plan } from 'zabsim';
     export const seeds: fc.Arbitrary<string> = planArbitrary().map((plan: Plan) => plan.seed);
     // @ts-expect-error a plan has no such thing
     export const none = planArbitrary().map((plan) => plan.noSuchThing);\n`,
  );
  const tsc = shell(process.execPath, [join(process.cwd(), 'node_modules/typescript/bin/tsc'), '-p', '.'], user);
  expect(tsc.stdout).toBe('');
  expect(tsc.status).toBe(0);
});

test('the package holds what it needs and no sources, and depends on nothing', () => {
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { dependencies?: object };
  expect(manifest.dependencies ?? {}).toEqual({});
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
  for (const needed of [
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
    join('dist', 'THIRD-PARTY.txt'),
    join('scenarios', 'scenario.schema.json'),
  ])
    expect(files).toContain(needed);
  expect(files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))).toEqual([]);
});

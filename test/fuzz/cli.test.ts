// The searching commands as a person or a CI job meets them: what they print, write and end with, whatever happens meanwhile.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type FuzzReport, fuzzReportForm } from '../../report/fuzz-report.ts';
import { columns, WIDTH } from '../../report/text.ts';
import { RELEASES } from '../../sim/zab/behaviour.ts';
import { BUGS } from '../../sim/zab/bugs/index.ts';

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
const folder = mkdtempSync(join(tmpdir(), 'zabsim-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function zabsim(...args: readonly string[]): Ended {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
  const child = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8', cwd: folder, env, maxBuffer: 1 << 28 });
  return { code: child.status, out: child.stdout, err: child.stderr };
}

function reportOf(text: string): FuzzReport {
  return fuzzReportForm.parse(JSON.parse(text));
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

/** Found within some twenty runs, and shrunk in no time. */
const BUG = 'never-truncates';

describe('a bug is found', () => {
  const ended = zabsim('fuzz', '--bug', BUG, '--out', 'found', '--junit', 'found.xml', '--jobs', '1');
  const report = reportOf(readFileSync(join(folder, 'found', 'report.json'), 'utf8'));
  const [failure] = report.failures;

  test('the command ends with 1, tells of it within eighty columns, and counts only the runs up to it', () => {
    expect(ended.code, ended.err).toBe(1);
    for (const line of ended.out.split('\n')) expect(columns(line), line).toBeLessThanOrEqual(WIDTH);
    expect(ended.out).toContain(`again: zabsim run ${failure?.file ?? '?'}`);
    expect(report).toMatchObject({ ended: 'failure', release: BUG, keepGoing: false });
    expect(failure?.runs).toEqual([report.runs - 1]);
    expect(failure?.seeds).toEqual([`1/${report.runs - 1}`]);
  });

  test('its file is small, and run shows the same property broken', () => {
    expect(failure?.shrunkSteps).toBeLessThanOrEqual(12);
    expect(failure?.shrunkEvents).toBeLessThanOrEqual(25);
    expect(failure?.trouble).toBe(null);
    const again = zabsim(...(failure?.reproduce ?? '').split(' ').slice(1), '--json');
    expect(again.code, again.err).toBe(1);
    expect(JSON.parse(again.out)).toMatchObject({ verdict: 'fail', violations: [{ property: failure?.property }] });
  });

  test('nothing half-written is left beside it', () => {
    const files = readdirSync(join(folder, 'found'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((each) => each.endsWith('.part'))).toEqual([]);
    expect(readFileSync(join(folder, 'found.xml'), 'utf8')).toContain('<failure ');
  });

  test('--only plays that run alone', () => {
    const only = reportOf(zabsim('fuzz', '--bug', BUG, '--only', String(failure?.run), '--json').out);
    expect(only).toMatchObject({ runs: 1, failures: [{ property: failure?.property, runs: [failure?.run] }] });
  });

  test('the number of jobs changes nothing, and without --out the file goes to zabsim-failures', () => {
    const two = zabsim('fuzz', '--bug', BUG, '--json', '--jobs', '2');
    expect(two.code).toBe(1);
    const other = reportOf(two.out);
    const same = ({ failures, wallMs: _, ...rest }: FuzzReport): unknown => ({
      ...rest,
      failures: failures.map(({ file: _file, reproduce: _line, shrinkMs: _ms, ...each }) => each),
    });
    expect(same(other)).toEqual(same(report));
    expect(other.failures[0]?.file).toMatch(/^zabsim-failures\/.*\.yaml$/);
    expect(existsSync(join(folder, other.failures[0]?.file ?? '?'))).toBe(true);
  });
});

test('a search that finds nothing ends with 0, or with 3 when something had to be reached and was not', () => {
  expect(zabsim('fuzz', '--runs', '3', '--jobs', '1').code).toBe(0);
  const unreached = zabsim('fuzz', '--runs', '3', '--jobs', '1', '--fail-on-unreached');
  expect(unreached.code).toBe(3);
  expect(unreached.out).toContain('not reached');
});

test('--until-stable ends where nothing new is reached, at the same run whatever the number of jobs', () => {
  const [one, two] = ['1', '2'].map((jobs) =>
    reportOf(zabsim('fuzz', '--until-stable', '1', '--json', '--jobs', jobs).out),
  );
  expect(one?.ended).toBe('stable');
  expect({ ...two, wallMs: 0 }).toEqual({ ...one, wallMs: 0 });
});

test('shards join to the batch that one machine plays', () => {
  const batch = ['fuzz', '--bug', BUG, '--runs', '30', '--jobs', '1'];
  for (const index of [1, 2]) zabsim(...batch, '--shard', `${index}/2`, '--out', `shard-${index}`);
  const whole = reportOf(zabsim(...batch, '--keep-going', '--json').out);
  const joined = zabsim('merge', 'shard-2', join('shard-1', 'report.json'), '--json');
  expect(joined.code, joined.err).toBe(1);
  const merged = reportOf(joined.out);
  const same = ({ failures, wallMs: _, ...rest }: FuzzReport): unknown => ({
    ...rest,
    failures: failures.map(({ file: _file, reproduce: _line, shrinkMs: _ms, ...each }) => each),
  });
  expect(same(merged)).toEqual(same(whole));
  expect(zabsim('merge', 'shard-1')).toMatchObject({ code: 2, out: '', err: 'error: shard 2/2 is missing\n' });
  expect(zabsim('merge', 'shard-1', 'shard-2', '--out', 'joined').code).toBe(1);
  for (const { file: path } of reportOf(readFileSync(join(folder, 'joined', 'report.json'), 'utf8')).failures)
    expect(existsSync(join(folder, path ?? '?'))).toBe(true);
});

describe('what goes wrong on the way', () => {
  const property = (name: string, body: string): string =>
    file(
      `${name}.mjs`,
      `export const mine = { name: '${name}', about: 'a test', source: 'a test', kind: 'always', observes: ['committed'],
       start: () => ({ premises: 0 }), observe(state) { state.premises++; ${body} } };`,
    );

  test('a property of somebody’s own is judged, and finds', () => {
    const mine = property('at-most-two-commits', "if (state.premises > 2) return 'a third commit';");
    const { code, out } = zabsim('fuzz', '--property', mine, '--json', '--jobs', '1');
    expect(code).toBe(1);
    expect(reportOf(out)).toMatchObject({ ownProperties: ['at-most-two-commits'] });
    expect(reportOf(out).failures[0]?.reproduce).toMatch(/--property at-most-two-commits\.mjs$/);
  });

  test('one that throws is named, with 2, and the report is written all the same', () => {
    const mine = property('throws', "throw new TypeError('no such thing');");
    const { code, err } = zabsim('fuzz', '--property', mine, '--out', 'thrown', '--jobs', '1');
    expect(code).toBe(2);
    expect(err).toMatch(/"throws" throws in observe: TypeError: no such thing/);
    expect(existsSync(join(folder, 'thrown', 'report.json'))).toBe(true);
  });

  test('a worker that dies is replaced, and the run that kills it is named, with 70', () => {
    const mine = property('dies', 'if (state.premises > 9) process.exit(9);');
    const { code, out } = zabsim(
      'fuzz',
      '--property',
      mine,
      '--runs',
      '5',
      '--keep-going',
      '--out',
      'died',
      '--json',
      '-j',
      '2',
    );
    expect(code).toBe(70);
    const { runs, ownFaults } = reportOf(out);
    expect(runs).toBe(5);
    expect(ownFaults.length).toBeGreaterThan(0);
    expect(ownFaults.length).toBeLessThan(5);
    expect(ownFaults[0]?.message).toMatch(/a worker died/);
    expect(JSON.parse(readFileSync(join(folder, ownFaults[0]?.file ?? '?'), 'utf8'))).toHaveProperty('scenario');
  });

  test('Ctrl-C ends it with 130 and a whole report of what was known', async () => {
    const args = [CLI, 'fuzz', '--bug', BUG, '--keep-going', '--time', '10m', '--out', 'stopped', '--json', '-j', '1'];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    const ended = new Promise<number | null>((done) => child.on('exit', done));
    const closed = new Promise<void>((done) => child.on('close', () => done()));
    await new Promise((done) => setTimeout(done, 3000));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    await closed;
    const report = reportOf(out);
    expect(report.ended).toBe('interrupted');
    expect(reportOf(readFileSync(join(folder, 'stopped', 'report.json'), 'utf8'))).toEqual(report);
  });
});

test('bad usage ends with 2, one clear message, and nothing is played', () => {
  mkdirSync(join(folder, 'a-folder'), { recursive: true });
  file('a-file', '');
  const mistakes: readonly (readonly [args: string[], says: RegExp])[] = [
    [['fuzz', '--bug', '9999999'], /there is no bug "9999999"/],
    [['fuzz', '--bug', 'never-truncate'], /did you mean "never-truncates"/],
    [['fuzz', '--release', '3.8.1'], /there is no release "3\.8\.1"; did you mean "3\.8\.\d"/],
    [['fuzz', '--release', '3.8.0', '--bug', '4643'], /cannot be used with/],
    [['fuzz', '--strategy', 'pot'], /there is no strategy "pot"; did you mean "p.."/],
    [['fuzz', '--shard', '0/3'], /"0\/3" is not a shard/],
    [['fuzz', '--shard', '4/3'], /"4\/3" is not a shard/],
    [['fuzz', '--shard', 'x'], /"x" is not a shard/],
    [['fuzz', '--runs', '0'], /--runs: "0" is not a whole number/],
    [['fuzz', '--time', 'soon'], /--time: "soon" is not a time/],
    [['fuzz', '--time', '1s', '--runs', '3'], /cannot be used with/],
    [['fuzz', '--out', 'a-file'], /--out a-file: (EEXIST|ENOTDIR)/],
    [['fuzz', '--out', '/proc/nowhere'], /--out \/proc\/nowhere: E/],
    [['fuzz', '--junit', 'a-folder'], /--junit a-folder: EISDIR/],
    [['fuzz', '--property', 'nowhere.mjs'], /--property nowhere\.mjs: there is no such file/],
    [['merge', 'nowhere.json'], /nowhere\.json: ENOENT/],
    [['merge', file('torn.json', '{"form": 1,')], /torn\.json: it is not JSON, or it is cut short/],
    [
      ['merge', file('old.json', '{"form": 0, "version": "0.0.1"}')],
      /its form is 0, of zabsim 0\.0\.1; .* reads form 1/,
    ],
    [['merge', file('other.json', '{"a": 1}')], /it is not a report of zabsim fuzz/],
    [['matrix', '--bug', 'nothing'], /there is no bug "nothing"/],
    [['bugs', '--release', '3.8'], /there is no release "3\.8"/],
    [['run', 'bugs/ZOOKEEPER-464'], /did you mean "bugs\/ZOOKEEPER-464\d"/],
  ];
  for (const [args, says] of mistakes) {
    const { code, out, err } = zabsim(...args);
    expect({ code, out }, args.join(' ')).toEqual({ code: 2, out: '' });
    expect(err.replaceAll(/\s+/g, ' '), args.join(' ')).toMatch(says);
  }
});

describe('the museum', () => {
  test('bugs lists every one, and by release exactly those that the release has', () => {
    const { code, out } = zabsim('bugs');
    expect(code).toBe(0);
    for (const { name } of BUGS) expect(out).toContain(name);
    for (const line of out.split('\n')) expect(columns(line), line).toBeLessThanOrEqual(WIDTH);
    const json = JSON.parse(zabsim('bugs', '--release', '3.8.0', '--json').out) as { name: string }[];
    expect(json.map(({ name }) => name)).toEqual(
      BUGS.filter(({ releases }) => releases.includes('3.8.0')).map(({ name }) => name),
    );
    expect(RELEASES.some(({ name }) => name === '3.8.0')).toBe(true);
  });

  test('show explains one by its number alone, and run tells its story', () => {
    const { code, out } = zabsim('show', '4643');
    expect(code).toBe(0);
    expect(out).toMatch(/^bug ZOOKEEPER-4643: /);
    expect(out).toContain('zabsim run bugs/ZOOKEEPER-4643');
    expect(zabsim('run', 'bugs/ZOOKEEPER-4643', '-q').code).toBe(0);
    expect(zabsim('list', 'scenarios').out).toContain('\nbugs/ZOOKEEPER-4643\n');
  });

  test('a scenario is played with a bug', () => {
    expect(JSON.parse(zabsim('run', 'five-at-once', '--bug', '4643', '--json').out)).toMatchObject({
      release: 'ZOOKEEPER-4643',
    });
  });
});

test('the matrix finds a bug, names who saw it, and corrected stays silent', () => {
  const args = ['matrix', '--bug', BUG, '--seeds', '1', '--time', '2s', '--runs', '60', '--jobs', '1'];
  const { code, out, err } = zabsim(...args, '--json');
  expect(code, err).toBe(0);
  const rows = JSON.parse(out) as readonly Record<string, unknown>[];
  expect(rows.map(({ bug, found }) => [bug, found])).toEqual([
    [BUG, true],
    ['corrected', false],
  ]);
  for (const key of ['property', 'medianRuns', 'medianMs', 'worstMs', 'shrunkEvents'])
    expect(rows[0]).toHaveProperty(key);
  const page = zabsim(...args, '--no-shrink', '--markdown');
  expect(page.out).toContain(`| ${BUG} | 1/1 |`);
  expect(page.out).toContain('| ZOOKEEPER-4643 | Remix |');
});

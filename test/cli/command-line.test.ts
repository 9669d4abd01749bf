import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { columns, WIDTH } from '../../report/text.ts';
import { VERSION } from '../../report/version.ts';

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
const folder = mkdtempSync(join(tmpdir(), 'zabsim-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Quick to play: the tests here are about the command line. */
const QUICK = 'five-at-once';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function zabsim(...args: readonly string[]): Ended {
  return zabsimWith({}, ...args);
}

function zabsimWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Ended {
  const { FORCE_COLOR: _force, NO_COLOR: _no, ...usual } = process.env;
  const child = spawnSync(process.execPath, [CLI, ...args], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...usual, ...env },
    maxBuffer: 1 << 28,
  });
  return { code: child.status, out: child.stdout, err: child.stderr };
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function narrow(text: string): void {
  for (const line of text.split('\n')) expect(columns(line), line).toBeLessThanOrEqual(WIDTH);
}

const COMMANDS = ['run', 'list', 'show', 'replay', 'check-determinism', 'fuzz', 'merge', 'bugs', 'matrix'];

test('help names every command, and each command has examples, within eighty columns', () => {
  const top = zabsim('--help');
  expect(top.code).toBe(0);
  narrow(top.out);
  for (const command of COMMANDS) {
    expect(top.out).toContain(`  ${command} `);
    const help = zabsim(command, '--help');
    expect(help.code).toBe(0);
    expect(help.out).toMatch(/^Usage: zabsim /);
    expect(help.out).toContain(`Examples:\n  zabsim ${command}`);
    narrow(help.out);
  }
});

test('the version is the package’s', () => {
  expect(zabsim('--version')).toEqual({ code: 0, out: `${VERSION}\n`, err: '' });
});

test('bad usage ends with 2, with the nearest right word, and nothing on stdout', () => {
  const mistakes: readonly (readonly [args: string[], says: RegExp])[] = [
    [[], /Usage: zabsim/],
    [['rum'], /Did you mean run/],
    [['run'], /missing required argument/],
    [['run', QUICK, '--sed', '1'], /Did you mean --seed/],
    [['run', QUICK, '--seed'], /argument missing/],
    [['run', QUICK, '--seed', '-1'], /a seed has no sign/],
    [['run', QUICK, '--seed', '1.5'], /not a whole number/],
    [['run', QUICK, '--seed', ''], /not empty/],
    [['run', QUICK, '--release', '3.8.1'], /no release "3\.8\.1".*did you mean/],
    [['run', QUICK, '--quiet', '--verbose'], /cannot be used with/],
    [['run', QUICK, '--json', '--quiet'], /cannot be used with/],
    [['run', QUICK, 'surplus'], /too many arguments/],
    [['run', 'five-at-onc'], /did you mean "five-at-once"/],
    [['run', 'nowhere/x.yaml'], /nowhere\/x\.yaml:1:1: /],
    [['run', QUICK, '--trace', 'nowhere/x.ndjson'], /--trace nowhere\/x\.ndjson: ENOENT/],
    [['run', QUICK, '--trace', '.'], /--trace \.: EISDIR/],
    [['list', 'scenaros'], /did you mean "scenarios"/],
    [['show', 'epoch-fencin'], /did you mean "epoch-fencing"/],
    [['replay', 'nowhere.ndjson'], /nowhere\.ndjson:1:1: ENOENT/],
    [['replay', '.'], /a directory/],
    [['check-determinism', QUICK, '--seeds', '0'], /whole number from 1/],
    [['check-determinism', QUICK, '--seeds', '-3'], /whole number from 1/],
  ];
  for (const [args, says] of mistakes) {
    const { code, out, err } = zabsim(...args);
    expect({ args, code, out }).toEqual({ args, code: 2, out: '' });
    expect(err).toMatch(says);
    expect(err).not.toMatch(/\n\s+at /);
  }
});

test('every mistake of a scenario file is told with its place', () => {
  const path = file('bad.yaml', 'title: x\nteaches: y\nensemble: { voters: 3 }\ntimelin: []\nend: -5s\n');
  const { code, out, err } = zabsim('run', path);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/bad\.yaml:4:1: .*did you mean "timeline"/);
  expect(err).toMatch(/bad\.yaml:5:\d+: /);
});

test('a run tells its story, the servers, ledger, properties, verdict, hash and how to see it again', () => {
  const { code, out, err } = zabsim('run', 'old-leader-pauses-and-is-fenced', '--seed', '0x2a');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  narrow(out);
  expect(out).not.toContain('\u001b');
  for (const said of [
    /^The old leader/,
    /seed 42/,
    / S5 {3}is elected: LEADING, by the votes of/,
    /promises epoch 1/,
    /leads DISCOVERY/,
    /leads SYNCHRONIZATION/,
    /leads BROADCAST/,
    /is the established leader of epoch 2/,
    /synchronizes S5 by/,
    /commits 0x200000001/,
    /is paused/,
    /fencing: /,
    /server +role +acceptedEpoch +currentEpoch +last zxid +log/,
    /Fencing ledger: \d+ refusals/,
    /Properties: \d+ judged/,
    /^PASS {2}/m,
    /trace hash [0-9a-f]{16}/,
    /again: npx zabsim run old-leader-pauses-and-is-fenced --seed 42/,
  ])
    expect(out).toMatch(said);
});

test('--verbose adds packets, --quiet leaves the verdict only', () => {
  const verbose = zabsim('run', QUICK, '--verbose').out;
  narrow(verbose);
  expect(verbose).toMatch(/receives from S\d FOLLOWERINFO acceptedEpoch 0/);
  const told = zabsim('run', QUICK).out;
  expect(told).not.toContain('FOLLOWERINFO acceptedEpoch');
  const quiet = zabsim('run', QUICK, '--quiet').out;
  narrow(quiet);
  expect(quiet).toMatch(/^PASS/);
  expect(quiet.split('\n').length).toBeLessThan(10);
});

test('colours obey FORCE_COLOR, NO_COLOR and --no-color', () => {
  expect(zabsimWith({ FORCE_COLOR: '1' }, 'run', QUICK).out).toContain('\u001b[');
  expect(zabsimWith({ FORCE_COLOR: '1' }, 'run', QUICK, '--no-color').out).not.toContain('\u001b[');
  expect(zabsimWith({ NO_COLOR: '1' }, 'run', QUICK).out).not.toContain('\u001b[');
  narrow(zabsimWith({ FORCE_COLOR: '1' }, 'run', QUICK).out);
});

test('--json prints one object with its keys, and nothing else', () => {
  const { code, out, err } = zabsim('run', QUICK, '--json', '--seed', 'deadbeef1', '--release', '3.8.0');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const json: unknown = JSON.parse(out);
  expect(json).toMatchObject({
    scenario: QUICK,
    seed: 'deadbeef1',
    release: '3.8.0',
    verdict: 'pass',
    asExpected: true,
    violations: [],
  });
  expect(json).toEqual(
    expect.objectContaining({
      traceHash: expect.stringMatching(/^[0-9a-f]{16}$/),
      events: expect.any(Number),
      virtualMs: expect.any(Number),
      wallMs: expect.any(Number),
      properties: expect.arrayContaining([
        expect.objectContaining({ name: 'agreement', premises: expect.any(Number) }),
      ]),
      faults: expect.any(Array),
      elections: expect.arrayContaining([expect.objectContaining({ leader: 5 })]),
      syncs: expect.arrayContaining([expect.objectContaining({ leader: 5, learner: 1, mode: 'DIFF' })]),
    }),
  );
  expect(json).toMatchObject({
    servers: [
      { id: 1, role: 'follower', acceptedEpoch: 1, currentEpoch: 1, lastZxid: expect.stringMatching(/^0x/) },
      {},
      {},
      {},
      { id: 5, role: 'leader' },
    ],
  });
});

test('one seed gives one run however it is written, another gives another', () => {
  const hash = (seed: string): string | undefined =>
    /trace hash ([0-9a-f]+)/.exec(zabsim('run', QUICK, '-q', '--seed', seed).out)?.[1];
  expect(hash('42')).toMatch(/^[0-9a-f]{16}$/);
  expect(hash('0x2a')).toBe(hash('42'));
  expect(hash('43')).not.toBe(hash('42'));
});

test('an expected violation ends with 0 and is said plainly, with what broke and why', () => {
  const { code, out } = zabsim('run', 'datagram-lab');
  expect(code).toBe(0);
  narrow(out);
  expect(out).toMatch(/VIOLATED, AS EXPECTED/);
  expect(out).toMatch(/What broke/);
  expect(out).toMatch(/ {2}Why /);
  expect(out).toMatch(/=>/);
  expect(out).toMatch(/The servers before/);
  expect(out).toMatch(/which\s+is\s+what\s+this\s+scenario\s+shows/);
});

const CALM = 'title: Three servers\nteaches: Nothing happens.\nensemble: { voters: 3 }\nend: 10s\n';

test('an expected violation that does not come ends with 3, an unexpected end with 1', () => {
  const missing = zabsim(
    'run',
    file('missing.yaml', `${CALM}expect: { verdict: violates, properties: [agreement] }\n`),
  );
  expect(missing.code).toBe(3);
  expect(missing.out).toMatch(/NOT AS EXPECTED/);
  const other = zabsim('run', file('other.yaml', `${CALM}expect: { verdict: pass, leader: 1 }\n`));
  expect(other.code).toBe(1);
  expect(other.out).toMatch(/NOT AS EXPECTED/);
  expect(other.out).toMatch(/ {2}- .*leader/);
  narrow(other.out);
});

test('a violation that is not expected ends with 1', () => {
  const lab = readFileSync(join(import.meta.dirname, '..', '..', 'scenarios', 'datagram-lab.yaml'), 'utf8');
  const path = file('unexpected.yaml', lab.replace(/^expect:[^]*/m, ''));
  const { code, out } = zabsim('run', path);
  expect(code).toBe(1);
  expect(out).toMatch(/^FAIL {2}/m);
  expect(out).toContain(`again: npx zabsim run ${path}`.slice(0, 60));
});

test('a trace plays again event by event, and so does a report', () => {
  const trace = join(folder, 'run.ndjson');
  expect(zabsim('run', QUICK, '--seed', '7', '--trace', trace, '-q').code).toBe(0);
  const again = zabsim('replay', trace);
  expect(again.out).toMatch(/^EQUAL {2}/);
  expect(again.code).toBe(0);
  const report = file('report.json', zabsim('run', QUICK, '--seed', '7', '--json').out);
  expect(zabsim('replay', report)).toMatchObject({ code: 0, out: expect.stringMatching(/^EQUAL/) });
  expect(zabsim('replay', file('line.json', JSON.stringify(JSON.parse(readFileSync(report, 'utf8')))))).toMatchObject({
    code: 0,
  });
  expect(
    zabsim('replay', file('other.json', readFileSync(report, 'utf8').replace('"seed": "7"', '"seed": "8"'))).code,
  ).toBe(4);
});

test('a replay that diverges shows the first record that differs, with 4', () => {
  const trace = join(folder, 'diverging.ndjson');
  zabsim('run', QUICK, '--seed', '7', '--trace', trace, '-q');
  const lines = readFileSync(trace, 'utf8').split('\n');
  const changed = lines.map((line, i) => (i === 99 ? line.replace(/"at":\d+/, '"at":1') : line)).join('\n');
  const { code, out } = zabsim('replay', file('changed.ndjson', changed));
  expect(code).toBe(4);
  narrow(out);
  expect(out).toMatch(/DIVERGED/);
  expect(out).toMatch(/first difference: event 98, line 100 of the file/);
  expect(out).toMatch(/at: 1 recorded, \d+ replayed/);
  const seed = zabsim(
    'replay',
    file('seed.ndjson', lines.map((line, i) => (i === 0 ? line.replace('"seed":"7"', '"seed":"8"') : line)).join('\n')),
  );
  expect(seed.code).toBe(4);
  expect(seed.out).toMatch(/first difference: event \d+/);
  // The same content, written differently, is the same.
  const spaced = lines.map((line) => (line.startsWith('{"at"') ? line.replace('{"at":', '{ "at": ') : line)).join('\n');
  expect(zabsim('replay', file('spaced.ndjson', spaced)).code).toBe(0);
});

test('damaged traces and reports end with 2 and their place', () => {
  const trace = join(folder, 'whole.ndjson');
  zabsim('run', QUICK, '--trace', trace, '-q');
  const text = readFileSync(trace, 'utf8');
  const damaged: readonly (readonly [name: string, text: string, says: RegExp])[] = [
    ['half.ndjson', text.slice(0, text.length / 2), /half\.ndjson:\d+:\d+: /],
    ['headless.ndjson', text.slice(text.indexOf('\n') + 1), /headless\.ndjson:1:1: not a trace/],
    [
      'version.ndjson',
      text.replace(/"traceVersion":\d+/, '"traceVersion":99'),
      /version\.ndjson:1:1: a trace of version 9/,
    ],
    ['empty.ndjson', '', /empty\.ndjson:1:1: the file is empty/],
    ['rubbish.json', '{"scenario": 1}\n', /rubbish\.json:1:1: /],
    ['cut.json', '{\n  "scenario": "five-at-once",\n  "seed', /cut\.json:3:3: not JSON/],
    ['binary.ndjson', '\u0000\u0007\ufffd', /binary\.ndjson:1:\d+: /],
  ];
  for (const [name, content, says] of damaged) {
    const { code, out, err } = zabsim('replay', file(name, content));
    expect({ name, code, out }).toEqual({ name, code: 2, out: '' });
    expect(err).toMatch(says);
    expect(err).not.toMatch(/\n\s+at /);
  }
});

test('check-determinism plays everything twice', () => {
  const { code, out } = zabsim('check-determinism', QUICK, 'sync-diff', '--seeds', '2');
  expect(code).toBe(0);
  expect(out).toMatch(/EQUAL {2}4 runs played twice/);
  narrow(out);
});

test('everything that has a name can be listed and shown, within eighty columns', () => {
  const { out } = zabsim('list');
  narrow(out);
  const listed: unknown = JSON.parse(zabsim('list', '--json').out);
  expect(Object.keys(listed as object)).toEqual([
    'scenarios',
    'bugs',
    'properties',
    'releases',
    'recipes',
    'faults',
    'rules',
  ]);
  for (const [kind, entries] of Object.entries(
    listed as Readonly<Record<string, readonly { name: string; about: string }[]>>,
  )) {
    expect(entries.length).toBeGreaterThan(0);
    for (const { name, about } of entries) {
      expect(about, name).not.toBe('');
      expect(out).toContain(name);
    }
    // The first and the last of each kind: a process each.
    for (const entry of [entries[0], entries.at(-1)]) {
      const page = zabsim('show', entry?.name ?? kind);
      expect(page.code).toBe(0);
      narrow(page.out);
    }
  }
  expect(zabsim('show', 'sync-trunc').out).toMatch(/source {2}.*sync-trunc\.yaml/);
  expect(zabsim('show', '3.8.0').out).toContain('release-3.8.0');
  expect(zabsim('show', 'epoch-fencing').out).toContain('epoch-fencing.ts');
  expect(zabsim('show', 'lock').out).toContain('zabsim run recipes/lock-no-fencing-token');
});

/** An hour of busy virtual time: long enough to be stopped. */
function long(): string {
  return file(
    'long.yaml',
    'title: A long run\nteaches: It is stopped.\nensemble: { voters: 5 }\n' +
      'clients:\n  - { name: a, from: 3s, operations: 1000000, think: [1ms, 1ms] }\nend: 5h\n',
  );
}

async function stop(child: ChildProcess): Promise<{ readonly code: number | null; readonly out: string }> {
  let out = '';
  child.stdout?.on('data', (data: Buffer) => {
    out += data.toString();
  });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  child.kill('SIGINT');
  const [code]: unknown[] = await once(child, 'exit');
  return { code: typeof code === 'number' ? code : null, out };
}

test('Ctrl-C tells what is known so far, with 130, and leaves no half-written trace', async () => {
  const place = join(folder, 'stopped');
  mkdirSync(place);
  const trace = join(place, 'long.ndjson');
  const { code, out } = await stop(spawn(process.execPath, [CLI, 'run', long(), '--trace', trace]));
  expect(code).toBe(130);
  expect(out).toMatch(/INTERRUPTED/);
  expect(out).toMatch(/server +role/);
  expect(existsSync(trace)).toBe(false);
  expect(readdirSync(place)).toEqual([]);
});

test('a reader that closes the pipe ends a run without complaint, and leaves no trace half-written', async () => {
  const place = join(folder, 'closed');
  mkdirSync(place);
  const child = spawn(process.execPath, [CLI, 'run', long(), '--verbose', '--trace', join(place, 'x.ndjson')]);
  let err = '';
  child.stderr.on('data', (data: Buffer) => {
    err += data.toString();
  });
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [code]: unknown[] = await once(child, 'exit');
  expect(code).toBe(141);
  expect(err).toBe('');
  expect(readdirSync(place)).toEqual([]);
});

test('a device is written as it is, never replaced', () => {
  expect(zabsim('run', QUICK, '-q', '--trace', '/dev/null').code).toBe(0);
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
});

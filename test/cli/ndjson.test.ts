import * as fc from 'fast-check';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { chooseScenario } from '../../commands/choose.ts';
import { SCENARIOS } from '../../commands/paths.ts';
import { scenarioNames } from '../../scenarios/load.ts';
import { jsonMistakeAt } from '../../report/json-position.ts';
import { checkTrace, readLines, TraceWriter } from '../../report/ndjson.ts';
import { headerForm } from '../../report/trace-form.ts';
import { VERSION } from '../../report/version.ts';
import { TRACE_VERSION } from '../../sim/trace.ts';
import { coldStart, scenario } from './fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'zabsim-traces-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HASH = '0123456789abcdef';

function written(name: string): string {
  const path = join(folder, name);
  const events = coldStart();
  const writer = new TraceWriter(path, { scenario: scenario(), seed: '42' });
  for (const event of events) writer.write(event);
  writer.finish({ events: events.length, traceHash: HASH });
  return path;
}

/** The mistakes of a damaged trace, without the file's name. */
async function mistakes(damage: (lines: string[]) => string | Buffer): Promise<string[]> {
  const whole = readFileSync(written('whole.ndjson'), 'utf8').trimEnd().split('\n');
  const path = join(folder, 'damaged.ndjson');
  writeFileSync(path, damage(whole));
  const read = await checkTrace(path);
  if (!('mistakes' in read)) return [];
  for (const mistake of read.mistakes) expect(mistake.file).toBe(path);
  return read.mistakes.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

test('what is written is read back: header, every event, footer', async () => {
  const path = written('round.ndjson');
  const read = await checkTrace(path);
  expect(read).toEqual({
    header: { zabsim: VERSION, traceVersion: TRACE_VERSION, scenario: scenario(), seed: '42', release: 'corrected' },
    footer: { events: coldStart().length, traceHash: HASH },
  });
  const lines = [...readLines(path)].map((line) => line.text ?? '');
  expect(lines.slice(1, -1).map((line): unknown => JSON.parse(line))).toEqual(coldStart());
});

test('a trace that is not finished leaves nothing behind', () => {
  const writer = new TraceWriter(join(folder, 'left.ndjson'), { scenario: scenario(), seed: '1' });
  for (const event of coldStart()) writer.write(event);
  writer.abandon();
  expect(readdirSync(folder).filter((name) => name.startsWith('left'))).toEqual([]);
});

test('an earlier trace stays whole until the new one is', () => {
  const path = written('kept.ndjson');
  const before = readFileSync(path, 'utf8');
  const writer = new TraceWriter(path, { scenario: scenario(), seed: '1' });
  writer.write(coldStart()[0]!);
  expect(readFileSync(path, 'utf8')).toBe(before);
  writer.abandon();
  expect(readFileSync(path, 'utf8')).toBe(before);
});

test('every kind of damage is a mistake with its line', async () => {
  const last = coldStart().length + 2;
  expect(await mistakes((lines) => lines.join('\n'))).toEqual([]);
  expect(await mistakes(() => '')).toEqual(['1:1: the file is empty']);
  expect(await mistakes(() => '\u0000\u0001')).toEqual(['1:1: not JSON: damaged, or half-written']);
  expect(await mistakes(() => '{"a":1}')).toEqual(['1:1: not a trace of zabsim: its first line must be the header']);
  expect(await mistakes((lines) => lines.slice(0, -1).join('\n'))).toEqual([
    `${last - 1}:1: the trace ends here, without its footer: it is half-written`,
  ]);
  expect(await mistakes((lines) => lines.slice(0, 5).join('\n').slice(0, -20))).toEqual([
    expect.stringMatching(/^5:\d+: not JSON: damaged, or half-written$/),
  ]);
  expect(await mistakes((lines) => lines.filter((_, i) => i !== 7).join('\n'))).toEqual([
    `${last - 1}:1: the footer counts ${last - 2} events, the file holds ${last - 3}`,
  ]);
  expect(await mistakes((lines) => [...lines, lines[3]].join('\n'))).toEqual([
    `${last + 1}:1: stands behind the footer, which must be the last line`,
  ]);
  expect(
    await mistakes((lines) =>
      lines.map((line, i) => (i === 4 ? `${line.slice(0, 10)}\u0000${line.slice(10)}` : line)).join('\n'),
    ),
  ).toEqual(['5:11: not JSON: damaged, or half-written']);
  expect(
    await mistakes((lines) => Buffer.concat([Buffer.from(`${lines[0]}\n`), Buffer.from([0xff, 0xfe, 10])])),
  ).toEqual([expect.stringMatching(/^2:1: not UTF-8/)]);
  expect(
    await mistakes((lines) =>
      lines.map((line, i) => (i === 2 ? '{"at":-1,"server":"x","kind":"nonsense"}' : line)).join('\n'),
    ),
  ).toHaveLength(3);
});

test('a trace of another version is refused, and nothing in it is judged', async () => {
  const header = (change: (from: string) => string) => (lines: string[]) =>
    lines.map((line, i) => (i === 0 ? change(line) : 'rubbish')).join('\n');
  expect(await mistakes(header((line) => line.replace(/"traceVersion":\d+/, '"traceVersion":99')))).toEqual([
    `1:1: a trace of version 99; this zabsim reads version ${TRACE_VERSION}`,
  ]);
  expect(await mistakes(header((line) => line.replace(`"zabsim":"${VERSION}"`, '"zabsim":"0.0.1"')))).toEqual([
    expect.stringMatching(/^1:1: made by zabsim 0.0.1/),
  ]);
  expect(await mistakes(header((line) => line.replace(/"traceVersion":\d+,/, '')))).toEqual([
    `1:1: a trace of version undefined; this zabsim reads version ${TRACE_VERSION}`,
  ]);
});

test('a header with a scenario that cannot be is refused, key by key', async () => {
  const change = (from: string, to: string) => (lines: string[]) =>
    lines.map((line, i) => (i === 0 ? line.replace(from, to) : line)).join('\n');
  expect(await mistakes(change('"endAt":10000000', '"endAt":-1'))).toEqual([
    expect.stringMatching(/^1:1: scenario\.endAt: /),
  ]);
  expect(await mistakes(change('"servers":[1,2,3]', '"servers":[]'))).toContainEqual(
    expect.stringMatching(/^1:1: scenario\.servers: Too small/),
  );
  expect(await mistakes(change('"kind":"kill","servers":[3]', '"kind":"kill","servers":[7]'))).toEqual([
    '1:1: scenario.timeline.1.action.servers: there is no server 7',
  ]);
  expect(await mistakes(change('"kind":"kill"', '"kind":"explode"'))).toEqual([
    expect.stringMatching(/^1:1: scenario\.timeline\.1\.action\.kind: /),
  ]);
});

test('mistakes beyond twenty are not listed', async () => {
  const many = await mistakes((lines) => [lines[0], ...Array.from({ length: 500 }, () => '{')].join('\n'));
  expect(many).toHaveLength(21);
  expect(many.at(-1)).toContain('and more');
});

test('the form of a header accepts what the parser of scenarios makes, of every scenario there is', () => {
  for (const name of scenarioNames(SCENARIOS)) {
    const scenario = chooseScenario(name);
    const header = { zabsim: VERSION, traceVersion: TRACE_VERSION, scenario, seed: '1', release: scenario.release };
    expect(headerForm.safeParse(JSON.parse(JSON.stringify(header))).error, name).toBeUndefined();
  }
  expect(
    headerForm.safeParse({
      zabsim: VERSION,
      traceVersion: TRACE_VERSION,
      scenario: scenario(),
      seed: '1',
      release: 'corrected',
    }).success,
  ).toBe(true);
});

test('the place where JSON ends to be JSON is found exactly where JSON.parse refuses', () => {
  expect(jsonMistakeAt('{"a":[1,2,{"b":null}],"c":"\\u00e9"} ')).toBeUndefined();
  expect(jsonMistakeAt('{"a":1,}')).toBe(7);
  expect(jsonMistakeAt('[1 2]')).toBe(3);
  expect(jsonMistakeAt('{"a":"b')).toBe(5);
  expect(jsonMistakeAt('')).toBe(0);
  expect(jsonMistakeAt('['.repeat(1_000_000))).toBe(0);
  const parses = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', '"', '1', 'x', '\\'), (json, at, inserted) => {
      const place = at % (json.length + 1);
      const text = json.slice(0, place) + inserted + json.slice(place + (inserted === '' ? 1 : 0));
      expect(jsonMistakeAt(text) === undefined).toBe(parses(text));
    }),
  );
});

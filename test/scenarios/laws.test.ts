import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadScenario, scenarioNames } from '../../scenarios/load.ts';
import { formatMistake, parseScenario } from '../../scenarios/parse.ts';
import { nearest } from '../../scenarios/suggest.ts';
import { formatDuration, LONGEST, parseDuration } from '../../scenarios/units.ts';
import { formatZxid, makeZxid } from '../../sim/zab/zxid.ts';

/** Laws of the scenario reader, with random input. */

describe('durations', () => {
  test('what is printed reads back as the same duration', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LONGEST }), (micros) => parseDuration(formatDuration(micros)) === micros),
    );
  });

  test.each([
    ['1.5s', 1_500_000],
    ['0.3s', 300_000],
    ['300us', 300],
    ['1.25ms', 1250],
    ['2m', 120_000_000],
    ['24h', LONGEST],
    ['-1s', -1_000_000],
  ])('%s', (text, micros) => expect(parseDuration(text)).toBe(micros));

  test.each(['', 's', '1', '1 s', '1S', '0.5us', '1e3s', '1.2.3s', '--1s', '9999999999999999h', 'NaNs'])(
    '%j is none',
    (text) => expect(parseDuration(text)).toBeUndefined(),
  );
});

test('a word with one slip is recognised, a different word is not', () => {
  const keys = ['tickTime', 'initLimit', 'syncLimit', 'snapCount', 'commitLogCount'];
  for (const slip of ['ticktime', 'tick_time', 'tickTme', 'tickTiem', 'sycnLimit', 'snap-count'])
    expect(keys).toContain(nearest(slip, keys));
  expect(nearest('latency', keys)).toBeUndefined();
});

test('zxids are read in each of their three forms', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0x1f_ffff }), fc.integer({ min: 0, max: 0xffff_ffff }), (epoch, counter) => {
      const zxid = makeZxid(epoch, counter);
      for (const text of [formatZxid(zxid), String(zxid), `"${epoch}:${counter}"`]) {
        const parsed = parseScenario(
          `title: t\nteaches: t\nensemble: {voters: 1}\nend: 1s\nexpect: {lastZxid: ${text}}\n`,
          'x.yaml',
        );
        expect(parsed).toMatchObject({ scenario: { expect: { facts: [{ kind: 'lastZxid', zxid }] } } });
      }
    }),
    { numRuns: 50 },
  );
});

test('defaults fill what a file leaves out', () => {
  const parsed = parseScenario(
    'title: t\nteaches: t\nensemble: {voters: 3}\nzooCfg: {tickTime: 500}\nend: 1s\n',
    'dir/a-name.yaml',
  );
  expect(parsed).toMatchObject({
    scenario: {
      name: 'a-name',
      servers: [1, 2, 3],
      release: 'corrected',
      settings: { tickTime: 500, initLimit: 10, syncLimit: 5, minSessionTimeout: 1000, maxSessionTimeout: 10_000 },
      timeline: [{ moment: { kind: 'at', at: 0 }, action: { kind: 'start', servers: [1, 2, 3] } }],
      clients: [{ name: 'client', server: 'any', operations: 0 }],
      calmAt: null,
      expect: { verdict: 'pass', properties: [], facts: [] },
    },
  });
});

/** The reader's own files, broken at random: the likeliest bad input there is. */
const sources = scenarioNames('scenarios').map((name) => loadScenario(name, 'scenarios'));

test('every scenario survives JSON: it is plain data', () => {
  for (const parsed of sources) expect(JSON.parse(JSON.stringify(parsed))).toEqual(parsed);
});

const anyValue = fc.oneof(
  fc.constantFrom('all', 'leader', '3s', '-1s', 'x', '', '0x100000001', '__proto__', '*a', '&a'),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constant([]),
  fc.constant({}),
  fc.array(fc.integer({ min: -1, max: 40 }), { maxLength: 4 }),
);
const KEYS = [
  'title',
  'teaches',
  'ensemble',
  'zooCfg',
  'release',
  'network',
  'disk',
  'processes',
  'clocks',
  'clients',
  'timeline',
  'calm',
  'end',
  'beyondBudget',
  'expect',
  'voters',
  'observers',
  'groups',
  'weights',
  'at',
  'do',
  'when',
  'server',
  'servers',
  'links',
  'event',
  'for',
  '__proto__',
  'constructor',
  'toString',
];
const anyFile = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    anyValue,
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('node'), { maxKeys: 6 }),
  ),
})).node;

test('whatever YAML comes, the reader answers with a scenario or with mistakes that have a place', () => {
  fc.assert(
    fc.property(anyFile, (value) => {
      const parsed = parseScenario(stringify(value), 'x.yaml');
      expect('scenario' in parsed || parsed.mistakes.length > 0).toBe(true);
      if ('mistakes' in parsed)
        for (const mistake of parsed.mistakes)
          expect(formatMistake(mistake)).toMatch(/^x\.yaml:[1-9]\d*:[1-9]\d*: [^\n]+$/);
    }),
    { numRuns: 300 },
  );
});

test('whatever text or bytes come, the reader does not throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => void parseScenario(text, 'x.yaml')),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseScenario(bytes, 'x.yaml')),
    { numRuns: 300 },
  );
});

test('a file cut short anywhere has mistakes or is still a scenario, and the reader does not throw', () => {
  const text = `title: t
teaches: t
ensemble: {voters: 3, weights: {1: 2}}
timeline:
  - {at: 1s, do: kill, servers: [1, 2]}
  - when: {event: committed, nth: 2}
    do: start
    server: 1
end: 10s
`;
  for (let length = 0; length <= text.length; length++) {
    const parsed = parseScenario(text.slice(0, length), 'x.yaml');
    expect('scenario' in parsed || parsed.mistakes.length > 0).toBe(true);
  }
});

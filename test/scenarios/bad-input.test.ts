import { describe, expect, test } from 'vitest';
import { formatMistake, parseScenario } from '../../scenarios/parse.ts';

/** Every mistake of a bad file is reported at once, with its place, and nothing is ever thrown. */

function mistakesOf(source: string | Uint8Array): string[] {
  const parsed = parseScenario(source, 'bad.yaml');
  return 'mistakes' in parsed ? parsed.mistakes.map(formatMistake) : [];
}

const HEAD = 'title: t\nteaches: t\n';
/** A sound file around a timeline; its first step stands on line 5. */
function withTimeline(...steps: string[]): string {
  const timeline = steps.map((step) => `  - ${step}\n`).join('');
  return `${HEAD}ensemble: {voters: 3, observers: 1}\ntimeline:\n${timeline}calm: 30s\nend: 60s\n`;
}

test('a minimal file has no mistake', () => {
  expect(mistakesOf(`${HEAD}ensemble: {voters: 3}\nend: 10s\n`)).toEqual([]);
});

test('mistakes in different sections are all reported, in the order of the text', () => {
  const text = `titel: t
teaches: ''
ensemble: {voters: 0, obsrvers: 1}
zooCfg: {tickTime: fast, syncLimt: 3, initLimit: -1}
relaese: 3.8.0
network: {latency: [3ms, 1ms], assumption: udp}
timeline:
  - {at: 3s, do: paus, server: 1}
  - {at: 3, do: pause, server: 1}
  - pause
end: 25h
`;
  const found = mistakesOf(text);
  expect(found).toEqual([
    'bad.yaml:1:1: titel: unknown key; did you mean "title"?',
    'bad.yaml:1:1: title: missing; expected text',
    'bad.yaml:2:10: teaches: must not be empty',
    'bad.yaml:3:23: ensemble.obsrvers: unknown key "obsrvers"; did you mean "observers"?',
    'bad.yaml:4:20: zooCfg.tickTime: expected a number, found "fast"',
    'bad.yaml:4:26: zooCfg.syncLimt: unknown key "syncLimt"; did you mean "syncLimit"?',
    'bad.yaml:4:50: zooCfg.initLimit: must be at least 1, found -1',
    'bad.yaml:5:1: relaese: unknown key; did you mean "release"?',
    'bad.yaml:6:20: network.latency: the smaller end of a range comes first',
    'bad.yaml:6:44: network.assumption: unknown "udp"; expected one of tcp, datagram',
    'bad.yaml:8:18: timeline[0].do: unknown action "paus"; did you mean "pause"?',
    'bad.yaml:9:10: timeline[1].at: expected a duration such as 300us, 500ms, 1.5s, 2m',
    'bad.yaml:10:5: timeline[2]: expected a step such as {at: 3s, do: pause, server: leader}, found "pause"',
    'bad.yaml:11:6: end: must be at most 24h',
  ]);
});

describe('impossible ensembles', () => {
  const ensemble = (fields: string): string[] =>
    mistakesOf(`${HEAD}ensemble: ${fields}\nend: 10s\n`).map((line) => line.slice(9));
  test.each([
    ['{voters: 0}', ['3:20: ensemble.voters: an ensemble needs at least one voter']],
    ['{voters: []}', ['3:20: ensemble.voters: an ensemble needs at least one voter']],
    ['{voters: 31}', ['3:20: ensemble.voters: must be at most 30, found 31']],
    [
      '{voters: [0, 31]}',
      [
        '3:21: ensemble.voters[0]: must be at least 1, found 0',
        '3:24: ensemble.voters[1]: must be at most 30, found 31',
      ],
    ],
    ['{voters: [1, 1, 2]}', ['3:24: ensemble.voters[1]: server 1 is named twice']],
    ['{voters: [1, 2, 3], observers: [3]}', ['3:43: ensemble.observers[0]: server 3 is a voter already']],
    ['{voters: 28, observers: 3}', ['3:35: ensemble.observers: server ids end at 30']],
    ['{voters: 3, started: [4]}', ['3:33: ensemble.started[0]: there is no server 4; there are 1, 2, 3']],
    [
      '{voters: 2, weights: {1: 0, 2: 0}}',
      ['3:32: ensemble.weights: a quorum of weight zero: at least one voter needs a weight'],
    ],
    [
      '{voters: 2, weights: {3: 1}}',
      ['3:33: ensemble.weights.3: only voters have weights; there is no voter 3; there are 1, 2'],
    ],
    [
      '{voters: 3, groups: [[1, 2], [2]]}',
      ['3:31: ensemble.groups: voter 3 is in no group', '3:41: ensemble.groups[1][0]: server 2 is in two groups'],
    ],
  ])('%s', (fields, wanted) => expect(ensemble(fields)).toEqual(wanted));
});

describe('contradictory timelines', () => {
  const timeline = (...steps: string[]): string[] => mistakesOf(withTimeline(...steps)).map((line) => line.slice(9));
  test.each([
    [
      'resume of a server never paused',
      ['{at: 1s, do: resume, server: 1}'],
      ['5:5: timeline[0]: server 1 is not paused at 1s: resume has no effect'],
    ],
    [
      'resume of a role never paused',
      ['{at: 1s, do: resume, server: leader}'],
      ['5:5: timeline[0]: leader is resumed but never paused'],
    ],
    [
      'resume before pause',
      ['{at: 1s, do: resume, server: 1}', '{at: 2s, do: pause, server: 1}'],
      ['5:5: timeline[0]: server 1 is not paused at 1s: resume has no effect'],
    ],
    [
      'start of a running one',
      ['{at: 1s, do: start, server: 2}'],
      ['5:5: timeline[0]: server 2 is already running at 1s: start has no effect'],
    ],
    [
      'kill of a dead one',
      ['{at: 1s, do: kill, server: 2}', '{at: 2s, do: crash, servers: [2, 3]}'],
      ['6:5: timeline[1]: server 2 is down at 2s: crash has no effect'],
    ],
    [
      'wipe of a running one',
      ['{at: 1s, do: wipe, server: 2}'],
      ['5:5: timeline[0]: server 2 is still running at 1s: wipe has no effect'],
    ],
    [
      'step after the end',
      ['{at: 61s, do: write}'],
      ['5:10: timeline[0].at: a step at 61s is not before the end at 60s'],
    ],
    [
      'fault after the calm',
      ['{at: 31s, do: kill, server: 1}'],
      ['5:10: timeline[0].at: kill at 31s disturbs the calm that begins at 30s'],
    ],
    [
      'unknown server',
      ['{at: 1s, do: kill, server: 9}'],
      ['5:32: timeline[0].server: there is no server 9; there are 1, 2, 3, 4'],
    ],
    [
      'unknown label',
      ['{when: {event: committed, after: frist}, do: write}', '{at: 1s, do: write, label: first}'],
      ['5:38: timeline[0].when.after: no step has the label "frist"; did you mean "first"?'],
    ],
    [
      'duplicate label',
      ['{at: 1s, do: write, label: a}', '{at: 2s, do: write, label: a}'],
      ['6:32: timeline[1].label: the label "a" is taken by step 1'],
    ],
    ['neither at nor when', ['{do: write}'], ['5:5: timeline[0]: a step needs either at or when']],
    ['nobody named', ['{at: 1s, do: kill}'], ['5:5: timeline[0]: kill needs a server or servers']],
    [
      'both named',
      ['{at: 1s, do: pause, server: 1, servers: [2]}'],
      ['5:36: timeline[0].servers: a step takes either server or servers'],
    ],
    ['unknown client', ['{at: 1s, do: write, client: bob}'], ['5:33: timeline[0].client: there is no client "bob"']],
    [
      'link to itself',
      ['{at: 1s, do: cut, links: [[1, 1]]}'],
      ['5:31: timeline[0].links[0]: server 1 has no link to itself'],
    ],
    ['negative time', ['{at: -1s, do: write}'], ['5:10: timeline[0].at: must be at least 0s']],
    [
      'unknown event',
      ['{when: {event: comitted}, do: write}'],
      ['5:20: timeline[0].when.event: unknown "comitted"; did you mean "committed"?'],
    ],
  ])('%s', (_, steps, wanted) => expect(timeline(...steps)).toEqual(wanted));

  test('a server that some step addresses by role or on an event is given the benefit of the doubt', () => {
    expect(timeline('{at: 1s, do: kill, server: leader}', '{at: 5s, do: start, server: 3}')).toEqual([]);
    expect(timeline('{when: {event: committed}, do: pause, server: 1}', '{at: 5s, do: resume, server: 1}')).toEqual([]);
  });

  test('calm after the end', () => {
    expect(mistakesOf(`${HEAD}ensemble: {voters: 3}\ncalm: 20s\nend: 10s\n`)).toEqual([
      'bad.yaml:4:7: calm: calm comes at 20s, not before the end at 10s',
    ]);
  });
});

describe('expectations', () => {
  const expectation = (fields: string): string[] =>
    mistakesOf(`${HEAD}ensemble: {voters: [1, 2, 3], observers: [4]}\nend: 10s\nexpect: ${fields}\n`).map((line) =>
      line.slice(9),
    );
  test.each([
    ['{leader: 4}', ['5:18: expect.leader: server 4 is an observer, it cannot lead']],
    ['{leader: 7}', ['5:18: expect.leader: there is no server 7; there are 1, 2, 3, 4']],
    ['{verdict: violates}', ['5:9: expect: verdict: violates needs properties: which of them breaks']],
    ['{servers: {x: {}}}', ["5:20: expect.servers.x: expected a server's id, 1..30"]],
    [
      '{lastZxid: 0xffffffffffffffff}',
      ['5:20: expect.lastZxid: expected a zxid such as 0x100000003 or 1:3, its epoch below 2097152'],
    ],
    [
      '{fenced: [{rule: quorum-lost}]}',
      [
        expect.stringMatching(
          /^5:26: expect\.fenced\[0\]\.rule: unknown "quorum-lost"; .*; did you mean "quorum-gone"\?$/,
        ),
      ],
    ],
    [
      '{syncs: [{learner: 1, mode: DIF}]}',
      ['5:37: expect.syncs[0].mode: unknown "DIF"; expected one of DIFF, TRUNC, SNAP; did you mean "DIFF"?'],
    ],
  ])('%s', (fields, wanted) => expect(expectation(fields)).toEqual(wanted));
});

describe('text that is no scenario at all', () => {
  test('malformed YAML gives every position that the YAML library finds', () => {
    const found = mistakesOf('title: [a\nteaches: "b\nensemble: {\n');
    expect(found.length).toBeGreaterThan(0);
    for (const line of found) expect(line).toMatch(/^bad\.yaml:\d+:\d+: \S/);
    expect(mistakesOf('a: 1\na: 2\n')).toEqual(['bad.yaml:2:1: Map keys must be unique']);
  });

  test.each([
    ['nothing', '', 'bad.yaml:1:1: a scenario is a map with the keys title, teaches, ensemble, timeline, end, ...'],
    ['a list', '- 1\n', 'bad.yaml:1:1: a scenario is a map with the keys title, teaches, ensemble, timeline, end, ...'],
    [
      'a million bytes',
      `# ${'x'.repeat(1024 * 1024)}`,
      'bad.yaml:1:1: a scenario has at most 1048576 bytes, this file has 1048578',
    ],
    ['deep nesting', `title: ${'['.repeat(60)}${']'.repeat(60)}`, 'bad.yaml:1:48: nested more than 40 deep'],
    ['an alias that contains itself', 'title: &a [*a]\n', 'bad.yaml:1:12: an alias contains itself'],
    ['an unknown alias', 'title: *a\n', 'bad.yaml:1:8: unknown alias *a'],
  ])('%s', (_, text, wanted) => expect(mistakesOf(text)).toEqual([wanted]));

  test('brackets without end are one mistake, not one for each bracket', () => {
    expect(mistakesOf(`title: ${'{'.repeat(100_000)}`)).toEqual([expect.stringMatching(/: nested too deep$/)]);
    expect(mistakesOf(`title: ${'['.repeat(100_000)}`)).toEqual([expect.stringMatching(/: nested too deep$/)]);
  });

  test('an alias bomb is refused in a moment', () => {
    const level = (n: number): string =>
      `l${n}: &l${n} [${Array.from({ length: 10 }, () => (n === 0 ? 'lol' : `*l${n - 1}`)).join(', ')}]`;
    const bomb = Array.from({ length: 10 }, (_, n) => level(n)).join('\n');
    const begun = performance.now();
    expect(mistakesOf(bomb)[0]).toMatch(/more than 200000 values, aliases followed$/);
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  test('bytes that are not UTF-8 are named by their place', () => {
    const bytes = new Uint8Array([...new TextEncoder().encode('title: t\nteaches: '), 0xff, 0xfe]);
    expect(mistakesOf(bytes)).toEqual(['bad.yaml:2:10: not UTF-8']);
  });

  test('an anchor used honestly is fine', () => {
    expect(
      mistakesOf(withTimeline('{at: 1s, do: pause, servers: &two [1, 2]}', '{at: 2s, do: resume, servers: *two}')),
    ).toEqual([]);
  });
});

describe('schedules and bugs', () => {
  const around = (lines: string): string[] =>
    mistakesOf(`${HEAD}ensemble: {voters: 3}\nclients:\n  - {name: a}\nend: 10s\n${lines}\n`).map((line) =>
      line.slice(9),
    );
  test.each([
    ['schedule: {strategy: pctt}', ['7:22: schedule.strategy: expected strategy: uniform, pct, pos or calm']],
    ['schedule: {}', ['7:11: schedule.strategy: expected strategy: uniform, pct, pos or calm']],
    ['schedule: {strategy: pct, depth: 0, steps: 10}', ['7:34: schedule.depth: must be at least 1, found 0']],
    ['schedule: {strategy: pct, depth: 3}', ['7:11: schedule.steps: missing; expected a number']],
    ['schedule: {strategy: pos, depth: 3}', ['7:27: schedule.depth: unknown key "depth"']],
    [
      'schedule: {strategy: calm, except: [{draw: disc, nth: 1, value: 1}]}',
      ['7:44: schedule.except[0].draw: expected draw: latency, mishap, disk, thread, startup, client or fault'],
    ],
    [
      'schedule: {strategy: calm, except: [{draw: disk, server: 4, nth: 1, value: 1}]}',
      ['7:58: schedule.except[0].server: there is no server 4; there are 1, 2, 3'],
    ],
    [
      'schedule: {strategy: calm, except: [{draw: latency, from: 1, to: b, nth: 1, value: 1ms}]}',
      ['7:66: schedule.except[0].to: there is no client "b"; did you mean "a"?'],
    ],
    [
      'schedule: {strategy: calm, except: [{draw: latency, from: 1, to: 1, nth: 1, value: soon}]}',
      ['7:84: schedule.except[0].value: expected a whole number or a duration'],
    ],
    [
      'schedule: {strategy: calm, except: [{draw: fault, nth: 1, value: 1}, {draw: fault, value: 0, nth: 1}]}',
      ['7:70: schedule.except[1]: this draw is named twice'],
    ],
    ['bug: never-truncate', ['7:6: bug: unknown "never-truncate"; did you mean "never-truncates"?']],
    ['bug: ZOOKEEPER-4643\nrelease: 3.8.0', ['7:1: bug: a scenario has either a release or a bug']],
  ])('%s', (lines, expected) => expect(around(lines)).toEqual(expected));
});

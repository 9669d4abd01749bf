// The pictures of the terminal fit its width, need no wall time, and show what the run did.
import { expect, test } from 'vitest';
import { Diagram } from '../../report/diagram.ts';
import { PLAIN } from '../../report/paint.ts';
import { Timeline, TIMELINE_HEAD } from '../../report/timeline.ts';
import { scenarioOf, SOME, traceOf } from './runs.ts';

function drawn(name: string, more: { ascii?: boolean; width?: number; from?: number; until?: number } = {}): string[] {
  const scenario = scenarioOf(name);
  const options = { width: 80, ascii: false, from: 0, until: Infinity, ...more };
  const diagram = new Diagram({ scenario, paint: PLAIN, ...options });
  for (const event of traceOf(scenario)) diagram.observe(event);
  return diagram.lines();
}

test('the diagram of the flagship shows the proposal that dies and the four refusals', () => {
  const lines = drawn('old-leader-pauses-and-is-fenced', { from: 25_000_000, until: 26_000_500 });
  expect(lines.slice(1)).toEqual([
    '  25.000     │      │      │      ┃      ▷    goes on',
    '             ×╌╌╌╌╌╌×╌╌╌╌╌╌×╌╌╌╌╌╌×╌╌╌╌╌╌●    PROPOSAL 0x100000003 lost',
    '  25.000     │      ⊘      │      ┃      ┃    fences S5: 1 against 2',
    '  25.001     │      │      │      ⊘      ┃    fences S5: 1 against 2',
    '  25.001     ⊘      │      │      ┃      ┃    fences S5: 1 against 2',
    '  25.001     │      │      ⊘      ┃      ┃    fences S5: 1 against 2',
    '  26.000     │      │      │      ┃      □    stops LEADING epoch 1',
    '             │      │      │      ┃      ⊘    fences S5: no quorum',
  ]);
});

test('no line is wider than the screen, and with ascii there is no letter that a terminal may lack', () => {
  for (const name of SOME) {
    for (const width of [60, 80, 132]) {
      expect(drawn(name, { width }).filter((line) => line.length > width)).toEqual([]);
    }
    expect(drawn(name, { ascii: true }).filter((line) => !/^[\x20-\x7e]*$/.test(line))).toEqual([]);
  }
});

test('a window without events says so', () => {
  expect(drawn('sync-trunc', { from: 1, until: 2 }).at(-1)).toContain('nothing happens in this window');
});

test('the timeline has a line per change of state, in columns that never move', () => {
  const scenario = scenarioOf('old-leader-pauses-and-is-fenced');
  const timeline = new Timeline(scenario, PLAIN);
  const lines = traceOf(scenario).flatMap((event) => timeline.observe(event) ?? []);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  for (const [word, at] of [
    ['sv', 13],
    ['state', 18],
    ['logged', 42],
    ['what', 70],
  ] as const)
    expect(TIMELINE_HEAD.indexOf(word)).toBe(at);
  const columns = /^ *\d+\.\d{6} S[1-5] \S [A-Z ]{9} [A-Z ]{5} \d+\/\d+ +0x\S+ +0x\S+ +[a-z]+$/;
  expect(lines.filter((line) => !columns.test(line))).toEqual([]);
  expect(lines.filter((line) => line.endsWith(' establ'))).toEqual([
    expect.stringMatching(/S5 # LEADING   SYNC  1\/1 /),
    expect.stringMatching(/S4 # LEADING   SYNC  2\/2 /),
  ]);
  const old = lines.filter((line) => line.includes(' S5 ')).map((line) => line.split(' ').at(-1));
  expect(old.slice(old.indexOf('pause'))).toEqual(
    expect.arrayContaining(['pause', 'resume', 'left', 'looking', 'accepted', 'snap', 'current', 'serving']),
  );
});

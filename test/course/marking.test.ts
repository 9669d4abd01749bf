// What may be changed in an exercise is what it allows, and a lesson with mistakes is refused with their places.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXIT, UsageError } from '../../commands/exit.ts';
import { type Grade, lesson, type LessonOptions } from '../../commands/lesson.ts';
import type { Terminal } from '../../commands/terminal.ts';
import { lessonFiles, loadLesson } from '../../course/folder.ts';
import { inLanguage, type Lesson } from '../../course/lesson.ts';
import { mark } from '../../course/mark.ts';
import { readLesson } from '../../course/read.ts';
import { markdownLines } from '../../report/markdown-text.ts';
import { PLAIN } from '../../report/paint.ts';
import { parseScenario } from '../../scenarios/parse.ts';
import type { Scenario } from '../../sim/scenario.ts';

const FLAGSHIP = '07-how-epochs-fence-an-old-leader';
const folder = mkdtempSync(join(tmpdir(), 'zabsim-lesson-'));

function flagship(): Lesson & { exercise: NonNullable<Lesson['exercise']> } {
  const read = loadLesson('lessons', FLAGSHIP);
  if ('mistakes' in read || read.lesson.exercise === null) throw new Error('it is broken');
  return { ...read.lesson, exercise: read.lesson.exercise };
}

function scenarioFrom(text: string): Scenario {
  const parsed = parseScenario(text, 'answer.yaml');
  if ('mistakes' in parsed) throw new Error(parsed.mistakes[0]!.message);
  return parsed.scenario;
}

async function played(
  which: string | undefined,
  options: Partial<LessonOptions>,
): Promise<{ code: number; text: string }> {
  let text = '';
  const terminal = {
    paint: PLAIN,
    print: (...lines: string[]) => void (text += lines.map((line) => `${line}\n`).join('')),
    write: (piece: string) => void (text += piece),
  } as unknown as Terminal;
  const code = await lesson(which, { lang: 'en', ...options }, terminal);
  return { code, text };
}

async function refused(which: string, options: Partial<LessonOptions>): Promise<string> {
  try {
    await played(which, options);
  } catch (error) {
    if (error instanceof UsageError) return error.lines.join('\n');
    throw error;
  }
  throw new Error('it was not refused');
}

test('an answer may add what is allowed and nothing else', () => {
  const { exercise } = flagship();
  const answer = (change: (text: string) => string): ReturnType<typeof mark> =>
    mark(exercise, scenarioFrom(change(exercise.source)));
  const added = (step: string) => (text: string) => text.replace('timeline:\n', `timeline:\n  - ${step}\n`);
  expect(answer(added('{at: 5s, do: kill, server: 5}')).why).toEqual([
    expect.stringContaining('a step "kill" is not allowed here; allowed are pause, resume'),
  ]);
  expect(answer((text) => text.replace('end: 40s', 'end: 41s')).why).toEqual([
    expect.stringContaining('endAt differs'),
  ]);
  expect(answer((text) => `${text}bug: no-epoch-fencing\n`).why).toEqual([expect.stringContaining('it behaves as')]);
  expect(answer((text) => text.replace(/ +- .*at: 6s.*\n/, '')).why).toEqual([expect.stringContaining('are missing')]);
  const three = ['{at: 5s, do: pause, server: 5}', '{at: 6s, do: resume, server: 5}', '{at: 7s, do: pause, server: 5}'];
  expect(answer((text) => three.reduce((all, step) => added(step)(all), text)).why).toEqual([
    expect.stringContaining('3 steps are added; at most 2'),
  ]);
  // What the answer itself expects does not count.
  const lazy = answer((text) => text.replace(/expect:[\s\S]*/, 'expect: {leader: 5}\n'));
  expect(lazy.reached).toBe(false);
  expect(lazy.why.join()).toContain('last established epoch: expected 2, got 1');
  expect(mark(exercise, exercise.solution!, '2').why).toEqual([expect.stringContaining('played under seed 1')]);
});

test('on the command line an exercise is printed, marked, and written for a gradebook', async () => {
  const { text } = await played('7', { exercise: true });
  expect(text).toBe(readFileSync(`lessons/${FLAGSHIP}/exercise.yaml`, 'utf8'));
  const mine = join(folder, 'mine.yaml');
  writeFileSync(mine, text);
  const grade = join(folder, 'grade.json');
  const first = await played('7', { answer: mine, json: grade, student: 'Ada' });
  expect(first.code).toBe(EXIT.violated);
  expect(first.text).toContain('NOT REACHED');
  const second = await played('7', { answer: `lessons/${FLAGSHIP}/solution.yaml`, json: grade, student: 'Ada' });
  expect(second.code).toBe(EXIT.asExpected);
  expect(second.text).toMatch(/REACHED.*2 steps added; the fewest known are 2/s);
  const { student, lesson: name, exercise } = JSON.parse(readFileSync(grade, 'utf8')) as Grade;
  expect({ student, name, exercise }).toMatchObject({
    student: 'Ada',
    name: FLAGSHIP,
    exercise: { reached: true, steps: 2, shortest: 2, why: [] },
  });
});

test('questions are answered one by one, and no line is too wide', async () => {
  const right = await played('7', { answers: 'b,b,b,a' });
  expect(right.code).toBe(EXIT.asExpected);
  expect(right.text.match(/-> right: /g)).toHaveLength(4);
  expect(right.text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  const wrong = await played('7', { answers: 'b,b,a,a' });
  expect(wrong.code).toBe(EXIT.violated);
  expect(wrong.text).toContain('-> no. That is the folklore.');
  const list = await played(undefined, {});
  expect(list.text).toContain('  7  How epochs fence an old leader');
});

test('bad input is a mistake of usage', async () => {
  expect(await refused('99', {})).toContain('there is no lesson "99"');
  expect(await refused('7', { answers: 'b' })).toContain('--answers: expected 4 letters');
  expect(await refused('7', { answer: 'no-such.yaml' })).toContain('no-such.yaml:1:1: there is no such file');
  expect(await refused('7', { dir: join(folder, 'nowhere') })).toContain('ENOENT');
});

test('a lesson with mistakes is refused with their places', () => {
  const files = new Map(lessonFiles('lessons', FLAGSHIP));
  const broken = (file: string, change: (text: string) => string): string => {
    const copy = new Map(files);
    copy.set(file, change(copy.get(file) ?? ''));
    const read = readLesson(copy, `mine/${FLAGSHIP}`);
    if ('lesson' in read) throw new Error('it was taken');
    return read.mistakes.map((m) => `${m.file}:${m.line}:${m.column}: ${m.message}`).join('\n');
  };
  expect(broken('lesson.yaml', (text) => `colour: red\n${text}`)).toMatch(/lesson\.yaml:1:1: .*colour/);
  expect(broken('lesson.yaml', (text) => text.replaceAll('right: true', 'right: false'))).toContain(
    'exactly one choice is right',
  );
  expect(broken('lesson.yaml', (text) => text.replace('event: paused', 'event: pausd'))).toMatch(
    /lesson\.yaml:\d+:\d+: stops\.0\.when\.event/,
  );
  expect(broken('lesson.yaml', (text) => text.replace('leader: 4, leaders: 2', 'leader: 9'))).toContain('holds');
  expect(broken('lesson.yaml', () => `a: ${'['.repeat(5000)}`)).toContain('lesson.yaml:');
  expect(broken('scenario.yaml', (text) => text.replace('voters: 5', 'voters: 99'))).toContain('scenario.yaml:');
  files.delete('text.md');
  expect(broken('x', (text) => text)).toContain('text.md:1:1: there is no such file');
});

test('Markdown on the terminal: HTML is text, tables and lists are told, languages fall back to English', () => {
  const lines = markdownLines(
    '# A\n\n<script>x</script> **b** `c`\n\n1. one\n2. two\n\n| a | b |\n| - | - |\n| 1 | 2 |\n',
    PLAIN,
  );
  expect(lines).toEqual([
    'A',
    '',
    '<script>x</script> b c',
    '',
    '1. one',
    '2. two',
    '',
    '  a',
    '      b',
    '  1',
    '      2',
  ]);
  expect(inLanguage({ en: 'x', zh: 'y' }, 'zh-TW')).toBe('y');
  expect(inLanguage({ en: 'x', zh: 'y' }, 'de')).toBe('x');
});

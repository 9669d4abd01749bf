// Every lesson can be played and marked: its stops are reached, its questions have the answers that the run gives, its
// exercise is not solved by doing nothing, and is by its solution.
import { describe, expect, test } from 'vitest';
import { lessonFiles, lessonNames, loadLesson } from '../../course/folder.ts';
import type { Lesson } from '../../course/lesson.ts';
import { addedSteps, mark } from '../../course/mark.ts';
import { claimOf } from '../../course/read.ts';
import { stopsReached } from '../../course/stops.ts';
import { PROPERTIES } from '../../properties/index.ts';
import { run } from '../../sim/run.ts';

const names = lessonNames('lessons');

function lessonOf(name: string): Lesson {
  const read = loadLesson('lessons', name);
  if ('mistakes' in read) throw new Error(read.mistakes.map((m) => `${m.file}:${m.line}: ${m.message}`).join('\n'));
  return read.lesson;
}

test('there are twelve at least, numbered from 1', () => {
  expect(names.length).toBeGreaterThanOrEqual(12);
  expect(names.map((name) => lessonOf(name).number)).toEqual(names.map((_, index) => index + 1));
});

describe.each(names)('%s', (name) => {
  const lesson = lessonOf(name);

  test('the run ends as its scenario says, and comes to each stop, in order', () => {
    const report = run(lesson.scenario, lesson.seed, { properties: PROPERTIES });
    expect(report.unexpected).toEqual([]);
    const reached = stopsReached(lesson);
    expect(reached.every((event) => event !== null)).toBe(true);
    expect(reached).toEqual(reached.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
  });

  test('the right choice is what the run shows, and a wrong one is not', () => {
    const files = lessonFiles('lessons', name);
    lesson.stops.forEach(({ question }, stop) => {
      question?.choices.forEach(({ right, holds, text }, choice) => {
        const claim = claimOf(files, stop, choice);
        expect(claim === null).toBe(holds === null);
        if (claim === null) return;
        const { asExpected } = run(claim, lesson.seed, { properties: PROPERTIES });
        expect(`${text.en}: ${asExpected}`).toBe(`${text.en}: ${right}`);
      });
    });
    // Something in every lesson is decided by the run, not by its author.
    const decided = lesson.stops
      .flatMap(({ question }) => question?.choices ?? [])
      .filter(({ holds }) => holds !== null);
    expect(decided.length).toBeGreaterThan(0);
  });

  test('the exercise is reached by its solution, in as many steps as it says, and not by doing nothing', () => {
    const { exercise } = lesson;
    if (exercise === null) return;
    const { scenario, solution } = exercise;
    const solved = mark(exercise, solution!);
    expect(solved.why).toEqual([]);
    expect(solved.reached).toBe(true);
    expect(solved.steps).toBe(exercise.shortest);
    expect(solved).toEqual(mark(exercise, solution!));
    expect(mark(exercise, scenario)).toMatchObject({ reached: false, steps: 0 });
    // Each step of the solution is needed.
    const steps = addedSteps(scenario, solution!)!;
    for (const step of steps) {
      const without = { ...solution!, timeline: solution!.timeline.filter((each) => each !== step) };
      expect(mark(exercise, without).reached).toBe(false);
    }
  });
});

import { computed, effect, signal } from '@preact/signals';
import { inLanguage, type Lesson, type Words } from '../../../course/lesson.ts';
import type { Mark } from '../../../course/mark.ts';
import { lessonTexts } from '../../page-data.ts';
import { language } from '../shell/i18n.ts';
import { engine, lesson as chosen, main, notify, open } from '../shell/store.ts';

/** What the page knows of the course: the lessons, where the reader is in one, what was answered, and how the exercise was
 *  marked. */

export const lessons = signal<readonly Lesson[] | null>(null);

/** The lesson that is open beside the ensemble, or null. */
export const current = computed(() => lessons.value?.find(({ name }) => name === chosen.value) ?? null);

/** What is played for the lesson: its run, or its exercise; null: something else. */
export const playing = signal<'run' | 'exercise' | null>(null);

/** The stops that the run has come to, by their number. */
export const reached = signal<readonly number[]>([]);

/** Choices by `lesson/stop`. */
export const answers = signal<Readonly<Record<string, number>>>({});

export const marked = signal<Mark | null>(null);

let asked: Promise<void> | null = null;

/** Virtual time a second of ours, where somebody only wants to watch. */
const WATCHING = 2;

/** Opens that lesson, and plays its run to the first moment: for those who come by a link. */
export function startLesson(number: number): void {
  void loadLessons().then(() => {
    const found = lessons.value?.find((each) => each.number === number);
    if (found === undefined) return;
    choose(found.name);
    openRun(found);
    engine().send({ kind: 'play', session: 'main', speed: WATCHING });
  });
}

/** Reads the lessons, once. */
export function loadLessons(): Promise<void> {
  return (asked ??= readLessons());
}

function readLessons(): Promise<void> {
  return lessonTexts()
    .then((texts) => engine().ask<'lessons'>({ kind: 'lessons', texts }))
    .then((answer) => {
      if (answer.kind === 'refused') notify('bad', answer.lines);
      else {
        lessons.value = answer.lessons;
        if (answer.mistakes.length > 0) notify('bad', answer.mistakes.slice(0, 5));
      }
    })
    .catch((error: unknown) => notify('bad', [error instanceof Error ? error.message : String(error)]));
}

/** The text in the reader's language. */
export function say(words: Words): string {
  return inLanguage(words, language.value === 'long' ? 'en' : language.value).trim();
}

export function choose(name: string): void {
  chosen.value = name;
  playing.value = null;
  reached.value = [];
  marked.value = null;
}

/** Opens the lesson's run, to stop at each of its moments. */
export function openRun(lesson: Lesson): void {
  playing.value = 'run';
  reached.value = [];
  const stops = lesson.stops.map(({ when }) => when);
  open({ kind: 'yaml', text: lesson.source, name: `${lesson.name}.yaml` }, { seed: lesson.seed, stops });
}

export function openExercise({ name, exercise }: Lesson): void {
  if (exercise === null) return;
  playing.value = 'exercise';
  marked.value = null;
  open({ kind: 'yaml', text: exercise.source, name: `${name}-exercise.yaml` }, { seed: exercise.seed });
}

/** Plays on to the next moment, or goes there at once. */
export function goOn(how: 'play' | 'jump'): void {
  if (how === 'play') engine().send({ kind: 'play', session: 'main', speed: 'story' });
  else engine().send({ kind: 'jump', session: 'main', to: 'stop', by: 1 });
}

export function answer({ name }: Lesson, stop: number, choice: number): void {
  answers.value = { ...answers.value, [`${name}/${stop}`]: choice };
}

export function markIt({ exercise }: Lesson): void {
  if (exercise === null) return;
  void engine()
    .ask<'mark'>({ kind: 'mark', session: 'main', exercise })
    .then((told) => {
      if (told.kind === 'refused') notify('bad', told.lines);
      else marked.value = told.mark;
    });
}

/** What a gradebook reads: the form of `zabsim lesson --json`. */
export function gradeOf(lesson: Lesson, version: string): string {
  const questions = lesson.stops.flatMap(({ question }, stop) => {
    const choice = answers.value[`${lesson.name}/${stop}`];
    if (question === null) return [];
    const right = choice !== undefined && question.choices[choice]?.right === true;
    return [{ stop, answer: choice === undefined ? null : 'abcdef'[choice]!, right }];
  });
  const grade = { zabsim: version, lesson: lesson.name, student: null, questions, exercise: marked.value };
  return `${JSON.stringify(grade, null, 2)}\n`;
}

effect(() => {
  const frame = main.frame.value;
  if (playing.value !== 'run' || frame?.stopped?.kind !== 'condition') return;
  const { condition } = frame.stopped;
  if (!reached.peek().includes(condition)) reached.value = [...reached.peek(), condition];
});

import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { lessonNames, loadLesson } from '../course/folder.ts';
import { inLanguage, type Lesson, type Question } from '../course/lesson.ts';
import { type Mark, mark } from '../course/mark.ts';
import { StopWatch } from '../course/stops.ts';
import { FencingLedger } from '../report/fencing.ts';
import { markdownLines } from '../report/markdown-text.ts';
import { Story } from '../report/story.ts';
import { printable, seconds, wrap } from '../report/text.ts';
import { VERSION } from '../report/version.ts';
import { WholeFile } from '../report/whole-file.ts';
import { advance, beginRun, type Run } from '../sim/run.ts';
import { MS } from '../sim/time.ts';
import { chooseScenario, chooseSeed, mistakesError } from './choose.ts';
import { EXIT, type ExitCode, fileTrouble, UsageError } from './exit.ts';
import { LESSONS } from './paths.ts';
import type { Terminal } from './terminal.ts';

export interface LessonOptions {
  /** A folder of lessons of one's own. */
  readonly dir?: string;
  readonly lang: string;
  /** Answers to the questions, in order: `a,b,c`. Without them a terminal is asked; without a terminal the questions are
   *  shown with their answers. */
  readonly answers?: string;
  /** Print the exercise's scenario instead of anything else. */
  readonly exercise?: true;
  /** A scenario that solves the exercise. */
  readonly answer?: string;
  readonly seed?: string;
  /** Where the result goes, for a gradebook. */
  readonly json?: string;
  readonly student?: string;
}

/** What a gradebook reads. */
export interface Grade {
  readonly zabsim: string;
  readonly lesson: string;
  readonly student: string | null;
  readonly questions: readonly { readonly stop: number; readonly answer: string | null; readonly right: boolean }[];
  readonly exercise: Mark | null;
}

/** `zabsim lesson`: the course on the terminal. */
export async function lesson(which: string | undefined, options: LessonOptions, terminal: Terminal): Promise<ExitCode> {
  const folder = options.dir ?? LESSONS;
  if (options.exercise === true && options.answer !== undefined)
    throw new UsageError(['--exercise and --answer cannot be used together']);
  if (options.answer !== undefined && options.answers !== undefined)
    throw new UsageError(['--answer and --answers cannot be used together: one is for the exercise']);
  if (which === undefined && (options.answer ?? options.answers ?? options.exercise) !== undefined)
    throw new UsageError(['which lesson? zabsim lesson lists them']);
  if (which === undefined || which === 'list') return listLessons(folder, options, terminal);
  const chosen = chooseLesson(folder, which);
  if (options.exercise === true) return printExercise(chosen, terminal);
  const exercise = options.answer === undefined ? null : markAnswer(chosen, options.answer, options, terminal);
  const questions = exercise === null ? await playLesson(chosen, options, terminal) : [];
  const grade: Grade = { zabsim: VERSION, lesson: chosen.name, student: options.student ?? null, questions, exercise };
  if (options.json !== undefined) writeGrade(options.json, grade);
  const reached =
    exercise === null ? questions.every(({ answer, right }) => answer === null || right) : exercise.reached;
  return reached ? EXIT.asExpected : EXIT.violated;
}

function listLessons(folder: string, { lang }: LessonOptions, terminal: Terminal): ExitCode {
  const names = namesIn(folder);
  if (names.length === 0) throw new UsageError([`${folder}: there are no lessons in it`]);
  for (const name of names) {
    const each = read(folder, name);
    terminal.print(...wrap(terminal.paint.title(inLanguage(each.title, lang)), `${String(each.number).padStart(3)}  `));
    terminal.print(...wrap(inLanguage(each.summary, lang), '     '));
  }
  terminal.print('', 'zabsim lesson 7 plays one; zabsim view shows them in the browser');
  return EXIT.asExpected;
}

function namesIn(folder: string): string[] {
  try {
    return lessonNames(folder);
  } catch (error) {
    throw new UsageError([`${folder}: ${fileTrouble(error) ?? 'cannot be read'}`]);
  }
}

function read(folder: string, name: string): Lesson {
  const found = loadLesson(folder, name);
  if ('mistakes' in found) throw mistakesError(found.mistakes);
  return found.lesson;
}

function chooseLesson(folder: string, which: string): Lesson {
  const names = namesIn(folder);
  const name = names.find(
    (each) => each === which || (/^\d+$/.test(which) && Number.parseInt(each, 10) === Number(which)),
  );
  if (name !== undefined) return read(folder, name);
  throw new UsageError([`there is no lesson "${printable(which, 40)}"`, `the lessons are ${names.join(', ')}`]);
}

function printExercise({ name, exercise }: Lesson, terminal: Terminal): ExitCode {
  if (exercise === null) throw new UsageError([`${name} has no exercise`]);
  terminal.write(exercise.source);
  return EXIT.asExpected;
}

// ── the run, its stops and questions

const LETTERS = 'abcdef';

interface Player {
  readonly lesson: Lesson;
  readonly lang: string;
  readonly terminal: Terminal;
  /** The answer to the n-th question: a letter, or null when nobody answers. */
  readonly ask: (n: number, choices: number) => Promise<string | null>;
}

async function playLesson(lesson: Lesson, options: LessonOptions, terminal: Terminal): Promise<Grade['questions']> {
  const { lang } = options;
  const asked = lesson.stops.filter(({ question }) => question !== null).length;
  const given = answersOf(options.answers, asked);
  terminal.print(...markdownLines(inLanguage(lesson.text, lang), terminal.paint), '');
  const input =
    given === null && process.stdin.isTTY && process.stdout.isTTY
      ? createInterface({ input: process.stdin, output: process.stdout })
      : null;
  try {
    const ask = async (n: number, choices: number): Promise<string | null> => {
      if (given !== null) return given[n] ?? null;
      if (input === null) return null;
      for (;;) {
        const typed = (await input.question('  your answer: ')).trim().toLowerCase();
        if (typed.length === 1 && LETTERS.slice(0, choices).includes(typed)) return typed;
        terminal.print(`  one of ${[...LETTERS.slice(0, choices)].join(', ')}, please`);
      }
    };
    return await playStops({ lesson, lang, terminal, ask });
  } finally {
    input?.close();
  }
}

function answersOf(typed: string | undefined, questions: number): readonly string[] | null {
  if (typed === undefined) return null;
  const letters = typed.split(',').map((each) => each.trim().toLowerCase());
  if (letters.length !== questions || letters.some((each) => !/^[a-f]$/.test(each)))
    throw new UsageError([`--answers: expected ${questions} letters from a to f, such as a,b`]);
  return letters;
}

async function playStops(player: Player): Promise<Grade['questions']> {
  const { lesson, terminal } = player;
  const { scenario, seed } = lesson;
  const graded: Grade['questions'][number][] = [];
  const reached: number[] = [];
  const watch = new StopWatch(lesson);
  const ledger = new FencingLedger();
  const story = new Story({
    scenario,
    paint: terminal.paint,
    verbose: false,
    ledger,
    write: (line) => terminal.print(line),
  });
  let index = 0;
  const run: Run = beginRun(scenario, seed, {
    properties: [],
    keep: (event) => {
      story.observe(event, ledger.observe(event, index++));
      const stop = watch.observe(run.world, event);
      if (stop >= 0) reached.push(stop);
    },
  });
  terminal.print(terminal.paint.title(scenario.title), '');
  for (let until = MS; until <= scenario.endAt; until += MS) {
    advance(run, until);
    for (let stop = reached.shift(); stop !== undefined; stop = reached.shift()) {
      story.end();
      const result = await atStop(player, stop, graded.length, until);
      if (result !== null) graded.push(result);
    }
  }
  story.end();
  terminal.print('', ...exerciseLines(player));
  return graded;
}

async function atStop(
  { lesson, lang, terminal, ask }: Player,
  index: number,
  asked: number,
  at: number,
): Promise<Grade['questions'][number] | null> {
  const { paint } = terminal;
  const stop = lesson.stops[index]!;
  terminal.print('', ...wrap(paint.title(`${seconds(at)}: ${inLanguage(stop.title, lang)}`), '  '));
  terminal.print(...wrap(inLanguage(stop.say, lang).trim(), '  '));
  if (stop.question === null) {
    terminal.print('');
    return null;
  }
  const { question } = stop;
  terminal.print('', ...wrap(paint.title(inLanguage(question.ask, lang)), '  '));
  question.choices.forEach(({ text }, n) => terminal.print(...wrap(inLanguage(text, lang), `  ${LETTERS[n]}) `)));
  const answer = await ask(asked, question.choices.length);
  const right = LETTERS[question.choices.findIndex((choice) => choice.right)]!;
  terminal.print(...verdict(question, answer, right, lang, terminal), '');
  return { stop: index, answer, right: answer === right };
}

function verdict(
  { choices }: Question,
  answer: string | null,
  right: string,
  lang: string,
  { paint }: Terminal,
): string[] {
  const because = (letter: string): string => inLanguage(choices[LETTERS.indexOf(letter)]!.because, lang);
  if (answer === null) return wrap(`${paint.good(right)}: ${because(right)}`, '  -> ');
  if (answer === right) return wrap(`${paint.good('right')}: ${because(right)}`, '  -> ');
  const chosen = choices[LETTERS.indexOf(answer)];
  const why = chosen === undefined ? '' : ` ${inLanguage(chosen.because, lang)}`;
  return [
    ...wrap(`${paint.bad('no')}.${why}`, '  -> '),
    ...wrap(`It is ${paint.good(right)}: ${because(right)}`, '     '),
  ];
}

function exerciseLines({ lesson: { exercise, number }, lang, terminal }: Player): string[] {
  if (exercise === null) return [];
  const { paint } = terminal;
  return [
    paint.title(`Exercise: ${inLanguage(exercise.title, lang)}`),
    ...wrap(inLanguage(exercise.task, lang).trim(), '  '),
    `  zabsim lesson ${number} --exercise > mine.yaml   (add steps to its timeline)`,
    `  zabsim lesson ${number} --answer mine.yaml`,
  ];
}

// ── the exercise

function markAnswer({ name, exercise }: Lesson, path: string, { seed, lang }: LessonOptions, terminal: Terminal): Mark {
  if (exercise === null) throw new UsageError([`${name} has no exercise`]);
  if (!existsSync(path)) throw new UsageError([`${path}:1:1: there is no such file`], true);
  const answer = chooseScenario(path);
  const marked = mark(exercise, answer, seed === undefined ? exercise.seed : chooseSeed(seed));
  const { paint } = terminal;
  const steps = `${marked.steps} ${marked.steps === 1 ? 'step' : 'steps'} added; the fewest known are ${marked.shortest}`;
  if (marked.reached) {
    const hash = marked.traceHash === null ? '' : `; trace hash ${marked.traceHash}`;
    terminal.print(...wrap(`${paint.good('REACHED')}  ${inLanguage(exercise.title, lang)}: ${steps}${hash}`));
    return marked;
  }
  terminal.print(...wrap(`${paint.bad('NOT REACHED')}  ${inLanguage(exercise.title, lang)}: ${steps}`));
  for (const why of marked.why) terminal.print(...wrap(why, '  - '));
  const hint = exercise.hints[0];
  if (hint !== undefined) terminal.print(...wrap(inLanguage(hint, lang).trim(), '  hint: ', 2));
  return marked;
}

function writeGrade(path: string, grade: Grade): void {
  let file: WholeFile | undefined;
  try {
    file = new WholeFile(path);
    file.write(`${JSON.stringify(grade, null, 2)}\n`);
    file.finish();
  } catch (error) {
    throw new UsageError([`--json ${path}: ${fileTrouble(error) ?? 'cannot be written'}`]);
  } finally {
    file?.abandon();
  }
}

import { LineCounter, parseDocument } from 'yaml';
import { messageOf } from '../scenarios/messages.ts';
import { type Mistake, parseScenario } from '../scenarios/parse.ts';
import { Positions } from '../scenarios/positions.ts';
import type { Scenario } from '../sim/scenario.ts';
import { findBug } from '../sim/zab/bugs/index.ts';
import { type Exercise, type Lesson, lessonFile, type LessonFile, stopOf, type Words } from './lesson.ts';

/** The files of a lesson's folder, by their names: `lesson.yaml`, `text.md`, `text.zh.md`, `scenario.yaml`, and for the
 *  exercise `exercise.yaml` and `solution.yaml`. */
export type LessonFiles = ReadonlyMap<string, string>;

export type ReadLesson = { readonly lesson: Lesson } | { readonly mistakes: readonly Mistake[] };

const MAX_TEXT = 200_000;

/** Reads a lesson. Bad input yields all mistakes with their places; it never throws. `folder` stands before the names of its
 *  files in mistakes; its last part is the lesson's name. */
export function readLesson(files: LessonFiles, folder: string): ReadLesson {
  const mistakes: Mistake[] = [];
  const name = folder.split(/[/\\]/).at(-1) ?? '';
  const place = (file: string): string => (folder === '' ? file : `${folder}/${file}`);
  const miss = (file: string, message: string): void => {
    mistakes.push({ file: place(file), line: 1, column: 1, message });
  };
  const number = /^(\d{1,3})-[a-z0-9-]+$/.exec(name)?.[1];
  if (number === undefined) miss('lesson.yaml', `the folder "${name}" is not called as 01-some-title`);
  const scenario = scenarioIn(files, 'scenario.yaml', place, mistakes);
  const source = files.get('lesson.yaml');
  if (source === undefined) miss('lesson.yaml', 'there is no such file');
  const file = source === undefined ? undefined : parseLesson(source, place('lesson.yaml'), mistakes);
  const text = textsOf(files, miss);
  if (scenario !== undefined && file !== undefined) checkHolds(files, file, place('lesson.yaml'), mistakes);
  const exercise = file?.exercise === undefined ? null : exerciseOf(file.exercise, files, place, mistakes);
  if (mistakes.length > 0 || file === undefined || scenario === undefined || text === undefined) return { mistakes };
  return {
    lesson: {
      name,
      number: Number(number),
      title: file.title,
      summary: file.summary,
      text,
      scenario,
      source: files.get('scenario.yaml') ?? '',
      seed: file.seed ?? '1',
      stops: file.stops.map(stopOf),
      exercise,
    },
  };
}

function parseLesson(source: string, file: string, mistakes: Mistake[]): LessonFile | undefined {
  const lines = new LineCounter();
  if (source.length > MAX_TEXT) {
    mistakes.push({ file, line: 1, column: 1, message: `longer than ${MAX_TEXT} characters` });
    return undefined;
  }
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const positions = new Positions(document, lines);
  for (const { pos, message } of document.errors)
    mistakes.push({ file, ...positions.at(pos[0]), message: message.split('\n')[0] ?? '' });
  if (document.errors.length > 0) return undefined;
  const excess = positions.excess();
  if (excess !== undefined) {
    mistakes.push({ file, ...excess.at, message: excess.why });
    return undefined;
  }
  const result = lessonFile.safeParse(document.toJS({ maxAliasCount: -1 }), { error: messageOf });
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues) {
    const at = positions.of(path, false);
    mistakes.push({ file, ...at, message: path.length === 0 ? message : `${path.map(String).join('.')}: ${message}` });
  }
  return undefined;
}

function scenarioIn(
  files: LessonFiles,
  name: string,
  place: (file: string) => string,
  mistakes: Mistake[],
): Scenario | undefined {
  const source = files.get(name);
  if (source === undefined) {
    mistakes.push({ file: place(name), line: 1, column: 1, message: 'there is no such file' });
    return undefined;
  }
  const parsed = parseScenario(source, place(name));
  if ('scenario' in parsed) return parsed.scenario;
  mistakes.push(...parsed.mistakes);
  return undefined;
}

function textsOf(files: LessonFiles, miss: (file: string, message: string) => void): Words | undefined {
  const en = files.get('text.md');
  if (en === undefined) {
    miss('text.md', 'there is no such file');
    return undefined;
  }
  const others: Record<string, string> = {};
  for (const [file, text] of files) {
    const language = /^text\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\.md$/.exec(file)?.[1];
    if (language !== undefined) others[language] = text;
    if (text.length > MAX_TEXT) miss(file, `longer than ${MAX_TEXT} characters`);
  }
  return { ...others, en };
}

/** What a choice says of the run must be sayable of it. */
function checkHolds(files: LessonFiles, file: LessonFile, place: string, mistakes: Mistake[]): void {
  const source = files.get('scenario.yaml') ?? '';
  file.stops.forEach(({ question }, s) =>
    question?.choices.forEach(({ holds }, c) => {
      if (holds === undefined) return;
      const parsed = expecting(source, rawHolds(files.get('lesson.yaml') ?? '', s, c));
      if ('scenario' in parsed) return;
      for (const { message } of parsed.mistakes)
        mistakes.push({
          file: place,
          line: 1,
          column: 1,
          message: `stops.${s}.question.choices.${c}.holds: ${message}`,
        });
    }),
  );
}

/** `holds` as it stands in the file: with the words of `expect`, not in the engine's units. */
function rawHolds(source: string, stop: number, choice: number): unknown {
  const document = parseDocument(source, { stringKeys: true });
  const node: unknown = document.getIn(['stops', stop, 'question', 'choices', choice, 'holds'], true);
  return node;
}

/** The scenario of a text with another `expect`. */
function expecting(source: string, expect: unknown): ReturnType<typeof parseScenario> {
  const document = parseDocument(source, { stringKeys: true });
  document.set('expect', expect);
  return parseScenario(String(document), 'scenario.yaml');
}

/** A lesson's scenario, expecting what a choice says: played, it tells whether the choice is right. null: it says nothing
 *  of the run. */
export function claimOf(files: LessonFiles, stop: number, choice: number): Scenario | null {
  const holds = rawHolds(files.get('lesson.yaml') ?? '', stop, choice);
  if (holds === undefined) return null;
  const parsed = expecting(files.get('scenario.yaml') ?? '', holds);
  return 'scenario' in parsed ? parsed.scenario : null;
}

function exerciseOf(
  { title, task, hints, seed, allow, shortest }: NonNullable<LessonFile['exercise']>,
  files: LessonFiles,
  place: (file: string) => string,
  mistakes: Mistake[],
): Exercise | null {
  const scenario = scenarioIn(files, 'exercise.yaml', place, mistakes);
  const solution = files.has('solution.yaml') ? scenarioIn(files, 'solution.yaml', place, mistakes) : null;
  for (const bug of allow.bugs ?? [])
    if (findBug(bug) === undefined)
      mistakes.push({ file: place('lesson.yaml'), line: 1, column: 1, message: `there is no bug "${bug}"` });
  if (scenario === undefined || solution === undefined) return null;
  return {
    title,
    task,
    hints: hints ?? [],
    scenario,
    source: files.get('exercise.yaml') ?? '',
    seed: seed ?? '1',
    steps: allow.steps,
    most: allow.most,
    bugs: allow.bugs ?? [],
    shortest,
    solution,
  };
}

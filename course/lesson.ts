import * as z from 'zod';
import { conditionOf } from '../scenarios/facts.ts';
import { ACTION_NAMES, condition } from '../scenarios/steps.ts';
import { scenarioFile } from '../scenarios/schema.ts';
import type { Condition, Scenario } from '../sim/scenario.ts';

/** A lesson: a page of text, a run that stops where something is decided, a question at each stop, and an exercise that is
 *  marked by playing it. Lessons are data: a folder each, which a teacher can add without touching code. */
export interface Lesson {
  /** The folder's name: `07-how-epochs-fence-an-old-leader`. */
  readonly name: string;
  /** Its number, from the folder's name. */
  readonly number: number;
  readonly title: Words;
  readonly summary: Words;
  /** Markdown, by language. English is always there. */
  readonly text: Words;
  readonly scenario: Scenario;
  /** The same as text. */
  readonly source: string;
  readonly seed: string;
  readonly stops: readonly Stop[];
  readonly exercise: Exercise | null;
}

/** A text by language: `en` always, others where somebody has written them. */
export type Words = Readonly<Record<string, string>> & { readonly en: string };

export interface Stop {
  /** Play stops right after the event that fits, its `nth`. */
  readonly when: Condition;
  readonly title: Words;
  /** What has just happened. */
  readonly say: Words;
  readonly question: Question | null;
}

export interface Question {
  readonly ask: Words;
  readonly choices: readonly Choice[];
}

export interface Choice {
  readonly text: Words;
  readonly right: boolean;
  readonly because: Words;
  /** What the run shows if this choice is right, in the words of a scenario's `expect`; null: it is no matter of the run. */
  readonly holds: object | null;
}

export interface Exercise {
  readonly title: Words;
  readonly task: Words;
  readonly hints: readonly Words[];
  /** Where it starts from; its `expect` is the goal. */
  readonly scenario: Scenario;
  /** The same as text: what a student edits. */
  readonly source: string;
  readonly seed: string;
  /** Steps that do these things may be added: the words behind `do:`. */
  readonly steps: readonly string[];
  /** At most so many. */
  readonly most: number;
  /** A bug may be switched on; one of these. */
  readonly bugs: readonly string[];
  /** The number of steps of the shortest solution known. */
  readonly shortest: number;
  /** A solution as a whole scenario, kept for the teacher and for the tests; null where the page must not have it. */
  readonly solution: Scenario | null;
}

const text = z.string().trim().min(1).max(8000);
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

/** `text`, or `{en: text, zh: 文本}`. */
const words = z
  .union([text, z.record(z.string().regex(LANGUAGE), text)], { error: 'expected a text, or texts by language' })
  .transform((value, context): Words => {
    if (typeof value === 'string') return { en: value };
    const { en, ...others } = value;
    if (en !== undefined) return { ...others, en };
    context.addIssue({ code: 'custom', message: 'a text in several languages needs en' });
    return z.NEVER;
  });

const choice = z.strictObject({
  text: words,
  right: z.boolean().optional(),
  because: words,
  holds: scenarioFile.shape.expect.optional(),
});

const question = z
  .strictObject({ ask: words, choices: z.array(choice).min(2).max(6) })
  .refine(({ choices }) => choices.filter(({ right }) => right === true).length === 1, {
    message: 'exactly one choice is right',
    path: ['choices'],
  });

const stop = z.strictObject({
  when: condition.omit({ after: true }),
  title: words,
  say: words,
  question: question.optional(),
});

const exercise = z.strictObject({
  title: words,
  task: words,
  hints: z.array(words).max(10).optional(),
  seed: z.string().max(100).optional(),
  allow: z.strictObject({
    steps: z.array(z.enum(ACTION_NAMES)).max(50),
    most: z.int().min(0).max(50),
    bugs: z.array(z.string().max(100)).max(50).optional(),
  }),
  shortest: z.int().min(0).max(50),
});

/** `lesson.yaml`. */
export const lessonFile = z.strictObject({
  title: words,
  summary: words,
  seed: z.string().max(100).optional(),
  stops: z.array(stop).min(1).max(20),
  exercise: exercise.optional(),
});

export type LessonFile = z.output<typeof lessonFile>;

export function stopOf({ when, title, say, question: asked }: LessonFile['stops'][number]): Stop {
  return {
    when: conditionOf(when),
    title,
    say,
    question:
      asked === undefined
        ? null
        : {
            ask: asked.ask,
            choices: asked.choices.map(({ text, right, because, holds }) => ({
              text,
              right: right === true,
              because,
              holds: holds ?? null,
            })),
          },
  };
}

/** The text in a language, or in English where there is none. */
export function inLanguage(text: Words, language: string): string {
  return text[language] ?? text[language.split('-')[0] ?? ''] ?? text.en;
}

import { PROPERTIES } from '../properties/index.ts';
import { run } from '../sim/run.ts';
import type { Scenario, Step } from '../sim/scenario.ts';
import type { Exercise } from './lesson.ts';

/** What became of an answer to an exercise. Plain data, for a page and for a gradebook. */
export interface Mark {
  readonly reached: boolean;
  /** How many steps were added, and the fewest that are known to do. */
  readonly steps: number;
  readonly shortest: number;
  readonly seed: string;
  readonly traceHash: string | null;
  /** Why it does not count, or is not reached: sentences. Empty when reached. */
  readonly why: readonly string[];
}

/** More events than any exercise needs. */
const MAX_EVENTS = 5_000_000;

/** Marks an answer: a scenario that is the exercise's own but for added steps. It is played; the exercise's `expect` says
 *  whether the goal is reached, whatever the answer itself expects. Deterministic. */
export function mark(exercise: Exercise, answer: Scenario, seed: string = exercise.seed): Mark {
  const added = addedSteps(exercise.scenario, answer);
  const changed = changes(exercise, answer);
  const refused = [
    ...changed,
    ...(added === null ? ['steps of the exercise are missing, or stand in another order'] : broken(exercise, added)),
    ...(seed === exercise.seed ? [] : [`the exercise is played under seed ${exercise.seed}`]),
  ];
  const result = { steps: added?.length ?? 0, shortest: exercise.shortest, seed };
  if (refused.length > 0) return { ...result, reached: false, traceHash: null, why: refused };
  const goal = exercise.scenario.expect;
  const report = run({ ...answer, expect: goal }, seed, {
    properties: PROPERTIES,
    // To the end, whatever breaks on the way: facts of the end may belong to the goal.
    keepGoing: true,
    maxEvents: MAX_EVENTS,
  });
  return { ...result, reached: report.asExpected, traceHash: report.traceHash, why: report.unexpected };
}

/** The steps that an answer adds, or null if it lacks some of the exercise's. */
export function addedSteps(base: Scenario, answer: Scenario): readonly Step[] | null {
  const own = base.timeline.map((step) => JSON.stringify(step));
  const added: Step[] = [];
  let next = 0;
  for (const step of answer.timeline) {
    if (next < own.length && JSON.stringify(step) === own[next]) next++;
    else added.push(step);
  }
  return next === own.length ? added : null;
}

function broken({ steps, most }: Exercise, added: readonly Step[]): string[] {
  const kinds = [...new Set(added.map(doing).filter((kind) => !steps.includes(kind)))];
  return [
    ...kinds.map((kind) => `a step "${kind}" is not allowed here; allowed are ${steps.join(', ') || 'none'}`),
    ...(added.length > most ? [`${added.length} steps are added; at most ${most} are allowed`] : []),
  ];
}

/** The word behind `do:`. */
function doing({ action }: Step): string {
  return action.kind === 'request' ? action.operation.op : action.kind;
}

/** What an answer may not change. Its name, its words and what it expects are its own. */
const FIXED = [
  'servers',
  'verifier',
  'observers',
  'settings',
  'service',
  'network',
  'disk',
  'processes',
  'clocks',
  'clients',
  'calmAt',
  'endAt',
  'beyondBudget',
  'schedule',
] as const satisfies readonly (keyof Scenario)[];

function changes({ scenario, bugs }: Exercise, answer: Scenario): string[] {
  const changed = FIXED.filter((key) => JSON.stringify(scenario[key]) !== JSON.stringify(answer[key]));
  const release =
    answer.release === scenario.release || bugs.includes(answer.release)
      ? []
      : [`it behaves as ${answer.release}; allowed are ${[scenario.release, ...bugs].join(', ')}`];
  return [...changed.map((key) => `${key} differs from the exercise's: only steps may be added`), ...release];
}

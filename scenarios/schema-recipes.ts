import * as z from 'zod';
import type { OptionValue, ProgramModel } from '../sim/clients/program.ts';
import { findRecipe, RECIPES } from '../sim/clients/recipes/all.ts';
import { pathMistake } from '../sim/zookeeper/paths.ts';
import { duration, integer, object, word as wordField } from './fields.ts';
import { formatDuration } from './units.ts';
import { flow, word, type Pairs } from './write-values.ts';

/** `recipe:` of a client, as data: programs of sim/clients/recipes/. */

const path = z
  .string()
  .max(1000)
  .superRefine((text, context) => {
    const wrong = text === '/' ? 'the root is no place for a recipe' : pathMistake(text);
    if (wrong !== null) context.addIssue({ code: 'custom', message: `${wrong}: "${text}"` });
  })
  .optional()
  .describe('where its znodes are: clients with the same one work together; / and the kind when left out');

/** The fields that every recipe has. */
function common(kind: string) {
  const recipe = findRecipe(kind);
  if (recipe === undefined) throw new Error(`there is a recipe ${kind}`);
  const mistakes = recipe.mistakes.map(({ name }) => name);
  return {
    kind: z.literal(kind).describe(recipe.program.about),
    path,
    mistake: z.enum(mistakes).optional().describe('a classic mistake; none when left out'),
  };
}

function time(about: string) {
  return duration(1).optional().describe(about);
}

function role<const R extends readonly [string, string]>(roles: R) {
  return z.enum(roles).describe(`which part it plays: ${roles.join(' or ')}`);
}

const COUNT = 100_000;
const rounds = {
  rounds: integer(1, COUNT).optional().describe('how often; 3'),
  hold: time('how long it holds the lock; 200ms'),
  think: time('between two rounds; 100ms'),
};
const producing = {
  role: role(['producer', 'consumer']),
  items: integer(1, COUNT).optional().describe('of a producer: how many elements; 10'),
  gap: time('of a producer: between two of them; 100ms'),
  work: time('of a consumer: how long an element keeps it busy; 50ms'),
};

/** In the order of RECIPES. */
const FORMS = [
  object({
    ...common('leader-election'),
    beat: time('between two acts of the leader; 50ms'),
    acts: integer(0, COUNT).optional().describe('it steps down after so many acts; 0, never, when left out'),
  }),
  object({ ...common('lock'), ...rounds }),
  object({
    ...common('shared-lock'),
    ...rounds,
    mode: z.enum(['read', 'write']).describe('how it wants the lock: read or write'),
  }),
  object({
    ...common('barrier'),
    role: role(['gate', 'waiter']),
    shut: time('of the gate: how long the barrier stays; 5s'),
    note: time('of the gate: when it changes the data of the barrier; never when left out'),
  }),
  object({
    ...common('double-barrier'),
    size: integer(1, 1000).describe('how many work together'),
    work: time('how long each works; 500ms'),
    dawdle: time('between its arrival and its look at the others; none when left out'),
  }),
  object({ ...common('queue'), ...producing }),
  object({
    ...common('priority-queue'),
    ...producing,
    urgentAfter: integer(1, COUNT).optional().describe('of a producer: elements behind the first so many are urgent'),
  }),
  object({
    ...common('two-phase-commit'),
    site: integer(0, 1000).describe('the number of the site, from 1; 0: the coordinator'),
    sites: integer(1, 1000).describe('how many there are'),
    vote: z.enum(['commit', 'abort']).optional().describe('of a site; commit'),
    delay: time('of a site: until it has made up its mind; 100ms'),
    patience: time('of the coordinator: how long it waits for votes; 20s'),
  }),
  object({
    ...common('group-membership'),
    role: role(['member', 'observer']),
    member: wordField.optional().describe('the name of its znode; member- and its number when left out'),
    stay: time('how long it is a member; for good when left out'),
  }),
  object({
    ...common('name-service'),
    prefix: wordField.optional().describe('the names are this and 1, 2, ...; name-'),
    keep: time('how long it keeps its name; for good when left out'),
  }),
  object({
    ...common('service-registry'),
    role: role(['provider', 'consumer']),
    updates: integer(0, COUNT).optional().describe('of a provider: how often its address changes; 0'),
    every: time('of a provider: between two changes; 1s'),
  }),
  object({
    ...common('configuration'),
    role: role(['publisher', 'subscriber']),
    versions: integer(1, COUNT).optional().describe('of the publisher: how many configurations; 5'),
    every: time('of the publisher: between two of them; 1s'),
    work: time('of a subscriber: how long it takes to put one into effect; 200ms'),
  }),
  object({ ...common('crash-detection'), role: role(['worker', 'detector']) }),
] as const;

export const recipe = z
  .discriminatedUnion('kind', FORMS, {
    error: `expected kind: ${RECIPES.map(({ program }) => program.name).join(', ')}`,
  })
  .describe('a recipe that it follows, instead of mix');

export type RecipeFields = z.output<typeof recipe>;

/** The program that a client runs for it. */
export function recipeOf({ kind, path: place, ...fields }: RecipeFields): ProgramModel {
  const options: Record<string, OptionValue> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) options[name] = value;
  return { program: kind, instance: place ?? `/${kind}`, options };
}

/** What a recipe can be told, and what that means; without the name of a mistake. */
export function recipeOptions(kind: string): readonly (readonly [name: string, about: string])[] {
  const form = FORMS.find(({ shape }) => shape.kind.value === kind);
  const fields: [string, z.ZodType][] = Object.entries(form?.shape ?? {});
  return fields
    .filter(([name]) => name !== 'kind' && name !== 'mistake')
    .map(([name, field]) => [name, field.description ?? ''] as const);
}

export function isRecipe({ program }: ProgramModel): boolean {
  return findRecipe(program) !== undefined;
}

/** Options that are durations. */
const TIMES: ReadonlySet<string> = new Set([
  ...['hold', 'think', 'gap', 'work', 'beat', 'shut', 'note', 'dawdle', 'delay', 'patience', 'stay', 'keep', 'every'],
]);

/** As a file says it. */
export function writeRecipe({ program, instance, options }: ProgramModel): string {
  const said: Pairs = Object.entries(options).map(([key, value]) => [
    key,
    typeof value === 'number' && TIMES.has(key)
      ? formatDuration(value)
      : typeof value === 'string'
        ? word(value)
        : String(value),
  ]);
  return flow([['kind', program], ...(instance === `/${program}` ? [] : [['path', word(instance)] as const]), ...said]);
}

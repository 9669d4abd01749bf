import * as z from 'zod';
import type { ClientModel } from '../sim/scenario.ts';
import { WORKLOADS } from '../sim/clients/workloads/all.ts';
import type { ProgramModel } from '../sim/clients/program.ts';
import { ENDLESS } from '../sim/clients/workloads/workload.ts';
import { pathMistake } from '../sim/zookeeper/paths.ts';
import { integer, object } from './fields.ts';
import { flow, flowWord, type Pairs } from './write-values.ts';

/** `workload:` of a client, as data: programs of sim/clients/workloads/. */

const percent = integer(0, 100);
const path = z
  .string()
  .max(1000)
  .superRefine((text, context) => {
    const wrong = pathMistake(text);
    if (wrong !== null) context.addIssue({ code: 'custom', message: `${wrong}: "${text}"` });
  })
  .optional();
const writes = percent.optional().describe('parts of a hundred; 50');
const keys = integer(1, 10_000).optional().describe('how many znodes; 4');

export const workload = z
  .discriminatedUnion(
    'kind',
    [
      object({
        kind: z.literal('hot-key').describe('reads and writes a few znodes, most often the same one'),
        path: path.describe('their parent; /hot'),
        keys,
        share: percent.optional().describe('parts of a hundred that go to the hot one; 90'),
        writes,
      }),
      object({
        kind: z.literal('sequential').describe('creates sequential znodes under one parent, and deletes its oldest'),
        path: path.describe('their parent; /seq'),
        keep: integer(1, 10_000).optional().describe('how many of its own it leaves; 10'),
        ephemeral: z.boolean().optional().describe('false'),
      }),
      object({
        kind: z.literal('counter').describe('adds one to a number in a znode by compare-and-set'),
        path: path.describe('the znode; /counter'),
      }),
      object({
        kind: z.literal('session-churn').describe('creates an ephemeral znode, closes its session, and opens another'),
        path: path.describe('its parent; /churn'),
      }),
      object({
        kind: z.literal('watchers').describe('leaves watches on a few znodes, and changes them'),
        path: path.describe('their parent; /watched'),
        keys,
        writes,
      }),
    ],
    { error: `expected kind: ${WORKLOADS.map(({ name }) => name).join(', ')}` },
  )
  .describe('what it does by itself, instead of mix; its operations are rounds, without a number until the end');

export type WorkloadFields = z.output<typeof workload>;

/** Where a workload works that names no path. */
const USUAL_PATHS: Readonly<Record<WorkloadFields['kind'], string>> = {
  'hot-key': '/hot',
  sequential: '/seq',
  counter: '/counter',
  'session-churn': '/churn',
  watchers: '/watched',
};

/** The program that a client runs for it. */
export function workloadOf({ kind, ...fields }: WorkloadFields): ProgramModel {
  const named = Object.entries(fields).filter((entry): entry is [string, string | number | boolean] => {
    return entry[1] !== undefined;
  });
  return { program: kind, instance: fields.path ?? USUAL_PATHS[kind], options: Object.fromEntries(named) };
}

/** Rounds of a workload that names no number. */
export function roundsOf(operations: number | undefined): number {
  return operations ?? ENDLESS;
}

export function isWorkload({ program }: ProgramModel): boolean {
  return WORKLOADS.some(({ name }) => name === program);
}

/** As a file says it. */
export function writeWorkload({ program, options }: ProgramModel): string {
  const said: Pairs = Object.entries(options).map(([key, value]) => [
    key,
    typeof value === 'string' ? flowWord(value) : String(value),
  ]);
  return flow([['kind', program], ...said]);
}

/** True for a client whose own work ends with the run alone. */
export function isEndless({ program, operations }: ClientModel): boolean {
  return program !== undefined && isWorkload(program) && operations >= ENDLESS;
}

import { basename } from 'node:path';
import { z } from 'zod';
import type { CasePlan, PlanStep } from './player.ts';
import { configOf, randomCase } from './random-case.ts';
import { randomWorkload } from './random-workload.ts';
import type { Fields } from './requests.ts';

/** What is played: from a file, or drawn from a seed. */

const fields = z.record(z.string(), z.unknown());
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const config = z.object({
  servers: z.array(z.object({ myid: z.int().min(1).max(30), role: z.enum(['participant', 'observer']) })).min(1),
  tickTime: z.int().min(100),
  initLimit: z.int().min(1),
  syncLimit: z.int().min(1),
  systemProperties: z.record(z.string(), text).default({}),
  zooCfg: z.record(z.string(), text).default({}),
});

/** A record, or a record without what came of it. */
const caseFile = z.object({
  name: z.string(),
  group: z.string(),
  title: z.string(),
  config,
  steps: z.array(z.looseObject({ do: z.string() })).min(1),
  observed: z.object({ facts: fields }).optional(),
});

/** Requests alone: `{s, op, ...}`. They are played on three servers. */
const requests = z.array(z.looseObject({ s: z.string(), op: z.string() })).min(1);

/** Throws an error that says what is wrong with the file. */
export function casePlanOf(file: string, json: unknown): CasePlan {
  if (Array.isArray(json)) {
    const items = requests.safeParse(json);
    if (!items.success) throw new Error(z.prettifyError(items.error));
    return workloadPlan(basename(file, '.json'), items.data);
  }
  const parsed = caseFile.safeParse(json);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const { name, group, title, config, steps, observed } = parsed.data;
  return { name, group, title, config, steps: steps.map((step) => withoutResult(step, observed?.facts ?? {})) };
}

/** The requests of a recorded workload are in its facts. */
function withoutResult(step: PlanStep, facts: Fields): PlanStep {
  const { t_ms: _time, result: _result, firstZxid: _first, lastZxid: _last, failed: _failed, ...rest } = step;
  if (step.do !== 'workload' || 'items' in step) return rest;
  return { ...rest, items: facts[String(step['fact'] ?? 'workload')] };
}

const THREE = [1, 2, 3].map((myid) => ({ myid, role: 'participant' as const }));

/** Three servers, of which 3 leads; requests one after another; the tree, in the end. */
function workloadPlan(
  name: string,
  items: readonly Fields[],
  properties: Readonly<Record<string, string>> = {},
): CasePlan {
  return {
    name,
    group: 'D',
    title: `${items.length} requests`,
    config: configOf(THREE, properties),
    steps: [
      { do: 'start', servers: [3] },
      { do: 'start', servers: [1] },
      { do: 'start', servers: [2] },
      { do: 'observe', label: 'start' },
      { do: 'workload', items },
      { do: 'observe', label: 'end' },
      { do: 'two sessions read the tree' },
    ],
  };
}

/** undefined: there is no such kind. */
export function randomPlan(kind: string, seed: number, length = 300): CasePlan | undefined {
  const [watches, moves, quotas, pipelines] = ['watches', 'sessions', 'quotas', 'pipelines'].map((one) => one === kind);
  const common = { seed, length, watches: watches || moves || false, moves: moves ?? false };
  const chosen = { ...common, quotas: quotas ?? false, pipelines: pipelines ?? false };
  switch (kind) {
    case 'servers':
      return randomCase({ seed, length: Math.min(length, 40) });
    case 'watches':
    case 'sessions':
      return workloadPlan(`${kind}-${seed}`, randomWorkload({ ...chosen, sessions: { A: 1, B: 3 } }));
    case 'data':
    case 'pipelines':
      return workloadPlan(`${kind}-${seed}`, randomWorkload({ ...chosen, sessions: { A: 1, B: 2, C: 3, D: 1 } }));
    case 'quotas': {
      const items = randomWorkload({ ...chosen, sessions: { A: 1, B: 2, C: 3, D: 1 } });
      return workloadPlan(`${kind}-${seed}`, items, seed % 2 === 0 ? { 'zookeeper.enforceQuota': 'true' } : {});
    }
    default:
      return undefined;
  }
}

/** Steps that need privileges over the network, or are told in words. */
export function unplayable(plan: CasePlan): readonly string[] {
  return plan.steps.map((step) => step.do).filter((what) => !PLAYABLE.some((known) => known.test(what)));
}

const PLAYABLE = [
  /^(start|kill -9|SIGTERM|SIGSTOP|SIGCONT|wipe data directory|edit file|sleep|observe)$/,
  /^(client connect|client reconnect|op|writes|close session|workload|two sessions read the tree|async write.*)$/,
  /^(settle|wait.*|\d+ is back)$/,
];

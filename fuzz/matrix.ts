import type { MatrixLine } from '../report/matrix-text.ts';
import type { Bug } from '../sim/zab/bugs/index.ts';
import { shrunk } from './campaign.ts';
import type { Hunted } from './hunt.ts';
import type { PlanShape } from './plans.ts';
import type { Pool } from './pool.ts';

/** A row of the matrix: what is told of it, and what it is told from. */
export interface MatrixRow extends MatrixLine {
  /** Seed and run of the first hit, and what shrinking made of it. */
  readonly first: string | null;
  readonly faults: readonly { readonly fault: string; readonly asked: number; readonly landed: number }[];
  readonly trouble: readonly string[];
}

export interface MatrixPlan {
  readonly bugs: readonly Bug[];
  readonly seeds: readonly string[];
  readonly shape: Omit<PlanShape, 'release'>;
  readonly maxRuns: number;
  readonly maxMs: number;
  readonly shrink: boolean;
  readonly control: boolean;
}

/** Of each bug, so many hits are shrunk. */
const SHRUNK_HITS = 3;
const MOST_TRIES = 2000;

/** A row for each bug, and one for `corrected`. Bugs are worked on side by side, each by one thread; the rows come in the order of
 *  the bugs. `onRow` is told of each as soon as it is whole. */
export async function measureMatrix(
  plan: MatrixPlan,
  pool: Pool,
  hooks: {
    readonly jobs: number;
    readonly onRow: (row: MatrixRow) => void;
    readonly isInterrupted: () => boolean;
  },
): Promise<MatrixRow[]> {
  const targets = [
    // The longest first: it is never found.
    ...(plan.control ? [CONTROL] : []),
    ...plan.bugs.map(({ name, kind, breaks }) => ({ name, kind, breaks })),
  ];
  const rows: (MatrixRow | null)[] = targets.map(() => null);
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < targets.length && !hooks.isInterrupted()) {
      const nth = begun++;
      const target = targets[nth]!;
      const hunts: SeedHunt[] = [];
      for (const seed of plan.seeds) {
        const hunt = await huntOne(target.name, seed, plan, pool, hooks);
        if (hunt !== null) hunts.push(hunt);
      }
      if (hunts.length < plan.seeds.length) return;
      const row = await rowOf(target, hunts, plan, pool);
      rows[nth] = row;
      hooks.onRow(row);
    }
  };
  await Promise.all(Array.from({ length: hooks.jobs }, lane));
  const [control, ...bugs] = plan.control ? rows : [null, ...rows];
  return [...bugs, control ?? null].filter((row) => row !== null);
}

const CONTROL: { readonly name: string; readonly kind: MatrixRow['kind']; readonly breaks: readonly string[] } = {
  name: 'corrected',
  kind: 'control',
  breaks: [],
};

interface SeedHunt {
  readonly seed: string;
  readonly hunted: Hunted | null;
  readonly trouble: string | null;
}

async function huntOne(
  release: string,
  seed: string,
  plan: MatrixPlan,
  pool: Pool,
  hooks: { readonly isInterrupted: () => boolean },
): Promise<SeedHunt | null> {
  if (hooks.isInterrupted()) return null;
  try {
    const { maxRuns, maxMs } = plan;
    const hunt = { seed, shape: { ...plan.shape, release }, maxRuns, maxMs };
    const answer = await pool.run({ kind: 'hunt', hunt, propertyFiles: [] }, hooks.isInterrupted);
    if (answer === null) return null;
    if (answer.kind === 'hunt') return { seed, hunted: answer.hunted, trouble: null };
    return { seed, hunted: null, trouble: 'message' in answer ? answer.message : 'no answer' };
  } catch (error) {
    return { seed, hunted: null, trouble: error instanceof Error ? error.message : String(error) };
  }
}

async function rowOf(
  target: { readonly name: string; readonly kind: MatrixRow['kind']; readonly breaks: readonly string[] },
  hunts: readonly SeedHunt[],
  plan: MatrixPlan,
  pool: Pool,
): Promise<MatrixRow> {
  const done = hunts.flatMap(({ seed, hunted }) => (hunted === null ? [] : [{ seed, ...hunted }]));
  const hits = done.flatMap(({ seed, hit }) => (hit === null ? [] : [{ seed, ...hit }]));
  const shape = { ...plan.shape, release: target.name };
  const shrinks = plan.shrink
    ? await Promise.all(
        hits
          .slice(0, SHRUNK_HITS)
          .map(({ seed, run }) =>
            shrunk({ seed, index: run, shape }, { propertyFiles: [], pool, maxTries: MOST_TRIES }),
          ),
      )
    : [];
  const small = shrinks.flatMap(({ found, ms }) => (found === null ? [] : [{ ...found, ms }]));
  const spoke = [...new Set(hits.map(({ property }) => property))]
    .map((property) => ({ property, count: hits.filter((hit) => hit.property === property).length }))
    .sort((a, b) => b.count - a.count || (a.property < b.property ? -1 : 1));
  const first = hits[0];
  return {
    bug: target.name,
    kind: target.kind,
    found: hits.length > 0,
    hits: hits.length,
    seeds: hunts.length,
    property: spoke[0]?.property ?? null,
    properties: spoke,
    later: [...new Set(hits.flatMap((hit) => hit.spoke))]
      .filter((name) => spoke.every(({ property }) => property !== name))
      .sort((a, b) => (a < b ? -1 : 1)),
    asKnown: spoke.every(({ property }) => target.breaks.includes(property)),
    medianRuns: median(done.map(({ runs }) => runs)),
    medianEvents: median(done.map(({ events }) => events)),
    medianMs: Math.round(median(done.map(({ ms }) => ms))),
    worstMs: Math.round(Math.max(0, ...done.map(({ ms }) => ms))),
    totalRuns: done.reduce((sum, { runs }) => sum + runs, 0),
    shrunkEvents: small.length === 0 ? null : median(small.map(({ causes }) => causes)),
    shrunkSteps: small.length === 0 ? null : median(small.map(({ steps }) => steps)),
    shrinkMs: small.length === 0 ? null : Math.round(median(small.map(({ ms }) => ms))),
    first: first === undefined ? null : `${first.seed}/${first.run}`,
    faults: faultsOf(done),
    trouble: [
      ...hunts.flatMap(({ seed, trouble }) => (trouble === null ? [] : [`${seed}: ${trouble}`])),
      ...shrinks.flatMap(({ trouble }) => (trouble === null ? [] : [`shrinking: ${trouble}`])),
      ...small.flatMap(({ traceHash, faithful }) =>
        traceHash === null
          ? ['two runs of a shrunk plan differ']
          : faithful
            ? []
            : ['a shrunk scenario differs from its file'],
      ),
    ],
  };
}

function faultsOf(hunts: readonly Hunted[]): MatrixRow['faults'] {
  const sum = new Map<string, { asked: number; landed: number }>();
  for (const { faults } of hunts)
    for (const [fault, { asked, landed }] of faults) {
      const known = sum.get(fault) ?? { asked: 0, landed: 0 };
      sum.set(fault, { asked: known.asked + asked, landed: known.landed + landed });
    }
  return [...sum].sort(([a], [b]) => (a < b ? -1 : 1)).map(([fault, counts]) => ({ fault, ...counts }));
}

/** The lower of the two middle ones, where there are two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

/** What a matrix finds wrong: bugs that were missed, `corrected` that was not silent, properties that nothing broke, faults that
 *  were asked for and never had an effect. Empty: all is well. The last two are asked of a whole museum only. */
export function matrixTrouble(
  rows: readonly MatrixRow[],
  {
    properties,
    whole,
    shown,
  }: {
    readonly properties: readonly string[];
    readonly whole: boolean;
    /** Properties that the museum's own schedules break. */
    readonly shown: ReadonlyMap<string, readonly string[]>;
  },
): string[] {
  const trouble: string[] = [];
  for (const { bug, kind, found, seeds, properties: spoke } of rows) {
    if (kind === 'control' && found)
      trouble.push(`${bug} is not silent: ${spoke.map(({ property }) => property).join(', ')}`);
    if (kind !== 'control' && !found) trouble.push(`${bug} was missed by all of ${seeds} seeds`);
  }
  for (const row of rows) trouble.push(...row.trouble.map((what) => `${row.bug}: ${what}`));
  if (!whole) return trouble;
  const spoken = new Set(rows.flatMap((row) => [...row.properties.map(({ property }) => property), ...row.later]));
  for (const name of properties)
    if (!spoken.has(name) && !shown.has(name)) trouble.push(`property ${name} saw none of the bugs`);
  const landed = new Map<string, number>();
  for (const { faults } of rows)
    for (const { fault, landed: times } of faults) landed.set(fault, (landed.get(fault) ?? 0) + times);
  for (const [fault, times] of landed) if (times === 0) trouble.push(`fault ${fault} never had an effect`);
  return trouble;
}

import { arch, availableParallelism, cpus, platform } from 'node:os';
import { matrixTrouble, measureMatrix, type MatrixPlan, type MatrixRow } from '../fuzz/matrix.ts';
import { Pool } from '../fuzz/pool.ts';
import { PROPERTIES, SEARCHED_PROPERTIES } from '../properties/index.ts';
import { matrixByProperty, matrixMarkdown, matrixRowLines } from '../report/matrix-text.ts';
import { shellWord, thousands, wrap } from '../report/text.ts';
import { run as runScenario } from '../sim/run.ts';
import { type Bug, BUGS } from '../sim/zab/bugs/index.ts';
import { chooseBug, chooseScenario, chooseSeed } from './choose.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { listenForInterrupts } from './fuzz.ts';
import { durationMs, jobsOf, strategyOf, wholeNumber } from './fuzz-options.ts';
import type { Terminal } from './terminal.ts';

export interface MatrixOptions {
  readonly bug?: readonly string[];
  readonly seeds: string;
  readonly seed: string;
  readonly time: string;
  readonly runs?: string;
  readonly strategy: string;
  readonly jobs?: string;
  readonly shrink: boolean;
  readonly json?: true;
  readonly markdown?: true;
}

/** `zabsim matrix`: how soon each bug of the museum is found, and by which property. */
export async function matrix(options: MatrixOptions, terminal: Terminal): Promise<ExitCode> {
  const plan = planFor(options);
  const jobs = jobsOf(options.jobs);
  const told = options.json !== true && options.markdown !== true;
  const { paint } = terminal;
  const stop = listenForInterrupts();
  const pool = new Pool(jobs);
  let rows: MatrixRow[];
  const finished: MatrixRow[] = [];
  try {
    terminal.progress(`${plan.bugs.length} bugs, ${plan.seeds.length} seeds`);
    rows = await stop.orElse(
      measureMatrix(plan, pool, {
        jobs,
        isInterrupted: () => stop.came,
        onRow: (row) => {
          finished.push(row);
          if (told) terminal.print(...matrixRowLines(row, paint));
          terminal.progress(`${finished.length} of ${plan.bugs.length + (plan.control ? 1 : 0)} rows`);
        },
      }),
      finished,
    );
  } finally {
    stop.over();
    terminal.progress('');
    await pool.close();
  }
  const whole = options.bug === undefined && !stop.came;
  const controls = CONTROLS.flatMap((name) => controlTrouble(name, plan.seeds));
  const shown = shownByMuseum(plan.bugs, plan.seeds.slice(0, MUSEUM_SEEDS));
  const judged = { properties: SEARCHED_PROPERTIES.map(({ name }) => name), whole, shown };
  const trouble = [...matrixTrouble(rows, judged), ...controls];
  if (options.json === true) terminal.print(JSON.stringify(rows, null, 2));
  else if (options.markdown === true)
    terminal.print(...matrixMarkdown(rows, { command: commandLine(options), machine: machine(jobs), trouble, shown }));
  else {
    terminal.print('', ...matrixByProperty(rows, paint), '');
    terminal.print(
      ...(trouble.length === 0
        ? wrap(
            `${paint.good('ALL FOUND')}  corrected is silent, and so are ${CONTROLS.length} scenarios that only look wrong; ` +
              `${thousands(totalRuns(rows))} runs on ${machine(jobs)}.`,
          )
        : trouble.flatMap((what) => wrap(what, `${paint.bad('NOT SO')}  `))),
    );
  }
  if (stop.came) return EXIT.interrupted;
  return trouble.length === 0 ? EXIT.asExpected : EXIT.violated;
}

const MUSEUM_SEEDS = 3;

/** What breaks when the museum's own schedule of each bug is played to its end: by property, the bugs. */
function shownByMuseum(bugs: readonly Bug[], seeds: readonly string[]): Map<string, string[]> {
  const shown = new Map<string, string[]>();
  for (const { name } of bugs) {
    const scenario = chooseScenario(`bugs/${name}`);
    for (const seed of seeds)
      for (const { property } of runScenario(scenario, seed, { properties: PROPERTIES, keepGoing: true }).violations) {
        const known = shown.get(property) ?? [];
        if (!known.includes(name)) known.push(name);
        shown.set(property, known);
      }
  }
  return shown;
}

/** Scenarios in which something looks suspicious and is as ZooKeeper promises: stale reads at a follower, `sync` that is not
 *  linearizable, elections again and again, a tail that nobody committed and a later epoch does, a proposal that comes twice,
 *  a disk that was wiped. Nothing may speak. */
export const CONTROLS: readonly string[] = [
  'stale-read-at-a-follower',
  'sync-through-a-deposed-leader',
  'sync-is-no-quorum-operation',
  'an-event-comes-before-older-data',
  'elections-again-and-again',
  'uncommitted-write-survives-a-full-restart',
  'leader-crashes-after-one-ack',
  'a-proposal-comes-twice',
  'wiped-voter-forgets-what-was-committed',
];

function controlTrouble(name: string, seeds: readonly string[]): string[] {
  const scenario = chooseScenario(name);
  const spoke = seeds.flatMap((seed) =>
    runScenario(scenario, seed, { properties: PROPERTIES }).violations.map(({ property }) => property),
  );
  return [...new Set(spoke)].map((property) => `the control ${name} is not silent: ${property}`);
}

function totalRuns(rows: readonly MatrixRow[]): number {
  return rows.reduce((sum, row) => sum + row.totalRuns, 0);
}

const MOST_RUNS = 1_000_000_000;

function planFor(options: MatrixOptions): MatrixPlan {
  const seed = chooseSeed(options.seed);
  const count = wholeNumber('--seeds', options.seeds, 1, 1000);
  return {
    bugs: options.bug === undefined ? BUGS : options.bug.map(bugNamed),
    seeds: Array.from({ length: count }, (_, i) => `${seed}-${i + 1}`),
    shape: { strategy: strategyOf(options.strategy) },
    maxRuns: options.runs === undefined ? MOST_RUNS : wholeNumber('--runs', options.runs, 1, MOST_RUNS),
    maxMs: durationMs('--time', options.time),
    shrink: options.shrink,
    control: true,
  };
}

function bugNamed(typed: string): Bug {
  const name = chooseBug(typed);
  const found = BUGS.find((bug) => bug.name === name);
  if (found === undefined) throw new Error(`the museum has no ${name}`);
  return found;
}

function commandLine({ bug, seeds, seed, time, runs, strategy }: MatrixOptions): string {
  return [
    'zabsim matrix --markdown',
    ...(bug === undefined ? [] : ['--bug', ...bug]),
    ...(runs === undefined ? [] : ['--runs', runs]),
    ...['--seeds', seeds, '--seed', shellWord(seed), '--time', time, '--strategy', strategy],
  ].join(' ');
}

function machine(jobs: number): string {
  const [cpu] = cpus();
  return (
    `${cpu?.model.trim() ?? 'an unknown processor'}, ${availableParallelism()} processors, ${platform()} ${arch()}, ` +
    `Node ${process.version}, ${jobs} ${jobs === 1 ? 'thread' : 'threads'}`
  );
}

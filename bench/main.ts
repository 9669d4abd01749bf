import { cpus } from 'node:os';
import { PROPERTIES } from '../properties/index.ts';
import { run } from '../sim/run.ts';
import type { Scenario } from '../sim/scenario.ts';
import { bareLoop } from './bare.ts';
import { IDLE, SHORT, STEADY, TREE, TREE_AS_REGISTER } from './cases.ts';
import { interleaved } from './measure.ts';
import { type Hour, hourOfWork, processMs } from './processes.ts';

/** The figures that docs/PERFORMANCE.md speaks of: `npm run bench`, with `--json` for programs. Every rate stands beside
 *  that of a bare event loop in the same rounds, because machines differ more than programs do. */
interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** At least, or at most, and null where there is no promise. */
  readonly budget: { readonly kind: 'least' | 'most'; readonly value: number } | null;
  /** Share of what the bare loop does; null where that says nothing. */
  readonly ofBare: number | null;
  readonly note: string;
}

const ROUNDS = 7;
const STARTS = 15;

/** Plays a scenario to its end, under the same seed each time: the work is the same each time. */
function play(scenario: Scenario, properties = PROPERTIES): number {
  const report = run(scenario, '1', { properties });
  if (report.verdict !== 'pass') throw new Error(`${scenario.title}: ${report.verdict}`);
  return report.events;
}

/** Runs that differ by their seed. */
function manyRuns(count: number): number {
  for (let seed = 1; seed <= count; seed++) {
    const { verdict, commits } = run(SHORT, String(seed), { properties: PROPERTIES });
    if (verdict !== 'pass' || commits < 4) throw new Error(`seed ${seed} ended with ${verdict} and ${commits} commits`);
  }
  return count;
}

function rates(): Figure[] {
  const timed = interleaved(
    {
      bare: () => bareLoop(1_000_000),
      steady: () => play(STEADY),
      unwatched: () => play(STEADY, []),
      idle: () => play(IDLE),
      tree: () => play(TREE),
      treeAsRegister: () => play(TREE_AS_REGISTER),
      runs: () => manyRuns(200),
    },
    ROUNDS,
  );
  const { bare, steady, unwatched, idle, runs, tree, treeAsRegister } = timed;
  const events = (name: string, perSecond: number, budget: Figure['budget'], note: string): Figure => ({
    name,
    value: perSecond,
    unit: 'events/s',
    budget,
    ofBare: perSecond / bare.perSecond,
    note,
  });
  return [
    events('bare event loop', bare.perSecond, null, 'the same queue, 64 waiting, one draw an event'),
    events(
      '5 servers under load, all properties',
      steady.perSecond,
      { kind: 'least', value: 1_000_000 },
      `best ${thousands(steady.best)}`,
    ),
    events('5 servers under load, no property', unwatched.perSecond, null, 'what judging costs'),
    events('5 idle servers, all properties', idle.perSecond, null, 'an hour of pings'),
    events('register, 10 clients, all properties', treeAsRegister.perSecond, null, 'the load of the line below'),
    events(
      'znodes, 10 clients, all properties',
      tree.perSecond,
      { kind: 'least', value: treeAsRegister.perSecond / 2 },
      `${((tree.perSecond / treeAsRegister.perSecond) * 100).toFixed(0)} % of the register's rate`,
    ),
    {
      name: '3 servers, cold start to 4 commits',
      value: runs.perSecond,
      unit: 'runs/s',
      budget: { kind: 'least', value: 2000 },
      ofBare: null,
      note: `best ${thousands(runs.best)}`,
    },
  ];
}

function determinism(): Figure {
  const [first, second] = [1, 2].map(() => run(STEADY, '1', { properties: PROPERTIES }).traceHash);
  return {
    name: 'one seed twice, equal hashes',
    value: first === second ? 1 : 0,
    unit: 'of 1',
    budget: { kind: 'least', value: 1 },
    ofBare: null,
    note: first ?? '',
  };
}

function startUp(): Figure[] {
  const node = processMs(['-e', '0'], STARTS);
  const version = processMs(['dist/cli.js', '--version'], STARTS);
  const whole = processMs(['dist/cli.js', 'run', 'five-at-once', '--quiet'], STARTS);
  const figure = (name: string, value: number, budget: Figure['budget'], note: string): Figure => ({
    name,
    value,
    unit: 'ms',
    budget,
    ofBare: null,
    note,
  });
  return [
    figure('start of node itself', node, null, 'node -e 0'),
    figure('start to first output', version, { kind: 'most', value: 80 }, 'zabsim --version'),
    figure('start to the verdict of a run', whole, null, 'zabsim run five-at-once --quiet'),
  ];
}

function memory(hour: Hour, of: string): Figure[] {
  const heap = hour.heapMiB.join(', ');
  return [
    {
      name: `an hour of ${of}, peak memory`,
      value: hour.peakMiB,
      unit: 'MiB',
      budget: { kind: 'most', value: 150 },
      ofBare: null,
      note: `live objects each quarter: ${heap} MiB`,
    },
    {
      name: `an hour of ${of}, wall time`,
      value: hour.wallMs,
      unit: 'ms',
      budget: null,
      ofBare: null,
      note: `${thousands(hour.events)} events, ${thousands(hour.commits)} commits`,
    },
  ];
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function isMet({ value, budget }: Figure): boolean | null {
  if (budget === null) return null;
  return budget.kind === 'least' ? value >= budget.value : value <= budget.value;
}

function line(figure: Figure): string {
  const { name, value, unit, budget, ofBare, note } = figure;
  const columns = [
    name.padEnd(38),
    thousands(value).padStart(12),
    unit.padEnd(8),
    (ofBare === null ? '' : `${(ofBare * 100).toFixed(1)} %`).padStart(8),
    '',
    (budget === null ? '' : isMet(figure) === true ? 'ok' : 'MISSED').padEnd(6),
    (budget === null ? '' : `${budget.kind === 'least' ? '>=' : '<='} ${thousands(budget.value)}`).padEnd(12),
    note,
  ];
  return columns.join(' ').trimEnd();
}

async function main(args: readonly string[]): Promise<void> {
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, node ${process.version}`;
  const figures = [
    ...rates(),
    determinism(),
    ...startUp(),
    ...memory(await hourOfWork('register'), 'the register'),
    ...memory(await hourOfWork('zookeeper'), 'znodes'),
  ];
  if (args.includes('--json')) {
    console.log(
      JSON.stringify(
        { machine, rounds: ROUNDS, figures: figures.map((figure) => ({ ...figure, met: isMet(figure) })) },
        null,
        2,
      ),
    );
    return;
  }
  console.log(`${machine}; the middle of ${ROUNDS} rounds\n`);
  console.log(`${''.padEnd(38)} ${''.padStart(12)} ${''.padEnd(8)} ${'of bare'.padStart(8)}  budget`);
  for (const figure of figures) console.log(line(figure));
}

await main(process.argv.slice(2));

import { join } from 'node:path';
import { campaign, shrinkAll, type Campaign, type CampaignOptions, type Shrunken } from '../fuzz/campaign.ts';
import { checkWritable, fileWord, OutFolder, writeWhole } from '../fuzz/files.ts';
import { planOf } from '../fuzz/plans.ts';
import { Pool } from '../fuzz/pool.ts';
import { fuzzReport, NOTHING_KNOWN, type Detail } from '../fuzz/report.ts';
import type { FailureGroup, Tally } from '../fuzz/tally.ts';
import { PROPERTIES, SEARCHED_PROPERTIES } from '../properties/index.ts';
import { failureReport } from '../report/failure-report.ts';
import { unreached, type FuzzReport } from '../report/fuzz-report.ts';
import { fuzzLines } from '../report/fuzz-text.ts';
import { shellWord } from '../report/text.ts';
import type { Property } from '../sim/property.ts';
import { EXIT, type ExitCode, fileTrouble, UsageError } from './exit.ts';
import { campaignOptions, type FuzzOptions } from './fuzz-options.ts';
import { underWatch } from './guard-property.ts';
import { loadProperties } from './load-property.ts';
import { Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';

/** Where failures go without --out. */
const USUAL_OUT = 'zabsim-failures';
/** Candidates that shrinking may run for one failure. */
const MOST_TRIES = 2000;

/** `zabsim fuzz`: plays random plans, and shrinks what fails. */
export async function fuzz(options: FuzzOptions, terminal: Terminal): Promise<ExitCode> {
  const asked = campaignOptions(options);
  const own = await loadProperties(asked.propertyFiles);
  const out = prepareOut(options.out);
  const { junit } = options;
  if (junit !== undefined) orUsage('--junit', junit, () => checkWritable(junit));
  const stop = listenForInterrupts();
  const pool = new Pool(asked.jobs);
  try {
    const played = await play(asked, { options, pool, stop, own, out, terminal });
    const { report, shrunken } = played;
    if (options.out !== undefined)
      orUsage('--out', options.out, () => out?.write('report.json', JSON.stringify(report)));
    if (junit !== undefined) {
      const { junitText } = await import('../fuzz/junit.ts');
      orUsage('--junit', junit, () => writeWhole(junit, junitText(report)));
    }
    if (options.json === true) terminal.print(JSON.stringify(report, null, 2));
    else tell(report, { asked, shrunken, own, out: options.out ?? null, terminal });
    if (played.refused.length > 0) terminal.complain(...new UsageError(played.refused).lines);
    return fuzzExitCode(report, options.failOnUnreached === true);
  } finally {
    stop.over();
    await pool.close();
  }
}

interface Played {
  readonly report: FuzzReport;
  readonly shrunken: ReadonlyMap<string, Shrunken>;
  readonly refused: readonly string[];
}

async function play(
  asked: CampaignOptions,
  around: {
    readonly options: FuzzOptions;
    readonly pool: Pool;
    readonly stop: Interrupts;
    readonly own: readonly Property[];
    readonly out: OutFolder | null;
    readonly terminal: Terminal;
  },
): Promise<Played> {
  const { options, pool, stop, own, out, terminal } = around;
  const started = performance.now();
  const progress = new Progress({ total: totalOf(asked), timeMs: asked.timeMs, quiet: options.json === true });
  let done: Campaign;
  try {
    done = await campaign(asked, pool, {
      onProgress: (tally) => progress.show(standingOf(tally)),
      isInterrupted: () => stop.came,
    });
  } finally {
    progress.end();
  }
  const wallMs = Math.round(performance.now() - started);
  const { tally } = done;
  // After Ctrl-C what was found is written down as it is.
  const maxTries = stop.came || done.ended === 'refused' ? 0 : MOST_TRIES;
  const shrunken = await stop.orElse(
    shrinkAll({ tally, options: asked, pool, maxTries }, (shrunk, all) =>
      terminal.progress(shrunk === all ? '' : `shrinking: ${shrunk} of ${all} done`),
    ),
    new Map<string, Shrunken>(),
  );
  const details = new Map<string, Detail>();
  for (const group of tally.failures.values())
    details.set(group.fingerprint, detailOf(group, shrunken.get(group.fingerprint), asked, out));
  const report = fuzzReport(
    tally,
    {
      seed: asked.seed,
      release: asked.shape.release ?? 'corrected',
      strategy: asked.shape.strategy ?? 'swarm',
      ownProperties: own.map(({ name }) => name),
      shards: [asked.shard.index],
      of: asked.shard.of,
      keepGoing: !asked.stopAtFirst,
      limit: { first: asked.first, runs: asked.runs, timeMs: asked.timeMs, untilStable: asked.untilStable },
      ended: stop.came ? 'interrupted' : done.ended,
      wallMs,
      end: tally.runs === 0 ? asked.first : asked.first + asked.shard.index + (tally.runs - 1) * asked.shard.of,
    },
    {
      details,
      ownFaultFiles: new Map(tally.ownFaults.flatMap(({ run }) => savedPlan(run, asked, out))),
      properties: [...SEARCHED_PROPERTIES, ...own].map(({ name }) => name),
    },
  );
  return { report, shrunken, refused: done.refused };
}

function totalOf({ runs, shard }: CampaignOptions): number | null {
  return runs === null ? null : Math.ceil((runs - (shard.index - 1)) / shard.of);
}

function standingOf(tally: Tally): {
  runs: number;
  events: number;
  situations: number;
  states: number;
  failures: number;
} {
  const { runs, events, situations, states, failures } = tally;
  return { runs, events, situations: situations.size, states: states.size, failures: failures.size };
}

// ── files

function prepareOut(path: string | undefined): OutFolder | null {
  const out = new OutFolder(path ?? USUAL_OUT);
  // The folder that nobody asked for appears when there is something to put into it.
  if (path !== undefined) orUsage('--out', path, () => out.prepare());
  return out;
}

function detailOf(
  group: FailureGroup,
  shrunken: Shrunken | undefined,
  asked: CampaignOptions,
  out: OutFolder | null,
): Detail {
  const again = `zabsim fuzz --only ${group.run} --seed ${shellWord(asked.seed)}${shapeWords(asked)}`;
  if (shrunken === undefined) return { ...NOTHING_KNOWN, reproduce: again };
  const { found, ms, trouble } = shrunken;
  const name = `${group.property}-${fileWord(asked.seed)}-${group.run}`;
  if (found === null) {
    save(out, `${name}.plan.json`, JSON.stringify(shrunken.original, null, 2));
    return { ...NOTHING_KNOWN, reproduce: again, trouble };
  }
  const file = save(out, `${name}.yaml`, found.text);
  save(out, `${name}.plan.json`, JSON.stringify(shrunken.original, null, 2));
  const seed = found.plan.seed === '1' ? '' : ` --seed ${shellWord(found.plan.seed)}`;
  const modules = asked.propertyFiles.map((path) => ` --property ${shellWord(path)}`).join('');
  return {
    file,
    reproduce: file === null ? again : `zabsim run ${shellWord(file)}${seed}${modules}`,
    shrunkEvents: found.causes,
    shrunkSteps: found.steps,
    shrunkTraceEvents: found.traceEvents,
    shrunkSeed: found.plan.seed,
    traceHash: found.traceHash,
    tries: found.tries,
    shrinkMs: Math.round(ms),
    removed: [...found.removed],
    scenario: found.text,
    trouble:
      found.traceHash === null
        ? 'two runs of the shrunk plan differ: something outside the plan had a say'
        : found.faithful
          ? null
          : 'the file does not give the same run as the plan: use the .plan.json beside it',
  };
}

function shapeWords({ shape, propertyFiles }: CampaignOptions): string {
  const { release = 'corrected', strategy = 'swarm' } = shape;
  return (
    (release === 'corrected' ? '' : ` --release ${release}`) +
    (strategy === 'swarm' ? '' : ` --strategy ${strategy}`) +
    propertyFiles.map((path) => ` --property ${shellWord(path)}`).join('')
  );
}

/** With --out, failures have a folder of their own in it. null: it cannot be written. */
function save(out: OutFolder | null, name: string, text: string): string | null {
  try {
    return out?.write(out.path === USUAL_OUT ? name : join('failures', name), text) ?? null;
  } catch {
    return null;
  }
}

function savedPlan(run: number, asked: CampaignOptions, out: OutFolder | null): [number, string][] {
  try {
    const plan = planOf(asked.seed, run, asked.shape);
    const path = save(out, `own-fault-${fileWord(asked.seed)}-${run}.plan.json`, JSON.stringify(plan, null, 2));
    return path === null ? [] : [[run, path]];
  } catch {
    // The fault may lie in the making of the plan.
    return [];
  }
}

function orUsage(option: string, path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new UsageError([`${option} ${path}: ${fileTrouble(error) ?? String(error)}`]);
  }
}

// ── words and the exit code

function tell(
  report: FuzzReport,
  about: {
    readonly asked: CampaignOptions;
    readonly shrunken: ReadonlyMap<string, Shrunken>;
    readonly own: readonly Property[];
    readonly out: string | null;
    readonly terminal: Terminal;
  },
): void {
  const { asked, shrunken, own, out, terminal } = about;
  terminal.print(...fuzzLines(report, { paint: terminal.paint, out }));
  const [only, ...others] = report.failures;
  const found = only === undefined ? null : (shrunken.get(only.fingerprint)?.found ?? null);
  if (!asked.stopAtFirst || only === undefined || others.length > 0 || found === null) return;
  if (report.ended === 'interrupted') return;
  const { plan, failure, removed } = found;
  const properties = [...PROPERTIES, ...own];
  const file = only.file;
  const lines = (): string[] => failureReport({ plan, failure, removed, properties, others: 0, file }, terminal.paint);
  terminal.print(...(own.length === 0 ? lines() : underWatch(lines, EXPLAINING_MS)));
}

/** A report plays the run many times; a property of somebody else's may still never return. */
const EXPLAINING_MS = 120_000;

/** How a batch ends for the shell. */
export function fuzzExitCode(report: FuzzReport, failOnUnreached: boolean): ExitCode {
  if (report.ended === 'interrupted') return EXIT.interrupted;
  if (report.ended === 'refused') return EXIT.usage;
  if (report.ownFaults.length > 0) return EXIT.ours;
  if (report.failures.length > 0) return EXIT.violated;
  if (!report.properties.some(({ premises }) => premises > 0)) return EXIT.inconclusive;
  return failOnUnreached && unreached(report).length > 0 ? EXIT.inconclusive : EXIT.asExpected;
}

// ── Ctrl-C

interface Interrupts {
  readonly came: boolean;
  /** What the work gives, or `instead` when Ctrl-C comes first. */
  orElse<T>(work: Promise<T>, instead: T): Promise<T>;
  over(): void;
}

/** The first Ctrl-C ends the batch in order, the second at once. */
export function listenForInterrupts(): Interrupts {
  let came = false;
  let tellNow: () => void = () => {};
  const now = new Promise<void>((done) => (tellNow = done));
  const interrupt = (): void => {
    if (came) process.exit(EXIT.interrupted);
    came = true;
    tellNow();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return {
    get came() {
      return came;
    },
    orElse: async (work, instead) => (came ? await work : await Promise.race([work, now.then(() => instead)])),
    over: () => {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
    },
  };
}

import { failuresOf } from './failures.ts';
import { EXIT, type ExitCode, fileTrouble, UsageError } from './exit.ts';
import { chooseScenario, chooseSeed } from './choose.ts';
import { drive } from './drive.ts';
import type { Terminal } from './terminal.ts';
import { failureLines } from '../report/failure.ts';
import { FencingLedger } from '../report/fencing.ts';
import { jsonReport } from '../report/json.ts';
import { TraceWriter } from '../report/ndjson.ts';
import { shellWord } from '../report/text.ts';
import { Story } from '../report/story.ts';
import { announcement, reproduceLine, summary, verdictLines } from '../report/summary.ts';
import { PROPERTIES } from '../properties/index.ts';
import { emitVitest } from '../report/emit-vitest.ts';
import { explain, type Explanation } from '../report/explain.ts';
import { explanationJson } from '../report/failure-json.ts';
import { explanationLines } from '../report/failure-report.ts';
import type { Property } from '../sim/property.ts';
import type { Report } from '../sim/run.ts';
import { fingerprintOf } from '../sim/search/fingerprint.ts';
import { underWatch } from './guard-property.ts';
import { checkPicture, pictureOf } from './run-picture.ts';
import { loadProperties } from './load-property.ts';
import type { Scenario } from '../sim/scenario.ts';

export interface RunOptions {
  readonly seed: string;
  readonly release?: string;
  readonly trace?: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly verbose?: true;
  /** A space-time diagram instead of the story. */
  readonly diagram?: true;
  /** A line per change of a server's state instead of the story. */
  readonly timeline?: true;
  /** Draw with letters that every terminal has. */
  readonly ascii?: true;
  /** The window of diagram and timeline. */
  readonly from?: string;
  readonly until?: string;
  /** Clients, sessions and watches in the story. */
  readonly clients?: true;
  /** `vitest`: print a test of this run, and do not play it. */
  readonly emit?: 'vitest';
  /** Files with properties of somebody else's. */
  readonly property?: readonly string[];
}

/** `zabsim run`: plays a scenario under a seed, tells what happens, and judges it. */
export async function run(nameOrPath: string, options: RunOptions, terminal: Terminal): Promise<ExitCode> {
  const seed = chooseSeed(options.seed);
  checkPicture(options);
  const scenario = chooseScenario(nameOrPath, options.release);
  if (options.emit !== undefined) {
    terminal.print(emitVitest(scenario, seed).trimEnd());
    return EXIT.asExpected;
  }
  const more = await loadProperties(options.property ?? []);
  const trace = options.trace === undefined ? undefined : openTrace(options.trace, scenario, seed);
  // A pipe that closes ends the process in the middle of a run.
  const abandon = (): void => trace?.abandon();
  process.on('exit', abandon);
  try {
    return await play({ nameOrPath, scenario, seed, options, more, trace, terminal });
  } finally {
    abandon();
    process.off('exit', abandon);
  }
}

interface Play {
  readonly nameOrPath: string;
  readonly scenario: Scenario;
  readonly seed: string;
  readonly options: RunOptions;
  readonly more: readonly Property[];
  readonly trace: TraceWriter | undefined;
  readonly terminal: Terminal;
}

async function play({ nameOrPath, scenario, seed, options, more, trace, terminal }: Play): Promise<ExitCode> {
  const { paint } = terminal;
  const ledger = new FencingLedger();
  const picture = pictureOf(scenario, options, terminal);
  const told = options.json !== true && options.quiet !== true && picture === null;
  const story = told
    ? new Story({
        scenario,
        paint,
        verbose: options.verbose === true,
        clients: options.clients === true,
        ledger,
        write: (line) => terminal.print(line),
      })
    : undefined;
  if (told) terminal.print(...announcement(scenario, seed, paint));
  const driven = await drive(scenario, seed, {
    more,
    watch: (event, index) => {
      const firstRefusal = ledger.observe(event, index);
      story?.observe(event, firstRefusal);
      picture?.observe(event);
      if (trace !== undefined) orUsage(options.trace, () => trace.write(event));
    },
    // On one screen the story is progress enough.
    ...(told && process.stdout.isTTY ? {} : { progress: (text: string) => terminal.progress(text) }),
  });
  story?.end();
  const { report, wallMs, interrupted } = driven;
  if (trace !== undefined && !interrupted) {
    orUsage(options.trace, () => trace.finish({ events: report.traceEvents, traceHash: report.traceHash }));
  }
  if (options.json === true) {
    const file = nameOrPath === scenario.name ? null : nameOrPath;
    const explanation = interrupted ? null : explained(report, { scenario, seed, more });
    const whole = {
      ...jsonReport(report, { file, wallMs, interrupted }),
      explanation: explanation === null ? null : explanationJson(explanation),
    };
    terminal.print(JSON.stringify(whole, null, 2));
    return exitCode(driven, scenario);
  }
  if (picture !== null) {
    picture.end(report);
    return exitCode(driven, scenario);
  }
  const judges = (options.property ?? []).map((path) => ` --property ${shellWord(path)}`).join('');
  const reproduce = reproduceLine(nameOrPath, seed, options.release ?? null) + judges;
  const summaryOptions = { paint, wallMs, reproduce, interrupted };
  if (told) {
    terminal.print(...(await whyLines(driven, { nameOrPath, scenario, seed, options, more, trace, terminal })));
    terminal.print(...summary(report, ledger, summaryOptions));
    if (trace !== undefined) terminal.print(traceLine(options.trace, interrupted));
  } else terminal.print(...verdictLines(report, summaryOptions));
  return exitCode(driven, scenario);
}

/** Why the run fails, if it does. What is too long to be played again and again is explained without its neighbours. */
async function whyLines(
  { report, interrupted }: { readonly report: Report; readonly interrupted: boolean },
  { nameOrPath, scenario, seed, options, more, terminal }: Play,
): Promise<string[]> {
  const { paint } = terminal;
  const explanation = interrupted ? null : explained(report, { scenario, seed, more });
  if (explanation === null) {
    const failures = await failuresOf(report, scenario, seed, more);
    return failures.flatMap((failure) => failureLines(report, scenario, failure, paint));
  }
  return explanationLines(
    explanation,
    { file: nameOrPath, release: options.release, property: options.property, expected: report.asExpected },
    paint,
  );
}

function explained(
  { violations }: Report,
  { scenario, seed, more }: Pick<Play, 'scenario' | 'seed' | 'more'>,
): Explanation | null {
  const [violation] = violations;
  if (violation === undefined) return null;
  const failure = { property: violation.property, fingerprint: fingerprintOf(violation), violation };
  const work = (): Explanation | null =>
    explain({ plan: { scenario, seed, features: [] }, failure, properties: [...PROPERTIES, ...more] });
  return more.length === 0 ? work() : underWatch(work, PATIENCE_MS);
}

/** Dozens of runs, with properties of somebody else's in them. */
const PATIENCE_MS = 120_000;

function traceLine(path: string | undefined, interrupted: boolean): string {
  return interrupted
    ? '  no trace was written: the run is not whole'
    : `  trace: ${path}; zabsim replay plays it again`;
}

/** How a run ends for the shell. */
export function exitCode(
  { report, interrupted }: { readonly report: Report; readonly interrupted: boolean },
  scenario: Scenario,
): ExitCode {
  if (interrupted) return EXIT.interrupted;
  if (report.asExpected) return EXIT.asExpected;
  const missing = scenario.expect.verdict === 'violates' && report.verdict === 'pass';
  return missing || report.verdict === 'inconclusive' ? EXIT.inconclusive : EXIT.violated;
}

function openTrace(path: string, scenario: Scenario, seed: string): TraceWriter {
  return orUsage(path, () => new TraceWriter(path, { scenario, seed }));
}

/** A file that cannot be written is the user's to mend. */
function orUsage<T>(path: string | undefined, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const trouble = fileTrouble(error);
    if (trouble === undefined) throw error;
    throw new UsageError([`--trace ${path ?? ''}: ${trouble}`]);
  }
}

import { existsSync, readFileSync, statSync } from 'node:fs';
import { emitVitest } from '../report/emit-vitest.ts';
import { jsonMistakeAt } from '../report/json-position.ts';
import { checkTrace, madeByAnother, readLines } from '../report/ndjson.ts';
import { readStamp } from '../report/stamp.ts';
import { printable, thousands, wrap } from '../report/text.ts';
import { reportForm } from '../report/trace-form.ts';
import { findScenario } from '../scenarios/load.ts';
import type { Scenario } from '../sim/scenario.ts';
import { checkRelease, chooseScenario, chooseSeed, mistakesError } from './choose.ts';
import { drive } from './drive.ts';
import { type Difference, differenceLines, differs } from './difference.ts';
import { EXIT, type ExitCode, fileTrouble, UsageError } from './exit.ts';
import { SCENARIOS } from './paths.ts';
import type { Terminal } from './terminal.ts';

/** What a file asks to be played again, and what it says came of it. */
export interface Recorded {
  readonly scenario: Scenario;
  readonly seed: string;
  readonly traceHash: string;
  /** How many events the trace has; null when the file does not say. */
  readonly traced: number | null;
  /** The recorded events as text, one by one; null when the file is a report. */
  readonly events: Iterator<string, void> | null;
}

export interface ReplayOptions {
  /** Of a scenario: the seed to play it under. Left out: that of its stamp, or 1. */
  readonly seed?: string;
  readonly release?: string;
  /** `vitest`: print a test of the run, and do not play it. */
  readonly emit?: 'vitest';
}

/** `zabsim replay`: plays a trace or a report again and compares, event by event as far as the file holds events; a scenario
 *  is played twice. */
export async function replay(path: string, options: ReplayOptions, terminal: Terminal): Promise<ExitCode> {
  const isScenario = /\.ya?ml$/i.test(path) || (!existsSync(path) && findScenario(path, SCENARIOS) !== undefined);
  if (isScenario) return await replayScenario(path, options, terminal);
  if (options.seed !== undefined || options.release !== undefined)
    throw new UsageError(['--seed and --release are for scenarios: a trace or a report names its own']);
  return await replayRecord(path, options, terminal);
}

async function replayRecord(path: string, options: ReplayOptions, terminal: Terminal): Promise<ExitCode> {
  const { paint } = terminal;
  const recorded = await readRecorded(path);
  if (options.emit !== undefined) {
    terminal.print(emitVitest(recorded.scenario, recorded.seed).trimEnd());
    return EXIT.asExpected;
  }
  const { scenario, seed, events } = recorded;
  let difference: Difference | undefined;
  const { report, interrupted } = await drive(scenario, seed, {
    watch: (event, index) => {
      if (events === null || difference !== undefined) return;
      const next = events.next();
      difference = differs(next.done === true ? undefined : next.value, event, index);
    },
    progress: (text) => terminal.progress(text),
  });
  if (interrupted) {
    terminal.print(...wrap(`${paint.looking('INTERRUPTED')}  equal as far as ${thousands(report.traceEvents)} events`));
    return EXIT.interrupted;
  }
  const left = difference === undefined ? events?.next() : undefined;
  if (left !== undefined && left.done !== true)
    difference = { index: report.traceEvents, recorded: left.value, replayed: undefined };
  if (difference === undefined && report.traceHash === recorded.traceHash) {
    terminal.print(
      ...wrap(
        `${paint.good('EQUAL')}  ${scenario.name}, seed ${seed}, release ${scenario.release}: ` +
          `${thousands(report.traceEvents)} events, trace hash ${report.traceHash}`,
      ),
    );
    return EXIT.asExpected;
  }
  terminal.print(...wrap(`${paint.bad('DIVERGED')}  ${scenario.name}, seed ${seed}, release ${scenario.release}`));
  if (difference !== undefined) terminal.print(...differenceLines(difference, paint));
  else {
    terminal.print(
      ...wrap(
        events === null
          ? 'a report holds no events to compare; a trace would show the first that differs'
          : 'every event is equal, the hash is not',
        '  ',
      ),
    );
    terminal.print(`  recorded trace hash ${recorded.traceHash}`, `  replayed trace hash ${report.traceHash}`);
  }
  return EXIT.diverged;
}

/** Plays a scenario twice under one seed, and compares with the run that it was saved for, if it has a stamp of one. */
async function replayScenario(path: string, options: ReplayOptions, terminal: Terminal): Promise<ExitCode> {
  const { paint } = terminal;
  const scenario = chooseScenario(path, options.release);
  const stamp = existsSync(path) ? readStamp(readFileSync(path, 'utf8')) : null;
  const seed = chooseSeed(options.seed ?? stamp?.seed ?? '1');
  if (options.emit !== undefined) {
    terminal.print(emitVitest(scenario, seed).trimEnd());
    return EXIT.asExpected;
  }
  const progress = (text: string): void => terminal.progress(text);
  const first = await drive(scenario, seed, { progress });
  const second = first.interrupted ? first : await drive(scenario, seed, { progress });
  if (first.interrupted || second.interrupted) {
    terminal.print(`${paint.looking('INTERRUPTED')}  nothing is compared`);
    return EXIT.interrupted;
  }
  const { report } = first;
  const run = `${scenario.name}, seed ${seed}, release ${scenario.release}`;
  const { traceHash } = report;
  if (traceHash !== second.report.traceHash) {
    terminal.print(...wrap(`${paint.bad('DIVERGED')}  ${run}: two runs of one seed differ`));
    terminal.print(`  first trace hash  ${traceHash}`, `  second trace hash ${second.report.traceHash}`);
    return EXIT.diverged;
  }
  // Under another seed or release it is another run than the one that was saved.
  const saved = stamp !== null && stamp.seed === seed && options.release === undefined ? stamp : null;
  const another = saved === null ? undefined : madeByAnother(saved.version);
  if (saved !== null && another === undefined && saved.traceHash !== traceHash) {
    terminal.print(...wrap(`${paint.bad('DIVERGED')}  ${run}: not the run that it was saved for`));
    terminal.print(`  saved trace hash    ${saved.traceHash}`, `  replayed trace hash ${traceHash}`);
    return EXIT.diverged;
  }
  const alike = saved !== null && another === undefined ? 'twice, and as saved' : 'twice';
  const events = `${thousands(report.traceEvents)} events, trace hash ${traceHash}`;
  terminal.print(...wrap(`${paint.good('EQUAL')}  ${run}: played ${alike}; ${events}`));
  if (saved !== null && another !== undefined) {
    const changed =
      saved.traceHash === traceHash
        ? 'the run is the same'
        : `the run has changed: its trace hash was ${saved.traceHash}`;
    terminal.print(...wrap(`${another}; ${changed}`, '  '));
  }
  for (const { property, why } of report.violations) terminal.print(...wrap(`${property}: ${why}`, '  ', 4));
  for (const difference of report.unexpected) terminal.print(...wrap(difference, '  - '));
  return EXIT.asExpected;
}

/** Reads a trace or a report. */
export async function readRecorded(path: string): Promise<Recorded> {
  try {
    const known = statSync(path);
    if (known.isDirectory()) throw new UsageError([`${path}:1:1: a directory, not a trace or a report`], true);
    return looksLikeReport(path) ? readReport(path) : await readTrace(path);
  } catch (error) {
    const trouble = error instanceof UsageError ? undefined : fileTrouble(error);
    if (trouble === undefined) throw error;
    throw new UsageError([`${path}:1:1: ${trouble}`], true);
  }
}

async function readTrace(path: string): Promise<Recorded> {
  const read = await checkTrace(path);
  if ('mistakes' in read) throw mistakesError(read.mistakes);
  const { header, footer } = read;
  checkRelease(header.release);
  return {
    scenario: { ...header.scenario, release: header.release },
    seed: chooseSeed(header.seed),
    traceHash: footer.traceHash,
    traced: footer.events,
    events: recordedEvents(path, footer.events),
  };
}

/** The lines between header and footer. */
function* recordedEvents(path: string, events: number): Generator<string, void> {
  for (const { number, text } of readLines(path)) {
    if (number === 1) continue;
    if (number > events + 1) return;
    yield text ?? '';
  }
}

/** A report of `run --json` is one object over several lines, or on one that names no version of a trace. */
function looksLikeReport(path: string): boolean {
  for (const { text } of readLines(path)) {
    if (text === undefined) return false;
    return /^\s*(\{\s*)?$/.test(text) || (/"traceHash"/.test(text) && !/"traceVersion"/.test(text));
  }
  return false;
}

const LONGEST_REPORT = 64 * 1024 * 1024;

function readReport(path: string): Recorded {
  if (statSync(path).size > LONGEST_REPORT) throw new UsageError([`${path}:1:1: too large for a report`], true);
  const text = readFileSync(path, 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const before = text.slice(0, jsonMistakeAt(text) ?? 0).split('\n');
    throw new UsageError(
      [`${path}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}: not JSON: damaged, or half-written`],
      true,
    );
  }
  const result = reportForm.safeParse(value);
  if (!result.success) {
    throw new UsageError(
      [
        ...result.error.issues.map(
          (issue) =>
            `${path}:1:1: ${issue.path.length === 0 ? '' : `${issue.path.join('.')}: `}${printable(issue.message)}`,
        ),
        `${path}:1:1: neither a trace nor a report of zabsim run --json`,
      ],
      true,
    );
  }
  const report = result.data;
  const another = madeByAnother(report.zabsim);
  if (another !== undefined) throw new UsageError([`${path}:1:1: ${another}`], true);
  return {
    scenario: chooseScenario(report.scenarioFile ?? report.scenario, report.release),
    seed: chooseSeed(report.seed),
    traceHash: report.traceHash,
    traced: typeof report['traceEvents'] === 'number' ? report['traceEvents'] : null,
    events: null,
  };
}

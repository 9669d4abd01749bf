import { existsSync, statSync } from 'node:fs';
import { EXPORTS, type ExportFormat, type ExportRun } from '../report/exports/index.ts';
import { checkTrace, readLines } from '../report/ndjson.ts';
import { printable, thousands, wrap } from '../report/text.ts';
import { eventMistake } from '../report/trace-schema.ts';
import { WholeFile } from '../report/whole-file.ts';
import { MESSAGE_KINDS } from '../scenarios/names.ts';
import { findScenario } from '../scenarios/load.ts';
import { didYouMean } from '../scenarios/suggest.ts';
import { advance, beginRun } from '../sim/run.ts';
import type { Scenario } from '../sim/scenario.ts';
import { MS } from '../sim/time.ts';
import type { TraceEvent } from '../sim/trace.ts';
import type { MessageKind } from '../sim/zab/messages.ts';
import { checkRelease, chooseScenario, chooseSeed, mistakesError } from './choose.ts';
import { EXIT, type ExitCode, fileTrouble, UsageError } from './exit.ts';
import { SCENARIOS } from './paths.ts';
import type { Terminal } from './terminal.ts';
import { timeOption } from './time-option.ts';

export interface ExportOptions {
  readonly to: string;
  readonly from?: string;
  readonly until?: string;
  readonly limit?: string;
  /** Kinds of packets to leave out; `none` for none of them. */
  readonly skip?: string;
  readonly out?: string;
  /** Of a scenario. */
  readonly seed?: string;
  readonly release?: string;
}

/** `zabsim export`: a trace, or a scenario played for it, in the form of another tool. */
export async function exportTrace(source: string, options: ExportOptions, terminal: Terminal): Promise<ExitCode> {
  const format = chooseFormat(options.to);
  const from = timeOption('--from', options.from) ?? 0;
  const until = timeOption('--until', options.until) ?? Infinity;
  if (until < from) throw new UsageError(['--until comes before --from']);
  const limit = limitOf(options.limit) ?? format.limit.most;
  const skip = skipOf(options.skip) ?? new Set(format.skip);
  const read = await readSource(source, options);
  const pieces = format.write({ ...read, from, until, limit, skip });
  const leftOut = options.out === undefined ? printed(pieces, terminal) : written(pieces, options.out);
  if (leftOut > 0) {
    const more = `${thousands(leftOut)} ${format.limit.of} are left out: narrow it by --from and --until, or --limit`;
    terminal.complain(...wrap(more));
  }
  if (options.out !== undefined) terminal.complain(...wrap(`${options.out}: for ${format.opens}`));
  return EXIT.asExpected;
}

function chooseFormat(typed: string): ExportFormat {
  const format = EXPORTS.find(({ name }) => name === typed);
  if (format !== undefined) return format;
  const names = EXPORTS.map(({ name }) => name);
  throw new UsageError([
    `--to: there is no form "${printable(typed, 40)}"${didYouMean(typed, names)}`,
    ...EXPORTS.map(({ name, about }) => `${name.padEnd(9)} ${about}`),
  ]);
}

function limitOf(typed: string | undefined): number | undefined {
  if (typed === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(typed))
    throw new UsageError([`--limit: "${printable(typed, 40)}" is no number from 1 on`]);
  return Number(typed);
}

function skipOf(typed: string | undefined): ReadonlySet<MessageKind> | undefined {
  if (typed === undefined) return undefined;
  const skip = new Set<MessageKind>();
  for (const word of typed.split(',')) {
    if (word === 'none') continue;
    const kind = MESSAGE_KINDS.find((known) => known === word.toUpperCase());
    if (kind === undefined)
      throw new UsageError([
        `--skip: there is no packet "${printable(word, 40)}"${didYouMean(word.toUpperCase(), MESSAGE_KINDS)}`,
      ]);
    skip.add(kind);
  }
  return skip;
}

async function readSource(
  source: string,
  { seed, release }: ExportOptions,
): Promise<Pick<ExportRun, 'scenario' | 'seed' | 'events'>> {
  if (/\.ya?ml$/i.test(source) || (!existsSync(source) && findScenario(source, SCENARIOS) !== undefined)) {
    const scenario = chooseScenario(source, release);
    const chosen = chooseSeed(seed ?? '1');
    return { scenario, seed: chosen, events: played(scenario, chosen) };
  }
  if (seed !== undefined || release !== undefined)
    throw new UsageError(['--seed and --release are for scenarios: a trace names its own']);
  try {
    if (statSync(source).isDirectory()) throw new UsageError([`${source}:1:1: a directory, not a trace`], true);
    const read = await checkTrace(source);
    if ('mistakes' in read) throw mistakesError(read.mistakes);
    const { header, footer } = read;
    checkRelease(header.release);
    const scenario = { ...header.scenario, release: header.release };
    return { scenario, seed: header.seed, events: recorded(source, footer.events) };
  } catch (error) {
    const trouble = error instanceof UsageError ? undefined : fileTrouble(error);
    if (trouble === undefined) throw error;
    throw new UsageError([`${source}:1:1: ${trouble}`], true);
  }
}

/** Virtual time whose events are held at once. */
const SLICE = 100 * MS;

function* played(scenario: Scenario, seed: string): Generator<TraceEvent, void, void> {
  let events: TraceEvent[] = [];
  const run = beginRun(scenario, seed, { properties: [], hash: false, keep: (event) => void events.push(event) });
  for (let until = 0; until < scenario.endAt && !run.stopped;) {
    until = Math.min(until + SLICE, scenario.endAt);
    advance(run, until);
    yield* events;
    events = [];
  }
}

/** The events of a trace that `checkTrace` found whole. Now that somebody looks into them, every field must be as it says. */
function* recorded(path: string, count: number): Generator<TraceEvent, void, void> {
  for (const { number, text } of readLines(path)) {
    if (number === 1) continue;
    if (number > count + 1) return;
    const value: unknown = JSON.parse(text ?? '');
    const mistake = eventMistake(value);
    if (mistake !== null) throw new UsageError([`${path}:${number}:1: ${printable(mistake)}`], true);
    yield value as TraceEvent;
  }
}

type Pieces = ReturnType<ExportFormat['write']>;

/** Passes the text on in larger pieces; gives what was left out. */
function drained(pieces: Pieces, pass: (text: string) => void): number {
  let waiting = '';
  for (;;) {
    const next = pieces.next();
    if (next.done === true) {
      pass(waiting);
      return next.value.leftOut;
    }
    waiting += next.value;
    if (waiting.length < 0x1_0000) continue;
    pass(waiting);
    waiting = '';
  }
}

function printed(pieces: Pieces, terminal: Terminal): number {
  return drained(pieces, (text) => terminal.write(text));
}

function written(pieces: Pieces, path: string): number {
  let file: WholeFile | undefined;
  try {
    file = new WholeFile(path);
    const to = file;
    const leftOut = drained(pieces, (text) => to.write(text));
    file.finish();
    return leftOut;
  } catch (error) {
    const trouble = error instanceof UsageError ? undefined : fileTrouble(error);
    if (trouble === undefined) throw error;
    throw new UsageError([`--out ${path}: ${trouble}`]);
  } finally {
    file?.abandon();
  }
}

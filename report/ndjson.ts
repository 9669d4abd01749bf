import { closeSync, openSync, readSync } from 'node:fs';
import type * as z from 'zod';
import { TRACE_KINDS } from '../scenarios/names.ts';
import type { Mistake } from '../scenarios/parse.ts';
import type { Scenario } from '../sim/scenario.ts';
import { TRACE_VERSION, type TraceEvent } from '../sim/trace.ts';
import { jsonMistakeAt } from './json-position.ts';
import { printable } from './text.ts';
import { VERSION } from './version.ts';
import { versionMistake, type TraceFooter, type TraceHeader } from './trace-version.ts';
import { WholeFile } from './whole-file.ts';

export { madeByAnother, versionMistake, type TraceFooter, type TraceHeader } from './trace-version.ts';

/** Writes a trace: there is a whole one or none. Its methods throw what the file system throws. */
export class TraceWriter {
  readonly #file: WholeFile;

  constructor(path: string, run: { readonly scenario: Scenario; readonly seed: string }) {
    this.#file = new WholeFile(path);
    const header: TraceHeader = {
      zabsim: VERSION,
      traceVersion: TRACE_VERSION,
      scenario: run.scenario,
      seed: run.seed,
      release: run.scenario.release,
    };
    this.#line(header);
  }

  write(event: TraceEvent): void {
    this.#line(event);
  }

  /** Ends the trace and gives it its name. */
  finish(footer: TraceFooter): void {
    this.#line(footer);
    this.#file.finish();
  }

  /** Leaves nothing behind. Harmless after `finish`. */
  abandon(): void {
    this.#file.abandon();
  }

  #line(value: unknown): void {
    this.#file.write(`${JSON.stringify(value)}\n`);
  }
}

/** No line of a trace is longer: a snapshot of the replicated state is the largest thing in it. */
const LONGEST_LINE = 64 * 1024 * 1024;

export interface Line {
  /** From 1. */
  readonly number: number;
  /** undefined: too long, or not UTF-8. */
  readonly text: string | undefined;
  /** Whether a line break ended it. */
  readonly ended: boolean;
}

/** The lines of a file, a piece at a time. Throws what the file system throws. */
export function* readLines(path: string): Generator<Line, void, void> {
  const file = openSync(path, 'r');
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decode = (parts: readonly Buffer[], size: number): string | undefined => {
    if (size > LONGEST_LINE) return undefined;
    try {
      return decoder.decode(parts.length === 1 ? parts[0] : Buffer.concat(parts));
    } catch {
      return undefined;
    }
  };
  try {
    let parts: Buffer[] = [];
    let size = 0;
    let number = 1;
    for (;;) {
      const chunk = Buffer.allocUnsafe(0x4_0000);
      const length = readSync(file, chunk, 0, chunk.length, null);
      if (length === 0) break;
      let from = 0;
      for (let to = chunk.indexOf(10, from); to >= 0 && to < length; to = chunk.indexOf(10, from)) {
        parts.push(chunk.subarray(from, to));
        yield { number: number++, text: decode(parts, size + to - from), ended: true };
        parts = [];
        size = 0;
        from = to + 1;
      }
      size += length - from;
      // Beyond the limit only the length matters.
      if (size <= LONGEST_LINE) parts.push(chunk.subarray(from, length));
    }
    if (size > 0) yield { number, text: decode(parts, size), ended: false };
  } finally {
    closeSync(file);
  }
}

export type TraceRead =
  { readonly header: TraceHeader; readonly footer: TraceFooter } | { readonly mistakes: readonly Mistake[] };

/** More mistakes than these help nobody. */
const MOST_MISTAKES = 20;

/** Looks through a whole trace without playing it. Every line that cannot be is a mistake with its place. */
export async function checkTrace(path: string): Promise<TraceRead> {
  const { eventForm, footerForm, headerForm } = await import('./trace-form.ts');
  const mistakes: Mistake[] = [];
  const mistake = (line: number, column: number, message: string): void => {
    if (mistakes.length < MOST_MISTAKES) mistakes.push({ file: path, line, column, message });
    else if (mistakes.length === MOST_MISTAKES)
      mistakes.push({ file: path, line, column, message: 'and more: the rest is not listed' });
  };
  const parse = ({ number, text }: Line): unknown => {
    if (text === undefined) return void mistake(number, 1, 'not UTF-8, or longer than a line of a trace can be');
    try {
      return JSON.parse(text);
    } catch {
      return void mistake(number, (jsonMistakeAt(text) ?? 0) + 1, 'not JSON: damaged, or half-written');
    }
  };
  const check = <T>(form: z.ZodType<T>, value: unknown, line: number): T | undefined => {
    const result = form.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues.slice(0, 5)) {
      mistake(line, 1, `${issue.path.length === 0 ? '' : `${issue.path.join('.')}: `}${printable(issue.message)}`);
    }
    return undefined;
  };

  let header: TraceHeader | undefined;
  let footer: TraceFooter | undefined;
  let events = 0;
  let last = 0;
  for (const line of readLines(path)) {
    last = line.number;
    const value = parse(line);
    if (value === undefined) continue;
    if (line.number === 1) {
      const version = versionMistake(value);
      if (version !== undefined) mistake(1, 1, version);
      else header = check(headerForm, value, 1) === undefined ? undefined : (value as TraceHeader);
      // Without a header nothing else can be judged.
      if (header === undefined) break;
    } else if (footer !== undefined) mistake(line.number, 1, 'stands behind the footer, which must be the last line');
    else if (isFooter(value)) footer = check(footerForm, value, line.number);
    else if (isEvent(value) || check(eventForm, value, line.number) !== undefined) events++;
  }
  if (last === 0) mistake(1, 1, 'the file is empty');
  else if (mistakes.length === 0 && footer === undefined)
    mistake(last, 1, 'the trace ends here, without its footer: it is half-written');
  else if (mistakes.length === 0 && footer !== undefined && footer.events !== events) {
    mistake(last, 1, `the footer counts ${footer.events} events, the file holds ${events}`);
  }
  if (mistakes.length > 0 || header === undefined || footer === undefined) return { mistakes };
  return { header, footer };
}

const KINDS: ReadonlySet<string> = new Set(TRACE_KINDS);

function isFooter(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'traceHash' in value;
}

/** The cheap look, taken at each of millions of lines. The form is asked for the words when it fails. */
function isEvent(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    'at' in value &&
    'server' in value &&
    typeof value.at === 'number' &&
    typeof value.server === 'number' &&
    typeof value.kind === 'string' &&
    value.at >= 0 &&
    Number.isInteger(value.at) &&
    Number.isInteger(value.server) &&
    KINDS.has(value.kind)
  );
}

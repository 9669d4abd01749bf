import { canonicalSeed } from '../../commands/seed.ts';
import { printable } from '../../report/text.ts';
import { footerForm, headerForm, reportForm } from '../../report/trace-form.ts';
import { madeByAnother, versionMistake } from '../../report/trace-version.ts';
import { formatMistake, parseScenario } from '../../scenarios/parse.ts';
import { didYouMean } from '../../scenarios/suggest.ts';
import type { Scenario, Step } from '../../sim/scenario.ts';
import { findBehaviour } from '../../sim/zab/bugs/index.ts';
import type { LibraryText, OpenOptions, Source, Target } from '../protocol.ts';
import { decodeLink, inflateBytes } from '../share.ts';

/** What was opened, checked: everything in it may have come from anybody. */
export interface Opened {
  /** Without what was done by hand. */
  readonly base: Scenario;
  readonly hands: readonly Step[];
  readonly seed: string;
  readonly at: Place;
  /** What the hash of the trace is said to be at a length of it. */
  readonly promised: { readonly traced: number; readonly hash: string } | null;
  /** The events of a trace as they stand in it, line by line. */
  readonly recorded: Lines | null;
  readonly warnings: readonly string[];
  /** Its name, and the release in it, if it is one that is built in: a link need not hold it. */
  readonly builtIn: { readonly name: string; readonly release: string } | null;
}

/** A target, or the moment after so many events, with the time shown there. */
export type Place =
  | Target
  | { readonly kind: 'events'; readonly events: number; readonly at: number }
  /** The violation with which a trace ends, or its start when it ends with none. */
  | { readonly kind: 'failure' };

export type Mistakes = { readonly mistakes: readonly string[] };

/** Reads a source. `options` win over what it says of seed, release and place. */
export async function openSource(
  source: Source,
  library: readonly LibraryText[],
  options: OpenOptions,
): Promise<Opened | Mistakes> {
  const read = await readSource(source, library);
  if ('mistakes' in read) return read;
  const seed = options.seed === undefined ? { seed: read.seed } : canonicalSeed(options.seed);
  if ('mistake' in seed) return { mistakes: [seed.mistake] };
  const release = options.release ?? read.base.release;
  if (findBehaviour(release) === undefined)
    return { mistakes: [`there is no release or bug ${JSON.stringify(printable(release, 60))}`] };
  const changed = seed.seed !== read.seed || release !== read.base.release;
  return {
    ...read,
    base: { ...read.base, release },
    seed: seed.seed,
    at: options.at ?? read.at,
    ...(changed ? { promised: null, recorded: null } : {}),
  };
}

async function readSource(source: Source, library: readonly LibraryText[]): Promise<Opened | Mistakes> {
  switch (source.kind) {
    case 'scenario':
      return fromLibrary(source.name, library);
    case 'yaml':
      return fromYaml(source.text, source.name);
    case 'link':
      return fromLink(source.text, library);
    case 'trace':
      return fromTrace(source.bytes);
    case 'report':
      return fromReport(source.text, library);
  }
}

const START: Target = { kind: 'start' };
const PLAIN = { hands: [], seed: '1', at: START, promised: null, recorded: null, warnings: [], builtIn: null } as const;

function fromLibrary(name: string, library: readonly LibraryText[]): Opened | Mistakes {
  const found = library.find((one) => one.name === name) ?? library.find((one) => one.name.endsWith(`/${name}`));
  if (found === undefined) {
    const names = library.map((one) => one.name);
    return { mistakes: [`there is no scenario ${JSON.stringify(printable(name, 60))}${didYouMean(name, names)}`] };
  }
  const opened = fromYaml(found.yaml, `${found.name}.yaml`);
  if ('mistakes' in opened) return opened;
  return { ...opened, builtIn: { name: found.name, release: opened.base.release } };
}

function fromYaml(text: string, name: string): Opened | Mistakes {
  const parsed = parseScenario(text, name);
  if ('mistakes' in parsed) return { mistakes: parsed.mistakes.slice(0, 20).map(formatMistake) };
  return { ...PLAIN, base: parsed.scenario };
}

async function fromLink(text: string, library: readonly LibraryText[]): Promise<Opened | Mistakes> {
  const decoded = await decodeLink(text);
  if ('mistakes' in decoded) return decoded;
  const { source, seed: typed, position, promised } = decoded.link;
  const seed = canonicalSeed(typed);
  if ('mistake' in seed) return { mistakes: [`seed: ${seed.mistake}`] };
  const opened =
    source.kind === 'scenario'
      ? fromLibrary(source.name, library)
      : withHands(fromYaml(source.yaml, source.name), source.hands);
  if ('mistakes' in opened) return opened;
  const release = source.kind === 'scenario' ? (source.release ?? opened.base.release) : opened.base.release;
  const at: Place =
    position === null
      ? START
      : position === 'violation'
        ? { kind: 'violation' }
        : position.events < 0
          ? { kind: 'time', at: position.at }
          : { kind: 'events', ...position };
  return { ...opened, base: { ...opened.base, release }, seed: seed.seed, at, promised };
}

/** The last steps of a plan are what was done by hand. */
function withHands(opened: Opened | Mistakes, hands: number): Opened | Mistakes {
  if ('mistakes' in opened || hands === 0) return opened;
  const { timeline } = opened.base;
  const from = Math.max(0, timeline.length - hands);
  return {
    ...opened,
    base: { ...opened.base, timeline: timeline.slice(0, from) },
    hands: timeline.slice(from),
  };
}

// ── traces

/** A text and where its lines begin and end. */
export interface Lines {
  readonly text: string;
  /** Of line i from `starts[i]` to `starts[i + 1] - 1`. */
  readonly starts: readonly number[];
}

export function lineOf({ text, starts }: Lines, index: number): string {
  return text.slice(starts[index]!, starts[index + 1]! - 1);
}

const LONGEST_TRACE = 384 * 1024 * 1024;
const LONGEST_HEADER = 8 * 1024 * 1024;

async function fromTrace(buffer: ArrayBuffer): Promise<Opened | Mistakes> {
  const bytes = await unpacked(new Uint8Array(buffer));
  if (typeof bytes === 'string') return { mistakes: [`the trace ${bytes}`] };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { mistakes: ['the trace is not UTF-8: damaged, or no trace'] };
  }
  const lines = split(text);
  const count = lines.starts.length - 1;
  if (count === 0) return { mistakes: ['the trace is empty'] };
  const header = readLine(lines, 0);
  const version = versionMistake(header);
  if (version !== undefined) return { mistakes: [version] };
  const checked = headerForm.safeParse(header);
  if (!checked.success) return { mistakes: issues('header', checked.error.issues) };
  const { scenario, seed: typed, release } = checked.data;
  const seed = canonicalSeed(typed);
  if ('mistake' in seed) return { mistakes: [`seed: ${seed.mistake}`] };
  const footer = footerForm.safeParse(readLine(lines, count - 1));
  const warnings = footer.success ? [] : ['the trace ends without its footer: it is half-written'];
  const last = footer.success ? count - 1 : count;
  return {
    ...PLAIN,
    // The form accepts more than it names, and what it names is a scenario.
    base: { ...(scenario as unknown as Scenario), release },
    seed: seed.seed,
    at: { kind: 'failure' },
    promised: footer.success ? { traced: footer.data.events, hash: footer.data.traceHash } : null,
    recorded: { text, starts: lines.starts.slice(1, last + 1) },
    warnings,
  };
}

async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array | string> {
  if (bytes.length > LONGEST_TRACE) return `is longer than ${LONGEST_TRACE} bytes`;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return inflateBytes(bytes, LONGEST_TRACE, 'gzip');
  // A trace begins with the brace of its header; the page that holds one holds it deflated.
  return bytes[0] === 0x7b || bytes.length === 0 ? bytes : inflateBytes(bytes, LONGEST_TRACE);
}

function split(text: string): Lines {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  // A last line that nothing ends is a line too.
  if (starts[starts.length - 1]! < text.length) starts.push(text.length + 1);
  return { text, starts };
}

function readLine(lines: Lines, index: number): unknown {
  if (lines.starts[index + 1]! - lines.starts[index]! > LONGEST_HEADER) return undefined;
  try {
    return JSON.parse(lineOf(lines, index));
  } catch {
    return undefined;
  }
}

// ── reports

function fromReport(text: string, library: readonly LibraryText[]): Opened | Mistakes {
  let value: unknown;
  try {
    value = text.length > LONGEST_TRACE ? undefined : JSON.parse(text);
  } catch {
    return { mistakes: ['not JSON: damaged, or half-written'] };
  }
  const checked = reportForm.safeParse(value);
  if (!checked.success) return { mistakes: issues('report', checked.error.issues) };
  const report = checked.data;
  const another = madeByAnother(report.zabsim);
  if (another !== undefined) return { mistakes: [another] };
  if (report.scenarioFile !== null)
    return {
      mistakes: [
        `the report is of the file ${printable(report.scenarioFile, 200)}, which is not in it`,
        `zabsim view opens both: zabsim view report.json`,
      ],
    };
  const opened = fromLibrary(report.scenario, library);
  if ('mistakes' in opened) return opened;
  const seed = canonicalSeed(report.seed);
  if ('mistake' in seed) return { mistakes: [`seed: ${seed.mistake}`] };
  const counted = report['traceEvents'];
  const traced = typeof counted === 'number' ? counted : null;
  return {
    ...opened,
    base: { ...opened.base, release: report.release },
    seed: seed.seed,
    at: { kind: 'violation' },
    promised: traced === null ? null : { traced, hash: report.traceHash },
  };
}

function issues(what: string, found: readonly { path: PropertyKey[]; message: string }[]): string[] {
  return found
    .slice(0, 5)
    .map(({ path, message }) => printable(`${[what, ...path.map(String)].join('.')}: ${message}`, 300));
}

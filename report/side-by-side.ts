import type { TraceEvent } from '../sim/trace.ts';
import { MS, type Micros } from '../sim/time.ts';
import { pad, seconds, who, WIDTH, wrap, zxidText } from './text.ts';
import { eventWords, shownByProcess } from './words.ts';

/** One line of two runs beside each other: what the one shows, the other, or both. */
export interface Row {
  readonly at: Micros;
  readonly failing: string | null;
  readonly passing: string | null;
}

/** So many rows are read; of a longer stretch the first and the last. */
const ROWS = 16;
const TAIL = 5;
/** More events than these are not compared: the rows would not be read. */
const COMPARED = 150;

/** Two runs from the first event in which they differ: the turns of the story, those of both in one row. `until`: the failing
 *  one ends with its violation; the other is shown as far in time, and a little further. `slack`: how far apart in time two
 *  turns may be and still be the same one; `about`: the zxids that the violation names. */
export function sideBySide(
  failing: readonly TraceEvent[],
  passing: readonly TraceEvent[],
  {
    from,
    until,
    slack,
    about,
  }: { readonly from: number; readonly until: number; readonly slack: Micros; readonly about: ReadonlySet<number> },
): Row[] {
  const violating = failing[until];
  const end = (violating?.at ?? 0) + Math.max(1, (violating?.at ?? 0) - (failing[from]?.at ?? 0));
  const ours = failing.slice(from, until + 1);
  const theirs = passing.slice(from).filter(({ at }) => at <= end);
  const align = (fits: (event: TraceEvent) => boolean): Row[] =>
    aligned(turns(ours, fits).slice(0, COMPARED), turns(theirs, fits).slice(0, COMPARED), slack);
  const whole = align(() => true);
  // In a busy run, what has nothing to do with the violation is left out.
  const rows = whole.length <= ROWS ? whole : align((event) => !isTraffic(event, about));
  const last = rows.findLastIndex((row) => row.failing !== null);
  // What the passing run does after the other has ended is of interest as far as it mirrors it.
  const told = rows.slice(0, Math.max(last + 3, 6));
  return told.length <= ROWS ? told : [...told.slice(0, ROWS - TAIL), GAP, ...told.slice(-TAIL)];
}

/** Stands for rows that are left out. */
const GAP: Row = { at: -1, failing: '...', passing: '...' };

interface Turn {
  readonly at: Micros;
  readonly words: string;
}

/** What is told, each thing at most twice: a server that tries again and again is told with its first tries. */
function turns(events: readonly TraceEvent[], fits: (event: TraceEvent) => boolean): Turn[] {
  const often = new Map<string, number>();
  return events
    .filter((event) => isTurn(event) && fits(event))
    .flatMap((event) => {
      const words = `${event.server > 0 ? `${who(event.server)} ` : ''}${shortWords(event)}`;
      const times = (often.get(words) ?? 0) + 1;
      often.set(words, times);
      return times > TWICE ? [] : [{ at: event.at, words }];
    });
}

const TWICE = 2;

/** A write like many others. */
function isTraffic(event: TraceEvent, about: ReadonlySet<number>): boolean {
  if (event.kind === 'committed') return !about.has(event.txn.zxid);
  return event.kind === 'logged' && !event.txns.some(({ zxid }) => about.has(zxid));
}

function isTurn(event: TraceEvent): boolean {
  switch (event.kind) {
    case 'elected':
      return event.becomes === 'LEADING';
    case 'fault':
      return !shownByProcess(event);
    case 'leftRole':
      return event.epoch >= 0;
    case 'snapshotWritten':
      return event.replaces;
    case 'started':
    case 'ended':
    case 'paused':
    case 'resumed':
    case 'electionFinished':
    case 'epochWritten':
    case 'syncChosen':
    case 'truncated':
    case 'established':
    case 'serving':
    case 'committed':
    case 'logged':
    case 'diskFailed':
    case 'fenced':
    case 'unexpected':
    case 'calm':
      return true;
    default:
      return false;
  }
}

/** Half a line is short: the reasons are left out, they stand in the chain. */
function shortWords(event: TraceEvent): string {
  switch (event.kind) {
    case 'elected':
      return `is elected (${zxidText(event.vote.zxid)}, epoch ${event.vote.peerEpoch})`;
    case 'epochWritten':
      return `writes ${event.file} ${event.previous} -> ${event.epoch}`;
    case 'syncChosen':
      return `synchronizes ${who(event.learner)} by ${event.mode}`;
    case 'leftRole':
      return `stops ${event.role}`;
    case 'electionFinished':
      return `proposes its history for epoch ${event.epoch}`;
    case 'established':
      return `is established in epoch ${event.epoch}`;
    case 'fenced':
      return `refuses ${event.what} of ${who(event.against)}`;
    case 'started':
      return `starts at ${zxidText(event.lastZxid)}, epochs ${event.acceptedEpoch}/${event.currentEpoch}`;
    case 'ended':
      return event.how === 'crash'
        ? 'loses power'
        : event.how === 'refused'
          ? 'refuses to start'
          : `ends (${event.how})`;
    case 'serving':
      return `serves in epoch ${event.epoch}`;
    case 'snapshotWritten':
      return `has only snapshot.${event.zxid.toString(16)} now`;
    case 'committed':
      return `commits ${zxidText(event.txn.zxid)}`;
    case 'calm':
      return 'calm: all is mended';
    default:
      return eventWords(event);
  }
}

/** The longest common subsequence of the words, with what is only in one of them between. */
function aligned(a: readonly Turn[], b: readonly Turn[], slack: Micros): Row[] {
  const same = (x: Turn | undefined, y: Turn | undefined): boolean =>
    x !== undefined && y !== undefined && x.words === y.words && Math.abs(x.at - y.at) <= slack;
  const width = b.length + 1;
  const table = new Int32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      table[i * width + j] = same(a[i], b[j])
        ? 1 + table[(i + 1) * width + j + 1]!
        : Math.max(table[(i + 1) * width + j]!, table[i * width + j + 1]!);
    }
  const rows: Row[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && right !== undefined && same(left, right)) {
      const apart = Math.abs(left.at - right.at) >= MS;
      rows.push({
        at: left.at,
        failing: left.words,
        passing: apart ? `the same, at ${seconds(right.at)}` : 'the same',
      });
      i++;
      j++;
      continue;
    }
    const skipLeft = i < a.length ? (table[(i + 1) * width + j] ?? 0) : -1;
    const skipRight = j < b.length ? (table[i * width + j + 1] ?? 0) : -1;
    const earlier = (left?.at ?? Infinity) <= (right?.at ?? Infinity);
    if (left !== undefined && (skipLeft > skipRight || (skipLeft === skipRight && earlier))) {
      rows.push({ at: left.at, failing: left.words, passing: null });
      i++;
    } else if (right !== undefined) {
      rows.push({ at: right.at, failing: null, passing: right.words });
      j++;
    }
  }
  // What is in both stands at this run's time, so that a row beside it may be earlier.
  return rows.sort((x, y) => x.at - y.at);
}

const TIME = 11;
const COLUMN = 33;
const GUTTER = 2;

/** The rows as lines of eighty columns; `heads` stand above the two. */
export function sideBySideLines(rows: readonly Row[], heads: readonly [string, string]): string[] {
  const line = (time: string, left: string, right: string): string =>
    `${pad(time, TIME)}  ${pad(left, COLUMN)}${' '.repeat(GUTTER)}${right}`.trimEnd();
  const lines = [line('', heads[0], heads[1])];
  for (const { at, failing, passing } of rows) {
    const left = failing === null ? [] : wrap(failing, '', 2, COLUMN);
    const right = passing === null ? [] : wrap(passing, '', 2, WIDTH - TIME - 2 - COLUMN - GUTTER);
    for (let i = 0; i < Math.max(left.length, right.length); i++)
      lines.push(line(i === 0 && at >= 0 ? seconds(at).padStart(TIME) : '', left[i] ?? '', right[i] ?? ''));
  }
  return lines;
}

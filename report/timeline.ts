import type { Scenario } from '../sim/scenario.ts';
import type { TraceEvent } from '../sim/trace.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import type { Paint } from './paint.ts';
import { pad, zxidText } from './text.ts';
import { Tracker } from './track.ts';

/** The marks of the third column: one letter to search for. */
const MARKS: Readonly<Record<string, string>> = {
  start: '^',
  kill: '!',
  crash: '!',
  stop: '!',
  exit: '!',
  refused: '!',
  pause: '(',
  resume: ')',
  accepted: 'a',
  current: 'c',
  elected: '*',
  establ: '#',
  serving: '+',
  left: '-',
  diff: 'd',
  trunc: 't',
  snap: 's',
  fenced: 'f',
  disk: 'x',
};

const PHASES = { ELECTION: 'ELECT', DISCOVERY: 'DISCO', SYNCHRONIZATION: 'SYNC', BROADCAST: 'BCAST' } as const;

export const TIMELINE_HEAD = [
  'time (s)'.padStart(12),
  'sv .',
  'state'.padEnd(9),
  'phase'.padEnd(5),
  'acc/cur',
  'logged'.padEnd(13),
  'applied'.padEnd(13),
  'what',
].join(' ');

/** A line for each change of state of each server, in columns of fixed width: for grep, and for diff between two runs.
 *  There is no wall time in it. */
export class Timeline {
  readonly #tracker: Tracker;
  readonly #phases = new Map<ServerId, string>();
  readonly #paint: Paint;

  constructor(scenario: Pick<Scenario, 'servers'>, paint: Paint) {
    this.#tracker = new Tracker(scenario.servers);
    this.#paint = paint;
  }

  /** The line of an event, or null when it changes nobody's state. */
  observe(event: TraceEvent): string | null {
    this.#tracker.observe(event);
    if (event.kind === 'phaseChanged') this.#phases.set(event.server, PHASES[event.phase]);
    if (event.kind === 'started' || (event.kind === 'stateChanged' && event.state === 'LOOKING'))
      this.#phases.set(event.server, PHASES.ELECTION);
    if (event.kind === 'ended') this.#phases.delete(event.server);
    const what = whatOf(event);
    const server = this.#tracker.get(event.server);
    if (what === null || server === undefined) return null;
    const { state, acceptedEpoch, currentEpoch, logged, applied } = server;
    const phase = this.#phases.get(event.server) ?? '';
    const columns = [
      timeText(event.at),
      `S${event.server}`.padEnd(3) + (MARKS[what] ?? '.'),
      pad(state, 9),
      pad(phase, 5),
      pad(`${acceptedEpoch}/${currentEpoch}`, 7),
      pad(zxidText(logged), 13),
      pad(zxidText(applied), 13),
      what,
    ];
    const line = columns.join(' ');
    return this.#painted(what, line);
  }

  #painted(what: string, line: string): string {
    const paint = this.#paint;
    if (what === 'fenced') return paint.fence(line);
    if (what === 'establ') return paint.leader(line);
    return MARKS[what] === '!' || MARKS[what] === '(' ? paint.fault(line) : line;
  }
}

function whatOf(event: TraceEvent): string | null {
  switch (event.kind) {
    case 'started':
      return 'start';
    case 'ended':
      return event.how;
    case 'paused':
      return 'pause';
    case 'resumed':
      return 'resume';
    case 'stateChanged':
      return event.state === 'LOOKING' ? 'looking' : null;
    case 'elected':
      return 'elected';
    case 'epochWritten':
      return event.file === 'acceptedEpoch' ? 'accepted' : 'current';
    case 'syncStarted':
      return event.mode.toLowerCase();
    case 'established':
      return 'establ';
    case 'serving':
      return 'serving';
    case 'leftRole':
      return 'left';
    case 'fenced':
      return 'fenced';
    case 'diskFailed':
      return 'disk';
    default:
      return null;
  }
}

/** Seconds with all six digits, right-aligned. */
function timeText(at: number): string {
  return `${Math.floor(at / 1_000_000)}.${String(at % 1_000_000).padStart(6, '0')}`.padStart(12);
}

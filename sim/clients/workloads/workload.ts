import { OPEN_ACL_UNSAFE } from '../../zookeeper/acl.ts';
import { parentOf } from '../../zookeeper/paths.ts';
import type { Random } from '../../random.ts';
import { MS, SECOND, type Micros, type Range } from '../../time.ts';
import type { Operation } from '../../zookeeper/operations.ts';
import type { Act, Happening, OptionValue, Program, Returned, Start } from '../program.ts';

/** Workloads: programs that do so many rounds of something, each when the one before it is over, with a pause between. They
 *  make the znodes that they need, and go on with another session when theirs has expired. A refusal of what they need
 *  counts as a round, and they wait before they try again. */

/** Rounds of a workload that names no number: it works until the run ends. */
export const ENDLESS = 1_000_000_000;

export interface Workload<S> {
  readonly name: string;
  readonly about: string;
  begin(start: Start): S;
  /** The znodes that must be there first, parents before children. */
  needs(own: S): readonly string[];
  /** One round begins. */
  round(own: S, chance: Random): readonly Act[];
  /** An answer to one of its calls. */
  returned(own: S, returned: Returned, chance: Random): Turn;
  /** The session was closed as the round had asked for. Most never ask. */
  closed?(own: S): Turn;
}

/** What a round does next; `over`: it is the last. */
export interface Turn {
  readonly acts: readonly Act[];
  readonly over: boolean;
}

export function goOn(...acts: readonly Act[]): Turn {
  return { acts, over: false };
}

export function roundOver(...acts: readonly Act[]): Turn {
  return { acts, over: true };
}

export interface State<S> {
  readonly own: S;
  readonly think: Range;
  left: number;
  /** Creates of what is needed that have no answer. */
  making: number;
  /** One of them was lost with its connection: all are made again. */
  lost: boolean;
  /** How often in a row they were refused. */
  refusals: number;
  /** It waits before it asks for them again. */
  waiting: boolean;
  ready: boolean;
}

export function programOf<S>(workload: Workload<S>): Program<State<S>> {
  return {
    name: workload.name,
    about: workload.about,
    start: (start) => ({
      own: workload.begin(start),
      think: start.think,
      left: start.operations,
      making: 0,
      lost: false,
      refusals: 0,
      waiting: false,
      ready: false,
    }),
    on: (state, happening, chance) => on(workload, state, happening, chance),
  };
}

const MAKE = 'make';
const ROUND = 'round';

function on<S>(workload: Workload<S>, state: State<S>, happening: Happening, chance: Random): readonly Act[] {
  switch (happening.kind) {
    case 'connected':
      return state.ready || state.making > 0 || state.waiting || state.left === 0 ? [] : make(workload, state, chance);
    case 'expired':
    case 'authFailed':
      return [{ kind: 'openSession' }];
    case 'closed':
      return over(state, workload.closed?.(state.own) ?? goOn(), chance);
    case 'woke':
      if (happening.tag === MAKE) {
        state.waiting = false;
        return make(workload, state, chance);
      }
      if (happening.tag !== ROUND) return [];
      state.left--;
      return workload.round(state.own, chance);
    case 'returned':
      if (happening.tag === MAKE) return made(state, happening, chance);
      return over(state, workload.returned(state.own, happening, chance), chance);
    default:
      return [];
  }
}

function make<S>(workload: Workload<S>, state: State<S>, chance: Random): readonly Act[] {
  const paths = workload.needs(state.own);
  state.making = paths.length;
  state.lost = false;
  if (paths.length > 0)
    return paths.map((path): Act => ({ kind: 'call', tag: MAKE, operation: persistent(path, '0') }));
  state.ready = true;
  return next(state, chance);
}

/** Somebody else may have made it: NODEEXISTS is as good. */
function made<S>(state: State<S>, { outcome, error }: Returned, chance: Random): readonly Act[] {
  state.making--;
  if (outcome !== 'ok' && error !== 'NODEEXISTS') state.lost = true;
  if (state.making > 0) return [];
  // What was lost is made when there is a connection again; what was refused is tried again a little later.
  if (state.lost) return isLoss(error) ? [] : refused(state, chance);
  state.ready = true;
  return next(state, chance);
}

/** The longest wait after the first refusal. It doubles with each, up to a second. */
const FIRST_WAIT: Micros = 10 * MS;

/** The wait is at least half the longest one, so that the least of all draws waits too. */
function refused<S>(state: State<S>, chance: Random): readonly Act[] {
  state.left--;
  if (state.left === 0) return [];
  const most = Math.min(SECOND, FIRST_WAIT << Math.min(state.refusals, 7));
  state.refusals++;
  state.waiting = true;
  return [{ kind: 'sleep', tag: MAKE, micros: chance.between([most / 2, most]) }];
}

export function isLoss(error: string | null): boolean {
  return error === 'CONNECTIONLOSS' || error === 'REQUESTTIMEOUT' || error === 'SESSIONEXPIRED';
}

function over<S>(state: State<S>, turn: Turn, chance: Random): readonly Act[] {
  return turn.over ? [...turn.acts, ...next(state, chance)] : turn.acts;
}

function next<S>(state: State<S>, chance: Random): readonly Act[] {
  return state.left === 0 ? [] : [{ kind: 'sleep', tag: ROUND, micros: chance.between(state.think) }];
}

// ── what workloads share

export function persistent(path: string, data: string): Operation {
  return { op: 'create', path, data, acl: OPEN_ACL_UNSAFE, flags: 0, ttlMs: 0 };
}

/** A path and all above it, from the top. */
export function downTo(path: string): string[] {
  return path === '/' ? [] : [...downTo(parentOf(path)), path];
}

export function numberOf(value: OptionValue | undefined, usual: number): number {
  return typeof value === 'number' ? value : usual;
}

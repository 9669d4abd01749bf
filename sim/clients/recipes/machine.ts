import { assert } from '../../assert.ts';
import type { Random } from '../../random.ts';
import { MS, type Micros } from '../../time.ts';
import type { Act, Happening, Program, Returned, Start } from '../program.ts';

/** Recipes as steps. A program is at one step at a time; what it ordered at an earlier one no longer concerns it. A call
 *  whose connection was lost is asked again after a while, as Curator's RetryLoop.java does, unless its step says that
 *  something else has to be found out first. After an expiry the program opens a new session and starts over. */

/** Where a program is. */
export interface Course {
  /** Its step; empty while it has no session. */
  at: string;
  /** Counts the steps, so that answers and wakes of earlier ones are known. */
  turn: number;
  /** False between `disconnected` and `connected`: the session may live on, or not. */
  linked: boolean;
  /** Its session; 0: none. */
  session: number;
}

/** What a step does, and where it goes from there; `to` null: it stays. */
export interface Move {
  readonly acts: readonly Act[];
  readonly to: string | null;
}

/** One step. What it does not mention, it does not mind. `name` is the tag of the act in question. */
export interface Step<S> {
  begin(state: S, chance: Random): Move;
  /** A call has its answer: a result, or an error other than a lost connection. */
  answered?(state: S, returned: Returned, name: string): Move;
  /** Where to go when the fate of a call is unknown; the step itself when left out. */
  readonly lost?: string;
  event?(state: S, event: Extract<Happening, { kind: 'event' }>): Move;
  woke?(state: S, name: string): Move;
  used?(state: S, used: Extract<Happening, { kind: 'used' }>, name: string): Move;
  disconnected?(state: S): Move;
  /** Connected again, with the same session. */
  reconnected?(state: S): Move;
}

export interface Plan<S extends Course> {
  readonly name: string;
  readonly about: string;
  start(model: Start): S;
  /** The process has begun. */
  begun?(state: S): readonly Act[];
  /** The session is over: forgets what ended with it. */
  expired?(state: S): readonly Act[];
  /** The first step of every session. */
  readonly first: string;
  readonly steps: Readonly<Record<string, Step<S>>>;
}

/** Between a call whose connection was lost and the next attempt. */
const RETRY: Micros = 200 * MS;
const AGAIN = '#again';

/** More steps than this at one moment are a program that goes in circles. */
const MOST_STEPS = 100;

export function newCourse(): Course {
  return { at: '', turn: 0, linked: false, session: 0 };
}

export function stay(...acts: readonly Act[]): Move {
  return { acts, to: null };
}

export function to(step: string, ...acts: readonly Act[]): Move {
  return { acts, to: step };
}

/** The program that follows a plan. */
export function follow<S extends Course>(plan: Plan<S>): Program<S> {
  return {
    name: plan.name,
    about: plan.about,
    start: (model) => plan.start(model),
    on: (state, happening, chance) => react(plan, state, happening, chance),
  };
}

function react<S extends Course>(plan: Plan<S>, state: S, happening: Happening, chance: Random): readonly Act[] {
  const step = plan.steps[state.at];
  switch (happening.kind) {
    case 'begun':
      return plan.begun?.(state) ?? [];
    case 'connected':
      state.linked = true;
      state.session = happening.session;
      if (happening.fresh || step === undefined) return walk(plan, state, to(plan.first), chance);
      return walk(plan, state, step.reconnected?.(state), chance);
    case 'disconnected':
      state.linked = false;
      return walk(plan, state, step?.disconnected?.(state), chance);
    case 'expired': {
      const acts = plan.expired?.(state) ?? [];
      leave(state);
      return [...acts, { kind: 'openSession' }];
    }
    case 'closed':
    case 'authFailed':
      leave(state);
      return [];
    case 'event':
      return walk(plan, state, step?.event?.(state, happening), chance);
    case 'woke': {
      const name = nameIn(state, happening.tag);
      if (name === null || step === undefined) return [];
      const move = name === AGAIN ? to(step.lost ?? state.at) : step.woke?.(state, name);
      return walk(plan, state, move, chance);
    }
    case 'used': {
      const name = nameIn(state, happening.tag);
      return name === null ? [] : walk(plan, state, step?.used?.(state, happening, name), chance);
    }
    case 'returned': {
      const name = nameIn(state, happening.tag);
      if (name === null || happening.error === 'SESSIONEXPIRED') return [];
      const move = isLost(happening) ? stay(sleep(RETRY, AGAIN)) : step?.answered?.(state, happening, name);
      return walk(plan, state, move, chance);
    }
  }
}

/** The call may have happened, or may yet happen; a read has no fate, and is merely asked again. */
function isLost({ outcome, error }: Returned): boolean {
  return outcome === 'unknown' || (error !== null && LOSSES.includes(error));
}

const LOSSES: readonly string[] = ['CONNECTIONLOSS', 'OPERATIONTIMEOUT', 'REQUESTTIMEOUT', 'SESSIONMOVED'];

/** Does what a move says, and goes on from step to step until one stays. */
function walk<S extends Course>(plan: Plan<S>, state: S, first: Move | undefined, chance: Random): readonly Act[] {
  const acts: Act[] = [];
  let steps = 0;
  for (let move = first; move !== undefined;) {
    for (const act of move.acts) acts.push(marked(act, state.turn));
    if (move.to === null) break;
    assert(++steps < MOST_STEPS, 'a recipe comes to rest');
    const step: Step<S> | undefined = plan.steps[move.to];
    assert(step !== undefined, 'a recipe goes to a step that it has');
    state.at = move.to;
    state.turn++;
    move = step.begin(state, chance);
  }
  return acts;
}

function leave(state: Course): void {
  state.at = '';
  state.turn++;
  state.linked = false;
  state.session = 0;
}

function marked(act: Act, turn: number): Act {
  return 'tag' in act ? { ...act, tag: `${turn} ${act.tag}` } : act;
}

/** What the act was called at this step; null when it is of an earlier one. */
function nameIn(state: Course, tag: string): string | null {
  const space = tag.indexOf(' ');
  return Number(tag.slice(0, space)) === state.turn ? tag.slice(space + 1) : null;
}

export function sleep(micros: Micros, tag: string): Act {
  return { kind: 'sleep', tag, micros };
}

import { createContext, Script } from 'node:vm';
import type { Property } from '../sim/property.ts';
import { UsageError } from './exit.ts';

/** A property that was handed in misbehaved: its file, its name, and what it did. Not a fault of zabsim's. */
export class PropertyFault extends UsageError {
  readonly property: string;

  constructor(property: string, lines: readonly string[]) {
    super(lines);
    this.property = property;
  }
}

/** How long one piece of a run may take while a property of somebody else's is in it, in ms of wall time. */
const PATIENCE_MS = 10_000;

/** In whose code the thread is, while it is in code that is not ours. */
const standing: { in: { readonly property: string; readonly file: string } | null } = { in: null };

/** The property, but what it throws is a `PropertyFault` that names it, and while it runs it is known that it does. */
export function guarded(property: Property, file: string): Property {
  const { name, start, observe, finish, settled } = property;
  const inside = <T>(what: string, call: () => T): T => {
    standing.in = { property: name, file };
    try {
      return call();
    } catch (error) {
      if (error instanceof PropertyFault) throw error;
      throw new PropertyFault(name, [
        `--property ${file}: "${name}" throws in ${what}: ${words(error)}`,
        ...place(error, file),
      ]);
    } finally {
      standing.in = null;
    }
  };
  return {
    ...property,
    start: (setup) => {
      const state: unknown = inside('start', () => start.call(property, setup));
      if (!hasPremises(state)) {
        const what = `"${name}" must start with a state that counts its premises: { premises: 0 }`;
        throw new PropertyFault(name, [`--property ${file}: ${what}`]);
      }
      return state;
    },
    observe: (state, event, histories) => {
      const why: unknown = inside('observe', () => observe.call(property, state, event, histories));
      if (why === undefined || typeof why === 'string') return why;
      throw new PropertyFault(name, [
        `--property ${file}: "${name}" must return a text or undefined from observe, and returned ${typeof why}`,
      ]);
    },
    ...(finish === undefined
      ? {}
      : { finish: (state, end) => inside('finish', () => finish.call(property, state, end)) }),
    ...(settled === undefined ? {} : { settled: (state) => inside('settled', () => settled.call(property, state)) }),
  };
}

function hasPremises(state: unknown): state is { premises: number } {
  return typeof state === 'object' && state !== null && 'premises' in state && typeof state.premises === 'number';
}

function words(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** The first line of the stack that lies in the file: where to look. */
function place(error: unknown, file: string): string[] {
  if (!(error instanceof Error)) return [];
  const name = file.split(/[/\\]/).at(-1) ?? file;
  const stem = name.replace(/\.\w+$/, '');
  const lines = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const line = lines.find((each) => each.includes(name)) ?? lines.find((each) => each.includes(stem));
  return line === undefined ? [] : [line.trim()];
}

const thread = createContext({ work: null });
const script = new Script('work()');

/** Does a piece of work in which properties of somebody else's may run. If one of them does not return, the work is given up
 *  and the property named. What the work was about is then in no state to go on. */
export function underWatch<T>(work: () => T, patienceMs: number = PATIENCE_MS): T {
  const done: T[] = [];
  Object.assign(thread, { work: () => void done.push(work()) });
  try {
    script.runInContext(thread, { timeout: patienceMs });
  } catch (error) {
    const caught = standing.in;
    standing.in = null;
    if (!isTimeout(error) || caught === null) throw error;
    throw new PropertyFault(caught.property, [
      `--property ${caught.file}: "${caught.property}" never returns: stopped after ${patienceMs / 1000} s`,
    ]);
  }
  const [result] = done;
  return result as T;
}

/** The error comes from another realm: it is no `Error` of this one. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}

import type { RecipeDetail } from '../../trace.ts';
import { OPEN_ACL_UNSAFE } from '../../zookeeper/acl.ts';
import { CREATE_MODES, type CreateMode } from '../../zookeeper/codes.ts';
import type { Answer, CreateOp, Operation, WriteOp } from '../../zookeeper/operations.ts';
import type { Act, ProgramModel, Returned } from '../program.ts';
import { stay, to, type Course, type Step } from './machine.ts';

/** What all recipes order and read. */

export function call(operation: Operation, tag = ''): Act {
  return { kind: 'call', tag, operation };
}

export function say(fact: string, detail: RecipeDetail = {}): Act {
  return { kind: 'say', fact, detail };
}

/** create2: its answer has the path and the Stat. */
export function create(path: string, data: string, mode: CreateMode): CreateOp {
  return { op: 'create2', path, data, acl: OPEN_ACL_UNSAFE, flags: CREATE_MODES.indexOf(mode), ttlMs: 0 };
}

export function remove(path: string): WriteOp {
  return { op: 'delete', path, version: -1 };
}

export function read(path: string, watch: boolean): Operation {
  return { op: 'getData', path, watch };
}

export function exists(path: string, watch: boolean): Operation {
  return { op: 'exists', path, watch };
}

export function children(path: string, watch: boolean): Operation {
  return { op: 'getChildren2', path, watch };
}

export function sync(path: string): Operation {
  return { op: 'sync', path };
}

export function childrenIn(answer: Answer | null): readonly string[] {
  return answer?.children ?? [];
}

export function dataIn(answer: Answer | null): string {
  return answer?.data ?? '';
}

/** czxid of the node in question; 0 when the answer does not tell. */
export function czxidIn({ answer }: Returned): number {
  return answer?.stat?.czxid ?? 0;
}

/** An option that the scenario may leave out. */
export function numberOf({ options }: ProgramModel, name: string, otherwise = 0): number {
  const value = options[name];
  return typeof value === 'number' ? value : otherwise;
}

export function textOf({ options }: ProgramModel, name: string, otherwise = ''): string {
  const value = options[name];
  return typeof value === 'string' ? value : otherwise;
}

/** A step that makes sure that these persistent nodes are there, parents first. */
export function ensure<S extends Course>(paths: (state: S) => readonly string[], next: string): Step<S> {
  return {
    begin(state) {
      const calls = paths(state).map((path, i) => call(create(path, '', 'PERSISTENT'), String(i)));
      return calls.length === 0 ? to(next) : stay(...calls);
    },
    // Answers come in the order of the calls: with the last one all are there.
    answered: (state, _, name) => (Number(name) === paths(state).length - 1 ? to(next) : stay()),
  };
}

/** The path itself behind those that it stands under: `/a`, `/a/b`. */
export function upTo(path: string): string[] {
  const parts = path.split('/').slice(1);
  return parts.map((_, i) => `/${parts.slice(0, i + 1).join('/')}`);
}

export function parentsOf(path: string): string[] {
  return upTo(path).slice(0, -1);
}

// ── sequential nodes

/** The number that the leader gave a sequential node: the last ten characters, a sign and nine digits once it overflows. */
export function sequenceOf(name: string): number {
  return Number(name.slice(-10));
}

/** By number: names say nothing of the order in which they were made. */
export function bySequence(a: string, b: string): number {
  return sequenceOf(a) - sequenceOf(b) || (a < b ? -1 : a > b ? 1 : 0);
}

export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

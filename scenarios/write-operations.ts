import { parse } from 'yaml';
import type * as z from 'zod';
import { unreachable } from '../sim/assert.ts';
import { MS } from '../sim/time.ts';
import { formatPerms, OPEN_ACL_UNSAFE, permsOf, type Acl } from '../sim/zookeeper/acl.ts';
import { CREATE_MODES } from '../sim/zookeeper/codes.ts';
import type { CreateOp, MultiOp, MultiPart, Operation } from '../sim/zookeeper/operations.ts';
import { FILLER, opcodeOf } from './build-operations.ts';
import { checkOperation } from './check-operations.ts';
import { ACL_NAMES, ADD_WATCH_MODES, WATCHER_TYPES, type OperationName } from './operations.ts';
import { ACTIONS, type StepFields } from './steps.ts';
import { formatDuration } from './units.ts';
import { flow, flowList, flowWord, type Pairs } from './write-values.ts';

/** An operation of ZooKeeper's own service, as a step says it. */
export interface WrittenOperation {
  readonly name: OperationName | 'sync';
  readonly said: Pairs;
}

/** `raw` where a file may not say it otherwise. What no file can say at all is said as nearly as it can be. */
export function writeOperation(operation: Operation): WrittenOperation {
  const { name, said } = sayOperation(operation);
  return { name, said: isPlain(name, said) ? said : [...said, ['raw', 'true']] };
}

/** True if the file's own checks let it pass. */
function isPlain(name: OperationName | 'sync', said: Pairs): boolean {
  const schema: z.ZodType<StepFields> = ACTIONS[name];
  const step = schema.safeParse(parse(flow([['do', name], ...said])));
  let plain = step.success;
  if (step.success) checkOperation(step.data, [], 'zookeeper', () => (plain = false));
  return plain;
}

function sayOperation(op: Operation): WrittenOperation {
  switch (op.op) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
    case 'delete':
    case 'check':
    case 'setData':
    case 'setACL':
    case 'reconfig':
    case 'deleteContainer':
      return sayWrite(op);
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
      return { name: op.op, said: [pathOf(op.path), ...(op.watch ? [['watch', 'true'] as const] : [])] };
    case 'getACL':
    case 'getAllChildrenNumber':
    case 'sync':
      return { name: op.op, said: [pathOf(op.path)] };
    case 'getEphemerals':
      return { name: op.op, said: op.path === '/' ? [] : [pathOf(op.path)] };
    case 'multi':
      return { name: 'multi', said: [['ops', flowList(op.ops.map(partOf))]] };
    case 'multiRead':
      return {
        name: 'multiRead',
        said: [
          ['ops', flowList(op.ops.map((one) => flow([['op', one.op], ...('path' in one ? [pathOf(one.path)] : [])])))],
        ],
      };
    case 'addWatch':
      return { name: op.op, said: [pathOf(op.path), ['mode', ADD_WATCH_MODES[op.mode] ?? String(op.mode)]] };
    case 'removeWatches':
    case 'checkWatches':
      return {
        name: 'removeWatches',
        said: [pathOf(op.path), ['type', WATCHER_TYPES[op.type - 1] ?? String(op.type)]],
      };
    case 'setWatches':
    case 'setWatches2':
    case 'whoAmI':
    case 'unknown':
      return { name: 'whoAmI', said: [] };
    default:
      return unreachable(op);
  }
}

/** A step cannot name a reconfig or the reaper's delete: the operation that is refused as they would be stands for them. */
function sayWrite(op: MultiOp): WrittenOperation {
  switch (op.op) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      return { name: op.op === 'create2' ? 'create2' : 'create', said: createOf(op) };
    case 'delete':
    case 'check':
      return { name: op.op, said: [pathOf(op.path), ...versionOf(op.version)] };
    case 'setData':
      return { name: 'setData', said: [pathOf(op.path), ...dataOf(op.data), ...versionOf(op.version)] };
    case 'setACL':
      return { name: 'setACL', said: [pathOf(op.path), ...aclOf(op.acl), ...versionOf(op.version)] };
    case 'reconfig':
      return { name: 'multi', said: [['ops', '[{op: reconfig}]']] };
    case 'deleteContainer':
      return { name: 'delete', said: [pathOf(op.path)] };
    default:
      return unreachable(op);
  }
}

function partOf(op: MultiPart): string {
  switch (op.op) {
    case 'reconfig':
      return '{op: reconfig}';
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getACL':
      return flow([['op', op.op], pathOf(op.path)]);
    default: {
      const { name, said } = sayWrite(op);
      return flow([['op', name], ...said]);
    }
  }
}

function createOf(op: CreateOp): Pairs {
  const named = CREATE_MODES[op.flags];
  // A number is sent with the opcode as it stands.
  const mode = named !== undefined && opcodeOf(op.op, op.flags) === op.op ? named : String(op.flags);
  return [
    pathOf(op.path),
    ...dataOf(op.data),
    ...(mode === 'PERSISTENT' ? [] : [['mode', mode] as const]),
    ...aclOf(op.acl),
    ...(op.ttlMs === 0 ? [] : [['ttl', formatDuration(op.ttlMs * MS)] as const]),
  ];
}

function pathOf(path: string | null): readonly [string, string] {
  return ['path', path === null ? 'null' : flowWord(path)];
}

function versionOf(version: number): Pairs {
  return version === -1 ? [] : [['version', String(version)]];
}

/** Data longer than this that is nothing but letters x is named by its size. */
const LONG = 64;

function dataOf(data: string | null): Pairs {
  if (data === '') return [];
  if (data === null) return [['data', 'null']];
  if (data.length > LONG && data === FILLER.repeat(data.length)) return [['dataBytes', String(data.length)]];
  return [['data', flowWord(data)]];
}

function aclOf(acl: readonly Acl[] | null): Pairs {
  if (acl === null) return [['acl', 'null']];
  const text = JSON.stringify(acl);
  if (text === JSON.stringify(OPEN_ACL_UNSAFE)) return [];
  const name = Object.entries(ACL_NAMES).find(([, named]) => JSON.stringify(named) === text)?.[0];
  return [['acl', name ?? flowList(acl.map(entryOf))]];
}

function entryOf({ perms, scheme, id }: Acl): string {
  const letters = formatPerms(perms);
  const sayable = perms > 0 && permsOf(letters) === perms && /^[^:\s]+$/.test(scheme) && !/[\n\r]/.test(id);
  if (sayable) return flowWord(`${scheme}:${id}:${letters}`);
  return flow([
    ['perms', String(perms)],
    ['scheme', flowWord(scheme)],
    ['id', flowWord(id)],
  ]);
}

import { OPEN_ACL_UNSAFE } from '../sim/zookeeper/acl.ts';
import { isEphemeral } from '../sim/zookeeper/codes.ts';
import type { CreateOp, Operation, WriteOp } from '../sim/zookeeper/operations.ts';
import type { Feature } from './plans-features.ts';
import { pick } from './plans-strikes.ts';

/** Operations of the tree that a plan may ask for besides writing keys, each with its feature. */
export const TREE_KINDS = [
  'sequentials',
  'ephemerals',
  'deletes',
  'multis',
  'watches',
  'containers',
] as const satisfies readonly Feature[];

/** One operation of that kind, about the node of a key: the same few nodes as everything else, so that they meet. */
export function operationOf(
  kind: (typeof TREE_KINDS)[number],
  key: string,
  { value, drawn }: { readonly value: number; readonly drawn: number },
): Operation {
  const path = `/${key}`;
  const data = String(value);
  switch (kind) {
    case 'sequentials':
      return create(pick([`${path}/n-`, `${path}-`], drawn), data, 2);
    case 'ephemerals':
      return pick<Operation>(
        [
          create(`/e-${key}`, data, 1),
          create(`/${key}-e-`, data, 3),
          create(`${path}/e`, data, 1),
          create(`${path}/e-`, data, 3),
          { op: 'getEphemerals', path: '/' },
        ],
        drawn,
      );
    case 'deletes':
      return pick<Operation>(
        [
          { op: 'delete', path, version: -1 },
          { op: 'setData', path, data, version: drawn % 3 },
          { op: 'delete', path, version: drawn % 2 },
          { op: 'setACL', path, acl: OPEN_ACL_UNSAFE, version: -1 },
        ],
        drawn,
      );
    case 'multis':
      return pick<Operation>([{ op: 'multi', ops: opsOf(path, data, drawn) }], drawn);
    case 'watches':
      return pick<Operation>(
        [
          { op: 'exists', path, watch: true },
          { op: 'getData', path, watch: true },
          { op: 'getChildren2', path, watch: true },
          { op: 'getChildren', path: '/', watch: true },
          { op: 'addWatch', path, mode: drawn % 2 },
        ],
        drawn,
      );
    case 'containers':
      return pick<Operation>(
        [
          { ...create(`/c-${key}`, data, 4), op: 'createContainer' },
          create(`/c-${key}/x`, data, 0),
          { op: 'delete', path: `/c-${key}/x`, version: -1 },
          { ...create(`/t-${key}`, data, 5), op: 'createTTL', ttlMs: 500 + (drawn % 3) * 500 },
        ],
        drawn,
      );
  }
}

/** Some hold, some fail at their last operation, after others have been prepared. */
function opsOf(path: string, data: string, drawn: number): readonly Exclude<WriteOp, { readonly op: 'multi' }>[] {
  const fine = [create(`${path}/m-`, data, 2), { op: 'setData', path, data, version: -1 }] as const;
  switch (drawn % 4) {
    case 0:
      return fine;
    case 1:
      return [...fine, { op: 'check', path, version: 0 }];
    case 2:
      return [{ op: 'delete', path, version: -1 }, create(path, data, 0)];
    default:
      return [...fine, { op: 'delete', path: '/nobody', version: -1 }];
  }
}

function create(path: string, data: string, flags: number): CreateOp {
  return { op: 'create2', path, data, acl: OPEN_ACL_UNSAFE, flags, ttlMs: 0 };
}

/** Whether it hangs on the session that asks for it. */
export function isOfSession(operation: Operation): boolean {
  switch (operation.op) {
    case 'create2':
      return isEphemeral(operation.flags);
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
    case 'addWatch':
    case 'getEphemerals':
      return true;
    default:
      return false;
  }
}

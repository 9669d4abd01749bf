import { OPEN_ACL_UNSAFE, type Acl, type AuthId } from '../../sim/zookeeper/acl.ts';
import { applyCloseSession, applyWrite, type Applied } from '../../sim/zookeeper/apply.ts';
import type { ErrorName } from '../../sim/zookeeper/codes.ts';
import type { Change, CreateOp, TreeTxn, WriteOp } from '../../sim/zookeeper/operations.ts';
import { newOutstanding, settle, type Outstanding } from '../../sim/zookeeper/outstanding.ts';
import { prepareCloseSession, prepareWrite } from '../../sim/zookeeper/prepare.ts';
import { statOf, type Stat } from '../../sim/zookeeper/stat.ts';
import { newTree, nodeAt, type Tree } from '../../sim/zookeeper/tree.ts';

/** A leader without an ensemble: what it proposes is applied when the test says so. */
export class Alone {
  readonly tree: Tree = newTree();
  readonly outstanding: Outstanding = newOutstanding();
  readonly proposed: { zxid: number; session: number; txn: TreeTxn }[] = [];
  changes: Change[] = [];
  zxid = 0;
  time = 1000;
  ids: readonly AuthId[] = [];
  refused: ErrorName | null = null;
  extendedTypes = true;
  enforceQuota = false;

  propose(op: WriteOp, session = 1): TreeTxn {
    this.zxid++;
    const { ids, refused, zxid, extendedTypes, enforceQuota } = this;
    const txn = prepareWrite(this.tree, this.outstanding, op, {
      session,
      ids,
      refused,
      zxid,
      extendedTypes,
      enforceQuota,
      mistake: null,
    });
    this.proposed.push({ zxid, session, txn });
    return txn;
  }

  applyNext(): Applied {
    const { zxid, session, txn } = this.proposed.shift()!;
    const applied = applyWrite(this.tree, { zxid, session }, { time: this.time, txn });
    this.changes.push(...applied.changes);
    settle(this.outstanding, zxid);
    return applied;
  }

  do(op: WriteOp, session = 1): Applied {
    this.propose(op, session);
    return this.applyNext();
  }

  close(session: number): readonly string[] {
    this.zxid++;
    const paths = prepareCloseSession(this.tree, this.outstanding, session, this.zxid);
    this.changes.push(...applyCloseSession(this.tree, { zxid: this.zxid, session }, paths));
    settle(this.outstanding, this.zxid);
    return paths;
  }

  stat(path: string): Stat {
    const node = nodeAt(this.tree, path);
    if (node === undefined) throw new Error(`there is no ${path}`);
    return statOf(node);
  }
}

export function create(path: string | null, rest: Partial<CreateOp> = {}): CreateOp {
  return { op: 'create', path, data: '', acl: OPEN_ACL_UNSAFE, flags: 0, ttlMs: 0, ...rest };
}

export function remove(path: string, version = -1): WriteOp {
  return { op: 'delete', path, version };
}

export function setData(path: string, data: string | null, version = -1): WriteOp {
  return { op: 'setData', path, data, version };
}

export function setAcl(path: string, acl: readonly Acl[] | null, version = -1): WriteOp {
  return { op: 'setACL', path, acl, version };
}

// A new leader takes away the ephemeral nodes of sessions that are over, and no others.
import { expect, test } from 'vitest';
import { findRelease } from '../../sim/zab/behaviour.ts';
import { DEFAULT_SETTINGS } from '../../sim/zab/config.ts';
import type { Zxid } from '../../sim/zab/zxid.ts';
import { OPEN_ACL_UNSAFE } from '../../sim/zookeeper/acl.ts';
import { applyWrite } from '../../sim/zookeeper/apply.ts';
import { newZookeeper } from '../../sim/zookeeper/service.ts';
import { nodeAt, type Tree } from '../../sim/zookeeper/tree.ts';

test('what a dead session left behind goes, with the time of the load', () => {
  const service = newZookeeper(DEFAULT_SETTINGS, findRelease('corrected')!.behaviour, '');
  const tree = service.empty() as Tree;
  const create = (zxid: number, session: number, path: string, ephemeral: boolean): void => {
    const txn = { type: 'create', path, data: '', acl: OPEN_ACL_UNSAFE, ephemeral, parentCVersion: zxid } as const;
    applyWrite(tree, { zxid, session }, { time: 0, txn });
  };
  create(1, 7, '/dead', true);
  create(2, 8, '/alive', true);
  create(3, 7, '/kept', false);
  service.cleanUp(tree, new Map([[8, 4000]]), 9 as Zxid);
  expect(nodeAt(tree, '/dead')).toBeUndefined();
  expect(nodeAt(tree, '/alive')).toBeDefined();
  expect(nodeAt(tree, '/kept')).toBeDefined();
  expect(nodeAt(tree, '/')?.pzxid).toBe(9);
});

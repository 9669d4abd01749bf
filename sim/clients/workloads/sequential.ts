import { OPEN_ACL_UNSAFE } from '../../zookeeper/acl.ts';
import { childOf } from '../../zookeeper/paths.ts';
import type { Act } from '../program.ts';
import { downTo, goOn, numberOf, programOf, roundOver } from './workload.ts';

/** Sequential znodes under one parent. Each client deletes the oldest of its own, so that they do not pile up; one whose
 *  creation was lost with its connection stays, since nobody knows its name. */
interface Sequential {
  readonly path: string;
  readonly keep: number;
  readonly flags: number;
  readonly client: number;
  round: number;
  /** Its own, from the oldest. */
  readonly mine: string[];
}

const FLAGS = { persistent: 2, ephemeral: 3 };

export const sequential = programOf<Sequential>({
  name: 'sequential',
  about: 'creates sequential znodes under one parent, and deletes its oldest',
  begin: ({ client, instance, options }) => ({
    path: instance,
    keep: numberOf(options['keep'], 10),
    flags: options['ephemeral'] === true ? FLAGS.ephemeral : FLAGS.persistent,
    client,
    round: 0,
    mine: [],
  }),
  needs: ({ path }) => downTo(path),
  round(own) {
    own.round++;
    const path = childOf(own.path, `c${own.client}-`);
    const data = String(own.round);
    const operation = { op: 'create', path, data, acl: OPEN_ACL_UNSAFE, flags: own.flags, ttlMs: 0 } as const;
    return [{ kind: 'call', tag: 'create', operation }];
  },
  returned(own, { tag, outcome, answer, error }) {
    if (tag === 'create' && outcome === 'ok' && answer?.path !== undefined) own.mine.push(answer.path);
    // Whether the fate of a delete is known or not, whoever asks again is told.
    if (tag === 'delete' && (outcome === 'ok' || error === 'NONODE')) own.mine.shift();
    const [oldest] = own.mine;
    return oldest === undefined || own.mine.length <= own.keep ? roundOver() : goOn(remove(oldest));
  },
});

function remove(path: string): Act {
  return { kind: 'call', tag: 'delete', operation: { op: 'delete', path, version: -1 } };
}

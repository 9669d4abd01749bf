import { OPEN_ACL_UNSAFE } from '../../zookeeper/acl.ts';
import { childOf } from '../../zookeeper/paths.ts';
import { downTo, goOn, programOf, roundOver } from './workload.ts';

/** Sessions that come and go: each creates an ephemeral znode and is closed, which takes the znode with it. */
interface SessionChurn {
  readonly path: string;
  readonly client: number;
}

export const sessionChurn = programOf<SessionChurn>({
  name: 'session-churn',
  about: 'creates an ephemeral znode, closes its session, and opens another',
  begin: ({ client, instance }) => ({ path: instance, client }),
  needs: ({ path }) => downTo(path),
  round: ({ path, client }) => [
    {
      kind: 'call',
      tag: 'create',
      operation: {
        op: 'create',
        path: childOf(path, `c${client}`),
        data: '',
        acl: OPEN_ACL_UNSAFE,
        flags: 1,
        ttlMs: 0,
      },
    },
    { kind: 'closeSession' },
  ],
  // The close is still under way, or was lost with its connection: then this session goes on.
  returned: () => goOn(),
  closed: () => roundOver({ kind: 'openSession' }),
});

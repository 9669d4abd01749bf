import type { Property, PropertyState } from '../sim/property.ts';
import type { Vote } from '../sim/zab/messages.ts';
import { formatZxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  /** The last vote of each server, by id. */
  readonly votes: (Vote | null)[];
}

export const votesOnlyImprove: Property<State> = {
  name: 'votes-only-improve',
  about:
    'Within a round a server changes its vote only for a better one: a higher peerEpoch, then a higher zxid, then a higher' +
    ' server id. Otherwise votes may go round in a circle, and the freshest history may lose.',
  source: 'FastLeaderElection.java#totalOrderPredicate; SandTable NoVoteCircle (ZOOKEEPER-1419)',
  kind: 'always',
  observes: ['voted'],
  start(setup) {
    return { premises: 0, votes: new Array<Vote | null>(Math.max(...setup.servers) + 1).fill(null) };
  },
  observe(state, event) {
    if (event.kind !== 'voted') return undefined;
    const { server, vote, because } = event;
    const before = state.votes[server] ?? null;
    state.votes[server] = vote;
    if (because !== 'better' || before === null) return undefined;
    state.premises++;
    if (isBetter(vote, before)) return undefined;
    return `server ${server} changes its vote from ${words(before)} to ${words(vote)}, which is no better`;
  },
};

function isBetter(next: Vote, current: Vote): boolean {
  if (next.peerEpoch !== current.peerEpoch) return next.peerEpoch > current.peerEpoch;
  if (next.zxid !== current.zxid) return next.zxid > current.zxid;
  return next.leader > current.leader;
}

function words({ leader, zxid, peerEpoch }: Vote): string {
  return `S${leader} (epoch ${peerEpoch}, zxid ${formatZxid(zxid)})`;
}

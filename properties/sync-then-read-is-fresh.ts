import type { Histories } from '../sim/histories.ts';
import type { Property, PropertyState } from '../sim/property.ts';
import type { TraceEvent } from '../sim/trace.ts';
import { formatZxid, ZERO, type Zxid } from '../sim/zab/zxid.ts';

interface State extends PropertyState {
  readonly silent: boolean;
  /** The highest zxid that any client was told a write of its has. */
  told: Zxid;
  /** By connection of a learner: the syncs under way, with what had been told when each was received. */
  readonly asked: Map<number, Zxid[]>;
  /** By connection: what a read must know, since a sync was answered. */
  readonly least: Map<number, Zxid>;
}

export const syncThenReadIsFresh: Property<State> = {
  name: 'sync-then-read-is-fresh',
  about:
    'A read behind a sync on the same connection knows every write that anybody was told of before the sync was asked' +
    ' for. ZooKeeper does not promise it where a new leader is established before the answer: the old one answers syncs' +
    ' until it notices (ZOOKEEPER-1675); nor at the leader itself, where a sync is no more than a read. There it is not' +
    ' judged, nor once data may have been lost beyond what ZAB tolerates.',
  source: 'internals.md, Consistency Guarantees; Leader.java#processSync; FollowerZooKeeperServer.java#sync',
  kind: 'always',
  observes: ['received', 'sent', 'disconnected'],
  packets: ['CLIENTREQUEST', 'REPLY'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget, told: ZERO, asked: new Map(), least: new Map() };
  },
  observe(state, event, histories) {
    if (state.silent) return undefined;
    if (event.kind === 'disconnected') {
      state.asked.delete(event.connection);
      state.least.delete(event.connection);
      return undefined;
    }
    if ((event.kind !== 'sent' && event.kind !== 'received') || event.plane !== 'client') return undefined;
    return packet(state, event, histories);
  },
};

function packet(
  state: State,
  event: Extract<TraceEvent, { kind: 'sent' | 'received' }>,
  histories: Histories,
): string | undefined {
  const { message, connection, server } = event;
  if (message.kind === 'CLIENTREQUEST') {
    // What is told after the client has asked may be missing.
    if (event.kind !== 'sent' || message.request.kind !== 'sync') return undefined;
    const asked = state.asked.get(connection);
    if (asked === undefined) state.asked.set(connection, [state.told]);
    else asked.push(state.told);
    return undefined;
  }
  if (message.kind !== 'REPLY') return undefined;
  const { zxid } = message;
  if (event.kind === 'received') return undefined;
  const { answers } = histories.clients;
  if (answers?.kind === 'sync') {
    const [told] = state.asked.get(connection)?.splice(0, 1) ?? [];
    if (told === undefined || !isLearner(server, histories)) state.least.delete(connection);
    else if (told > (state.least.get(connection) ?? ZERO)) state.least.set(connection, told);
    return undefined;
  }
  if (answers?.kind === 'write' && zxid > state.told) state.told = zxid;
  const least = state.least.get(connection);
  if (answers?.kind !== 'read' || least === undefined) return undefined;
  state.premises++;
  if (zxid >= least) return undefined;
  return (
    `server ${server} answered a read of client ${-event.peer} at ${formatZxid(zxid)} behind a sync,` +
    ` when ${formatZxid(least)} had been told before`
  );
}

/** A server that follows the leader of the latest epoch. */
function isLearner(id: number, histories: Histories): boolean {
  const { serving, servingEpoch } = histories.server(id);
  const { establishedEpochs } = histories;
  return serving !== 'LEADING' && servingEpoch >= (establishedEpochs[establishedEpochs.length - 1] ?? 0);
}

import { inspect } from '../../sim/inspect.ts';
import { leaderOf } from '../../sim/timeline.ts';
import type { World } from '../../sim/world.ts';
import { syncOf } from '../../sim/scenario.ts';
import type { Host } from '../../sim/world-state.ts';
import type { Call } from '../../sim/clients/call.ts';
import type { ServerRow } from '../../sim/run.ts';
import type { Micros } from '../../sim/time.ts';
import type { Server } from '../../sim/zab/state.ts';
import { viewServer } from '../../sim/zab/server.ts';
import { NOBODY, setOf, type ServerSet } from '../../sim/zab/sets.ts';
import type { ClientFrame, DiskFrame, Frame, PropertyFrame, ServerFrame } from '../frame.ts';
import { connectionsOf, flightsOf, linksOf } from './flights.ts';
import { hostIn, logOf } from './history-cells.ts';
import type { Played } from './played.ts';

/** What of a frame comes from the run alone, at the moment after `events` events. */
export type Still = Pick<
  Frame,
  'calm' | 'leader' | 'servers' | 'clients' | 'links' | 'connections' | 'flights' | 'properties'
>;

export function stillOf(world: World, played: Played, moment: { events: number; ended: boolean }): Still {
  const { events } = moment;
  const traced = played.tracedAfter(events);
  const writes = writesOf(world);
  return {
    calm: world.calm,
    leader: leaderOf(world),
    servers: inspect(world).map((row) => serverOf(row, { world, played, events, writes })),
    clients: world.clients.map((client): ClientFrame => {
      const { index, model, server, state, session, lastZxid, queue, outstanding } = client;
      const calls = (list: readonly Call[], sent: boolean): ClientFrame['waiting'] =>
        list.map((call) => ({ call: call.call, words: callWordsOf(call), sent }));
      return {
        id: -1 - index,
        name: model.name,
        server,
        state,
        session,
        lastZxid,
        waiting: [...calls(outstanding.list(), true), ...calls(queue.list(), false)].slice(0, 20),
        outcomes: played.index.outcomesOf(index + 1, traced),
      };
    }),
    links: linksOf(world),
    connections: connectionsOf(world),
    flights: flightsOf(world, played, traced),
    properties: propertiesOf(played, moment),
  };
}

function callWordsOf({ op, key, value, operation }: Call): string {
  if (operation !== null) return 'path' in operation ? `${operation.op} ${operation.path}` : operation.op;
  if (op === 'write') return `write ${key}=${value}`;
  return op === 'read' ? `read ${key}` : op === 'error' ? `failing write ${key}` : op;
}

function propertiesOf(played: Played, { events, ended }: { events: number; ended: boolean }): PropertyFrame[] {
  return played.run.recorder.watched.map(({ property }, index): PropertyFrame => {
    const { name, kind, about, source } = property;
    const violated = played.violated.some(
      (one) => one.violation.property === name && one.events <= events && (ended || !one.atEnd),
    );
    // The end of the run is judged too.
    const judged = ended ? played.report?.properties.find((one) => one.name === name) : undefined;
    const premises = judged?.premises ?? played.premises(index, events);
    return { name, kind, about, source, premises, violated, excused: judged?.excused ?? null };
  });
}

interface Moment {
  readonly world: World;
  readonly played: Played;
  readonly events: number;
  readonly writes: Writes;
}

function serverOf(row: ServerRow, { world, played, events, writes }: Moment): ServerFrame {
  const host = hostIn(world, row.id)!;
  const { server } = host;
  const view = server === null ? null : viewServer(server);
  const { id, role, up, paused, state, mode, acceptedEpoch, currentEpoch, lastZxid, committedLog, stateHash } = row;
  return {
    id,
    role,
    up,
    starting: host.starting,
    paused,
    state,
    phase: view?.phase ?? null,
    mode,
    acceptedEpoch,
    currentEpoch,
    lastZxid,
    leader: view === null || view.state === 'LOOKING' ? 0 : view.leader,
    vote: server === null ? null : server.state === 'LOOKING' ? server.fle.proposal : server.currentVote,
    round: server?.fle.logicalclock ?? null,
    support: server === null ? NOBODY : supportOf(server),
    log: logOf(host, played, events),
    changes: played.index.changesOf(id, played.tracedAfter(events)),
    committedLog,
    disk: diskOf(world, host, writes),
    driftPpm: host.driftPpm,
    perEvent: host.perEvent,
    backlog: host.backlog.size,
    stateHash,
  };
}

/** Who stands behind a leader at the stage it has come to. */
function supportOf({ leader }: Server): ServerSet {
  if (leader === null) return NOBODY;
  switch (leader.stage) {
    case 'loading':
    case 'epoch':
    case 'writingAcceptedEpoch':
      return leader.connectingFollowers;
    case 'epochAck':
    case 'writingCurrentEpoch':
      return leader.electingFollowers;
    case 'newLeaderAck':
      return leader.newLeaderAcks;
    case 'serving':
      return setOf(leader.handlers.filter(({ sid, stage }) => sid > 0 && stage === 'broadcast').map(({ sid }) => sid));
  }
}

/** When each disk operation ends, by server and number. */
type Writes = ReadonlyMap<string, Micros>;

function writesOf(world: World): Writes {
  const ends = new Map<string, Micros>();
  for (const { at, event } of world.queue.items())
    if (event.kind === 'disk') ends.set(`${event.server} ${event.op}`, at);
  return ends;
}

function diskOf(world: World, { id, device }: Host, writes: Writes): DiskFrame {
  const usual = syncOf(world.scenario.disk, id);
  return {
    inflight: device.inflight.map((one) => ({ kind: one.op.kind, endsAt: writes.get(`${id} ${one.id}`) ?? null })),
    full: device.full,
    stalledUntil: device.stalledUntil > world.now ? device.stalledUntil : null,
    slow: device.sync[0] !== usual[0] || device.sync[1] !== usual[1],
  };
}

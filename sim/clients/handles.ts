import { SECOND, type Micros } from '../time.ts';
import type { Emit } from '../trace.ts';
import { closeEnd } from '../wires.ts';
import type { World } from '../world-state.ts';
import type { ServerId } from '../zab/sets.ts';
import { ZERO } from '../zab/zxid.ts';
import { failure } from './call.ts';
import { noWatches } from './held-watches.ts';
import { deadError, failAll, finish, tellState, wake } from './library-calls.ts';
import { endpoint, type Library, type VirtualClient } from './state.ts';

/** Handles: ZooKeeper objects, from their making to their end, and the list of servers that each goes through.
 *  Source: ZooKeeper.java, StaticHostProvider.java. */

/** At most, before another dial. Source: ClientCnxn.java#startConnect. */
const BACK_OFF: Micros = SECOND;

/** After a whole round of the list. Source: ClientCnxn.java#run, hostProvider.next(1000). */
const SPIN_DELAY: Micros = SECOND;

/** Makes a ZooKeeper object, unless there is a living one: it looks for a server at once. */
export function openHandle(world: World, client: VirtualClient, library: Library): void {
  if (library.handle === 'alive') return;
  library.handle = 'alive';
  client.session = 0;
  client.password = null;
  client.lastZxid = ZERO;
  client.timeoutMs = client.model.sessionTimeoutMs;
  library.hosts = shuffled(world, client);
  library.at = -1;
  library.last = -1;
  library.dialled = false;
  library.told = null;
  library.auths = [];
  library.watches = noWatches();
  lookForServer(world, client, library);
}

/** Source: StaticHostProvider.java#shuffle. */
function shuffled(world: World, { model, random }: VirtualClient): readonly ServerId[] {
  if (model.server !== 'any') return [model.server];
  const hosts = world.scenario.servers.slice();
  for (let i = hosts.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [hosts[i], hosts[j]] = [hosts[j]!, hosts[i]!];
  }
  return hosts;
}

/** Dials the next of the list: after a while, but for the first time. */
export function lookForServer(world: World, client: VirtualClient, library: Library): void {
  const { hosts, sent } = library;
  let wait = 0;
  if (!sent) {
    library.at = (library.at + 1) % hosts.length;
    if (library.at === library.last) wait = SPIN_DELAY;
    else if (library.last === -1) library.last = 0;
    client.server = hosts[library.at]!;
  }
  library.sent = false;
  if (library.dialled) wait += client.random.delay([0, BACK_OFF - 1]);
  library.dialled = true;
  wake(world, client, 'connect', ++client.dial, wait);
}

/** The end of a handle: its program is told, and whatever waits fails. */
export function endHandle(
  world: World,
  client: VirtualClient,
  library: Library,
  how: 'expired' | 'authFailed' | 'closed',
  emit: Emit,
): void {
  const { server } = client;
  library.handle = how;
  if (client.connection !== 0) closeEnd(world, endpoint(client), client.connection, emit);
  client.dial++;
  client.connection = 0;
  client.state = 'idle';
  failAll(world, client, library, deadError(library), emit);
  for (const call of library.opening.splice(0))
    finish(world, client, call, failure('failed', deadError(library)), emit);
  tellState(world, client, library, STATES[how], server, emit);
  client.program?.inbox.push({ kind: how });
  client.session = 0;
}

const STATES = { expired: 'Expired', authFailed: 'AuthFailed', closed: 'Closed' } as const;

import type { Emit } from '../trace.ts';
import { closeEnd } from '../wires.ts';
import type { ClientWake, World } from '../world-state.ts';
import type { Input } from '../zab/effects.ts';
import { failure, hasFate, tellReturned } from './call.ts';
import { newLibrary } from './state.ts';
import { endpoint, type VirtualClient } from './state.ts';

/** The processes of clients: paused, as by a long collection of garbage, and killed. */

/** A process that does not run. What reaches a paused one waits; what reaches a killed one finds nobody. */
export interface Halted {
  readonly how: 'paused' | 'killed';
  readonly inputs: Input[];
  readonly wakes: { readonly what: ClientWake; readonly version: number }[];
}

/** Neither reads, nor sends, nor notices time. */
export function pauseClient(client: VirtualClient): void {
  client.halted ??= { how: 'paused', inputs: [], wakes: [] };
}

/** What waited for a process that goes on, in the order in which it comes to it. The program's own thread does not wait for
 *  the one that reads the socket: what it was about to do it does, before anybody can tell it that its session is over.
 *  The library reads what has arrived before it looks at the clock. */
export function resumed(client: VirtualClient): readonly (Input | Halted['wakes'][number])[] {
  const { halted } = client;
  if (halted?.how !== 'paused') return [];
  client.halted = null;
  const own = halted.wakes.filter(({ what }) => what === 'sleep' || what === 'begin');
  const others = halted.wakes.filter(({ what }) => what !== 'sleep' && what !== 'begin');
  return [...own, ...halted.inputs, ...others];
}

/** SIGKILL: the operating system closes its connection. Its session lives on until it expires. */
export function killClient(world: World, client: VirtualClient, emit: Emit): void {
  const { library, program, model, connection } = client;
  client.halted = { how: 'killed', inputs: [], wakes: [] };
  client.dial++;
  client.connection = 0;
  client.state = 'idle';
  if (connection !== 0) closeEnd(world, endpoint(client), connection, emit);
  const sent = client.outstanding.list();
  const waiting = [...client.queue.list(), ...(library?.opening ?? [])];
  client.outstanding.clear();
  client.queue.clear();
  // Nobody is left to be told; what becomes of the calls is for the trace alone.
  for (const call of sent)
    tellReturned(world, client, call, failure(hasFate(call) ? 'unknown' : 'failed', 'CONNECTIONLOSS'), emit);
  for (const call of waiting) tellReturned(world, client, call, failure('failed', 'CONNECTIONLOSS'), emit);
  client.session = model.sessionTimeoutMs > 0 ? 0 : -1;
  client.password = null;
  if (library !== null) Object.assign(library, newLibrary());
  if (program === null || model.program === undefined) return;
  program.inbox.length = 0;
  program.sleeps.clear();
  program.uses.clear();
  const { instance, program: recipe } = model.program;
  emit({
    at: world.now,
    server: 0,
    kind: 'recipe',
    client: client.index + 1,
    recipe,
    instance,
    fact: 'killed',
    detail: {},
  });
}

/** A new process begins where the one that was killed had begun. */
export function restartClient(world: World, client: VirtualClient): void {
  if (client.halted?.how !== 'killed') return;
  client.halted = null;
  const { index, model, begun } = client;
  if (model.program !== undefined)
    world.queue.push(world.now, { kind: 'client', client: index, what: 'begin', version: 0 });
  else if (begun < model.operations)
    world.queue.push(world.now, { kind: 'client', client: index, what: 'work', version: begun });
}

import { clientHears, clientWakes } from './clients/client.ts';
import { killClient, pauseClient, restartClient, resumed } from './clients/process.ts';
import { endpoint, type VirtualClient } from './clients/state.ts';
import { names, tellFault } from './faults.ts';
import { landed } from './landing.ts';
import { cut, release, tellMended } from './network-faults.ts';
import type { Action } from './scenario.ts';
import { resolve } from './timeline.ts';
import type { Emit } from './trace.ts';
import type { World } from './world-state.ts';

/** Faults of clients: their processes, and their links to servers. */

export type ClientFault = Extract<
  Action,
  { kind: 'pauseClient' | 'resumeClient' | 'killClient' | 'startClient' | 'cutClient' | 'healClient' }
>;

export function onClientFault(world: World, action: ClientFault, emit: Emit): void {
  const client = world.clients.find(({ model }) => model.name === action.client);
  if (client === undefined) return;
  switch (action.kind) {
    case 'pauseClient':
      tellFault(world, action.kind, `pause client ${action.client}`, emit);
      if (client.halted !== null) return;
      pauseClient(client);
      landed(world, 0, action.kind, emit);
      return;
    case 'resumeClient':
      resumeClient(world, client, emit);
      return;
    case 'killClient':
      tellFault(world, action.kind, `kill client ${action.client}`, emit);
      if (client.halted?.how === 'killed') return;
      killClient(world, client, emit);
      landed(world, 0, action.kind, emit);
      return;
    case 'startClient':
      restartClient(world, client);
      return;
    case 'cutClient':
      cutClient(world, client, action, emit);
      return;
    case 'healClient':
      release(
        world,
        world.network.cuts.filter(({ from, to }) => from === endpoint(client) || to === endpoint(client)),
        emit,
      );
      return;
  }
}

/** It goes on with what waited for it. */
export function resumeClient(world: World, client: VirtualClient, emit: Emit): void {
  const waited = client.halted?.how === 'paused';
  for (const one of resumed(client)) {
    if ('what' in one) clientWakes(world, client.index, one.what, one.version, emit);
    else clientHears(world, client.index, one, emit);
  }
  if (waited) tellMended(world, `client ${client.model.name} goes on`, emit);
}

function cutClient(
  world: World,
  client: VirtualClient,
  { servers, way }: Extract<ClientFault, { kind: 'cutClient' }>,
  emit: Emit,
): void {
  const from = endpoint(client);
  const ids = [...new Set(servers.flatMap((one) => resolve(world, one)))];
  const how = way === 'both' ? 'from' : way === 'toServers' ? 'on its way to' : 'on the way back from';
  tellFault(world, 'cutClient', `cut client ${client.model.name} off ${how} ${names(ids)}`, emit);
  for (const id of ids) {
    if (way !== 'fromServers') cut(world, 'cutClient', from, id, ['client']);
    if (way !== 'toServers') cut(world, 'cutClient', id, from, ['client']);
  }
}

import type { Emit } from '../trace.ts';
import type { ClientWake, World } from '../world-state.ts';
import type { Input } from '../zab/effects.ts';
import type { ServerId } from '../zab/sets.ts';
import type { Asked } from './call.ts';
import { invokeAuth, libraryHears, libraryInvoke, libraryMoveTo, libraryWakes } from './library.ts';
import { plainHears, plainInvoke, plainMoveTo, plainWakes } from './plain.ts';
import { beginProgram, programWakes, runProgram } from './running.ts';
import type { VirtualClient } from './state.ts';

export { cloneClient, newClient, type VirtualClient } from './state.ts';

/** Virtual clients, whatever their habits: those of ZooKeeper's client library (library.ts) for its own service, plainer
 *  ones (plain.ts) for the register; and the programs that run on them (running.ts). */

/** Asks for something. The answer comes when it comes; `returned` in the trace tells it. */
export function invoke(world: World, client: VirtualClient, asked: Asked, emit: Emit): void {
  // A process that does not run asks for nothing.
  if (client.halted !== null) return;
  if (client.library === null) plainInvoke(world, client, asked, emit);
  else libraryInvoke(world, client, client.library, asked, emit);
  runProgram(world, client, emit);
}

/** Adds who the client's session says it is. */
export function addAuth(
  world: World,
  client: VirtualClient,
  auth: { readonly scheme: string; readonly auth: string },
  emit: Emit,
): void {
  if (client.halted !== null) return;
  invokeAuth(world, client, auth, emit);
  runProgram(world, client, emit);
}

/** Goes to another server, if it is not there already. */
export function moveTo(world: World, client: VirtualClient, server: ServerId, emit: Emit): void {
  if (client.halted !== null) return;
  if (client.library === null) plainMoveTo(world, client, server, emit);
  else libraryMoveTo(world, client, client.library, server, emit);
  runProgram(world, client, emit);
}

/** Something reaches the client. */
export function clientHears(world: World, index: number, input: Input, emit: Emit): void {
  const client = world.clients[index];
  if (client === undefined) return;
  if (client.inbox !== null) {
    if (input.kind === 'opened') client.connection = input.connection;
    client.inbox.push(input);
    return;
  }
  if (client.halted !== null) {
    if (client.halted.how === 'paused') client.halted.inputs.push(input);
    return;
  }
  if (client.library === null) plainHears(world, client, input, emit);
  else libraryHears(world, client, client.library, input, emit);
  runProgram(world, client, emit);
}

/** One of the client's own timers. */
export function clientWakes(world: World, index: number, what: ClientWake, version: number, emit: Emit): void {
  const client = world.clients[index];
  if (client === undefined) return;
  // What is on its way to a resource arrives all the same.
  if (client.halted !== null && what !== 'use') {
    if (client.halted.how === 'paused') client.halted.wakes.push({ what, version });
    return;
  }
  if (what === 'begin') beginProgram(world, client, emit);
  else if (what === 'sleep' || what === 'use' || what === 'used') programWakes(world, client, what, version, emit);
  else if (client.library === null) plainWakes(world, client, what, version, emit);
  else libraryWakes(world, client, client.library, { what, version }, emit);
  runProgram(world, client, emit);
}

/** Begins what the client does by itself. */
export function startClient(world: World, client: VirtualClient): void {
  const { index, model } = client;
  if (model.program !== undefined)
    world.queue.push(model.from, { kind: 'client', client: index, what: 'begin', version: 0 });
  else if (model.operations > 0)
    world.queue.push(model.from, { kind: 'client', client: index, what: 'work', version: 0 });
}

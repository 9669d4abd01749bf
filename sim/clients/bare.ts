import { dial } from '../dialling.ts';
import type { Emit } from '../trace.ts';
import type { Micros } from '../time.ts';
import { closeEnd, sendOn } from '../wires.ts';
import type { World } from '../world-state.ts';
import type { Input } from '../zab/effects.ts';
import type { ClientMessage } from '../zab/messages.ts';
import type { ServerId } from '../zab/sets.ts';
import { newClient, type VirtualClient } from './state.ts';

/** Bare connections, without a client's habits: nothing is sent, pinged or tried again but what the caller asks for. */

/** How long a dial may take. */
const PATIENCE: Micros = 10_000_000;

/** Dials. What comes of it is found in `heard`. */
export function openBare(world: World, name: string, server: ServerId): VirtualClient {
  const { chance, scenario } = world;
  const model = { ...BARE, name, server };
  const client = newClient(world.clients.length, model, chance, { servers: scenario.servers, library: false });
  client.inbox = [];
  client.dial = 1;
  world.clients.push(client);
  dial(world, -1 - client.index, 'client', server, { life: client.dial, timeout: PATIENCE });
  return client;
}

const BARE = {
  sessionTimeoutMs: 0,
  from: 0,
  operations: 0,
  think: [0, 0],
  mix: { write: 0, read: 0, sync: 0 },
  keys: 1,
  timeout: PATIENCE,
  reconnects: false,
} as const;

/** What has reached it since the last time. */
export function heard(client: VirtualClient): readonly Input[] {
  const inputs = client.inbox ?? [];
  client.inbox = [];
  return inputs;
}

export function sendBare(world: World, client: VirtualClient, message: ClientMessage, emit: Emit): void {
  if (client.connection !== 0) sendOn(world, -1 - client.index, client.connection, message, emit);
}

export function closeBare(world: World, client: VirtualClient, emit: Emit): void {
  const { connection } = client;
  client.connection = 0;
  if (connection !== 0) closeEnd(world, -1 - client.index, connection, emit);
}

import { settleAfterCrash, settleAfterKill } from './disk.ts';
import { landed } from './landing.ts';
import { endOf, other } from './network.ts';
import { perform } from './perform.ts';
import { forgetProcess, give } from './processes.ts';
import type { Emit } from './trace.ts';
import { closeEnd, loseFlights } from './wires.ts';
import { boot } from './zab/server.ts';
import type { Host, World } from './world-state.ts';

/** How a process begins and how it ends. */

/** Starts a process, unless one runs. It has loaded its data after a while. */
export function start(world: World, host: Host): void {
  if (host.server !== null || host.starting) return;
  host.powered = true;
  host.starting = true;
  host.life++;
  const random = world.chance.stream('startup', host.id, host.life);
  const after = random.delay(world.scenario.processes.startup);
  world.queue.push(world.now + after, { kind: 'boot', server: host.id, life: host.life, entropy: random.u32() });
}

/** The data directory is loaded; the server looks for a leader, or refuses to start. */
export function booted(world: World, host: Host, entropy: number, emit: Emit): void {
  host.starting = false;
  const { server, effects, refused, loaded } = boot(world.config, host.id, host.storage, { life: host.life, entropy });
  const { acceptedEpoch, currentEpoch } = host.storage;
  if (refused !== null) {
    emit({
      at: world.now,
      server: host.id,
      kind: 'ended',
      how: 'refused',
      code: refused.code,
      why: refused.why,
      lost: 0,
      torn: false,
    });
    return;
  }
  host.server = server;
  emit({
    at: world.now,
    server: host.id,
    kind: 'started',
    life: host.life,
    acceptedEpoch: acceptedEpoch ?? 0,
    currentEpoch: currentEpoch ?? 0,
    ...loaded,
  });
  perform(world, host, effects, emit);
}

/** The process ends, the machine stays: the kernel closes its connections behind what it had sent. */
export function endProcess(
  world: World,
  host: Host,
  end: { how: 'kill' | 'stop' | 'exit'; code: number; why: string; unsent?: boolean },
  emit: Emit,
): void {
  if (host.server === null && !host.starting) return;
  host.starting = false;
  host.life++;
  settleAfterKill(world, host, emit);
  emit({
    at: world.now,
    server: host.id,
    kind: 'ended',
    how: end.how,
    code: end.code,
    why: end.why,
    lost: 0,
    torn: false,
  });
  forgetProcess(host);
  for (const connection of [...world.network.connections.values()]) {
    if (connection.ends[0] !== host.id && connection.ends[1] !== host.id) continue;
    const mine = endOf(connection, host.id);
    if (end.unsent === true && connection.plane === 'quorum')
      loseFlights(world, connection, mine, 'never written to the socket', emit);
    closeEnd(world, host.id, connection.id, emit);
  }
}

/** The power fails: nobody is told, and what was not durable is gone. */
export function crash(world: World, host: Host, fault: { keep: number | null; torn: boolean }, emit: Emit): void {
  if (!host.powered) return;
  const ran = host.server !== null;
  host.starting = false;
  host.powered = false;
  host.life++;
  const { lost, torn } = settleAfterCrash(world, host, fault, emit);
  if (ran) {
    emit({ at: world.now, server: host.id, kind: 'ended', how: 'crash', code: -1, why: 'power failure', lost, torn });
    landed(world, host.id, 'crash', emit);
  }
  forgetProcess(host);
  for (const connection of world.network.connections.values()) {
    if (connection.ends[0] !== host.id && connection.ends[1] !== host.id) continue;
    const mine = endOf(connection, host.id);
    if (!connection.open[mine]) continue;
    connection.open[mine] = false;
    connection.vanished[mine] = true;
    if (connection.open[other(mine)]) continue;
    connection.flights[0].clear();
    connection.flights[1].clear();
    world.network.connections.delete(connection.id);
  }
}

/** SIGTERM: the server leaves its role in order and exits. */
export function stop(world: World, host: Host, emit: Emit): void {
  if (host.starting) endProcess(world, host, { how: 'stop', code: 143, why: 'SIGTERM before it was up' }, emit);
  if (host.server === null) return;
  host.stopping = true;
  give(world, host, { kind: 'stopped' }, emit);
}

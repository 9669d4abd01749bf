import { assert, unreachable } from './assert.ts';
import { chaosStrikes } from './chaos.ts';
import { clientWakes, cloneClient, newClient, startClient } from './clients/client.ts';
import { cloneDevice, endWrite, newDevice } from './disk.ts';
import { calmDown, clogAll, takeStep, undo } from './faults.ts';
import { Hasher } from './hash.ts';
import { booted } from './lifecycle.ts';
import { cloneNetwork, newNetwork, type Network } from './network.ts';
import { drain, give, hostOf, timerDue } from './processes.ts';
import { Queue } from './queue.ts';
import { stream, type Random } from './random.ts';
import { register } from './register.ts';
import type { Scenario } from './scenario.ts';
import { cloneTimeline, newTimeline } from './timeline.ts';
import type { Emit } from './trace.ts';
import { breakEnd, datagramArrives, deliver, dialFailed, resetConnection, synAckArrives, synArrives } from './wires.ts';
import { findRelease } from './zab/behaviour.ts';
import type { Config } from './zab/config.ts';
import { Fifo } from './zab/fifo.ts';
import { cloneServer, hashServer } from './zab/server.ts';
import { cloneStorage, emptyStorage } from './zab/storage.ts';
import type { Event, Host, World } from './world-state.ts';

export type { Event, World } from './world-state.ts';

/** The world before anything has happened: nobody runs, and the steps of the timeline wait for their time. */
export function newWorld(scenario: Scenario, seed: string): World {
  const config = configOf(scenario);
  const highest = scenario.servers.reduce((a, b) => Math.max(a, b), 0);
  const hosts: (Host | null)[] = Array.from({ length: highest + 1 }, () => null);
  for (const id of scenario.servers) hosts[id] = newHost(scenario, id);
  const world: World = {
    scenario,
    seed,
    config,
    now: 0,
    queue: new Queue(),
    hosts,
    network: newNetwork(scenario.network, seed),
    clients: scenario.clients.map((model, index) => newClient(index, model, seed, scenario.servers)),
    timeline: newTimeline(scenario.timeline),
    promises: { accepted: hosts.map(() => -1), epochs: hosts.map(() => 0) },
    traced: 0,
    calm: false,
    threads: new Map(),
    disks: new Map(),
    fate: stream(seed, 'fault'),
  };
  scenario.timeline.forEach(({ moment }, step) => {
    if (moment.kind === 'at') world.queue.push(moment.at, { kind: 'step', step });
  });
  if (scenario.calmAt !== null) world.queue.push(scenario.calmAt, { kind: 'calm' });
  for (const client of world.clients) startClient(world, client);
  return world;
}

export function configOf(scenario: Scenario): Config {
  const release = findRelease(scenario.release);
  assert(release !== undefined, 'a scenario names a release that exists');
  const { servers, verifier, observers, settings } = scenario;
  return { servers, verifier, observers, settings, behaviour: release.behaviour, service: register };
}

function newHost(scenario: Scenario, id: number): Host {
  return {
    id,
    server: null,
    storage: emptyStorage(),
    device: newDevice(scenario.disk.sync),
    life: 0,
    powered: true,
    starting: false,
    stopping: false,
    paused: false,
    perEvent: 0,
    backlog: new Fifo(),
    draining: false,
    overdue: [],
    timers: new Map(),
    timerVersions: 0,
    driftPpm: scenario.clocks.find((clock) => clock.server === id)?.driftPpm ?? 0,
    pending: new Set(),
  };
}

/** The timed choice: the earliest event. Moves the clock to it. */
export function nextEvent(world: World): Event | undefined {
  const event = world.queue.pop();
  if (event !== undefined) world.now = world.queue.lastAt;
  return event;
}

/** The only function that changes a world. `emit` was made by `listen` of timeline.ts. */
export function applyEvent(world: World, event: Event, emit: Emit): void {
  apply(world, event, emit);
  // Steps that waited for something in the trace come directly after the event that brought it.
  for (let due = world.timeline.due.shift(); due !== undefined; due = world.timeline.due.shift()) {
    if (due.delay > 0) world.queue.push(world.now + due.delay, { kind: 'step', step: due.step });
    else takeStep(world, due.step, emit);
  }
}

function apply(world: World, event: Event, emit: Emit): void {
  switch (event.kind) {
    case 'deliver':
      deliver(world, event.connection, event.direction, emit);
      return;
    case 'timer':
    case 'thread':
    case 'drain':
    case 'boot':
      ofProcess(world, event, emit);
      return;
    case 'disk':
      endWrite(world, hostOf(world, event.server), event.op, event.error, emit);
      return;
    case 'datagram':
      datagramArrives(world, event, emit);
      return;
    case 'reset':
      resetConnection(world, event, emit);
      return;
    case 'broken':
      breakEnd(world, event, emit);
      return;
    case 'syn':
      synArrives(world, event, emit);
      return;
    case 'synAck':
      synAckArrives(world, event, emit);
      return;
    case 'dialFailed':
      dialFailed(world, event, emit);
      return;
    case 'client':
      clientWakes(world, event.client, event.what, event.version, emit);
      return;
    case 'step':
      takeStep(world, event.step, emit);
      return;
    case 'undo':
      undo(world, event.undo, emit);
      return;
    case 'chaos':
      chaosStrikes(world, event, emit);
      return;
    case 'clogAll':
      if (!world.calm) clogAll(world, event.server, event.duration);
      return;
    case 'calm':
      calmDown(world, emit);
      return;
    default:
      unreachable(event);
  }
}

/** An event of an earlier life of the process finds nobody. */
function ofProcess(world: World, event: Event & { kind: 'timer' | 'thread' | 'drain' | 'boot' }, emit: Emit): void {
  const host = hostOf(world, event.server);
  if (event.life !== host.life) return;
  switch (event.kind) {
    case 'timer':
      timerDue(world, host, event.key, event.version, emit);
      return;
    case 'thread':
      give(world, host, { kind: 'scheduled', thread: event.thread }, emit);
      return;
    case 'drain':
      drain(world, host, emit);
      return;
    case 'boot':
      booted(world, host, event.entropy, emit);
      return;
  }
}

// ── copies and fingerprints, for drivers that try more than one future

/** A copy that shares immutable values only: what happens to one of the two never shows in the other. */
export function cloneWorld(world: World): World {
  return {
    ...world,
    queue: world.queue.clone(),
    hosts: world.hosts.map((host) => (host === null ? null : cloneHost(host))),
    network: cloneNetwork(world.network),
    clients: world.clients.map(cloneClient),
    timeline: cloneTimeline(world.timeline),
    promises: { accepted: world.promises.accepted.slice(), epochs: world.promises.epochs.slice() },
    threads: cloneStreams(world.threads),
    disks: cloneStreams(world.disks),
    fate: world.fate.clone(),
  };
}

function cloneStreams(streams: ReadonlyMap<number, Random>): Map<number, Random> {
  const copy = new Map<number, Random>();
  for (const [key, random] of streams) copy.set(key, random.clone());
  return copy;
}

function cloneHost(host: Host): Host {
  const storage = cloneStorage(host.storage);
  const timers: Host['timers'] = new Map();
  for (const [key, timer] of host.timers) timers.set(key, { ...timer });
  return {
    ...host,
    storage,
    server: host.server === null ? null : cloneServer(host.server, storage),
    device: cloneDevice(host.device),
    backlog: host.backlog.clone(),
    overdue: host.overdue.slice(),
    timers,
    pending: new Set(host.pending),
  };
}

/** 53 bits that two worlds share when they have the same futures: servers, disks, what is under way and what may happen
 *  next, in a fixed order and without absolute times. */
export function fingerprint(world: World): number {
  const into = new Hasher();
  for (const host of world.hosts) if (host !== null) hashHost(host, into);
  hashNetwork(world.network, into);
  for (const client of world.clients) {
    into.text(client.state);
    into.int(client.server);
    into.int(client.session);
    into.int(client.nextCall);
    into.int(client.queue.size);
    into.int(client.outstanding.size);
  }
  for (const { event } of world.queue.items()) hashEvent(world, event, into);
  for (const label of [...world.timeline.taken].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))) into.text(label);
  return into.digest53();
}

function hashHost(host: Host, into: Hasher): void {
  into.int(host.id);
  into.int((host.powered ? 1 : 0) + (host.starting ? 2 : 0) + (host.paused ? 4 : 0) + (host.server !== null ? 8 : 0));
  const { storage, device } = host;
  into.data([storage.acceptedEpoch, storage.currentEpoch, storage.updatingEpoch]);
  for (const file of storage.logs) {
    into.int(file.name);
    for (const txn of file.txns) into.int(txn.digest);
  }
  for (const file of storage.snapshots) {
    into.int(file.snapshot.zxid);
    into.int(file.snapshot.lastZxid);
    into.int((file.synced ? 1 : 0) + (file.valid ? 2 : 0));
  }
  for (const { op } of device.inflight) into.text(op.kind);
  for (const input of host.backlog.list()) into.text(input.kind);
  if (host.server !== null) hashServer(host.server, into);
}

function hashNetwork(network: Network, into: Hasher): void {
  for (const connection of network.connections.values()) {
    into.int(connection.ends[0]);
    into.int(connection.ends[1]);
    into.text(connection.plane);
    into.int((connection.open[0] ? 1 : 0) + (connection.open[1] ? 2 : 0));
    for (const flight of connection.flights)
      for (const item of flight.list()) {
        if (item === 'FIN') into.text(item);
        else {
          into.text(item.kind);
          if ('zxid' in item) into.int(item.zxid);
          else if ('txn' in item) into.int(item.txn.digest);
          else if (item.kind === 'NOTIFICATION') into.data([item.vote, item.electionEpoch, item.state]);
        }
      }
  }
  for (const cut of network.cuts) into.data([cut.from, cut.to, cut.planes]);
}

/** What the event is about, without the numbers that only tell one run from another. */
function hashEvent(world: World, event: Event, into: Hasher): void {
  into.text(event.kind);
  if ('server' in event) into.int(event.server);
  if ('connection' in event) {
    const connection = world.network.connections.get(event.connection);
    into.data(connection === undefined ? null : [connection.ends, connection.plane]);
  }
  if ('step' in event) into.int(event.step);
  if (event.kind === 'timer') into.int(event.key % 16);
}

import { ChosenQueue } from './chosen-queue.ts';
import { cloneClient } from './clients/client.ts';
import type { Library, Running } from './clients/state.ts';
import { laneOf } from './dice.ts';
import { cloneDevice } from './disk.ts';
import { Hasher } from './hash.ts';
import { cloneNetwork, cloneStreams, type Item, type Network } from './network.ts';
import { cloneTimeline } from './timeline.ts';
import type { Event, Host, World } from './world-state.ts';
import type { DiskOp } from './zab/effects.ts';
import { cloneServer } from './zab/clone.ts';
import { hashServer } from './zab/server.ts';
import type { Service } from './zab/service.ts';
import { cloneStorage } from './zab/storage.ts';

/** Copies and fingerprints of whole worlds, for drivers that try more than one future. */

/** A copy that shares immutable values only: what happens to one of the two never shows in the other. */
export function cloneWorld(world: World): World {
  const network = cloneNetwork(world.network);
  const { queue } = world;
  return {
    ...world,
    queue: queue instanceof ChosenQueue ? queue.clone(undefined, (event) => laneOf(network, event)) : queue.clone(),
    hosts: world.hosts.map((host) => (host === null ? null : cloneHost(host))),
    network,
    clients: world.clients.map(cloneClient),
    resources: new Map(world.resources),
    timeline: cloneTimeline(world.timeline),
    promises: { accepted: world.promises.accepted.slice(), epochs: world.promises.epochs.slice() },
    threads: cloneStreams(world.threads),
    disks: cloneStreams(world.disks),
    fate: world.fate.clone(),
    struck: world.struck === null ? null : world.struck.slice(),
  };
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
  const { service } = world.config;
  for (const host of world.hosts) if (host !== null) hashHost(host, service, into);
  hashNetwork(world.network, service, into);
  for (const client of world.clients) {
    into.text(client.state);
    into.int(client.server);
    into.int(client.session);
    into.int(client.nextCall);
    into.int(client.begun);
    for (const calls of [client.queue.list(), client.outstanding.list()]) {
      into.int(calls.length);
      for (const { op, key, value } of calls) into.data([op, key, value]);
    }
    if (client.library !== null) hashLibrary(client.library, into);
    if (client.program !== null) hashRunning(client.program, into);
    if (client.halted !== null) into.data([client.halted.how, client.halted.inputs, client.halted.wakes]);
  }
  for (const [name, token] of world.resources) into.data([name, token]);
  for (const { event } of world.queue.items()) hashEvent(world, event, into);
  for (const list of world.timeline.watchers.values())
    for (const watcher of list) into.int(watcher.done ? -1 : watcher.seen);
  into.int(world.calm ? 1 : 0);
  for (const label of [...world.timeline.taken].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))) into.text(label);
  return into.digest53();
}

function hashLibrary({ handle, hosts, at, last, told, watches, auths }: Library, into: Hasher): void {
  into.data([handle, hosts, at, last, told, auths.map(({ scheme, auth }) => [scheme, auth])]);
  for (const paths of [watches.data, watches.exist, watches.child, watches.persistent, watches.recursive])
    into.data([...paths]);
}

function hashRunning({ state, sleeps, uses }: Running, into: Hasher): void {
  into.data(state);
  into.data([...sleeps.values()]);
  into.data([...uses.values()]);
}

function hashHost(host: Host, service: Service, into: Hasher): void {
  into.int(host.id);
  into.int(
    (host.powered ? 1 : 0) +
      (host.starting ? 2 : 0) +
      (host.paused ? 4 : 0) +
      (host.server !== null ? 8 : 0) +
      (host.stopping ? 16 : 0),
  );
  into.int(host.perEvent);
  into.int(host.driftPpm);
  const { storage, device } = host;
  into.data([storage.acceptedEpoch, storage.currentEpoch, storage.updatingEpoch]);
  for (const file of storage.logs) {
    into.int(file.name);
    into.int(file.torn ? 1 : 0);
    for (const txn of file.txns) into.int(txn.digest);
  }
  for (const file of storage.snapshots) {
    into.int(file.snapshot.zxid);
    into.int(file.snapshot.lastZxid);
    into.int((file.synced ? 1 : 0) + (file.valid ? 2 : 0));
  }
  into.data([device.full, device.failNext]);
  for (const { op } of device.inflight) hashOp(op, into);
  for (const input of host.backlog.list()) {
    into.text(input.kind);
    if (input.kind === 'received') hashItem(input.message, service, into);
    else if (input.kind === 'fired') into.text(input.timer);
    else if (input.kind === 'scheduled') into.text(input.thread);
    else if (input.kind === 'written') into.data(input.error);
  }
  for (const { key } of host.overdue) into.int(key % 16);
  if (host.server !== null) hashServer(host.server, into);
}

function hashNetwork(network: Network, service: Service, into: Hasher): void {
  for (const connection of network.connections.values()) {
    into.int(connection.ends[0]);
    into.int(connection.ends[1]);
    into.text(connection.plane);
    const { open, vanished, dead } = connection;
    into.data([open, vanished, dead, connection.stalled, connection.established, connection.held]);
    for (const flight of connection.flights) {
      into.int(flight.size);
      for (const item of flight.list()) hashItem(item, service, into);
    }
  }
  for (const cut of network.cuts) into.data([cut.from, cut.to, cut.planes]);
  for (const { fault, from, to, message, left, duration } of network.traps)
    into.data([fault, from, to, message, left, duration]);
}

function hashItem(item: Item, service: Service, into: Hasher): void {
  if (item === 'FIN') into.text(item);
  else if ('txn' in item) {
    into.text(item.kind);
    into.int(item.txn.zxid);
    into.int(item.txn.digest);
  } else if (item.kind === 'SNAP') {
    into.text(item.kind);
    into.data([item.snapshot.zxid, item.snapshot.lastZxid]);
    service.hash(service.restore(item.snapshot.content), into);
  } else into.data(item);
}

function hashOp(op: DiskOp, into: Hasher): void {
  into.text(op.kind);
  if (op.kind === 'log') for (const txn of op.txns) into.int(txn.digest);
  else if (op.kind === 'epoch') into.data([op.file, op.epoch]);
  else if (op.kind === 'truncate') into.int(op.zxid);
  else into.data([op.snapshot.zxid, op.snapshot.lastZxid, op.synced, op.replaces]);
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
  else if (event.kind === 'thread') into.text(event.thread);
  else if (event.kind === 'disk') into.data(event.error);
  else if (event.kind === 'datagram') hashItem(event.message, world.config.service, into);
  else if (event.kind === 'syn' || event.kind === 'dialFailed') into.data([event.plane, event.from, event.to]);
  else if (event.kind === 'undo')
    into.data([event.undo.kind, 'server' in event.undo ? event.undo.server : [event.undo.from, event.undo.to]]);
  else if (event.kind === 'client') into.data([event.client, event.what]);
}

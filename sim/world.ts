import { assert, unreachable } from './assert.ts';
import { chaosStrikes } from './chaos.ts';
import { clientWakes, newClient, startClient } from './clients/client.ts';
import { dialFailed, synAckArrives, synArrives } from './dialling.ts';
import { endWrite, newDevice } from './disk.ts';
import { calmDown, takeStep, undo } from './faults.ts';
import { booted } from './lifecycle.ts';
import { newNetwork } from './network.ts';
import { clogAll } from './network-faults.ts';
import { drain, give, hostOf, timerDue } from './processes.ts';
import { register } from './register.ts';
import { configText } from './zookeeper/config-node.ts';
import { newZookeeper } from './zookeeper/service.ts';
import { syncOf, type ClientModel, type Scenario } from './scenario.ts';
import { diceOf, type Dice } from './dice.ts';
import type { Micros } from './time.ts';
import { newTimeline } from './timeline.ts';
import type { Emit } from './trace.ts';
import { breakEnd, datagramArrives, deliver, resetConnection } from './wires.ts';
import { findBehaviour } from './zab/bugs/index.ts';
import type { Config } from './zab/config.ts';
import { Fifo } from './zab/fifo.ts';
import type { QuorumVerifier } from './zab/quorum.ts';
import { emptyStorage } from './zab/storage.ts';
import type { Event, Host, World } from './world-state.ts';

export type { Event, World } from './world-state.ts';

/** The world before anything has happened: nobody runs, and the steps of the timeline wait for their time. `dice` are those
 *  that the scenario's schedule asks for, unless somebody wants to look over their shoulder. */
export function newWorld(scenario: Scenario, seed: string, dice: Dice = diceOf(scenario.schedule, seed)): World {
  const { chance } = dice;
  const network = newNetwork(scenario.network, chance);
  const config = configOf(scenario);
  const highest = scenario.servers.reduce((a, b) => Math.max(a, b), 0);
  const hosts: (Host | null)[] = Array.from({ length: highest + 1 }, () => null);
  for (const id of scenario.servers) hosts[id] = newHost(scenario, id);
  const world: World = {
    scenario,
    seed,
    config,
    now: 0,
    queue: dice.queueOf(network),
    chance,
    hosts,
    network,
    clients: scenario.clients.map((model, index) =>
      newClient(index, model, chance, { servers: scenario.servers, library: usesLibrary(scenario, model) }),
    ),
    resources: new Map(),
    timeline: newTimeline(scenario.timeline),
    promises: { accepted: hosts.map(() => -1), epochs: hosts.map(() => 0) },
    traced: 0,
    calm: false,
    threads: new Map(),
    disks: new Map(),
    fate: chance.stream('fault'),
    struck: dice.struck ?? null,
  };
  scenario.timeline.forEach(({ moment }, step) => {
    if (moment.kind === 'at') world.queue.push(moment.at, { kind: 'step', step });
  });
  if (scenario.calmAt !== null) world.queue.push(scenario.calmAt, { kind: 'calm' });
  for (const client of world.clients) startClient(world, client);
  return world;
}

/** Sessions of ZooKeeper's own service are for its client library; bare connections have no habits. */
function usesLibrary({ service }: Scenario, { sessionTimeoutMs, reconnects }: ClientModel): boolean {
  return service === 'zookeeper' && sessionTimeoutMs > 0 && reconnects !== false;
}

export function configOf(scenario: Scenario): Config {
  const behaviour = findBehaviour(scenario.release);
  assert(behaviour !== undefined, 'a scenario names a release or a bug that exists');
  const { servers, verifier, observers, settings } = scenario;
  const quorums: QuorumVerifier =
    behaviour.mistake === 'halfIsAQuorum' ? { kind: 'half', voters: verifier.voters } : verifier;
  const service = scenario.service === 'zookeeper' ? newZookeeper(settings, behaviour, configText(scenario)) : register;
  return { servers, verifier: quorums, observers, settings, behaviour, service };
}

function newHost(scenario: Scenario, id: number): Host {
  return {
    id,
    server: null,
    storage: emptyStorage(),
    device: newDevice(syncOf(scenario.disk, id)),
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
    clockOffset: scenario.clocks.find((clock) => clock.server === id)?.offset ?? 0,
    pending: new Set(),
  };
}

/** The timed choice: the earliest event, unless it is later than `until`. Moves the clock to it. */
export function nextEvent(world: World, until: Micros = Infinity): Event | undefined {
  const event = world.queue.pop(until);
  if (event !== undefined) world.now = world.queue.lastAt;
  return event;
}

/** The only function that changes a world. `emit` was made by `listen` of timeline.ts. */
export function applyEvent(world: World, event: Event, emit: Emit): void {
  apply(world, event, emit);
  if (world.timeline.due.length === 0) return;
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

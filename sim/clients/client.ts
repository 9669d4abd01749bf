import { dial } from '../dialling.ts';
import { closeEnd, sendOn } from '../wires.ts';
import type { Random } from '../random.ts';
import type { ClientModel } from '../scenario.ts';
import type { Chance } from '../schedule.ts';
import { MS, type Micros } from '../time.ts';
import type { Emit } from '../trace.ts';
import type { ClientWake, World } from '../world-state.ts';
import type { ConnectionId, Input } from '../zab/effects.ts';
import type { Operation } from '../zookeeper/operations.ts';
import { Fifo } from '../zab/fifo.ts';
import { drawCall, operationFor, requestOf, type Call, type CallOp } from './call.ts';
import {
  copyHeld,
  holdWatch,
  noWatches,
  numberIn,
  rewatch,
  secondTry,
  spendWatches,
  type HeldWatches,
} from './tree-calls.ts';

export type { CallOp } from './call.ts';
import type { ClientMessage, ClientRequest } from '../zab/messages.ts';
import type { ServerId } from '../zab/sets.ts';
import { ZERO, type Zxid } from '../zab/zxid.ts';

/** A virtual client: one connection, requests in the order they are asked for, and an outcome for each: ok, failed, or
 *  unknown, when the connection was lost or silent while a write was under way. */
export interface VirtualClient {
  readonly index: number;
  readonly model: ClientModel;
  /** The server it wants; chosen anew when a connection fails, unless the model fixes one. */
  server: ServerId;
  /** Counts its dials: the answer to an earlier one finds nobody. */
  dial: number;
  connection: ConnectionId;
  state: 'idle' | 'connecting' | 'greeting' | 'connected';
  /** 0: none yet; -1: it works without one. */
  session: number;
  timeoutMs: number;
  lastZxid: Zxid;
  nextCall: number;
  /** Asked for, and not yet sent. */
  readonly queue: Fifo<Call>;
  /** Sent, and not yet answered, in order. */
  readonly outstanding: Fifo<Call>;
  /** Its timeout is armed: one event, whatever the number of calls. */
  armed: boolean;
  /** When it last heard of its server. */
  heardAt: Micros;
  /** Of its own workload, how many were asked for. */
  begun: number;
  /** A client of the timeline that was told to close does not come back by itself. */
  closed: boolean;
  /** A bare connection that somebody outside plays: what reaches it is only kept. null: an ordinary client. */
  inbox: Input[] | null;
  /** Given with its session; null until then, and for services without passwords. */
  password: string | null;
  /** Numbers the packets of one that speaks ZooKeeper's own service. */
  nextXid: number;
  watches: HeldWatches;
  readonly random: Random;
}

/** Between two attempts to find a server. */
const BACK_OFF: Micros = 100 * MS;

export function newClient(
  index: number,
  model: ClientModel,
  chance: Chance,
  servers: readonly ServerId[],
): VirtualClient {
  const random = chance.stream('client', index);
  return {
    index,
    model,
    server: model.server === 'any' ? servers[random.below(servers.length)]! : model.server,
    dial: 0,
    connection: 0,
    state: 'idle',
    session: model.sessionTimeoutMs > 0 ? 0 : -1,
    timeoutMs: model.sessionTimeoutMs,
    lastZxid: ZERO,
    nextCall: 1,
    queue: new Fifo(),
    outstanding: new Fifo(),
    armed: false,
    heardAt: 0,
    begun: 0,
    closed: false,
    inbox: null,
    password: null,
    nextXid: 1,
    watches: noWatches(),
    random,
  };
}

function endpoint(client: VirtualClient): number {
  return -1 - client.index;
}

/** Asks for something. The answer comes when it comes; `returned` in the trace tells it. */
export function invoke(
  world: World,
  client: VirtualClient,
  asked: { op: CallOp; key: string; value: number; operation?: Operation },
  emit: Emit,
): void {
  const { op, key, value } = asked;
  const operation = isTree(world) ? (asked.operation ?? operationFor(op, key, value)) : null;
  const deadline = world.now + client.model.timeout;
  const call: Call = { call: client.nextCall++, deadline, op, key, value, operation, xid: 0 };
  emit({ at: world.now, server: 0, kind: 'invoked', client: client.index + 1, call: call.call, op, key, value });
  client.queue.push(call);
  armTimeout(world, client, call.deadline);
  client.closed = false;
  if (client.state === 'connected') sendQueued(world, client, emit);
  else if (client.state !== 'idle') return;
  else if (client.model.reconnects === false && asked.op !== 'createSession') failQueued(world, client, emit);
  else connect(world, client);
}

/** Without a connection, and nobody who would make one: nothing that waits is ever sent. */
function failQueued(world: World, client: VirtualClient, emit: Emit): void {
  for (let call = client.queue.shift(); call !== undefined; call = client.queue.shift())
    finish(world, client, call, { outcome: 'failed', zxid: ZERO, value: null, error: 'not connected' }, emit);
}

/** Goes to another server, if it is not there already. */
export function moveTo(world: World, client: VirtualClient, server: ServerId, emit: Emit): void {
  if (client.server === server && client.state !== 'idle') return;
  if (client.state !== 'idle') disconnect(world, client, 'moved to another server', emit);
  // Only now: whoever loses its connection looks for another server by itself.
  client.server = server;
}

function connect(world: World, client: VirtualClient): void {
  client.state = 'connecting';
  client.dial++;
  dial(world, endpoint(client), 'client', client.server, { life: client.dial, timeout: client.model.timeout });
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
  switch (input.kind) {
    case 'opened':
      client.connection = input.connection;
      client.state = 'greeting';
      send(
        world,
        client,
        {
          kind: 'CONNECT',
          session: client.session,
          timeoutMs: client.model.sessionTimeoutMs,
          lastZxid: client.lastZxid,
          password: isTree(world) ? (client.password ?? NO_PASSWORD) : null,
          address: isTree(world) ? `10.0.0.${client.index + 1}` : null,
        },
        emit,
      );
      return;
    case 'unreachable':
      client.state = 'idle';
      lookElsewhere(world, client, emit);
      return;
    case 'closed':
      if (input.connection === client.connection) lost(world, client, 'connection lost', emit);
      return;
    case 'received':
      client.heardAt = world.now;
      if (input.connection === client.connection) answered(world, client, input.message as ClientMessage, emit);
      return;
    default:
      return;
  }
}

function answered(world: World, client: VirtualClient, message: ClientMessage, emit: Emit): void {
  switch (message.kind) {
    case 'CONNECTED':
      if (message.session > 0) client.password = message.password;
      onConnected(world, client, message.session, message.timeoutMs, emit);
      return;
    case 'EVENT':
      spendWatches(client.watches, message.type, message.path);
      return;
    case 'REPLY': {
      const call = client.outstanding.first();
      if (message.zxid > client.lastZxid) client.lastZxid = message.zxid;
      if (call === undefined || call.xid !== message.cxid) return;
      client.outstanding.shift();
      if (call.operation !== null) {
        holdWatch(client.watches, call.operation, message.error);
        const again = message.error === 'NODEEXISTS' ? secondTry(call.operation) : null;
        if (again !== null && call.op === 'write') {
          call.operation = again;
          sendCall(world, client, call, emit);
          return;
        }
      }
      const failed = message.error !== null;
      const value = typeof message.value === 'number' ? message.value : numberIn(message.value);
      finish(
        world,
        client,
        call,
        { outcome: failed ? 'failed' : 'ok', zxid: message.zxid, value, error: message.error },
        emit,
      );
      if (call.op === 'closeSession') {
        client.session = 0;
        client.closed = true;
        disconnect(world, client, 'session closed', emit);
      }
      return;
    }
    default:
      return;
  }
}

function onConnected(world: World, client: VirtualClient, session: number, timeoutMs: number, emit: Emit): void {
  if (session === 0) {
    // Expired or unknown: a new session, on the next connection.
    client.session = 0;
    client.password = null;
    client.watches = noWatches();
    disconnect(world, client, 'session expired', emit);
    return;
  }
  client.state = 'connected';
  client.session = session;
  client.timeoutMs = timeoutMs;
  if (session > 0) wake(world, client, 'ping', client.dial, Math.floor((timeoutMs * MS) / 3));
  const again = rewatch(client.watches, client.lastZxid);
  if (again !== null) {
    const request: ClientRequest = { session, cxid: SET_WATCHES, kind: 'read', op: again };
    send(world, client, { kind: 'CLIENTREQUEST', request }, emit);
  }
  const first = client.queue.first();
  if (first?.op === 'createSession') {
    client.queue.shift();
    finish(world, client, first, { outcome: 'ok', zxid: ZERO, value: null, error: null }, emit);
  }
  sendQueued(world, client, emit);
}

function sendQueued(world: World, client: VirtualClient, emit: Emit): void {
  for (let call = client.queue.shift(); call !== undefined; call = client.queue.shift()) {
    if (call.op === 'createSession') {
      finish(world, client, call, { outcome: 'ok', zxid: ZERO, value: null, error: null }, emit);
      continue;
    }
    sendCall(world, client, call, emit);
  }
}

function sendCall(world: World, client: VirtualClient, call: Call, emit: Emit): void {
  call.xid = call.operation === null ? call.call : client.nextXid++;
  client.outstanding.push(call);
  send(
    world,
    client,
    { kind: 'CLIENTREQUEST', request: requestOf(client.session > 0 ? client.session : endpoint(client), call) },
    emit,
  );
}

function isTree(world: World): boolean {
  return world.scenario.service === 'zookeeper';
}

/** Of setWatches: no call has it. */
const SET_WATCHES = -8;

const NO_PASSWORD = '00000000000000000000000000000000';

interface Outcome {
  readonly outcome: 'ok' | 'failed' | 'unknown';
  readonly zxid: Zxid;
  readonly value: number | null;
  readonly error: string | null;
}

function finish(world: World, client: VirtualClient, call: Call, outcome: Outcome, emit: Emit): void {
  emit({ at: world.now, server: 0, kind: 'returned', client: client.index + 1, call: call.call, ...outcome });
  if (client.outstanding.size === 0 && client.queue.size === 0) think(world, client);
}

function think(world: World, client: VirtualClient): void {
  if (client.begun < client.model.operations)
    wake(world, client, 'work', client.begun, client.random.delay(client.model.think));
}

/** The connection is gone: what was under way has an unknown fate, unless it was only a read. */
function lost(world: World, client: VirtualClient, why: string, emit: Emit): void {
  client.connection = 0;
  client.state = 'idle';
  for (let call = client.outstanding.shift(); call !== undefined; call = client.outstanding.shift()) {
    const outcome = call.op === 'read' || call.op === 'sync' ? 'failed' : 'unknown';
    finish(world, client, call, { outcome, zxid: ZERO, value: null, error: why }, emit);
  }
  lookElsewhere(world, client, emit);
}

function disconnect(world: World, client: VirtualClient, why: string, emit: Emit): void {
  const { connection } = client;
  client.dial++;
  if (connection !== 0) closeEnd(world, endpoint(client), connection, emit);
  lost(world, client, why, emit);
}

/** Tries the next server after a while, if there is a reason to be connected. */
function lookElsewhere(world: World, client: VirtualClient, emit: Emit): void {
  if (client.model.reconnects === false) {
    failQueued(world, client, emit);
    return;
  }
  const { servers } = world.scenario;
  if (client.model.server === 'any') client.server = servers[(servers.indexOf(client.server) + 1) % servers.length]!;
  if (client.queue.size > 0 || (client.session > 0 && !client.closed))
    wake(world, client, 'connect', client.dial, BACK_OFF);
}

/** One of the client's own timers. */
export function clientWakes(world: World, index: number, what: ClientWake, version: number, emit: Emit): void {
  const client = world.clients[index];
  if (client === undefined) return;
  switch (what) {
    case 'work':
      if (version === client.begun && client.begun < client.model.operations) work(world, client, emit);
      return;
    case 'connect':
      if (client.state === 'idle' && (client.queue.size > 0 || client.session > 0)) connect(world, client);
      return;
    case 'ping':
      if (version !== client.dial || client.state !== 'connected') return;
      // Silence for two thirds of the session's timeout: the server is looked for elsewhere (ClientCnxn.java).
      if (world.now - client.heardAt >= Math.floor((client.timeoutMs * MS * 2) / 3)) {
        disconnect(world, client, 'nothing heard from the server', emit);
        return;
      }
      send(world, client, { kind: 'CLIENTPING' }, emit);
      wake(world, client, 'ping', client.dial, Math.floor((client.timeoutMs * MS) / 3));
      return;
    case 'timeout':
      timedOut(world, client, emit);
      return;
  }
}

function armTimeout(world: World, client: VirtualClient, deadline: Micros): void {
  if (client.armed) return;
  client.armed = true;
  wake(world, client, 'timeout', 0, deadline - world.now);
}

/** The oldest call may have waited too long. A request that was never sent has failed for certain; one that was sent may
 *  still happen. */
function timedOut(world: World, client: VirtualClient, emit: Emit): void {
  client.armed = false;
  const oldest = client.outstanding.first() ?? client.queue.first();
  if (oldest === undefined) return;
  if (oldest.deadline > world.now) {
    armTimeout(world, client, oldest.deadline);
    return;
  }
  if (client.outstanding.size > 0) disconnect(world, client, 'timed out', emit);
  else {
    client.queue.shift();
    finish(world, client, oldest, { outcome: 'failed', zxid: ZERO, value: null, error: 'no server in time' }, emit);
    // A server that never answered the CONNECT may be gone without a word: another one is tried.
    if (client.state === 'connecting' || client.state === 'greeting') disconnect(world, client, 'no answer', emit);
  }
  const next = client.outstanding.first() ?? client.queue.first();
  if (next !== undefined) armTimeout(world, client, Math.max(next.deadline, world.now));
}

/** One step of the client's own workload. */
function work(world: World, client: VirtualClient, emit: Emit): void {
  client.begun++;
  const value = (client.index + 1) * 1_000_000 + client.begun;
  invoke(world, client, drawCall(client.random, client.model, value, isTree(world)), emit);
}

/** Begins the client's own workload. */
export function startClient(world: World, client: VirtualClient): void {
  if (client.model.operations > 0)
    world.queue.push(client.model.from, { kind: 'client', client: client.index, what: 'work', version: 0 });
}

function wake(world: World, client: VirtualClient, what: ClientWake, version: number, after: Micros): void {
  world.queue.push(world.now + after, { kind: 'client', client: client.index, what, version });
}

function send(world: World, client: VirtualClient, message: ClientMessage, emit: Emit): void {
  sendOn(world, endpoint(client), client.connection, message, emit);
}

export function cloneClient(client: VirtualClient): VirtualClient {
  return {
    ...client,
    queue: client.queue.clone(),
    outstanding: client.outstanding.clone(),
    inbox: client.inbox?.slice() ?? null,
    watches: copyHeld(client.watches),
    random: client.random.clone(),
  };
}

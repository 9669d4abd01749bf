import { dial } from '../dialling.ts';
import { MS, type Micros } from '../time.ts';
import type { Emit } from '../trace.ts';
import { closeEnd, sendOn } from '../wires.ts';
import type { ClientWake, World } from '../world-state.ts';
import type { Input } from '../zab/effects.ts';
import type { ClientMessage } from '../zab/messages.ts';
import type { ServerId } from '../zab/sets.ts';
import type { Answer } from '../zookeeper/operations.ts';
import { DONE, drawCall, failure, hasFate, newCall, requestOf, tellReturned } from './call.ts';
import type { Asked, Call, Outcome } from './call.ts';
import { endpoint, type VirtualClient } from './state.ts';
import { numberIn, SECOND_TRY, secondTry } from './tree-calls.ts';

/** Clients with the plainest of habits: of the register, and those that work without a session. They go round the servers
 *  in the order of their ids. */

/** Between two attempts to find a server. */
const BACK_OFF: Micros = 100 * MS;

/** Asks for something. The answer comes when it comes; `returned` in the trace tells it. */
export function plainInvoke(world: World, client: VirtualClient, asked: Asked, emit: Emit): void {
  const call = newCall(world, client, asked, emit);
  if (asked.op === 'auth') {
    finish(world, client, call, failure('failed', 'APIERROR'), emit);
    return;
  }
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
    finish(world, client, call, failure('failed', 'not connected'), emit);
}

/** Goes to another server, if it is not there already. */
export function plainMoveTo(world: World, client: VirtualClient, server: ServerId, emit: Emit): void {
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
export function plainHears(world: World, client: VirtualClient, input: Input, emit: Emit): void {
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
    case 'REPLY': {
      const call = client.outstanding.first();
      if (message.zxid > client.lastZxid) client.lastZxid = message.zxid;
      if (call === undefined || call.xid !== message.cxid) return;
      client.outstanding.shift();
      if (call.operation !== null) {
        const again = message.error === 'NODEEXISTS' ? secondTry(call.operation) : null;
        if (again !== null && call.upsert) {
          call.operation = again;
          sendCall(world, client, call, call.call + SECOND_TRY, emit);
          return;
        }
      }
      const failed = message.error !== null;
      const value = typeof message.value === 'number' ? message.value : numberIn(message.value);
      finish(
        world,
        client,
        call,
        {
          outcome: failed ? 'failed' : 'ok',
          zxid: message.zxid,
          value,
          error: message.error,
          answer: call.operation === null ? null : (message.value as Answer | null),
        },
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
    disconnect(world, client, 'session expired', emit);
    return;
  }
  client.state = 'connected';
  client.session = session;
  client.timeoutMs = timeoutMs;
  if (session > 0) wake(world, client, 'ping', client.dial, Math.floor((timeoutMs * MS) / 3));
  const first = client.queue.first();
  if (first?.op === 'createSession') {
    client.queue.shift();
    finish(world, client, first, DONE, emit);
  }
  sendQueued(world, client, emit);
}

function sendQueued(world: World, client: VirtualClient, emit: Emit): void {
  for (let call = client.queue.shift(); call !== undefined; call = client.queue.shift()) {
    if (call.op === 'createSession') {
      finish(world, client, call, DONE, emit);
      continue;
    }
    sendCall(world, client, call, call.call, emit);
  }
}

function sendCall(world: World, client: VirtualClient, call: Call, xid: number, emit: Emit): void {
  call.xid = xid;
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

const NO_PASSWORD = '00000000000000000000000000000000';

function finish(world: World, client: VirtualClient, call: Call, outcome: Outcome, emit: Emit): void {
  tellReturned(world, client, call, outcome, emit);
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
    finish(world, client, call, failure(hasFate(call) ? 'unknown' : 'failed', why), emit);
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
export function plainWakes(world: World, client: VirtualClient, what: ClientWake, version: number, emit: Emit): void {
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
    default:
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
    finish(world, client, oldest, failure('failed', 'no server in time'), emit);
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
  plainInvoke(world, client, drawCall(client.random, client.model, value, isTree(world)), emit);
}

function wake(world: World, client: VirtualClient, what: ClientWake, version: number, after: Micros): void {
  world.queue.push(world.now + after, { kind: 'client', client: client.index, what, version });
}

function send(world: World, client: VirtualClient, message: ClientMessage, emit: Emit): void {
  sendOn(world, endpoint(client), client.connection, message, emit);
}

import { dial } from '../dialling.ts';
import { MS, SECOND, type Micros } from '../time.ts';
import type { Emit } from '../trace.ts';
import { closeEnd } from '../wires.ts';
import type { ClientWake, World } from '../world-state.ts';
import type { Input } from '../zab/effects.ts';
import type { ClientMessage } from '../zab/messages.ts';
import type { ServerId } from '../zab/sets.ts';
import type { Answer, WatchEventType } from '../zookeeper/operations.ts';
import { DONE, drawCall, failure, hasFate, newCall, type Asked, type Call } from './call.ts';
import { clientPath, serverPath, withChroot } from './chroot.ts';
import { endHandle, lookForServer, openHandle } from './handles.ts';
import { holdWatch, rewatch, spendWatches } from './held-watches.ts';
import {
  AUTH_XID,
  deadError,
  failAll,
  finish,
  send,
  sendAuth,
  sendCall,
  sendQueued,
  tellState,
  wake,
} from './library-calls.ts';
import { endpoint, type Library, type VirtualClient } from './state.ts';
import { numberIn, SECOND_TRY, secondTry } from './tree-calls.ts';

/** The habits of ZooKeeper's client library: one object (a *handle*) with one session and one connection, a shuffled list
 *  of servers, back-off, pings, timeouts, watches that follow the session, and calls that fail with CONNECTIONLOSS when
 *  their connection does. Source: ClientCnxn.java, StaticHostProvider.java.
 *
 *  Where ZooKeeper tells its program Disconnected at each attempt that fails, the first is told here. A call may also have
 *  a timeout of its own (zookeeper.request.timeout). */

/** Source: ClientCnxn.java#MAX_SEND_PING_INTERVAL. */
const MAX_PING_INTERVAL: Micros = 10 * SECOND;

/** What cannot be sent fails in the thread that asks; a moment later here, so that time goes on. */
const LOCALLY: Micros = MS;

/** Source: ClientCnxn.java#SET_WATCHES_XID. */
const SET_WATCHES_XID = -8;

const NO_PASSWORD = '00000000000000000000000000000000';

// ── calls

/** Asks for something; `asked.operation` has the paths of the program. */
export function libraryInvoke(world: World, client: VirtualClient, library: Library, asked: Asked, emit: Emit): void {
  const { operation } = asked;
  const chroot = client.model.chroot ?? '';
  const named = operation === undefined ? asked : { ...asked, operation: withChroot(chroot, operation) };
  const call = newCall(world, client, named, emit);
  if (call.upsert && call.operation !== null) call.operation = withChroot(chroot, call.operation);
  if (asked.op === 'createSession') {
    openSession(world, client, library, call, emit);
    return;
  }
  client.queue.push(call);
  if (library.handle === 'none') openHandle(world, client, library);
  armTimeout(world, client, call.deadline);
  if (library.handle !== 'alive') wake(world, client, 'local', 0, LOCALLY);
  else if (client.state === 'connected') sendQueued(world, client, library, emit);
}

function openSession(world: World, client: VirtualClient, library: Library, call: Call, emit: Emit): void {
  if (library.handle === 'alive' && client.state === 'connected') {
    finish(world, client, call, DONE, emit);
    return;
  }
  library.opening.push(call);
  armTimeout(world, client, call.deadline);
  openHandle(world, client, library);
}

/** Adds who the session says it is. The library tells its program nothing but AuthFailed; a call of a timeline is answered
 *  when the server does. Source: ClientCnxn.java#addAuthInfo. */
export function libraryAddAuth(
  world: World,
  client: VirtualClient,
  library: Library,
  { scheme, auth, call }: { readonly scheme: string; readonly auth: string; readonly call: Call | null },
  emit: Emit,
): void {
  if (library.handle === 'none') openHandle(world, client, library);
  if (library.handle !== 'alive') {
    if (call !== null) finish(world, client, call, failure('failed', deadError(library)), emit);
    return;
  }
  library.auths.push({ scheme, auth, call });
  if (client.state === 'connected') sendAuth(world, client, library, library.auths.length - 1, emit);
}

/** A step of a timeline that adds who a client says it is. */
export function invokeAuth(
  world: World,
  client: VirtualClient,
  { scheme, auth }: { readonly scheme: string; readonly auth: string },
  emit: Emit,
): void {
  const call = newCall(world, client, { op: 'auth', key: scheme, value: 0 }, emit);
  if (client.library === null) finish(world, client, call, failure('failed', 'APIERROR'), emit);
  else libraryAddAuth(world, client, client.library, { scheme, auth, call }, emit);
}

// ── connections

/** Something reaches the client. */
export function libraryHears(world: World, client: VirtualClient, library: Library, input: Input, emit: Emit): void {
  switch (input.kind) {
    case 'opened':
      client.connection = input.connection;
      client.state = 'greeting';
      client.heardAt = world.now;
      send(world, client, library, greeting(client), emit);
      wake(world, client, 'ping', -client.dial, connectTimeout(client, library));
      return;
    case 'unreachable':
      client.state = 'idle';
      lost(world, client, library, emit);
      return;
    case 'closed':
      if (input.connection === client.connection) lost(world, client, library, emit);
      return;
    case 'received':
      if (input.connection !== client.connection) return;
      client.heardAt = world.now;
      heard(world, client, library, input.message as ClientMessage, emit);
      return;
    default:
      return;
  }
}

function greeting({ index, session, model, lastZxid, password }: VirtualClient): ClientMessage {
  return {
    kind: 'CONNECT',
    session,
    timeoutMs: model.sessionTimeoutMs,
    lastZxid,
    password: password ?? NO_PASSWORD,
    address: `10.0.0.${index + 1}`,
  };
}

function heard(world: World, client: VirtualClient, library: Library, message: ClientMessage, emit: Emit): void {
  switch (message.kind) {
    case 'CONNECTED':
      connected(world, client, library, message, emit);
      return;
    case 'EVENT': {
      const { index, session, model } = client;
      const type = message.type as WatchEventType;
      const path = clientPath(model.chroot ?? '', message.path);
      if (!spendWatches(library.watches, type, path)) return;
      emit({
        at: world.now,
        server: client.server,
        kind: 'watchEvent',
        client: index + 1,
        session,
        type,
        path,
        zxid: message.zxid,
      });
      client.program?.inbox.push({ kind: 'event', type, path });
      return;
    }
    case 'REPLY':
      if (message.cxid === AUTH_XID) authAnswered(world, client, library, message.error, emit);
      else answered(world, client, library, message, emit);
      return;
    default:
      return;
  }
}

/** Source: ClientCnxn.java#onConnected, #primeConnection. */
function connected(
  world: World,
  client: VirtualClient,
  library: Library,
  { session, timeoutMs, password }: Extract<ClientMessage, { kind: 'CONNECTED' }>,
  emit: Emit,
): void {
  if (session === 0) {
    endHandle(world, client, library, 'expired', emit);
    return;
  }
  const fresh = client.session !== session;
  client.state = 'connected';
  client.session = session;
  client.password = password;
  client.timeoutMs = timeoutMs;
  library.last = library.at;
  tellState(world, client, library, 'Connected', client.server, emit);
  library.auths.forEach((_, at) => sendAuth(world, client, library, at, emit));
  const chroot = client.model.chroot ?? '';
  for (const op of rewatch(library.watches, client.lastZxid, (path) => serverPath(chroot, path))) {
    const request = { session, cxid: SET_WATCHES_XID, kind: 'read', op } as const;
    send(world, client, library, { kind: 'CLIENTREQUEST', request }, emit);
  }
  for (const call of library.opening.splice(0)) finish(world, client, call, DONE, emit);
  sendQueued(world, client, library, emit);
  keepAlive(world, client, library, emit);
  client.program?.inbox.push({ kind: 'connected', session, timeoutMs, fresh });
}

function authAnswered(world: World, client: VirtualClient, library: Library, error: string | null, emit: Emit): void {
  const auth = library.auths[library.authsSent.shift() ?? -1];
  if (auth === undefined) return;
  const { call } = auth;
  auth.call = null;
  if (call !== null) finish(world, client, call, error === null ? DONE : failure('failed', error), emit);
  if (error !== null) endHandle(world, client, library, 'authFailed', emit);
}

function answered(
  world: World,
  client: VirtualClient,
  library: Library,
  message: Extract<ClientMessage, { kind: 'REPLY' }>,
  emit: Emit,
): void {
  const { cxid, zxid, error, value } = message;
  // Noted of every answer, that to setWatches too. Source: ClientCnxn.java#readResponse.
  if (zxid > 0) client.lastZxid = zxid;
  if (cxid === SET_WATCHES_XID) return;
  const call = client.outstanding.first();
  if (call === undefined || call.xid !== cxid) return;
  client.outstanding.shift();
  if (call.operation !== null) {
    const asked = call.act?.operation ?? withoutPrefix(client, call);
    holdWatch(library.watches, asked, error);
    const again = error === 'NODEEXISTS' && call.upsert ? secondTry(call.operation) : null;
    if (again !== null) {
      call.operation = again;
      sendCall(world, client, library, call, call.call + SECOND_TRY, emit);
      return;
    }
  }
  const answer = call.operation === null ? null : (value as Answer | null);
  const why = error ?? (call.operation?.op === 'multi' ? failureIn(answer) : null);
  const outcome = why === null ? 'ok' : 'failed';
  finish(world, client, call, { outcome, zxid, value: numberIn(answer), error: why, answer }, emit);
  if (call.op === 'closeSession') endHandle(world, client, library, 'closed', emit);
}

/** A multi that fails is answered without an error in the header: the library finds the one that failed among the results.
 *  Source: ZooKeeper.java#multiInternal. */
function failureIn(answer: Answer | null): string | null {
  for (const result of answer?.results ?? []) if (result.type === 'error' && result.error !== 'OK') return result.error;
  return null;
}

/** The operation with the path that the program uses. */
function withoutPrefix({ model }: VirtualClient, { operation }: Call): NonNullable<Call['operation']> {
  const chroot = model.chroot ?? '';
  const op = operation!;
  return chroot !== '' && 'path' in op && op.path !== null ? { ...op, path: clientPath(chroot, op.path) } : op;
}

/** The connection is gone, or never was: calls end, and the next server is looked for.
 *  Source: ClientCnxn.java#cleanAndNotifyState. */
function lost(world: World, client: VirtualClient, library: Library, emit: Emit): void {
  const { server } = client;
  client.connection = 0;
  client.state = 'idle';
  client.dial++;
  // A handle that is being closed does not look for another server: its session expires by itself.
  const closing = [...client.outstanding.list(), ...client.queue.list()].some(({ op }) => op === 'closeSession');
  failAll(world, client, library, 'CONNECTIONLOSS', emit);
  if (closing) {
    endHandle(world, client, library, 'closed', emit);
    return;
  }
  if (library.told === 'Connected') {
    tellState(world, client, library, 'Disconnected', server, emit);
    client.program?.inbox.push({ kind: 'disconnected' });
  }
  lookForServer(world, client, library);
}

/** Its own end of the connection is closed first. */
function disconnect(world: World, client: VirtualClient, library: Library, emit: Emit): void {
  const { connection } = client;
  client.dial++;
  if (connection !== 0) closeEnd(world, endpoint(client), connection, emit);
  lost(world, client, library, emit);
}

/** Goes to another server, if it is not there already; from there on, the list is gone through as ever. */
export function libraryMoveTo(
  world: World,
  client: VirtualClient,
  library: Library,
  server: ServerId,
  emit: Emit,
): void {
  if (client.server === server && (client.state !== 'idle' || library.sent)) return;
  const place = library.hosts.indexOf(server);
  if (place >= 0) library.at = place;
  client.server = server;
  library.sent = true;
  if (library.handle !== 'alive') return;
  library.dialled = false;
  if (client.state === 'idle') lookForServer(world, client, library);
  else {
    const { connection } = client;
    if (connection !== 0) closeEnd(world, endpoint(client), connection, emit);
    lost(world, client, library, emit);
  }
}

// ── timers

function readTimeout({ timeoutMs }: VirtualClient): Micros {
  return Math.floor((timeoutMs * 2) / 3) * MS;
}

/** Source: ClientCnxn.java#onConnected: the timeout, shared among the servers of the list. */
function connectTimeout({ timeoutMs }: VirtualClient, { hosts }: Library): Micros {
  return Math.max(1, Math.floor(timeoutMs / hosts.length)) * MS;
}

/** One of the client's own timers. */
export function libraryWakes(
  world: World,
  client: VirtualClient,
  library: Library,
  { what, version }: { readonly what: ClientWake; readonly version: number },
  emit: Emit,
): void {
  switch (what) {
    case 'work':
      if (version === client.begun && client.begun < client.model.operations) work(world, client, library, emit);
      return;
    case 'connect':
      if (version !== client.dial || library.handle !== 'alive' || client.state !== 'idle') return;
      client.state = 'connecting';
      dial(world, endpoint(client), 'client', client.server, {
        life: client.dial,
        timeout: connectTimeout(client, library),
      });
      return;
    case 'ping':
      // Of a connection whose greeting was not answered, or of one that stands.
      if (version === -client.dial && client.state === 'greeting') disconnect(world, client, library, emit);
      else if (version === client.dial && client.state === 'connected') keepAlive(world, client, library, emit);
      return;
    case 'timeout':
      timedOut(world, client, library, emit);
      return;
    case 'local':
      if (library.handle !== 'alive') failAll(world, client, library, deadError(library), emit);
      return;
    default:
      return;
  }
}

/** Silence for two thirds of the session's timeout: another server is looked for. Half of that without sending: a ping.
 *  Source: ClientCnxn.java#run. */
function keepAlive(world: World, client: VirtualClient, library: Library, emit: Emit): void {
  const silent = client.heardAt + readTimeout(client);
  if (world.now >= silent) {
    disconnect(world, client, library, emit);
    return;
  }
  const interval = Math.min(Math.floor(readTimeout(client) / 2), MAX_PING_INTERVAL);
  if (world.now >= library.sentAt + interval) send(world, client, library, { kind: 'CLIENTPING' }, emit);
  wake(world, client, 'ping', client.dial, Math.min(silent, library.sentAt + interval) - world.now);
}

function armTimeout(world: World, client: VirtualClient, deadline: Micros): void {
  if (client.armed) return;
  client.armed = true;
  wake(world, client, 'timeout', 0, Math.max(0, deadline - world.now));
}

/** The oldest call may have waited too long: the connection is given up with it. Source: ClientCnxn.java#submitRequest. */
function timedOut(world: World, client: VirtualClient, library: Library, emit: Emit): void {
  client.armed = false;
  const { opening } = library;
  while (opening[0] !== undefined && opening[0].deadline <= world.now)
    finish(world, client, opening.shift()!, failure('failed', 'REQUESTTIMEOUT'), emit);
  const sent = client.outstanding.first();
  const oldest = sent ?? client.queue.first();
  if (oldest !== undefined && oldest.deadline <= world.now) {
    (sent === undefined ? client.queue : client.outstanding).shift();
    const fate = sent !== undefined && hasFate(oldest) ? 'unknown' : 'failed';
    finish(world, client, oldest, failure(fate, 'REQUESTTIMEOUT'), emit);
    if (client.state !== 'idle') disconnect(world, client, library, emit);
  }
  const next = client.outstanding.first() ?? client.queue.first() ?? opening[0];
  if (next !== undefined) armTimeout(world, client, next.deadline);
}

/** One step of the client's own workload; one whose session is over goes on with another. */
function work(world: World, client: VirtualClient, library: Library, emit: Emit): void {
  client.begun++;
  const value = (client.index + 1) * 1_000_000 + client.begun;
  openHandle(world, client, library);
  libraryInvoke(world, client, library, drawCall(client.random, client.model, value, true), emit);
}

import type { Micros } from '../time.ts';
import type { ClientState, Emit } from '../trace.ts';
import { sendOn } from '../wires.ts';
import type { ClientWake, World } from '../world-state.ts';
import type { ClientMessage } from '../zab/messages.ts';
import type { ServerId } from '../zab/sets.ts';
import { failure, hasFate, requestOf, tellReturned, type Call, type Outcome } from './call.ts';
import { withoutChroot } from './chroot.ts';
import { endpoint, type Library, type VirtualClient } from './state.ts';

/** How the calls of the client library leave, and how they end. */

/** Of the frames that no call waits for. Source: ClientCnxn.java#AUTHPACKET_XID. */
export const AUTH_XID = -4;

// ── sending

export function sendAuth(world: World, client: VirtualClient, library: Library, at: number, emit: Emit): void {
  const { scheme, auth } = library.auths[at]!;
  library.authsSent.push(at);
  send(world, client, library, { kind: 'AUTH', cxid: AUTH_XID, scheme, auth }, emit);
}

export function sendQueued(world: World, client: VirtualClient, library: Library, emit: Emit): void {
  for (let call = client.queue.shift(); call !== undefined; call = client.queue.shift())
    sendCall(world, client, library, call, call.call, emit);
}

export function sendCall(
  world: World,
  client: VirtualClient,
  library: Library,
  call: Call,
  xid: number,
  emit: Emit,
): void {
  call.xid = xid;
  client.outstanding.push(call);
  const request = requestOf(client.session, call);
  send(world, client, library, { kind: 'CLIENTREQUEST', request }, emit);
}

export function send(world: World, client: VirtualClient, library: Library, message: ClientMessage, emit: Emit): void {
  library.sentAt = world.now;
  sendOn(world, endpoint(client), client.connection, message, emit);
}

// ── ending

export function finish(world: World, client: VirtualClient, call: Call, outcome: Outcome, emit: Emit): void {
  tellReturned(world, client, call, outcome, emit);
  const { model, program } = client;
  if (call.act !== null && program !== null) {
    const { tag, operation } = call.act;
    const { error, zxid } = outcome;
    program.inbox.push({
      kind: 'returned',
      tag,
      operation,
      outcome: error !== null && isLost(error) && hasFate(call) ? 'unknown' : outcome.outcome,
      error,
      answer: withoutChroot(model.chroot ?? '', outcome.answer),
      zxid,
    });
  }
  const idle = client.outstanding.size === 0 && client.queue.size === 0;
  if (idle && model.program === undefined && client.begun < model.operations)
    wake(world, client, 'work', client.begun, client.random.delay(model.think));
}

/** A program cannot tell a request that was never sent from one whose answer was lost. */
function isLost(error: string): boolean {
  return error === 'CONNECTIONLOSS' || error === 'REQUESTTIMEOUT';
}

/** Source: ClientCnxn.java#conLossPacket. */
export function deadError({ handle }: Library): string {
  return handle === 'authFailed' ? 'AUTHFAILED' : handle === 'alive' ? 'CONNECTIONLOSS' : 'SESSIONEXPIRED';
}

/** All calls end with their connection, those too that were not sent yet. The trace knows which those were.
 *  Source: ClientCnxn.java#cleanup. */
export function failAll(world: World, client: VirtualClient, library: Library, error: string, emit: Emit): void {
  const sent = client.outstanding.list();
  const unsent = client.queue.list();
  client.outstanding.clear();
  client.queue.clear();
  library.authsSent = [];
  for (const call of sent) finish(world, client, call, failure(hasFate(call) ? 'unknown' : 'failed', error), emit);
  for (const call of unsent) finish(world, client, call, failure('failed', error), emit);
}

export function tellState(
  world: World,
  client: VirtualClient,
  library: Library,
  state: ClientState,
  server: ServerId,
  emit: Emit,
): void {
  library.told = state;
  const { index, session } = client;
  emit({ at: world.now, server, kind: 'clientState', client: index + 1, state, session: Math.max(session, 0) });
}

// ── timers

export function wake(world: World, client: VirtualClient, what: ClientWake, version: number, after: Micros): void {
  world.queue.push(world.now + after, { kind: 'client', client: client.index, what, version });
}

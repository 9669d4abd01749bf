import { answerFirst, answerReads, attachSession, closeClient, tellWatchers, waiting } from './clients.ts';
import { isVoter } from './config.ts';
import { addCommittedProposal, processTxn } from './database.ts';
import type { ConnectionId, Effect } from './effects.ts';
import { Hasher } from '../hash.ts';
import { logTxn } from './log-queue.ts';
import type { AuthId, ClientRequest, ErrorCode, QuorumMessage, Txn } from './messages.ts';
import { fenced, note, setTimer, ticks, unexpected, warn } from './out.ts';
import { containsQuorum } from './quorum.ts';
import { queuePacket } from './leader-sync.ts';
import type { Outcome, TxnBody } from './service.ts';
import { checkSession, revalidate, touchSession, trackSession } from './sessions.ts';
import { add, formatSet, setOf, sizeOf, type ServerId, type ServerSet } from './sets.ts';
import type { Leader, LearnerHandler, Proposal, Server } from './state.ts';
import { counterOf, epochOf, LAST_COUNTER, type Zxid } from './zxid.ts';

/** Broadcast, the leader's side: PrepRequestProcessor.java, ProposalRequestProcessor.java, Leader.java#propose,
 *  #processAck, #tryToCommit, #commit, #inform, #processSync, #lead's tick loop. */

/** Found by the request thread, which shuts the leader down; its main thread notices at the next half tick. */
export const ROLLED_OVER = 'zxid lower 32 bits have rolled over, forcing re-election, and therefore new epoch start';

/** A request at the leader, and through whom it came: a learner's connection, 0 for a client of its own, null for the leader
 *  itself. */
export interface Asked {
  readonly request: ClientRequest;
  readonly ids: readonly AuthId[];
  readonly via: ConnectionId | null;
}

/** Anything that changes state takes a zxid, even when it fails validation. Returns why the leader must step down, if it
 *  must: the counter is used up. Source: PrepRequestProcessor.java#pRequest2Txn, Leader.java#propose. */
export function submitRequest(server: Server, leader: Leader, asked: Asked, out: Effect[]): string | undefined {
  const { request } = asked;
  const zxid = (leader.hzxid + 1) as Zxid;
  leader.hzxid = zxid;
  const { mistake } = server.config.behaviour;
  if (counterOf(zxid) === LAST_COUNTER && mistake !== 'counterOverflows') return ROLLED_OVER;
  const body = prepare(server, leader, asked, zxid, out);
  const txn = makeTxn(server, { zxid, session: request.session, cxid: request.cxid, body });
  propose(server, leader, txn, out);
  logTxn(server, txn, out);
  if (mistake === 'answersBeforeCommit') answerAtOnce(server, txn, out);
  return undefined;
}

function prepare(server: Server, leader: Leader, asked: Asked, zxid: Zxid, out: Effect[]): TxnBody {
  const { request, ids, via } = asked;
  const { service } = server.config;
  const { tree } = server.db;
  if (request.kind === 'createSession') {
    const timeoutMs = typeof request.op === 'number' ? request.op : 0;
    trackSession(server, leader, request.session, { timeoutMs, owner: via }, out);
    return { kind: 'createSession', timeoutMs };
  }
  let refused: ErrorCode | null = null;
  if (request.session > 0) {
    if (request.kind === 'closeSession') {
      const paths = service.prepareClose(tree, leader.changes, request.session, zxid);
      const known = leader.tracker.sessions.get(request.session);
      if (known !== undefined) known.closing = true;
      return { kind: 'closeSession', paths };
    }
    refused = checkSession(leader, request.session, via);
    const closing = leader.tracker.sessions.get(request.session)?.closing === true;
    if (closing && server.config.behaviour.mistake === 'closingSessionCreates') refused = null;
  }
  return service.prepare(tree, leader.changes, request, { ids, refused, zxid, time: server.wallMs });
}

/** The leader's own writes, one after the other. Source: ContainerManager.java#checkContainers. */
export function submitDue(server: Server, leader: Leader, out: Effect[]): string | undefined {
  const { service } = server.config;
  const { dueEveryMs } = service;
  if (dueEveryMs === null) return undefined;
  if (leader.due.length === 0) leader.due = service.due(server.db.tree, server.wallMs);
  const [op, ...rest] = leader.due;
  leader.due = rest;
  setTimer(out, 'due', 0, rest.length > 0 ? DUE_GAP_MS : dueEveryMs);
  if (op === undefined) return undefined;
  return submitRequest(
    server,
    leader,
    { request: { session: 0, cxid: 0, kind: 'write', op }, ids: [], via: null },
    out,
  );
}

/** At most ten thousand a minute, as znode.container.maxPerMinute is shipped. */
const DUE_GAP_MS = 6;

export function makeTxn(server: Server, of: { zxid: Zxid; session: number; cxid: number; body: TxnBody }): Txn {
  const hasher = new Hasher();
  hasher.int(of.zxid);
  hasher.int(of.session);
  hasher.int(of.cxid);
  hasher.int(server.id);
  hashBody(hasher, of.body);
  const { zxid, session, cxid, body } = of;
  return {
    zxid,
    session,
    cxid,
    proposer: server.id,
    body,
    digest: hasher.digest32(),
    bytes: server.config.service.txnBytes(body),
  };
}

/** A session's end without anything that goes with it counts as it does in a service that knows no such things. */
function hashBody(hasher: Hasher, body: TxnBody): void {
  if (body.kind !== 'closeSession') {
    hasher.data(body);
    return;
  }
  hasher.data({ kind: body.kind });
  for (const path of body.paths) hasher.text(path);
}

function propose(server: Server, leader: Leader, txn: Txn, out: Effect[]): void {
  leader.lastProposed = txn.zxid;
  leader.outstanding.push({ txn, acks: 0 });
  note(out, { kind: 'proposed', txn });
  const message: QuorumMessage = { kind: 'PROPOSAL', txn };
  for (const handler of leader.handlers)
    if (handler.forwarding && !onlyInformed(server, handler.observer)) queuePacket(leader, handler, message, out);
}

/** An observer takes no part in the vote on a transaction: it is told of what is committed. */
export function onlyInformed(server: Server, observer: boolean): boolean {
  return observer && server.config.behaviour.mistake !== 'observersCounted';
}

function answerAtOnce(server: Server, txn: Txn, out: Effect[]): void {
  const asked = waiting(server, txn.session, txn.cxid);
  if (asked !== undefined && txn.body.kind === 'write')
    answerFirst(server, asked.connection, asked.client, { error: null, value: null }, txn.zxid, out);
}

/** Source: Leader.java#processAck. */
export function processAck(server: Server, leader: Leader, sid: ServerId, zxid: Zxid, out: Effect[]): void {
  if (counterOf(zxid) === 0) return;
  const first = leader.outstanding.first();
  const last = zxid <= leader.lastCommitted;
  if (epochOf(zxid) < leader.epoch)
    fenced(out, 'ack-of-another-epoch', sid, { held: leader.epoch, offered: epochOf(zxid) }, 'ACK');
  if (first === undefined || last) {
    note(out, { kind: 'acked', from: sid, zxid, counted: false });
    return;
  }
  const proposal = leader.outstanding.at(zxid - first.txn.zxid);
  if (proposal === undefined || proposal.txn.zxid !== zxid) {
    unexpected(out, 'ack', sid, `ACK of 0x${zxid.toString(16)}, which was not proposed`);
    note(out, { kind: 'acked', from: sid, zxid, counted: false });
    return;
  }
  const counted = isVoter(server.config, sid) || server.config.behaviour.mistake === 'observersCounted';
  if (counted) proposal.acks = add(proposal.acks, sid);
  note(out, { kind: 'acked', from: sid, zxid, counted });
  // Only the oldest may be committed: zxid - 1 must not be waiting any more.
  if (proposal === first && isAckQuorum(server, proposal.acks)) commit(server, leader, proposal, out);
}

function isAckQuorum(server: Server, acks: ServerSet): boolean {
  const { verifier, behaviour } = server.config;
  if (behaviour.mistake === 'observersCounted') return sizeOf(acks) > Math.floor(sizeOf(verifier.voters) / 2);
  return containsQuorum(verifier, acks);
}

/** Source: Leader.java#tryToCommit, #commit, #inform. */
function commit(server: Server, leader: Leader, proposal: Proposal, out: Effect[]): void {
  const { txn, acks } = proposal;
  if (txn.zxid !== leader.lastCommitted + 1 && counterOf(leader.lastCommitted) !== 0)
    warn(out, `Commiting zxid 0x${txn.zxid.toString(16)} from ${formatSet(acks)} not first`);
  leader.outstanding.shift();
  leader.toBeApplied.push(txn);
  leader.lastCommitted = txn.zxid;
  note(out, { kind: 'committed', txn, acks });
  const committed: QuorumMessage = { kind: 'COMMIT', zxid: txn.zxid };
  const inform: QuorumMessage = { kind: 'INFORM', txn };
  for (const handler of leader.handlers)
    if (handler.forwarding)
      queuePacket(leader, handler, onlyInformed(server, handler.observer) ? inform : committed, out);
  queueCommit(server, { kind: 'txn', txn }, out);
  for (let i = 0; i < leader.pendingSyncs.length;) {
    const sync = leader.pendingSyncs[i]!;
    if (sync.zxid !== txn.zxid) {
      i++;
      continue;
    }
    leader.pendingSyncs.splice(i, 1);
    sendSync(leader, sync, out);
  }
}

/** A learner's sync: answered at once when nothing is outstanding, else behind the commit of what was proposed last. It is
 *  no quorum round: a leader that is deposed elsewhere answers it just the same. Source: Leader.java#processSync. */
export function processSync(
  leader: Leader,
  sync: { connection: number; session: number; cxid: number },
  out: Effect[],
): void {
  if (leader.outstanding.size === 0) sendSync(leader, sync, out);
  else leader.pendingSyncs.push({ zxid: leader.lastProposed, ...sync });
}

function sendSync(leader: Leader, sync: { connection: number; session: number; cxid: number }, out: Effect[]): void {
  const handler = leader.handlers.find((other) => other.connection === sync.connection);
  if (handler !== undefined)
    queuePacket(leader, handler, { kind: 'SYNC', session: sync.session, cxid: sync.cxid }, out);
}

// ── CommitProcessor and FinalRequestProcessor, of every role

/** Hands a committed transaction (or a SYNC that came back) to the commit processor's thread. */
export function queueCommit(
  server: Server,
  item: { kind: 'txn'; txn: Txn } | { kind: 'sync'; session: number; cxid: number },
  out: Effect[],
): void {
  server.commit.queue.push(item);
  scheduleCommit(server, out);
}

export function scheduleCommit(server: Server, out: Effect[]): void {
  if (server.commit.scheduled || server.commit.queue.size === 0) return;
  server.commit.scheduled = true;
  out.push({ kind: 'schedule', thread: 'commit' });
}

/** The commit processor's turn: applies in commit order. Where a release applies only what its own log holds durably,
 *  the rest waits for the next flush. Returns why the thread dies, if it does. */
export function runCommitProcessor(server: Server, out: Effect[]): string | undefined {
  server.commit.scheduled = false;
  if (server.zk !== 'running') return undefined;
  const { queue } = server.commit;
  for (let item = queue.first(); item !== undefined; item = queue.first()) {
    if (item.kind === 'sync') {
      queue.shift();
      const asked = waiting(server, item.session, item.cxid);
      if (asked !== undefined)
        answerFirst(server, asked.connection, asked.client, { error: null, value: null }, server.db.lastProcessed, out);
      continue;
    }
    if (server.config.behaviour.applyAfterDurable && item.txn.zxid > server.log.durable) return undefined;
    queue.shift();
    const refused = applyCommitted(server, item.txn, out);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

function applyCommitted(server: Server, txn: Txn, out: Effect[]): string | undefined {
  const outcome = processTxn(server, txn);
  const refused = addCommittedProposal(server, txn);
  note(out, { kind: 'applied', txn, delivered: true });
  if (refused !== undefined) return refused;
  const { leader } = server;
  if (leader !== null) {
    if (leader.toBeApplied.first() === txn) leader.toBeApplied.shift();
    server.config.service.settle(leader.changes, txn.zxid);
  }
  const { mistake } = server.config.behaviour;
  if (mistake === 'answersBeforeEvents') answerAsker(server, txn, outcome, out);
  if (outcome.changes.length > 0) tellWatchers(server, outcome.changes, txn.zxid, out);
  if (txn.body.kind === 'closeSession') sessionGone(server, txn, out);
  answerAsker(server, txn, outcome, out);
  return undefined;
}

/** The client that asked for this transaction, if it is here. */
function answerAsker(server: Server, txn: Txn, outcome: Outcome, out: Effect[]): void {
  const asked = waiting(server, txn.session, txn.cxid);
  if (asked === undefined) return;
  const { connection, client, request } = asked;
  if (request.kind === 'createSession' && txn.body.kind === 'createSession') {
    client.pending.shift();
    note(out, { kind: 'sessionOpened', session: txn.session });
    attachSession(server, connection, { id: txn.session, timeoutMs: txn.body.timeoutMs }, out);
    answerReads(server, connection, client, out);
    return;
  }
  if (outcome.error === 'SESSIONMOVED') {
    // No answer: whoever speaks for the session elsewhere has taken its place.
    closeClient(server, connection, out);
    return;
  }
  answerFirst(server, connection, client, outcome, txn.zxid, out);
  if (txn.body.kind === 'closeSession') closeClient(server, connection, out);
}

function sessionGone(server: Server, txn: Txn, out: Effect[]): void {
  server.leader?.tracker.sessions.delete(txn.session);
  server.clients.touched.delete(txn.session);
  note(out, { kind: 'sessionClosed', session: txn.session });
  const connection = server.clients.bySession.get(txn.session);
  // A client that asked for it waits for its answer; one whose session expired is cut off.
  if (connection !== undefined && waiting(server, txn.session, txn.cxid) === undefined)
    closeClient(server, connection, out);
}

// ── the tick loop

/** Every half tick. Returns why the leader must step down, if it must.
 *  Source: Leader.java#lead, LearnerHandler.java#ping. */
export function tick(server: Server, leader: Leader, out: Effect[]): string | undefined {
  leader.halfTicks++;
  if (server.zk !== 'running') return 'Unexpected internal error';
  if (!leader.tickSkip) {
    leader.tick++;
    const synced = presentLearners(server, leader);
    if (
      !containsQuorum(server.config.verifier, synced) &&
      server.config.behaviour.mistake !== 'leaderWithoutQuorumStays'
    ) {
      return `Not sufficient followers synced, only synced with sids: ${formatSet(synced)}`;
    }
  }
  leader.tickSkip = !leader.tickSkip;
  for (const handler of leader.handlers.slice()) ping(server, leader, handler, out);
  setTimer(out, 'tick', 0, ticks(server, 1) / 2);
  return undefined;
}

/** The leader, and every learner whose deadline has not passed; those still synchronizing count as present. */
function presentLearners(server: Server, leader: Leader): number {
  const ids = [server.id];
  for (const handler of leader.handlers)
    if (handler.sid !== 0 && handler.tickOfNextAckDeadline >= leader.tick) ids.push(handler.sid);
  return setOf(ids);
}

function ping(server: Server, leader: Leader, handler: LearnerHandler, out: Effect[]): void {
  if (!handler.sending) return;
  const late = 2 * server.config.settings.syncLimit;
  if (handler.currentSince !== 0 && leader.halfTicks - handler.currentSince >= late) {
    warn(out, `Closing connection to peer ${handler.sid} due to transaction timeout`);
    dropHandler(leader, handler, out);
    return;
  }
  out.push({
    kind: 'send',
    connection: handler.connection,
    message: { kind: 'PING', zxid: leader.lastProposed, touched: [] },
  });
}

/** Ends one learner's thread. What it was counted for stays counted. Source: LearnerHandler.java#shutdown. */
export function dropHandler(leader: Leader, handler: LearnerHandler, out: Effect[]): void {
  const at = leader.handlers.indexOf(handler);
  if (at >= 0) leader.handlers.splice(at, 1);
  out.push({ kind: 'close', connection: handler.connection });
  forgetHandler(handler, out);
}

export function forgetHandler(handler: LearnerHandler, out: Effect[]): void {
  for (const timer of ['handlerWait', 'handlerRead', 'startup'] as const)
    out.push({ kind: 'clearTimer', timer, arg: handler.connection });
}

/** A packet from a learner that is in. Returns why the leader must step down, if it must.
 *  Source: LearnerHandler.java#run, its last loop. */
export function fromLearner(
  server: Server,
  leader: Leader,
  handler: LearnerHandler,
  message: QuorumMessage,
  out: Effect[],
): string | undefined {
  handler.tickOfNextAckDeadline = leader.tick + server.config.settings.syncLimit;
  setTimer(out, 'handlerRead', handler.connection, ticks(server, server.config.settings.syncLimit));
  switch (message.kind) {
    case 'ACK':
      updateAck(handler, message.zxid);
      processAck(server, leader, handler.sid, message.zxid, out);
      return undefined;
    case 'PING':
      if (server.config.behaviour.mistake === 'forgetsLearnersTouches') return;
      for (const [session] of message.touched) touchSession(server, leader, session);
      return undefined;
    case 'REVALIDATE': {
      const valid = revalidate(server, leader, message.session, handler.connection);
      queuePacket(
        leader,
        handler,
        { kind: 'REVALIDATE', session: message.session, timeoutMs: message.timeoutMs, valid },
        out,
      );
      return undefined;
    }
    case 'REQUEST': {
      const { request } = message;
      if (request.kind !== 'sync')
        return submitRequest(server, leader, { request, ids: message.ids, via: handler.connection }, out);
      processSync(leader, { connection: handler.connection, session: request.session, cxid: request.cxid }, out);
      return undefined;
    }
    default:
      unexpected(out, 'packet', handler.sid, `${message.kind} during broadcast`);
      return undefined;
  }
}

/** SyncLimitCheck#updateAck. */
function updateAck(handler: LearnerHandler, zxid: Zxid): void {
  if (handler.currentZxid === zxid && handler.currentSince !== 0) {
    handler.currentZxid = handler.nextZxid;
    handler.currentSince = handler.nextSince;
    handler.nextZxid = 0 as Zxid;
    handler.nextSince = 0;
  } else if (handler.nextZxid === zxid) {
    handler.nextZxid = 0 as Zxid;
    handler.nextSince = 0;
  }
}

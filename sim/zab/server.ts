import { unreachable } from '../assert.ts';
import type { Hasher } from '../hash.ts';
import { clientClosed, clientOpened, closeClient, newClients } from './clients.ts';
import { onClientMessage } from './client-requests.ts';
import type { Config } from './config.ts';
import { accepted, cnxClosed, cnxUnreachable, dialled, greeted, newConnections, sidOf } from './connections.ts';
import { emptyDatabase, loadDatabase } from './database.ts';
import { connectFailed, connectToLeader, register } from './discovery.ts';
import { lookForLeader, newElection, pollTimedOut, receiveNotification } from './election.ts';
import type { ConnectionId, Effect, Input, Plane } from './effects.ts';
import { Fifo } from './fifo.ts';
import { hashServerInto } from './fingerprint.ts';
import { runCommitProcessor, submitDue, submitRequest, tick } from './leader-broadcast.ts';
import { sendSnapshots, startUp } from './leader-sync.ts';
import { acceptLearner, handlerClosed, handlerTimedOut, learnerSaid } from './learner-handler.ts';
import { newLogQueue, runSnapshotThread, startFlush } from './log-queue.ts';
import { learnerEof, learnerPacket, resumeReading } from './learner.ts';
import { nextStep } from './learner-sync.ts';
import type {
  ClientMessage,
  ClientRequest,
  ElectionMessage,
  Message,
  QuorumMessage,
  ServerState,
  Vote,
  ZabState,
} from './messages.ts';
import { beginRole, forgetEpochs, handlerOf, leaveRole, noticeShutdown, replayUnflushed } from './peer.ts';
import type { ServerId } from './sets.ts';
import { expireSessions } from './sessions.ts';
import type { Leader, Server } from './state.ts';
import { addSnapshot, type Storage } from './storage.ts';
import { criticalThreadDied, diskDone } from './writes.ts';
import { epochOf, ZERO, type Zxid } from './zxid.ts';

export type { Server } from './state.ts';

/** What a process found when it started, or why it refused to. */
export interface Booted {
  readonly server: Server;
  readonly effects: Effect[];
  readonly refused: { readonly code: number; readonly why: string } | null;
  readonly loaded: {
    readonly lastZxid: Zxid;
    readonly snapshot: number;
    readonly snapshotZxid: Zxid;
    readonly replayed: number;
  };
}

/** Loads a data directory and begins to look for a leader. Default files are created in `storage` on the way.
 *  `life` counts the starts of this server from 1, `entropy` seeds its own small generator (not 0).
 *  Source: QuorumPeer.java#start, #loadDataBase. */
export function boot(
  config: Config,
  id: ServerId,
  storage: Storage,
  start: { life: number; entropy: number } = { life: 1, entropy: 1 },
): Booted {
  const server = newServer(config, id, storage, start);
  const found = loadDatabase(server);
  const { db } = server;
  const { refused, ...rest } = found;
  const loaded = { lastZxid: db.lastApplied, ...rest };
  if (refused !== null) return { server, effects: [], refused: { code: 1, why: refused }, loaded };
  server.log.durable = db.lastProcessed;
  if (storage.snapshots.length === 0 && storage.logs.length === 0) createFirstSnapshot(server);
  const why = config.behaviour.mistake === 'epochOnlyInZxid' ? forgetEpochs(server) : loadEpochs(server);
  if (why !== null) return { server, effects: [], refused: { code: 1, why }, loaded };
  server.currentVote = { leader: id, zxid: db.lastProcessed, peerEpoch: server.currentEpoch };
  const effects: Effect[] = [];
  lookForLeader(server, effects);
  afterInput(server, effects);
  return { server, effects, refused: null, loaded };
}

function newServer(config: Config, id: ServerId, storage: Storage, start: { life: number; entropy: number }): Server {
  return {
    id,
    config,
    storage,
    state: 'LOOKING',
    phase: 'ELECTION',
    acceptedEpoch: 0,
    currentEpoch: 0,
    currentVote: { leader: id, zxid: ZERO, peerEpoch: 0 },
    currentVoteRound: 0,
    zk: 'none',
    db: emptyDatabase({ config }),
    cnx: newConnections(config.servers),
    fle: newElection(),
    log: newLogQueue(),
    commit: { queue: new Fifo(), scheduled: false },
    clients: newClients(config.service),
    leader: null,
    learner: null,
    leaving: null,
    stopping: false,
    needsSnapshot: false,
    highestPromise: 0,
    reign: 0,
    writes: new Map(),
    nextToken: 1,
    snapshotsTaken: 0,
    life: start.life,
    chance: start.entropy >>> 0 || 1,
    wallMs: 0,
  };
}

/** An empty directory gets `snapshot.0`. Source: FileTxnSnapLog.java#restore. */
function createFirstSnapshot(server: Server): void {
  const { service } = server.config;
  const content = service.content(server.db.tree);
  addSnapshot(
    server.storage,
    {
      id: 0,
      zxid: ZERO,
      lastZxid: ZERO,
      by: server.id,
      content,
      sessions: [],
      bytes: service.snapshotBytes(server.db.tree),
    },
    true,
  );
}

/** Source: QuorumPeer.java#loadDataBase. Returns why the server refuses to start. */
function loadEpochs(server: Server): string | null {
  const { storage, config } = server;
  const epochOfZxid = epochOf(server.db.lastProcessed);
  storage.currentEpoch ??= epochOfZxid;
  if (epochOfZxid > storage.currentEpoch) {
    const marked = storage.updatingEpoch !== null && config.behaviour.updatingEpochMarker;
    if (!marked && !config.behaviour.raiseCurrentEpochAtLoad)
      return `The current epoch, ${storage.currentEpoch}, is older than the last zxid, 0x${server.db.lastProcessed.toString(16)}`;
    // A logged transaction of an epoch stands behind that epoch's whole initial history, so the epoch has been reached.
    storage.currentEpoch = epochOfZxid;
    storage.updatingEpoch = null;
  }
  storage.acceptedEpoch ??= epochOfZxid;
  if (storage.acceptedEpoch < storage.currentEpoch) {
    if (!config.behaviour.raiseCurrentEpochAtLoad)
      return `The accepted epoch, ${storage.acceptedEpoch} is less than the current epoch, ${storage.currentEpoch}`;
    storage.acceptedEpoch = storage.currentEpoch;
  }
  server.currentEpoch = storage.currentEpoch;
  server.acceptedEpoch = storage.acceptedEpoch;
  return null;
}

/** The whole protocol. Changes `server`, touches nothing else, draws no chance of its own, reads no clock.
 *  The effects are to be performed in order. */
export function step(server: Server, input: Input): Effect[] {
  const out: Effect[] = [];
  switch (input.kind) {
    case 'received':
      received(server, input.plane, input.connection, input.message, out);
      break;
    case 'written':
      diskDone(server, input.token, input.error, out);
      break;
    case 'fired':
      fired(server, input, out);
      break;
    case 'scheduled':
      scheduled(server, input.thread, out);
      break;
    case 'opened':
      opened(server, input, out);
      break;
    case 'closed':
      closed(server, input.plane, input.connection, out);
      break;
    case 'unreachable':
      unreachablePeer(server, input, out);
      break;
    case 'stopped':
      server.stopping = true;
      if (server.leader === null && server.learner === null) out.push({ kind: 'exit', code: 0, why: 'stopped' });
      else leaveRole(server, 'stopped', out);
      break;
    default:
      unreachable(input);
  }
  afterInput(server, out);
  return out;
}

/** An election that has just been decided is followed by its role. */
function afterInput(server: Server, out: Effect[]): void {
  if (server.state !== 'LOOKING' && server.leader === null && server.learner === null && server.leaving === null)
    beginRole(server, out);
}

function received(server: Server, plane: Plane, connection: ConnectionId, message: Message, out: Effect[]): void {
  switch (plane) {
    case 'election': {
      const said = message as ElectionMessage;
      if (said.kind === 'GREETING') greeted(server, connection, said.sid, out);
      else {
        const from = sidOf(server, connection);
        if (from !== 0) receiveNotification(server, from, said, out);
      }
      return;
    }
    case 'quorum': {
      if (server.leaving !== null) return;
      const packet = message as QuorumMessage;
      if (server.learner !== null) {
        if (server.learner.connection === connection) learnerPacket(server, server.learner, packet, out);
      } else if (server.leader !== null) learnerSaid(server, server.leader, connection, packet, out);
      return;
    }
    case 'client': {
      if (server.leaving !== null) return;
      const why = onClientMessage(server, connection, message as ClientMessage, out);
      if (why !== undefined) leaveRole(server, why, out);
      return;
    }
  }
}

function opened(server: Server, input: Input & { kind: 'opened' }, out: Effect[]): void {
  const { plane, connection, peer, ours } = input;
  switch (plane) {
    case 'election':
      if (ours) dialled(server, peer, connection, out);
      else accepted(server, connection);
      return;
    case 'quorum':
      if (ours) {
        const { learner } = server;
        if (learner !== null && learner.connection === 0 && server.leaving === null)
          register(server, learner, connection, out);
        else out.push({ kind: 'close', connection });
      } else if (server.leader !== null && server.leaving === null)
        acceptLearner(server, server.leader, connection, out);
      else out.push({ kind: 'close', connection });
      return;
    case 'client':
      clientOpened(server, connection, out);
      return;
  }
}

function closed(server: Server, plane: Plane, connection: ConnectionId, out: Effect[]): void {
  switch (plane) {
    case 'election':
      cnxClosed(server, connection);
      return;
    case 'quorum':
      if (server.leaving !== null) return;
      if (server.learner?.connection === connection) learnerEof(server, server.learner, out);
      else if (server.leader !== null) handlerClosed(server.leader, connection, out);
      return;
    case 'client':
      clientClosed(server, connection, out);
      return;
  }
}

function unreachablePeer(server: Server, input: Input & { kind: 'unreachable' }, out: Effect[]): void {
  if (input.plane === 'election') {
    cnxUnreachable(server, input.peer);
    return;
  }
  const { learner } = server;
  if (input.plane !== 'quorum' || learner === null || server.leaving !== null || learner.leader !== input.peer) return;
  const why = connectFailed(server, learner, input.why, out);
  if (why !== undefined) leaveRole(server, why, out);
}

function fired(server: Server, input: Input & { kind: 'fired' }, out: Effect[]): void {
  const { leader, learner } = server;
  switch (input.timer) {
    case 'poll':
      pollTimedOut(server, out);
      return;
    case 'observerDelay':
      if (server.state === 'LOOKING') lookForLeader(server, out);
      return;
    case 'connect':
      if (server.leaving !== null) replayUnflushed(server, out);
      else if (learner !== null) connectToLeader(server, learner, out);
      return;
    case 'read':
      if (learner !== null && !learner.busy)
        leaveRole(server, `read timed out: nothing from server ${learner.leader}`, out);
      return;
    case 'leaderWait':
      if (leader !== null) leaveRole(server, `Timeout while waiting in ${leader.stage}`, out);
      return;
    case 'tick': {
      if (leader === null) return;
      if (server.leaving !== null) {
        noticeShutdown(server, out);
        return;
      }
      const why = tick(server, leader, out);
      if (why !== undefined) leaveRole(server, why, out);
      return;
    }
    case 'expiry':
      if (leader !== null && server.leaving === null) expire(server, leader, out);
      return;
    case 'due': {
      if (leader === null || server.leaving !== null) return;
      const why = submitDue(server, leader, out);
      if (why !== undefined) leaveRole(server, why, out);
      return;
    }
    case 'startup': {
      const handler = handlerOf(server, input.arg);
      if (leader !== null && handler !== undefined && handler.stage === 'startup')
        startUp(server, leader, handler, out);
      return;
    }
    case 'handlerWait':
    case 'handlerRead':
      if (leader !== null) handlerTimedOut(leader, input.arg, input.timer, out);
      return;
    case 'session':
      closeClient(server, input.arg, out);
      return;
  }
}

function expire(server: Server, leader: Leader, out: Effect[]): void {
  for (const session of expireSessions(server, leader, out)) {
    const request: ClientRequest = { session, cxid: 0, kind: 'closeSession', op: null };
    const why = submitRequest(server, leader, { request, ids: [], via: null }, out);
    if (why !== undefined) {
      leaveRole(server, why, out);
      return;
    }
  }
}

function scheduled(server: Server, thread: (Input & { kind: 'scheduled' })['thread'], out: Effect[]): void {
  switch (thread) {
    case 'commit': {
      const why = runCommitProcessor(server, out);
      if (why !== undefined) criticalThreadDied(server, why, out);
      return;
    }
    case 'snapshot':
      runSnapshotThread(server, out);
      return;
    case 'log':
      if (!server.log.flushing) startFlush(server, out);
      return;
    case 'sendSnapshot':
      if (server.leader !== null && server.leaving === null) sendSnapshots(server, server.leader, out);
      return;
    case 'learner': {
      const { learner } = server;
      if (learner === null || learner.steps[0] !== 'yield') return;
      learner.steps.shift();
      nextStep(server, learner, out);
      // What came meanwhile, a PING perhaps, waits in the socket.
      resumeReading(server, learner, out);
      return;
    }
  }
}

// ── what the world asks

/** True if a process in this state accepts connections on this plane. The quorum port is bound while LEADING. */
export function listens(server: Server, plane: Plane): boolean {
  return plane !== 'quorum' || (server.leader !== null && server.leaving === null);
}

export interface ServerView {
  readonly state: ServerState;
  readonly phase: ZabState;
  readonly mode: 'leader' | 'follower' | 'observer' | 'not serving';
  readonly acceptedEpoch: number;
  readonly currentEpoch: number;
  readonly lastProcessedZxid: Zxid;
  readonly committedLog: { readonly min: Zxid; readonly max: Zxid; readonly size: number };
  /** The leader it follows, itself when it leads, 0 while LOOKING. */
  readonly leader: ServerId;
  /** The epoch it leads or follows in; -1 while there is none. */
  readonly epoch: number;
  readonly vote: Vote;
}

export function viewServer(server: Server): ServerView {
  const { db, leader, learner } = server;
  const serving = server.zk === 'running' && server.leaving === null;
  const mode = server.state === 'LEADING' ? 'leader' : server.state === 'FOLLOWING' ? 'follower' : 'observer';
  return {
    state: server.state,
    phase: server.phase,
    mode: serving ? mode : 'not serving',
    acceptedEpoch: server.acceptedEpoch,
    currentEpoch: server.currentEpoch,
    lastProcessedZxid: db.lastProcessed,
    committedLog: { min: db.minCommittedLog, max: db.maxCommittedLog, size: db.committedLog.size },
    leader: leader !== null ? server.id : (learner?.leader ?? 0),
    epoch: leader?.epoch ?? learner?.newEpoch ?? -1,
    vote: server.currentVote,
  };
}

export function hashServer(server: Server, into: Hasher): void {
  hashServerInto(server, into);
}

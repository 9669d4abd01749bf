import { cloneClients } from './clients.ts';
import { cloneConnections } from './connections.ts';
import { cloneDatabase } from './database.ts';
import { cloneElection } from './election.ts';
import { Fifo } from './fifo.ts';
import { cloneLogQueue } from './log-queue.ts';
import { cloneTracker } from './sessions.ts';
import type { Service } from './service.ts';
import type { Leader, Learner, LearnerHandler, Server } from './state.ts';
import type { Storage } from './storage.ts';

/** A copy that shares immutable values only. `storage` is the copy's own data directory. */
export function cloneServer(server: Server, storage: Storage): Server {
  return {
    ...server,
    storage,
    db: cloneDatabase(server),
    cnx: cloneConnections(server.cnx),
    fle: cloneElection(server.fle),
    log: cloneLogQueue(server.log),
    commit: { queue: server.commit.queue.clone(), scheduled: server.commit.scheduled },
    clients: cloneClients(server.clients, server.config.service),
    leader: server.leader === null ? null : cloneLeader(server.leader, server.config.service),
    learner: server.learner === null ? null : cloneLearner(server.learner),
    writes: new Map(server.writes),
  };
}

function cloneLeader(leader: Leader, service: Service): Leader {
  return {
    ...leader,
    outstanding: new Fifo(leader.outstanding.list().map((proposal) => ({ ...proposal }))),
    toBeApplied: leader.toBeApplied.clone(),
    changes: service.copyOutstanding(leader.changes),
    handlers: leader.handlers.map(cloneHandler),
    pendingSyncs: leader.pendingSyncs.slice(),
    tracker: cloneTracker(leader.tracker),
  };
}

function cloneHandler(handler: LearnerHandler): LearnerHandler {
  return { ...handler, inbox: handler.inbox.clone(), queued: handler.queued.slice() };
}

function cloneLearner(learner: Learner): Learner {
  return {
    ...learner,
    inbox: learner.inbox.clone(),
    packetsNotLogged: learner.packetsNotLogged.slice(),
    packetsCommitted: learner.packetsCommitted.slice(),
    requestsToAck: learner.requestsToAck.slice(),
    steps: learner.steps.slice(),
    pendingTxns: learner.pendingTxns.clone(),
    pendingSyncs: learner.pendingSyncs.clone(),
  };
}

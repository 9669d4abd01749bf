import { connectAll, haveDelivered, toSend } from './connections.ts';
import { isVoter } from './config.ts';
import type { Effect } from './effects.ts';
import type { ElectionMessage, ServerState, Vote } from './messages.ts';
import { clearTimer, fenced, note, setTimer } from './out.ts';
import { containsQuorum, weightOf } from './quorum.ts';
import { add, NOBODY, type ServerId, type ServerSet } from './sets.ts';
import type { Election, Received, Server } from './state.ts';
import type { Zxid } from './zxid.ts';

/** FastLeaderElection.java: rounds, the total order of votes, the quiet period, joining an ensemble that has a leader. */

/** FastLeaderElection.finalizeWait, in ms. A quorum that agrees waits so long for a better vote. */
const FINALIZE_WAIT = 200;

type Notification = Extract<ElectionMessage, { kind: 'NOTIFICATION' }>;

/** An observer's own vote: it loses against every other. There the fields are Long.MIN_VALUE. */
const NO_VOTE: Vote = { leader: 0, zxid: -2 as Zxid, peerEpoch: -2 };

export function newElection(): Election {
  return {
    logicalclock: 0,
    mode: 'idle',
    initial: NO_VOTE,
    proposal: NO_VOTE,
    wait: 0,
    recvset: [],
    outofelection: [],
  };
}

/** True if the first vote beats the second: higher peerEpoch, then zxid, then server id; a leader of weight 0 never wins.
 *  Equal votes do not beat each other. Source: FastLeaderElection.java#totalOrderPredicate. */
export function totalOrderPredicate(server: Server, next: Vote, current: Vote): boolean {
  if (next.leader !== 0 && weightOf(server.config.verifier, next.leader) === 0) return false;
  const { mistake } = server.config.behaviour;
  if (mistake === 'voteOrderNotTotal' && next.zxid === current.zxid && next.leader > current.leader) return true;
  if (mistake !== 'voteIgnoresEpoch' && next.peerEpoch !== current.peerEpoch) return next.peerEpoch > current.peerEpoch;
  if (mistake !== 'voteIgnoresZxid' && next.zxid !== current.zxid) return next.zxid > current.zxid;
  return next.leader > current.leader;
}

/** Begins a round. Source: FastLeaderElection.java#lookForLeader. */
export function lookForLeader(server: Server, out: Effect[]): void {
  const { fle } = server;
  fle.logicalclock++;
  fle.mode = 'poll';
  fle.wait = server.config.settings.minNotificationInterval;
  fle.recvset = emptyVotes(server);
  fle.outofelection = emptyVotes(server);
  fle.initial = isVoter(server.config, server.id)
    ? { leader: server.id, zxid: server.db.lastProcessed, peerEpoch: server.currentEpoch }
    : NO_VOTE;
  propose(server, fle.initial, 'start', out);
  drainLoopback(server, out);
  if (server.fle.mode === 'poll') poll(server, out);
}

/** Source: FastLeaderElection.java WorkerReceiver#run: answers at once, in every state. */
export function receiveNotification(server: Server, from: ServerId, message: Notification, out: Effect[]): void {
  deliver(server, from, message, out);
  drainLoopback(server, out);
}

/** recvqueue.poll returned nothing. */
export function pollTimedOut(server: Server, out: Effect[]): void {
  const { fle } = server;
  if (fle.mode === 'idle') return;
  if (fle.mode === 'finalize') {
    decide(
      server,
      { vote: fle.proposal, supporters: supporters(server, fle.recvset, fle.proposal, fle.logicalclock) },
      out,
    );
    return;
  }
  if (haveDelivered(server)) sendNotifications(server, out);
  else connectAll(server, out);
  fle.wait = Math.min(fle.wait * 2, server.config.settings.maxNotificationInterval);
  drainLoopback(server, out);
  if (server.fle.mode === 'poll') poll(server, out);
}

function drainLoopback(server: Server, out: Effect[]): void {
  for (let message = server.cnx.loopback.shift(); message !== undefined; message = server.cnx.loopback.shift())
    if (message.kind === 'NOTIFICATION') deliver(server, server.id, message, out);
}

function deliver(server: Server, from: ServerId, message: Notification, out: Effect[]): void {
  if (!isVoter(server.config, from)) {
    reply(server, from, { vote: server.currentVote, electionEpoch: server.fle.logicalclock, state: server.state }, out);
    return;
  }
  if (server.state === 'LOOKING') {
    if (message.state === 'LOOKING' && message.electionEpoch < server.fle.logicalclock)
      reply(server, from, { vote: server.fle.proposal, electionEpoch: server.fle.logicalclock, state: 'LOOKING' }, out);
    // An observer that pauses between two rounds hears again what matters once it asks.
    if (server.fle.mode !== 'idle') take(server, from, message, out);
    return;
  }
  if (message.state === 'LOOKING')
    reply(server, from, { vote: server.currentVote, electionEpoch: server.currentVoteRound, state: server.state }, out);
}

/** One message out of recvqueue, in the main loop or in the quiet period. */
function take(server: Server, from: ServerId, n: Notification, out: Effect[]): void {
  const { fle } = server;
  if (fle.mode === 'finalize') {
    // Whatever does not beat the proposal is drained unseen, and the quiet period begins again.
    if (!totalOrderPredicate(server, n.vote, fle.proposal)) {
      setTimer(out, 'poll', 0, FINALIZE_WAIT);
      return;
    }
    fle.mode = 'poll';
  }
  if (isVoter(server.config, n.vote.leader)) consider(server, from, n, out);
  if (server.state === 'LOOKING' && fle.mode === 'poll') poll(server, out);
}

function consider(server: Server, from: ServerId, n: Notification, out: Effect[]): void {
  switch (n.state) {
    case 'LOOKING':
      receivedLooking(server, from, n, out);
      return;
    case 'FOLLOWING':
    case 'LEADING':
      receivedDecided(server, from, n, out);
      return;
    case 'OBSERVING':
      return;
  }
}

function receivedLooking(server: Server, from: ServerId, n: Notification, out: Effect[]): void {
  const { fle } = server;
  if (fle.initial.zxid === -1 || n.vote.zxid === -1) return;
  if (n.electionEpoch < fle.logicalclock) return;
  if (n.electionEpoch > fle.logicalclock) {
    fle.logicalclock = n.electionEpoch;
    fle.recvset = emptyVotes(server);
    const better = totalOrderPredicate(server, n.vote, fle.initial);
    if (!better) tellOlderVote(n.vote, fle.initial, out);
    propose(server, better ? n.vote : fle.initial, 'round', out);
  } else if (totalOrderPredicate(server, n.vote, fle.proposal)) {
    propose(server, n.vote, 'better', out);
  } else {
    tellOlderVote(n.vote, fle.proposal, out);
  }
  fle.recvset[from] = { vote: n.vote, electionEpoch: n.electionEpoch, state: 'LOOKING' };
  const agreeing = supporters(server, fle.recvset, fle.proposal, fle.logicalclock);
  if (containsQuorum(server.config.verifier, agreeing)) {
    fle.mode = 'finalize';
    setTimer(out, 'poll', 0, FINALIZE_WAIT);
  }
}

/** A vote that loses by its epoch alone is the election's way of fencing an old history. */
function tellOlderVote(refused: Vote, held: Vote, out: Effect[]): void {
  if (refused.peerEpoch < held.peerEpoch)
    fenced(
      out,
      'vote-of-older-epoch',
      refused.leader,
      { held: held.peerEpoch, offered: refused.peerEpoch },
      'NOTIFICATION',
    );
}

/** Source: FastLeaderElection.java#receivedFollowingNotification, #receivedLeadingNotification. */
function receivedDecided(server: Server, from: ServerId, n: Notification, out: Effect[]): void {
  const { fle } = server;
  const received: Received = { vote: n.vote, electionEpoch: n.electionEpoch, state: n.state };
  const strict = server.config.behaviour.mistake === 'outOfElectionStrictMatch';
  if (n.electionEpoch === fle.logicalclock) {
    const { checkLeaderInRecvset } = server.config.behaviour;
    fle.recvset[from] = checkLeaderInRecvset ? received : { ...received, state: 'LOOKING' };
    // Votes kept here carry no version, so between servers that have decided the leader alone is compared.
    const sameLeader = strict ? sameVote : (a: Received, b: Received) => a.vote.leader === b.vote.leader;
    const matching = matchingVotes(fle.recvset, received, sameLeader);
    const leaders = checkLeaderInRecvset ? fle.recvset : fle.outofelection;
    if (containsQuorum(server.config.verifier, matching) && checkLeader(server, leaders, n)) {
      decide(server, { vote: n.vote, supporters: matching }, out);
      return;
    }
  }
  fle.outofelection[from] = received;
  const matching = matchingVotes(
    fle.outofelection,
    received,
    strict ? sameVote : (a, b) => a.vote.leader === b.vote.leader && a.vote.peerEpoch === b.vote.peerEpoch,
  );
  if (containsQuorum(server.config.verifier, matching) && checkLeader(server, fle.outofelection, n)) {
    fle.logicalclock = n.electionEpoch;
    decide(server, { vote: n.vote, supporters: matching }, out);
  }
}

/** A leader is believed only when it says itself that it leads. Source: FastLeaderElection.java#checkLeader. */
function checkLeader(server: Server, votes: readonly (Received | null)[], n: Notification): boolean {
  if (n.vote.leader === server.id) return server.fle.logicalclock === n.electionEpoch;
  return votes[n.vote.leader]?.state === 'LEADING';
}

/** Votes equal to `received` by Vote.java#equals: against a LOOKING one everything must be equal. */
function matchingVotes(
  votes: readonly (Received | null)[],
  received: Received,
  sameDecision: (a: Received, b: Received) => boolean,
): ServerSet {
  let set = NOBODY;
  for (let sid = 1; sid < votes.length; sid++) {
    const vote = votes[sid];
    if (vote === null || vote === undefined) continue;
    const equal = vote.state === 'LOOKING' ? sameVote(vote, received) : sameDecision(vote, received);
    if (equal) set = add(set, sid);
  }
  return set;
}

function sameVote(a: Received, b: Received): boolean {
  return (
    a.vote.leader === b.vote.leader &&
    a.vote.zxid === b.vote.zxid &&
    a.vote.peerEpoch === b.vote.peerEpoch &&
    a.electionEpoch === b.electionEpoch
  );
}

function supporters(server: Server, votes: readonly (Received | null)[], vote: Vote, round: number): ServerSet {
  const mine: Received = { vote, electionEpoch: round, state: 'LOOKING' };
  let set = NOBODY;
  for (let sid = 1; sid < votes.length; sid++) {
    const other = votes[sid];
    if (other !== null && other !== undefined && isVoter(server.config, sid) && sameVote(other, mine))
      set = add(set, sid);
  }
  return set;
}

/** Leaves LOOKING with this vote. Source: FastLeaderElection.java#setPeerState, #learningState, #leaveInstance. */
function decide(server: Server, decision: { vote: Vote; supporters: ServerSet }, out: Effect[]): void {
  const { fle } = server;
  const { vote } = decision;
  fle.mode = 'idle';
  clearTimer(out, 'poll');
  server.currentVote = vote;
  server.currentVoteRound = fle.logicalclock;
  const becomes: ServerState =
    vote.leader === server.id ? 'LEADING' : isVoter(server.config, server.id) ? 'FOLLOWING' : 'OBSERVING';
  server.state = becomes;
  note(out, {
    kind: 'elected',
    round: fle.logicalclock,
    vote,
    initial: fle.initial,
    becomes,
    supporters: decision.supporters,
  });
  fle.recvset = [];
  fle.outofelection = [];
  server.cnx.loopback.clear();
}

function propose(server: Server, vote: Vote, because: 'start' | 'round' | 'better', out: Effect[]): void {
  server.fle.proposal = vote;
  note(out, { kind: 'voted', round: server.fle.logicalclock, vote, because });
  sendNotifications(server, out);
}

function sendNotifications(server: Server, out: Effect[]): void {
  const { fle } = server;
  const message: ElectionMessage = {
    kind: 'NOTIFICATION',
    state: 'LOOKING',
    vote: fle.proposal,
    electionEpoch: fle.logicalclock,
  };
  for (const sid of server.config.servers) if (isVoter(server.config, sid)) toSend(server, sid, message, out);
}

function reply(
  server: Server,
  to: ServerId,
  answer: { vote: Vote; electionEpoch: number; state: ServerState },
  out: Effect[],
): void {
  toSend(server, to, { kind: 'NOTIFICATION', ...answer }, out);
}

function poll(server: Server, out: Effect[]): void {
  setTimer(out, 'poll', 0, server.fle.wait);
}

function emptyVotes(server: Server): (Received | null)[] {
  const votes: (Received | null)[] = [];
  for (let i = 0; i < server.cnx.peers.length; i++) votes.push(null);
  return votes;
}

export function cloneElection(fle: Election): Election {
  return { ...fle, recvset: fle.recvset.slice(), outofelection: fle.outofelection.slice() };
}

import { unreachable } from '../sim/assert.ts';
import { keyOf } from '../sim/clients/call.ts';
import type { TraceEvent } from '../sim/trace.ts';
import type { Note, SyncChosen } from '../sim/zab/effects.ts';
import type { ClientRequest, Message, Txn, Vote } from '../sim/zab/messages.ts';
import { epochOf, formatZxid } from '../sim/zab/zxid.ts';
import type { Operation, TreeTxn } from '../sim/zookeeper/operations.ts';
import { clientWords, operationWords, treeTxnWords } from './client-words.ts';
import { fencingWords } from './fencing.ts';
import { count, enumerate, when, who, whoSet, zxidText } from './text.ts';

/** What one event says about its server, without the server's name: `promises epoch 2 (acceptedEpoch 1 -> 2)`. */
export function eventWords(event: TraceEvent): string {
  switch (event.kind) {
    case 'stateChanged':
      return `is ${event.state}${because(event.why)}`;
    case 'phaseChanged':
      return `enters ${event.phase}`;
    case 'voted':
      return `votes for ${voteWords(event.vote)} in round ${event.round}${votedBecause(event.because)}`;
    case 'elected':
      return `is ${event.becomes} for ${voteWords(event.vote)}, by the votes of ${whoSet(event.supporters)}`;
    case 'epochProposed':
      return `proposes epoch ${event.epoch}, one above the highest acceptedEpoch of ${whoSet(event.quorum)}`;
    case 'epochAcked':
      return `${counts(event)} ACKEPOCH of ${who(event.from)} (${event.currentEpoch}, ${formatZxid(event.zxid)})`;
    case 'electionFinished':
      return `has ACKEPOCH of ${whoSet(event.quorum)}: its history, up to ${formatZxid(event.lastZxid)}, is the one`;
    case 'syncChosen':
      return `synchronizes ${who(event.learner)} by ${event.mode}: ${syncReason(event)}`;
    case 'snapshotSent':
      return `sends ${who(event.learner)} a snapshot at ${formatZxid(event.zxid)}`;
    case 'syncStarted':
      return `takes ${event.mode} at ${formatZxid(event.zxid)} from ${who(event.leader)}`;
    case 'newLeaderAcked':
      return `${counts(event)} the ACK of NEWLEADER for epoch ${event.epoch} by ${who(event.from)}`;
    case 'established':
      return `is established as the leader of epoch ${event.epoch}: ${holdWords(event)}`;
    case 'serving':
      return `serves, ${event.role} in epoch ${event.epoch}, at ${formatZxid(event.lastZxid)}`;
    case 'proposed':
      return `proposes ${txnWords(event.txn)}`;
    case 'acked':
      return `${counts(event)} the ACK of ${formatZxid(event.zxid)} by ${who(event.from)}`;
    case 'committed':
      return `commits ${formatZxid(event.txn.zxid)}, acknowledged by ${whoSet(event.acks)}`;
    case 'applied':
      return `applies ${txnWords(event.txn)}${event.delivered ? '' : ', not serving yet'}`;
    case 'reloaded':
      return `reads its memory from disk anew, up to ${formatZxid(event.lastZxid)}`;
    case 'snapshotBegun':
      return `begins snapshot.${event.zxid.toString(16)}`;
    case 'fenced':
      return fencingWords(event);
    case 'leftRole':
      return `stops ${event.role}${when(event.epoch >= 0, ` in epoch ${event.epoch}`)}${because(event.why)}`;
    case 'warned':
      return `warns: ${event.text}`;
    case 'unexpected':
      return `cannot place a packet of ${who(event.from)}: ${event.text}`;
    case 'sessionOpened':
    case 'sessionClosed':
    case 'sessionExpired':
      return `session 0x${event.session.toString(16)} ${event.kind.slice('session'.length).toLowerCase()}`;
    default:
      return worldWords(event);
  }
}

type OfWorld = Exclude<TraceEvent, { readonly kind: Note['kind'] }>;

function counts(event: { readonly counted: boolean }): string {
  return event.counted ? 'counts' : 'does not count';
}

/** `S1 and S2 hold its history up to 0x100000003` */
export function holdWords(event: Extract<TraceEvent, { readonly kind: 'established' }>): string {
  return `${whoSet(event.quorum)} hold its history up to ${formatZxid(event.lastZxid)}`;
}

function startedWords({
  lastZxid,
  acceptedEpoch,
  currentEpoch,
}: Extract<TraceEvent, { readonly kind: 'started' }>): string {
  return `starts at ${formatZxid(lastZxid)}, acceptedEpoch ${acceptedEpoch}, currentEpoch ${currentEpoch}`;
}

/** Events that the world tells, not the protocol. */
function worldWords(event: OfWorld): string {
  switch (event.kind) {
    case 'started':
      return startedWords(event);
    case 'ended':
      return endedWords(event);
    case 'paused':
      return 'is paused: it neither reads, nor sends, nor notices time';
    case 'resumed':
      return 'goes on, unaware of the pause';
    case 'epochWritten':
      return event.file === 'acceptedEpoch'
        ? `promises epoch ${event.epoch} (acceptedEpoch ${event.previous} -> ${event.epoch} on disk)`
        : `makes epoch ${event.epoch} its own (currentEpoch ${event.previous} -> ${event.epoch} on disk)`;
    case 'logged':
      return `holds ${zxidRange(event.txns.map((txn) => txn.zxid))} on disk`;
    case 'truncated':
      if (!event.ok) return `cannot cut its log back to ${formatZxid(event.zxid)}`;
      return `cuts its log back to ${formatZxid(event.zxid)}, removing ${zxidRange(event.removed)}`;
    case 'snapshotWritten':
      return [
        `has written snapshot.${event.zxid.toString(16)}`,
        when(event.synced, ', fsynced'),
        when(event.replaces, ', in place of all it had'),
      ].join('');
    case 'diskFailed':
      return `fails to write (${event.op}): ${event.why}`;
    case 'sent':
      return `sends ${who(event.peer)} ${packetWords(event.message)}`;
    case 'received':
      return `receives from ${who(event.peer)} ${packetWords(event.message)}`;
    case 'lost':
      return `never receives from ${who(event.peer)} ${packetWords(event.message)}${because(event.why)}`;
    case 'connected':
      return `is connected with ${who(event.peer)} (${event.plane} plane)`;
    case 'disconnected':
      return `loses the connection with ${who(event.peer)} (${event.plane} plane)${because(event.why)}`;
    case 'fault':
      return event.what;
    case 'mended':
      return event.what;
    case 'landed':
      return `the fault "${event.fault}" has an effect`;
    case 'calm':
      return 'calm: all is mended, every server is up, no fault from here on';
    case 'invoked':
      return `client ${event.client} asks: ${callWords(event)}`;
    case 'returned':
      return `client ${event.client} gets: ${event.error ?? event.outcome}${when(event.zxid > 0, `, at ${formatZxid(event.zxid)}`)}`;
    case 'clientState':
    case 'watchEvent':
    case 'recipe':
      return clientWords(event);
    default:
      return unreachable(event);
  }
}

export function because(why: string): string {
  return why === '' ? '' : `: ${why}`;
}

function votedBecause(because: 'start' | 'round' | 'better'): string {
  if (because === 'start') return '';
  return because === 'round' ? ', having heard of a later round' : ', the better candidate';
}

/** `S3 (epoch 1, zxid 0x100000004)`: the vote's three keys, in the order in which they decide. */
export function voteWords(vote: Vote): string {
  return `${who(vote.leader)} (peerEpoch ${vote.peerEpoch}, zxid ${formatZxid(vote.zxid)})`;
}

export function txnWords(txn: Txn): string {
  return `${formatZxid(txn.zxid)} (${bodyWords(txn)})`;
}

/** `write a=7` of the register, `setData /p "z"` of the tree. */
function bodyWords({ body }: Txn): string {
  if (body.kind === 'error') return `failed: ${body.error}`;
  if (body.kind === 'createSession') return `createSession ${body.timeoutMs} ms`;
  return body.kind === 'write' ? contentWords(body.op) : body.kind;
}

/** What a transaction does, or a write asks for. */
function contentWords(content: unknown): string {
  if (isTreeWrite(content)) return treeTxnWords(content.txn);
  if (isOperation(content)) return operationWords(content);
  const pair = /^\{"key":"([^"]*)"(?:,"value":(-?\d+))?/.exec(JSON.stringify(content) ?? '');
  return pair === null ? 'write' : `write ${pair[1]}${when(pair[2] !== undefined, `=${pair[2]}`)}`;
}

function isTreeWrite(content: unknown): content is { readonly txn: TreeTxn } {
  return typeof content === 'object' && content !== null && 'txn' in content;
}

function isOperation(content: unknown): content is Operation {
  return typeof content === 'object' && content !== null && 'op' in content && typeof content.op === 'string';
}

/** `setData /p "z" if version 3`, `createSession 4000 ms`. */
function requestWords({ kind, op }: ClientRequest): string {
  if (kind === 'createSession' && typeof op === 'number') return `createSession ${op} ms`;
  if (op === null || (kind !== 'write' && kind !== 'read')) return kind;
  const words = contentWords(op);
  return kind === 'read' ? words.replace(/^write\b/, 'read') : words;
}

export function callWords(event: Extract<TraceEvent, { readonly kind: 'invoked' }>): string {
  // A key of the timeline stands for whatever the tree is asked; what was asked of the tree is said as it was asked.
  const { operation, key } = event;
  if (operation !== null) {
    if (key === keyOf(operation)) return operationWords(operation);
    // Below a chroot the server is asked for another path than the program says: the program's is shown.
    if (key.startsWith('/') && 'path' in operation) return operationWords({ ...operation, path: key });
  }
  if (event.op === 'write') return `write ${event.key}=${event.value}`;
  if (event.op === 'error') return `a write that must fail (${event.key})`;
  return event.op === 'read' ? `read ${event.key}` : event.op;
}

/** A fault that the server's own `ended` or `paused` tells better, a line later. */
export function shownByProcess(event: Extract<TraceEvent, { readonly kind: 'fault' }>): boolean {
  return ['kill', 'stop', 'crash', 'pause'].includes(event.fault);
}

function endedWords(event: Extract<TraceEvent, { readonly kind: 'ended' }>): string {
  const lost =
    event.lost === 0
      ? ''
      : `; ${count(event.lost, 'log record')} not yet durable ${event.lost === 1 ? 'is' : 'are'} lost`;
  const torn = event.torn ? ', the last one torn' : '';
  const how = {
    kill: 'is killed',
    crash: 'loses power',
    stop: 'is stopped',
    exit: `exits by itself with code ${event.code}`,
    refused: `refuses to start, code ${event.code}`,
  }[event.how];
  return how + (event.how === 'exit' || event.how === 'refused' ? because(event.why) : '') + lost + torn;
}

/** `0x100000002`, or `0x100000002 .. 0x100000005 (4)`. */
export function zxidRange(zxids: readonly number[]): string {
  const first = zxids[0];
  const last = zxids.at(-1);
  if (first === undefined || last === undefined) return 'nothing';
  return zxids.length === 1 ? zxidText(first) : `${zxidText(first)} .. ${zxidText(last)} (${zxids.length})`;
}

/** Why the leader chose what it chose, row by row of LearnerHandler.java#syncFollower. */
export function syncReason(chosen: SyncChosen): string {
  const peer = formatZxid(chosen.peerLastZxid);
  const window = `the committedLog ${formatZxid(chosen.minCommittedLog)} .. ${formatZxid(chosen.maxCommittedLog)}`;
  const queued = count(chosen.queued, 'transaction');
  if (chosen.mode === 'SNAP') return snapReason(chosen, peer, window);
  if (chosen.mode === 'TRUNC') {
    const target = formatZxid(chosen.zxid);
    const cut = `it ends at ${peer}, which this history does not have; it must cut back to ${target}`;
    return chosen.queued === 0 ? cut : `${cut}, then takes ${queued} from ${source(chosen)}`;
  }
  if (chosen.queued === 0) {
    return chosen.peerLastZxid === chosen.lastProcessedZxid || chosen.peerLastZxid === chosen.zxid
      ? `both end at ${peer}, so nothing is sent`
      : `it ends at ${peer}, and nothing follows in ${window}`;
  }
  return chosen.via === 'txnlog+committedLog'
    ? `it ends at ${peer}, before ${window}; the log on disk still reaches back, so ${queued} come from there`
    : `it ends at ${peer}, within ${window}, so ${queued} from memory bring it level`;
}

function source(chosen: SyncChosen): string {
  return chosen.via === 'txnlog+committedLog' ? 'the log on disk' : 'the committedLog';
}

function snapReason(chosen: SyncChosen, peer: string, window: string): string {
  const reasons: string[] = [];
  if (chosen.cannotTrunc) reasons.push('to cut it back would cross into an earlier epoch');
  if (chosen.gap) reasons.push('the log on disk ends before the committedLog begins');
  if (chosen.txnlogRejected === 'size')
    reasons.push('the log on disk to be read is too large against a snapshot (snapshotSizeFactor)');
  if (chosen.txnlogRejected === 'start') reasons.push('the log on disk does not reach back that far');
  if (chosen.txnlogRejected === 'disabled') reasons.push('synchronization from the log on disk is off');
  if (reasons.length === 0) reasons.push(`${window} does not cover it`);
  return `it ends at ${peer}, and ${enumerate(reasons)}: it gets a whole snapshot`;
}

/** A packet with what matters in it: `PROPOSAL 0x100000001`. */
export function packetWords(message: Message): string {
  switch (message.kind) {
    case 'GREETING':
      return `GREETING from sid ${message.sid}`;
    case 'NOTIFICATION':
      return `NOTIFICATION ${message.state}, vote ${voteWords(message.vote)}, round ${message.electionEpoch}`;
    case 'FOLLOWERINFO':
    case 'OBSERVERINFO':
      return `${message.kind} acceptedEpoch ${epochOf(message.zxid)}`;
    case 'LEADERINFO':
      return `LEADERINFO epoch ${epochOf(message.zxid)}`;
    case 'ACKEPOCH':
      return `ACKEPOCH last ${formatZxid(message.zxid)}, currentEpoch ${message.currentEpoch}`;
    case 'DIFF':
    case 'TRUNC':
    case 'NEWLEADER':
    case 'ACK':
    case 'COMMIT':
    case 'SNAP':
      return `${message.kind} ${formatZxid(message.zxid)}`;
    case 'UPTODATE':
    case 'CLIENTPING':
    case 'CLIENTPONG':
      return message.kind;
    case 'PROPOSAL':
    case 'INFORM':
      return `${message.kind} ${txnWords(message.txn)}`;
    case 'PING':
      return 'PING';
    case 'REQUEST':
    case 'CLIENTREQUEST':
      return `${message.kind} ${requestWords(message.request)}`;
    case 'SYNC':
      return `SYNC for session ${message.session}`;
    case 'REVALIDATE':
      return `REVALIDATE session ${message.session}${when(message.valid !== null, `: ${message.valid}`)}`;
    case 'CONNECT':
    case 'CONNECTED':
      return `${message.kind} session ${message.session}`;
    case 'AUTH':
      return `AUTH ${message.scheme}`;
    case 'EVENT':
      return `EVENT ${message.type} ${message.path}`;
    case 'REPLY':
      return `REPLY ${message.error ?? 'ok'} at ${formatZxid(message.zxid)}`;
    default:
      return unreachable(message);
  }
}

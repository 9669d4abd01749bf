import type { TraceKind } from '../sim/trace.ts';
import type { FencingRule, Plane } from '../sim/zab/effects.ts';
import type { MessageKind, ServerState, SyncMode, ZabState } from '../sim/zab/messages.ts';
import type { ChaosFault, Who } from '../sim/scenario.ts';

/** A list of all members of a union of strings: the compiler refuses a list that lacks one. */
function all<U extends string>() {
  return <const L extends readonly U[]>(
    list: L & ([U] extends [L[number]] ? unknown : readonly ['missing', Exclude<U, L[number]>]),
  ): L => list;
}

export const TRACE_KINDS = all<TraceKind>()([
  'stateChanged',
  'phaseChanged',
  'voted',
  'elected',
  'epochProposed',
  'epochAcked',
  'electionFinished',
  'syncChosen',
  'snapshotSent',
  'syncStarted',
  'newLeaderAcked',
  'established',
  'serving',
  'proposed',
  'acked',
  'committed',
  'applied',
  'reloaded',
  'snapshotBegun',
  'fenced',
  'leftRole',
  'warned',
  'unexpected',
  'sessionOpened',
  'sessionClosed',
  'sessionExpired',
  'started',
  'ended',
  'paused',
  'resumed',
  'epochWritten',
  'logged',
  'truncated',
  'snapshotWritten',
  'diskFailed',
  'sent',
  'received',
  'lost',
  'connected',
  'disconnected',
  'fault',
  'mended',
  'landed',
  'calm',
  'invoked',
  'returned',
  'clientState',
  'watchEvent',
  'recipe',
]);

export const MESSAGE_KINDS = all<MessageKind>()([
  'GREETING',
  'NOTIFICATION',
  'FOLLOWERINFO',
  'OBSERVERINFO',
  'LEADERINFO',
  'ACKEPOCH',
  'DIFF',
  'TRUNC',
  'NEWLEADER',
  'ACK',
  'COMMIT',
  'SNAP',
  'UPTODATE',
  'PROPOSAL',
  'INFORM',
  'PING',
  'REQUEST',
  'SYNC',
  'REVALIDATE',
  'CONNECT',
  'CONNECTED',
  'CLIENTREQUEST',
  'REPLY',
  'AUTH',
  'EVENT',
  'CLIENTPING',
  'CLIENTPONG',
]);

export const SERVER_STATES = all<ServerState>()(['LOOKING', 'FOLLOWING', 'LEADING', 'OBSERVING']);
export const ZAB_STATES = all<ZabState>()(['ELECTION', 'DISCOVERY', 'SYNCHRONIZATION', 'BROADCAST']);
export const SYNC_MODES = all<SyncMode>()(['DIFF', 'TRUNC', 'SNAP']);
export const PLANES = all<Plane>()(['election', 'quorum', 'client']);
export const ROLES = all<Exclude<Who, number>>()(['leader', 'follower', 'observer', 'any', 'oldLeader']);

export const FENCING_RULES = all<FencingRule>()([
  'leaderinfo-older-than-promise',
  'learner-fresher-than-leader',
  'newleader-ack-of-another-epoch',
  'ack-of-another-epoch',
  'vote-of-older-epoch',
  'promised-already',
  'connection-left-for-newer-epoch',
  'quorum-gone',
  'history-replaced',
  'ackepoch-not-counted',
]);

export const CHAOS_FAULTS = all<ChaosFault>()([
  'kill',
  'crash',
  'pause',
  'partition',
  'isolateLeader',
  'oneWay',
  'clog',
  'swizzle',
  'reset',
  'diskStall',
  'slowLink',
  'slowCpu',
  'drift',
  'restartAll',
]);

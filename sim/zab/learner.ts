import { onLeaderInfo } from './discovery.ts';
import type { Effect } from './effects.ts';
import { onBroadcastPacket } from './learner-broadcast.ts';
import { onSyncPacket } from './learner-sync.ts';
import type { QuorumMessage } from './messages.ts';
import { setTimer, ticks } from './out.ts';
import { leaveRole } from './peer.ts';
import type { Learner, Server } from './state.ts';

/** A learner's main thread reads one packet after the other; while it waits for the disk, they stay in the socket. */

export function learnerPacket(server: Server, learner: Learner, message: QuorumMessage, out: Effect[]): void {
  if (learner.busy || learner.inbox.size > 0) {
    learner.inbox.push(message);
    return;
  }
  handle(server, learner, message, out);
  if (server.learner === learner && !learner.busy && server.leaving === null) awaitPacket(server, learner, out);
}

/** The end of the stream stands behind everything that was sent before it. */
export function learnerEof(server: Server, learner: Learner, out: Effect[]): void {
  if (learner.busy || learner.inbox.size > 0) learner.inbox.push('EOF');
  else leaveRole(server, `connection to server ${learner.leader} closed`, out);
}

/** The main thread goes on reading after it waited. */
export function resumeReading(server: Server, learner: Learner, out: Effect[]): void {
  while (server.learner === learner && !learner.busy && server.leaving === null) {
    const next = learner.inbox.shift();
    if (next === undefined) {
      awaitPacket(server, learner, out);
      return;
    }
    if (next === 'EOF') leaveRole(server, `connection to server ${learner.leader} closed`, out);
    else handle(server, learner, next, out);
  }
}

function handle(server: Server, learner: Learner, message: QuorumMessage, out: Effect[]): void {
  if (learner.stage === 'broadcast') {
    onBroadcastPacket(server, learner, message, out);
    return;
  }
  const why =
    learner.stage === 'registering'
      ? onLeaderInfo(server, learner, message, out)
      : onSyncPacket(server, learner, message, out);
  if (why !== undefined) leaveRole(server, why, out);
}

/** The socket's read timeout: initLimit until NEWLEADER is acknowledged, syncLimit from then on; some releases, and
 *  `corrected`, wait for UPTODATE before they become impatient. */
function awaitPacket(server: Server, learner: Learner, out: Effect[]): void {
  const { settings, behaviour } = server.config;
  const early = learner.newLeaderSeen && behaviour.syncTimeoutFromNewLeader && !behaviour.patientAfterNewLeader;
  const limit = learner.stage === 'broadcast' || early ? settings.syncLimit : settings.initLimit;
  setTimer(out, 'read', 0, ticks(server, limit));
}

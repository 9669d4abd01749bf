import type { Scenario } from '../scenario.ts';
import type { TraceEvent } from '../trace.ts';
import type { FencingRule } from '../zab/effects.ts';
import { ROLLED_OVER } from '../zab/leader-broadcast.ts';
import { containsQuorum, type QuorumVerifier } from '../zab/quorum.ts';
import { add, has, NOBODY, without, type ServerSet } from '../zab/sets.ts';
import { epochOf, ZERO, type Zxid } from '../zab/zxid.ts';
import { SERVICE_SITUATIONS, ServiceCoverage } from './coverage-service.ts';

/** Situations that a good batch reaches: a search that never gets there has shown nothing about them. */
export const SITUATIONS = {
  'interrupted-election': 'A server ended while it looked for a leader.',
  'interrupted-discovery': 'A server ended between its election and the promise of an epoch.',
  'interrupted-synchronization': 'A server ended while it was brought level, or brought others level.',
  'interrupted-broadcast': 'A server ended while it served.',
  'ended-before-current-epoch': 'A learner ended with the history of its leader on disk and an older currentEpoch.',
  'ended-between-newleader-and-uptodate': 'A learner ended after it had written currentEpoch and before it served.',
  'leader-ended-with-outstanding': 'A leader ended or left with proposals that were not committed.',
  'power-failure-lost-records': 'A power failure took log records that no fsync covered.',
  'torn-tail': 'A server started from a log whose last record was cut short.',
  'full-restart': 'All servers were down at once, and a leader was established afterwards.',
  'quorum-lost-and-regained': 'A leader gave up for want of a quorum, and another was established.',
  'two-leaders-serve': 'Two servers led at once: the old one did not know yet.',
  'leader-not-established': 'A leader proposed an epoch and left before it was established.',
  'epoch-skipped': 'An epoch lies between two established ones that never came to be.',
  'promise-ahead': 'A server started with a promise above every epoch that was ever established.',
  'sync-diff': 'A learner was brought level by DIFF.',
  'sync-trunc': 'A learner was brought level by TRUNC.',
  'sync-snap': 'A learner was brought level by SNAP.',
  'sync-from-log': 'A learner was served from the log that its leader has on disk.',
  'sync-cannot-trunc': 'A TRUNC would have crossed an epoch.',
  'commit-during-sync': 'A leader committed while a learner of it was being brought level.',
  'tail-survived': 'A transaction that its leader had not committed is in the history of a later epoch.',
  'tail-truncated': 'Logged transactions were truncated.',
  'snapshot-in-broadcast': 'A server wrote a snapshot while it served.',
  'memory-read-anew': 'A running server read its memory from disk anew.',
  'disk-error': 'A write to disk failed.',
  'counter-at-its-end': 'A leader gave up because the counter of its epoch was used up.',
  'observer-serves': 'An observer was brought level and served.',
  'session-expired': 'A session expired.',
  'fenced-leaderinfo-older-than-promise': 'A learner refused a leader whose epoch is below its promise.',
  'fenced-learner-fresher-than-leader': 'A leader met a learner that is ahead of it.',
  'fenced-newleader-ack-of-another-epoch': 'A leader met an answer to the NEWLEADER of another epoch.',
  'fenced-ack-of-another-epoch': 'A leader met an acknowledgement of another epoch.',
  'fenced-vote-of-older-epoch': 'A vote of an older epoch lost against a newer one.',
  'fenced-promised-already': 'A learner answered LEADERINFO of an epoch that it had promised before.',
  'fenced-connection-left-for-newer-epoch': 'A packet of an older epoch found its connection closed.',
  'fenced-quorum-gone': 'A leader found at its tick that no quorum answers.',
  'fenced-history-replaced': 'What a learner had logged was voided, and no later epoch took it over.',
  'fenced-ackepoch-not-counted': 'An ACKEPOCH was not counted, because the epoch had been promised before.',
  ...SERVICE_SITUATIONS,
} satisfies Readonly<Record<string, string>> & Readonly<Record<`fenced-${FencingRule}`, string>>;

export type Situation = keyof typeof SITUATIONS;

export const SITUATION_NAMES = Object.keys(SITUATIONS) as readonly Situation[];

/** What is known of one server. */
interface Seen {
  up: boolean;
  /** Index into ROLES and PHASES. */
  role: number;
  phase: number;
  accepted: number;
  current: number;
  logged: Zxid;
  torn: boolean;
  /** Wrote history, or currentEpoch, in the role it has. */
  historyWritten: boolean;
  epochWritten: boolean;
  /** Learners that the server has chosen a sync for and that do not serve yet. */
  syncing: ServerSet;
  /** Highest zxid it has proposed, and committed, as a leader. */
  proposed: Zxid;
  committed: Zxid;
  /** The epoch it has proposed and not established; 0: none. */
  proposedEpoch: number;
}

const ROLES = ['DOWN', 'LOOKING', 'FOLLOWING', 'LEADING', 'OBSERVING'] as const;
const PHASES = ['ELECTION', 'DISCOVERY', 'SYNCHRONIZATION', 'BROADCAST'] as const;
const LEADING = ROLES.indexOf('LEADING');
const BROADCAST = PHASES.indexOf('BROADCAST');

const INTERRUPTED: readonly Situation[] = [
  'interrupted-election',
  'interrupted-discovery',
  'interrupted-synchronization',
  'interrupted-broadcast',
];

/** What one run reached, seen from its trace: situations, and abstract states. A pure observer of a few kinds of
 *  events: it costs some percent of a run. */
export class Coverage {
  readonly #seen: Seen[] = [];
  readonly #voters: QuorumVerifier;
  readonly #situations = new Set<Situation>();
  readonly #states = new Set<number>();
  readonly #service = new ServiceCoverage((situation) => this.#reach(situation));
  #up: ServerSet = NOBODY;
  #allDown = false;
  #quorumLost = false;
  #highestEstablished = 0;
  /** Highest zxid that a leader left uncommitted. */
  #orphan: Zxid = ZERO;

  constructor({ servers, verifier }: Pick<Scenario, 'servers' | 'verifier'>) {
    this.#voters = verifier;
    for (const id of servers) this.#seen[id] = newSeen();
  }

  situations(): Iterable<Situation> {
    return this.#situations;
  }

  /** Hashes, 32 bits each, of what the servers were all together: role, phase, epochs counted from the lowest, and
   *  how far each log is behind the longest. Servers are interchangeable. */
  states(): Iterable<number> {
    return this.#states;
  }

  readonly observe = (event: TraceEvent): void => {
    // Clients' own events are about the server they are connected to, or none.
    this.#service.observe(event);
    const seen = this.#seen[event.server];
    if (seen === undefined) return;
    switch (event.kind) {
      case 'started':
        this.#started(seen, event);
        break;
      case 'ended':
        this.#ended(seen, event);
        break;
      case 'stateChanged':
        this.#enter(event.server, seen, ROLES.indexOf(event.state));
        break;
      case 'phaseChanged':
        seen.phase = PHASES.indexOf(event.phase);
        break;
      case 'epochWritten':
        if (event.file === 'acceptedEpoch') seen.accepted = event.epoch;
        else {
          seen.current = event.epoch;
          seen.epochWritten = true;
        }
        break;
      case 'logged':
        seen.logged = event.lastZxid;
        seen.historyWritten = true;
        break;
      case 'truncated':
        seen.logged = event.lastZxid;
        if (event.removed.length > 0) this.#reach('tail-truncated');
        break;
      case 'serving':
        this.#serves(event.server, seen, event.role);
        break;
      case 'established':
        this.#established(seen, event.epoch, event.lastZxid);
        break;
      default:
        this.#passes(seen, event);
        return;
    }
    this.#states.add(this.#abstract());
  };

  #reach(situation: Situation): void {
    this.#situations.add(situation);
  }

  /** Events that change no abstract state. */
  #passes(seen: Seen, event: TraceEvent): void {
    switch (event.kind) {
      case 'proposed':
        seen.proposed = event.txn.zxid;
        return;
      case 'committed':
        seen.committed = event.txn.zxid;
        if (seen.syncing !== NOBODY) this.#reach('commit-during-sync');
        return;
      case 'syncChosen':
        this.#reach(event.mode === 'DIFF' ? 'sync-diff' : event.mode === 'TRUNC' ? 'sync-trunc' : 'sync-snap');
        if (event.via === 'txnlog+committedLog') this.#reach('sync-from-log');
        if (event.cannotTrunc) this.#reach('sync-cannot-trunc');
        seen.syncing = add(seen.syncing, event.learner);
        return;
      case 'epochProposed':
        seen.proposedEpoch = event.epoch;
        return;
      case 'snapshotWritten':
        seen.historyWritten = true;
        if (seen.phase === BROADCAST) this.#reach('snapshot-in-broadcast');
        return;
      case 'leftRole':
        if (event.why === ROLLED_OVER) this.#reach('counter-at-its-end');
        this.#leaves(seen);
        return;
      case 'fenced':
        this.#reach(`fenced-${event.rule}`);
        if (event.rule === 'quorum-gone') this.#quorumLost = true;
        return;
      case 'reloaded':
        this.#reach('memory-read-anew');
        return;
      case 'diskFailed':
        this.#reach('disk-error');
        return;
      case 'sessionExpired':
        this.#reach('session-expired');
        return;
      default:
        return;
    }
  }

  #started(seen: Seen, event: Extract<TraceEvent, { kind: 'started' }>): void {
    if (seen.torn) this.#reach('torn-tail');
    if (event.acceptedEpoch > this.#highestEstablished && event.life > 1) this.#reach('promise-ahead');
    this.#up = add(this.#up, event.server);
    Object.assign(seen, newSeen(), {
      up: true,
      role: ROLES.indexOf('LOOKING'),
      accepted: event.acceptedEpoch,
      current: event.currentEpoch,
      logged: event.lastZxid,
    });
  }

  #ended(seen: Seen, event: Extract<TraceEvent, { kind: 'ended' }>): void {
    if (seen.up) {
      this.#reach(INTERRUPTED[seen.phase]!);
      const learns = seen.role !== LEADING && PHASES[seen.phase] === 'SYNCHRONIZATION';
      if (learns && seen.epochWritten) this.#reach('ended-between-newleader-and-uptodate');
      if (learns && seen.historyWritten && !seen.epochWritten) this.#reach('ended-before-current-epoch');
      this.#leaves(seen);
    }
    if (event.lost > 0) this.#reach('power-failure-lost-records');
    const wasUp = this.#up;
    this.#up = without(this.#up, event.server);
    if (wasUp !== NOBODY && this.#up === NOBODY) this.#allDown = true;
    Object.assign(seen, { up: false, role: 0, phase: 0, torn: seen.torn || event.torn });
  }

  /** Proposals that a leader leaves behind may live on or die. */
  #leaves(seen: Seen): void {
    if (seen.role === LEADING && seen.proposed > seen.committed) {
      this.#reach('leader-ended-with-outstanding');
      this.#orphan = seen.proposed;
    }
    if (seen.proposedEpoch > 0) this.#reach('leader-not-established');
    seen.proposedEpoch = 0;
    seen.syncing = NOBODY;
  }

  #enter(id: number, seen: Seen, role: number): void {
    Object.assign(seen, { role, phase: 0, historyWritten: false, epochWritten: false, syncing: NOBODY });
    for (const other of this.#seen)
      if (other !== undefined && has(other.syncing, id)) other.syncing = without(other.syncing, id);
  }

  #serves(id: number, seen: Seen, role: string): void {
    if (role === 'OBSERVING') this.#reach('observer-serves');
    for (const other of this.#seen) {
      if (other === undefined) continue;
      if (has(other.syncing, id)) other.syncing = without(other.syncing, id);
      if (other !== seen && role === 'LEADING' && other.role === LEADING && other.phase === BROADCAST)
        this.#reach('two-leaders-serve');
    }
  }

  #established(seen: Seen, epoch: number, lastZxid: Zxid): void {
    if (epoch > this.#highestEstablished + 1) this.#reach('epoch-skipped');
    if (this.#orphan > ZERO && epochOf(lastZxid) === epochOf(this.#orphan) && lastZxid >= this.#orphan)
      this.#reach('tail-survived');
    this.#orphan = ZERO;
    if (this.#allDown) this.#reach('full-restart');
    if (this.#quorumLost && containsQuorum(this.#voters, this.#up)) this.#reach('quorum-lost-and-regained');
    this.#quorumLost = false;
    this.#highestEstablished = Math.max(this.#highestEstablished, epoch);
    seen.proposed = ZERO;
    seen.committed = ZERO;
    seen.proposedEpoch = 0;
  }

  #abstract(): number {
    let lowest = Infinity;
    let longest = 0;
    for (const seen of this.#seen) {
      if (seen === undefined) continue;
      if (seen.current < lowest) lowest = seen.current;
      if (seen.logged > longest) longest = seen.logged;
    }
    // A sum does not ask who is who.
    let sum = 0;
    for (const seen of this.#seen) {
      if (seen === undefined) continue;
      const behind = seen.logged === longest ? 0 : epochOf(seen.logged) === epochOf(longest as Zxid) ? 1 : 2;
      const accepted = Math.min(3, Math.max(0, seen.accepted - lowest));
      const current = Math.min(3, seen.current - lowest);
      const word =
        ((((seen.role * 4 + seen.phase) * 4 + accepted) * 4 + current) * 3 + behind) * 2 + (seen.epochWritten ? 1 : 0);
      sum = (sum + scattered(word)) | 0;
    }
    return sum >>> 0;
  }
}

/** A few bits over all 32. */
function scattered(word: number): number {
  let x = Math.imul(word + 1, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
  return x ^ (x >>> 13);
}

function newSeen(): Seen {
  return {
    up: false,
    role: 0,
    phase: 0,
    accepted: 0,
    current: 0,
    logged: ZERO,
    torn: false,
    historyWritten: false,
    epochWritten: false,
    syncing: NOBODY,
    proposed: ZERO,
    committed: ZERO,
    proposedEpoch: 0,
  };
}

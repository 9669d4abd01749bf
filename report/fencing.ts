import type { TraceEvent } from '../sim/trace.ts';
import type { FencingRule } from '../sim/zab/effects.ts';
import type { Micros } from '../sim/time.ts';
import { seconds, thousands, who, zxidText } from './text.ts';

export type Fenced = Extract<TraceEvent, { readonly kind: 'fenced' }>;

/** Each rule by which an epoch refuses something, in words, with the place in ZooKeeper where it stands. */
export const FENCING_RULES: Readonly<Record<FencingRule, { readonly about: string; readonly source: string }>> = {
  'leaderinfo-older-than-promise': {
    about: 'A learner leaves a leader whose LEADERINFO names an epoch below its acceptedEpoch.',
    source: 'Learner.java#registerWithLeader',
  },
  'learner-fresher-than-leader': {
    about: 'A leader gives up when a learner in ACKEPOCH shows a newer (currentEpoch, zxid) than its own.',
    source: 'Leader.java#waitForEpochAck',
  },
  'newleader-ack-of-another-epoch': {
    about: 'A leader ignores an ACK of a NEWLEADER that is not the one of its epoch.',
    source: 'Leader.java#waitForNewLeaderAck',
  },
  'ack-of-another-epoch': {
    about: 'A leader ignores an ACK of a proposal of another epoch.',
    source: 'Leader.java#processAck',
  },
  'vote-of-older-epoch': {
    about: 'In an election a vote with a lower peerEpoch loses, however long its log is.',
    source: 'FastLeaderElection.java#totalOrderPredicate',
  },
  'promised-already': {
    about: 'A learner that has promised this very epoch answers ACKEPOCH with -1, and is not counted a second time.',
    source: 'Learner.java#registerWithLeader',
  },
  'connection-left-for-newer-epoch': {
    about: 'A packet of an older epoch arrives at a connection that its receiver has left: nobody reads it.',
    source: "Learner.java#shutdown; in broadcast no packet's epoch is compared",
  },
  'quorum-gone': {
    about: 'A leader finds at its tick check that no quorum answers any more, and steps down.',
    source: 'Leader.java#lead, getQuorumVerifier().containsQuorum',
  },
  'history-replaced': {
    about: 'TRUNC or SNAP takes from a learner what no later epoch took over.',
    source: 'LearnerHandler.java#syncFollower',
  },
  'ackepoch-not-counted': {
    about: 'A leader does not count an ACKEPOCH of -1: its sender promised the epoch in another attempt.',
    source: 'Leader.java#waitForEpochAck',
  },
};

/** `refuses LEADERINFO of S3: epoch 1 < 2`, the sentence without its subject. */
export function fencingWords(event: Fenced): string {
  const { held, offered, what } = event;
  const them = who(event.against);
  switch (event.rule) {
    case 'leaderinfo-older-than-promise':
      return `refuses ${what} of ${them}: epoch ${offered} < ${held}`;
    case 'learner-fresher-than-leader':
      return `gives up as leader, for ${them} is fresher: ${what} ${number(offered, what)} > ${number(held, what)}`;
    case 'newleader-ack-of-another-epoch':
      return `does not take ${what} of ${them} for its NEWLEADER: epoch ${offered}, not ${held}`;
    case 'ack-of-another-epoch':
      return `ignores ${what} of ${them}: epoch ${offered} < ${held}`;
    case 'vote-of-older-epoch':
      return `passes over a vote for ${them}: peerEpoch ${offered} < ${held}`;
    case 'promised-already':
      return `answers ${what} of ${them} with -1: epoch ${offered} = ${held}, its promise is given already`;
    case 'connection-left-for-newer-epoch':
      return `never reads ${what} of ${them}: epoch ${offered} < ${held}, the connection was left`;
    case 'quorum-gone':
      return `steps down as leader of epoch ${offered}: ${what}`;
    case 'history-replaced':
      return `voids by ${what} what only ${them} holds: epoch ${offered} < ${held}`;
    case 'ackepoch-not-counted':
      return `does not count ${what} of ${them} for epoch ${held}: it carries ${offered}`;
  }
}

function number(value: number, what: string): string {
  return what === 'lastZxid' ? zxidText(value) : String(value);
}

interface Refusal {
  readonly event: Fenced;
  readonly index: number;
  times: number;
  last: Micros;
}

/** Every refusal of a run; the same one again is counted, not repeated. Flat in memory: one entry a kind of refusal. */
export class FencingLedger {
  readonly #promises = new Map<number, { readonly at: Micros; readonly server: number; readonly epoch: number }>();
  readonly #refusals = new Map<string, Refusal>();

  /** Sees every event of a trace, in order, with its index. True for a refusal that was not there before. */
  observe(event: TraceEvent, index: number): boolean {
    if (event.kind === 'epochWritten' && event.file === 'acceptedEpoch') {
      this.#promises.set(index, { at: event.at, server: event.server, epoch: event.epoch });
    }
    if (event.kind !== 'fenced') return false;
    const key = [event.rule, event.server, event.against, event.held, event.offered].join(' ');
    const known = this.#refusals.get(key);
    if (known === undefined) {
      this.#refusals.set(key, { event, index, times: 1, last: event.at });
      return true;
    }
    known.times++;
    known.last = event.at;
    return false;
  }

  get size(): number {
    return this.#refusals.size;
  }

  /** `promised at 3.204 s (event 512)`, or nothing when there is no promise behind the refusal. */
  promiseWords(event: Fenced): string {
    const promise = this.#promises.get(event.promise);
    if (promise === undefined) return '';
    if (event.rule === 'quorum-gone') {
      const when = `at ${seconds(promise.at)} (event ${thousands(event.promise)})`;
      return `; ${who(promise.server)} promised epoch ${promise.epoch} ${when}`;
    }
    const by = promise.server === event.server ? '' : ` by ${who(promise.server)}`;
    return `, promised${by} at ${seconds(promise.at)} (event ${thousands(event.promise)})`;
  }

  /** One entry a refusal, in the order of their first time. */
  entries(): readonly {
    readonly at: Micros;
    readonly index: number;
    readonly rule: FencingRule;
    readonly sentence: string;
  }[] {
    return [...this.#refusals.values()].map(({ event, index, times, last }) => {
      const again = times === 1 ? '' : `; ${thousands(times)} times, the last at ${seconds(last)}`;
      const sentence = `${who(event.server)} ${fencingWords(event)}${this.promiseWords(event)}${again}`;
      return { at: event.at, index, rule: event.rule, sentence };
    });
  }
}

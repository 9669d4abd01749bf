import type { TraceEvent } from '../sim/trace.ts';
import type { Message, Txn, Vote } from '../sim/zab/messages.ts';
import { formatSet, type ServerId } from '../sim/zab/sets.ts';
import { formatZxid } from '../sim/zab/zxid.ts';

/** The conversation of an ensemble as text: one line a packet that is sent, a disk write that has ended, a change of
 *  role. Times are left out, the order tells. */
export class Transcript {
  readonly #lines: string[] = [];
  readonly #concerns: (event: TraceEvent) => boolean;

  constructor(concerns: (event: TraceEvent) => boolean = () => true) {
    this.#concerns = concerns;
  }

  observe(event: TraceEvent): void {
    const line = this.#concerns(event) ? lineOf(event) : null;
    if (line !== null) this.#lines.push(line);
  }

  /** Of many pairs of lines that differ in their zxids only, the first and the last are shown. */
  get text(): string {
    const lines = this.#lines;
    const forms = lines.map((line) => line.replace(/0x[0-9a-f]+/g, ''));
    const shown: string[] = [];
    for (let i = 0; i < lines.length;) {
      let pairs = 1;
      while (forms[i + 2 * pairs] === forms[i] && forms[i + 2 * pairs + 1] === forms[i + 1]) pairs++;
      if (pairs < 4) shown.push(...lines.slice(i, ++i));
      else {
        const end = i + 2 * pairs;
        shown.push(...lines.slice(i, i + 2), `          ... ${pairs - 2} such pairs`, ...lines.slice(end - 2, end));
        i = end;
      }
    }
    return `${shown.join('\n')}\n`;
  }
}

/** True for packets between the two, and for what else happens at `learner`. */
export function between(learner: ServerId, leader: ServerId): (event: TraceEvent) => boolean {
  return (event) => {
    if ('plane' in event)
      return (
        event.plane === 'quorum' && [learner, leader].includes(event.server) && [learner, leader].includes(event.peer)
      );
    return (
      event.server === learner || (event.server === leader && (event.kind === 'syncChosen' || event.kind === 'fenced'))
    );
  };
}

function lineOf(event: TraceEvent): string | null {
  const who = event.server === 0 ? '' : `S${event.server}`;
  switch (event.kind) {
    case 'sent': {
      const words = event.plane === 'client' ? null : packet(event.message);
      return words === null ? null : `${who} -> S${event.peer}  ${words}`;
    }
    case 'lost': {
      const words = event.plane === 'client' ? null : packet(event.message);
      return words === null ? null : `S${event.peer} -x ${who}  ${words}`;
    }
    case 'epochWritten':
      return `${who} disk   ${event.file} ${event.previous} -> ${event.epoch}`;
    case 'logged':
      return `${who} disk   log ${zxids(event.txns)}`;
    case 'truncated':
      return `${who} disk   log cut after ${formatZxid(event.zxid)}${event.ok ? '' : ' FAILED'}`;
    case 'snapshotWritten':
      return `${who} disk   snapshot ${formatZxid(event.zxid)}${event.replaces ? ' in place of everything' : ''}`;
    case 'stateChanged':
      return `${who} is     ${event.state}`;
    case 'elected':
      return `${who} elects ${vote(event.vote)} by ${formatSet(event.supporters)}`;
    case 'epochProposed':
      return `${who} epoch  ${event.epoch} for ${formatSet(event.quorum)}`;
    case 'syncChosen':
      return [`${who} sync   S${event.learner} ${event.mode} ${formatZxid(event.zxid)}`, event.via]
        .filter((part) => part !== null)
        .join(' via ');
    case 'established':
      return `${who} leads  epoch ${event.epoch} with ${formatSet(event.quorum)}`;
    case 'serving':
      return `${who} serves ${formatZxid(event.lastZxid)}`;
    case 'committed':
      return `${who} commit ${formatZxid(event.txn.zxid)} by ${formatSet(event.acks)}`;
    case 'fenced':
      return `${who} fences S${event.against} by ${event.rule}: ${event.offered} against ${event.held}`;
    case 'started':
      return `${who} starts ${formatZxid(event.lastZxid)}`;
    case 'ended':
      return `${who} ends   ${event.how}`;
    case 'paused':
    case 'resumed':
      return `${who} is     ${event.kind}`;
    default:
      return null;
  }
}

function zxids(txns: readonly Txn[]): string {
  const [first, last] = [txns[0], txns[txns.length - 1]];
  if (first === undefined || last === undefined) return 'nothing';
  return txns.length === 1 ? formatZxid(first.zxid) : `${formatZxid(first.zxid)} .. ${formatZxid(last.zxid)}`;
}

function vote({ leader, zxid, peerEpoch }: Vote): string {
  return `S${leader} (epoch ${peerEpoch}, ${formatZxid(zxid)})`;
}

/** null for what is sent every half tick. */
function packet(message: Message): string | null {
  switch (message.kind) {
    case 'PING':
      return null;
    case 'NOTIFICATION':
      return `NOTIFICATION ${message.state} round ${message.electionEpoch}, ${vote(message.vote)}`;
    case 'GREETING':
      return `GREETING`;
    case 'PROPOSAL':
    case 'INFORM':
      return `${message.kind} ${formatZxid(message.txn.zxid)} ${message.txn.body.kind}`;
    case 'ACKEPOCH':
      return `ACKEPOCH ${formatZxid(message.zxid)}, currentEpoch ${message.currentEpoch}`;
    case 'REQUEST':
      return `REQUEST ${message.request.kind}`;
    case 'FOLLOWERINFO':
    case 'OBSERVERINFO':
    case 'LEADERINFO':
    case 'DIFF':
    case 'TRUNC':
    case 'SNAP':
    case 'NEWLEADER':
    case 'ACK':
    case 'COMMIT':
      return `${message.kind} ${formatZxid(message.zxid)}`;
    default:
      return message.kind;
  }
}

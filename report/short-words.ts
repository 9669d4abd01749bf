import type { TraceEvent } from '../sim/trace.ts';
import type { Message } from '../sim/zab/messages.ts';
import { COUNTERS, epochOf, formatZxid } from '../sim/zab/zxid.ts';
import { who, zxidText } from './text.ts';
import { eventWords } from './words.ts';

/** What an event says, in the few letters that a diagram has room for. `eventWords` says it in full. */
export function eventShort(event: TraceEvent): string {
  switch (event.kind) {
    case 'started':
      return `starts at ${formatZxid(event.lastZxid)}`;
    case 'elected':
      return event.becomes === 'LEADING' ? 'is LEADING' : `is ${event.becomes} ${who(event.vote.leader)}`;
    case 'epochWritten':
      return `${event.file} ${event.previous} -> ${event.epoch}`;
    case 'established':
      return `leads epoch ${event.epoch}`;
    case 'serving':
      return `serves in epoch ${event.epoch}`;
    case 'leftRole':
      return `stops ${event.role}${event.epoch < 0 ? '' : ` epoch ${event.epoch}`}`;
    case 'fenced':
      return `fences ${who(event.against)}: ${fencedShort(event)}`;
    case 'paused':
      return 'is paused';
    case 'resumed':
      return 'goes on';
    case 'truncated':
      return `cuts back to ${zxidText(event.lastZxid)}`;
    default:
      return eventWords(event);
  }
}

function fencedShort({ rule, held, offered }: Extract<TraceEvent, { readonly kind: 'fenced' }>): string {
  if (rule === 'quorum-gone') return 'no quorum';
  const number = (value: number): string => (value < COUNTERS ? String(value) : zxidText(value));
  return `${number(offered)} against ${number(held)}`;
}

/** `PROPOSAL 0x100000001`: a packet without its content. */
export function packetShort(message: Message): string {
  switch (message.kind) {
    case 'FOLLOWERINFO':
    case 'OBSERVERINFO':
    case 'LEADERINFO':
      return `${message.kind} epoch ${epochOf(message.zxid)}`;
    case 'PROPOSAL':
    case 'INFORM':
      return `${message.kind} ${formatZxid(message.txn.zxid)}`;
    case 'REPLY':
      return `REPLY ${message.error ?? 'ok'}`;
    case 'REQUEST':
    case 'CLIENTREQUEST':
      return `${message.kind} ${message.request.kind}`;
    case 'EVENT':
      return `EVENT ${message.type}`;
    case 'NEWLEADER':
    case 'DIFF':
    case 'TRUNC':
    case 'SNAP':
    case 'ACK':
    case 'COMMIT':
    case 'ACKEPOCH':
      return `${message.kind} ${formatZxid(message.zxid)}`;
    default:
      return message.kind;
  }
}

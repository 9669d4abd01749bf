import type { Hasher } from './hash.ts';
import type { Txn, Message } from './zab/messages.ts';
import type { TraceEvent } from './trace.ts';

/** Every field of every trace event enters the trace hash, so that equal hashes mean equal runs. `code` is
 *  `codeOf` of the event's kind. */
export function hashTraceEvent(event: TraceEvent, into: Hasher, code = codeOf(event.kind)): void {
  into.int(event.at);
  into.int(code * 64 + event.server);
  switch (event.kind) {
    case 'sent':
    case 'received':
    case 'lost':
      into.int(event.connection);
      into.int(event.peer);
      hashMessage(event.message, into);
      return;
    case 'applied':
      hashTxn(event.txn, into);
      into.int(event.delivered ? 1 : 0);
      return;
    case 'proposed':
      hashTxn(event.txn, into);
      return;
    case 'committed':
      hashTxn(event.txn, into);
      into.int(event.acks);
      return;
    case 'acked':
      into.int(event.from);
      into.int(event.zxid);
      into.int(event.counted ? 1 : 0);
      return;
    case 'logged':
      for (const txn of event.txns) hashTxn(txn, into);
      into.int(event.lastZxid);
      return;
    case 'invoked':
      into.int(event.client);
      into.int(event.call);
      into.int(codeOf(event.op));
      into.text(event.key);
      into.int(event.value);
      return;
    case 'returned':
      into.int(event.client);
      into.int(event.call);
      into.int(codeOf(event.outcome));
      into.int(event.zxid);
      into.int(event.value ?? -1);
      into.int(event.error === null ? 0 : codeOf(event.error));
      return;
    default:
      // Everything else is rare: its values in the order of their keys, which the kind decides.
      for (const value of Object.values(event)) into.data(value);
  }
}

function hashTxn(txn: Txn, into: Hasher): void {
  into.int(txn.zxid);
  into.int(txn.digest);
}

function hashMessage(message: Message, into: Hasher): void {
  switch (message.kind) {
    // The four that most traces consist of have their numbers here; the others' come from their letters.
    case 'PING':
      into.int(1);
      into.int(message.zxid);
      into.int(message.touched.length);
      for (const [session, timeoutMs] of message.touched) {
        into.int(session);
        into.int(timeoutMs);
      }
      return;
    case 'ACK':
      into.int(2);
      into.int(message.zxid);
      return;
    case 'COMMIT':
      into.int(3);
      into.int(message.zxid);
      return;
    case 'PROPOSAL':
      into.int(4);
      hashTxn(message.txn, into);
      return;
    default:
      into.int(codeOf(message.kind));
      hashRarer(message, into);
  }
}

function hashRarer(message: Message, into: Hasher): void {
  switch (message.kind) {
    case 'INFORM':
      hashTxn(message.txn, into);
      return;
    case 'DIFF':
    case 'TRUNC':
    case 'NEWLEADER':
    case 'LEADERINFO':
      into.int(message.zxid);
      return;
    case 'NOTIFICATION':
      into.int(message.vote.leader);
      into.int(message.vote.zxid);
      into.int(message.vote.peerEpoch);
      into.int(message.electionEpoch);
      into.int(codeOf(message.state));
      return;
    case 'SNAP':
      into.int(message.zxid);
      into.int(message.snapshot.id);
      into.int(message.snapshot.lastZxid);
      return;
    case 'REQUEST':
    case 'CLIENTREQUEST':
      into.int(message.request.session);
      into.int(message.request.cxid);
      into.int(codeOf(message.request.kind));
      into.data(message.request.op);
      if (message.kind === 'REQUEST' && message.ids.length > 0) into.data(message.ids);
      return;
    case 'CONNECT':
    case 'CONNECTED': {
      // Services without passwords and addresses have none here either.
      const { password, ...rest } = message;
      const { address, ...plain } = { address: null, ...rest };
      into.data(plain);
      if (password !== null) into.text(password);
      if (address !== null) into.text(address);
      return;
    }
    case 'REPLY':
      into.int(message.cxid);
      into.int(message.zxid);
      into.int(message.error === null ? 0 : codeOf(message.error));
      into.data(message.value);
      return;
    case 'UPTODATE':
      return;
    default:
      into.data(message);
  }
}

/** A small number for a word: stable, since it comes from its letters alone. */
export function codeOf(word: string): number {
  const known = CODES.get(word);
  if (known !== undefined) return known;
  let code = word.length;
  for (let i = 0; i < word.length; i++) code = (Math.imul(code, 31) + word.charCodeAt(i)) & 0xffffff;
  CODES.set(word, code);
  return code;
}

/** A memo of a pure function: what is in it cannot change a result. */
const CODES = new Map<string, number>();

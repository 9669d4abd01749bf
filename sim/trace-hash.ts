import { Hasher } from './hash.ts';
import type { Txn, Message } from './zab/messages.ts';
import type { TraceEvent } from './trace.ts';

/** Every field of every trace event enters the trace hash, so that equal hashes mean equal runs. `code` is
 *  `codeOf` of the event's kind. */
export function hashTraceEvent(event: TraceEvent, into: Hasher, bodies: Bodies, code = codeOf(event.kind)): void {
  into.int(event.at);
  into.int(code * 64 + event.server);
  switch (event.kind) {
    case 'sent':
    case 'received':
    case 'lost':
      into.int(event.connection);
      into.int(event.peer);
      hashMessage(event.message, into, bodies);
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
      if (event.operation !== null) bodies.hash(event.operation, event.call, into);
      return;
    case 'returned':
      into.int(event.client);
      into.int(event.call);
      into.int(codeOf(event.outcome));
      into.int(event.zxid);
      into.int(event.value ?? -1);
      into.int(event.error === null ? 0 : codeOf(event.error));
      if (event.answer !== null) bodies.hash(event.answer, event.call, into);
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

function hashMessage(message: Message, into: Hasher, bodies: Bodies): void {
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
      hashRarer(message, into, bodies);
  }
}

function hashRarer(message: Message, into: Hasher, bodies: Bodies): void {
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
      bodies.hash(message.request.op, message.request.cxid * 31 + message.request.session, into);
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
      bodies.hash(message.value, message.cxid * 31, into);
      return;
    case 'UPTODATE':
      return;
    default:
      into.data(message);
  }
}

/** What is asked of a tree and what it answers is data of some size that passes by several times: as a call, in packets
 *  of two planes, in the answer. It is summed up once, and the sum remembered while little else comes between. */
export class Bodies {
  readonly #known: (Body | undefined)[] = Array.from({ length: PLACES }, () => undefined);
  readonly #hasher = new Hasher();
  #latest: Body | undefined;

  /** `hint`: the same number for the same value, as far as the caller can tell. */
  hash(value: unknown, hint: number, into: Hasher): void {
    // The values of smaller services are small, and no objects of their own.
    if (value === null || typeof value !== 'object' || !('op' in value || 'stat' in value || 'path' in value))
      into.data(value);
    else into.int(this.#digestOf(value, hint));
  }

  #digestOf(value: object, hint: number): number {
    if (this.#latest?.value === value) return this.#latest.digest;
    const place = Math.abs(hint) % PLACES;
    const known = this.#known[place];
    if (known !== undefined && known.value === value) {
      this.#latest = known;
      return known.digest;
    }
    this.#hasher.reset();
    this.#hasher.data(value);
    const body = { value, digest: this.#hasher.digest53() };
    this.#known[place] = body;
    this.#latest = body;
    return body.digest;
  }
}

const PLACES = 256;

interface Body {
  readonly value: object;
  readonly digest: number;
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

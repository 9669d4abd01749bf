import type { TraceEvent } from './trace.ts';
import type { AuthId, ClientMessage, ClientRequest, MessageKind } from './zab/messages.ts';
import type { ServerId } from './zab/sets.ts';
import { authenticate } from './zookeeper/acl.ts';

/** The packets that `ClientHistory` wants to see. */
export const CLIENT_PACKETS: readonly MessageKind[] = ['CONNECT', 'AUTH', 'CLIENTREQUEST', 'REPLY'];

/** A client's connection, as its server has it. */
export interface Attached {
  readonly server: ServerId;
  readonly client: number;
  /** Who it is: its address, and what it has authenticated as. */
  ids: readonly AuthId[];
  /** Received and not answered, in order. */
  readonly asked: ClientRequest[];
  readonly auths: Extract<ClientMessage, { kind: 'AUTH' }>[];
}

type Seen = Extract<TraceEvent, { kind: 'sent' | 'received' | 'connected' | 'disconnected' | 'ended' }>;

/** What servers have been asked over each connection and not answered yet. Memory is that of what is under way. */
export class ClientHistory {
  readonly #superDigest: string | null;
  readonly #connections: Map<number, Attached>;

  // About the REPLY that was sent last.
  /** What it answers; null when nobody asked, or when it is about an AUTH or refuses what is no request at all. */
  answers: ClientRequest | null;
  /** How many requests came before that one on its connection and are not answered. */
  overtakes: number;

  constructor(superDigest: string | null, from?: ClientHistory) {
    this.#superDigest = superDigest;
    this.#connections = new Map();
    for (const [id, { asked, auths, ...rest }] of from === undefined ? [] : from.#connections)
      this.#connections.set(id, { ...rest, asked: asked.slice(), auths: auths.slice() });
    this.answers = from?.answers ?? null;
    this.overtakes = from?.overtakes ?? 0;
  }

  /** A connection that the server's process has not seen closed. */
  connection(id: number): Attached | undefined {
    return this.#connections.get(id);
  }

  observe(event: Seen): void {
    const { server } = event;
    if (event.kind === 'ended') {
      for (const [id, attached] of this.#connections) if (attached.server === server) this.#connections.delete(id);
      return;
    }
    if (event.plane !== 'client' || server <= 0) return;
    const { connection } = event;
    if (!('message' in event)) {
      this.#connections.delete(connection);
      return;
    }
    const message = event.message as ClientMessage;
    if (event.kind === 'sent') {
      if (message.kind === 'REPLY') this.#answered(connection, message);
      return;
    }
    if (message.kind === 'CONNECT') {
      const ids = message.address === null ? [] : [{ scheme: 'ip', id: message.address }];
      this.#connections.set(connection, { server, client: -event.peer, ids, asked: [], auths: [] });
    } else if (message.kind === 'AUTH') this.#connections.get(connection)?.auths.push(message);
    else if (message.kind === 'CLIENTREQUEST' && !isLeftAlone(message.request))
      this.#connections.get(connection)?.asked.push(message.request);
  }

  clone(): ClientHistory {
    return new ClientHistory(this.#superDigest, this);
  }

  #answered(connection: number, reply: Extract<ClientMessage, { kind: 'REPLY' }>): void {
    this.answers = null;
    this.overtakes = 0;
    const attached = this.#connections.get(connection);
    if (attached === undefined) return;
    const { auths, asked } = attached;
    if (auths[0]?.cxid === reply.cxid) {
      const [auth] = auths.splice(0, 1);
      const added = authenticate(auth!.scheme, auth!.auth, this.#superDigest) ?? [];
      attached.ids = [...attached.ids, ...added];
      return;
    }
    const at = asked[0]?.cxid === reply.cxid ? 0 : asked.findIndex(({ cxid }) => cxid === reply.cxid);
    if (at < 0) return;
    const request = at === 0 ? asked.shift()! : asked.splice(at, 1)[0]!;
    // A frame with an opcode that no server knows is refused at once, and the connection closed.
    if (reply.zxid < 0) return;
    this.answers = request;
    this.overtakes = at;
  }
}

/** A check outside a multi gets no answer in some releases, and one out of order in the others. */
function isLeftAlone({ op }: ClientRequest): boolean {
  return typeof op === 'object' && op !== null && 'op' in op && op.op === 'check';
}

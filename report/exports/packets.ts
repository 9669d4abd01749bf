import type { TraceEvent } from '../../sim/trace.ts';
import type { Message } from '../../sim/zab/messages.ts';

interface Waiting {
  readonly index: number;
  readonly kind: string;
  /** The message as text; made when it is first compared. */
  text: string | null;
  readonly message: unknown;
}

/** Which `sent` a `received` or `lost` belongs to. Connections are FIFO, but for the datagram lab and the one slot of the
 *  election plane: so the oldest message that is equal is taken. */
export class Packets {
  readonly #waiting = new Map<string, Waiting[]>();
  /** A snapshot travels beside the packets: `snapshotSent` is its sending. */
  readonly #snapshots = new Map<string, number>();

  /** Takes in the event at `index`. Of a packet that arrives or is lost: the index of its sending, or -1. */
  observe(event: TraceEvent, index: number): number {
    switch (event.kind) {
      case 'sent': {
        const key = `${event.connection}/${event.server}`;
        const { message } = event;
        const waiting = this.#waiting.get(key);
        const entry = { index, kind: message.kind, text: null, message };
        if (waiting === undefined) this.#waiting.set(key, [entry]);
        else waiting.push(entry);
        return -1;
      }
      case 'snapshotSent':
        this.#snapshots.set(`${event.snapshot}/${event.learner}`, index);
        return -1;
      case 'received':
      case 'lost':
        return this.#take(event.message, event.connection, event.peer, event.server);
      default:
        return -1;
    }
  }

  #take(message: Message, connection: number, from: number, to: number): number {
    if (message.kind === 'SNAP') return this.#snapshots.get(`${message.snapshot.id}/${to}`) ?? -1;
    const key = `${connection}/${from}`;
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return -1;
    const [first] = waiting;
    if (first === undefined) return -1;
    if (first.message === message) return this.#remove(key, waiting, 0);
    const text = JSON.stringify(message);
    const at = waiting.findIndex(
      (entry) => entry.kind === message.kind && (entry.text ??= JSON.stringify(entry.message)) === text,
    );
    return at < 0 ? -1 : this.#remove(key, waiting, at);
  }

  #remove(key: string, waiting: Waiting[], at: number): number {
    const [found] = waiting.splice(at, 1);
    if (waiting.length === 0) this.#waiting.delete(key);
    return found!.index;
  }
}

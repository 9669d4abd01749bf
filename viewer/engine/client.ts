import type { Frame } from '../frame.ts';
import type {
  About,
  Answer,
  FrameOnTheWire,
  Library,
  LibraryText,
  Question,
  Reply,
  Request,
  SessionId,
} from '../protocol.ts';
import type { TraceEvent } from '../../sim/trace.ts';

/** A way to the engine: a worker, or the same engine in this thread. */
export interface Wire {
  post(request: Request): void;
  /** Called once, before the first `post`. */
  listen(hear: (reply: Reply) => void): void;
  close(): void;
}

/** What the page wants to hear. Every one is optional; all are called in the order in which things happened. */
export interface Listener {
  ready?(library: Library): void;
  opened?(session: SessionId, about: About): void;
  closed?(session: SessionId): void;
  frame?(session: SessionId, frame: Frame): void;
  /** Trace events, in order; those from `from` on that were heard of before are void. */
  events?(session: SessionId, from: number, events: readonly TraceEvent[]): void;
  refused?(session: SessionId, what: Request['kind'], lines: readonly string[]): void;
  fault?(message: string): void;
}

type AnswerTo<K extends Question['kind']> = Extract<Answer, { readonly kind: K | 'refused' }>;

/** The page's end of the wire: sends requests, hands out whole frames, matches answers with questions. */
export class EngineClient {
  readonly #wire: Wire;
  readonly #listener: Listener;
  readonly #frames = new Map<SessionId, Frame>();
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #nextId = 1;

  constructor(wire: Wire, listener: Listener) {
    this.#wire = wire;
    this.#listener = listener;
    wire.listen((reply) => this.#hear(reply));
  }

  start(library: readonly LibraryText[]): void {
    this.send({ kind: 'start', library });
  }

  send(request: Request): void {
    this.#wire.post(request);
  }

  /** The answer, or why there is none (`refused`). Never rejects. */
  ask<K extends Question['kind']>(question: Extract<Question, { readonly kind: K }>): Promise<AnswerTo<K>> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#waiting.set(id, (answer) => resolve(answer as AnswerTo<K>));
      this.send({ kind: 'ask', id, question });
    });
  }

  /** The last frame of a session, if it is open. */
  frame(session: SessionId): Frame | undefined {
    return this.#frames.get(session);
  }

  close(): void {
    this.#wire.close();
  }

  #hear(reply: Reply): void {
    const listener = this.#listener;
    switch (reply.kind) {
      case 'ready':
        listener.ready?.(reply.library);
        return;
      case 'opened':
        this.#frames.delete(reply.session);
        listener.opened?.(reply.session, reply.about);
        return;
      case 'closed':
        this.#frames.delete(reply.session);
        listener.closed?.(reply.session);
        return;
      case 'frame': {
        const frame = whole(reply.frame, this.#frames.get(reply.session));
        this.#frames.set(reply.session, frame);
        listener.frame?.(reply.session, frame);
        return;
      }
      case 'events':
        listener.events?.(reply.session, reply.from, reply.events);
        return;
      case 'refused':
        listener.refused?.(reply.session, reply.what, reply.lines);
        return;
      case 'answer':
        this.#waiting.get(reply.id)?.(reply.answer);
        this.#waiting.delete(reply.id);
        return;
      case 'fault':
        listener.fault?.(reply.message);
        return;
    }
  }
}

/** Puts back what has not changed. */
function whole(frame: FrameOnTheWire, last: Frame | undefined): Frame {
  return {
    ...frame,
    ledger: frame.ledger ?? last?.ledger ?? [],
    violations: frame.violations ?? last?.violations ?? [],
    hands: frame.hands ?? last?.hands ?? [],
  };
}

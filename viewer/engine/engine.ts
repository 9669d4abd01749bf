import { RELEASES } from '../../sim/zab/behaviour.ts';
import { BUGS } from '../../sim/zab/bugs/index.ts';
import type { FrameOnTheWire, Library, LibraryText, Reply, Request, SessionId } from '../protocol.ts';
import { answer, compare, forThePage } from './answers.ts';
import { lessonsIn } from './lessons.ts';
import { openSource } from './open.ts';
import { Session } from './session.ts';

/** How many trace events go into one message. */
const CHUNK = 5000;
/** What may be worked at a time, in ms: whoever is asked something answers soon. */
const SLICE_MS = 12;
/** What may be worked before a trace is shown. */
const FIRST_SLICE_MS = 100;
/** Between two frames while playing. */
export const FRAME_MS = 16;

/** What the page last heard of a session. */
interface Told {
  /** Trace events. */
  traced: number;
  follows: boolean;
  ledger: string;
  violations: number;
  hands: unknown;
}

/** The engine behind the page: hears requests, answers with replies, and plays while it is asked to. It knows no clock but the
 *  one it is given; whoever owns it calls `pump` every `FRAME_MS` as long as it says that there is something to do. */
export class Engine {
  readonly #post: (reply: Reply) => void;
  readonly #clock: () => number;
  readonly #sessions = new Map<SessionId, Session>();
  readonly #told = new Map<Session, Told>();
  #library: readonly LibraryText[] = [];
  #lastPump = 0;
  /** Requests are carried out one after the other, in the order in which they came. */
  #turn: Promise<void> = Promise.resolve();

  /** `clock`: our time, in ms. */
  constructor(post: (reply: Reply) => void, clock: () => number) {
    this.#post = post;
    this.#clock = clock;
  }

  hear(request: Request): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      try {
        await this.#carryOut(request);
      } catch (error) {
        this.#post({ kind: 'fault', message: error instanceof Error ? error.message : String(error) });
      }
    });
    return this.#turn;
  }

  /** Something will happen by itself: a session plays, or a trace is being compared. */
  get busy(): boolean {
    return [...this.#sessions.values()].some((session) => session.playing || session.verifying);
  }

  /** Lets the time pass that has passed since the last call, or one frame when that was long ago. */
  pump(): void {
    const now = this.#clock();
    const elapsed = Math.min(now - this.#lastPump, 4 * FRAME_MS);
    this.#lastPump = now;
    for (const [id, session] of this.#sessions) {
      const deadline = this.#clock() + SLICE_MS;
      if (session.playing) {
        session.tick(elapsed, this.#clock, deadline);
        this.#show(id, session);
      } else if (session.verifying) {
        const { length } = session.about().warnings;
        session.verify(this.#clock, deadline + SLICE_MS);
        if (session.about().warnings.length > length) this.#announce(id, session);
        this.#show(id, session);
      }
    }
  }

  async #carryOut(request: Request): Promise<void> {
    switch (request.kind) {
      case 'start':
        this.#library = request.library;
        this.#post({ kind: 'ready', library: libraryOf(this.#library) });
        return;
      case 'open': {
        const { session: id, source, options } = request;
        const opened = await openSource(source, this.#library, options);
        if ('mistakes' in opened) {
          this.#refuse(id, 'open', opened.mistakes);
          return;
        }
        const session = new Session(opened, options.stops ?? []);
        // A short trace is compared before anybody sees it.
        session.verify(this.#clock, this.#clock() + FIRST_SLICE_MS);
        this.#put(id, session, options.events ?? true);
        return;
      }
      case 'fork': {
        const main = this.#sessions.get('main');
        if (main === undefined) this.#refuse('other', 'fork', ['nothing is open']);
        else this.#put('other', main.fork(), true);
        return;
      }
      case 'swap': {
        const [main, other] = [this.#sessions.get('main'), this.#sessions.get('other')];
        if (main === undefined || other === undefined) this.#refuse('main', 'swap', ['there are no two futures']);
        else {
          this.#put('main', other, true);
          this.#put('other', main, true);
        }
        return;
      }
      case 'close':
        this.#forget(this.#sessions.get(request.session));
        this.#sessions.delete(request.session);
        this.#post({ kind: 'closed', session: request.session });
        return;
      case 'ask':
        await this.#answer(request);
        return;
      default: {
        const session = this.#sessions.get(request.session);
        if (session === undefined) this.#refuse(request.session, request.kind, ['nothing is open']);
        else this.#direct(request, session);
      }
    }
  }

  #direct(request: Extract<Request, { readonly session: SessionId }>, session: Session): void {
    const id = request.session;
    switch (request.kind) {
      case 'play':
        session.play(request.speed);
        this.#lastPump = this.#clock();
        break;
      case 'pause':
        session.pause();
        break;
      case 'step':
        session.step(request.by);
        break;
      case 'seek':
        session.seek(request.to);
        break;
      case 'jump':
        if (!session.jump(request.to, request.by))
          this.#refuse(id, 'jump', [`there is no ${request.by > 0 ? 'later' : 'earlier'} ${request.to}`]);
        break;
      case 'intervene': {
        const why = session.intervene(request.action);
        if (why.length > 0) this.#refuse(id, 'intervene', why);
        break;
      }
      case 'takeBack':
        session.takeBack(request.index);
        break;
      case 'amend': {
        const why = session.amend(request.change);
        if (why.length > 0) this.#refuse(id, 'amend', why);
        else this.#announce(id, session);
        break;
      }
      default:
        return;
    }
    this.#show(id, session);
  }

  async #answer({ id, question }: Extract<Request, { kind: 'ask' }>): Promise<void> {
    if (question.kind === 'lessons') {
      this.#post({ kind: 'answer', id, answer: lessonsIn(question.texts) });
      return;
    }
    const main = this.#sessions.get('main');
    const other = this.#sessions.get('other');
    const asked = question.kind === 'compare' ? main : this.#sessions.get(question.session);
    if (asked === undefined || (question.kind === 'compare' && other === undefined)) {
      this.#post({ kind: 'answer', id, answer: { kind: 'refused', lines: ['nothing is open'] } });
      return;
    }
    const told = question.kind === 'compare' ? compare(asked, other ?? asked) : await answer(question, asked);
    this.#post({ kind: 'answer', id, answer: told });
  }

  #put(id: SessionId, session: Session, follows: boolean): void {
    const before = this.#sessions.get(id);
    this.#sessions.set(id, session);
    if (![...this.#sessions.values()].includes(before ?? session)) this.#forget(before);
    this.#told.set(session, { traced: 0, follows, ledger: '', violations: -1, hands: null });
    this.#announce(id, session);
    this.#show(id, session);
  }

  #forget(session: Session | undefined): void {
    if (session !== undefined) this.#told.delete(session);
  }

  #announce(id: SessionId, session: Session): void {
    this.#post({ kind: 'opened', session: id, about: session.about() });
    const told = this.#told.get(session);
    if (told === undefined) return;
    told.traced = 0;
    told.ledger = '';
    told.violations = -1;
    told.hands = null;
  }

  /** Tells what is new in the trace, then how things stand. */
  #show(id: SessionId, session: Session): void {
    const told = this.#told.get(session);
    if (told === undefined) return;
    told.traced = Math.min(told.traced, session.takeValid());
    const { trace } = session.played;
    while (told.follows && told.traced < trace.length) {
      const to = Math.min(trace.length, told.traced + CHUNK);
      const events = trace.slice(told.traced, to).map(forThePage);
      this.#post({ kind: 'events', session: id, from: told.traced, events });
      told.traced = to;
    }
    const frame = session.frame();
    const ledger = `${frame.ledger.length} ${frame.ledger.reduce((sum, { times }) => sum + times, 0)}`;
    const wire: FrameOnTheWire = {
      ...frame,
      ledger: ledger === told.ledger ? null : frame.ledger,
      violations: frame.violations.length === told.violations ? null : frame.violations,
      hands: frame.hands === told.hands ? null : frame.hands,
    };
    told.ledger = ledger;
    told.violations = frame.violations.length;
    told.hands = frame.hands;
    this.#post({ kind: 'frame', session: id, frame: wire });
  }

  #refuse(session: SessionId, what: Request['kind'], lines: readonly string[]): void {
    this.#post({ kind: 'refused', session, what, lines });
  }
}

function libraryOf(texts: readonly LibraryText[]): Library {
  return {
    scenarios: texts.map(({ name, yaml }) => ({
      name,
      title: titleIn(yaml) ?? name,
      group: name.includes('/') ? name.slice(0, name.indexOf('/')) : '',
    })),
    releases: RELEASES.map(({ name, about }) => ({ name, about })),
    bugs: BUGS.map(({ name, title }) => ({ name, title })),
  };
}

/** The title of a scenario that is built in, without reading the rest of it. */
function titleIn(yaml: string): string | null {
  return /^title: (.*)$/m.exec(yaml)?.[1]?.replace(/^(["'])(.*)\1$/, '$2') ?? null;
}

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { groupedScenarioNames } from '../../scenarios/load.ts';
import { EngineClient, type Wire } from '../../viewer/engine/client.ts';
import { Engine } from '../../viewer/engine/engine.ts';
import type { Frame } from '../../viewer/frame.ts';
import type { About, LibraryText, Request, SessionId } from '../../viewer/protocol.ts';
import type { TraceEvent } from '../../sim/trace.ts';

/** What is built in, as the page gets it. */
export const LIBRARY: readonly LibraryText[] = groupedScenarioNames('scenarios').map((name) => ({
  name,
  yaml: readFileSync(join('scenarios', `${name}.yaml`), 'utf8'),
}));

/** The page's engine without a page: requests are carried out one by one, and time passes when it is told to. */
export class Driver {
  readonly client: EngineClient;
  readonly abouts = new Map<SessionId, About>();
  readonly traces = new Map<SessionId, TraceEvent[]>();
  refused: readonly string[] = [];
  faults: string[] = [];
  #now = 0;
  readonly #engine: Engine;

  constructor() {
    let hear: Parameters<Wire['listen']>[0] = () => undefined;
    // As between a page and a worker: only copies pass.
    this.#engine = new Engine(
      (reply) => hear(structuredClone(reply)),
      () => this.#now,
    );
    const wire: Wire = { post: () => undefined, listen: (listener) => (hear = listener), close: () => undefined };
    this.client = new EngineClient(wire, {
      opened: (session, about) => {
        this.abouts.set(session, about);
        this.traces.set(session, []);
      },
      events: (session, from, events) => {
        const trace = this.traces.get(session) ?? [];
        trace.splice(from, Infinity, ...events);
        this.traces.set(session, trace);
      },
      refused: (_session, _what, lines) => (this.refused = lines),
      fault: (message) => this.faults.push(message),
    });
    wire.post = (request: Request) => void this.#engine.hear(request);
  }

  /** Carries out a request; the frame of its session afterwards. */
  async do(request: Request): Promise<Frame> {
    this.refused = [];
    await this.#engine.hear(structuredClone(request));
    const session = 'session' in request ? request.session : 'main';
    const frame = this.client.frame(session) ?? this.client.frame('main');
    if (frame === undefined) throw new Error(`nothing is open: ${this.refused.join('; ')}`);
    return frame;
  }

  async start(): Promise<this> {
    await this.#engine.hear({ kind: 'start', library: LIBRARY });
    return this;
  }

  /** Lets our time pass, a frame at a time, until nothing is left to do or so many frames have passed. */
  pass(frames: number): Frame {
    for (let i = 0; i < frames && this.#engine.busy; i++) {
      this.#now += 16;
      this.#engine.pump();
    }
    return this.frame();
  }

  frame(session: SessionId = 'main'): Frame {
    const frame = this.client.frame(session);
    if (frame === undefined) throw new Error('nothing is open');
    return frame;
  }

  trace(session: SessionId = 'main'): readonly TraceEvent[] {
    return this.traces.get(session) ?? [];
  }

  open(name: string, seed = '1'): Promise<Frame> {
    return this.do({ kind: 'open', session: 'main', source: { kind: 'scenario', name }, options: { seed } });
  }
}

/** The scenario of that name, as text. */
export function yamlOf(name: string): string {
  const found = LIBRARY.find((one) => one.name === name || basename(one.name) === name);
  if (found === undefined) throw new Error(`there is no scenario ${name}`);
  return found.yaml;
}

import type { TraceEvent } from '../../sim/trace.ts';
import type { ServerState, ZabState } from '../../sim/zab/messages.ts';
import { Intervals } from './intervals.ts';

/** What a server was for a while. */
export interface Band {
  readonly state: ServerState | 'DOWN';
  readonly phase: ZabState | null;
  /** The epoch that it has promised, or leads: its colour. */
  readonly epoch: number;
}

const DOWN: Band = { state: 'DOWN', phase: null, epoch: 0 };

/** What one server was, one band after the other, and when it was paused. */
export class ServerBands {
  readonly spans = new Intervals();
  readonly pauses = new Intervals();
  readonly #bands: Band[] = [];
  #paused = -1;

  constructor() {
    this.spans.begin(0);
    this.#bands.push(DOWN);
  }

  band(id: number): Band {
    return this.#bands[id]!;
  }

  observe(event: TraceEvent, index: number): void {
    const last = this.#bands[this.#bands.length - 1]!;
    switch (event.kind) {
      case 'started':
        this.#next(index, { state: 'LOOKING', phase: 'ELECTION', epoch: event.acceptedEpoch });
        return;
      case 'ended':
        this.#endPause(index);
        this.#next(index, { ...DOWN, epoch: last.epoch });
        return;
      case 'stateChanged':
        this.#next(index, { ...last, state: event.state, phase: event.state === 'LOOKING' ? 'ELECTION' : last.phase });
        return;
      case 'phaseChanged':
        this.#next(index, { ...last, phase: event.phase });
        return;
      case 'epochWritten':
        if (event.file === 'acceptedEpoch') this.#next(index, { ...last, epoch: event.epoch });
        return;
      case 'established':
      case 'serving':
        this.#next(index, { ...last, phase: 'BROADCAST', epoch: event.epoch });
        return;
      case 'paused':
        this.#paused = this.pauses.begin(index);
        return;
      case 'resumed':
        this.#endPause(index);
        return;
      default:
        return;
    }
  }

  #next(from: number, band: Band): void {
    const last = this.#bands[this.#bands.length - 1]!;
    if (last.state === band.state && last.phase === band.phase && last.epoch === band.epoch) return;
    this.spans.end(this.#bands.length - 1, from);
    this.spans.begin(from);
    this.#bands.push(band);
  }

  #endPause(index: number): void {
    if (this.#paused >= 0) this.pauses.end(this.#paused, index);
    this.#paused = -1;
  }
}

/** The calls of one client, from question to answer. */
export class ClientCalls {
  readonly spans = new Intervals();
  readonly #outcomes: ('waiting' | 'ok' | 'failed' | 'unknown')[] = [];
  readonly #open = new Map<number, number>();

  outcome(id: number): 'waiting' | 'ok' | 'failed' | 'unknown' {
    return this.#outcomes[id]!;
  }

  observe(event: TraceEvent, index: number): void {
    if (event.kind === 'invoked') {
      this.#open.set(event.call, this.spans.begin(index));
      this.#outcomes.push('waiting');
    }
    if (event.kind !== 'returned') return;
    const id = this.#open.get(event.call);
    if (id === undefined) return;
    this.#open.delete(event.call);
    this.spans.end(id, index);
    this.#outcomes[id] = event.outcome;
  }
}

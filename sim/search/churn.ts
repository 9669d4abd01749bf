import type { TraceEvent } from '../trace.ts';
import type { ServerState, ZabState } from '../zab/messages.ts';
import type { ServerId } from '../zab/sets.ts';
import type { Micros } from '../time.ts';

/** Why an ensemble makes no progress although all is calm: it goes round in circles, or it stands. */
export type Stuckness =
  | {
      /** The same abstract state comes again and again while epochs or election rounds rise. */
      readonly kind: 'churn';
      readonly rising: 'epochs' | 'rounds';
      readonly from: number;
      readonly to: number;
      /** How often the state came back. */
      readonly laps: number;
      /** From one lap to the next; the median. */
      readonly every: Micros;
      /** What happens in the last whole lap, with the indices in the trace. */
      readonly lap: readonly { readonly index: number; readonly event: TraceEvent }[];
    }
  | { readonly kind: 'standing'; readonly servers: readonly Standing[] };

/** What one server is at, for so long. */
export interface Standing {
  readonly server: ServerId;
  readonly up: boolean;
  readonly paused: boolean;
  readonly state: ServerState;
  readonly phase: ZabState;
  /** The one it votes for, follows, or is. */
  readonly leader: ServerId;
  /** It serves in this epoch; -1: it does not. */
  readonly epoch: number;
  readonly since: Micros;
}

/** A state must come back so often before it is called a circle. */
const LAPS = 3;

/** Watches a trace; what counts is what comes after the calm. Epochs, rounds and times are left out of the abstract state, so
 *  that the same turn in a later epoch is the same state. */
export class ChurnWatch {
  readonly #servers = new Map<ServerId, { -readonly [K in keyof Standing]: Standing[K] }>();
  readonly #visits = new Map<string, Visit[]>();
  readonly #turns: { readonly index: number; readonly event: TraceEvent }[] = [];
  #calm = false;
  #index = -1;
  #epoch = 0;
  #round = 0;
  #state = '';

  constructor(ids: readonly ServerId[]) {
    for (const server of ids)
      this.#servers.set(server, {
        server,
        up: false,
        paused: false,
        state: 'LOOKING',
        phase: 'ELECTION',
        leader: 0,
        epoch: -1,
        since: 0,
      });
  }

  observe(event: TraceEvent): void {
    this.#index++;
    if (event.kind === 'calm') this.#calm = true;
    if (!this.#change(event) || !this.#calm) return;
    this.#turns.push({ index: this.#index, event });
    const state = this.#abstract();
    if (state === this.#state) return;
    this.#state = state;
    const visits = this.#visits.get(state) ?? [];
    visits.push({ at: event.at, turn: this.#turns.length - 1, epoch: this.#epoch, round: this.#round });
    this.#visits.set(state, visits);
  }

  /** What the trace so far amounts to, for a run that makes no progress. */
  verdict(): Stuckness {
    return this.#churn() ?? { kind: 'standing', servers: [...this.#servers.values()] };
  }

  /** Takes in what an event says about a server. False if it says nothing that matters here. */
  #change(event: TraceEvent): boolean {
    const server = this.#servers.get(event.server);
    if (server === undefined) return false;
    switch (event.kind) {
      case 'started':
        Object.assign(server, { up: true, state: 'LOOKING', phase: 'ELECTION', leader: 0, epoch: -1, since: event.at });
        return true;
      case 'ended':
        Object.assign(server, { up: false, paused: false, epoch: -1, since: event.at });
        return true;
      case 'paused':
      case 'resumed':
        server.paused = event.kind === 'paused';
        return true;
      case 'stateChanged':
        if (event.state !== server.state) server.since = event.at;
        Object.assign(server, { state: event.state, epoch: -1 });
        return true;
      case 'phaseChanged':
        Object.assign(server, { phase: event.phase, since: event.at });
        return true;
      case 'voted':
        this.#round = Math.max(this.#round, event.round);
        server.leader = event.vote.leader;
        return false;
      case 'elected':
        server.leader = event.vote.leader;
        return true;
      case 'epochProposed':
        this.#epoch = Math.max(this.#epoch, event.epoch);
        return true;
      case 'epochWritten':
        this.#epoch = Math.max(this.#epoch, event.epoch);
        return false;
      case 'serving':
        Object.assign(server, { epoch: event.epoch, since: event.at });
        return true;
      case 'leftRole':
        Object.assign(server, { epoch: -1, since: event.at });
        return true;
      case 'established':
      case 'syncChosen':
      case 'unexpected':
      case 'diskFailed':
      case 'fenced':
        return true;
      default:
        return false;
    }
  }

  #abstract(): string {
    return [...this.#servers.values()]
      .map(({ server, up, paused, state, phase, leader, epoch }) =>
        up
          ? `${server}${paused ? '*' : ''} ${state} ${phase} ${leader} ${epoch >= 0 ? 'serves' : ''}`
          : `${server} down`,
      )
      .join('|');
  }

  /** The state that came back most often, each time with a higher epoch or round, and until the end. */
  #churn(): Stuckness | null {
    let best: Visit[] = [];
    for (const visits of this.#visits.values()) {
      const rising = visits.filter((visit, i) => {
        const before = visits[i - 1];
        return before === undefined || visit.epoch > before.epoch || visit.round > before.round;
      });
      if (rising.length > best.length) best = rising;
    }
    const first = best[0];
    const last = best.at(-1);
    const before = best.at(-2);
    if (best.length <= LAPS || first === undefined || last === undefined || before === undefined) return null;
    const gaps = best.slice(1).map(({ at }, i) => at - best[i]!.at);
    const every = gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? 0;
    // It must not have come to rest since.
    const end = this.#turns.at(-1)?.event.at ?? 0;
    if (end - last.at > 3 * every) return null;
    const what = last.epoch - first.epoch >= LAPS ? 'epoch' : 'round';
    return {
      kind: 'churn',
      rising: what === 'epoch' ? 'epochs' : 'rounds',
      from: first[what],
      to: last[what],
      laps: best.length - 1,
      every,
      lap: this.#turns.slice(before.turn + 1, last.turn + 1),
    };
  }
}

interface Visit {
  readonly at: Micros;
  /** Index in the list of turns. */
  readonly turn: number;
  readonly epoch: number;
  readonly round: number;
}

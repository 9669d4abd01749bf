import { Hasher } from '../sim/hash.ts';
import type { Scenario } from '../sim/scenario.ts';
import type { TraceEvent } from '../sim/trace.ts';

interface Seen {
  role: string;
  phase: string;
  accepted: number;
  current: number;
}

/** What one run reached, seen from its trace: situations by name, and abstract states. */
export class Observed {
  readonly #servers = new Map<number, Seen>();
  readonly #situations = new Set<string>();
  readonly #states = new Set<number>();

  constructor(scenario: Scenario) {
    for (const id of scenario.servers)
      this.#servers.set(id, { role: 'DOWN', phase: '', accepted: 0, current: 0 });
  }

  situations(): Iterable<string> {
    return this.#situations;
  }

  states(): Iterable<number> {
    return this.#states;
  }

  readonly observe = (event: TraceEvent): void => {
    const seen = this.#servers.get(event.server);
    switch (event.kind) {
      case 'syncChosen':
        this.#situations.add(`sync-${event.mode.toLowerCase()}`);
        return;
      case 'truncated':
        this.#situations.add('truncated');
        return;
      case 'fenced':
        this.#situations.add(`fenced-${event.rule}`);
        return;
      case 'started':
        if (seen === undefined) return;
        Object.assign(seen, { role: 'LOOKING', phase: '', accepted: event.acceptedEpoch, current: event.currentEpoch });
        break;
      case 'ended':
        if (seen === undefined) return;
        this.#situations.add(`${event.how}-in-${(seen.phase === '' ? 'election' : seen.phase).toLowerCase()}`);
        Object.assign(seen, { role: 'DOWN', phase: '' });
        break;
      case 'stateChanged':
        if (seen === undefined) return;
        Object.assign(seen, { role: event.state, phase: '' });
        break;
      case 'phaseChanged':
        if (seen === undefined) return;
        seen.phase = event.phase;
        break;
      case 'epochWritten':
        if (seen === undefined) return;
        if (event.file === 'acceptedEpoch') seen.accepted = event.epoch;
        else seen.current = event.epoch;
        break;
      default:
        return;
    }
    this.#states.add(this.#abstract());
  };

  /** The multiset of what servers are, epochs counted from the lowest. */
  #abstract(): number {
    const seen = [...this.#servers.values()];
    const least = Math.min(...seen.map(({ current }) => current));
    const words = seen.map(
      ({ role, phase, accepted, current }) => `${role} ${phase} ${accepted - least} ${current - least}`,
    );
    const hasher = new Hasher();
    for (const word of words.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))) hasher.text(word);
    return hasher.digest32();
  }
}

/** Situations that a good batch reaches. */
export const SITUATION_NAMES: readonly string[] = ['sync-diff', 'sync-snap', 'sync-trunc', 'truncated'];

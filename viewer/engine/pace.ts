import type { World } from '../../sim/world.ts';
import type { Message } from '../../sim/zab/messages.ts';
import type { Item } from '../../sim/network.ts';
import type { Micros } from '../../sim/time.ts';

/** How fast a story is told: slowly while messages that matter are under way or a disk writes, faster and faster while
 *  nothing happens. All rates are virtual microseconds per microsecond of ours. */

/** A proposal, its fsyncs and its commit take some seconds: an eye can follow. */
const SLOWEST = 0.003;
const FASTEST = 10;
/** A quiet time begins at this rate, and is passed over twice as fast every so many ms of ours. */
const QUIET = 0.01;
const DOUBLING_MS = 70;

/** What is told. Times are virtual microseconds. */
export interface Story {
  readonly world: () => World;
  /** Until the next event; Infinity when there is none. */
  readonly nextIn: () => Micros;
  readonly advance: (by: Micros) => void;
  readonly goesOn: () => boolean;
}

export class Pace {
  #rate = QUIET;

  /** Lets so much of our time pass. */
  tell(elapsedMs: number, { world, nextIn, advance, goesOn }: Story): void {
    for (let left = elapsedMs; left > 0 && goesOn();) {
      if (isBusy(world())) {
        this.#rate = QUIET;
        advance(left * SLOWEST * 1000);
        return;
      }
      // No further than to the next event: it may be the beginning of something.
      const spent = Math.min(left, Math.max(1, nextIn()) / 1000 / this.#rate);
      advance(spent * this.#rate * 1000);
      this.#rate = Math.min(FASTEST, this.#rate * 2 ** (spent / DOUBLING_MS));
      left -= spent;
    }
  }
}

/** True while something is under way that belongs to the story. */
function isBusy(world: World): boolean {
  for (const { flights, stalled, dead } of world.network.connections.values()) {
    if (dead) continue;
    for (const direction of [0, 1] as const) {
      // What a cut link holds back is no reason to wait for it.
      const moving = flights[direction].size - stalled[direction];
      if (moving > 0 && flights[direction].list().slice(stalled[direction]).some(matters)) return true;
    }
  }
  return world.hosts.some(
    (host) => host !== null && host.device.stalledUntil <= world.now && host.device.inflight.length > 0,
  );
}

function matters(item: Item): boolean {
  return item !== 'FIN' && !KEEPS_ALIVE.has(item.kind);
}

const KEEPS_ALIVE: ReadonlySet<Message['kind']> = new Set(['PING', 'CLIENTPING', 'CLIENTPONG']);

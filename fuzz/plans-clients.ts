import type { Action, Step } from '../sim/scenario.ts';
import { MS, type Micros } from '../sim/time.ts';
import type { Circumstances, Here } from './plans-here.ts';
import type { ChapterSketch } from './plans-sketch.ts';
import { pick } from './plans-strikes.ts';

/** What befalls the client that has a session: it falls silent, ends, loses its way, or closes the session by itself. */

const CLIENT = 'a';

export function strikesClients({ on, service }: Circumstances): boolean {
  return service === 'zookeeper' && (on.has('clientFaults') || on.has('ephemerals'));
}

/** Once in a chapter, for a while that is shorter or longer than the timeout of its session. */
export function clientFaultsOf({ how, tidy, stagger, length }: ChapterSketch, here: Here): Step[] {
  if (!strikesClients(here)) return [];
  const { from, servers, patience } = here;
  const begin = from + 100 * MS + Math.floor((here.length * (stagger % 100)) / 100);
  const end = begin + pick<Micros>([4 * patience, Math.floor(patience / 3), 2 * patience], length);
  const of = { client: CLIENT };
  const call = { ...of, server: null, key: 'x', value: 0, times: 1 };
  const pairs: readonly (readonly [Action, Action])[] = [
    [
      { kind: 'pauseClient', ...of },
      { kind: 'resumeClient', ...of },
    ],
    [
      { kind: 'killClient', ...of },
      { kind: 'startClient', ...of },
    ],
    [
      { kind: 'cutClient', ...of, servers, way: pick(['both', 'toServers', 'fromServers'] as const, tidy) },
      { kind: 'healClient', ...of },
    ],
    [
      { kind: 'closeSession', ...call },
      { kind: 'openSession', ...call },
    ],
  ];
  // What hangs on a session shows when it ends: without other faults of clients, it is closed.
  const [first, second] = here.on.has('clientFaults') ? pick(pairs, Math.floor(how / 8)) : pairs.at(-1)!;
  return [step(begin, first), step(end, second)];
}

/** At the end every client runs and reaches everybody. */
export function clientsBack(at: Micros): Step[] {
  const of = { client: CLIENT };
  return [
    step(at, { kind: 'healClient', ...of }),
    step(at, { kind: 'resumeClient', ...of }),
    step(at, { kind: 'startClient', ...of }),
  ];
}

function step(at: Micros, action: Action): Step {
  return { moment: { kind: 'at', at }, label: null, action };
}

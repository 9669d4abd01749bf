import { Pairing } from '../pairing.ts';
import { eventWords } from '../words.ts';
import {
  HEARTBEATS,
  hostName,
  inWindow,
  isSkipped,
  label,
  type ExportFormat,
  type ExportRun,
  type Written,
} from './format.ts';

/** How ShiViz reads a log when nobody tells it otherwise. */
export const SHIVIZ_PATTERN = /(?<event>.*)\n(?<host>\S*) (?<clock>\{.*\})/g;

type Clock = Map<string, number>;

/** Two lines an event, with the vector clock of its host. An event that is left out counts all the same for what it passes
 *  on, so that the order in the picture is that of the run. */
export const shiviz: ExportFormat = {
  name: 'shiviz',
  about: 'a log with vector clocks, two lines an event',
  opens: 'ShiViz, as it stands',
  limit: { of: 'events', most: 20_000 },
  skip: HEARTBEATS,
  *write(run: ExportRun): Generator<string, Written, void> {
    const packets = new Pairing();
    const clocks = new Map<string, Clock>();
    /** What a packet carried away with it, by the index of its sending. */
    const carried = new Map<number, Clock>();
    const counted = { shown: 0, leftOut: 0 };
    let index = -1;
    for (const event of run.events) {
      index++;
      const sent = packets.observe(event, index);
      const host = hostName(run.scenario, event.server);
      const clock = clocks.get(host) ?? new Map<string, number>();
      clocks.set(host, clock);
      const arrived = event.kind === 'received' ? carried.get(sent) : undefined;
      if (arrived !== undefined) for (const [who, time] of arrived) clock.set(who, Math.max(clock.get(who) ?? 0, time));
      if (sent >= 0) carried.delete(sent);
      if (inWindow(run, event) && !isSkipped(run, event)) {
        if (counted.shown === run.limit) counted.leftOut++;
        else {
          counted.shown++;
          clock.set(host, (clock.get(host) ?? 0) + 1);
          const time = JSON.stringify(Object.fromEntries(clock));
          yield `${label(`${event.kind}: ${eventWords(event)}`, 300)}\n${host} ${time}\n`;
        }
      }
      if (event.kind === 'sent') carried.set(index, new Map(clock));
    }
    return { leftOut: counted.leftOut };
  },
};

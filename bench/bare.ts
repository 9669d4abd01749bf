import { Queue } from '../sim/queue.ts';
import { stream } from '../sim/random.ts';

/** The physical limit of an event loop over the same queue and the same chance: 64 events wait, and each that comes up
 *  schedules another. Nothing else happens. */
export function bareLoop(events: number): number {
  const queue = new Queue<{ count: number }>();
  const random = stream('1', 'bare');
  for (let i = 0; i < 64; i++) queue.push(random.below(1000), { count: 0 });
  for (let done = 0; done < events; done++) {
    const event = queue.pop();
    if (event === undefined) break;
    event.count++;
    queue.push(queue.lastAt + random.below(1000), event);
  }
  return events;
}

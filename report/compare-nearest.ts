import type { Property, Violation } from '../sim/property.ts';
import type { Flip, Nearest } from '../sim/search/nearest.ts';
import { runPlan } from '../sim/search/run-plan.ts';
import { MS } from '../sim/time.ts';
import type { TraceEvent } from '../sim/trace.ts';
import { sideBySide, type Row } from './side-by-side.ts';
import { shownByProcess } from './words.ts';

export interface Compared {
  /** Index of the event of the failing run with which the choice shows that decides. */
  readonly deciding: number;
  /** Index of the first event in which the runs differ. */
  readonly parting: number;
  readonly rows: readonly Row[];
}

/** Two runs that have parted keep about so much time. */
const SLACK = 20 * MS;

/** Plays the nearest passing run and puts it beside the failing one. null: there is none. */
export function compareWithNearest(
  failing: readonly TraceEvent[],
  { deciding: flip, passing: plan }: Nearest,
  { properties, violation }: { readonly properties: readonly Property[]; readonly violation: Violation },
): Compared | null {
  if (flip === null || plan === null || flip.differsAt === null) return null;
  const passing: TraceEvent[] = [];
  runPlan(plan, { properties, keep: (event) => void passing.push(event) });
  const parting = flip.differsAt;
  return {
    deciding: shownBy(failing, passing[parting], flip, parting),
    parting,
    rows: sideBySide(failing, passing, {
      from: parting,
      until: violation.event,
      about: new Set([...violation.why.matchAll(/0x[0-9a-f]+/g)].map(([zxid]) => Number(zxid))),
      slack: SLACK + (flip.change.kind === 'moved' ? Math.abs(flip.change.by) : 0),
    }),
  };
}

/** The event that tells the choice best: of a delay, what came too late; of a fault that would have had to come earlier, the
 *  fault; of a fault of a process, its end or its pause. */
function shownBy(failing: readonly TraceEvent[], inTime: TraceEvent | undefined, flip: Flip, parting: number): number {
  const { change, at } = flip;
  if (change.kind === 'calmDraw' && inTime !== undefined) {
    const timeless = (event: TraceEvent): string => JSON.stringify({ ...event, at: 0 });
    const wanted = timeless(inTime);
    const late = failing.findIndex(
      (event, index) => index > parting && event.kind === inTime.kind && timeless(event) === wanted,
    );
    if (late >= 0) return late;
  }
  const struck =
    change.kind === 'moved' && change.by < 0
      ? failing.findIndex((event) => event.kind === 'fault' && event.at === at)
      : -1;
  const index = struck >= 0 ? struck : parting;
  const event = failing[index];
  if (event?.kind !== 'fault' || !shownByProcess(event)) return index;
  const after = failing.slice(index, index + 6).findIndex(({ kind }) => kind === 'ended' || kind === 'paused');
  return after < 0 ? index : index + after;
}

import type { Condition, Who } from '../sim/scenario.ts';

type Hook = Pick<Condition, 'event' | 'message' | 'state' | 'phase'>;

function hook(event: Condition['event'], more: Partial<Hook> = {}): Hook {
  return { event, message: null, state: null, phase: null, ...more };
}

type Weighted = readonly (readonly [weight: number, hook: Hook])[];

/** Moments at which one leader has not quite handed over to the next: between what a server writes, says and hears. The
 *  number is how often each is drawn. */
const OF_HANDOVER: Weighted = [
  [9, hook('epochWritten')],
  [5, hook('received', { message: 'NEWLEADER' })],
  [4, hook('sent', { message: 'ACK' })],
  [4, hook('logged')],
  [3, hook('received', { message: 'UPTODATE' })],
  [3, hook('snapshotWritten')],
  [3, hook('established')],
  [3, hook('serving')],
  [2, hook('received', { message: 'COMMIT' })],
  [4, hook('received', { message: 'PROPOSAL' })],
  [2, hook('proposed')],
  [2, hook('committed')],
  [2, hook('received', { message: 'SNAP' })],
  [2, hook('truncated')],
  [2, hook('newLeaderAcked')],
  [2, hook('sent', { message: 'UPTODATE' })],
  [2, hook('sent', { message: 'NEWLEADER' })],
  [2, hook('syncChosen')],
  [2, hook('snapshotBegun')],
  [1, hook('syncStarted')],
  [1, hook('received', { message: 'DIFF' })],
  [1, hook('received', { message: 'TRUNC' })],
];

const OTHERS: Weighted = [
  [3, hook('proposed')],
  [3, hook('committed')],
  [4, hook('elected')],
  [4, hook('sent', { message: 'PROPOSAL' })],
  [3, hook('sent', { message: 'COMMIT' })],
  [3, hook('acked')],
  [3, hook('applied')],
  [3, hook('stateChanged', { state: 'LOOKING' })],
  [2, hook('received', { message: 'ACK' })],
  [2, hook('leftRole')],
  [2, hook('returned')],
  [1, hook('received', { message: 'LEADERINFO' })],
  [1, hook('received', { message: 'ACKEPOCH' })],
  [1, hook('sent', { message: 'FOLLOWERINFO' })],
  [1, hook('sent', { message: 'ACKEPOCH' })],
  [1, hook('epochProposed')],
  [1, hook('epochAcked')],
  [1, hook('electionFinished')],
  [1, hook('snapshotSent')],
  [1, hook('phaseChanged', { phase: 'SYNCHRONIZATION' })],
  [1, hook('started')],
  [1, hook('ended')],
  [1, hook('reloaded')],
];

function drawn(hooks: Weighted): readonly Hook[] {
  return hooks.flatMap(([weight, each]) => new Array<Hook>(weight).fill(each));
}

const DRAWN: readonly Hook[] = [...drawn(OF_HANDOVER), ...drawn(OTHERS)];

/** Number of moments to draw from, those of a handover first. */
export const MOMENTS = DRAWN.length;
export const HANDOVERS = drawn(OF_HANDOVER).length;

/** The moment of that index: the `nth` such event at `server` (null: at anybody) once step `after` has been taken. */
export function momentOf(index: number, where: { server: Who | null; nth: number; after: string }): Condition {
  const { server, nth, after } = where;
  const { event, message, state, phase } = DRAWN[index % MOMENTS]!;
  // Answers to clients come from nobody.
  const at = event === 'returned' ? null : server;
  return { event, nth, server: at, peer: null, message, epoch: null, zxid: null, write: null, state, phase, after };
}

/** The `nth` event of that kind at a server after a step: for what follows upon a fault. */
export function eventAt(
  event: Condition['event'],
  where: { server: Who | null; after: string | null; state?: string },
): Condition {
  const { server, after, state = null } = where;
  return {
    event,
    nth: 1,
    server,
    peer: null,
    message: null,
    epoch: null,
    zxid: null,
    write: null,
    state,
    phase: null,
    after,
  };
}

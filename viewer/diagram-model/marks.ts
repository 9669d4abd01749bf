import { unreachable } from '../../sim/assert.ts';
import type { TraceEvent } from '../../sim/trace.ts';

/** What is drawn on a line at the moment of an event, by its shape. */
export type MarkKind =
  | 'start'
  | 'end'
  | 'pause'
  | 'resume'
  | 'fenced'
  | 'elected'
  | 'established'
  | 'serving'
  | 'left'
  | 'cut'
  | 'snapshot'
  | 'promise'
  | 'epoch'
  | 'fsync'
  | 'diskFailed'
  | 'proposed'
  | 'committed'
  | 'applied'
  | 'counted'
  | 'vote'
  | 'invoked'
  | 'watch'
  | 'ok'
  | 'failed'
  | 'fault'
  | 'mended'
  | 'warned'
  | 'small';

/** Where two marks fall on one place the weightier one is drawn. Zero: nothing is drawn at all. */
export interface Mark {
  readonly kind: MarkKind;
  readonly weight: number;
}

const mark = (kind: MarkKind, weight: number): Mark => ({ kind, weight });

const MARKS = {
  end: mark('end', 100),
  fenced: mark('fenced', 96),
  established: mark('established', 94),
  pause: mark('pause', 92),
  resume: mark('resume', 91),
  diskFailed: mark('diskFailed', 90),
  unexpected: mark('warned', 89),
  leading: mark('elected', 88),
  cut: mark('cut', 84),
  replaced: mark('snapshot', 82),
  fault: mark('fault', 80),
  mended: mark('mended', 76),
  promise: mark('promise', 74),
  failed: mark('failed', 73),
  serving: mark('serving', 70),
  committed: mark('committed', 66),
  invoked: mark('invoked', 65),
  watch: mark('watch', 62),
  cutOff: mark('failed', 56),
  ok: mark('ok', 64),
  start: mark('start', 60),
  left: mark('left', 58),
  proposed: mark('proposed', 54),
  epoch: mark('epoch', 50),
  joins: mark('elected', 46),
  fsync: mark('fsync', 40),
  snapshot: mark('snapshot', 34),
  state: mark('small', 30),
  warned: mark('warned', 28),
  session: mark('small', 24),
  voted: mark('vote', 20),
  counted: mark('counted', 14),
  applied: mark('applied', 10),
  detail: mark('small', 4),
  none: mark('small', 0),
} as const;

/** How an event is marked. Packets are drawn as arrows and have no mark of their own. */
export function markOf(event: TraceEvent): Mark {
  switch (event.kind) {
    case 'elected':
      return event.becomes === 'LEADING' ? MARKS.leading : MARKS.joins;
    case 'epochWritten':
      return event.file === 'acceptedEpoch' ? MARKS.promise : MARKS.epoch;
    case 'snapshotWritten':
      return event.replaces ? MARKS.replaced : MARKS.snapshot;
    case 'returned':
      return event.outcome === 'ok' ? MARKS.ok : MARKS.failed;
    case 'started':
      return MARKS.start;
    case 'ended':
      return MARKS.end;
    case 'paused':
      return MARKS.pause;
    case 'resumed':
      return MARKS.resume;
    case 'truncated':
      return MARKS.cut;
    case 'logged':
      return MARKS.fsync;
    case 'leftRole':
      return MARKS.left;
    case 'calm':
      return MARKS.mended;
    case 'voted':
      return MARKS.voted;
    case 'stateChanged':
    case 'reloaded':
      return MARKS.state;
    case 'sessionOpened':
    case 'sessionClosed':
    case 'sessionExpired':
      return MARKS.session;
    case 'acked':
    case 'epochAcked':
    case 'newLeaderAcked':
      return MARKS.counted;
    case 'syncChosen':
    case 'syncStarted':
    case 'epochProposed':
    case 'electionFinished':
    case 'snapshotBegun':
    case 'snapshotSent':
    case 'phaseChanged':
      return MARKS.detail;
    case 'fenced':
    case 'established':
    case 'diskFailed':
    case 'unexpected':
    case 'fault':
    case 'mended':
    case 'serving':
    case 'committed':
    case 'proposed':
    case 'invoked':
    case 'warned':
    case 'applied':
      return MARKS[event.kind];
    case 'sent':
    case 'received':
    case 'lost':
    case 'connected':
    case 'disconnected':
    case 'landed':
      return MARKS.none;
    case 'clientState':
      return event.state === 'Connected' || event.state === 'Closed' ? MARKS.state : MARKS.cutOff;
    case 'watchEvent':
      return MARKS.watch;
    case 'recipe':
      return MARKS.session;
    default:
      return unreachable(event);
  }
}

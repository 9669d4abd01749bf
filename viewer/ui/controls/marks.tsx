import { useMemo } from 'preact/hooks';
import type { Micros } from '../../../sim/time.ts';
import { thinned, type MarkKind } from '../shell/marks.ts';
import { main } from '../shell/store.ts';
import { shownAt } from '../shell/time.ts';

/** Marks over the bar of time: a sign of its own for each kind, in rows, so that none hides another. */

const ROWS: Readonly<Record<MarkKind | 'violation', number>> = {
  election: 6,
  established: 6,
  fence: 6,
  commit: 15,
  fault: 15,
  violation: 10,
};
/** Half of the thumb of a range input: its middle never comes closer to the edge. */
const THUMB = 8;

interface MarksProps {
  readonly width: number;
  readonly endAt: Micros;
}

export function Marks({ width, endAt }: MarksProps) {
  const version = main.trace.version.value;
  const x = scaleOf(width, endAt);
  // Drawn anew when there is something new, not with every frame of the screen.
  const marks = useMemo(
    () =>
      thinned(main.trace.marks, endAt, width / 5).map(({ index, at, kind }) => (
        <g key={index} transform={`translate(${x(at)} ${ROWS[kind]})`}>
          <MarkShape kind={kind} />
        </g>
      )),
    [version, width, endAt],
  );
  const violations = main.frame.value?.violations ?? [];
  return (
    <svg class="scrub-marks" viewBox={`0 0 ${Math.max(1, width)} 40`} preserveAspectRatio="none" aria-hidden="true">
      <Played width={width} endAt={endAt} />
      {marks}
      {violations.map(({ property, event, at }) => (
        <g key={`${property} ${event}`} transform={`translate(${x(at)} ${ROWS.violation})`}>
          <MarkShape kind="violation" />
        </g>
      ))}
    </svg>
  );
}

function scaleOf(width: number, endAt: Micros): (at: Micros) => number {
  const room = Math.max(1, width - 2 * THUMB);
  return (at) => THUMB + (Math.min(at, endAt) / Math.max(1, endAt)) * room;
}

/** How far the run is known, and how far it is shown. */
function Played({ width, endAt }: MarksProps) {
  const x = scaleOf(width, endAt);
  return (
    <>
      <rect class="mark-reached" x={THUMB} y={20} width={x(main.frame.value?.played.at ?? 0) - THUMB} height={3} />
      <rect class="mark-played" x={THUMB} y={20} width={x(shownAt.value) - THUMB} height={3} />
    </>
  );
}

export function MarkSign({ kind }: { readonly kind: MarkKind | 'violation' }) {
  return (
    <svg viewBox="-7 -7 14 14" aria-hidden="true">
      <MarkShape kind={kind} />
    </svg>
  );
}

/** Election: a diamond; established: a star; commit: a dot; fault: a cross; refusal: a bar; violation: a triangle. */
function MarkShape({ kind }: { readonly kind: MarkKind | 'violation' }) {
  switch (kind) {
    case 'election':
      return <path class="mark-election" d="M0 -5L5 0L0 5L-5 0z" />;
    case 'established':
      return <path class="mark-established" d="M0 -6L1.7 -2H6L2.6 .8L3.8 5L0 2.6L-3.8 5L-2.6 .8L-6 -2H-1.7z" />;
    case 'commit':
      return <circle class="mark-commit" r={3.5} />;
    case 'fault':
      return <path class="mark-fault" d="M-4 -4L4 4M4 -4L-4 4" />;
    case 'fence':
      return <path class="mark-fence" d="M-2.5 -5V5M2.5 -5V5" />;
    case 'violation':
      return <path class="mark-violation" d="M0 -7L7 6H-7z" />;
  }
}

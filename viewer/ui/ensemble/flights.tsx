import type { Flight } from '../../frame.ts';
import type { Micros } from '../../../sim/time.ts';
import { who, zxidText } from '../../../report/text.ts';
import { t } from '../shell/i18n.ts';
import { shownAt } from '../shell/time.ts';
import { between, edgeOf, lane, type Point, type Size } from './geometry.ts';
import { Item } from './item.tsx';

/** No picture shows more: what is behind is counted. */
const MOST = 80;
/** With more than so many, only shapes are shown. */
const MOST_LABELS = 14;

/** Traffic that only says that somebody lives. */
export function isPing({ kind }: Flight): boolean {
  return kind === 'PING' || kind === 'CLIENTPING' || kind === 'CLIENTPONG';
}

/** How much of its way a message has gone; one that is held back waits in the middle. */
export function progressOf({ sentAt, dueAt }: Flight, now: Micros): number {
  if (dueAt === null) return 0.5;
  return Math.max(0, Math.min(1, (now - sentAt) / Math.max(1, dueAt - sentAt)));
}

interface FlightsProps {
  readonly flights: readonly Flight[];
  readonly placeOf: (end: number) => Point | null;
  /** Half a size of the thing at that end. */
  readonly sizeOf: (end: number) => Size;
}

/** Messages under way. Drawn anew with every frame of the screen while the run plays, and nothing else is. */
export function Flights({ flights, placeOf, sizeOf }: FlightsProps) {
  const now = shownAt.value;
  const shown = flights.filter((flight) => flight.dueAt === null || flight.dueAt >= now).slice(-MOST);
  const labels = shown.filter((flight) => !isPing(flight)).length <= MOST_LABELS;
  const held = new Map<string, number>();
  return (
    <g>
      {shown.map((flight) => {
        const from = placeOf(flight.from);
        const to = placeOf(flight.to);
        if (from === null || to === null) return null;
        const [a, b] = lane(edgeOf(from, sizeOf(flight.from), to), edgeOf(to, sizeOf(flight.to), from), 6);
        const key = `${flight.from} ${flight.to}`;
        const rank = flight.dueAt === null ? (held.get(key) ?? 0) : 0;
        if (flight.dueAt === null) held.set(key, rank + 1);
        // Those that are held back stand in a queue, the first in front.
        const share = Math.max(0.06, progressOf(flight, now) - rank * 0.06);
        return <Message key={flight.event} flight={flight} at={between(a, b, share)} label={labels && rank === 0} />;
      })}
    </g>
  );
}

function Message({ flight, at, label }: { readonly flight: Flight; readonly at: Point; readonly label: boolean }) {
  const ping = isPing(flight);
  return (
    <Item
      class={`flight flight-${flight.plane}`}
      of={{ kind: 'flight', event: flight.event }}
      label={flightWords(flight)}
      name={`flight-${flight.event}`}
      at={at}
    >
      <g transform={`translate(${at.x.toFixed(1)} ${at.y.toFixed(1)})`}>
        <circle r={13} fill="transparent" />
        <Shape plane={flight.plane} size={ping ? 3.5 : 7} />
        {label && !ping && (
          <text class="flight-label" x={10} y={-8}>
            {shortName(flight)}
          </text>
        )}
      </g>
    </Item>
  );
}

/** A diamond for elections, a circle for the quorum, a square for clients. */
export function Shape({ plane, size }: { readonly plane: Flight['plane']; readonly size: number }) {
  const s = size;
  if (plane === 'election') return <path class="shape" d={`M0 ${-s * 1.2}L${s * 1.2} 0L0 ${s * 1.2}L${-s * 1.2} 0z`} />;
  if (plane === 'quorum') return <circle class="shape" r={s} />;
  return <rect class="shape" x={-s * 0.9} y={-s * 0.9} width={s * 1.8} height={s * 1.8} rx={1} />;
}

export function flightWords(flight: Flight): string {
  const words = t('ensemble.flight', { kind: flight.words, from: who(flight.from), to: who(flight.to) });
  return flight.held === null ? words : `${words} (${flight.held})`;
}

/** `PROPOSAL 3`: the kind, and the counter of its zxid. */
function shortName({ kind, zxid }: Flight): string {
  if (kind === 'NOTIFICATION') return 'vote';
  if (zxid === null || zxid < 0) return kind;
  return `${kind} ${zxidText(zxid)}`;
}

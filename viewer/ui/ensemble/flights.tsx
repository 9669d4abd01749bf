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
  readonly scale: number;
  /** Labels run towards the middle, where there are no cards. */
  readonly middle: number;
}

/** Messages under way. Drawn anew with every frame of the screen while the run plays, and nothing else is. */
export function Flights({ flights, placeOf, sizeOf, scale, middle }: FlightsProps) {
  const now = shownAt.value;
  const shown = flights.filter((flight) => flight.dueAt === null || flight.dueAt >= now).slice(-MOST);
  const labels = shown.filter((flight) => !isPing(flight)).length <= MOST_LABELS ? new Labels(scale, middle) : null;
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
        const at = between(a, b, share);
        const label = isPing(flight) || rank > 0 ? null : (labels?.place(at, shortName(flight)) ?? null);
        return <Message key={flight.event} flight={flight} at={at} label={label} scale={scale} />;
      })}
    </g>
  );
}

interface Label {
  readonly text: string;
  readonly y: number;
  readonly anchor: 'start' | 'end';
}

/** Lines at which a label may stand, relative to its message. */
const LABEL_LINES = [-8, 19, -21, 32];
const LABEL_HEIGHT = 12;
const LETTER = 7.1;

/** Labels that do not cover one another: one for which there is no room is left out. */
class Labels {
  readonly #taken: { readonly left: number; readonly right: number; readonly y: number }[] = [];
  readonly #scale: number;
  readonly #middle: number;

  constructor(scale: number, middle: number) {
    this.#scale = scale;
    this.#middle = middle;
  }

  place(at: Point, text: string): Label | null {
    const scale = this.#scale;
    // Towards the middle, where there are no cards.
    const anchor = at.x > this.#middle ? 'end' : 'start';
    const width = (text.length * LETTER + 9) * scale;
    const left = anchor === 'start' ? at.x : at.x - width;
    for (const line of LABEL_LINES) {
      const box = { left, right: left + width, y: at.y + line * scale };
      const free = this.#taken.every(
        (other) =>
          box.right < other.left || box.left > other.right || Math.abs(box.y - other.y) >= LABEL_HEIGHT * scale,
      );
      if (!free) continue;
      this.#taken.push(box);
      return { text, y: line, anchor };
    }
    return null;
  }
}

interface MessageProps {
  readonly flight: Flight;
  readonly at: Point;
  readonly label: Label | null;
  readonly scale: number;
}

function Message({ flight, at, label, scale }: MessageProps) {
  return (
    <Item
      class={`flight flight-${flight.plane}`}
      of={{ kind: 'flight', event: flight.event }}
      label={flightWords(flight)}
      name={`flight-${flight.event}`}
      hit={<circle cx={at.x} cy={at.y} r={13 * scale} />}
    >
      <g transform={`translate(${at.x.toFixed(1)} ${at.y.toFixed(1)}) scale(${scale})`}>
        <Shape plane={flight.plane} size={isPing(flight) ? 3.5 : 7} />
        {label !== null && (
          <text class="flight-label" x={label.anchor === 'start' ? 9 : -9} y={label.y} text-anchor={label.anchor}>
            {label.text}
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

/** `PROPOSAL 0x100000003`, `vote S5`. */
function shortName({ kind, zxid, words }: Flight): string {
  if (kind === 'NOTIFICATION') return /vote S\d+/.exec(words)?.[0] ?? kind;
  if (zxid === null || zxid < 0) return kind;
  return `${kind} ${zxidText(zxid)}`;
}

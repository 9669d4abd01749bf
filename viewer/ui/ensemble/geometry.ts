/** Where things stand in the picture of the ensemble, in CSS pixels of its pane. Pure. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How much a card has room to say. */
export type Detail = 'full' | 'compact' | 'tiny';

export interface Ring {
  readonly detail: Detail;
  /** By how much everything is larger than it was designed: a projector has room. */
  readonly scale: number;
  /** As it is shown: `CARDS[detail]` by `scale`. */
  readonly card: Size;
  readonly centre: Point;
  /** Centre of each server's card, by place in the list. */
  readonly places: readonly Point[];
}

export const CARDS: Readonly<Record<Detail, Size>> = {
  full: { width: 148, height: 86 },
  compact: { width: 104, height: 58 },
  tiny: { width: 54, height: 34 },
};
/** Between a card and the client that stands beside it. */
export const CLIENT_GAP = 18;
export const CLIENT_HEIGHT = 24;
/** Room around the ring: what hangs on the cards. */
const MARGIN = 8;

/** From the largest to the smallest; what is larger than designed must also leave room for links. */
const SIZES = [
  { detail: 'full', scale: 1.6, gap: 90 },
  { detail: 'full', scale: 1.4, gap: 80 },
  { detail: 'full', scale: 1.2, gap: 70 },
  { detail: 'full', scale: 1, gap: 8 },
  { detail: 'compact', scale: 1, gap: 8 },
] as const;

/** The ring: the first server at the top, the others clockwise; the biggest cards that do not touch. `clients`: above and
 *  below there is room for them. */
export function ringOf(count: number, pane: Size, clients: boolean): Ring {
  for (const { detail, scale, gap } of SIZES) {
    const ring = tryRing(count, pane, { detail, scale, clients });
    if (!crowded(ring, gap)) return ring;
  }
  return tryRing(count, pane, { detail: 'tiny', scale: 1, clients });
}

interface Look {
  readonly detail: Detail;
  readonly scale: number;
  readonly clients: boolean;
}

function tryRing(count: number, pane: Size, { detail, scale, clients }: Look): Ring {
  const card = { width: CARDS[detail].width * scale, height: CARDS[detail].height * scale };
  const above = MARGIN + (clients ? (CLIENT_GAP + CLIENT_HEIGHT) * scale : 0);
  const unit = Array.from({ length: count }, (_, i) => {
    const angle = -Math.PI / 2 + (2 * Math.PI * i) / Math.max(1, count);
    return { x: Math.cos(angle), y: Math.sin(angle) };
  });
  // An odd ring is not as high as wide: it is stretched to the room there is.
  const [left, right] = extent(unit.map(({ x }) => x));
  const [top, bottom] = extent(unit.map(({ y }) => y));
  const room = { width: pane.width - card.width - 2 * MARGIN, height: pane.height - card.height - 2 * above };
  const rx = Math.max(card.width * 0.6, room.width / Math.max(0.1, right - left));
  const ry = Math.max(card.height * 0.6, room.height / Math.max(0.1, bottom - top));
  // A ring much wider than high reads badly: links of neighbours and of opposites look the same.
  const wide = Math.min(rx, ry * MOST_WIDE);
  const high = Math.min(ry, rx * MOST_WIDE);
  const centre = { x: pane.width / 2, y: pane.height / 2 - (high * (top + bottom)) / 2 };
  const places = unit.map(({ x, y }) =>
    count === 1 ? { x: pane.width / 2, y: pane.height / 2 } : { x: centre.x + wide * x, y: centre.y + high * y },
  );
  return { detail, scale, card, centre, places };
}

const MOST_WIDE = 1.9;

function extent(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** Two cards touch, or nearly. */
function crowded({ places, card }: Ring, gap: number): boolean {
  return places.some((a, i) =>
    places.some((b, j) => j > i && Math.abs(a.x - b.x) < card.width + gap && Math.abs(a.y - b.y) < card.height + gap),
  );
}

/** The point at which the line from the middle of a card towards `to` leaves the card. */
export function edgeOf(middle: Point, card: Size, to: Point): Point {
  const dx = to.x - middle.x;
  const dy = to.y - middle.y;
  if (dx === 0 && dy === 0) return middle;
  const byWidth = dx === 0 ? Infinity : card.width / 2 / Math.abs(dx);
  const byHeight = dy === 0 ? Infinity : card.height / 2 / Math.abs(dy);
  const share = Math.min(1, byWidth, byHeight);
  return { x: middle.x + dx * share, y: middle.y + dy * share };
}

/** From the one to the other, as a share of the way. */
export function between(a: Point, b: Point, share: number): Point {
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
}

/** The same line, moved to its right: what goes and what comes do not meet. */
export function lane(from: Point, to: Point, offset: number): readonly [Point, Point] {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = Math.hypot(dx, dy);
  if (length === 0) return [from, to];
  const shift = { x: (-dy / length) * offset, y: (dx / length) * offset };
  return [
    { x: from.x + shift.x, y: from.y + shift.y },
    { x: to.x + shift.x, y: to.y + shift.y },
  ];
}

/** Who stands on which side of the line through the two points. The line goes on beyond its ends, so that a short stroke
 *  between two servers is enough. */
export function sidesOf(a: Point, b: Point, places: readonly Point[]): readonly [number[], number[]] {
  const sides: [number[], number[]] = [[], []];
  places.forEach((place, index) => {
    const cross = (b.x - a.x) * (place.y - a.y) - (b.y - a.y) * (place.x - a.x);
    sides[cross < 0 ? 0 : 1].push(index);
  });
  return sides;
}

/** Where the line through two points enters and leaves the pane. */
export function acrossPane(a: Point, b: Point, pane: Size): readonly [Point, Point] {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const far = (pane.width + pane.height) / Math.max(1, Math.hypot(dx, dy));
  return [
    { x: a.x - dx * far, y: a.y - dy * far },
    { x: b.x + dx * far, y: b.y + dy * far },
  ];
}

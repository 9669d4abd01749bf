import type { Scene } from './scene.ts';

/** Pixels within which something is meant. */
const NEAR_MARK = 9;
const NEAR_ARROW = 6;
const NEAR_LINE = 5;

/** What is meant by a point. */
export interface Hit {
  readonly event: number;
  /** How many events stand there as one mark. */
  readonly count: number;
}

/** A mark, else the nearest arrow (its end if the point is nearer to that), else what befalls everybody; null: nothing. */
export function hit(scene: Scene, x: number, y: number): Hit | null {
  const mark = nearest(scene.marks, (each) => Math.hypot(each.x - x, each.y - y), NEAR_MARK);
  if (mark !== null) return { event: mark.event, count: mark.count };
  const arrow = nearest(scene.arrows, (each) => distance(each, x, y), NEAR_ARROW);
  if (arrow !== null) {
    const nearEnd = Math.hypot(arrow.x1 - x, arrow.y1 - y) < Math.hypot(arrow.x0 - x, arrow.y0 - y);
    return { event: nearEnd && arrow.end >= 0 ? arrow.end : arrow.sent, count: 1 };
  }
  const across = nearest(scene.across, (each) => Math.abs(each.x - x), NEAR_LINE);
  return across === null ? null : { event: across.event, count: 1 };
}

function nearest<T>(all: readonly T[], far: (each: T) => number, within: number): T | null {
  let best: T | null = null;
  let least = within;
  for (const each of all) {
    const there = far(each);
    if (there > least) continue;
    least = there;
    best = each;
  }
  return best;
}

/** Of a point from a piece of a straight line. */
function distance(
  { x0, y0, x1, y1 }: { readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number },
  x: number,
  y: number,
): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  const share = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / length));
  return Math.hypot(x0 + dx * share - x, y0 + dy * share - y);
}

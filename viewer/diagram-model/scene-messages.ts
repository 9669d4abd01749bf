import { packetShort } from '../../report/short-words.ts';
import { isShown } from './axis.ts';
import { LOST, NOTABLE, RECEIVED, UNDER_WAY } from './diagram-index.ts';
import { sideOfEvent, type Arrow, type Bundle, type Label, type Layout, type Scene } from './scene.ts';
import { textWidth } from './scene-spans.ts';

/** So many arrows a pixel are drawn one by one. Where there are more, those that tell little are drawn together. */
const MOST_ARROWS = 2.2;
/** An arrow that is so long is a message that was held up, and drawn by itself. */
const LONG = 48;
/** Messages between two lines within so many pixels make a bundle. */
const COLUMN = 3;
/** Labels are written only where arrows have so many pixels each. */
const LABELLED_FROM = 5;

export function sceneMessages(layout: Layout): Pick<Scene, 'arrows' | 'bundles' | 'labels' | 'messages' | 'bundled'> {
  const ids = inWindow(layout);
  const arrows: Arrow[] = [];
  const rest: number[] = [];
  const most = MOST_ARROWS * layout.width;
  const crowded = ids.length > most;
  for (const id of ids) {
    if (arrows.length < most && (!crowded || standsOut(layout, id))) arrows.push(arrowOf(layout, id));
    else rest.push(id);
  }
  return {
    arrows,
    bundles: bundlesOf(layout, rest),
    labels: arrows.length * LABELLED_FROM <= layout.width && !crowded ? labelsOf(layout, arrows) : [],
    messages: ids.length,
    bundled: rest.length,
  };
}

function inWindow({ index, first, end, yOf, shown }: Layout): number[] {
  const ids: number[] = [];
  index.messages.meeting(first, end, (id) => {
    if (isShown(index, id, shown) && yOf.has(index.from.get(id)) && yOf.has(index.to.get(id))) ids.push(id);
  });
  return ids;
}

function standsOut(layout: Layout, id: number): boolean {
  const { messages, rank } = layout.index;
  return rank.get(id) === NOTABLE || layout.edge(messages.to(id)) - layout.edge(messages.from(id)) >= LONG;
}

/** How far a message is drawn that does not arrive, as a share of the way. */
const LOST_AT = 0.72;
const UNDER_WAY_TO = 0.5;

function arrowOf(layout: Layout, id: number): Arrow {
  const { index } = layout;
  const sent = index.messages.from(id);
  const fate = index.fate.get(id);
  const end = fate === UNDER_WAY ? -1 : index.messages.to(id);
  const [from, to] = [layout.yOf.get(index.from.get(id))!, layout.yOf.get(index.to.get(id))!];
  const share = fate === RECEIVED ? 1 : fate === LOST ? LOST_AT : UNDER_WAY_TO;
  return {
    x0: layout.xOf(sent),
    y0: from,
    x1: end >= 0 ? layout.xOf(end) : Math.max(layout.xOf(sent), layout.edge(index.length)) + 6,
    y1: from + (to - from) * share,
    plane: index.plane.get(id),
    fate,
    rank: index.rank.get(id),
    sent,
    end,
    side: sideOfArrow(layout, sent, end),
  };
}

/** An arrow is in the past if its end is, and in the future if its beginning is. */
function sideOfArrow(layout: Layout, sent: number, end: number): Arrow['side'] {
  const begins = sideOfEvent(layout, sent);
  const ends = end < 0 ? begins : sideOfEvent(layout, end);
  if (ends === 'past' || ends === 'self') return 'past';
  return begins === 'future' || begins === 'self' ? 'future' : 'apart';
}

function bundlesOf(layout: Layout, ids: readonly number[]): Bundle[] {
  if (ids.length === 0) return [];
  const { index, yOf } = layout;
  // Pairs of lines between which something goes, numbered as they come.
  const pairs: (readonly [y0: number, y1: number])[] = [];
  const numbers = new Map<number, number>();
  const columns = Math.ceil(layout.width / COLUMN) + 3;
  // Columns belong to the axis and not to the window, so that nothing flickers while it moves.
  const offset = (((layout.view.left * layout.view.scale) % COLUMN) + COLUMN) % COLUMN;
  const cells = new Int32Array(ids.length);
  ids.forEach((id, i) => {
    const [from, to] = [yOf.get(index.from.get(id))!, yOf.get(index.to.get(id))!];
    const key = Math.min(from, to) * 0x10000 + Math.max(from, to);
    let pair = numbers.get(key);
    if (pair === undefined) {
      pair = pairs.push([Math.min(from, to), Math.max(from, to)]) - 1;
      numbers.set(key, pair);
    }
    const middle = (layout.edge(index.messages.from(id)) + layout.edge(index.messages.to(id))) / 2;
    const column = Math.max(0, Math.min(columns - 1, Math.floor((middle + offset) / COLUMN)));
    cells[i] = (pair * columns + column) * 3 + index.plane.get(id);
  });
  const counts = new Int32Array(pairs.length * columns * 3);
  for (const cell of cells) counts[cell]!++;
  const bundles: Bundle[] = [];
  for (let cell = 0; cell < counts.length; cell++) {
    const count = counts[cell]!;
    if (count === 0) continue;
    const place = Math.floor(cell / 3);
    const [y0, y1] = pairs[Math.floor(place / columns)]!;
    bundles.push({ x: (place % columns) * COLUMN - offset, y0, y1, plane: cell % 3, count });
  }
  return bundles;
}

/** Names of packets beside their arrows, the telling ones first, where nothing else is written. */
function labelsOf(layout: Layout, arrows: readonly Arrow[]): Label[] {
  const taken: { x0: number; x1: number; y: number }[] = [];
  const labels: Label[] = [];
  const telling = [...arrows].sort((a, b) => b.rank - a.rank || a.sent - b.sent);
  for (const { x0, x1, y0, y1, sent, side } of telling) {
    const event = layout.index.event(sent);
    if (event?.kind !== 'sent' || side === 'apart') continue;
    const text = packetShort(event.message);
    const width = textWidth(text);
    // On the way, at one of three places.
    for (const share of [0.5, 0.3, 0.7]) {
      const x = x0 + (x1 - x0) * share + 4;
      const y = y0 + (y1 - y0) * share;
      if (x + width > layout.width + 30 || x < 0) continue;
      if (taken.some((other) => x < other.x1 && x + width > other.x0 && Math.abs(y - other.y) < 12)) continue;
      if ([...layout.yOf.values()].some((line) => y > line - 24 && y < line + 13)) continue;
      taken.push({ x0: x, x1: x + width, y });
      labels.push({ x, y: y + 3.5, text, event: sent });
      break;
    }
  }
  return labels;
}

import { markOf } from './marks.ts';
import { sideOfEvent, type Across, type Layout, type SceneMark } from './scene.ts';

/** Marks of one line within one cell of so many pixels are drawn as one. Cells belong to the axis and not to the window, so
 *  that nothing flickers while it moves. */
const CELL = 9;
/** Where there are more candidates a pixel than this, details are left out. */
const CROWD = 1.8;
const DETAIL = 30;

export function sceneMarks(layout: Layout): { readonly marks: SceneMark[]; readonly across: Across[] } {
  const { index, first, end, yOf } = layout;
  const least = crowded(layout) ? DETAIL : 1;
  const open = new Map<number, { x: number; event: number; weight: number; count: number; cell: number }>();
  const marks: SceneMark[] = [];
  const close = (host: number): void => {
    const last = open.get(host);
    if (last === undefined) return;
    open.delete(host);
    const { x, event, count } = last;
    const { kind } = markOf(index.event(event)!);
    marks.push({ x, y: yOf.get(host)!, kind, event, count, side: sideOfEvent(layout, event) });
  };
  for (let event = first; event < end; event++) {
    const weight = index.weight.get(event);
    const host = index.host.get(event);
    if (weight < least || host === 0 || !yOf.has(host)) continue;
    const x = layout.xOf(event);
    const cell = Math.floor((layout.axis.of(event) * layout.view.scale) / CELL);
    const last = open.get(host);
    if (last?.cell === cell) {
      last.count++;
      if (weight > last.weight) {
        last.event = event;
        last.x = x;
        last.weight = weight;
      }
      continue;
    }
    close(host);
    open.set(host, { x, event, weight, count: 1, cell });
  }
  for (const host of [...open.keys()]) close(host);
  return { marks, across: acrossOf(layout) };
}

function crowded({ index, first, end, width }: Layout): boolean {
  const most = CROWD * width;
  let count = 0;
  if (end - first > most)
    for (let event = first; event < end && count <= most; event++) if (index.weight.get(event) > 0) count++;
  return count > most;
}

function acrossOf(layout: Layout): Across[] {
  const { everybody } = layout.index;
  const found: Across[] = [];
  let last = -Infinity;
  for (let i = everybody.below(layout.first); i < everybody.length; i++) {
    const event = everybody.get(i);
    if (event >= layout.end) break;
    if (layout.index.weight.get(event) === 0) continue;
    const x = layout.xOf(event);
    if (x - last < 2) continue;
    last = x;
    found.push({ x, event, kind: markOf(layout.index.event(event)!).kind });
  }
  return found;
}

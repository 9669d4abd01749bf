import type { Cone } from '../../diagram-model/causality.ts';
import { bandLabels } from '../../diagram-model/scene-spans.ts';
import { ticksOf } from '../../diagram-model/ticks.ts';
import { TOP } from '../../diagram-model/scene.ts';
import { hostLabel } from '../../diagram-model/svg.ts';
import { GUTTER } from './canvas.ts';
import type { Colours } from './colours.ts';
import type { DiagramState } from './diagram-state.ts';

type Pen = CanvasRenderingContext2D;

/** What lies over the picture and changes more often than it does. */
export interface Over {
  /** The time shown. */
  readonly at: number;
  readonly selected: number | null;
  /** What past and future are called. */
  readonly words: { readonly past: string; readonly future: string };
}

export function paintOver(pen: Pen, state: DiagramState, colours: Colours, { at, selected, words }: Over): void {
  paintTicks(pen, state, colours);
  paintBandNames(pen, state, colours);
  paintConeNames(pen, state, colours, state.cone(selected), words);
  const { left, scale } = state.view.peek();
  const present = (state.present(at) - left) * scale;
  paintPresent(pen, state, colours, present);
  const marked = state.marked.peek();
  if (marked !== null) {
    pen.fillStyle = colours.tones.bad;
    pen.fillRect((state.axis.stepAt(marked) - left) * scale - 1.5, TOP - 8, 3, state.size.peek().height);
  }
  for (const event of new Set([selected, state.hovered.peek()?.event ?? null]))
    if (event !== null && event < state.index.length) paintChosen(pen, state, colours, event);
}

function paintTicks(pen: Pen, state: DiagramState, { line, muted, font }: Colours): void {
  const { width, height } = state.size.peek();
  const ticks = ticksOf({ axis: state.axis, view: state.view.peek(), width });
  pen.fillStyle = line;
  pen.globalAlpha = 0.5;
  for (const { x } of ticks) pen.fillRect(Math.round(x), TOP - 6, 1, height);
  pen.globalAlpha = 1;
  pen.fillStyle = muted;
  pen.font = `11px ${font}`;
  for (const { x, label } of ticks) pen.fillText(label, x + 3, 13);
}

/** What each server is, above its line. */
function paintBandNames(pen: Pen, state: DiagramState, { page, muted, font }: Colours): void {
  pen.font = `10px ${font}`;
  pen.lineJoin = 'round';
  pen.lineWidth = 3;
  pen.strokeStyle = page;
  pen.fillStyle = muted;
  for (const { text, x, y } of bandLabels(state.bands(), state.size.peek().width)) {
    pen.strokeText(text, x, y);
    pen.fillText(text, x, y);
  }
}

/** Under each line: where the past ends, and where the future begins. */
function paintConeNames(
  pen: Pen,
  state: DiagramState,
  { page, text, font }: Colours,
  cone: Cone | null,
  { past, future }: Over['words'],
): void {
  if (cone === null) return;
  pen.font = `italic 10px ${font}`;
  pen.lineWidth = 3;
  pen.strokeStyle = page;
  pen.fillStyle = text;
  const { width } = state.size.peek();
  const name = (word: string, x: number, y: number): void => {
    pen.strokeText(word, x, y);
    pen.fillText(word, x, y);
  };
  for (const [host, y] of state.heights) {
    const [last, first] = [cone.past.get(host), cone.future.get(host)];
    const ends = last === undefined ? -1 : Math.min(width, state.placeOf(last).x);
    const begins = first === undefined ? width : Math.max(0, state.placeOf(first).x);
    if (ends > 40) name(past, ends - pen.measureText(past).width - 3, y + 22);
    if (begins < width - 40) name(future, begins + 4, y + 22);
  }
}

/** What lies beyond the present has been played once, and is to come again. */
function paintPresent(pen: Pen, state: DiagramState, { page, accent }: Colours, present: number): void {
  const { width, height } = state.size.peek();
  if (present > width) return;
  const x = Math.max(0, present);
  pen.globalAlpha = 0.5;
  pen.fillStyle = page;
  pen.fillRect(x, TOP - 4, width - x, height);
  pen.globalAlpha = 1;
  if (present < 0) return;
  pen.fillStyle = accent;
  pen.fillRect(present - 1, TOP - 8, 2, height);
  pen.beginPath();
  pen.moveTo(present - 5, TOP - 8);
  pen.lineTo(present + 5, TOP - 8);
  pen.lineTo(present, TOP - 1);
  pen.fill();
}

/** A ring around an event, and its message drawn heavily. */
function paintChosen(pen: Pen, state: DiagramState, { accent, planes }: Colours, event: number): void {
  const { x, y } = state.placeOf(event);
  if (y === null) return;
  const other = state.index.otherEnd(event);
  const there = other < 0 ? null : state.placeOf(other);
  if (there !== null && there.y !== null) {
    pen.strokeStyle = planes[state.index.plane.get(state.index.message.get(event))] ?? accent;
    pen.lineWidth = 3;
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(there.x, there.y);
    pen.stroke();
  }
  pen.strokeStyle = accent;
  pen.lineWidth = 2.5;
  pen.beginPath();
  pen.arc(x, y, 10, 0, 2 * Math.PI);
  pen.stroke();
}

/** The names of the lines, over everything else. */
export function paintNames(pen: Pen, state: DiagramState, { page, text, line, font }: Colours): void {
  const { height } = state.size.peek();
  pen.fillStyle = page;
  pen.fillRect(0, 0, GUTTER, height);
  pen.fillStyle = line;
  pen.fillRect(GUTTER - 1, TOP - 6, 1, height);
  pen.fillStyle = text;
  pen.textAlign = 'right';
  for (const [host, y] of state.heights) {
    pen.font = `${host > 0 ? '600 14px' : '12px'} ${font}`;
    pen.fillText(hostLabel(host, state.run.about.peek()?.clients ?? []), GUTTER - 8, y + 5, GUTTER - 12);
  }
  pen.textAlign = 'left';
}

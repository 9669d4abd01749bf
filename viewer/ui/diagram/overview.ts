import type { DiagramState } from './diagram-state.ts';
import type { Colours } from './colours.ts';
import { GUTTER, OVERVIEW, penOf } from './canvas.ts';

interface Heights {
  readonly columns: Float64Array;
  readonly length: number;
  readonly width: number;
  readonly kind: string;
}

const made = new WeakMap<DiagramState, Heights>();

/** How much happens in each column of the whole run, 0 to 1. Counted anew when the run has grown by a hundredth. */
function heights(state: DiagramState, width: number): Float64Array {
  const { index, axis } = state;
  const known = made.get(state);
  if (
    known !== undefined &&
    known.width === width &&
    known.kind === axis.kind &&
    known.length <= index.length &&
    known.length * 1.01 + 20 > index.length
  )
    return known.columns;
  const columns = new Float64Array(width);
  const end = Math.max(1, axis.end);
  let most = 1;
  for (let event = 0; event < index.length; event++) {
    const column = Math.min(width - 1, Math.floor((axis.of(event) / end) * width));
    columns[column]! += index.message.get(event) >= 0 ? 1 : index.weight.get(event) > 0 ? 2 : 0;
    most = Math.max(most, columns[column]!);
  }
  for (let column = 0; column < width; column++) columns[column] = Math.sqrt(columns[column]! / most);
  made.set(state, { columns, length: index.length, width, kind: axis.kind });
  return columns;
}

export function paintOverview(state: DiagramState, canvas: HTMLCanvasElement, colours: Colours): void {
  const { width } = state.size.peek();
  if (width === 0) return;
  const pen = penOf(canvas, GUTTER + width, OVERVIEW);
  if (pen === null) return;
  const { left, scale } = state.view.peek();
  const end = Math.max(1, state.axis.end);
  pen.fillStyle = colours.page;
  pen.fillRect(0, 0, GUTTER + width, OVERVIEW);
  pen.translate(GUTTER, 0);
  pen.fillStyle = colours.muted;
  heights(state, Math.floor(width)).forEach((height, x) => {
    if (height > 0) pen.fillRect(x, OVERVIEW - 3 - height * (OVERVIEW - 8), 1, height * (OVERVIEW - 8));
  });
  const x0 = Math.max(0, (left / end) * width);
  const x1 = Math.min(width, ((left + width / scale) / end) * width);
  pen.globalAlpha = 0.22;
  pen.fillStyle = colours.accent;
  pen.fillRect(x0, 1, Math.max(4, x1 - x0), OVERVIEW - 2);
  pen.globalAlpha = 1;
  pen.strokeStyle = colours.accent;
  pen.lineWidth = 1.5;
  pen.strokeRect(x0 + 0.75, 1.75, Math.max(4, x1 - x0) - 1.5, OVERVIEW - 3.5);
  pen.translate(-GUTTER, 0);
}

/** Puts the part that is looked at where the pointer is. */
export function scrollOverview(event: PointerEvent, state: DiagramState): void {
  if (!(event.currentTarget instanceof HTMLElement)) return;
  event.currentTarget.setPointerCapture(event.pointerId);
  const { left } = event.currentTarget.getBoundingClientRect();
  const { width } = state.size.peek();
  const { scale } = state.view.peek();
  state.follow.value = false;
  state.look({ left: ((event.clientX - left - GUTTER) / width) * state.axis.end - width / 2 / scale, scale });
}

import type { DiagramState } from './diagram-state.ts';
import type { Colours } from './colours.ts';
import { GUTTER, OVERVIEW, penOf } from './canvas.ts';

interface Skyline {
  readonly canvas: HTMLCanvasElement;
  readonly key: string;
  readonly length: number;
}

const made = new WeakMap<DiagramState, Skyline>();

/** How much happens in each column of the whole run, as a picture. Painted anew when the run has grown by a hundredth. */
function skyline(state: DiagramState, width: number, colours: Colours): HTMLCanvasElement {
  const { index, axis } = state;
  const key = `${width} ${axis.kind} ${colours.muted} ${window.devicePixelRatio} ${state.run.about.peek()?.name}`;
  const known = made.get(state);
  if (known?.key === key && known.length <= index.length && known.length * 1.01 + 20 > index.length)
    return known.canvas;
  const canvas = known?.canvas ?? document.createElement('canvas');
  const pen = penOf(canvas, width, OVERVIEW);
  if (pen === null) return canvas;
  pen.fillStyle = colours.page;
  pen.fillRect(0, 0, width, OVERVIEW);
  pen.fillStyle = colours.muted;
  heights(state, width).forEach((height, x) => {
    if (height > 0) pen.fillRect(x, OVERVIEW - 3 - height * (OVERVIEW - 8), 1, height * (OVERVIEW - 8));
  });
  made.set(state, { canvas, key, length: index.length });
  return canvas;
}

/** From 0 to 1. */
function heights({ index, axis }: DiagramState, width: number): Float64Array {
  const columns = new Float64Array(width);
  const end = Math.max(1, axis.end);
  let most = 1;
  for (let event = 0; event < index.length; event++) {
    const column = Math.min(width - 1, Math.floor((axis.of(event) / end) * width));
    columns[column]! += index.message.get(event) >= 0 ? 1 : index.weight.get(event) > 0 ? 2 : 0;
    most = Math.max(most, columns[column]!);
  }
  return columns.map((height) => Math.sqrt(height / most));
}

export function paintOverview(state: DiagramState, canvas: HTMLCanvasElement, colours: Colours): void {
  const { width } = state.size.peek();
  if (width === 0) return;
  const pen = penOf(canvas, GUTTER + width, OVERVIEW);
  if (pen === null) return;
  const { left, scale } = state.view.peek();
  const end = Math.max(1, state.axis.end);
  pen.fillStyle = colours.page;
  pen.fillRect(0, 0, GUTTER, OVERVIEW);
  pen.translate(GUTTER, 0);
  pen.drawImage(skyline(state, Math.floor(width), colours), 0, 0, width, OVERVIEW);
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

import { GLYPHS } from '../../diagram-model/glyphs.ts';
import type { MarkKind } from '../../diagram-model/marks.ts';
import type { Colours } from './colours.ts';

/** Pixels around the middle of a mark. */
const HALF = 9;

/** A mark is drawn once for each palette and stamped from then on: to stamp costs a tenth of drawing its path. */
const stamps = new WeakMap<Colours, Map<string, HTMLCanvasElement>>();

export function paintGlyph(
  pen: CanvasRenderingContext2D,
  kind: MarkKind,
  { x, y }: { readonly x: number; readonly y: number },
  colours: Colours,
): void {
  const ratio = pen.getTransform().a;
  let known = stamps.get(colours);
  if (known === undefined) {
    known = new Map();
    stamps.set(colours, known);
  }
  const name = `${kind} ${ratio}`;
  let stamp = known.get(name);
  if (stamp === undefined) {
    stamp = stampOf(kind, ratio, colours);
    known.set(name, stamp);
  }
  pen.drawImage(
    stamp,
    Math.round((x - HALF) * ratio) / ratio,
    Math.round((y - HALF) * ratio) / ratio,
    2 * HALF,
    2 * HALF,
  );
}

function stampOf(kind: MarkKind, ratio: number, colours: Colours): HTMLCanvasElement {
  const { path, fill, tone } = GLYPHS[kind];
  const stamp = document.createElement('canvas');
  stamp.width = stamp.height = Math.round(2 * HALF * ratio);
  const pen = stamp.getContext('2d');
  if (pen === null) return stamp;
  pen.setTransform(ratio, 0, 0, ratio, HALF * ratio, HALF * ratio);
  const shape = new Path2D(path);
  // A rim of the page's colour, so that a mark stands out from what it lies on.
  pen.strokeStyle = colours.page;
  pen.lineJoin = 'round';
  pen.lineWidth = fill ? 2 : 4;
  pen.stroke(shape);
  pen.fillStyle = pen.strokeStyle = colours.tones[tone];
  pen.lineWidth = 1.8;
  if (fill) pen.fill(shape);
  else pen.stroke(shape);
  return stamp;
}

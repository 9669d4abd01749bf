import { LOST, RECEIVED } from '../../diagram-model/diagram-index.ts';
import { DASHES, GLYPHS } from '../../diagram-model/glyphs.ts';
import { TOP, type Arrow, type Scene } from '../../diagram-model/scene.ts';
import type { Colours } from './colours.ts';
import { paintGlyph } from './glyph-stamps.ts';
import { paintBands, paintSpans } from './paint-bands.ts';

/** What the painter is told beside the scene. */
export interface Look {
  readonly colours: Colours;
  /** A cone is shown: what is apart from it steps back. */
  readonly coned: boolean;
}

type Pen = CanvasRenderingContext2D;

/** How visible what is apart from the cone stays. */
const APART = 0.13;

/** Paints a scene whose x begins at 0, with everything that stays as it is while the picture moves. */
export function paint(pen: Pen, scene: Scene, look: Look): void {
  const { colours } = look;
  pen.fillStyle = colours.page;
  pen.fillRect(0, 0, scene.width, scene.height);
  paintLines(pen, scene, look);
  paintBands(pen, scene, colours);
  paintSpans(pen, scene, colours);
  paintAcross(pen, scene, colours);
  paintBundles(pen, scene, look);
  paintArrows(pen, scene.arrows, look);
  paintLabels(pen, scene, colours);
  paintMarks(pen, scene, look);
}

/** The line of each host, and on it what the selected event may know, and what may know of it. */
function paintLines(pen: Pen, { lanes, width }: Scene, { colours }: Look): void {
  const { line, past, future } = colours;
  for (const { y, pastTo, futureFrom } of lanes) {
    pen.globalAlpha = 0.42;
    if (pastTo !== null && pastTo > 0) {
      pen.fillStyle = past;
      pen.fillRect(0, y - 12, Math.min(width, pastTo), 24);
    }
    if (futureFrom !== null && futureFrom < width) {
      pen.fillStyle = future;
      pen.fillRect(Math.max(0, futureFrom), y - 12, width - Math.max(0, futureFrom), 24);
    }
    pen.globalAlpha = 1;
    pen.fillStyle = line;
    pen.fillRect(0, y - 0.75, width, 1.5);
  }
}

function paintAcross(pen: Pen, { across, height }: Scene, colours: Colours): void {
  const { tones } = colours;
  pen.lineWidth = 1.5;
  pen.setLineDash([6, 4]);
  for (const { x, kind } of across) {
    pen.strokeStyle = tones[GLYPHS[kind].tone];
    pen.beginPath();
    pen.moveTo(x, TOP - 4);
    pen.lineTo(x, height);
    pen.stroke();
  }
  pen.setLineDash([]);
  for (const { x, kind } of across) paintGlyph(pen, kind, { x, y: TOP - 2 }, colours);
}

function paintBundles(pen: Pen, { bundles }: Scene, { colours, coned }: Look): void {
  for (const { x, y0, y1, plane, count } of bundles) {
    pen.globalAlpha = coned ? APART : count >= 8 ? 0.85 : count >= 3 ? 0.6 : 0.35;
    pen.fillStyle = colours.planes[plane] ?? colours.text;
    pen.fillRect(x, y0, 1.2, y1 - y0);
  }
  pen.globalAlpha = 1;
}

/** Those of one plane and one degree of visibility are one path: a stroke costs more than a line. */
function paintArrows(pen: Pen, arrows: readonly Arrow[], { colours, coned }: Look): void {
  const shafts = new Map<number, Arrow[]>();
  for (const arrow of arrows) {
    const key = arrow.plane * 2 + (arrow.side === 'apart' ? 1 : 0);
    const list = shafts.get(key);
    if (list === undefined) shafts.set(key, [arrow]);
    else list.push(arrow);
  }
  const dashed = arrows.length < 500;
  for (const [key, list] of shafts) {
    const plane = key >> 1;
    const apart = (key & 1) === 1;
    pen.globalAlpha = apart ? APART : 1;
    pen.lineWidth = coned && !apart ? 1.8 : 1.2;
    // Dashes cost a multiple of a plain line.
    pen.setLineDash(dashed ? [...(DASHES[plane] ?? [])] : []);
    strokeArrows(pen, list, colours.planes[plane] ?? colours.text);
    pen.setLineDash([]);
    pen.fillStyle = colours.planes[plane] ?? colours.text;
    pen.beginPath();
    for (const arrow of list) if (arrow.fate === RECEIVED) head(pen, arrow);
    pen.fill();
    pen.strokeStyle = colours.tones.bad;
    pen.lineWidth = 2;
    pen.beginPath();
    for (const { fate, x1, y1 } of list) if (fate === LOST) cross(pen, x1, y1);
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

function strokeArrows(pen: Pen, arrows: readonly Arrow[], colour: string): void {
  pen.strokeStyle = colour;
  pen.beginPath();
  for (const { x0, y0, x1, y1 } of arrows) {
    pen.moveTo(x0, y0);
    pen.lineTo(x1, y1);
  }
  pen.stroke();
}

const HEAD = 7;

function head(pen: Pen, { x0, y0, x1, y1 }: Arrow): void {
  const length = Math.hypot(x1 - x0, y1 - y0) || 1;
  const [dx, dy] = [((x1 - x0) / length) * HEAD, ((y1 - y0) / length) * HEAD];
  pen.moveTo(x1, y1);
  pen.lineTo(x1 - dx - dy * 0.45, y1 - dy + dx * 0.45);
  pen.lineTo(x1 - dx + dy * 0.45, y1 - dy - dx * 0.45);
  pen.closePath();
}

function cross(pen: Pen, x: number, y: number): void {
  pen.moveTo(x - 4, y - 4);
  pen.lineTo(x + 4, y + 4);
  pen.moveTo(x + 4, y - 4);
  pen.lineTo(x - 4, y + 4);
}

function paintLabels(pen: Pen, scene: Scene, { page, text, font }: Colours): void {
  pen.font = `10px ${font}`;
  pen.lineJoin = 'round';
  pen.lineWidth = 3;
  pen.strokeStyle = page;
  pen.fillStyle = text;
  for (const label of scene.labels) {
    pen.strokeText(label.text, label.x, label.y);
    pen.fillText(label.text, label.x, label.y);
  }
}

function paintMarks(pen: Pen, { marks }: Scene, { colours, coned }: Look): void {
  for (const { x, y, kind, side } of marks) {
    pen.globalAlpha = coned && side === 'apart' ? APART * 1.6 : 1;
    paintGlyph(pen, kind, { x, y }, colours);
  }
  pen.globalAlpha = 1;
}

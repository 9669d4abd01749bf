import { LOST, RECEIVED } from '../../diagram-model/diagram-index.ts';
import { DASHES, GLYPHS } from '../../diagram-model/glyphs.ts';
import type { MarkKind } from '../../diagram-model/marks.ts';
import { bandLabels } from '../../diagram-model/scene-spans.ts';
import { TOP, type Arrow, type Scene } from '../../diagram-model/scene.ts';
import type { Colours } from './colours.ts';
import { paintBands, paintSpans } from './paint-bands.ts';

/** What the painter is told beside the scene. */
export interface Moment {
  readonly colours: Colours;
  /** x of the present; null: not drawn. */
  readonly present: number | null;
  /** x of a moment that is pointed out; null: none. */
  readonly marked: number | null;
  readonly selected: number | null;
  readonly hovered: number | null;
  /** A cone is shown: what is apart from it steps back. */
  readonly coned: boolean;
  /** What past and future are called. */
  readonly words: { readonly past: string; readonly future: string };
}

type Pen = CanvasRenderingContext2D;

/** How visible what is apart from the cone stays. */
const APART = 0.13;

/** Paints a scene whose x begins at 0. */
export function paint(pen: Pen, scene: Scene, moment: Moment): void {
  const { colours } = moment;
  pen.fillStyle = colours.page;
  pen.fillRect(0, 0, scene.width, scene.height);
  paintTicks(pen, scene, colours);
  paintLines(pen, scene, moment);
  paintBands(pen, scene, colours);
  paintSpans(pen, scene, colours);
  paintAcross(pen, scene, colours);
  paintBundles(pen, scene, moment);
  paintArrows(pen, scene.arrows, moment);
  paintLabels(pen, scene, colours);
  paintMarks(pen, scene, moment);
  paintPresent(pen, scene, moment);
  if (moment.marked === null) return;
  pen.fillStyle = colours.tones.bad;
  pen.fillRect(moment.marked - 1.5, TOP - 8, 3, scene.height);
}

function paintTicks(pen: Pen, { ticks, height }: Scene, { line, muted, font }: Colours): void {
  pen.strokeStyle = line;
  pen.globalAlpha = 0.55;
  pen.lineWidth = 1;
  pen.beginPath();
  for (const { x } of ticks) {
    pen.moveTo(Math.round(x) + 0.5, TOP - 6);
    pen.lineTo(Math.round(x) + 0.5, height);
  }
  pen.stroke();
  pen.globalAlpha = 1;
  pen.fillStyle = muted;
  pen.font = `11px ${font}`;
  for (const { x, label } of ticks) pen.fillText(label, x + 3, 13);
}

/** The line of each host, and on it what the selected event may know, and what may know of it. */
function paintLines(pen: Pen, { lanes, width }: Scene, { colours, words }: Moment): void {
  const { line, past, future, text, font } = colours;
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
    pen.fillStyle = text;
    pen.font = `italic 10px ${font}`;
    if (pastTo !== null && pastTo > 50) pen.fillText(words.past, Math.min(width, pastTo) - 28, y + 21);
    if (futureFrom !== null && futureFrom < width - 50) pen.fillText(words.future, Math.max(0, futureFrom) + 4, y + 21);
  }
}

function paintAcross(pen: Pen, { across, height }: Scene, { tones }: Colours): void {
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
  for (const { x, kind } of across) paintGlyph(pen, kind, { x, y: TOP - 2 }, tones[GLYPHS[kind].tone]);
}

function paintBundles(pen: Pen, { bundles }: Scene, { colours, coned }: Moment): void {
  for (const { x, y0, y1, plane, count } of bundles) {
    pen.globalAlpha = coned ? APART : count >= 8 ? 0.85 : count >= 3 ? 0.6 : 0.35;
    pen.fillStyle = colours.planes[plane] ?? colours.text;
    pen.fillRect(x, y0, 1.2, y1 - y0);
  }
  pen.globalAlpha = 1;
}

/** Those of one plane and one degree of visibility are one path: a stroke costs more than a line. */
function paintArrows(pen: Pen, arrows: readonly Arrow[], { colours, coned, selected, hovered }: Moment): void {
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
  const chosen = arrows.filter(({ sent, end }) => isOne(sent, end, selected) || isOne(sent, end, hovered));
  pen.lineWidth = 3;
  for (const arrow of chosen) strokeArrows(pen, [arrow], colours.planes[arrow.plane] ?? colours.text);
}

function isOne(sent: number, end: number, event: number | null): boolean {
  return event !== null && (sent === event || end === event);
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

function paintLabels(pen: Pen, scene: Scene, { page, muted, text, font }: Colours): void {
  pen.font = `10px ${font}`;
  pen.lineJoin = 'round';
  pen.lineWidth = 3;
  pen.strokeStyle = page;
  pen.fillStyle = text;
  for (const label of scene.labels) {
    pen.strokeText(label.text, label.x, label.y);
    pen.fillText(label.text, label.x, label.y);
  }
  pen.fillStyle = muted;
  for (const label of bandLabels(scene.bands, scene.width)) {
    pen.strokeText(label.text, label.x, label.y);
    pen.fillText(label.text, label.x, label.y);
  }
}

const PATHS = new Map<MarkKind, Path2D>();

function pathOf(kind: MarkKind): Path2D {
  const known = PATHS.get(kind);
  if (known !== undefined) return known;
  const path = new Path2D(GLYPHS[kind].path);
  PATHS.set(kind, path);
  return path;
}

function paintMarks(pen: Pen, { marks }: Scene, { colours, coned, selected, hovered }: Moment): void {
  for (const { x, y, kind, event, side } of marks) {
    pen.globalAlpha = coned && side === 'apart' ? APART * 1.6 : 1;
    pen.strokeStyle = colours.page;
    paintGlyph(pen, kind, { x, y }, colours.tones[GLYPHS[kind].tone]);
    if (event !== selected && event !== hovered) continue;
    pen.globalAlpha = 1;
    pen.strokeStyle = colours.accent;
    pen.lineWidth = 2.5;
    pen.beginPath();
    pen.arc(x, y, 10, 0, 2 * Math.PI);
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

function paintGlyph(
  pen: Pen,
  kind: MarkKind,
  { x, y }: { readonly x: number; readonly y: number },
  colour: string,
): void {
  const path = pathOf(kind);
  pen.translate(x, y);
  if (GLYPHS[kind].fill) {
    pen.lineWidth = 1;
    pen.stroke(path);
    pen.fillStyle = colour;
    pen.fill(path);
  } else {
    pen.strokeStyle = colour;
    pen.lineWidth = 1.8;
    pen.stroke(path);
  }
  pen.translate(-x, -y);
}

/** What lies beyond the present has been played once, and is to come again. */
function paintPresent(pen: Pen, { width, height }: Scene, { present, colours }: Moment): void {
  if (present === null || present > width) return;
  const x = Math.max(0, present);
  pen.globalAlpha = 0.5;
  pen.fillStyle = colours.page;
  pen.fillRect(x, TOP - 4, width - x, height);
  pen.globalAlpha = 1;
  if (present < 0) return;
  pen.fillStyle = colours.accent;
  pen.fillRect(present - 1, TOP - 8, 2, height);
  pen.beginPath();
  pen.moveTo(present - 5, TOP - 8);
  pen.lineTo(present + 5, TOP - 8);
  pen.lineTo(present, TOP - 1);
  pen.fill();
}

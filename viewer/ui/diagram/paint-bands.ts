import { BAND_HEIGHT, type Scene, type SceneBand } from '../../diagram-model/scene.ts';
import type { Colours } from './colours.ts';

type Pen = CanvasRenderingContext2D;

/** A server's bands: the colour is the epoch, the pattern is what it does. Hatched: it looks for a leader. Pale: it joins
 *  one. Full: it serves. A heavy frame: it leads. */
export function paintBands(pen: Pen, { bands, width, origin }: Scene, colours: Colours): void {
  for (const band of bands) {
    if (band.state === 'DOWN') continue;
    const [x0, x1] = [Math.max(-2, band.x0), Math.min(width + 2, band.x1)];
    const [top, across] = [band.y - BAND_HEIGHT / 2, Math.max(0.6, x1 - x0)];
    if (band.state === 'LOOKING') paintLooking(pen, { x0, top, across }, origin, colours);
    else {
      pen.fillStyle = colours.epochs[band.epoch % colours.epochs.length] ?? colours.line;
      pen.globalAlpha = band.phase === 'BROADCAST' ? 1 : 0.45;
      pen.fillRect(x0, top, across, BAND_HEIGHT);
      pen.globalAlpha = 1;
    }
    frame(pen, band, { x0, top, across }, colours);
  }
  pen.setLineDash([]);
}

interface Box {
  readonly x0: number;
  readonly top: number;
  readonly across: number;
}

/** Pixels between two hatches: a whole number of them makes a tile. */
const HATCH = 7;

function paintLooking(pen: Pen, { x0, top, across }: Box, origin: number, { page, muted }: Colours): void {
  pen.fillStyle = page;
  pen.fillRect(x0, top, across, BAND_HEIGHT);
  pen.save();
  pen.beginPath();
  pen.rect(x0, top, across, BAND_HEIGHT);
  pen.clip();
  pen.strokeStyle = muted;
  pen.lineWidth = 1.6;
  pen.beginPath();
  // Anchored to the axis, so that the hatching moves with the picture.
  const first = Math.floor((x0 + origin - BAND_HEIGHT) / HATCH) * HATCH - origin;
  for (let x = first; x < x0 + across; x += HATCH) {
    pen.moveTo(x, top + BAND_HEIGHT);
    pen.lineTo(x + BAND_HEIGHT, top);
  }
  pen.stroke();
  pen.restore();
}

function frame(pen: Pen, { state, phase }: SceneBand, { x0, top, across }: Box, { text, muted }: Colours): void {
  if (across < 2) return;
  const leads = state === 'LEADING';
  pen.setLineDash(state !== 'LOOKING' && phase !== 'BROADCAST' ? [3, 2] : []);
  pen.strokeStyle = leads ? text : muted;
  pen.lineWidth = leads ? 2 : 0.6;
  pen.strokeRect(x0, top, across, BAND_HEIGHT);
}

/** Pauses lie over the bands as bars; calls of clients under their lines, broken when they failed. Those of a kind are one
 *  path. */
export function paintSpans(pen: Pen, { spans, width }: Scene, { tones, planes }: Colours): void {
  for (const kind of ['pause', 'ok', 'waiting', 'failed', 'unknown'] as const) {
    const own = spans.filter((span) => span.kind === kind);
    if (own.length === 0) continue;
    const { alpha, colour, thick, below, dash } = {
      pause: { alpha: 0.5, colour: tones.bad, thick: 8, below: 0, dash: [] },
      ok: { alpha: 1, colour: planes[2], thick: 4, below: 8, dash: [] },
      waiting: { alpha: 0.5, colour: planes[2], thick: 4, below: 8, dash: [] },
      failed: { alpha: 1, colour: tones.bad, thick: 4, below: 8, dash: [4, 2] },
      unknown: { alpha: 1, colour: tones.bad, thick: 4, below: 8, dash: [1.5, 3] },
    }[kind];
    pen.globalAlpha = alpha;
    pen.strokeStyle = colour;
    pen.lineWidth = thick;
    pen.setLineDash(dash);
    pen.beginPath();
    for (const { x0, x1, y } of own) {
      const [from, to] = [Math.max(-2, x0), Math.min(width + 2, x1)];
      pen.moveTo(from, y + below);
      pen.lineTo(Math.max(from + 1, to), y + below);
    }
    pen.stroke();
  }
  pen.setLineDash([]);
  pen.globalAlpha = 1;
}

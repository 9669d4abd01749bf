import { BAND_HEIGHT, type Scene, type SceneBand } from '../../diagram-model/scene.ts';
import type { Colours } from './colours.ts';

type Pen = CanvasRenderingContext2D;

/** A server's bands: the colour is the epoch, the pattern is what it does. Hatched: it looks for a leader. Pale: it joins
 *  one. Full: it serves. A heavy frame: it leads. */
export function paintBands(pen: Pen, { bands, width }: Scene, colours: Colours): void {
  for (const band of bands) {
    if (band.state === 'DOWN') continue;
    const [x0, x1] = [Math.max(-2, band.x0), Math.min(width + 2, band.x1)];
    const [top, across] = [band.y - BAND_HEIGHT / 2, Math.max(0.6, x1 - x0)];
    if (band.state === 'LOOKING') paintLooking(pen, { x0, top, across }, colours);
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

function paintLooking(pen: Pen, { x0, top, across }: Box, { page, muted }: Colours): void {
  pen.fillStyle = page;
  pen.fillRect(x0, top, across, BAND_HEIGHT);
  pen.save();
  pen.beginPath();
  pen.rect(x0, top, across, BAND_HEIGHT);
  pen.clip();
  pen.strokeStyle = muted;
  pen.lineWidth = 1.6;
  pen.beginPath();
  // Anchored to the picture's own left edge, so the hatching of one band does not move against that of the next.
  for (let x = x0 - (x0 % 7) - BAND_HEIGHT; x < x0 + across; x += 7) {
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

/** Pauses lie over the bands as bars; calls of clients under their lines, broken when they failed. */
export function paintSpans(pen: Pen, { spans, width }: Scene, { tones, planes }: Colours): void {
  for (const { kind, x0, x1, y } of spans) {
    const [from, to] = [Math.max(-2, x0), Math.min(width + 2, x1)];
    if (kind === 'pause') {
      pen.globalAlpha = 0.5;
      pen.fillStyle = tones.bad;
      pen.fillRect(from, y - 4, Math.max(1, to - from), 8);
      pen.globalAlpha = 1;
      continue;
    }
    pen.strokeStyle = kind === 'ok' || kind === 'waiting' ? planes[2] : tones.bad;
    pen.globalAlpha = kind === 'waiting' ? 0.5 : 1;
    pen.lineWidth = 4;
    pen.setLineDash(kind === 'failed' ? [4, 2] : kind === 'unknown' ? [1.5, 3] : []);
    pen.beginPath();
    pen.moveTo(from, y + 8);
    pen.lineTo(Math.max(from + 1, to), y + 8);
    pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  }
}

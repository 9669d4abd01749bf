import { paint, type Look } from './paint.ts';
import { penOf } from './canvas.ts';
import type { DiagramState } from './diagram-state.ts';

/** Pixels across: a multiple of what repeats itself, columns of bundles (3), cells of marks (9), hatches (7). */
const ACROSS = 252;
/** So many are kept: three screens of them. */
const MOST = 24;
/** While a run plays, a tile may be so old, in ms. */
const STALE_MS = 250;

interface Tile {
  readonly canvas: HTMLCanvasElement;
  readonly key: string;
}

/** The picture in upright strips that are painted once and moved from then on. Where a stretch of the axis that fills the
 *  pane holds thousands of events, painting takes longer than a frame lasts; moving does not. */
export class Tiles {
  readonly #tiles = new Map<number, Tile>();
  #look: Look | null = null;
  #looks = 0;
  #length = 0;
  #since = 0;

  /** Paints what is to be seen, as far as possible from what was painted before. */
  paint(pen: CanvasRenderingContext2D, state: DiagramState, look: Look, selected: number | null): void {
    const { width } = state.size.peek();
    const key = this.#key(state, look, selected);
    const { offset } = state;
    const last = Math.floor((offset + width) / ACROSS);
    for (let n = Math.floor(offset / ACROSS); n <= last; n++) {
      const tile = this.#tile(n, key, state, look, selected);
      const { height } = state.size.peek();
      pen.drawImage(tile, Math.round(n * ACROSS - offset), 0, ACROSS, height);
    }
  }

  #tile(n: number, key: string, state: DiagramState, look: Look, selected: number | null): HTMLCanvasElement {
    const known = this.#tiles.get(n);
    if (known?.key === key) {
      // The last one used goes last: the first is the one to be dropped.
      this.#tiles.delete(n);
      this.#tiles.set(n, known);
      return known.canvas;
    }
    const canvas = known?.canvas ?? this.#spare() ?? document.createElement('canvas');
    const pen = penOf(canvas, ACROSS, state.size.peek().height);
    if (pen !== null) paint(pen, state.layOut(n * ACROSS, ACROSS, selected), look);
    this.#tiles.delete(n);
    this.#tiles.set(n, { canvas, key });
    return canvas;
  }

  #spare(): HTMLCanvasElement | undefined {
    if (this.#tiles.size < MOST) return undefined;
    const [oldest] = this.#tiles.keys();
    if (oldest === undefined) return undefined;
    const canvas = this.#tiles.get(oldest)?.canvas;
    this.#tiles.delete(oldest);
    return canvas;
  }

  /** Everything that a tile depends on. */
  #key(state: DiagramState, look: Look, selected: number | null): string {
    if (this.#look?.colours !== look.colours) this.#looks++;
    this.#look = look;
    const { length } = state.index;
    const playing = state.run.frame.peek()?.playing === true;
    const now = performance.now();
    if (!playing || length < this.#length || now - this.#since > STALE_MS) {
      this.#length = length;
      this.#since = now;
    }
    const { heartbeats, planes } = state.shown.peek();
    const { scale } = state.view.peek();
    const { voided } = state.run.trace;
    const about = state.run.about.peek()?.name ?? '';
    return [
      scale,
      state.axis.kind,
      heartbeats,
      ...planes,
      selected,
      this.#length,
      voided,
      about,
      this.#looks,
      state.size.peek().height,
      window.devicePixelRatio,
    ].join(' ');
  }
}

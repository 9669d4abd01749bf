import type { MarkKind } from './marks.ts';

/** What a mark is for: it has a colour of the palette, and a shape of its own beside it. */
export type Tone = 'text' | 'bad' | 'good' | 'leader' | 'epoch' | 'muted' | 'client';

export interface Glyph {
  /** Path of SVG, around (0, 0), about 12 pixels wide; canvas reads the same. */
  readonly path: string;
  readonly fill: boolean;
  readonly tone: Tone;
}

const glyph = (path: string, tone: Tone, fill = true): Glyph => ({ path, fill, tone });

const CIRCLE = (r: number): string => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
const DIAMOND = 'M0 -6L6 0L0 6L-6 0z';
const STAR = 'M0 -7L1.9 -2.4L6.7 -2.1L3 1L4.1 5.7L0 3.1L-4.1 5.7L-3 1L-6.7 -2.1L-1.9 -2.4z';

export const GLYPHS: Readonly<Record<MarkKind, Glyph>> = {
  start: glyph('M-4 -5.5L6 0L-4 5.5z', 'good'),
  end: glyph('M-6 -4L-4 -6L0 -2L4 -6L6 -4L2 0L6 4L4 6L0 2L-4 6L-6 4L-2 0z', 'bad'),
  pause: glyph('M-5 -6H-1.4V6H-5zM1.4 -6H5V6H1.4z', 'bad'),
  resume: glyph('M-5 -6H-2.5V6H-5zM-1 -6L6 0L-1 6z', 'good'),
  fenced: glyph(`${CIRCLE(6)}M-4.2 -4.2L4.2 4.2`, 'bad', false),
  elected: glyph(STAR, 'leader'),
  established: glyph(DIAMOND, 'leader'),
  serving: glyph('M-4 -4H4V4H-4z', 'good'),
  left: glyph('M-4 -4H4V4H-4z', 'muted', false),
  cut: glyph('M-6 -5L6 5M-6 5L6 -5M0 -7V7', 'bad', false),
  snapshot: glyph('M-5 -5H5V5H-5zM-5 -1.5H5M-5 2H5', 'text', false),
  promise: glyph('M-3 7V-7H6L3.5 -4L6 -1H-1.5V7z', 'epoch'),
  epoch: glyph('M-3 7V-7H6L3.5 -4L6 -1H-1.5V7z', 'epoch', false),
  fsync: glyph('M-2 -6H2V6H-2z', 'text'),
  diskFailed: glyph('M-5 -5H5V5H-5zM-3 -3L3 3M-3 3L3 -3', 'bad', false),
  proposed: glyph(CIRCLE(4), 'text', false),
  committed: glyph(CIRCLE(4.5), 'good'),
  applied: glyph(CIRCLE(2), 'muted'),
  counted: glyph('M-2.5 0H2.5M0 -2.5V2.5', 'muted', false),
  vote: glyph('M-3 -1L-0.5 2L3.5 -3', 'muted', false),
  invoked: glyph('M-4 -5L4 0L-4 5z', 'client', false),
  watch: glyph(`M-6.5 0Q0 -8 6.5 0Q0 8 -6.5 0z${CIRCLE(1.4)}`, 'client', false),
  ok: glyph('M-5 0L-1.5 4L5.5 -4.5', 'good', false),
  failed: glyph('M-4 -4L4 4M-4 4L4 -4', 'bad', false),
  fault: glyph('M1 -7L-5 1.5H-0.5L-1.5 7L5 -2H0.8z', 'bad'),
  mended: glyph('M-6 0H6M0 -6V6', 'good', false),
  warned: glyph('M0 -6.5L6.5 5.5H-6.5zM0 -2V2M0 3.3V4.4', 'bad', false),
  small: glyph('M0 -3.5V3.5', 'muted', false),
};

/** How the messages of each plane are drawn: dashes of a line, in pixels. By plane, as in `PLANES`. */
export const DASHES: readonly (readonly number[])[] = [[5, 3], [], [2, 3]];

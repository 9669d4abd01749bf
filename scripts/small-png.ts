import { crc32, deflateSync, inflateSync } from 'node:zlib';

/** Pictures of a page have few colours that matter: with 256 of them they look the same, and take a third of the bytes. */

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS = 256;

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** A byte each of red, green and blue, row by row. */
  readonly bytes: Uint8Array;
}

/** The same picture with 256 of its colours; each other one becomes the nearest of them. Throws on what is no PNG
 *  of eight bits of red, green and blue. */
export function smallPng(png: Buffer): Buffer {
  const { width, height, bytes } = pixelsOf(png);
  const counts = new Map<number, number>();
  for (let i = 0; i < bytes.length; i += 3) {
    const colour = (bytes[i]! << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = paletteOf([...counts].sort(([a, many], [b, more]) => more - many || a - b).map(([colour]) => colour));
  const index = new Map([...counts.keys()].map((colour) => [colour, nearest(palette, colour)]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * 3;
      rows[y * (width + 1) + 1 + x] = index.get((bytes[i]! << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!)!;
    }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The commonest half, and then the commonest of each kind that has none yet, so that no thin line loses its colour. */
function paletteOf(commonest: readonly number[]): number[] {
  const palette = commonest.slice(0, COLOURS / 2);
  const kind = (colour: number): number => colour & 0xf0f0f0;
  const kinds = new Set(palette.map(kind));
  for (const colour of commonest) {
    if (palette.length === COLOURS) break;
    if (kinds.has(kind(colour))) continue;
    kinds.add(kind(colour));
    palette.push(colour);
  }
  return palette;
}

function nearest(palette: readonly number[], colour: number): number {
  let best = 0;
  let least = Infinity;
  palette.forEach((other, i) => {
    const red = (colour >> 16) - (other >> 16);
    const green = ((colour >> 8) & 255) - ((other >> 8) & 255);
    const blue = (colour & 255) - (other & 255);
    const distance = red * red + green * green + blue * blue;
    if (distance < least) [best, least] = [i, distance];
  });
  return best;
}

function pixelsOf(png: Buffer): Pixels {
  if (!png.subarray(0, 8).equals(SIGNATURE) || png.readUInt16BE(24) !== 0x0802)
    throw new Error('expected a PNG of eight bits of red, green and blue');
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const data = inflateSync(Buffer.concat(parts));
  const row = width * 3;
  const bytes = new Uint8Array(row * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < row; x++) {
      const to = y * row + x;
      const left = x < 3 ? 0 : bytes[to - 3]!;
      const above = y === 0 ? 0 : bytes[to - row]!;
      const corner = x < 3 || y === 0 ? 0 : bytes[to - row - 3]!;
      bytes[to] = data[y * (row + 1) + 1 + x]! + guess(data[y * (row + 1)]!, left, above, corner);
    }
  return { width, height, bytes };
}

/** What a filter of the format expects of a byte. */
function guess(filter: number, left: number, above: number, corner: number): number {
  if (filter < 3) return [0, left, above][filter]!;
  if (filter === 3) return (left + above) >> 1;
  const [a, b, c] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

function chunk(kind: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

import type { Micros } from '../sim/time.ts';
import { members, type ServerSet } from '../sim/zab/sets.ts';

/** No line of any output is longer. */
export const WIDTH = 80;

const ESCAPES = /\u001b\[[0-9;]*m/g;

/** Characters that take two columns, as ranges for a class of a regular expression: Hangul, CJK, Kana, full-width forms.
 *  Those beyond the basic plane count two anyway: they are two units of a string. */
const WIDE =
  '\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6';
/** No line ends with one of these, and none begins with one of those. */
const OPENING = '（［｛〈《「『【〔〖';
const CLOSING = '）］｝〉》」』】〕〗、。，．：；？！・ー々';

const WIDE_ONES = new RegExp(`[${WIDE}]`, 'g');

/** Between two wide characters, whatever colours change there. */
const BREAKS = new RegExp(
  `(?<=[${WIDE}]ESC)(?<![${OPENING}]ESC)(?=ESC[${WIDE}])(?!ESC[${CLOSING}])`.replaceAll(
    'ESC',
    `(?:${ESCAPES.source})*`,
  ),
);

/** Columns that a text takes on a screen: escape sequences take none, Chinese characters two. */
export function columns(text: string): number {
  const plain = text.replace(ESCAPES, '');
  return plain.length + (plain.match(WIDE_ONES)?.length ?? 0);
}

/** Lines of at most `width` columns; `first` begins the first, as many spaces as `hang` the rest. They are broken at
 *  spaces, and between wide characters, which stand without spaces.
 *  A word that is longer than a line is cut: better than a line that runs out of the screen. */
export function wrap(text: string, first = '', hang = columns(first), width = WIDTH): string[] {
  const indent = ' '.repeat(hang);
  const room = width - Math.max(hang, columns(first));
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(' ')) {
    let gap = empty ? '' : ' ';
    for (const piece of word.split(BREAKS).flatMap((whole) => pieces(whole, room))) {
      if (!empty && columns(line) + gap.length + columns(piece) > width) {
        lines.push(line.trimEnd());
        line = indent + piece;
      } else line += gap + piece;
      gap = '';
      empty = false;
    }
  }
  lines.push(line.trimEnd());
  return lines;
}

function pieces(word: string, room: number): string[] {
  if (columns(word) <= room) return [word];
  const cut: string[] = [];
  let piece = '';
  for (const character of word.replace(ESCAPES, '')) {
    if (piece !== '' && columns(piece) + columns(character) > room) {
      cut.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...cut, piece];
}

/** `12,345` */
export function thousands(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `3.204 s`: rounded down to the millisecond, exact in integers. */
export function seconds(at: Micros): string {
  const ms = Math.floor(at / 1000);
  return `${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')} s`;
}

/** A zxid, or what stands in a zxid's place, as ZooKeeper prints it. */
export function zxidText(value: number): string {
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** The text if the condition holds, else nothing. */
export function when(holds: boolean, text: string): string {
  return holds ? text : '';
}

/** `2 events`, `1 event`, `no events`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return value === 0 ? `no ${many}` : value === 1 ? `1 ${one}` : `${thousands(value)} ${many}`;
}

/** `S3`; 0 is nobody, a negative number a client. */
export function who(id: number): string {
  return id > 0 ? `S${id}` : id < 0 ? `client ${-id}` : 'nobody';
}

/** `S1, S2 and S3` */
export function whoAll(ids: readonly number[]): string {
  return enumerate(ids.map(who));
}

export function whoSet(set: ServerSet): string {
  return whoAll(members(set));
}

/** `a, b and c` */
export function enumerate(words: readonly string[]): string {
  const last = words.at(-1);
  if (last === undefined) return 'none';
  return words.length === 1 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

export interface Column {
  readonly title: string;
  readonly right?: boolean;
}

/** A table with two spaces between its columns, as lines. Cells may be painted. */
export function table(heads: readonly Column[], rows: readonly (readonly string[])[], indent = '  '): string[] {
  const widths = heads.map((head, i) => Math.max(columns(head.title), ...rows.map((row) => columns(row[i] ?? ''))));
  const line = (cells: readonly string[]): string =>
    (indent + heads.map((head, i) => pad(cells[i] ?? '', widths[i] ?? 0, head.right === true)).join('  ')).trimEnd();
  return [line(heads.map((head) => head.title)), ...rows.map(line)];
}

/** To `width` columns, with spaces. */
export function pad(text: string, width: number, right = false): string {
  const spaces = ' '.repeat(Math.max(0, width - columns(text)));
  return right ? spaces + text : text + spaces;
}

/** Cells side by side in as many columns as the width allows, read downwards. */
export function inColumns(cells: readonly string[], indent = '  ', gap = '   '): string[] {
  const widest = Math.max(1, ...cells.map(columns));
  const across = Math.max(1, Math.floor((WIDTH - indent.length + gap.length) / (widest + gap.length)));
  const down = Math.ceil(cells.length / across);
  const lines: string[] = [];
  for (let row = 0; row < down; row++) {
    const line: string[] = [];
    for (let i = row; i < cells.length; i += down) line.push(pad(cells[i] ?? '', widest));
    lines.push((indent + line.join(gap)).trimEnd());
  }
  return lines;
}

/** As a POSIX shell reads it back. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Printable on one line: a file or an option may hold anything. */
export function printable(text: string, limit = 200): string {
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '?');
  return plain.length <= limit ? plain : `${plain.slice(0, limit - 3)}...`;
}

/** Printable in so many columns, the rest cut off. */
export function fitted(text: string, room: number): string {
  let limit = Math.max(4, room);
  let fit = printable(text, limit);
  while (columns(fit) > room && limit > 4) fit = printable(text, --limit);
  return fit;
}

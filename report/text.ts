import type { Micros } from '../sim/time.ts';
import { members, type ServerSet } from '../sim/zab/sets.ts';

/** No line of any output is longer. */
export const WIDTH = 80;

const ESCAPES = /\u001b\[[0-9;]*m/g;

/** Columns that a text takes on a screen: escape sequences take none. */
export function columns(text: string): number {
  return text.replace(ESCAPES, '').length;
}

/** Lines of at most `width` columns; `first` begins the first, as many spaces as `hang` the rest.
 *  A word that is longer than a line is cut: better than a line that runs out of the screen. */
export function wrap(text: string, first = '', hang = columns(first), width = WIDTH): string[] {
  const indent = ' '.repeat(hang);
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(' ').flatMap((whole) => pieces(whole, width - Math.max(hang, columns(first))))) {
    const gap = empty ? '' : ' ';
    if (!empty && columns(line) + gap.length + columns(word) > width) {
      lines.push(line.trimEnd());
      line = indent + word;
    } else line += gap + word;
    empty = false;
  }
  lines.push(line.trimEnd());
  return lines;
}

function pieces(word: string, room: number): string[] {
  if (columns(word) <= room) return [word];
  const plain = word.replace(ESCAPES, '');
  const cut: string[] = [];
  for (let from = 0; from < plain.length; from += room) cut.push(plain.slice(from, from + room));
  return cut;
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

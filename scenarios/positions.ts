import { isAlias, isMap, isPair, isScalar, isSeq, type Document, type LineCounter, type Node } from 'yaml';

/** Where in the text a value stands, from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export type Path = readonly PropertyKey[];

/** More than any scenario needs, and few enough that no text, however crafted, costs more than a moment. */
const MAX_DEPTH = 40;
const MAX_NODES = 200_000;

/** Finds values by their path. */
export class Positions {
  readonly #document: Document;
  readonly #lines: LineCounter;

  constructor(document: Document, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  at(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  /** The value at the path; if it is missing, the innermost thing around it. `key`: its key instead. */
  of(path: Path, key: boolean): Position {
    let node: unknown = this.#document.contents;
    let offset = startOf(node) ?? 0;
    for (const [index, step] of path.entries()) {
      node = this.#resolve(node);
      let next: unknown;
      if (isMap(node)) {
        const pair = node.items.find(
          (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step),
        );
        if (pair === undefined) break;
        next = pair.value;
        offset = startOf(pair.key) ?? offset;
        if (key && index === path.length - 1) break;
      } else if (isSeq(node)) {
        next = node.items[Number(step)];
        if (next === undefined) break;
      } else break;
      offset = startOf(next) ?? offset;
      node = next;
    }
    return this.at(offset);
  }

  /** The first place where the text, with its aliases followed, is too deep, too large or contains itself. */
  excess(): { readonly at: Position; readonly why: string } | undefined {
    let nodes = 0;
    const open = new Set<unknown>();
    const walk = (node: unknown, depth: number): { at: Position; why: string } | undefined => {
      const at = (): Position => this.at(startOf(node) ?? 0);
      if (++nodes > MAX_NODES) return { at: at(), why: `more than ${MAX_NODES} values, aliases followed` };
      if (depth > MAX_DEPTH) return { at: at(), why: `nested more than ${MAX_DEPTH} deep` };
      const target = this.#resolve(node);
      if (isAlias(node) && target === undefined) return { at: at(), why: `unknown alias *${node.source}` };
      if (open.has(target)) return { at: at(), why: 'an alias contains itself' };
      if (!isMap(target) && !isSeq(target)) return undefined;
      open.add(target);
      for (const item of target.items) {
        const excess = isPair(item)
          ? (walk(item.key, depth + 1) ?? walk(item.value, depth + 1))
          : walk(item, depth + 1);
        if (excess !== undefined) return excess;
      }
      open.delete(target);
      return undefined;
    };
    return walk(this.#document.contents, 0);
  }

  #resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }
}

function startOf(node: unknown): number | undefined {
  const range = typeof node === 'object' && node !== null && 'range' in node ? (node as Node).range : undefined;
  return range?.[0];
}

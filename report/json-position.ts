/** Where a text stops being JSON: the offset of the first character that cannot stand there; undefined for good JSON.
 *  `JSON.parse` knows it and does not always say it. */
export function jsonMistakeAt(text: string): number | undefined {
  const scanner = new Scanner(text);
  try {
    scanner.value();
    scanner.end();
    return undefined;
  } catch (error) {
    if (error instanceof Misplaced) return error.at;
    // Brackets without end exhaust the stack.
    if (error instanceof RangeError) return 0;
    throw error;
  }
}

class Misplaced extends Error {
  readonly at: number;

  constructor(at: number) {
    super('not JSON');
    this.at = at;
  }
}

const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SPACE = /[ \t\r\n]*/y;

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): void {
    this.#skip(SPACE);
    if (this.#is('{')) this.#list('}', () => this.#member());
    else if (this.#is('[')) this.#list(']', () => this.value());
    else if (!this.#skip(STRING) && !this.#skip(SCALAR)) throw new Misplaced(this.#at);
    this.#skip(SPACE);
  }

  end(): void {
    if (this.#at < this.#text.length) throw new Misplaced(this.#at);
  }

  #member(): void {
    this.#skip(SPACE);
    if (!this.#skip(STRING)) throw new Misplaced(this.#at);
    this.#skip(SPACE);
    if (!this.#is(':')) throw new Misplaced(this.#at);
    this.value();
  }

  #list(close: string, item: () => void): void {
    this.#skip(SPACE);
    if (this.#is(close)) return;
    do item();
    while (this.#is(','));
    if (!this.#is(close)) throw new Misplaced(this.#at);
  }

  #is(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  /** Moves behind what the pattern matches here; false when it matches nothing at all. */
  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return false;
    this.#at += match[0].length;
    return match[0].length > 0;
  }
}

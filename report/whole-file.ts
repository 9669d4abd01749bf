import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';

/** A file that is there whole or not at all: written beside its final name, and renamed at the end. Its methods throw what
 *  the file system throws. */
export class WholeFile {
  readonly #path: string;
  /** null: a device or a pipe, written as it is. */
  readonly #beside: string | null;
  readonly #file: number;
  #waiting = '';
  #open = true;

  constructor(path: string) {
    const known = statSync(path, { throwIfNoEntry: false });
    this.#path = known?.isFile() === true ? realpathSync(path) : path;
    this.#beside = known === undefined || known.isFile() ? `${this.#path}.${process.pid}.tmp` : null;
    if (known?.isDirectory() === true) throw new Error(`EISDIR: illegal operation on a directory, open '${path}'`);
    this.#file = openSync(this.#beside ?? this.#path, 'w');
  }

  write(text: string): void {
    this.#waiting += text;
    if (this.#waiting.length > 0x1_0000) this.#flush();
  }

  /** Gives the file its name. */
  finish(): void {
    this.#flush();
    if (this.#beside !== null) fsyncSync(this.#file);
    this.#close();
    if (this.#beside !== null) renameSync(this.#beside, this.#path);
  }

  /** Leaves nothing behind. Harmless after `finish`. */
  abandon(): void {
    if (!this.#open) return;
    this.#close();
    if (this.#beside !== null) rmSync(this.#beside, { force: true });
  }

  #flush(): void {
    const bytes = Buffer.from(this.#waiting);
    this.#waiting = '';
    for (let from = 0; from < bytes.length;) from += writeSync(this.#file, bytes, from);
  }

  #close(): void {
    this.#open = false;
    closeSync(this.#file);
  }
}

/** How many lines back a line is looked for, and how often it may stand there already. */
const WINDOW = 60;
const OFTEN = 3;

/** Notices a story that goes round in circles: a server that tries the same thing for the hundredth time. */
export class Repeats {
  readonly #recent: string[] = [];
  #held = 0;

  /** False for a line that has been read often enough. */
  worthTelling(line: string): boolean {
    let seen = 0;
    for (const earlier of this.#recent) if (earlier === line) seen++;
    this.#recent.push(line);
    if (this.#recent.length > WINDOW) this.#recent.shift();
    if (seen < OFTEN) return true;
    this.#held++;
    return false;
  }

  /** How many lines were held back since this was last asked. */
  takeHeld(): number {
    const held = this.#held;
    this.#held = 0;
    return held;
  }
}

import cliProgress from 'cli-progress';
import { thousands } from '../report/text.ts';

/** What is shown while a batch is played. */
export interface Standing {
  readonly runs: number;
  readonly events: number;
  readonly situations: number;
  readonly states: number;
  readonly failures: number;
}

/** Between two lines where there is no terminal, and between two looks at one, in ms. */
const LINE_MS = 10_000;
const LOOK_MS = 100;

/** A bar on a terminal, on stderr; elsewhere a line now and then, and none for JSON. */
export class Progress {
  readonly #bar: cliProgress.SingleBar | null;
  readonly #quiet: boolean;
  readonly #total: number | null;
  readonly #timeMs: number | null;
  readonly #started = performance.now();
  #looked = performance.now();

  constructor(options: { readonly total: number | null; readonly timeMs: number | null; readonly quiet: boolean }) {
    this.#total = options.total;
    this.#timeMs = options.timeMs;
    const tty = process.stderr.isTTY === true;
    this.#quiet = options.quiet && !tty;
    const bounded = this.#total !== null || this.#timeMs !== null;
    this.#bar = tty
      ? new cliProgress.SingleBar({
          format: `${bounded ? '{bar} ' : ''}{runs} runs, {speed} events/s, {situations} situations, {failures} failures`,
          barsize: 16,
          stream: process.stderr,
          hideCursor: true,
          clearOnComplete: true,
          barCompleteChar: '#',
          barIncompleteChar: '.',
        })
      : null;
    this.#bar?.start(1000, 0, this.#payload({ runs: 0, events: 0, situations: 0, states: 0, failures: 0 }));
  }

  show(standing: Standing): void {
    const now = performance.now();
    if (now - this.#looked < (this.#bar === null ? LINE_MS : LOOK_MS)) return;
    this.#looked = now;
    if (this.#bar !== null) this.#bar.update(Math.round(this.#done(standing) * 1000), this.#payload(standing));
    else if (!this.#quiet) {
      const { runs, speed, situations, failures } = this.#payload(standing);
      process.stderr.write(
        `${runs} runs, ${speed} events/s, ${situations} situations, ` +
          `${thousands(standing.states)} states, ${failures} failures\n`,
      );
    }
  }

  /** Takes the bar away. */
  end(): void {
    this.#bar?.stop();
  }

  #done({ runs }: Standing): number {
    const byRuns = this.#total === null ? 0 : runs / this.#total;
    const byTime = this.#timeMs === null ? 0 : (performance.now() - this.#started) / this.#timeMs;
    return Math.min(1, Math.max(byRuns, byTime));
  }

  #payload({ runs, events, situations, failures }: Standing): Record<string, string> {
    const ms = performance.now() - this.#started;
    return {
      runs: thousands(runs),
      speed: thousands(ms < 1 ? 0 : Math.round((events * 1000) / ms)),
      situations: String(situations),
      failures: String(failures),
    };
  }
}

import { type Paint, paints, wantsColours } from '../report/paint.ts';

/** Where commands write. Results go to stdout, complaints and progress to stderr. */
export interface Terminal {
  readonly paint: Paint;
  readonly paintErrors: Paint;
  print(...lines: readonly string[]): void;
  /** A piece of a result, as it stands. */
  write(text: string): void;
  complain(...lines: readonly string[]): void;
  /** Shown while work goes on, on a terminal only; empty takes it away. */
  progress(text: string): void;
}

export function openTerminal(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Terminal {
  // After "--" stand names, not flags.
  const end = argv.indexOf('--');
  const refused = (end < 0 ? argv : argv.slice(0, end)).includes('--no-color');
  const { stdout, stderr } = process;
  let shown = false;
  const clear = (): void => {
    if (shown) stderr.write('\r\u001b[K');
    shown = false;
  };
  return {
    paint: paints(wantsColours({ refused, env, tty: stdout.isTTY })),
    paintErrors: paints(wantsColours({ refused, env, tty: stderr.isTTY })),
    print: (...lines) => {
      clear();
      for (const line of lines) stdout.write(`${line}\n`);
    },
    write: (text) => {
      clear();
      stdout.write(text);
    },
    complain: (...lines) => {
      clear();
      for (const line of lines) stderr.write(`${line}\n`);
    },
    progress: (text) => {
      if (!stderr.isTTY) return;
      clear();
      if (text === '') return;
      stderr.write(text);
      shown = true;
    },
  };
}

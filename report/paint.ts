import { Chalk } from 'chalk';

/** What a piece of text is, so that one place decides how it looks. Every style leaves the letters alone. */
export interface Paint {
  readonly colours: boolean;
  leader(text: string): string;
  follower(text: string): string;
  observer(text: string): string;
  looking(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  /** What was done to the ensemble from outside. */
  fault(text: string): string;
  /** A refusal because of an epoch. */
  fence(text: string): string;
  title(text: string): string;
  dim(text: string): string;
}

export interface ColourWishes {
  /** `--no-color` stands in the command line. */
  readonly refused: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tty: boolean;
}

/** Colours or not: the flag first, then FORCE_COLOR, then NO_COLOR (no-color.org), then whether a terminal listens. */
export function wantsColours(wishes: ColourWishes): boolean {
  if (wishes.refused) return false;
  const forced = wishes.env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  const refused = wishes.env['NO_COLOR'];
  if (refused !== undefined && refused !== '') return false;
  return wishes.tty && wishes.env['TERM'] !== 'dumb';
}

/** The sixteen basic colours, so that the reader's own theme applies. */
export function paints(colours: boolean): Paint {
  const chalk = new Chalk({ level: colours ? 1 : 0 });
  return {
    colours,
    leader: chalk.bold.green,
    follower: chalk.cyan,
    observer: chalk.blue,
    looking: chalk.yellow,
    good: chalk.green,
    bad: chalk.bold.red,
    fault: chalk.magenta,
    fence: chalk.red,
    title: chalk.bold,
    dim: chalk.dim,
  };
}

export const PLAIN: Paint = paints(false);

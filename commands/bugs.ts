import { wrap } from '../report/text.ts';
import { RELEASES } from '../sim/zab/behaviour.ts';
import { type Bug, BUGS } from '../sim/zab/bugs/index.ts';
import { didYouMean } from '../scenarios/suggest.ts';
import { EXIT, type ExitCode, UsageError } from './exit.ts';
import type { Terminal } from './terminal.ts';

export interface BugsOptions {
  readonly release?: string;
  readonly json?: true;
}

const KINDS: { readonly [K in Bug['kind']]: string } = {
  historic: 'released once, and mended since',
  open: "still in today's master",
  textbook: 'mistakes that any checker must find',
};

/** `zabsim bugs`: the museum, or what of it one release has. */
export function bugs(options: BugsOptions, terminal: Terminal): ExitCode {
  const { release } = options;
  const found = release === undefined ? BUGS : bugsOf(release);
  if (options.json === true) {
    terminal.print(JSON.stringify(found, null, 2));
    return EXIT.asExpected;
  }
  const { paint } = terminal;
  for (const kind of ['historic', 'open', 'textbook'] as const) {
    const those = found.filter((bug) => bug.kind === kind);
    if (those.length === 0) continue;
    terminal.print(paint.title(`${kind}: ${KINDS[kind]}`));
    for (const { name, title } of those)
      terminal.print(...wrap(`${paint.follower(name)}`, '  '), ...wrap(title, '    '));
    terminal.print('');
  }
  if (release !== undefined)
    terminal.print(...wrap(`${found.length} of the ${BUGS.length} bugs of the museum are in ${release}.`));
  terminal.print('zabsim show NAME explains one, zabsim run bugs/NAME shows it.');
  return EXIT.asExpected;
}

function bugsOf(release: string): readonly Bug[] {
  const names = RELEASES.map(({ name }) => name);
  if (!names.includes(release))
    throw new UsageError([
      `there is no release "${release}"${didYouMean(release, names)}`,
      `the releases are ${names.join(', ')}`,
    ]);
  return BUGS.filter(({ releases }) => releases.includes(release));
}

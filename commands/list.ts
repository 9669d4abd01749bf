import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROPERTIES } from '../properties/index.ts';
import { FAULTS } from '../report/faults.ts';
import { FENCING_RULES } from '../report/fencing.ts';
import { wrap } from '../report/text.ts';
import { groupedScenarioNames } from '../scenarios/load.ts';
import { parseScenario } from '../scenarios/parse.ts';
import { didYouMean } from '../scenarios/suggest.ts';
import { RECIPES } from '../sim/clients/recipes/all.ts';
import { RELEASES } from '../sim/zab/behaviour.ts';
import { BUGS } from '../sim/zab/bugs/index.ts';
import { EXIT, type ExitCode, UsageError } from './exit.ts';
import { SCENARIOS } from './paths.ts';
import type { Terminal } from './terminal.ts';

export interface Listed {
  readonly name: string;
  readonly about: string;
}

/** Everything that has a name, by what it is. Read only when asked for. */
const LISTS: Readonly<Record<string, () => readonly Listed[]>> = {
  scenarios: () =>
    groupedScenarioNames(SCENARIOS).map((name) => ({ name, about: titleOf(join(SCENARIOS, `${name}.yaml`)) })),
  bugs: () => BUGS.map(({ name, title }) => ({ name, about: title })),
  properties: () => PROPERTIES.map(({ name, about }) => ({ name, about })),
  releases: () => RELEASES.map(({ name, about }) => ({ name, about })),
  recipes: () => RECIPES.map(({ program: { name, about } }) => ({ name, about })),
  faults: () => FAULTS,
  rules: () => Object.entries(FENCING_RULES).map(([name, { about }]) => ({ name, about })),
};

export const LIST_NAMES: readonly string[] = Object.keys(LISTS);

/** `zabsim list`: the names of one kind of thing, or of all, with one sentence each. */
export function list(kind: string | undefined, options: { readonly json?: true }, terminal: Terminal): ExitCode {
  const asked = kind === undefined ? LIST_NAMES : [kind];
  const found = asked.map((name) => {
    const entries = LISTS[name];
    if (entries === undefined)
      throw new UsageError([
        `there is no list "${name}"${didYouMean(name, LIST_NAMES)}`,
        `the lists are ${LIST_NAMES.join(', ')}`,
      ]);
    return { name, entries: entries() };
  });
  if (options.json === true) {
    terminal.print(JSON.stringify(Object.fromEntries(found.map(({ name, entries }) => [name, entries])), null, 2));
    return EXIT.asExpected;
  }
  const { paint } = terminal;
  found.forEach(({ name, entries }, i) => {
    if (i > 0) terminal.print('');
    if (kind === undefined) terminal.print(paint.title(name));
    for (const entry of entries) terminal.print(...wrap(paint.follower(entry.name)), ...wrap(entry.about, '    '));
  });
  return EXIT.asExpected;
}

/** The title alone, when it stands plainly on its line; a whole reading of the file otherwise. */
export function titleOf(file: string): string {
  const text = readFileSync(file, 'utf8');
  const plain = /^title: *([^\s"'|>&*!#%@`{[][^#\n]*?) *$/m.exec(text);
  if (plain?.[1] !== undefined && !plain[1].includes(': ')) return plain[1];
  const parsed = parseScenario(text, file);
  return 'scenario' in parsed ? parsed.scenario.title : 'cannot be read: zabsim run tells why';
}

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Mistake, type Parsed, parseScenario } from './parse.ts';
import { didYouMean } from './suggest.ts';

/** The names of the scenarios in a folder, in alphabetical order. */
export function scenarioNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => basename(file, '.yaml'))
    .sort((a, b) => (a < b ? -1 : 1));
}

/** Those of its subfolders too, as `folder/name`, behind those of the folder itself. */
export function groupedScenarioNames(folder: string): string[] {
  const groups = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort((a, b) => (a < b ? -1 : 1));
  const inGroups = groups.flatMap((group) => scenarioNames(join(folder, group)).map((name) => `${group}/${name}`));
  return [...scenarioNames(folder), ...inGroups];
}

/** The file that a name or path means: a path if there is such a file, else the scenario of that name in the folder or in
 *  one of its subfolders, with or without the subfolder's name. undefined when there is none. */
export function findScenario(nameOrPath: string, folder: string): string | undefined {
  const isPath = /[/\\]|\.ya?ml$/i.test(nameOrPath);
  if (isPath && existsSync(nameOrPath)) return nameOrPath;
  const named = join(folder, `${nameOrPath}.yaml`);
  if (!isPath && existsSync(named)) return named;
  if (!isPath && existsSync(nameOrPath) && statSync(nameOrPath).isFile()) return nameOrPath;
  const grouped = groupedScenarioNames(folder).find((name) =>
    isPath ? name === nameOrPath : name.endsWith(`/${nameOrPath}`),
  );
  return grouped === undefined ? undefined : join(folder, `${grouped}.yaml`);
}

/** Reads a scenario by name or path. A file that is missing or cannot be read is a mistake like any other. */
export function loadScenario(nameOrPath: string, folder: string): Parsed {
  const file = findScenario(nameOrPath, folder);
  if (file === undefined) {
    const isPath = /[/\\]|\.ya?ml$/i.test(nameOrPath);
    const known = groupedScenarioNames(folder).flatMap((name) => [name, basename(name)]);
    const guess = didYouMean(nameOrPath, known);
    return mistake(nameOrPath, isPath ? `there is no such file${guess}` : `there is no scenario of this name${guess}`);
  }
  try {
    // A device or a pipe could be endless, and a file of gigabytes is no scenario.
    const { size } = statSync(file);
    if (!statSync(file).isFile()) return mistake(file, 'not a file');
    return parseScenario(size > TOO_LARGE ? 'x'.repeat(TOO_LARGE) : readFileSync(file), file);
  } catch (error) {
    return mistake(
      file,
      `cannot be read: ${error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'}`,
    );
  }
}

/** Beyond the limit of the parser, which then says so. */
const TOO_LARGE = 1024 * 1024 + 1;

function mistake(file: string, message: string): { readonly mistakes: readonly Mistake[] } {
  return { mistakes: [{ file, line: 1, column: 1, message }] };
}

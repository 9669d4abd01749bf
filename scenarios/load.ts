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

/** The file that a name or path means: a path if there is such a file, else the scenario of that name in the folder.
 *  undefined when there is neither. */
export function findScenario(nameOrPath: string, folder: string): string | undefined {
  if (/[/\\]|\.ya?ml$/i.test(nameOrPath)) return existsSync(nameOrPath) ? nameOrPath : undefined;
  const named = join(folder, `${nameOrPath}.yaml`);
  if (existsSync(named)) return named;
  return existsSync(nameOrPath) && statSync(nameOrPath).isFile() ? nameOrPath : undefined;
}

/** Reads a scenario by name or path. A file that is missing or cannot be read is a mistake like any other. */
export function loadScenario(nameOrPath: string, folder: string): Parsed {
  const file = findScenario(nameOrPath, folder);
  if (file === undefined) {
    const isPath = /[/\\]|\.ya?ml$/i.test(nameOrPath);
    const known = scenarioNames(folder);
    return mistake(
      nameOrPath,
      isPath ? 'there is no such file' : `there is no scenario of this name${didYouMean(nameOrPath, known)}`,
    );
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

import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { PROPERTIES } from '../properties/index.ts';
import { printable } from '../report/text.ts';
import { TRACE_KINDS } from '../scenarios/names.ts';
import { didYouMean } from '../scenarios/suggest.ts';
import type { Property } from '../sim/property.ts';
import { UsageError } from './exit.ts';
import { guarded } from './guard-property.ts';

const method = z.custom<(...args: never[]) => unknown>((value) => typeof value === 'function', 'a function');

const form = z.looseObject({
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'kebab case, like "reads-are-fresh"'),
  about: z.string().min(1),
  source: z.string().min(1),
  kind: z.enum(['always', 'eventually']),
  observes: z.array(z.enum(TRACE_KINDS)).min(1),
  packets: z.array(z.string()).optional(),
  start: method,
  observe: method,
  finish: method.optional(),
  settled: method.optional(),
});

/** The properties that modules export, each guarded: what it throws names it. Throws a `UsageError` for a file that cannot be
 *  read or run, that exports none, or whose properties lack something. */
export async function loadProperties(paths: readonly string[]): Promise<Property[]> {
  const found: Property[] = [];
  for (const path of paths) {
    for (const property of propertiesIn(await load(path), path)) {
      if ([...PROPERTIES, ...found].some(({ name }) => name === property.name))
        throw complaint(path, `there is a property "${property.name}" already: give it another name`);
      found.push(guarded(property, path));
    }
  }
  return found;
}

function complaint(path: string, ...lines: readonly [string, ...string[]]): UsageError {
  const [first, ...rest] = lines;
  return new UsageError([`--property ${path}: ${first}`, ...rest]);
}

async function load(path: string): Promise<object> {
  if (!existsSync(path)) throw complaint(path, 'there is no such file');
  if (!statSync(path).isFile()) throw complaint(path, 'not a file');
  const file = resolve(path);
  const isTypeScript = /\.[cm]?ts$/.test(file);
  const strips = 'typescript' in process.features && process.features.typescript !== false;
  try {
    return isTypeScript && !strips ? await importCompiled(path, file) : await importModule(file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw complaint(path, `cannot be loaded: ${printable(what, 400)}`);
  }
}

async function importModule(file: string): Promise<object> {
  const module: unknown = await import(pathToFileURL(file).href);
  return typeof module === 'object' && module !== null ? module : {};
}

// ── TypeScript, where Node does not strip types

/** Compiled by the esbuild of whoever wrote the file: most projects have one. It lies beside its source for a moment, so that
 *  what it imports is found. */
async function importCompiled(path: string, file: string): Promise<object> {
  const compile = await compilerFor(file);
  if (compile === undefined)
    throw complaint(
      path,
      `Node ${process.versions.node} does not run TypeScript`,
      'use Node 22.18 or newer, or npm install esbuild beside it, or hand in a .js file',
    );
  const compiled = join(dirname(file), `.zabsim-${process.pid}-${basename(file)}.mjs`);
  try {
    writeFileSync(compiled, await compile(file));
    return await importModule(compiled);
  } finally {
    rmSync(compiled, { force: true });
  }
}

const outputForm = z.object({ outputFiles: z.array(z.object({ text: z.string() })).min(1) });

/** `esbuild` in the first node_modules above the file, or above where we stand. */
async function compilerFor(file: string): Promise<((file: string) => Promise<string>) | undefined> {
  const main = [dirname(file), process.cwd()].flatMap(above).find((candidate) => existsSync(candidate));
  if (main === undefined) return undefined;
  const module: object = await importModule(main);
  const build: unknown = 'build' in module ? module.build : undefined;
  if (typeof build !== 'function') return undefined;
  return async (entry) => {
    const options = { bundle: true, packages: 'external', platform: 'node', format: 'esm', sourcemap: 'inline' };
    const output: unknown = await build({ ...options, entryPoints: [entry], write: false, logLevel: 'silent' });
    return outputForm.parse(output).outputFiles[0]?.text ?? '';
  };
}

function above(folder: string): string[] {
  const here = join(folder, 'node_modules', 'esbuild', 'lib', 'main.js');
  const parent = dirname(folder);
  return parent === folder ? [here] : [here, ...above(parent)];
}

// ── what a module exports

/** Every export that looks like a property, the default one too, in the order of their names. */
function propertiesIn(module: object, path: string): Property[] {
  const candidates = Object.entries(module)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .flatMap(([, value]): unknown[] => (Array.isArray(value) ? value : [value]))
    .filter((value) => typeof value === 'object' && value !== null && 'observe' in value && 'name' in value);
  const unique = [...new Set(candidates)];
  if (unique.length === 0)
    throw complaint(
      path,
      'exports no property',
      'export const mine = { name, about, source, kind, observes, start, observe }',
    );
  return unique.map((value) => checked(value, path));
}

function checked(value: unknown, path: string): Property {
  const result = form.safeParse(value);
  if (result.success) return value as Property;
  const name = typeof value === 'object' && value !== null && 'name' in value ? String(value.name) : '?';
  const lines = result.error.issues.map((issue) => {
    const at = issue.path.join('.');
    const given: unknown = issue.path.reduce<unknown>(
      (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
      value,
    );
    const meant = issue.path[0] === 'observes' && typeof given === 'string' ? didYouMean(given, TRACE_KINDS) : '';
    const wanted =
      issue.path[0] === 'observes' && typeof given === 'string'
        ? `there is no trace event "${printable(given, 40)}"${meant}`
        : issue.message;
    return `${at}: ${printable(wanted, 300)}`;
  });
  throw complaint(path, `"${printable(name, 60)}" is no property:`, ...lines);
}

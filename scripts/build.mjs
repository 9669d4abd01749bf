import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { NODE_BUNDLE } from './bundle.mjs';
import { buildViewer } from './bundle-viewer.mjs';

/** Builds what the package ships: dist/cli.js, dist/index.js, the worker threads of `fuzz`, and dist/types. Says nothing when
 *  all is well. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');

// Chunks lie beside the entries, so that "../scenarios" means the same from each of them.
const { metafile } = await build({
  ...NODE_BUNDLE,
  entryPoints: {
    cli: join(root, 'cli.ts'),
    index: join(root, 'index.ts'),
    'fuzz-worker': join(root, 'fuzz', 'worker.ts'),
    // The pool starts its threads from a file that it looks for in entry/, beside itself.
    'entry/worker': join(root, 'node_modules', 'tinypool', 'dist', 'entry', 'worker.js'),
  },
  outdir: dist,
  splitting: true,
  minify: true,
  metafile: true,
});
// Chunks of an earlier build go once the new ones are there: a program under way misses no file that it is about to load.
const written = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const file of readdirSync(dist)) if (file.endsWith('.js') && !written.has(file)) rmSync(join(dist, file));
chmodSync(join(dist, 'cli.js'), 0o755);
const page = await buildViewer(join(dist, 'viewer'));
writeFileSync(join(dist, 'THIRD-PARTY.txt'), notices([...Object.keys(metafile.inputs), ...page]));
linkCommand();
if (!process.argv.includes('--no-types')) await import('./build-types.mjs');

/** `npx zabsim` in the clone finds the command at once, instead of installing the clone elsewhere first. */
function linkCommand() {
  const link = join(root, 'node_modules', '.bin', 'zabsim');
  if (process.platform === 'win32' || lstatSync(link, { throwIfNoEntry: false }) !== undefined) return;
  symlinkSync(join('..', '..', 'dist', 'cli.js'), link);
}

/** The licences of the packages that went into the bundle. */
function notices(inputs) {
  const packages = new Set();
  for (const input of inputs) {
    const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found !== null) packages.add(found[1]);
  }
  return [...packages].sort().map(notice).join('\n\n');
}

function notice(name) {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  const path = file === undefined ? join(folder, 'README.md') : join(folder, file);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const licence =
    file === undefined ? text.slice(Math.max(0, text.search(/^#*\s*licen[cs]e|The MIT License/im))) : text;
  return `${name} ${version} (${license})\n\n${licence.trim()}\n`;
}

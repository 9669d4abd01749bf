import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { NODE_BUNDLE } from './bundle.mjs';

/** Runs a program of the repository that is not shipped: `node scripts/run.mjs bench/main.ts [arguments]`.
 *  It is bundled into build/ first, because a bundle runs as fast as what is shipped. */
const [entry, ...rest] = process.argv.slice(2);
if (entry === undefined) throw new Error('which program? node scripts/run.mjs FILE.ts [arguments]');
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const name = `${basename(dirname(join(root, entry)))}-${basename(entry, '.ts')}`;
const outfile = join(root, 'build', `${name}.js`);
await build({
  ...NODE_BUNDLE,
  entryPoints: [join(root, entry)],
  outfile,
  sourcemap: 'inline',
  external: ['esbuild', 'playwright-core', '@sparticuz/chromium'],
});
process.argv.splice(1, process.argv.length - 1, outfile, ...rest);
await import(pathToFileURL(outfile).href);

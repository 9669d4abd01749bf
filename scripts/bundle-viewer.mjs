import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The page as files: index.html, main.js, main.css, worker.js, library.json, lessons.json. Returns what esbuild read. */
export async function buildViewer(outdir) {
  mkdirSync(outdir, { recursive: true });
  const { metafile } = await build({
    bundle: true,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    logLevel: 'warning',
    minify: true,
    metafile: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // Every letter of the other languages as it is: the files are UTF-8.
    charset: 'utf8',
    loader: { '.woff2': 'dataurl' },
    entryPoints: Object.fromEntries(
      ['main', 'worker', 'one-file'].map((name) => [name, join(root, 'viewer', `${name}.ts`)]),
    ),
    outdir,
  });
  writeFileSync(join(outdir, 'index.html'), readFileSync(join(root, 'viewer', 'index.html')));
  writeFileSync(join(outdir, 'library.json'), JSON.stringify(library()));
  writeFileSync(join(outdir, 'lessons.json'), JSON.stringify(lessons()));
  // Both pages look alike.
  rmSync(join(outdir, 'one-file.css'), { force: true });
  return Object.keys(metafile.inputs);
}

/** The scenarios that are built in, those of the subfolders by `folder/name`. */
function library() {
  const folder = join(root, 'scenarios');
  const inFolder = (sub) =>
    readdirSync(join(folder, sub))
      .filter((file) => file.endsWith('.yaml'))
      .sort()
      .map((file) => ({
        name: join(sub, basename(file, '.yaml')).replaceAll('\\', '/'),
        yaml: readFileSync(join(folder, sub, file), 'utf8'),
      }));
  return ['', 'bugs', 'regressions'].filter((sub) => existsSync(join(folder, sub))).flatMap(inFolder);
}

/** The lessons, each with the texts of its files. */
function lessons() {
  const folder = join(root, 'lessons');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'lesson.yaml')))
    .map(({ name }) => name)
    .sort()
    .map((name) => ({
      name,
      files: Object.fromEntries(
        readdirSync(join(folder, name))
          .filter((file) => /\.(md|ya?ml)$/.test(file) && file !== 'solution.yaml')
          .sort()
          .map((file) => [file, readFileSync(join(folder, name, file), 'utf8')]),
      ),
    }));
}

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildViewer } from './bundle-viewer.mjs';

/** Builds the page into dist/viewer, or the folder that is named. Says nothing when all is well. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
await buildViewer(process.argv[2] ?? join(root, 'dist', 'viewer'));

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the package keeps its scenarios: beside dist/ when bundled, beside commands/ in the sources. */
export const SCENARIOS = join(dirname(dirname(fileURLToPath(import.meta.url))), 'scenarios');

/** The course. */
export const LESSONS = join(dirname(SCENARIOS), 'lessons');

/** Where the page is, once it is built. */
export const VIEWER = join(dirname(SCENARIOS), 'dist', 'viewer');

/** Where a property is written down, for people who have the sources. */
export function propertySource(name: string): string {
  const path = join(dirname(SCENARIOS), 'properties', `${name}.ts`);
  return existsSync(path) ? path : `properties/${name}.ts`;
}

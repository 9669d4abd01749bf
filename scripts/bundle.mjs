/** How sources become programs for Node. The packages that are not ES modules ask for `require`. */
export const NODE_BUNDLE = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'warning',
  banner: {
    js: "import { createRequire as zabsimRequire } from 'node:module'; const require = zabsimRequire(import.meta.url);",
  },
};

/** How the engine becomes a script for a page. */
export const BROWSER_BUNDLE = {
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  logLevel: 'warning',
  write: false,
};

import type { BuildOptions } from 'esbuild';

export const NODE_BUNDLE: BuildOptions;
export const BROWSER_BUNDLE: BuildOptions;

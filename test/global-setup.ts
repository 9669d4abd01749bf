import { execFileSync } from 'node:child_process';

/** Tests of the command line run what is shipped. Types are checked by `npm run check`, not here. */
export function setup(): void {
  execFileSync(process.execPath, ['scripts/build.mjs', '--no-types'], { stdio: 'inherit' });
}

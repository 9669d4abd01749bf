import { mkdirSync, mkdtempSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium as driver, type Browser } from 'playwright-core';

/** Starts headless Chromium from the npm package that carries it, with the system libraries that it carries too, so that
 *  a bare Debian needs nothing installed. */
export async function launchChromium(): Promise<Browser> {
  const folder = await unpack();
  return driver.launch({
    executablePath: join(folder, 'chromium'),
    args: ['--headless=shell', '--no-sandbox', '--no-zygote', '--disable-gpu'],
    env: { ...process.env, LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') },
  });
}

/** Unpacks the browser once per version, into build/. The package unpacks to the temporary directory, and takes half a
 *  file for a whole one if it is interrupted; so it is sent to a directory of its own, which is then renamed. */
async function unpack(): Promise<string> {
  const { version } = JSON.parse(readFileSync('node_modules/@sparticuz/chromium/package.json', 'utf8')) as {
    version: string;
  };
  const folder = join('build', `chromium-${version}`);
  if (existsSync(folder)) return join(process.cwd(), folder);
  mkdirSync('build', { recursive: true });
  const fresh = join(process.cwd(), mkdtempSync(join('build', 'chromium-')));
  const before = { ...process.env };
  try {
    process.env['TMPDIR'] = fresh;
    // What the package takes as the sign that it must bring its libraries along.
    process.env['AWS_EXECUTION_ENV'] = 'AWS_Lambda_nodejs20.x';
    const { default: chromium } = await import('@sparticuz/chromium');
    await chromium.executablePath();
  } finally {
    for (const name of ['TMPDIR', 'AWS_EXECUTION_ENV', 'LD_LIBRARY_PATH', 'FONTCONFIG_PATH', 'HOME']) {
      const value = before[name];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
  if (existsSync(folder)) rmSync(fresh, { recursive: true });
  else renameSync(fresh, folder);
  return join(process.cwd(), folder);
}

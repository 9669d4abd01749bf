import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { Site } from '../test/viewer/site.ts';
import { smallPng } from './small-png.ts';

/** Takes the pictures of the README: the lesson of the old leader at each of its moments, in headless Chromium. Started at the
 *  root: `npm run pictures`. */

const LESSON = '07-how-epochs-fence-an-old-leader';
/** Bytes that a picture may have. */
const MOST = 200_000;

async function takePictures(page: Page): Promise<void> {
  await page.locator('[data-test="command.lessons"]').click();
  await page.locator(`[data-lesson="${LESSON}"]`).click();
  await page.locator('[data-test=lesson-open]').click();
  for (let stop = 0; (await page.locator('[data-test=lesson-jump]').count()) > 0; stop++) {
    await page.locator('[data-test=lesson-jump]').click();
    await page.waitForSelector(`[data-stop="${stop}"]`);
    const picture = smallPng(await pictureAtRest(page));
    const path = join('docs', `lesson-7-${stop + 1}.png`);
    if (picture.length > MOST) throw new Error(`${path} has ${picture.length} bytes, more than ${MOST}`);
    writeFileSync(path, picture);
    process.stdout.write(`${path}: ${picture.length} bytes\n`);
  }
}

/** The page when nothing in it changes any more: the engine plays ahead of what is shown, and the bar of time tells how far. */
async function pictureAtRest(page: Page): Promise<Buffer> {
  await page.mouse.move(0, 0);
  let last: Buffer = Buffer.alloc(0);
  for (let i = 0; i < 60; i++) {
    await page.waitForTimeout(250);
    const now = await page.screenshot({ animations: 'disabled' });
    if (now.equals(last)) return now;
    last = now;
  }
  throw new Error('the page does not come to rest');
}

const site = await Site.start('pictures');
try {
  await takePictures(await site.open('', { viewport: { width: 1280, height: 800 }, colorScheme: 'light' }));
  if (site.complaints.length > 0) throw new Error(site.complaints.join('\n'));
} finally {
  await site.stop();
}

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import type { CDPSession, Page } from 'playwright-core';
import { createPageServer } from '../commands/page-server.ts';
import { launchChromium } from '../test/chromium.ts';

/** How the page bears a trace of more than 100,000 events: `node scripts/run.mjs bench/viewer.ts [SCENARIO]`, in headless
 *  Chromium, which draws without a graphics card. For reading, never for a test. */
const SCENARIO = argv[2] ?? 'chaos-of-five';
const TRACE = join('build', 'bench-viewer.ndjson');
const SITE = join('build', 'bench-viewer');
const SCROLLED_FRAMES = 180;
const CANVAS = `document.querySelector('[data-test=diagram-main] canvas')`;

const fit = (page: Page): Promise<void> => page.locator('[data-test=diagram-fit]').click();
const zoomIn = async (page: Page, times: number): Promise<void> => {
  await page.locator('[data-test=diagram-main]').focus();
  for (let i = 0; i < times; i++) await page.keyboard.press('+');
};

const ZOOMS: readonly (readonly [string, (page: Page) => Promise<void>])[] = [
  ['all of it', fit],
  ['some 8,000 events in view', (page) => zoomIn(page, 8)],
  ['some 600 events in view', (page) => zoomIn(page, 8)],
  ['some 80 events in view', (page) => zoomIn(page, 6)],
];

/** In the page: wheels through the picture, a turn a frame; gives the times between frames, in ms. */
const SCROLL = `(async () => {
  const canvas = ${CANVAS};
  const { left, top } = canvas.getBoundingClientRect();
  const gaps = [];
  let last = await new Promise(requestAnimationFrame);
  for (let i = 0; i < ${SCROLLED_FRAMES}; i++) {
    const deltaX = i < ${SCROLLED_FRAMES / 2} ? -24 : 24;
    const place = { clientX: left + 300, clientY: top + 100 };
    canvas.dispatchEvent(new WheelEvent('wheel', { deltaX, ...place, bubbles: true, cancelable: true }));
    const now = await new Promise(requestAnimationFrame);
    gaps.push(now - last);
    last = now;
  }
  return gaps;
})()`;

/** In the page: from a key to the picture that shows it, in ms. */
const SELECT = `(async () => {
  const begun = performance.now();
  const key = new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true, cancelable: true });
  ${CANVAS}.parentElement.dispatchEvent(key);
  await new Promise((next) => requestAnimationFrame(() => setTimeout(next, 0)));
  return performance.now() - begun;
})()`;

execFileSync('node', ['scripts/build-viewer.mjs', SITE], { stdio: 'inherit' });
execFileSync('node', ['scripts/run.mjs', 'cli.ts', 'run', SCENARIO, '--seed', '1', '--trace', TRACE, '--quiet']);
const text = readFileSync(TRACE, 'utf8');
const events = text.trimEnd().split('\n').length - 2;
console.log(`${SCENARIO}, seed 1: ${events} events, ${(text.length / 2 ** 20).toFixed(1)} MiB as NDJSON`);

const server = createPageServer({ folder: SITE, trace: TRACE });
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('no port');
const browser = await launchChromium();
try {
  const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
  page.on('pageerror', (error) => console.log(`page: ${error.message}`));
  await opening(page, `http://127.0.0.1:${address.port}/#trace=opened`);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  for (const [what, prepare] of ZOOMS) {
    await prepare(page);
    await page.waitForTimeout(300);
    console.log(await scrolling(page, session, what));
  }
  await selecting(page);
} finally {
  await browser.close();
  server.close();
}

/** From the address to a picture that answers: the first frame, the whole trace in the diagram, a key that selects. */
async function opening(page: Page, url: string): Promise<void> {
  const begun = performance.now();
  const since = (): string => `${Math.round(performance.now() - begun)} ms`;
  await page.goto(url);
  await page.waitForSelector('[data-test=diagram-main] canvas[data-events]:not([data-events="0"])');
  console.log(`first picture after ${since()}`);
  await page.locator('[data-test=diagram-main]').focus();
  await page.keyboard.press('ArrowRight');
  await page.waitForSelector('[data-test=diagram-details]');
  console.log(`interactive (a key has selected an event) after ${since()}`);
  while (Number(await page.evaluate(`${CANVAS}.dataset.events`)) < events) await page.waitForTimeout(20);
  console.log(`all ${events} events in the diagram after ${since()}`);
}

/** Scrolls, and counts what the screen got to see. */
async function scrolling(page: Page, session: CDPSession, what: string): Promise<string> {
  const before = await busy(session);
  const gaps = ((await page.evaluate(SCROLL)) as number[]).sort((a, b) => a - b);
  const after = await busy(session);
  const sum = gaps.reduce((total, gap) => total + gap, 0);
  const late = gaps.filter((gap) => gap > 25).length;
  return [
    `scrolling, ${what}: ${((gaps.length * 1000) / sum).toFixed(1)} frames/s`,
    `middle ${middle(gaps).toFixed(1)} ms, longest ${(gaps.at(-1) ?? 0).toFixed(1)} ms, ${late} of ${gaps.length} late`,
    `${(((after - before) * 1000) / gaps.length).toFixed(1)} ms of work a frame`,
  ].join('; ');
}

/** Seconds for which the page's thread has been busy. */
async function busy(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
}

/** From a key to the causal cone of an event. */
async function selecting(page: Page): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < 20; i++) times.push((await page.evaluate(SELECT)) as number);
  times.sort((a, b) => a - b);
  console.log(`from a key to the cone of past and future on the screen: ${middle(times).toFixed(1)} ms`);
}

function middle(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

// What the diagram and the panels beside it show, in a real browser: what the model says, and every control of theirs.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { follow, Site, until } from './site.ts';

let site: Site;
let page: Page;

const CANVAS = '[data-test=diagram-main] canvas';
const FENCED = '#v=1&scenario=old-leader-pauses-and-is-fenced&seed=1&at=26100000';

beforeAll(async () => {
  site = await Site.start('diagram-page-test');
  page = await site.open(FENCED);
});

afterAll(async () => {
  await site?.stop();
});

beforeEach(async () => {
  await follow(page, FENCED);
  await tab('diagram');
  await until(page, `Number(document.querySelector('${CANVAS}').dataset.events) > 1000`);
});

interface Shown {
  readonly events: number;
  readonly left: number;
  readonly scale: number;
}

async function shown(): Promise<Shown> {
  // Two frames: one in which the change is noticed, one in which it is drawn.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))');
  return (await page.evaluate(
    `(({ events, left, scale }) => ({ events: +events, left: +left, scale: +scale }))(document.querySelector('${CANVAS}').dataset)`,
  )) as Shown;
}

/** A digest of what is drawn. */
const PICTURE = `[...document.querySelector('${CANVAS}').toDataURL()].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) >>> 0, 7)`;
const picture = (): Promise<unknown> => page.evaluate(PICTURE);
const clock = async (): Promise<number> => Number(await page.locator('[data-test=clock]').getAttribute('data-traced'));
const details = (): Promise<string> => page.locator('[data-test=diagram-details] p').innerText();
const tab = (name: string): Promise<void> => page.locator(`#tab-${name}`).click();

async function keys(...pressed: readonly string[]): Promise<void> {
  await page.locator('[data-test=diagram-main]').focus();
  for (const key of pressed) await page.keyboard.press(key);
}

describe('the space-time diagram', () => {
  test('holds the whole trace, and the wheel, a drag and the strip below move through it', async () => {
    await until(page, `Number(document.querySelector('${CANVAS}').dataset.events) > 1000`);
    const start = await shown();
    expect(start.events).toBe(await clock());
    const box = (await page.locator(CANVAS).boundingBox())!;
    await page.mouse.move(box.x + 200, box.y + 100);
    await page.mouse.wheel(-300, 0);
    const wheeled = await shown();
    expect(wheeled.left).toBeCloseTo(start.left - 300 / start.scale, 0);
    await page.mouse.down();
    await page.mouse.move(box.x + 320, box.y + 104, { steps: 4 });
    await page.mouse.up();
    const dragged = await shown();
    expect(dragged.left).toBeCloseTo(wheeled.left - 120 / start.scale, 0);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, 300);
    await page.keyboard.up('Control');
    expect((await shown()).scale).toBeLessThan(dragged.scale * 0.5);
    const strip = (await page.locator('.diagram-overview').first().boundingBox())!;
    await page.mouse.click(strip.x + 70, strip.y + 10);
    expect((await shown()).left).toBeLessThan(60);
  });

  test('is worked by keys: along a line, to other lines, to the other end of a message, and there', async () => {
    await keys('0');
    const whole = await shown();
    await keys('+', '+', '+');
    expect((await shown()).scale).toBeGreaterThan(whole.scale * 2);
    await keys('-');
    await keys('Home');
    expect((await shown()).left).toBeLessThan(0);
    await keys('End', 'PageUp', 'Shift+ArrowRight', 'ArrowRight');
    const first = await details();
    await keys('ArrowRight');
    expect(await details()).not.toBe(first);
    await keys('ArrowDown');
    expect(await details()).toMatch(/ S\d|client/);
    // On to a packet; its two ends name one another.
    for (let i = 0; i < 40 && !/sends|receives/.test(await details()); i++) await keys('ArrowLeft');
    const one = await details();
    await keys('o');
    const other = await details();
    expect([one, other].map((text) => /sends|receives/.exec(text)?.[0]).sort()).toEqual(['receives', 'sends']);
    const event = Number(/event ([\d,]+)/.exec(other)?.[1]?.replaceAll(',', ''));
    await keys('Enter');
    await until(page, `Number(document.querySelector('[data-test=clock]').dataset.traced) <= ${event + 20}`);
    expect(await clock()).toBeGreaterThan(event);
    await keys('Escape');
    expect(await page.locator('[data-test=diagram-details]').count()).toBe(0);
  });

  test('a click selects what is there, its buttons lead on, and a selection changes the picture', async () => {
    await page.locator('[data-test=diagram-fit]').click();
    await shown();
    const before = await picture();
    const box = (await page.locator(CANVAS).boundingBox())!;
    for (let x = 70; x < box.width && (await page.locator('[data-test=diagram-details]').count()) === 0; x += 9)
      await page.mouse.click(box.x + x, box.y + 48);
    expect(await details()).toMatch(/S1/);
    await shown();
    const selected = await picture();
    expect(selected).not.toBe(before);
    await page.locator('[data-test=diagram-deselect]').click();
    await page.mouse.move(5, 5);
    await shown();
    expect(await picture()).not.toBe(selected);
  });

  test('axis and filters do what they say', async () => {
    await page.locator('[data-test=diagram-fit]').click();
    const byEvent = await shown();
    await page.locator('[data-test=axis-time]').click();
    expect((await shown()).scale).toBeLessThan(byEvent.scale / 100);
    await page.locator('[data-test=axis-order]').click();
    for (const name of ['election', 'quorum', 'client', 'pings']) {
      await page.locator('[data-test=diagram-fit]').click();
      await shown();
      const before = await picture();
      const button = page.locator('.diagram-tools').getByRole('button', { name, exact: true });
      const pressed = await button.getAttribute('aria-pressed');
      await button.click();
      await page.locator('[data-test=diagram-fit]').click();
      await shown();
      expect(await button.getAttribute('aria-pressed'), name).not.toBe(pressed);
      expect(await picture(), name).not.toBe(before);
      await button.click();
    }
  });

  test('says the same as a list', async () => {
    await page.locator('.diagram-list summary').click();
    await page.waitForSelector('.diagram-list .list-line');
    const lines = page.locator('.diagram-list .list-line');
    expect(await lines.count()).toBe(200);
    const text = await lines.nth(3).innerText();
    await lines.nth(3).click();
    expect((await details()).split(/ S\d /)[1]).toBe(text.split(/ S\d /)[1]);
    await page.locator('.diagram-list summary').click();
    await page.locator('.diagram-legend summary').click();
    expect(await page.locator('.diagram-legend li').count()).toBeGreaterThan(20);
    await page.locator('.diagram-legend summary').click();
  });
});

describe('the panels', () => {
  test('the ledger gives both numbers, and a click leads to the promise', async () => {
    await tab('ledger');
    expect(await page.locator('[data-rule]').count()).toBe(6);
    const entry = page.locator('[data-rule=connection-left-for-newer-epoch]').first();
    expect(await entry.locator('b').allInnerTexts()).toEqual(['1', '2']);
    const promise = Number(/\(event (\d+)\)/.exec(await entry.innerText())?.[1]);
    await entry.locator('[data-test=refusal]').click();
    await until(page, `Number(document.querySelector('[data-test=clock]').dataset.traced) <= ${promise + 20}`);
    expect(await clock()).toBeGreaterThan(promise);
    await tab('diagram');
    expect(await details()).toContain('promises epoch 2');
  });

  test('the ladder tells promises and what came of them', async () => {
    await tab('ladder');
    await page.waitForSelector('[aria-label="Epochs of S1: acceptedEpoch 2, currentEpoch 2, last zxid 0x200000002"]');
    await page.locator('[data-test=ladder] summary').click();
    const rows = page.locator('[data-test=ladder] details tbody tr');
    expect(await rows.count()).toBeGreaterThan(20);
    await rows.first().locator('button').click();
    await until(page, "Number(document.querySelector('[data-test=clock]').dataset.at) < 1000000");
  });

  test('logs show what is committed, what a snapshot covers, and what a TRUNC removes', async () => {
    await tab('logs');
    const states = (server: number): Promise<(string | null)[]> =>
      page
        .locator(`[data-test=logs] tr[data-server="${server}"] [data-state]`)
        .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-state')));
    expect(await states(1)).toEqual(['committed', 'committed', 'committed', 'committed']);
    expect(await states(5)).toEqual(['snapshot', 'snapshot', 'snapshot', 'snapshot']);
    await follow(page, '#v=1&scenario=sync-trunc&seed=1&at=0');
    for (let i = 0; i < 400 && (await page.locator('[data-state=gone]').count()) === 0; i += 20)
      await follow(page, `#v=1&scenario=sync-trunc&seed=1&at=${i * 250_000}`);
    expect(await page.locator('[data-state=gone]').first().innerText()).toMatch(/^\d+:\d+/);
    expect(await page.locator('.log-change-TRUNC').first().innerText()).toMatch(/TRUNC to 0x/);
  });

  test('the tree is that of the server that is asked, at the moment that is shown', async () => {
    await follow(page, '#v=1&scenario=tree-under-chaos&seed=1&at=9000000');
    await tab('tree');
    await page.waitForSelector('[data-test=tree] tr[data-path="/k0"]');
    const before = await page.locator('[data-test=tree] tr[data-path]').count();
    expect(await page.locator('[data-test=tree] tr[data-path]').first().getAttribute('data-path')).toBe('/');
    await follow(page, '#v=1&scenario=tree-under-chaos&seed=1&at=0');
    await until(page, 'document.querySelectorAll("[data-test=tree] tr[data-path]").length === 0');
    expect(before).toBeGreaterThan(10);
  });

  test('two futures part where one was changed, and it is marked', async () => {
    await follow(page, '#v=1&scenario=old-leader-pauses-and-is-fenced&seed=1&at=4500000');
    await page.locator('[data-test="command.fork"]').click();
    await page.waitForSelector('[data-test=compare]');
    expect(await page.locator('[data-test=compare] [role=status]').innerText()).toMatch(/the same/);
    await page.keyboard.press('k');
    await page.waitForSelector('[data-test=by-hand]');
    // One is the beginning of the other until time goes on.
    await page.locator('[data-test=scrub]').evaluate((element) => {
      Object.assign(element, { value: 5_000_000 });
      element.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await until(
      page,
      "/part at 4\\.500 s/.test(document.querySelector('[data-test=compare] [role=status]').textContent)",
    );
    expect(await page.locator('[data-test=compare] canvas').count()).toBe(4);
    expect(await page.locator('.first-difference').innerText()).toMatch(/kill S5/);
    await page.locator('.compare-head .button').last().click();
    await until(page, "document.querySelector('[data-test=compare]') === null");
  });
});

test('the browser never complained', () => {
  expect(site.complaints).toEqual([]);
});

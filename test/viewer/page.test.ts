// Whoever uses the page, with the mouse or with the keyboard alone, can do everything, and what they did is exactly repeatable.
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROPERTIES } from '../../properties/index.ts';
import { parseScenario } from '../../scenarios/parse.ts';
import { run } from '../../sim/run.ts';
import { follow, settledOf, Site, stateOf, until, type State } from './site.ts';

let site: Site;
let page: Page;

beforeAll(async () => {
  site = await Site.start('page-test');
  page = await site.open(LINK);
});

afterAll(async () => {
  await site?.stop();
});

/** In the middle of the flagship: leader 5 of epoch 1 has committed two writes and is about to be paused. */
const LINK = '#v=1&scenario=old-leader-pauses-and-is-fenced&seed=1&at=4500000';
/** In the middle of an election: votes are under way. */
const VOTES = '#v=1&scenario=old-leader-pauses-and-is-fenced&seed=1&at=160000';

const state = (): Promise<State> => stateOf(page);
const settled = (wanted: (state: State) => boolean): Promise<State> => settledOf(page, wanted);

async function click(name: string): Promise<void> {
  await page.locator(`[data-test="${name}"]`).first().click();
}

describe('every control works by mouse and by keyboard, alike', () => {
  interface Control {
    readonly name: string;
    readonly mouse?: () => Promise<unknown>;
    readonly key: string;
    readonly then: (now: State) => boolean;
    readonly from?: string;
  }
  const by =
    (name: string): (() => Promise<unknown>) =>
    () =>
      click(name);
  const nth =
    (name: string, i: number): (() => Promise<unknown>) =>
    () =>
      page.locator(`[data-test="${name}"]`).nth(i).click();
  const controls: readonly Control[] = [
    { name: 'play', mouse: by('command.play'), key: 'Space', then: (now) => now.at > 4_500_000 },
    { name: 'step', mouse: by('command.step'), key: 'ArrowRight', then: (now) => now.at > 4_500_000 },
    { name: 'step back', mouse: by('command.back'), key: 'ArrowLeft', then: (now) => now.at < 4_500_000 },
    { name: 'start', mouse: by('command.start'), key: 'Home', then: (now) => now.at === 0 && now.traced === 0 },
    { name: 'end', mouse: by('command.end'), key: 'End', then: (now) => now.at === 40_000_000 },
    { name: 'next election', mouse: by('command.nextElection'), key: 'e', then: (now) => now.at > 10_000_000 },
    { name: 'last election', mouse: by('command.previousElection'), key: 'Shift+E', then: (now) => now.at < 1_000_000 },
    { name: 'next commit', mouse: by('command.nextCommit'), key: 'm', then: (now) => now.at > 15_000_000 },
    {
      name: 'last commit',
      mouse: by('command.previousCommit'),
      key: 'Shift+M',
      then: (now) => now.at > 4_000_000 && now.at < 4_500_000,
    },
    { name: 'next fault', mouse: by('command.nextFault'), key: 'x', then: (now) => now.at === 5_000_000 },
    {
      name: 'last fault',
      mouse: by('command.previousFault'),
      key: 'Shift+X',
      then: (now) => now.at === 5_000_000,
      from: LINK.replace('4500000', '24000000'),
    },
    { name: 'the turn before', key: 'Shift+ArrowLeft', then: (now) => now.at > 4_000_000 && now.at < 4_500_000 },
    { name: 'faster', key: '+', then: (now) => now.speed === '200000' },
    { name: 'slower', key: '-', then: (now) => now.speed === '10000' || now.speed === '100000' },
    { name: 'write', mouse: by('command.write'), key: 'c', then: (now) => now.hands !== '' },
    { name: 'partition', mouse: by('command.partition'), key: 't', then: (now) => /Partition/.test(now.dialog) },
    { name: 'a request', key: 'Shift+C', then: (now) => /request/.test(now.dialog) },
    { name: 'kill the leader', key: 'k', then: (now) => now.hands !== '' },
    { name: 'restart the leader', key: 'r', then: (now) => /2/.test(now.hands) },
    { name: 'pause the leader', key: 'p', then: (now) => now.hands !== '' },
    { name: 'everything back', key: 'b', then: (now) => now.hands !== '' },
    { name: 'scenario', mouse: by('command.open'), key: 'o', then: (now) => /What to run/.test(now.dialog) },
    { name: 'save', mouse: by('command.save'), key: 's', then: (now) => /Save/.test(now.dialog) },
    { name: 'share', mouse: by('command.share'), key: 'h', then: (now) => /Share/.test(now.dialog) },
    { name: 'help', mouse: by('command.help'), key: '?', then: (now) => /Keys/.test(now.dialog) },
    { name: 'next view', mouse: nth('tab-logs', 0), key: 'n', then: (now) => now.tab === 'tab-logs' },
  ];
  test.each(controls)('$name', async ({ mouse, key, then, from = LINK }) => {
    const hashes: string[] = [];
    for (const act of [...(mouse === undefined ? [] : [mouse]), () => page.keyboard.press(key)]) {
      await follow(page, from);
      await click('tab-diagram');
      await page.selectOption('[data-test=speed]', 'follow');
      await page.evaluate('document.activeElement.blur()');
      expect(then(await state()), 'nothing has happened yet').toBe(false);
      await act();
      const now = await settled(then);
      expect(then(now), JSON.stringify(now)).toBe(true);
      hashes.push(now.playing ? '' : now.hash);
    }
    // The same thing was done, whichever way.
    if (!key.includes('Space') && key !== 'c') expect(new Set(hashes).size).toBe(1);
  });

  test.each([
    { name: 'light and dark', control: 'command.theme', key: 'd', read: (now: State) => now.theme },
    { name: 'language', control: 'command.language', key: 'g', read: (now: State) => now.language },
    { name: 'lessons', control: 'command.lessons', key: 'l', read: (now: State) => String(now.lesson) },
  ])('$name, there and back', async ({ control, key, read }) => {
    await follow(page, LINK);
    const before = read(await state());
    await click(control);
    expect(read(await settled((now) => read(now) !== before))).not.toBe(before);
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press(key);
    expect(read(await settled((now) => read(now) === before))).toBe(before);
  });

  test('the bar of time and its speed', async () => {
    await follow(page, LINK);
    await page.locator('[data-test=scrub]').focus();
    await page.keyboard.press('ArrowRight');
    expect((await settled((now) => now.at > 4_500_000)).at).toBeLessThan(5_000_000);
    const box = await page.locator('[data-test=scrub]').boundingBox();
    await page.mouse.click(box!.x + box!.width * 0.9, box!.y + box!.height / 2);
    const { at } = await settled((now) => now.at > 10_000_000);
    expect(Math.abs(at - 36_000_000)).toBeLessThan(500_000);
    await page.selectOption('[data-test=speed]', '10000000');
    await click('command.play');
    expect((await settled((now) => now.at === 40_000_000)).playing).toBe(false);
  });

  test('single keys can be switched off, for those whom they disturb', async () => {
    await follow(page, LINK);
    await page.keyboard.press('?');
    await page.locator('[data-test=single-keys]').uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('k');
    await page.keyboard.press('ArrowRight');
    const now = await settled(({ at }) => at > 4_500_000);
    expect([now.hands, now.at > 4_500_000]).toEqual(['', true]);
    await click('command.help');
    await page.locator('[data-test=single-keys]').check();
  });

  test('another seed, another release, no calm, and more time', async () => {
    await follow(page, LINK);
    const before = (await state()).hash;
    await click('command.open');
    await page.locator('[data-test=seed-input]').fill('2');
    await page.selectOption('[data-test=release-input]', '3.4.10');
    await page.locator('[data-test=calm-input]').uncheck();
    await page.locator('[data-test=end-input]').fill('60');
    await page.locator('[data-test=run-do]').click();
    expect((await settled(({ hash }) => hash !== before)).hash).not.toBe(before);
    expect(await page.locator('[data-test=seed]').textContent()).toBe('seed 2');
    expect(await page.locator('[data-test=release]').textContent()).toBe('ZooKeeper 3.4.10');
    await page.keyboard.press('End');
    expect((await settled(({ at }) => at === 60_000_000)).at).toBe(60_000_000);
    await page.keyboard.press('x');
    await until(page, "/no further fault/.test(document.querySelector('[data-test=toast]').textContent)");
  });

  test('undo takes back what was done last, and heal mends', async () => {
    await follow(page, LINK);
    const before = (await state()).hash;
    await click('command.partition');
    await page.locator('[data-test=partition-do]').click();
    await page.waitForSelector('.link-cut');
    await page.locator('.hands [data-test="command.allUp"]').click();
    await until(page, "document.querySelector('.picture .link-cut') === null");
    await page.keyboard.press('u');
    await page.waitForSelector('.link-cut');
    await page.keyboard.press('u');
    expect((await settled((now) => now.hands === '')).hash).toBe(before);
  });
});

describe('hands', () => {
  /** What the story says last. */
  const told = async (): Promise<string> => (await page.locator('.story-line').last().textContent()) ?? '';
  const menu = async (item: string, entry: string, way: 'mouse' | 'keyboard'): Promise<void> => {
    const thing = page.locator(`[data-item="${item}"]`).first();
    if (way === 'mouse') {
      // A link lies under what stands in the middle.
      await thing.click({ force: item.startsWith('link') });
      await page.locator(`[role=menu] [data-item="${entry}"]`).click();
      return;
    }
    await thing.focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=menu]');
    for (let i = 0; i < 20; i++) {
      if ((await page.evaluate('document.activeElement.dataset.item')) === entry) break;
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
  };

  test.each([
    ['server-5', 'kill', /is killed/],
    ['server-5', 'crash', /loses power/],
    ['server-4', 'restart', /S4is killed|starts/],
    ['server-4', 'stop', /is stopped/],
    ['server-5', 'pause', /is paused/],
    ['server-3', 'isolate', /isolate/],
    ['server-3', 'slow-disk', /diskSlow/],
    ['server-1', 'write', /asks: write hand/],
    ['link-2-5', 'cut', /cut S2→S5, S5→S2/],
    ['link-2-5', 'cut-forth', /cut S2→S5$/],
    ['link-2-5', 'clog', /clog/],
    ['link-2-5', 'slow', /slow/],
    ['client-1', 'read', /asks: read hand/],
  ] as const)('%s: %s', async (item, entry, words) => {
    const hashes: string[] = [];
    for (const way of ['mouse', 'keyboard'] as const) {
      await follow(page, LINK);
      await menu(item, entry, way);
      const now = await settled((each) => each.hands !== '');
      expect(now.hands).not.toBe('');
      expect(await told()).toMatch(words);
      hashes.push(now.hash);
    }
    if (entry !== 'write') expect(hashes[0]).toBe(hashes[1]);
  });

  test('a clock drifts, by so much', async () => {
    await follow(page, LINK);
    await menu('server-2', 'drift', 'keyboard');
    await page.locator('[data-test=drift]').fill('nonsense');
    expect(await page.locator('dialog .wrong').count()).toBe(1);
    await page.locator('[data-test=drift]').fill('-40000');
    await page.keyboard.press('Enter');
    await settled((now) => now.hands !== '');
    expect(await told()).toMatch(/drift/);
  });

  test.each(['drop', 'delay'] as const)('one vote under way: %s', async (entry) => {
    const hashes: string[] = [];
    for (const way of ['mouse', 'keyboard'] as const) {
      await follow(page, VOTES);
      const name = await page.locator('[data-kind=flight]').last().getAttribute('data-item');
      await menu(name ?? '', entry, way);
      const now = await settled((each) => each.hands !== '');
      expect(await told()).toMatch(new RegExp(`${entry} (NOTIFICATION|GREETING)`));
      hashes.push(now.hash);
    }
    expect(hashes[0]).toBe(hashes[1]);
  });

  test('digits open menus; arrows go from thing to thing; Escape gives the focus back', async () => {
    await follow(page, VOTES);
    const focused = async (): Promise<unknown> => page.evaluate('document.activeElement.dataset.item');
    await page.keyboard.press('3');
    await page.waitForSelector('[role=menu]');
    await page.keyboard.press('Escape');
    expect(await focused()).toBe('server-3');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('server-4');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('client-1');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toMatch(/^flight-/);
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toMatch(/^link-/);
    await page.keyboard.press('0');
    await page.waitForSelector('[role=menu] [data-item=drop]');
  });

  test('a line drawn across the picture partitions', async () => {
    await follow(page, LINK);
    const box = (await page.locator('.picture').boundingBox())!;
    const below = box.y + box.height * 0.62;
    await page.mouse.move(box.x + 6, below);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, below, { steps: 3 });
    await page.mouse.move(box.x + box.width - 6, below, { steps: 3 });
    expect(await page.locator('.side-0').count()).toBe(3);
    await page.mouse.up();
    await settled((now) => now.hands !== '');
    expect(await told()).toMatch(/partition \{1, 2, 5\} \{3, 4\}|partition \{3, 4\} \{1, 2, 5\}/);
  });

  test('a fork is compared, and the two futures keep pace', async () => {
    await follow(page, LINK);
    await click('command.fork');
    await page.waitForSelector('#tab-compare[aria-selected=true]');
    await page.keyboard.press('k');
    await settled((now) => now.hands !== '');
    await follow(page, LINK);
    await until(page, "document.querySelector('#tab-compare') === null");
  });
});

describe('exactness', () => {
  test('steps back show what was shown before, hash by hash', async () => {
    await follow(page, VOTES);
    const seen = [await state()];
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press('ArrowRight');
      const { traced } = seen.at(-1)!;
      seen.push(await settled((now) => now.traced > traced));
    }
    expect(new Set(seen.map(({ hash }) => hash)).size).toBe(seen.length);
    for (const before of seen.slice(1, -1).reverse()) {
      await page.keyboard.press('ArrowLeft');
      const now = await settled(({ traced }) => traced === before.traced);
      expect([now.traced, now.hash]).toEqual([before.traced, before.hash]);
    }
  });

  test('what was done by hand, saved and run by the engine of the command line, has the same trace hash', async () => {
    await follow(page, LINK);
    await page.keyboard.press('k');
    await settled((now) => now.hands !== '');
    await page.keyboard.press('c');
    await settled((now) => /2/.test(now.hands));
    await page.keyboard.press('End');
    const { hash } = await settled((now) => now.at === 40_000_000);
    await click('command.save');
    const yaml = await page.locator('[data-test=save-yaml]').inputValue();
    expect(await page.locator('[data-test=save-command]').textContent()).toMatch(/zabsim run \S+\.yaml --seed 1/);
    const parsed = parseScenario(yaml, 'by-hand.yaml');
    if ('mistakes' in parsed) throw new Error('the saved scenario is one');
    expect(run(parsed.scenario, '1', { properties: PROPERTIES }).traceHash).toBe(hash);
  });

  test('a shared address opens elsewhere at the same moment of the same run, and says so', async () => {
    await follow(page, LINK);
    await page.keyboard.press('k');
    await settled((now) => now.hands !== '');
    await click('command.share');
    const address = await page.locator('[data-test=share-url]').inputValue();
    const { hash, at } = await state();
    expect(await page.locator('[data-test=share-hash]').inputValue()).toBe(hash);
    const elsewhere = await site.open(address.slice(site.url.length));
    const there = await settledOf(elsewhere, (now) => now.hash === hash);
    expect([there.hash, there.at, there.hands]).toEqual([hash, at, '1 done by hand']);
    expect(await elsewhere.locator('.notice-info').textContent()).toContain(hash);
    await elsewhere.context().close();
  });
});

describe('what the page says', () => {
  test('a violation stops play at its event, with the report of the command line', async () => {
    await follow(page, '#v=1&scenario=bugs/ZOOKEEPER-1154&seed=1&at=0');
    await page.selectOption('[data-test=speed]', '10000000');
    await click('command.play');
    await page.waitForSelector('[data-test=violation]');
    const stopped = await settled((now) => !now.playing);
    expect(stopped.at).toBeLessThan(16_000_000);
    await click('tab-properties');
    expect(await page.locator('[data-test=properties] .verdict-violated').count()).toBe(1);
    await click('report');
    const report = await page.locator('[data-test=report-text]').textContent();
    for (const section of ['process-consistency', 'What broke', 'Why', 'Deciding', 'The servers'])
      expect(report).toContain(section);
  });

  test('the story is told line by line, also to those who only hear it', async () => {
    await follow(page, LINK);
    await page.keyboard.press('x');
    await until(page, "document.querySelector('[data-test=live]').textContent.includes('S5 is paused')");
    await page.locator('.story-line', { hasText: 'is established as the leader' }).click();
    expect((await settled((now) => now.at < 1_000_000)).at).toBeLessThan(1_000_000);
  });

  test('a scenario with scripts in its words is shown as text, and nothing of it runs', async () => {
    const yaml = [
      'title: "<img src=x onerror=hacked=1><script>hacked=1</script>"',
      'teaches: "<b>{{constructor}}</b> javascript:hacked=1"',
      'ensemble: {voters: 3}',
      'clients: [{name: constructor}]',
      'end: 5s',
    ].join('\n');
    await follow(page, LINK);
    await click('command.open');
    await page.locator('dialog summary').click();
    await page.locator('[data-test=paste]').fill(yaml);
    await page.locator('[data-test=run-do]').click();
    await until(page, "document.querySelector('h1').textContent.startsWith('<img src=x')");
    expect(await page.evaluate('[typeof hacked, document.querySelectorAll("main img, main script").length]')).toEqual([
      'undefined',
      0,
    ]);
    await click('command.open');
    await page.locator('dialog summary').click();
    await page.locator('[data-test=paste]').fill('title: 1\n<script>');
    await page.locator('[data-test=run-do]').click();
    await page.waitForSelector('.notice[role=alert]');
    await page.locator('.notice .icon-button').click();
  });
});

describe('for everybody', () => {
  const AXE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');
  /** Serious findings of a scan, in one line each. */
  const scan = async (of: Page): Promise<unknown> => {
    await of.evaluate(AXE);
    return of.evaluate(`axe.run().then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html.slice(0, 120)).join(' | ')))`);
  };

  test.each(['light', 'dark'] as const)('no serious finding of axe, in the %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await follow(page, LINK);
    expect((await state()).theme).toBe(colorScheme);
    expect(await scan(page)).toEqual([]);
    if (colorScheme === 'dark') return;
    await page.keyboard.press('o');
    expect(await scan(page)).toEqual([]);
  });

  test.each(['en', 'zh', 'long'])('nothing is cut off or sticks out, on a phone and on a screen: %s', async (lang) => {
    const other = await site.open(`?lang=${lang}${LINK}`);
    for (const [width, height] of [
      [390, 844],
      [1280, 720],
    ] as const) {
      await other.setViewportSize({ width, height });
      const wrong = await other.evaluate(`[
        ...(document.documentElement.scrollWidth > innerWidth ? ['the page is wider than its window'] : []),
        ...[...document.querySelectorAll('.button, .icon-button, .tab, h1, .legend')]
          .filter((each) => each.scrollWidth > each.clientWidth + 1)
          .map((each) => each.textContent),
      ]`);
      expect(wrong).toEqual([]);
    }
    const picture = await other.screenshot();
    expect(picture.readUInt32BE(16)).toBe(1280);
    expect(picture.length).toBeGreaterThan(30_000);
    await other.context().close();
  });
});

test('the browser never complained', () => {
  expect(site.complaints).toEqual([]);
});

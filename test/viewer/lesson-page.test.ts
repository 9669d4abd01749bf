// Whoever takes a lesson in the page is led from moment to moment, is answered, and has the exercise marked as on the command line.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportHtml } from '../../commands/report-html.ts';
import { lessonNames, loadLesson } from '../../course/folder.ts';
import type { Lesson } from '../../course/lesson.ts';
import { mark } from '../../course/mark.ts';
import { stopsReached } from '../../course/stops.ts';
import { parseScenario } from '../../scenarios/parse.ts';
import { PLAIN } from '../../report/paint.ts';
import { settledOf, Site, until } from './site.ts';

const NAME = '07-how-epochs-fence-an-old-leader';

let site: Site;
let page: Page;
let lesson: Lesson;

beforeAll(async () => {
  site = await Site.start('lesson-page-test');
  page = await site.open('');
  const read = loadLesson('lessons', NAME);
  if ('mistakes' in read) throw new Error('the lesson has mistakes');
  lesson = read.lesson;
});

afterAll(async () => {
  await site?.stop();
});

const part = (name: string) => page.locator(`[data-test="${name}"]`);
const stop = (index: number) => page.locator(`[data-stop="${index}"]`);
const textOf = async (name: string): Promise<string> => (await part(name).first().innerText()).trim();

/** Presses Tab until this has the focus, as somebody without a mouse. */
async function tabTo(selector: string): Promise<void> {
  for (let i = 0; i < 60; i++) {
    if ((await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) === true) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no number of Tabs leads to ${selector}`);
}

/** Puts the bar of time there, as a drag of its handle does. */
async function scrubTo(at: number): Promise<void> {
  await part('scrub').evaluate((element, value) => {
    Object.assign(element, { value });
    element.dispatchEvent(new Event('input', { bubbles: true }));
  }, at);
  expect((await settledOf(page, (now) => now.at === at)).at).toBe(at);
  await page.evaluate('document.activeElement.blur()');
}

/** The pane of the lesson shows the beginning of this, below its head. */
async function inView(selector: string): Promise<unknown> {
  return page.evaluate(`(() => {
    const { top } = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect();
    const pane = document.querySelector('.pane-lesson .pane-body').getBoundingClientRect();
    return top >= pane.top && top < pane.bottom - 20;
  })()`);
}

const AXE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');

/** Serious findings in the lesson's pane, in one line each. */
async function scan(): Promise<unknown> {
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(AXE);
  return page.evaluate(`axe.run('.pane-lesson').then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html.slice(0, 120)).join(' | ')))`);
}

describe('the list', () => {
  test('has every lesson; a key and a click open it, and a key, a click and a close button leave it', async () => {
    await page.keyboard.press('l');
    await part('lessons').waitFor();
    const listed = await page
      .locator('.lesson-link')
      .evaluateAll((links) => links.map((link) => link.getAttribute('data-lesson')));
    expect(listed).toEqual(lessonNames('lessons'));
    expect(await scan()).toEqual([]);
    await part('lesson-close').click();
    expect(await page.locator('.pane-lesson').count()).toBe(0);
    await part('command.lessons').click();
    await tabTo(`[data-lesson="${listed[0]}"]`);
    await page.keyboard.press('Enter');
    expect(await part('lesson').getAttribute('data-lesson')).toBe(listed[0]);
    await part('lesson-list').click();
    await page.locator(`[data-lesson="${NAME}"]`).click();
    expect(await page.locator('.lesson h2').innerText()).toBe('How epochs fence an old leader');
    expect(await scan()).toEqual([]);
  });
});

describe('the run', () => {
  test('goes to each of its four moments, by mouse and by keyboard, each with its words in view', async () => {
    const indexes = stopsReached(lesson);
    await part('lesson-open').click();
    await settledOf(page, (now) => now.traced === 0);
    for (const [i, { title }] of lesson.stops.entries()) {
      expect(await stop(i).count()).toBe(0);
      if (i % 2 === 0) await part('lesson-jump').click();
      else {
        await tabTo('[data-test=lesson-jump]');
        await page.keyboard.press('Enter');
      }
      await stop(i).waitFor();
      expect(await stop(i).locator('h4').innerText()).toBe(title.en);
      expect(await inView(`[data-stop="${i}"]`)).toBe(true);
      expect(await page.evaluate('document.activeElement.textContent')).toBe(title.en);
      // What one event of the engine brings is traced together.
      const { traced } = await settledOf(page, (now) => now.traced > indexes[i]!);
      expect(traced - indexes[i]!).toBeGreaterThan(0);
      expect(traced - indexes[i]!).toBeLessThan(20);
    }
    expect(await part('lesson-jump').count()).toBe(0);
    expect(await textOf('lesson-play')).toBe('Play to the end');
  });

  test('says whether an answer is right, and why; by mouse and by keyboard', async () => {
    const { choices } = lesson.stops[0]!.question!;
    const verdict = stop(0).locator('[data-test=lesson-verdict]');
    expect(await verdict.innerText()).toBe('');
    await stop(0).locator('input').nth(0).check();
    expect(await verdict.innerText()).toBe(`No. ${choices[0]!.because.en}`);
    await page.keyboard.press('ArrowDown');
    await until(
      page,
      `/^Right\\. /.test(document.querySelector('[data-stop="0"] [data-test=lesson-verdict]').innerText)`,
    );
    expect(await verdict.innerText()).toBe(`Right. ${choices[1]!.because.en}`);
  });

  test('plays by itself and stops at the first moment, and can be begun again', async () => {
    await part('lesson-again').click();
    await until(page, "document.querySelector('.lesson-stop') === null");
    await page.selectOption('[data-test=speed]', '10000000');
    await part('command.play').click();
    await stop(0).waitFor();
    const now = await settledOf(page, ({ playing }) => !playing);
    expect([now.playing, now.at]).toEqual([false, 5_000_000]);
  });
});

describe('the exercise', () => {
  test('left as it is, is not reached, and the reasons are those of the command line', async () => {
    await part('exercise-open').click();
    await settledOf(page, (now) => now.traced === 0);
    await part('exercise-mark').click();
    await until(page, "document.querySelector('[data-test=exercise-result]').dataset.reached === 'false'");
    const { why, traceHash } = mark(lesson.exercise!, lesson.exercise!.scenario);
    expect(await part('exercise-result').locator('li').allInnerTexts()).toEqual(why);
    expect(why.length).toBeGreaterThan(3);
    expect(await part('exercise-result').locator('.mono').innerText()).toBe(traceHash);
    expect(await inView('[data-test=exercise-result]')).toBe(true);
  });

  test('solved by hand, is reached with the trace that the saved scenario has elsewhere', async () => {
    await scrubTo(5_000_000);
    await page.keyboard.press('p');
    await settledOf(page, (now) => now.hands.startsWith('1'));
    await scrubTo(25_000_000);
    await page.locator('[data-item="server-5"]').click();
    await page.locator('[role=menu] [data-item=resume]').click();
    await settledOf(page, (now) => now.hands.startsWith('2'));
    await part('exercise-mark').click();
    await until(page, "document.querySelector('[data-test=exercise-result]').dataset.reached === 'true'");
    const told = await textOf('exercise-result');
    expect(told).toContain('Reached, with 2 steps; the fewest known are 2.');

    await page.keyboard.press('s');
    const yaml = await part('save-yaml').inputValue();
    await page.keyboard.press('Escape');
    const parsed = parseScenario(yaml, 'by-hand.yaml');
    if ('mistakes' in parsed) throw new Error('the saved scenario has mistakes');
    const { reached, traceHash } = mark(lesson.exercise!, parsed.scenario);
    expect(reached).toBe(true);
    expect(told.split('\n').at(-1)).toBe(traceHash);
    expect(await scan()).toEqual([]);
  });

  test('and the answers are saved for a gradebook', async () => {
    const coming = page.waitForEvent('download');
    await part('lesson-grade').click();
    const file = await (await coming).path();
    const grade: unknown = JSON.parse(readFileSync(file, 'utf8'));
    expect(grade).toMatchObject({
      lesson: NAME,
      questions: [{ stop: 0, answer: 'b', right: true }, { answer: null, right: false }, {}, {}],
      exercise: { reached: true, steps: 2, shortest: 2, seed: '1' },
    });
  });

  test('begun again, forgets how it was marked', async () => {
    await part('exercise-open').click();
    await settledOf(page, (now) => now.hands === '');
    expect(await textOf('exercise-result')).toBe('');
  });
});

describe('whoever reads it', () => {
  test('reads Chinese where it is chosen, on a phone without anything sticking out', async () => {
    const phone = await site.open('?lang=zh', { viewport: { width: 390, height: 844 } });
    await phone.keyboard.press('l');
    await phone.locator(`[data-lesson="${NAME}"]`).click();
    expect(await phone.locator('.lesson h2').innerText()).toBe(lesson.text['zh']!.split('\n')[0]!.slice(2));
    await phone.locator('[data-test=lesson-open]').click();
    await phone.locator('[data-test=lesson-jump]').click();
    await phone.locator('.lesson-stop').waitFor();
    expect(await phone.locator('.lesson-stop h4').innerText()).toBe(lesson.stops[0]!.title['zh']);
    expect(
      await phone.evaluate(`[document.documentElement, ...document.querySelectorAll('.pane-lesson, .pane-lesson *')]
        .filter((each) => each.getBoundingClientRect().right > innerWidth + 1).map((each) => each.className)`),
    ).toEqual([]);
    await phone.context().close();
  });

  test('sees a script in a lesson as text, and nothing of it runs', async () => {
    const wrong = '<img src=x onerror=hacked=1>';
    const files = {
      'lesson.yaml': readFileSync(join('lessons', '01-zxid-and-epoch', 'lesson.yaml'), 'utf8').replace(
        /^title:[^]*?^summary:/m,
        "title: '<script>hacked=1</script>'\nsummary:",
      ),
      'scenario.yaml': readFileSync(join('lessons', '01-zxid-and-epoch', 'scenario.yaml'), 'utf8'),
      'exercise.yaml': readFileSync(join('lessons', '01-zxid-and-epoch', 'exercise.yaml'), 'utf8'),
      'text.md': [
        '# <script>hacked=1</script>',
        '<img src=x onerror=hacked=1>',
        '[go](javascript:hacked=1) [there](https://example.com) ![p](x.png)',
      ].join('\n\n'),
    };
    const other = await site.open('');
    const texts = [wrong, '__proto__', '01-scripts'].map((name) => ({ name, files }));
    await other.route('**/lessons.json', (route) => route.fulfill({ json: texts }));
    await other.keyboard.press('l');
    expect(await other.locator('.notice[role=alert]').innerText()).toContain(`the folder "${wrong}" is not called`);
    expect(await other.locator('.lesson-link strong').innerText()).toBe('<script>hacked=1</script>');
    await other.locator('.lesson-link').click();
    expect(await other.locator('.lesson .prose').innerText()).toBe(
      '<script>hacked=1</script>\n\n<img src=x onerror=hacked=1>\n\n[go](javascript:hacked=1) there p',
    );
    expect(
      await other.evaluate('[typeof hacked, document.querySelectorAll("main img, main script, main a").length]'),
    ).toEqual(['undefined', 0]);
    await other.context().close();
  });

  test('finds no lessons in a report, which is one file with a trace', async () => {
    const file = join('build', 'lesson-page-test', 'report.html');
    const nothing = (): undefined => undefined;
    const terminal = { print: nothing, write: nothing, complain: nothing, progress: nothing };
    await reportHtml('playground', { html: file }, { paint: PLAIN, paintErrors: PLAIN, ...terminal });
    const report = await (await site.browser.newContext()).newPage();
    report.on('pageerror', (error) => site.complaints.push(String(error)));
    await report.goto(`file://${join(process.cwd(), file)}`);
    await report.waitForSelector('[data-item^=server-]');
    await report.keyboard.press('l');
    expect(await report.locator('[data-test="command.share"]').count()).toBe(1);
    expect(await report.locator('[data-test="command.lessons"], .pane-lesson').count()).toBe(0);
    await report.context().close();
  });
});

test('the browser never complained', () => {
  expect(site.complaints).toEqual([]);
});

test('an address leads to a lesson, whose run is played up to its first moment', async () => {
  const watcher = await site.open('#lesson=7');
  await until(watcher, `document.querySelector('[data-stop="0"]') !== null`);
  expect(await watcher.locator('[data-test="lesson"]').getAttribute('data-lesson')).toBe(NAME);
  await watcher.context().close();
});

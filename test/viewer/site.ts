import { execFileSync } from 'node:child_process';
import type { Server } from 'node:http';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { createPageServer } from '../../commands/page-server.ts';
import { launchChromium } from '../chromium.ts';

/** The page as it is shipped, served as it is served, in a real browser. */
export class Site {
  readonly #server: Server;
  readonly browser: Browser;
  readonly url: string;
  /** What the browser complained of: errors of scripts, and what the policy forbade. */
  readonly complaints: string[] = [];

  private constructor(server: Server, browser: Browser, port: number) {
    this.#server = server;
    this.browser = browser;
    this.url = `http://127.0.0.1:${port}/`;
  }

  /** `name`: of the folder in build/, one for each file of tests. */
  static async start(name: string): Promise<Site> {
    const folder = join('build', name);
    execFileSync(process.execPath, ['scripts/build-viewer.mjs', folder], { stdio: 'inherit' });
    const server = createPageServer({ folder, trace: null });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server listens on a port');
    return new Site(server, await launchChromium(), address.port);
  }

  /** A page of its own, with the run of that link. */
  async open(link: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 720 }, ...options });
    context.setDefaultTimeout(8000);
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    await page.goto(`${this.url}${link}`);
    await page.waitForSelector('[data-item^=server-]');
    return page;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** A number for each use, so that the same link can be followed again: the page does not know this key. */
const uses = { count: 0 };

/** Follows a link within the page, as somebody who pastes an address. Everything that was open is closed before. */
export async function follow(page: Page, link: string): Promise<void> {
  uses.count++;
  for (let i = 0; i < 3 && (await page.locator('dialog[open], [role=menu]').count()) > 0; i++)
    await page.keyboard.press('Escape');
  await page.evaluate(
    `document.activeElement?.blur?.(); location.hash = ${JSON.stringify(`${link}&use=${uses.count}`)}`,
  );
  const at = new URLSearchParams(link.slice(1)).get('at') ?? '0';
  await until(
    page,
    `document.querySelector('[data-test=clock]').dataset.at === '${at}' && !document.querySelector('[data-test=by-hand]')`,
  );
  // What a line more or less at the top moves has come to rest.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))');
}

/** Waits until an expression holds. The page's policy forbids the usual way, which makes a function of it inside the page. */
export async function until(page: Page, expression: string): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if ((await page.evaluate(expression)) === true) return;
    await page.waitForTimeout(10);
  }
  throw new Error(`it never came to hold that ${expression}`);
}

/** What a page shows, in short. */
export interface State {
  readonly at: number;
  readonly traced: number;
  readonly hash: string;
  readonly hands: string;
  readonly playing: boolean;
  readonly dialog: string;
  readonly tab: string;
  readonly theme: string;
  readonly language: string;
  readonly lesson: boolean;
  readonly speed: string;
}

const STATE = `(() => {
  const one = (what) => document.querySelector(what);
  const { at, traced, hash } = one('[data-test=clock]').dataset;
  return {
    at: Number(at), traced: Number(traced), hash,
    hands: one('[data-test=by-hand]')?.textContent ?? '',
    playing: one('[data-test="command.play"]').getAttribute('aria-label') === 'Pause',
    dialog: one('dialog[open] h2')?.textContent ?? '',
    tab: one('[role=tab][aria-selected=true]').id,
    theme: document.documentElement.dataset.theme,
    language: document.documentElement.lang,
    lesson: one('.pane-lesson') !== null,
    speed: one('[data-test=speed]').value,
  };
})()`;

export async function stateOf(of: Page): Promise<State> {
  return (await of.evaluate(STATE)) as State;
}

/** What the page shows once it is as wanted; what it shows at last if it never is. */
export async function settledOf(of: Page, wanted: (state: State) => boolean): Promise<State> {
  let last = await stateOf(of);
  for (let i = 0; i < 400 && !wanted(last); i++) {
    await of.waitForTimeout(10);
    last = await stateOf(of);
  }
  return last;
}

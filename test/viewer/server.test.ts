// The page is served on this machine alone, and nothing but the page; a report is one file that holds all it needs.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onePage, reportHtml } from '../../commands/report-html.ts';
import { createPageServer } from '../../commands/page-server.ts';
import { UsageError } from '../../commands/exit.ts';
import type { Terminal } from '../../commands/terminal.ts';
import { whatToOpen } from '../../commands/view.ts';
import { PLAIN } from '../../report/paint.ts';
import { decodeLink } from '../../viewer/share.ts';
import { yamlOf } from './driver.ts';

const VIEWER = join('dist', 'viewer');
const folder = mkdtempSync(join(tmpdir(), 'zabsim-view-'));
const trace = join(folder, 'run.ndjson');
let server: Server;

beforeAll(async () => {
  writeFileSync(trace, '{"a":1}\n');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  server = createPageServer({ folder: VIEWER, trace });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

function port(): number {
  return (server.address() as AddressInfo).port;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function get(path: string, options: { method?: string; host?: string } = {}): Promise<Answer> {
  const { method = 'GET', host = `127.0.0.1:${port()}` } = options;
  return new Promise((done, failed) => {
    const asked = request({ host: '127.0.0.1', port: port(), path, method, headers: { Host: host } }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (body += part));
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    asked.on('error', failed);
    asked.end();
  });
}

/** A request line as nobody's library would send it. */
function raw(line: string): Promise<string> {
  return new Promise((done, failed) => {
    const socket = connect(port(), '127.0.0.1', () => socket.end(`${line}\r\nHost: 127.0.0.1:${port()}\r\n\r\n`));
    let text = '';
    socket.on('data', (part) => (text += part.toString()));
    socket.on('end', () => done(text));
    socket.on('error', failed);
  });
}

describe('the server', () => {
  test('gives the page, its files and the trace that was opened, under a strict policy', async () => {
    for (const [path, type] of [
      ['/', 'text/html'],
      ['/main.js', 'text/javascript'],
      ['/main.css', 'text/css'],
      ['/worker.js', 'text/javascript'],
      ['/library.json', 'application/json'],
      ['/lessons.json', 'application/json'],
    ] as const) {
      const { status, headers, body } = await get(path);
      expect([status, headers['content-type']?.startsWith(type)], path).toEqual([200, true]);
      expect(body.length, path).toBeGreaterThan(1);
      const policy = headers['content-security-policy'] ?? '';
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
    expect((await get('/opened')).body).toBe('{"a":1}\n');
    expect((await get('/opened?x=1')).status).toBe(200);
    expect((await get('/', { method: 'HEAD' })).body).toBe('');
  });

  test('has nothing inline in its page, and nothing from elsewhere', () => {
    const html = readFileSync(join(VIEWER, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<script>|<style|style=|\son\w+=|https?:|javascript:/);
    // No text becomes markup, and no text becomes a program.
    const sources = readdirSync('viewer', { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));
    expect(sources.length).toBeGreaterThan(20);
    const suspicious = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|javascript:/i;
    expect(sources.filter((file) => suspicious.test(readFileSync(join('viewer', file), 'utf8')))).toEqual([]);
  });

  test.each([
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/./../../etc/passwd',
    '//etc/passwd',
    '/..\\..\\package.json',
    '/main.js/../../../package.json',
    '/main.js%00.html',
    '/one-file.js',
    '/__proto__',
    '/constructor',
    '/secret.txt',
    '/opened/../secret.txt',
    `${folder}/secret.txt`,
    `file://${folder}/secret.txt`,
  ])('gives no other file: %s', async (path) => {
    const text = await raw(`GET ${path} HTTP/1.1`);
    expect(text).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(text).not.toMatch(/secret$|"zabsim"|root:/);
  });

  test('changes nothing, and answers to its own name only', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])
      expect((await get('/', { method })).status, method).toBe(405);
    for (const host of ['evil.example', `evil.example:${port()}`, '127.0.0.1', `127.0.0.1:${port() + 1}`])
      expect((await get('/', { host })).status, host).not.toBe(200);
    expect((await get('/', { host: `localhost:${port()}` })).status).toBe(200);
    expect((server.address() as AddressInfo).address).toBe('127.0.0.1');
  });

  test('without a trace has none', async () => {
    const other = createPageServer({ folder: VIEWER, trace: null });
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const { port: at } = other.address() as AddressInfo;
    expect((await fetch(`http://127.0.0.1:${at}/opened`)).status).toBe(404);
    other.close();
  });
});

describe('what is opened', () => {
  const terminal: Terminal = {
    paint: PLAIN,
    paintErrors: PLAIN,
    print: () => undefined,
    write: () => undefined,
    complain: () => undefined,
    progress: () => undefined,
  };

  test('is named by the address: a scenario, a file with its stamp, or nothing', async () => {
    expect(await whatToOpen(undefined, {})).toEqual({ fragment: 'lesson=7', trace: null });
    const byName = await whatToOpen('sync-diff', { seed: '0x2a', bug: '4643' });
    expect(await decodeLink(byName.fragment)).toMatchObject({
      link: { source: { kind: 'scenario', name: 'sync-diff', release: 'ZOOKEEPER-4643' }, seed: '42' },
    });
    const file = join(folder, 'mine.yaml');
    const yaml = yamlOf('sync-diff').replace('title:', '# zabsim 0.1.0, seed 77, trace hash 0123456789abcdef\ntitle:');
    writeFileSync(file, yaml.replace(/^title: .*/m, 'title: mine'));
    const decoded = await decodeLink((await whatToOpen(file, {})).fragment);
    expect(decoded).toMatchObject({ link: { source: { kind: 'plan', name: 'mine', hands: 0 }, seed: '77' } });
    await expect(whatToOpen('no-such-scenario', {})).rejects.toThrow(UsageError);
    await expect(whatToOpen(trace, {})).rejects.toThrow(UsageError);
    await expect(whatToOpen(join(folder, 'secret.txt'), {})).rejects.toThrow(UsageError);
  });

  test('as one file names its script and style by their hashes, is small, and holds no script of the data', async () => {
    const out = join(folder, 'out.html');
    await reportHtml('playground', { html: out }, terminal);
    const html = readFileSync(out, 'utf8');
    expect(statSync(out).size).toBeLessThan(2_000_000);
    const script = html.slice(html.lastIndexOf('<script>') + 8, html.lastIndexOf('</script>'));
    const style = html.slice(html.indexOf('<style>') + 7, html.indexOf('</style>'));
    const hash = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
    expect(html).toContain(`script-src '${hash(script)}'; style-src '${hash(style)}'`);
    expect(/ (src|href)="(?!data:)/.test(html)).toBe(false);
    expect(html.match(/<\/script>/g)).toHaveLength(3);

    const page = onePage('</title><script>alert(1)</script>', Buffer.from('</script><script>alert(2)</script>'));
    expect(page).not.toContain('<script>alert');
    expect(page).toContain('&lt;/title&gt;&lt;script&gt;alert(1)');
    expect(existsSync(`${out}.tmp`)).toBe(false);
    await expect(reportHtml('playground', { html: join(folder, 'no', 'dir.html') }, terminal)).rejects.toThrow(
      UsageError,
    );
  });
});

test('the static site has the page and every document, and no link in it leads nowhere', () => {
  const site = join(folder, 'site');
  execFileSync(process.execPath, ['scripts/build-site.mjs', site]);
  const files = readdirSync(site, { recursive: true, encoding: 'utf8' });
  expect(files).toEqual(expect.arrayContaining(['index.html', 'worker.js', 'docs/index.html', 'docs/scenarios.html']));
  const dangling = files
    .filter((file) => file.endsWith('.html'))
    .flatMap((file) => {
      const html = readFileSync(join(site, file), 'utf8');
      expect(html.includes('Content-Security-Policy'), file).toBe(true);
      return [...html.matchAll(/ (?:href|src)="([^"#]+)/g)].map(([, link = '']) => ({ file, link }));
    })
    .filter(({ file, link }) => !/^https:|^data:/.test(link) && !existsSync(join(site, dirname(file), link)));
  expect(dangling).toEqual([]);
});

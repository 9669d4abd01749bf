// A link opens elsewhere as the same run at the same place; a link or a trace from anybody opens as what it is, or not at all.
import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { TRACE_VERSION } from '../../sim/trace.ts';
import { VERSION } from '../../report/version.ts';
import { PROPERTIES } from '../../properties/index.ts';
import { parseScenario } from '../../scenarios/parse.ts';
import { run } from '../../sim/run.ts';
import { SECOND } from '../../sim/time.ts';
import {
  decodeLink,
  encodeLink,
  fromBase64,
  inflateBytes,
  LONGEST_LINK,
  toBase64,
  type Link,
} from '../../viewer/share.ts';
import type { OpenOptions, Source } from '../../viewer/protocol.ts';
import { Driver, yamlOf } from './driver.ts';

async function linkOf(driver: Driver): Promise<string> {
  const answer = await driver.client.ask({ kind: 'link', session: 'main' });
  if (answer.kind !== 'link') throw new Error(answer.lines.join('\n'));
  return answer.text;
}

async function opened(source: Source, options: OpenOptions = {}): Promise<Driver> {
  const driver = await new Driver().start();
  await driver.do({ kind: 'open', session: 'main', source, options }).catch(() => undefined);
  expect(driver.faults).toEqual([]);
  return driver;
}

describe('links', () => {
  test('open as the same run at the same place, with what was done by hand, and say so', async () => {
    const driver = await new Driver().start();
    await driver.open('playground', 'deadbeef');
    await driver.do({ kind: 'seek', session: 'main', to: { kind: 'time', at: 4 * SECOND + 123 } });
    await driver.do({ kind: 'intervene', session: 'main', action: { kind: 'pause', servers: [3] } });
    await driver.do({ kind: 'jump', session: 'main', to: 'commit', by: 1 });
    await driver.do({ kind: 'step', session: 'main', by: 1 });
    const here = driver.frame();
    const there = await opened({ kind: 'link', text: await linkOf(driver) });
    const frame = there.frame();
    expect(frame.position).toEqual(here.position);
    expect(frame.hash).toBe(here.hash);
    expect(frame.hands).toEqual(here.hands);
    expect(frame.servers).toEqual(here.servers);
    expect(frame.promised).toEqual({ traced: here.position.traced, hash: here.hash, equal: true });
    const [end, other] = await Promise.all(
      [driver, there].map((one) => one.do({ kind: 'seek', session: 'main', to: { kind: 'end' } })),
    );
    expect(other?.hash).toBe(end?.hash);
    expect(await linkOf(there)).toBe(await linkOf(driver));
  });

  test('to what is built in are short, and name release and seed', async () => {
    const driver = await opened({ kind: 'scenario', name: 'sync-diff' }, { seed: '0x2a', release: '3.8.0' });
    const text = await linkOf(driver);
    expect(text.length).toBeLessThan(200);
    const there = await opened({ kind: 'link', text: `#${text}` });
    expect(there.abouts.get('main')).toMatchObject({ name: 'sync-diff', seed: '42', release: '3.8.0' });
  });

  test('whose hash is not that of the run say so', async () => {
    const driver = await opened({ kind: 'scenario', name: 'sync-diff' });
    await driver.do({ kind: 'jump', session: 'main', to: 'commit', by: 1 });
    const text = (await linkOf(driver)).replace(/hash=[0-9a-f]+/, 'hash=0123456789abcdef');
    expect((await opened({ kind: 'link', text })).frame().promised).toMatchObject({ equal: false });
  });

  test('are read as they were written', async () => {
    const links: Link[] = [
      { source: { kind: 'scenario', name: 'a/b', release: null }, seed: '1', position: null, promised: null },
      {
        source: { kind: 'scenario', name: 'x', release: '3.8.0' },
        seed: 'ä &=#',
        position: 'violation',
        promised: null,
      },
      {
        source: { kind: 'plan', name: 'p', yaml: 'title: <script>\n'.repeat(50), hands: 2 },
        seed: '7',
        position: { events: 12, at: 34 },
        promised: { traced: 5, hash: '0123456789abcdef' },
      },
    ];
    for (const link of links) expect(await decodeLink(await encodeLink(link))).toEqual({ link });
    for (let size = 0; size < 70; size++) {
      const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 89 + size) % 256);
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    }
  });

  const bomb = deflateRawSync(Buffer.alloc(40 * 1024 * 1024)).toString('base64url');
  const plan = (yaml: string): string => `plan=${deflateRawSync(yaml).toString('base64url')}`;
  test.each([
    ['nothing', '', /names no scenario/],
    ['too long', `scenario=${'x'.repeat(LONGEST_LINK)}`, /at most/],
    ['another version', 'v=2&scenario=sync-diff', /version "2"/],
    ['an unknown scenario', 'scenario=../../etc/passwd', /there is no scenario/],
    ['a prototype key', 'scenario=__proto__', /there is no scenario/],
    ['an unknown release', 'scenario=sync-diff&release=constructor', /no release or bug/],
    ['a seed of two lines', 'scenario=sync-diff&seed=1%0A2', /one line/],
    ['a position that is no number', 'scenario=sync-diff&at=1e9', /at: "1e9" is not a whole number/],
    ['a hash that is none', 'scenario=sync-diff&traced=1&hash=<script>', /no trace hash/],
    ['no base64', 'plan=%3Cscript%3E', /not base64url/],
    ['no deflate', `plan=${Buffer.from('hello').toString('base64url')}`, /cannot be inflated/],
    ['what inflates to far too much', `plan=${bomb.slice(0, LONGEST_LINK - 10)}`, /longer than|cannot be inflated/],
    ['no scenario', plan('a: {b: c}'), /unknown key/],
    ['an alias bomb', plan(`a: &a [1]\n${'b: &b [*a, *a, *a]\n'.repeat(5)}`), /./],
    ['a scenario of somebody who means harm', plan('__proto__: {x: 1}\nconstructor: 1\n'), /unknown key/],
  ])('of %s are refused in words', async (_, text, why) => {
    const driver = await opened({ kind: 'link', text });
    expect(driver.client.frame('main')).toBeUndefined();
    expect(driver.refused.join('\n')).toMatch(why);
    expect(driver.refused.join('\n').length).toBeLessThan(5000);
    expect(Object.prototype).not.toHaveProperty('x');
  });

  test('with a script in the title are text', async () => {
    const title = '<script>alert(1)</script><img src=x onerror=alert(2)>';
    const yaml = yamlOf('sync-diff').replace(/^title: .*$/m, `title: "${title}"`);
    const driver = await opened({ kind: 'link', text: plan(yaml) });
    expect(driver.abouts.get('main')?.title).toBe(title);
  });
});

describe('traces', () => {
  const scenario = parsedScenario('leader-crashes-after-one-ack');
  const events: string[] = [];
  const { traceHash } = run(scenario, '5', {
    properties: PROPERTIES,
    keep: (event) => events.push(JSON.stringify(event)),
  });
  const header = { zabsim: VERSION, traceVersion: TRACE_VERSION, scenario, seed: '5', release: scenario.release };
  const footer = JSON.stringify({ events: events.length, traceHash });
  const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;
  const whole = text([JSON.stringify(header), ...events, footer]);
  const source = (bytes: Uint8Array | string): Source => ({
    kind: 'trace',
    bytes: new Uint8Array(Buffer.from(bytes)).buffer,
  });

  test('open as the run that they are, plain and packed, and are compared line by line', async () => {
    for (const bytes of [whole, gzipSync(whole), deflateRawSync(whole)]) {
      const driver = await opened(source(bytes));
      driver.pass(1000);
      expect(driver.abouts.get('main')?.warnings).toEqual([]);
      expect(driver.trace()).toHaveLength(events.length);
      const end = await driver.do({ kind: 'seek', session: 'main', to: { kind: 'end' } });
      expect(end.hash).toBe(traceHash);
      expect(end.promised).toMatchObject({ equal: true });
    }
  });

  test('that were changed or cut short say so', async () => {
    const changed = [...events];
    changed[40] = changed[40]!.replace(/"at":\d+/, '"at":1');
    const driver = await opened(source(text([JSON.stringify(header), ...changed, footer])));
    driver.pass(1000);
    expect(driver.abouts.get('main')?.warnings.join()).toMatch(/event 40/);
    const short = await opened(source(text([JSON.stringify(header), ...events.slice(0, 30)])));
    expect(short.abouts.get('main')?.warnings.join()).toMatch(/half-written/);
  });

  test.each([
    ['nothing', '', /empty/],
    ['no text', Uint8Array.from([0x7b, 0xff, 0xfe]), /not UTF-8/],
    ['garbage', '<script>alert(1)</script>', /cannot be inflated/],
    ['another version', text([JSON.stringify({ ...header, traceVersion: 99 }), footer]), /version 99/],
    ['another program', text([JSON.stringify({ ...header, zabsim: '99.0.0' }), footer]), /made by zabsim 99/],
    ['no header', text(events), /not a trace/],
    ['an unknown release', text([JSON.stringify({ ...header, release: 'toString' }), footer]), /no release or bug/],
    [
      'a scenario that is none',
      text([JSON.stringify({ ...header, scenario: { ...scenario, servers: [1, 2, 99] } }), footer]),
      /header.scenario.servers/,
    ],
    ['prototype keys', text(['{"zabsim":"0","__proto__":{"traceVersion":2}}', footer]), /version undefined/],
  ])('of %s are refused in words', async (_, bytes, why) => {
    const driver = await opened(source(bytes));
    expect(driver.client.frame('main')).toBeUndefined();
    expect(driver.refused.join('\n')).toMatch(why);
  });
});

test('what claims to be a gigabyte is put away before it is one', async () => {
  const bytes = new Uint8Array(gzipSync(Buffer.alloc(30 * 1024 * 1024), { level: 1 }));
  expect(await inflateBytes(bytes, 1024 * 1024, 'gzip')).toMatch(/longer than/);
  expect(await inflateBytes(bytes.subarray(0, 500).slice(), 1024 * 1024, 'gzip')).toMatch(
    /longer than|cannot be inflated/,
  );
});

describe('reports', () => {
  test('open at the violation', async () => {
    const scenario = parsedScenario('bugs/ZOOKEEPER-1154');
    const { traceHash, traceEvents } = run(scenario, '1', { properties: PROPERTIES });
    const report = {
      zabsim: VERSION,
      scenario: 'ZOOKEEPER-1154',
      scenarioFile: null,
      seed: '1',
      release: scenario.release,
      traceHash,
      traceEvents,
    };
    const driver = await opened({ kind: 'report', text: JSON.stringify(report) });
    expect(driver.frame()).toMatchObject({
      stopped: { kind: 'violation' },
      hash: traceHash,
      promised: { equal: true },
    });
    const far = await opened({ kind: 'report', text: JSON.stringify({ ...report, scenarioFile: '/x/<b>.yaml' }) });
    expect(far.refused.join()).toMatch(/zabsim view/);
  });
});

function parsedScenario(name: string) {
  const parsed = parseScenario(yamlOf(name), `${name}.yaml`);
  if ('mistakes' in parsed) throw new Error('a scenario that is built in parses');
  return parsed.scenario;
}

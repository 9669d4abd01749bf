// `zabsim export` writes whole files, and refuses what it cannot turn into anything with its place.
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXIT, UsageError } from '../../commands/exit.ts';
import { exportTrace, type ExportOptions } from '../../commands/export.ts';
import type { Terminal } from '../../commands/terminal.ts';
import { TraceWriter } from '../../report/ndjson.ts';
import { run } from '../../sim/run.ts';
import { exported, scenarioOf, traceOf } from './runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'zabsim-export-'));

async function printed(source: string, options: ExportOptions): Promise<{ out: string; complaints: string[] }> {
  let out = '';
  const complaints: string[] = [];
  const terminal = {
    write: (text: string) => void (out += text),
    complain: (...lines: string[]) => void complaints.push(...lines),
  } as unknown as Terminal;
  expect(await exportTrace(source, options, terminal)).toBe(EXIT.asExpected);
  return { out, complaints };
}

async function refused(source: string, options: ExportOptions): Promise<string> {
  try {
    await printed(source, options);
  } catch (error) {
    if (error instanceof UsageError) return error.lines.join('\n');
    throw error;
  }
  throw new Error('it was not refused');
}

function traceFile(name: string): string {
  const scenario = scenarioOf('sync-trunc');
  const path = join(folder, name);
  const writer = new TraceWriter(path, { scenario, seed: '1' });
  const report = run(scenario, '1', { properties: [], keep: (event) => writer.write(event) });
  writer.finish({ events: report.traceEvents, traceHash: report.traceHash });
  return path;
}

test('a trace and the scenario that made it give the same text, printed or in a file', async () => {
  const path = traceFile('a.ndjson');
  const { out } = await printed(path, { to: 'csv' });
  expect(out).toBe(exported('csv', scenarioOf('sync-trunc')).text);
  expect((await printed('sync-trunc', { to: 'csv', seed: '1' })).out).toBe(out);
  const to = join(folder, 'a.csv');
  const { complaints } = await printed(path, { to: 'csv', out: to });
  expect(readFileSync(to, 'utf8')).toBe(out);
  expect(complaints.join(' ')).toContain('spreadsheet');
});

test('what is left out is said', async () => {
  const { out, complaints } = await printed('sync-trunc', { to: 'csv', limit: '3', from: '1s', skip: 'none' });
  expect(out.split('\r\n')).toHaveLength(5);
  expect(complaints.join(' ')).toMatch(/[\d,]+ events are left out/);
});

test('options that mean nothing are refused', async () => {
  expect(await refused('sync-trunc', { to: 'mermiad' })).toMatch(/no form "mermiad".*mermaid/s);
  expect(await refused('sync-trunc', { to: 'csv', from: 'soon' })).toContain('--from: "soon" is no time');
  expect(await refused('sync-trunc', { to: 'csv', from: '2s', until: '1s' })).toContain('--until comes before');
  expect(await refused('sync-trunc', { to: 'csv', limit: '0' })).toContain('--limit');
  expect(await refused('sync-trunc', { to: 'csv', skip: 'PROPOSE' })).toContain('no packet "PROPOSE"');
  expect(await refused('no-such-thing', { to: 'csv' })).toContain('no-such-thing:1:1: ENOENT');
  expect(await refused(traceFile('b.ndjson'), { to: 'csv', seed: '2' })).toContain('a trace names its own');
});

test('a damaged or hostile trace is refused with its line, and leaves no file', async () => {
  const lines = readFileSync(traceFile('c.ndjson'), 'utf8').split('\n');
  const broken = (name: string, change: (lines: string[]) => void): string => {
    const copy = [...lines];
    change(copy);
    const path = join(folder, name);
    writeFileSync(path, copy.join('\n'));
    return path;
  };
  const to = join(folder, 'never.csv');
  const half = broken('half.ndjson', (copy) => copy.splice(-2));
  expect(await refused(half, { to: 'csv', out: to })).toMatch(/half\.ndjson:\d+:1: .*half-written/);
  const index = lines.findIndex((line) => line.includes('"kind":"sent"'));
  const empty = broken('empty.ndjson', (copy) => (copy[index] = '{"at":1,"server":1,"kind":"sent"}'));
  expect(await refused(empty, { to: 'csv', out: to })).toContain(`empty.ndjson:${index + 1}:1: `);
  const proto = broken('proto.ndjson', (copy) => (copy[1] = '{"at":1,"server":1,"kind":"__proto__","__proto__":{}}'));
  expect(await refused(proto, { to: 'csv', out: to })).toContain('proto.ndjson:2:1: kind');
  const version = broken(
    'version.ndjson',
    (copy) => (copy[0] = copy[0]!.replace(/"traceVersion":\d+/, '"traceVersion":99')),
  );
  expect(await refused(version, { to: 'csv', out: to })).toContain('a trace of version 99');
  expect(readdirSync(folder).filter((file) => file.includes('never'))).toEqual([]);
  expect(traceOf(scenarioOf('sync-trunc')).length).toBeGreaterThan(100);
});

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GROUPS, isOfService, parseRecord, unrecordedCloses } from './record.ts';

/** Copies records without what is not compared: `strip.ts FROM TO`. conformance/records/ was made with it. */

const KEPT = [
  'name',
  'group',
  'title',
  'description',
  'zookeeper',
  'config',
  'steps',
  'observed',
  'stability',
] as const;

export function strip(json: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const kept: Record<string, unknown> = {};
  for (const key of KEPT) if (key in json) kept[key] = json[key];
  const parsed = parseRecord('', JSON.stringify(json));
  if (parsed.kind === 'record' && !isOfService(parsed.record) && unrecordedCloses(parsed.record).size > 0)
    kept['detail'] = { txnlogs: (json['detail'] as Record<string, unknown>)['txnlogs'] };
  return kept;
}

/** One line for each step, observation, election, ...: small, and still readable in a diff. */
export function format(value: unknown, depth = 0): string {
  if (depth >= 3 || typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = ' '.repeat(depth + 1);
  const outer = ' '.repeat(depth);
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((item) => inner + JSON.stringify(item)).join(',\n')}\n${outer}]`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  const lines = entries.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${format(item, depth + 1)}`);
  return `{\n${lines.join(',\n')}\n${outer}}`;
}

function main(from: string, to: string): void {
  for (const name of readdirSync(from)) {
    if (!name.endsWith('.json') || !GROUPS.includes(name.slice(0, 1))) continue;
    const json = JSON.parse(readFileSync(join(from, name), 'utf8')) as Record<string, unknown>;
    writeFileSync(join(to, name), `${format(strip(json))}\n`);
  }
}

const [, , from, to] = process.argv;
if (from !== undefined && to !== undefined && process.argv[1]?.includes('strip') === true) main(from, to);

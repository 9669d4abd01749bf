// What is exported is what its format says, by the format's own parser where there is one.
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { SHIVIZ_PATTERN } from '../../report/exports/shiviz.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { exported, scenarioOf, SOME, traceOf } from './runs.ts';

/** Text that every format has some use for, in a place where a scenario can have it. */
const HOSTILE = `</script><img src=x>"; end\n*) -- %% #\\ {"a":1},=1+1 é`;

function hostile(scenario: Scenario): Scenario {
  const clients = scenario.clients.map((client) => ({ ...client, name: HOSTILE }));
  return { ...scenario, name: HOSTILE, title: HOSTILE, clients };
}

describe('mermaid', () => {
  let parse: (text: string) => Promise<unknown>;
  beforeAll(async () => {
    const { default: mermaid } = await import('mermaid');
    parse = async (text) => mermaid.parse(text);
  });

  test('the parser of Mermaid takes it, hostile names and a cut included', async () => {
    for (const name of SOME) {
      const scenario = scenarioOf(name);
      await expect(parse(exported('mermaid', scenario).text)).resolves.toMatchObject({ diagramType: 'sequence' });
      await expect(parse(exported('mermaid', hostile(scenario), { limit: 7 }).text)).resolves.toBeTruthy();
    }
  });

  test('the parser of Mermaid refuses what it should', async () => {
    await expect(parse('sequenceDiagram\n  S1->>: x ->')).rejects.toThrow();
  });

  test('arrows are the packets that arrived or were lost in the window, heartbeats left out', () => {
    const scenario = scenarioOf('old-leader-pauses-and-is-fenced');
    const { text, leftOut } = exported('mermaid', scenario, { from: 25_000_000, until: 26_000_000 });
    expect(leftOut).toBe(0);
    expect(text.match(/S5-xS\d: PROPOSAL 0x100000003/g)).toHaveLength(4);
    expect(text).not.toContain(': PING');
    const cut = exported('mermaid', scenario, { limit: 10 });
    expect(cut.text).toContain(`${cut.leftOut} more are left out`);
  });
});

test('shiviz: its own pattern reads it, and the clocks are those of the run', () => {
  for (const name of SOME) {
    const scenario = scenarioOf(name);
    const events = traceOf(scenario);
    const { text } = exported('shiviz', scenario, { skip: new Set(), limit: Infinity });
    const read = [...text.matchAll(SHIVIZ_PATTERN)];
    expect(read.map(([whole]) => `${whole}\n`).join('')).toBe(text);
    expect(read).toHaveLength(events.length);
    const own = new Map<string, number>();
    const wrong: string[] = [];
    const after = new Map<string, Record<string, number>>();
    for (const { groups } of read) {
      const { host, clock } = groups as { host: string; clock: string };
      const now = JSON.parse(clock) as Record<string, number>;
      const before = after.get(host) ?? {};
      // A host counts its own events one by one, and never knows of more of another than have happened there.
      if (now[host] !== (own.get(host) ?? 0) + 1) wrong.push(clock);
      for (const [other, count] of Object.entries(now))
        if (count < (before[other] ?? 0) || (other !== host && count > (own.get(other) ?? 0))) wrong.push(clock);
      own.set(host, now[host]!);
      after.set(host, now);
    }
    expect(wrong).toEqual([]);
    // Somebody has heard of everybody else who ever sent to him.
    const known = [...after].some(([host, clock]) => Object.keys(clock).some((other) => other !== host));
    expect(known).toBe(true);
  }
});

/** "Trace Event Format": the records that are written. */
const chrome = z.strictObject({
  displayTimeUnit: z.literal('ms'),
  otherData: z.record(z.string(), z.string()),
  traceEvents: z.array(
    z.discriminatedUnion('ph', [
      z.strictObject({
        ph: z.literal('M'),
        pid: z.int(),
        tid: z.int().optional(),
        name: z.enum(['process_name', 'process_sort_index', 'thread_name']),
        args: z.record(z.string(), z.union([z.string(), z.int()])),
      }),
      z.strictObject({
        ph: z.literal('X'),
        pid: z.int(),
        tid: z.int(),
        ts: z.int().min(0),
        dur: z.int().min(0),
        name: z.string(),
        cat: z.string(),
        args: z.unknown().optional(),
      }),
      z.strictObject({
        ph: z.literal('i'),
        s: z.enum(['g', 'p', 't']),
        pid: z.int(),
        tid: z.int(),
        ts: z.int().min(0),
        name: z.string(),
        cat: z.string(),
        args: z.unknown(),
      }),
      z.strictObject({
        ph: z.enum(['s', 'f']),
        bp: z.literal('e').optional(),
        id: z.int(),
        pid: z.int(),
        tid: z.int(),
        ts: z.int().min(0),
        name: z.string(),
        cat: z.string(),
      }),
    ]),
  ),
});

test('perfetto: every record has its fields, a flow ends once and after it began, states cover the window', () => {
  for (const name of SOME) {
    const scenario = scenarioOf(name);
    const { traceEvents } = chrome.parse(JSON.parse(exported('perfetto', scenario).text));
    const begun = new Map<number, number>();
    let ended = 0;
    const wrong: unknown[] = [];
    for (const record of traceEvents) {
      if (record.ph === 's') begun.set(record.id, record.ts);
      if (record.ph !== 'f') continue;
      ended++;
      if (!(record.ts >= (begun.get(record.id) ?? Infinity))) wrong.push(record);
      begun.delete(record.id);
    }
    expect(wrong).toEqual([]);
    expect(ended).toBeGreaterThan(20);
    const named = traceEvents.filter((record) => record.name === 'process_name');
    expect(named).toHaveLength(scenario.servers.length + scenario.clients.length);
  }
  const { traceEvents } = chrome.parse(JSON.parse(exported('perfetto', hostile(scenarioOf('sync-trunc'))).text));
  expect(traceEvents.length).toBeGreaterThan(100);
});

/** ADR-015 of Apalache. */
const itfInt = z.strictObject({ '#bigint': z.string().regex(/^-?\d+$/) });
const itfTuple = z.strictObject({ '#tup': z.array(itfInt) });
const itfMap = <T extends z.ZodType>(value: T): z.ZodType =>
  z.strictObject({ '#map': z.array(z.tuple([z.string(), value])) });
const itfTxn = z.strictObject({
  zxid: itfTuple,
  value: z.string(),
  ackSid: z.strictObject({ '#set': z.array(z.string()) }),
  epoch: itfInt,
});
const itfState = z.strictObject({
  '#meta': z.strictObject({ index: z.int() }),
  state: itfMap(z.enum(['LOOKING', 'FOLLOWING', 'LEADING'])),
  zabState: itfMap(z.enum(['ELECTION', 'DISCOVERY', 'SYNCHRONIZATION', 'BROADCAST'])),
  acceptedEpoch: itfMap(itfInt),
  currentEpoch: itfMap(itfInt),
  history: itfMap(z.array(itfTxn)),
  lastCommitted: itfMap(z.strictObject({ index: itfInt, zxid: itfTuple })),
  connectInfo: itfMap(z.string()),
  action: z.string(),
  at: itfInt,
});
const itfTrace = z.strictObject({
  '#meta': z.looseObject({ format: z.literal('ITF') }),
  vars: z.array(z.string()),
  states: z.array(itfState).min(1),
});

type ItfValue = { readonly '#map': readonly (readonly [string, unknown])[] };

test('itf: states are numbered, each has every variable, and the last is the end of the run', () => {
  for (const name of SOME) {
    const scenario = scenarioOf(name);
    const { text, leftOut } = exported('itf', scenario, { limit: 60 });
    const { vars, states } = itfTrace.parse(JSON.parse(text));
    expect(vars).toContain('lastCommitted');
    expect(states.length > 10 && states.length <= 60).toBe(true);
    expect(leftOut > 0).toBe(states.length === 60);
    states.forEach((state, index) => expect(state['#meta'].index).toBe(index));
    expect(states.filter((state) => vars.some((variable) => !(variable in state)))).toEqual([]);
    // A phase belongs to its state.
    const odd = states.flatMap(({ state, zabState }) => {
      const phases = new Map((zabState as ItfValue)['#map']);
      return (state as ItfValue)['#map'].filter(([id, at]) => (at === 'LOOKING') !== (phases.get(id) === 'ELECTION'));
    });
    expect(odd).toEqual([]);
  }
  const { states } = itfTrace.parse(JSON.parse(exported('itf', scenarioOf('old-leader-pauses-and-is-fenced')).text));
  const last = states.at(-1)!;
  expect(last.acceptedEpoch).toEqual({
    '#map': [1, 2, 3, 4, 5].map((id) => [`S${id}`, { '#bigint': '2' }]),
  });
  // The write of the old leader is gone from its history, which ends as everybody else's.
  const ends = (last.history as ItfValue)['#map'].map(([, txns]) => (txns as { zxid: unknown }[]).at(-1)?.zxid);
  expect(new Set(ends.map((end) => JSON.stringify(end)))).toEqual(
    new Set([JSON.stringify({ '#tup': [{ '#bigint': '2' }, { '#bigint': '2' }] })]),
  );
});

test('tla: brackets close, strings are plain, and every state names every variable', () => {
  for (const scenario of [...SOME.map(scenarioOf), hostile(scenarioOf('sync-trunc'))]) {
    const { text } = exported('tla', scenario, { limit: 60 });
    expect(text).toMatch(/^-{4,} MODULE ZabTrace -{4,}\n/);
    expect(text).toMatch(/\n={4,}\n$/);
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
    // The comment of the head ends where it should, and strings end on their line.
    const code = text.replace(/\(\*[\s\S]*?\*\)/, '').replaceAll(/"(?:[^"\\\n]|\\["\\])*"/g, '0');
    expect(code).not.toContain('"');
    expect(unclosed(code)).toEqual([]);
    const rows = /Trace == <<\n([\s\S]*?)\n>>\n/.exec(text)![1]!.split(/,\n(?= {2}\[state)/);
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows)
      for (const variable of ['state', 'zabState', 'acceptedEpoch', 'currentEpoch', 'history', 'lastCommitted'])
        expect(row).toContain(`${variable} |-> (`);
  }
});

/** Brackets without their partner. */
function unclosed(code: string): string[] {
  const open: string[] = [];
  const partner: Readonly<Record<string, string>> = { ']': '[', ')': '(', '}': '{', '>>': '<<' };
  for (const [bracket] of code.matchAll(/<<|>>|[[\](){}]/g)) {
    const other = partner[bracket];
    if (other === undefined) open.push(bracket);
    else if (open.pop() !== other) return [bracket];
  }
  return open;
}

test('csv: as many fields in every row, read back by the rules of RFC 4180', () => {
  for (const scenario of [scenarioOf('sync-trunc'), hostile(scenarioOf('old-leader-pauses-and-is-fenced'))]) {
    const { text } = exported('csv', scenario);
    const rows = rowsOf(text);
    expect(rows).toHaveLength(traceOf(scenario).length + 1);
    expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([10]));
    // No field is a formula to a spreadsheet.
    expect(rows.flat().filter((field) => /^[=+@]/.test(field))).toEqual([]);
  }
});

function rowsOf(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

test('svg: well-formed, without scripts, and hostile words are text', () => {
  for (const scenario of [scenarioOf('old-leader-pauses-and-is-fenced'), hostile(scenarioOf('sync-trunc'))]) {
    const { text } = exported('svg', scenario);
    expect(text).toMatch(/^(<\?xml[^>]*>\s*)?<svg /);
    expect(text).not.toMatch(/<script|<img|\son\w+=|javascript:/i);
    const open: string[] = [];
    for (const [, close, name, , empty] of text.matchAll(/<(\/?)([a-zA-Z][\w:-]*)((?:"[^"]*"|[^">])*?)(\/?)>/g)) {
      if (close === '/') expect(open.pop()).toBe(name);
      else if (empty !== '/') open.push(name!);
    }
    expect(open).toEqual([]);
    expect(text.replaceAll(/<[^>]*>/g, '')).not.toMatch(/[<>]|&(?!(lt|gt|amp|quot|apos|#\d+|#x[0-9a-f]+);)/i);
  }
});

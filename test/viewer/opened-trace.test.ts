// A run that was opened from a trace is shared and saved like any other.
import { expect, test } from 'vitest';
import { EngineClient } from '../../viewer/engine/client.ts';
import { localWire } from '../../viewer/engine/local-wire.ts';
import { TRACE_VERSION } from '../../sim/trace.ts';
import { VERSION } from '../../report/version.ts';
import { scenarioOf, traceOf } from '../export/runs.ts';
import { run } from '../../sim/run.ts';

test('its link and its file are that of the scenario in it', async () => {
  const scenario = scenarioOf('sync-trunc');
  const { traceHash, traceEvents } = run(scenario, '1', { properties: [] });
  const header = { zabsim: VERSION, traceVersion: TRACE_VERSION, scenario, seed: '1', release: scenario.release };
  const lines = [header, ...traceOf(scenario), { events: traceEvents, traceHash }].map((line) => JSON.stringify(line));
  const bytes = new TextEncoder().encode(`${lines.join('\n')}\n`).buffer;
  const refusals: string[] = [];
  const client = new EngineClient(localWire(), { refused: (_session, _what, why) => refusals.push(...why) });
  client.start([]);
  client.send({ kind: 'open', session: 'main', source: { kind: 'trace', bytes }, options: {} });
  // Requests are carried out one after the other.
  const link = await client.ask<'link'>({ kind: 'link', session: 'main' });
  const saved = await client.ask<'save'>({ kind: 'save', session: 'main' });
  client.close();
  expect(refusals).toEqual([]);
  expect(link.kind).toBe('link');
  expect(saved).toMatchObject({ kind: 'save', yaml: expect.stringContaining(traceHash) as string });
});

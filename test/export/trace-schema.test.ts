// The published form of a trace is that of real traces, and refuses what is not one.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Pairing } from '../../report/pairing.ts';
import { eventMistake, traceEventSchema, traceJsonSchema } from '../../report/trace-schema.ts';
import { TRACE_KINDS } from '../../scenarios/names.ts';
import { scenarioOf, SOME, traceOf } from './runs.ts';

test('every event of real traces fits, and every packet that arrives or is lost has been sent', () => {
  for (const name of SOME) {
    const packets = new Pairing();
    const wrong = traceOf(scenarioOf(name)).filter((event, index) => {
      const sent = packets.observe(event, index);
      const unsent = (event.kind === 'received' || event.kind === 'lost') && sent < 0;
      return unsent || eventMistake(event) !== null;
    });
    expect(wrong).toEqual([]);
  }
});

test('there is a form for every kind of event and no other', () => {
  const kinds = traceEventSchema.options.flatMap((option) => option.shape.kind.options);
  expect(kinds.toSorted()).toEqual(TRACE_KINDS.toSorted());
});

test('a field that is missing, of another type, or too many is named', () => {
  const [event] = traceOf(scenarioOf('sync-trunc')).filter(({ kind }) => kind === 'proposed');
  expect(eventMistake({ ...event, txn: undefined })).toContain('txn');
  expect(eventMistake({ ...event, at: -1 })).toContain('at');
  expect(eventMistake({ ...event, more: 1 })).toContain('more');
  expect(eventMistake({ ...event, kind: 'constructor' })).toContain('kind');
  expect(eventMistake(null)).not.toBe(null);
});

test('docs/trace.schema.json is what the program reads by; npm run schema writes it anew', () => {
  expect(JSON.parse(readFileSync('docs/trace.schema.json', 'utf8'))).toEqual(traceJsonSchema());
});

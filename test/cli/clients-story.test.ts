// Clients, their sessions and their watches are part of the story when they are asked for, and of no other.
import { expect, test } from 'vitest';
import { FencingLedger } from '../../report/fencing.ts';
import { PLAIN } from '../../report/paint.ts';
import { Story } from '../../report/story.ts';
import { announcement } from '../../report/summary.ts';
import { fileOf, play } from '../clients/playing.ts';

const BODY =
  'clients: [{name: reader}, {name: writer}]\ntimeline:\n  - {at: 2s, do: create, client: writer, path: /n}\n' +
  '  - {at: 3s, do: getData, client: reader, path: /n, watch: true}\n' +
  '  - {at: 4s, do: setData, client: writer, path: /n, data: new}\n  - {at: 5s, do: closeSession, client: reader}\nend: 6s\n';

function story(clients: boolean): string {
  const lines: string[] = [];
  const ledger = new FencingLedger();
  const options = { scenario: fileOf(BODY), paint: PLAIN, verbose: false, clients, ledger };
  const told = new Story({ ...options, write: (line) => lines.push(line) });
  play(BODY).trace.forEach((event) => told.observe(event, false));
  told.end();
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  return lines.join('\n');
}

test('with --clients every state, session and watch event has its line', () => {
  const text = story(true);
  expect(text).toMatch(/S\d {3}client writer is Connected with S\d, session\n? *0x\d/);
  expect(text).toMatch(/session 0x\d+ opened/);
  expect(text).toMatch(/client reader is told: NodeDataChanged \/n/);
  expect(text).toMatch(/session 0x\d+ closed/);
  expect(text).toMatch(/client reader is Closed/);
});

test('without it they are left out, and the calls are told as ever, in the words of what was asked', () => {
  const text = story(false);
  expect(text).not.toMatch(/Connected|opened|is told/);
  expect(text).toContain('client writer asks: setData /n "new"');
  expect(text).toContain('client reader asks: getData /n, with a watch');
});

test('a workload without an end is announced, with the end that bounds it', () => {
  const endless = fileOf('clients: [{name: a, workload: {kind: counter}}]\nend: 9s\n');
  expect(announcement(endless, '1', PLAIN).join(' ').replace(/\s+/g, ' ')).toContain(
    'without a number of operations, the workload of client a would never end: the run ends at 9.000 s',
  );
  const bounded = fileOf('clients: [{name: a, operations: 3, workload: {kind: counter}}]\nend: 9s\n');
  expect(announcement(bounded, '1', PLAIN).join(' ')).not.toContain('would never end');
});

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

test('no JSON of an operation is shown, and answers are summed up by their error', () => {
  const body =
    'clients: [{name: a}]\ntimeline:\n  - {at: 2s, do: create, client: a, path: /n, data: x}\n' +
    '  - {at: 3s, do: create, client: a, path: /n}\n  - {at: 3010ms, do: delete, client: a, path: /gone}\n' +
    '  - {at: 3020ms, do: create, client: a, path: /n}\nend: 4s\n';
  for (const verbose of [false, true]) {
    const lines: string[] = [];
    const ledger = new FencingLedger();
    const options = { scenario: fileOf(body), paint: PLAIN, verbose, clients: true, ledger };
    const told = new Story({ ...options, write: (line) => lines.push(line) });
    play(body).trace.forEach((event) => told.observe(event, false));
    told.end();
    const text = lines.join('\n');
    expect(text).not.toContain('{"');
    if (verbose) {
      expect(text.replace(/\s+/g, ' ')).toMatch(/proposes 0x1\d+ \(create \/n "x"\)/);
      expect(text.match(/client a asks: create \/n/g)).toHaveLength(3);
      expect(text.match(/client a gets: NODEEXISTS/g)).toHaveLength(2);
      expect(text).toMatch(/client a sends S\d CLIENTREQUEST delete \/gone/);
    } else expect(text).toMatch(/2 answers failed \(NODEEXISTS\)\n.*client a: failed \(NONODE\)/);
  }
});

test('a workload without an end is announced, with the end that bounds it', () => {
  const endless = fileOf('clients: [{name: a, workload: {kind: counter}}]\nend: 9s\n');
  expect(announcement(endless, '1', PLAIN).join(' ').replace(/\s+/g, ' ')).toContain(
    'without a number of operations, the workload of client a would never end: the run ends at 9.000 s',
  );
  const bounded = fileOf('clients: [{name: a, operations: 3, workload: {kind: counter}}]\nend: 9s\n');
  expect(announcement(bounded, '1', PLAIN).join(' ')).not.toContain('would never end');
});

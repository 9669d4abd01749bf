// What servers say to one another and write to disk, packet by packet, is what it was at the last commit.
import { describe, expect, test } from 'vitest';
import { formatMistake, loadScenario, parseScenario, type Parsed } from '../index.ts';
import { PROPERTIES } from '../properties/index.ts';
import { run } from '../sim/run.ts';
import type { Scenario } from '../sim/scenario.ts';
import type { Micros } from '../sim/time.ts';
import type { TraceEvent } from '../sim/trace.ts';
import { expectGolden } from './golden.ts';
import { between, Transcript } from './transcript.ts';

function scenarioOf(parsed: Parsed): Scenario {
  if ('mistakes' in parsed) throw new Error(parsed.mistakes.map(formatMistake).join('\n'));
  return parsed.scenario;
}

function inline(text: string): Scenario {
  return scenarioOf(parseScenario(`title: a conversation\nteaches: what is said\n${text}`, 'inline'));
}

function transcript(scenario: Scenario, from: Micros, concerns: (event: TraceEvent) => boolean): string {
  const said = new Transcript((event) => event.at >= from && concerns(event));
  const report = run(scenario, '1', { properties: PROPERTIES, keep: (event) => said.observe(event) });
  expect(report.violations).toEqual([]);
  return said.text;
}

describe('from first word to first write', () => {
  test('three servers start one after another, the third has nothing to decide any more', () => {
    const scenario = inline(`
ensemble: {voters: 3, started: none}
service: register
timeline:
  - {at: 1ms, do: start, server: 1}
  - {at: 1s, do: start, server: 2}
  - {at: 4s, do: start, server: 3}
  - {at: 6s, do: write, server: 1, key: x, value: 1}
end: 8s`);
    expectGolden(
      'test/golden/cold-start.txt',
      transcript(scenario, 0, () => true),
    );
  });

  test('the leader is killed, another one leads the next epoch, the old one returns as a follower', () => {
    const scenario = inline(`
ensemble: {voters: 3}
service: register
timeline:
  - {at: 3s, do: write, server: 1, key: x, value: 1}
  - {at: 4s, do: kill, server: 3}
  - {at: 8s, do: write, server: 1, key: x, value: 2}
  - {at: 9s, do: start, server: 3}
end: 12s`);
    expectGolden(
      'test/golden/leader-change.txt',
      transcript(scenario, 2_900_000, () => true),
    );
  });
});

describe('synchronization, as the learner and its leader see it', () => {
  const cases: readonly (readonly [scenario: string, learner: number, leader: number, from: Micros])[] = [
    ['sync-diff', 1, 3, 8_000_000],
    ['sync-trunc', 3, 2, 12_000_000],
    ['sync-trunc-then-diff', 3, 2, 12_000_000],
    ['sync-snap', 1, 3, 30_000_000],
    ['sync-from-the-log-on-disk', 1, 3, 30_000_000],
  ];
  test.each(cases)('%s', (name, learner, leader, from) => {
    expectGolden(`test/golden/${name}.txt`, transcript(scenarioOf(loadScenario(name)), from, between(learner, leader)));
  });
});

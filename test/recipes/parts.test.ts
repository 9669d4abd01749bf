// Recipes are data that survive a round trip and are refused with a position when they are wrong; the document and the commands
// name every one of them; the processes and links of clients fail as the timeline says.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatMistake, parseScenario } from '../../scenarios/parse.ts';
import { scenarioNames } from '../../scenarios/load.ts';
import { writeScenario } from '../../scenarios/write.ts';
import { sequenceOf } from '../../sim/clients/recipes/acts.ts';
import { RECIPES } from '../../sim/clients/recipes/all.ts';
import { cloneWorld, fingerprint } from '../../sim/copies.ts';
import { advance, beginRun, run } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { SECOND } from '../../sim/time.ts';
import type { TraceEvent } from '../../sim/trace.ts';
import { applyEvent, nextEvent } from '../../sim/world.ts';

const HEAD = 'title: t\nteaches: t\nensemble: {voters: 3}\nservice: zookeeper\nend: 20s\n';

function parsed(rest: string): Scenario {
  const found = parseScenario(HEAD + rest, 'x.yaml');
  if ('mistakes' in found) throw new Error(found.mistakes.map(formatMistake).join('\n'));
  return found.scenario;
}

function traceOf(scenario: Scenario, seed = '1'): TraceEvent[] {
  const trace: TraceEvent[] = [];
  run(scenario, seed, { properties: [], keep: (event) => trace.push(event) });
  return trace;
}

test.each(scenarioNames('scenarios/recipes'))('%s is the same scenario when it is written and read again', (name) => {
  const file = `scenarios/recipes/${name}.yaml`;
  const read = parseScenario(readFileSync(file), file);
  if ('mistakes' in read) throw new Error(read.mistakes.map(formatMistake).join('\n'));
  const again = parseScenario(writeScenario(read.scenario), file);
  expect(again).toEqual(read);
});

describe('a mistake in the data of a recipe has a position', () => {
  test.each([
    ['{kind: lok}', /x\.yaml:7:\d+: .*expected kind: leader-election, lock/],
    ['{kind: lock, rounds: 0}', /x\.yaml:7:\d+: .*rounds/],
    ['{kind: lock, path: lock}', /x\.yaml:7:\d+: .*"lock"/],
    ['{kind: lock, path: /}', /x\.yaml:7:\d+: .*the root is no place for a recipe/],
    ['{kind: lock, mistake: forgets}', /x\.yaml:7:\d+: .*no-fencing-token/],
    ['{kind: queue}', /x\.yaml:7:\d+: .*role/],
    ['{kind: lock, hold: soon}', /x\.yaml:7:\d+: .*duration such as/],
    ['{kind: lock, size: 3}', /x\.yaml:7:\d+: .*size/],
  ])('%s', (recipe, message) => {
    const found = parseScenario(`${HEAD}clients:\n  - {name: a, recipe: ${recipe}}\n`, 'x.yaml');
    expect('mistakes' in found ? found.mistakes.map(formatMistake).join('\n') : '').toMatch(message);
  });

  test.each([
    ['mix: {write: 100}', /mix/],
    ['workload: {kind: counter}', /either a workload or a recipe/],
    ['session: 0s', /recipe needs a session/],
  ])('beside %s', (other, message) => {
    const found = parseScenario(`${HEAD}clients:\n  - {name: a, ${other}, recipe: {kind: lock}}\n`, 'x.yaml');
    expect('mistakes' in found ? found.mistakes.map(formatMistake).join('\n') : '').toMatch(message);
  });
});

test('docs/RECIPES.md names each recipe, each mistake with what it breaks, and each scenario', () => {
  const text = readFileSync('docs/RECIPES.md', 'utf8');
  for (const { program, mistakes } of RECIPES) {
    expect(text).toContain(`: \`${program.name}\`\n`);
    for (const { name, breaks } of mistakes) {
      const row = text.split('\n').find((line) => line.includes(`recipes/${program.name}-${name}\``));
      expect(row, name).toContain(`| \`${name}\` |`);
      expect(row, name).toContain(`| ${breaks} |`);
    }
  }
  for (const name of scenarioNames('scenarios/recipes')) expect(text).toContain(`\`zabsim run recipes/${name}\``);
});

test('the number of a node is its last ten characters, also when it has overflowed', () => {
  expect(['lock-7.12-0000000003', 'n--000000002', 'x-2147483647'].map(sequenceOf)).toEqual([3, -2, 2147483647]);
});

describe('the process of a client', () => {
  const locked = 'clients: [{name: a, from: 3s, session: 4s, recipe: {kind: lock, rounds: 1, hold: 1s}}]\ntimeline:\n';
  const told = (trace: readonly TraceEvent[], fact: string): number[] =>
    trace.flatMap((event) => (event.kind === 'recipe' && event.fact === fact ? [event.at] : []));
  const states = (trace: readonly TraceEvent[]): string[] =>
    trace.flatMap((event) => (event.kind === 'clientState' ? [event.state] : []));
  const held = (step: string): string => `  - {when: {event: recipe, fact: acquired}, ${step}}\n`;

  test('does nothing while it is paused, and does first what it was about to do', () => {
    const trace = traceOf(parsed(locked + held('delay: 10ms, do: pauseClient') + held('delay: 8s, do: resumeClient')));
    const [acquired = 0] = told(trace, 'acquired');
    const quiet = trace.filter(
      ({ at, kind, server }) =>
        at > acquired + 20_000 &&
        at < acquired + 8 * SECOND &&
        (kind === 'recipe' || (kind === 'sent' && server === -1)),
    );
    expect(quiet).toEqual([]);
    // It uses the resource once more before it hears that its session is over.
    const last = told(trace, 'used')[1] ?? 0;
    expect(last).toBeGreaterThan(acquired + 8 * SECOND);
    expect(states(trace)).toEqual(['Connected', 'Disconnected', 'Expired', 'Connected', 'Closed']);
  });

  test('is gone when it is killed, while its session lives on; another life has another session', () => {
    const trace = traceOf(parsed(locked + held('delay: 10ms, do: killClient') + held('delay: 1s, do: startClient')));
    const [killed = 0] = told(trace, 'killed');
    const sessions = trace.flatMap((event) =>
      event.kind === 'clientState' && event.session > 0 ? [event.session] : [],
    );
    expect(new Set(sessions).size).toBe(2);
    // The lock of the first life is in the way until its session expires.
    expect((told(trace, 'acquired')[1] ?? 0) - killed).toBeGreaterThan(3 * SECOND);
    expect(told(trace, 'finished').length).toBe(1);
  });

  test('is cut off in one direction: what it asked for happens, and it does not hear of it', () => {
    const waits = (step: string): string => `  - {when: {event: recipe, fact: waits}, ${step}}\n`;
    const cut = (way: string): TraceEvent[] =>
      traceOf(parsed(locked + waits(`do: cutClient, way: ${way}`) + waits('delay: 3s, do: healClient')));
    const creations = (trace: readonly TraceEvent[]): number =>
      new Set(
        trace.flatMap((event) =>
          event.kind === 'committed' && JSON.stringify(event.txn.body).includes('/lock/lock-') ? [event.txn.zxid] : [],
        ),
      ).size;
    // A create and the delete in the end; where the request waits too, it is carried out late or not at all.
    expect(creations(cut('fromServers'))).toBe(2);
    expect(told(cut('fromServers'), 'finished').length).toBe(1);
    expect(told(cut('toServers'), 'finished').length).toBe(1);
  });

  test('is part of a world that is copied: the copy goes on alike', () => {
    const scenario = parsed(locked + held('delay: 10ms, do: pauseClient') + held('delay: 8s, do: resumeClient'));
    const begun = beginRun(scenario, '1', { properties: [] });
    advance(begun, 6 * SECOND);
    expect(begun.world.clients[0]?.halted?.how).toBe('paused');
    const copy = cloneWorld(begun.world);
    expect(fingerprint(copy)).toBe(fingerprint(begun.world));
    for (const world of [begun.world, copy])
      for (let event = nextEvent(world, 19 * SECOND); event !== undefined; event = nextEvent(world, 19 * SECOND))
        applyEvent(world, event, world === copy ? () => undefined : begun.emit);
    expect(fingerprint(copy)).toBe(fingerprint(begun.world));
  });
});

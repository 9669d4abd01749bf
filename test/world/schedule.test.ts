// Schedules: a calm run is quiet, all recorded draws make the run that they were recorded from, and what pct and pos choose
// happens on a clock that the models allow.
import { describe, expect, test } from 'vitest';
import { cloneWorld, fingerprint } from '../../sim/copies.ts';
import { Recorder } from '../../sim/recorder.ts';
import { run, setupOf } from '../../sim/run.ts';
import type { Scenario, Schedule } from '../../sim/scenario.ts';
import { recordDraws } from '../../sim/search/record-draws.ts';
import { MS, SECOND } from '../../sim/time.ts';
import { listen } from '../../sim/timeline.ts';
import { applyEvent, newWorld, nextEvent, type World } from '../../sim/world.ts';
import { at, busy, client, played, scenarioOf, startAll, write } from './ensemble.ts';

const PCT: Schedule = { kind: 'pct', depth: 3, steps: 2000 };
const POS: Schedule = { kind: 'pos' };
const CALM: Schedule = { kind: 'calm', except: [] };

function hashOf(scenario: Scenario, seed = '1'): string {
  return run(scenario, seed, { properties: [] }).traceHash;
}

function simple(schedule: Schedule, voters = 3): Scenario {
  return scenarioOf({
    voters,
    schedule,
    timeline: [
      startAll(...Array.from({ length: voters }, (_, i) => i + 1)),
      ...[3, 4, 5].map((second) => at(second * SECOND, write('c', 'x', second))),
      at(6 * SECOND, { kind: 'kill', servers: ['leader'], unsent: false }),
      at(10 * SECOND, write('c', 'x', 6)),
    ],
    clients: [client('c'), client('d', { server: 'any', operations: 20 })],
    calmAt: 12 * SECOND,
    endAt: 20 * SECOND,
  });
}

describe('a calm run', () => {
  test('does not depend on the seed, elects a leader and serves', () => {
    for (const voters of [1, 2, 3, 5, 7]) {
      expect(hashOf(simple(CALM, voters), '1')).toBe(hashOf(simple(CALM, voters), '2'));
      const { servers, commits } = run(simple(CALM, voters), '1', { properties: [] });
      expect(servers.filter(({ mode }) => mode === 'leader')).toHaveLength(1);
      expect(commits).toBeGreaterThan(0);
    }
  });

  test('with every recorded draw as an exception is the run that was recorded', () => {
    for (const seed of ['1', '2', '3'])
      for (const scenario of [simple({ kind: 'uniform' }), busy(), datagrams()]) {
        const except = recordDraws(scenario, seed).map(({ calm: _, ...draw }) => draw);
        expect(hashOf({ ...scenario, schedule: { kind: 'calm', except } }, 'another')).toBe(hashOf(scenario, seed));
      }
  });

  test('needs only those draws that were not calm', () => {
    const except = recordDraws(busy(), '5').flatMap(({ calm, ...draw }) => (draw.value === calm ? [] : [draw]));
    expect(hashOf({ ...busy(), schedule: { kind: 'calm', except } })).toBe(hashOf(busy(), '5'));
  });

  test('keeps an exception within what the draw could have yielded', () => {
    const sent = (value: number): number => {
      const schedule: Schedule = {
        kind: 'calm',
        except: [{ stream: 'startup', a: 3, b: 1, nth: 1, value }],
      };
      const { trace } = played(simple(schedule));
      return trace.find((event) => event.kind === 'started' && event.server === 3)!.at;
    };
    expect(sent(250 * MS)).toBe(250 * MS);
    expect(sent(0)).toBe(100 * MS);
    expect(sent(9 * SECOND)).toBe(300 * MS);
  });

  test('has no storm where chaos is asked for', () => {
    const scenario = { ...busy(), schedule: CALM };
    expect(run(scenario, '1', { properties: [] }).events).toBeLessThan(run(busy(), '1', { properties: [] }).events * 2);
  });
});

function datagrams(): Scenario {
  return scenarioOf({
    network: { assumption: 'datagram', lossPpm: 500, duplicatePpm: 20_000, spikePpm: 2000 },
    timeline: [startAll()],
    clients: [client('a', { from: 2 * SECOND, operations: 100 })],
    endAt: 10 * SECOND,
  });
}

describe.each([
  ['pct', PCT],
  ['pos', POS],
] as const)('under %s', (_, schedule) => {
  test('a run is named by scenario and seed, and elects and serves', () => {
    const hashes = ['1', '2', '3', '4'].map((seed) => hashOf(simple(schedule), seed));
    expect(['1', '2', '3', '4'].map((seed) => hashOf(simple(schedule), seed))).toEqual(hashes);
    expect(new Set(hashes).size).toBe(4);
    for (const seed of ['1', '2', '3']) {
      const { servers } = run({ ...busy(), schedule }, seed, { properties: [] });
      expect(servers.map(({ mode }) => mode).sort()).toEqual(['follower', 'follower', 'leader']);
    }
  });

  test('time never runs backwards, packets stay in order, and each takes between the least and the greatest latency', () => {
    const scenario = { ...simple(schedule), network: { ...simple(schedule).network, latency: [200, 2000] as const } };
    const { trace } = played(scenario, '7');
    const sent = new Map<string, { at: number; message: unknown }[]>();
    let last = 0;
    let spread = 0;
    for (const event of trace) {
      expect(event.at).toBeGreaterThanOrEqual(last);
      last = event.at;
      if (event.kind !== 'sent' && event.kind !== 'received') continue;
      if (event.plane === 'client' || event.peer < 0 || event.server < 0) continue;
      const [from, to] = event.kind === 'sent' ? [event.server, event.peer] : [event.peer, event.server];
      const key = `${event.connection} ${from} ${to}`;
      const queue = sent.get(key) ?? [];
      sent.set(key, queue);
      if (event.kind === 'sent') queue.push({ at: event.at, message: event.message });
      else {
        const first = queue.shift()!;
        expect(first.message).toBe(event.message);
        expect(event.at - first.at).toBeGreaterThanOrEqual(200);
        expect(event.at - first.at).toBeLessThanOrEqual(2000);
        spread = Math.max(spread, event.at - first.at);
      }
    }
    expect(spread).toBeGreaterThan(300);
  });

  test('a disk works on one thing after the other, and for as long as its model says', () => {
    const scenario: Scenario = { ...simple(schedule), disk: { ...simple(schedule).disk, sync: [500, 5000] } };
    const logged = played(scenario, '3').trace.filter(({ kind, server }) => kind === 'logged' && server === 2);
    for (let i = 1; i < logged.length; i++) expect(logged[i]!.at - logged[i - 1]!.at).toBeGreaterThanOrEqual(500);
  });

  test('a copy of a world goes on as the original does', () => {
    const scenario = { ...busy(), schedule };
    for (const moment of [500 * MS, 5 * SECOND, 12 * SECOND]) {
      const world = newWorld(scenario, '1');
      playOn(world, moment);
      const copy = cloneWorld(world);
      const print = fingerprint(world);
      expect(fingerprint(copy)).toBe(print);
      const first = playOn(copy, 20 * SECOND);
      expect(fingerprint(world)).toBe(print);
      expect(playOn(world, 20 * SECOND)).toBe(first);
    }
  });

  test('a calm run with the delays as they turned out comes close to it: the same leaders and the same commits', () => {
    const scenario = simple(schedule);
    const except = recordDraws(scenario, '4').flatMap(({ calm, ...draw }) => (draw.value === calm ? [] : [draw]));
    const again = run({ ...scenario, schedule: { kind: 'calm', except } }, '4', { properties: [] });
    const first = run(scenario, '4', { properties: [] });
    // Timers that run out in the same microsecond have no delay that could tell their order.
    const elected = ({ elections }: typeof first): string[] =>
      elections.map(({ server, leader }) => `${server} ${leader}`).sort((x, y) => (x < y ? -1 : 1));
    expect(elected(again)).toEqual(elected(first));
    expect(again.commits).toBe(first.commits);
  });
});

function playOn(world: World, until: number): string {
  const recorder = new Recorder(setupOf(world.scenario), [], undefined);
  const emit = listen(world, recorder.emit);
  for (let event = nextEvent(world, until); event !== undefined; event = nextEvent(world, until))
    applyEvent(world, event, emit);
  return recorder.hasher.hex();
}

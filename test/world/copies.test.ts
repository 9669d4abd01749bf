import { describe, expect, test } from 'vitest';
import { Recorder } from '../../sim/recorder.ts';
import { run, setupOf } from '../../sim/run.ts';
import { MS, SECOND } from '../../sim/time.ts';
import { listen } from '../../sim/timeline.ts';
import { cloneWorld, fingerprint } from '../../sim/copies.ts';
import { applyEvent, nextEvent, type World } from '../../sim/world.ts';
import { at, busy, client, Lab, scenarioOf, startAll, whenever, write } from './ensemble.ts';

/** Plays a world on until a time and returns the hash of the trace it gives. */
function playOn(world: World, until: number): string {
  const recorder = new Recorder(setupOf(world.scenario), [], undefined);
  const emit = listen(world, recorder.emit);
  for (let next = world.queue.peekAt(); next !== undefined && next <= until; next = world.queue.peekAt()) {
    const event = nextEvent(world);
    if (event !== undefined) applyEvent(world, event, emit);
  }
  return recorder.hasher.hex();
}

describe('a run', () => {
  test('is named by scenario and seed: twice the same trace, another seed another', () => {
    const hashOf = (seed: string): string => run(busy(), seed, { properties: [] }).traceHash;
    const seeds = ['1', '2', '3', '4', '5'];
    const first = seeds.map(hashOf);
    expect(seeds.map(hashOf)).toEqual(first);
    expect(new Set(first).size).toBe(seeds.length);
  });

  test('is moved by no stream that it does not use: a client beside it leaves the election as it was', () => {
    const elected = (clients: ReturnType<typeof client>[]): unknown =>
      new Lab(scenarioOf({ timeline: [startAll()], clients })).until(SECOND).of('elected');
    expect(elected([client('c', { operations: 50 })])).toEqual(elected([]));
  });

  test('with every kind of fault still ends with an ensemble that serves and agrees', () => {
    for (const seed of ['11', '12', '13', '14', '15', '16']) {
      const { servers } = run(busy(), seed, { properties: [] });
      expect(servers.map(({ mode }) => mode).sort()).toEqual(['follower', 'follower', 'leader']);
      expect(new Set(servers.map(({ stateHash }) => stateHash)).size).toBe(1);
    }
  });
});

describe('a copy of a world', () => {
  // In the election, in synchronization, in broadcast, in the middle of faults.
  const moments = [580 * MS, 2 * SECOND, 9 * SECOND, 14 * SECOND];

  test('has the same future as its original', () => {
    for (const moment of moments) {
      const original = new Lab(busy()).until(moment).world;
      const copy = cloneWorld(original);
      expect(fingerprint(copy)).toBe(fingerprint(original));
      expect(playOn(copy, 40 * SECOND)).toBe(playOn(original, 40 * SECOND));
      expect(fingerprint(copy)).toBe(fingerprint(original));
    }
  });

  test('is not touched by what becomes of its original, nor the other way', () => {
    for (const moment of moments) {
      const original = new Lab(busy()).until(moment).world;
      const untouched = fingerprint(original);
      const copy = cloneWorld(original);
      playOn(copy, 40 * SECOND);
      expect(fingerprint(original)).toBe(untouched);
      const second = cloneWorld(original);
      playOn(original, 40 * SECOND);
      expect(fingerprint(second)).toBe(untouched);
      expect(playOn(second, 40 * SECOND)).toBe(playOn(new Lab(busy()).until(moment).world, 40 * SECOND));
    }
  });

  test('carries on with the conditions of the timeline where the original stood', () => {
    const when = whenever({ event: 'committed', nth: 3 });
    const kill = { kind: 'kill', servers: [1], unsent: false } as const;
    const scenario = scenarioOf({
      timeline: [
        startAll(),
        ...[2, 3, 4, 5].map((second) => at(second * SECOND, write('c', 'x', second))),
        { moment: { kind: 'when', when, delay: 0 }, label: null, action: kill },
      ],
      clients: [client('c', { server: 2 })],
    });
    const original = new Lab(scenario).until(3500 * MS).world;
    const copy = cloneWorld(original);
    playOn(copy, 10 * SECOND);
    expect(copy.hosts[1]!.server).toBe(null);
    expect(original.hosts[1]!.server).not.toBe(null);
    playOn(original, 10 * SECOND);
    expect(original.hosts[1]!.server).toBe(null);
  });
});

describe('a fingerprint', () => {
  test('does not depend on when things happen, and changes with what has happened', () => {
    const idle = new Lab(scenarioOf({ timeline: [] }));
    const before = fingerprint(idle.world);
    expect(fingerprint(idle.until(5 * SECOND).world)).toBe(before);
    const started = new Lab(scenarioOf({ timeline: [startAll()] }));
    const seen = new Set<number>();
    for (const moment of [0, 100, 300, 450, 580, 700]) seen.add(fingerprint(started.until(moment * MS).world));
    expect(seen.size).toBeGreaterThanOrEqual(4);
  });

  test('tells apart worlds that differ in an epoch file, a log record, a cut or a running process', () => {
    const base = (): World => new Lab(scenarioOf({ timeline: [startAll()] })).until(2 * SECOND).world;
    const prints = new Set([fingerprint(base())]);
    const changed = base();
    changed.hosts[1]!.storage.acceptedEpoch = 9;
    prints.add(fingerprint(changed));
    const cut = base();
    cut.network.cuts.push({ fault: 'cut', from: 1, to: 2, planes: ['quorum'], since: 0, landed: false });
    prints.add(fingerprint(cut));
    const paused = base();
    paused.hosts[1]!.paused = true;
    prints.add(fingerprint(paused));
    const logged = base();
    logged.hosts[1]!.storage.logs.push({ name: 1 as never, txns: [], torn: false });
    prints.add(fingerprint(logged));
    expect(prints.size).toBe(5);
  });
});

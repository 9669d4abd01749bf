// What is seen on the page is the run of the command line: with hands laid on it, at any moment, forwards and back.
import { describe, expect, test } from 'vitest';
import { PROPERTIES } from '../../properties/index.ts';
import { formatMistake, parseScenario } from '../../scenarios/parse.ts';
import { run } from '../../sim/run.ts';
import { Hasher } from '../../sim/hash.ts';
import { stream } from '../../sim/random.ts';
import type { Action, Scenario } from '../../sim/scenario.ts';
import { SECOND } from '../../sim/time.ts';
import { Bodies, hashTraceEvent } from '../../sim/trace-hash.ts';
import type { TraceEvent } from '../../sim/trace.ts';
import type { Flight, Frame } from '../../viewer/frame.ts';
import type { Request } from '../../viewer/protocol.ts';
import { Driver, LIBRARY } from './driver.ts';

function parsed(yaml: string): Scenario {
  const result = parseScenario(yaml, 'saved.yaml');
  if ('mistakes' in result) throw new Error(result.mistakes.map(formatMistake).join('\n'));
  return result.scenario;
}

async function saved(driver: Driver): Promise<string> {
  const answer = await driver.client.ask({ kind: 'save', session: 'main' });
  if (answer.kind !== 'save') throw new Error(answer.lines.join('\n'));
  return answer.yaml;
}

const seek = (at: number): Request => ({ kind: 'seek', session: 'main', to: { kind: 'time', at } });
const hand = (action: Action): Request => ({ kind: 'intervene', session: 'main', action });
const END: Request = { kind: 'seek', session: 'main', to: { kind: 'end' } };
const PLAYGROUND = 'playground';

function flight(frame: Frame, which: (one: Flight) => boolean): Flight {
  const found = frame.flights.find(which);
  if (found === undefined) throw new Error('no such message is under way');
  return found;
}

describe('every scenario', () => {
  test('ends in the page with the trace hash of the command line', async () => {
    const driver = await new Driver().start();
    // Every fifth: the command line's own tests play them all.
    const some = LIBRARY.filter(({ name }, index) => index % 5 === 0 && !/chaos|elections-again/.test(name));
    expect(some.length).toBeGreaterThan(15);
    for (const { name, yaml } of some) {
      const source = { kind: 'scenario', name } as const;
      await driver.do({ kind: 'open', session: 'main', source, options: { events: false } });
      let frame = await driver.do({ kind: 'seek', session: 'main', to: { kind: 'violation' } });
      const scenario = parsed(yaml);
      const report = run(scenario, '1', { properties: PROPERTIES });
      expect(frame.hash, name).toBe(report.traceHash);
      expect(frame.violations.slice(0, 1), name).toEqual(report.violations.slice(0, 1));
      if (report.verdict === 'pass') expect(frame.ended, name).toBe(true);
      frame = driver.frame();
      expect(
        frame.properties.map(({ name: property, premises }) => [property, premises]),
        name,
      ).toEqual(report.properties.map(({ name: property, premises }) => [property, premises]));
      expect(driver.faults).toEqual([]);
    }
  });
});

describe('the past', () => {
  test('is what it was: two hundred steps back, and seeks there and back again, by hash', async () => {
    const driver = await new Driver().start();
    await driver.open('leader-crashes-after-one-ack', '7');
    const end = await driver.do(END);
    const random = stream('seeks', 'test');
    const known = new Map<number, string>();
    // Forwards, once, by the run itself.
    await driver.do({ kind: 'seek', session: 'main', to: { kind: 'start' } });
    const fresh = await new Driver().start();
    await fresh.open('leader-crashes-after-one-ack', '7');
    for (let i = 0; i < 200; i++) {
      const event = random.below(end.position.traced);
      const back = await driver.do({ kind: 'seek', session: 'main', to: { kind: 'event', event } });
      const hash = hashOf(driver.trace(), back.position.traced);
      expect(back.hash).toBe(hash);
      known.set(back.position.events, back.hash);
    }
    for (const [events, hash] of [...known].sort(([a], [b]) => a - b)) {
      let frame = fresh.frame();
      while (frame.position.events < events) frame = await fresh.do({ kind: 'step', session: 'main', by: 1 });
      if (frame.position.events === events) expect(frame.hash).toBe(hash);
      if (frame.position.events > 600) break;
    }
  });

  test('a step back undoes a step, to the last field of the frame', async () => {
    const driver = await new Driver().start();
    await driver.open('sync-trunc');
    await driver.do(seek(12 * SECOND));
    for (let i = 0; i < 40; i++) {
      const before = await driver.do({ kind: 'step', session: 'main', by: 1 });
      await driver.do({ kind: 'step', session: 'main', by: 1 });
      const after = await driver.do({ kind: 'step', session: 'main', by: -1 });
      expect({ ...after, played: null, stopped: null }).toEqual({ ...before, played: null, stopped: null });
    }
  });

  test('is the same under priorities, where the future is not a queue', async () => {
    const yaml = LIBRARY.find(({ name }) => name === 'sync-diff')!.yaml;
    const text = yaml.replace(/^end:/m, 'schedule: {strategy: pos}\nend:');
    const driver = await new Driver().start();
    const source = { kind: 'yaml', text, name: 'pos.yaml' } as const;
    await driver.do({ kind: 'open', session: 'main', source, options: {} });
    const end = await driver.do(END);
    for (const part of [0.9, 0.5, 0.1, 0.7]) {
      const event = Math.floor(end.position.traced * part);
      const frame = await driver.do({ kind: 'seek', session: 'main', to: { kind: 'event', event } });
      expect(frame.hash).toBe(hashOf(driver.trace(), frame.position.traced));
    }
    expect((await driver.do(END)).hash).toBe(end.hash);
    await driver.do(seek(2 * SECOND));
    await driver.do(hand({ kind: 'pause', servers: [1] }));
    expect(driver.refused.join()).toMatch(/priorities/);
  });
});

describe('what is done by hand', () => {
  test('is a step of the plan: the saved file ends with the same hash on the command line', async () => {
    const driver = await new Driver().start();
    await driver.open(PLAYGROUND, '3');
    await driver.do(seek(3 * SECOND));
    const leader = driver.frame().leader;
    expect(leader).toBeGreaterThan(0);
    const others = driver
      .frame()
      .servers.map(({ id }) => id)
      .filter((id) => id !== leader);
    const [a = 0, b = 0, c = 0, d = 0] = others;
    const acts: Action[] = [
      {
        kind: 'write',
        client: driver.abouts.get('main')?.clients[0] ?? '',
        server: null,
        key: 'k',
        value: 9,
        times: 3,
      },
      { kind: 'diskSlow', servers: [a], sync: [50_000, 60_000] },
      { kind: 'clog', pairs: [[leader, b]], oneWay: false, duration: 300_000 },
      { kind: 'drift', servers: [c], ppm: 100_000 },
      { kind: 'pause', servers: [leader] },
      { kind: 'cut', pairs: [[a, d]], oneWay: true, planes: ['quorum', 'election'] },
      { kind: 'kill', servers: [d], unsent: false },
      { kind: 'start', servers: [d] },
      {
        kind: 'partition',
        groups: [
          [a, b],
          [c, d, leader],
        ],
      },
      { kind: 'resume', servers: [leader] },
      { kind: 'heal', pairs: null },
    ];
    let taken = 0;
    for (const action of acts) {
      await driver.do(hand(action));
      expect(driver.refused, JSON.stringify(action)).toEqual([]);
      taken++;
      expect(driver.frame().hands).toHaveLength(taken);
      await driver.do({ kind: 'jump', session: 'main', to: 'commit', by: 1 });
      for (let i = 0; i < 5; i++) await driver.do({ kind: 'step', session: 'main', by: 1 });
    }
    const end = await driver.do(END);
    const yaml = await saved(driver);
    const report = run(parsed(yaml), '3', { properties: PROPERTIES });
    expect(report.traceHash).toBe(end.hash);
    expect(report.faults.map(({ fault }) => fault)).toEqual(
      expect.arrayContaining(['pause', 'kill', 'partition', 'cut', 'clog', 'diskSlow', 'drift']),
    );
    expect(yaml).toContain(`seed 3, trace hash ${end.hash}`);
  });

  test('any one message can be dropped or delayed, and the command line does the same', async () => {
    for (const kind of ['PROPOSAL', 'ACK', 'COMMIT', 'NOTIFICATION', 'NEWLEADER', 'LEADERINFO', 'REPLY'] as const)
      for (const what of ['dropMessage', 'delayMessage'] as const) {
        const driver = await new Driver().start();
        await driver.open('sync-diff', '2');
        let frame = driver.frame();
        while (!frame.flights.some((one) => one.kind === kind))
          frame = await driver.do({ kind: 'step', session: 'main', by: 1 });
        const one = flight(frame, (each) => each.kind === kind);
        const name = (id: number): Extract<Action, { kind: 'dropMessage' }>['from'] =>
          id > 0 ? id : { client: driver.abouts.get('main')?.clients[-id - 1] ?? '' };
        const which = { from: name(one.from), to: name(one.to), message: kind, nth: one.nth };
        const action: Action =
          what === 'dropMessage' ? { kind: what, ...which } : { kind: what, ...which, duration: 400_000 };
        frame = await driver.do(hand(action));
        expect(driver.refused, `${what} ${kind}`).toEqual([]);
        if (what === 'delayMessage') {
          const late = flight(frame, (each) => each.event === one.event);
          expect(late.dueAt, kind).toBe((one.dueAt ?? 0) + 400_000);
        } else if (kind === 'NOTIFICATION') expect(frame.flights.some(({ event }) => event === one.event)).toBe(false);
        const end = await driver.do(END);
        const fates = driver
          .trace()
          .filter((event) => 'message' in event && sameMessage(event, driver.trace()[one.event]));
        expect(
          fates.slice(0, 2).map((event) => event.kind),
          `${what} ${kind}`,
        ).toEqual(['sent', what === 'dropMessage' ? 'lost' : 'received']);
        expect(driver.trace().some((event) => event.kind === 'landed' && event.fault === what)).toBe(true);
        const report = run(parsed(await saved(driver)), '2', { properties: PROPERTIES });
        expect(report.traceHash, `${what} ${kind}`).toBe(end.hash);
      }
  });

  test('can be taken back, and a hand in the past drops those after it', async () => {
    const driver = await new Driver().start();
    await driver.open(PLAYGROUND);
    const plain = (await driver.do(END)).hash;
    await driver.do(seek(2 * SECOND));
    await driver.do(hand({ kind: 'pause', servers: [1] }));
    await driver.do(seek(4 * SECOND));
    await driver.do(hand({ kind: 'resume', servers: [1] }));
    expect(driver.frame().hands).toHaveLength(2);
    await driver.do(seek(3 * SECOND));
    await driver.do(hand({ kind: 'kill', servers: [2], unsent: false }));
    expect(driver.frame().hands.map(({ action }) => action.kind)).toEqual(['pause', 'kill']);
    await driver.do({ kind: 'takeBack', session: 'main', index: 0 });
    expect(driver.frame().hands).toEqual([]);
    expect((await driver.do(END)).hash).toBe(plain);
    expect(driver.trace()).toHaveLength(driver.frame().position.traced);
  });

  test('goes along with another seed, release, calm and end', async () => {
    const driver = await new Driver().start();
    await driver.open('playground');
    await driver.do(seek(3 * SECOND));
    await driver.do(hand({ kind: 'pause', servers: [2] }));
    const change = { seed: '0x10', release: 'ZOOKEEPER-4643', calmAt: 9 * SECOND, endAt: 20 * SECOND };
    const amended = await driver.do({ kind: 'amend', session: 'main', change });
    expect(driver.refused).toEqual([]);
    expect(amended.position.at).toBe(3 * SECOND + 1);
    expect(amended.hands).toHaveLength(1);
    expect(driver.abouts.get('main')).toMatchObject({ ...change, seed: '16' });
    const end = await driver.do(END);
    const scenario = parsed(await saved(driver));
    expect(scenario).toMatchObject({ release: 'ZOOKEEPER-4643', calmAt: 9 * SECOND, endAt: 20 * SECOND });
    expect(run(scenario, '16', { properties: PROPERTIES }).traceHash).toBe(end.hash);
    await driver.do({ kind: 'amend', session: 'main', change: { release: 'no such thing' } });
    expect(driver.refused.join()).toMatch(/no release or bug/);
    await driver.do({ kind: 'amend', session: 'main', change: { endAt: 2 * SECOND } });
    expect(driver.refused.join()).toMatch(/end/);
    expect(driver.frame().hash).toBe(end.hash);
  });

  test('what cannot be done is refused in words, and changes nothing', async () => {
    const driver = await new Driver().start();
    await driver.open('old-leader-pauses-and-is-fenced');
    await driver.do(seek(31 * SECOND));
    const before = driver.frame();
    await driver.do(hand({ kind: 'kill', servers: [1], unsent: false }));
    expect(driver.refused.join(' ')).toMatch(/calm/);
    await driver.do(hand({ kind: 'write', client: '__proto__', server: null, key: 'k', value: 1, times: 1 }));
    expect(driver.refused.join(' ')).not.toBe('');
    await driver.do(seek(2 * SECOND));
    await driver.do(hand({ kind: 'resume', servers: [1] }));
    expect(driver.refused.join(' ')).toMatch(/not paused|never paused/);
    const after = await driver.do(seek(31 * SECOND));
    expect(after.hash).toBe(before.hash);
    expect(after.hands).toEqual([]);
  });

  test('two futures part where the hand was laid on one of them', async () => {
    const driver = await new Driver().start();
    await driver.open(PLAYGROUND);
    const at = (await driver.do(seek(3 * SECOND))).position.traced;
    await driver.do({ kind: 'fork' });
    await driver.do({ kind: 'intervene', session: 'other', action: { kind: 'pause', servers: [2] } });
    for (const session of ['main', 'other'] as const) await driver.do({ kind: 'seek', session, to: { kind: 'end' } });
    const answer = await driver.client.ask({ kind: 'compare' });
    if (answer.kind !== 'compare') throw new Error(answer.lines.join());
    expect(answer.event).toBeGreaterThanOrEqual(at);
    expect(answer.other).toMatchObject({ kind: 'fault', fault: 'pause' });
    expect(driver.frame('other').hash).not.toBe(driver.frame('main').hash);
  });
});

describe('questions', () => {
  test('are answered about the moment that is shown: log, ladder, window, tree and sessions', async () => {
    const driver = await new Driver().start();
    await driver.open('tree-under-chaos');
    const frame = await driver.do(seek(8 * SECOND));
    const server = frame.leader;
    const { client } = driver;
    const tree = await client.ask({ kind: 'tree', session: 'main', server });
    if (tree.kind !== 'tree') throw new Error(tree.lines.join());
    expect(tree.nodes[0]).toMatchObject({ path: '/', kind: 'persistent' });
    expect(tree.nodes.map(({ path }) => path)).toContain('/zookeeper/quota');
    expect(tree.nodes.length).toBeGreaterThan(4);
    const log = await client.ask({ kind: 'log', session: 'main', server, from: 0 });
    if (log.kind !== 'log') throw new Error(log.lines.join());
    const shown = frame.servers.find(({ id }) => id === server)!.log;
    expect(log.total).toBe(shown.hidden + shown.cells.length);
    expect(log.cells.slice(shown.hidden)).toEqual(shown.cells);
    expect(log.cells.filter(({ committed }) => committed).length).toBeGreaterThan(0);
    const ladder = await client.ask({ kind: 'ladder', session: 'main' });
    if (ladder.kind !== 'ladder') throw new Error(ladder.lines.join());
    for (const { id, acceptedEpoch, currentEpoch, up } of frame.servers) {
      const last = ladder.points.findLast((point) => point.server === id);
      expect({ up, acceptedEpoch, currentEpoch }, `S${id}`).toEqual({
        up: last?.up,
        acceptedEpoch: last?.acceptedEpoch,
        currentEpoch: last?.currentEpoch,
      });
    }
    const part = await client.ask({ kind: 'window', session: 'main', from: SECOND, to: 2 * SECOND, limit: 50 });
    if (part.kind !== 'window') throw new Error(part.lines.join());
    expect(part.total).toBe(driver.trace().filter(({ at }) => at >= SECOND && at <= 2 * SECOND).length);
    expect(part.events.length).toBeLessThanOrEqual(50);
    expect(part.events[3]).toEqual(driver.trace()[part.indexes[3]!]);
    // Every message under way was sent by the event that it names, and no arrival lies in the past.
    for (const { event, kind, from, to, dueAt } of frame.flights) {
      expect(driver.trace()[event]).toMatchObject({ kind: 'sent', server: from, peer: to, message: { kind } });
      if (dueAt !== null) expect(dueAt).toBeGreaterThanOrEqual(frame.position.at);
    }
  });
});

describe('play', () => {
  test('stops at conditions and violations, with the right event, and goes on', async () => {
    const driver = await new Driver().start();
    const stops = [
      { event: 'established' as const, nth: 2, ...ANY },
      { event: 'paused' as const, nth: 1, ...ANY },
    ];
    const source = { kind: 'scenario', name: 'old-leader-pauses-and-is-fenced' } as const;
    await driver.do({ kind: 'open', session: 'main', source, options: { stops } });
    const met: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      await driver.do({ kind: 'play', session: 'main', speed: 200 });
      const { stopped, position, hash } = driver.pass(2000);
      met.push(stopped?.kind === 'condition' ? stopped.condition : stopped?.kind);
      if (stopped?.kind !== 'condition') continue;
      expect(driver.trace()[stopped.event]?.kind).toBe(stops[stopped.condition]?.event);
      expect(stopped.event).toBeLessThan(position.traced);
      expect(hash).toBe(hashOf(driver.trace(), position.traced));
    }
    expect(met).toEqual([1, 0, 'end']);
    await driver.open('bugs/ZOOKEEPER-1154');
    await driver.do({ kind: 'play', session: 'main', speed: 1000 });
    const frame = driver.pass(2000);
    expect(frame.stopped?.kind).toBe('violation');
    expect(frame.playing).toBe(false);
    const report = await driver.client.ask({ kind: 'report', session: 'main' });
    expect('lines' in report ? report.lines.join('\n') : '').toContain(frame.violations[0]?.property);
  });
});

const ANY = {
  server: null,
  peer: null,
  message: null,
  epoch: null,
  zxid: null,
  write: null,
  state: null,
  phase: null,
  after: null,
};

/** The hash of the first so many events. */
function hashOf(trace: readonly TraceEvent[], traced: number): string {
  const hasher = new Hasher();
  const bodies = new Bodies();
  for (let i = 0; i < traced; i++) hashTraceEvent(trace[i]!, hasher, bodies);
  return hasher.hex();
}

/** The same packet on the same connection: what was sent, and what became of it. */
function sameMessage(event: TraceEvent, sent: TraceEvent | undefined): boolean {
  if (sent?.kind !== 'sent' || !('message' in event) || event.connection !== sent.connection) return false;
  const mine = event.kind === 'sent' ? event.server === sent.server : event.peer === sent.server;
  if (!mine || JSON.stringify(event.message) !== JSON.stringify(sent.message)) return false;
  return event.kind === 'sent' ? event === sent : event.at >= sent.at;
}

// The space-time diagram's model: what is joined, what caused what, where things stand, and that it bears long traces.
import { beforeAll, describe, expect, test } from 'vitest';
import { loadScenario } from '../../index.ts';
import { run } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { TraceEvent } from '../../sim/trace.ts';
import type { Zxid } from '../../sim/zab/zxid.ts';
import { orderAxis, timeAxis, type Axis, type Shown } from '../../viewer/diagram-model/axis.ts';
import { columnsOf } from '../../viewer/diagram-model/log-columns.ts';
import { DiagramIndex, hostOf, LOST, RECEIVED } from '../../viewer/diagram-model/diagram-index.ts';
import { hit } from '../../viewer/diagram-model/hit.ts';
import { Intervals, OPEN } from '../../viewer/diagram-model/intervals.ts';
import { epochSteps, laddersOf } from '../../viewer/diagram-model/ladders.ts';
import { layOut, leastHeight, type Scene } from '../../viewer/diagram-model/scene.ts';
import { diagramSvg, type SvgOptions } from '../../viewer/diagram-model/svg.ts';
import type { LogCell } from '../../viewer/frame.ts';
import type { LadderPoint } from '../../viewer/protocol.ts';

const ALL: Shown = { heartbeats: true, planes: [true, true, true] };
const NO_PINGS: Shown = { ...ALL, heartbeats: false };

interface Recorded {
  readonly scenario: Scenario;
  readonly events: readonly TraceEvent[];
  readonly index: DiagramIndex;
}

function recorded(name: string): Recorded {
  const loaded = loadScenario(name);
  if ('mistakes' in loaded) throw new Error(name);
  const { scenario } = loaded;
  const events: TraceEvent[] = [];
  run(scenario, '1', { properties: [], hash: false, keep: (event) => void events.push(event) });
  const index = newIndex(scenario);
  index.extend(events);
  return { scenario, events, index };
}

function newIndex({ servers, clients }: Scenario): DiagramIndex {
  return new DiagramIndex(
    servers,
    clients.map((_, i) => -1 - i),
  );
}

let fenced: Recorded;
let lab: Recorded;
beforeAll(() => {
  fenced = recorded('old-leader-pauses-and-is-fenced');
  lab = recorded('datagram-lab');
});

function scene(
  { index, scenario }: Recorded,
  axis: Axis,
  more: { left?: number; scale?: number; width?: number },
): Scene {
  const hosts = [...scenario.servers, ...scenario.clients.map((_, i) => -1 - i)];
  const { left = 0, scale = 10, width = 800 } = more;
  const height = leastHeight(hosts.length);
  return layOut({ index, axis, shown: NO_PINGS, hosts, view: { left, scale }, width, height, cone: null });
}

describe('messages', () => {
  test('have two ends that belong together', () => {
    const { index, events } = fenced;
    let received = 0;
    for (let i = 0; i < events.length; i++) {
      const event = events[i]!;
      if (event.kind !== 'received' && event.kind !== 'lost') continue;
      const sent = events[index.otherEnd(i)]!;
      expect(sent).toMatchObject({
        kind: 'sent',
        connection: event.connection,
        peer: event.server,
        server: event.peer,
      });
      expect(sent.kind === 'sent' && sent.message).toEqual(event.message);
      expect(index.otherEnd(index.otherEnd(i))).toBe(i);
      received++;
    }
    expect(received).toBeGreaterThan(400);
    expect(index.messages.length).toBe(events.filter(({ kind }) => kind === 'sent').length);
  });

  test('that overtake one another or come twice are still told apart', () => {
    const { index, events } = lab;
    const ends: number[] = [];
    for (let id = 0; id < index.messages.length; id++) {
      if (index.fate.get(id) !== RECEIVED) continue;
      const [sent, end] = [events[index.messages.from(id)]!, events[index.messages.to(id)]!];
      if (sent.kind !== 'sent' || end.kind !== 'received') throw new Error('ends of another kind');
      expect(end.message).toEqual(sent.message);
      ends.push(index.messages.to(id));
    }
    // No end belongs to two messages.
    expect(new Set(ends).size).toBe(ends.length);
    expect(ends.length).toBeGreaterThan(100);
  });

  test('that are lost are so', () => {
    const { index, events } = fenced;
    const lost = events.flatMap((event, i) => (event.kind === 'lost' ? [i] : []));
    expect(lost.length).toBeGreaterThan(3);
    for (const i of lost) expect(index.fate.get(index.message.get(i))).toBe(LOST);
  });
});

/** Happened-before by its definition, for as many events as one can count. */
function pastByHand(events: readonly TraceEvent[], index: DiagramIndex, tip: number): Set<number> {
  const past = new Set([tip]);
  for (let i = tip; i >= 0; i--) {
    if (!past.has(i)) continue;
    for (let before = i - 1; before >= 0; before--) {
      const event = events[before]!;
      if (event.kind !== 'lost' && hostOf(event) === hostOf(events[i]!)) past.add(before);
    }
    if (events[i]!.kind === 'received') past.add(index.otherEnd(i));
  }
  return past;
}

describe('the causal cone', () => {
  test('of past and future is Lamport happened-before, event by event', () => {
    const scenario = fenced.scenario;
    const events = fenced.events.slice(0, 300);
    const index = newIndex(scenario);
    index.extend(events);
    const own = (i: number): boolean => hostOf(events[i]!) !== 0 && events[i]!.kind !== 'lost';
    const tips = [17, 120, 200, 280].map((from) => events.findIndex((_, i) => i >= from && own(i)));
    const pasts = new Map(events.flatMap((_, i) => (own(i) ? [[i, pastByHand(events, index, i)] as const] : [])));
    for (const tip of tips) {
      const cone = index.coneOf(tip);
      events.forEach((event, i) => {
        if (!own(i) || i === tip) return;
        const side = pasts.get(tip)!.has(i) ? 'past' : pasts.get(i)!.has(tip) ? 'future' : 'apart';
        expect(index.sideIn(cone, i), `${tip} and ${i} ${event.kind}`).toBe(side);
      });
    }
  });

  test('of a message that is lost begins where it was sent', () => {
    const { index, events } = fenced;
    const lost = events.findIndex(({ kind }) => kind === 'lost');
    const sent = index.otherEnd(lost);
    expect([...index.coneOf(lost).past]).toEqual([...index.coneOf(sent).past]);
    expect(index.sideIn(index.coneOf(sent), lost)).toBe('past');
  });

  test('of the write that comes too late holds neither the new leader nor its commits', () => {
    const { index, events } = fenced;
    const late = events.findIndex((event) => event.kind === 'proposed' && event.server === 5 && event.at > 20_000_000);
    const commits = events.flatMap((event, i) => (event.kind === 'committed' && event.server === 4 ? [i] : []));
    expect(commits.length).toBeGreaterThan(0);
    const cone = index.coneOf(late);
    // The old leader hears nothing while it is paused: what the new one committed is no cause of what it does.
    for (const commit of commits) expect(index.sideIn(cone, commit)).toBe('apart');
  });
});

test('an index that grew event by event is the one that was made at once', () => {
  const { index, events, scenario } = fenced;
  const grown = newIndex(scenario);
  const axis = orderAxis(grown, NO_PINGS);
  for (const event of events) {
    grown.observe(event);
    axis.extend();
  }
  const whole = orderAxis(index, NO_PINGS);
  expect(events.map((_, i) => axis.of(i))).toEqual(events.map((_, i) => whole.of(i)));
  expect(grown.messages.length).toBe(index.messages.length);
  expect(grown.coneOf(500)).toEqual(index.coneOf(500));
});

test('intervals that meet a window are exactly those', () => {
  const intervals = new Intervals();
  const all: { from: number; to: number }[] = [];
  // A few very long ones among many short ones.
  for (let i = 0; i < 1000; i++) all.push({ from: i, to: i % 97 === 0 ? i + 5000 : i + (i % 7) });
  all.forEach(({ from, to }, i) => {
    const id = intervals.begin(from);
    if (i !== 500) intervals.end(id, to);
    else all[i] = { from, to: OPEN };
  });
  for (const [first, last] of [
    [0, 0],
    [250, 260],
    [999, 2000],
    [6000, 7000],
  ] as const) {
    const found: number[] = [];
    intervals.meeting(first, last, (id) => found.push(id));
    expect(found).toEqual(all.flatMap(({ from, to }, i) => (from <= last && to >= first ? [i] : [])));
  }
});

describe('axes', () => {
  test('never run backwards, and find their way back', () => {
    for (const axis of [timeAxis(fenced.index), orderAxis(fenced.index, NO_PINGS), orderAxis(fenced.index, ALL)]) {
      for (let i = 1; i < fenced.events.length; i++) expect(axis.of(i)).toBeGreaterThanOrEqual(axis.of(i - 1));
      for (const i of [0, 100, 700, fenced.events.length - 1]) {
        expect(axis.firstAt(axis.of(i))).toBeLessThanOrEqual(i);
        expect(axis.of(axis.firstAt(axis.of(i)))).toBe(axis.of(i));
        const step = axis.stepAt(fenced.events[i]!.at);
        expect(step).toBeGreaterThanOrEqual(axis.of(i));
        expect(axis.timeAt(axis.of(i))).toBe(fenced.events[axis.firstAt(axis.of(i))]!.at);
      }
    }
  });

  test('event by event, every message that is drawn arrives further right than it was sent', () => {
    const { index } = fenced;
    const axis = orderAxis(index, NO_PINGS);
    const { arrows } = scene(fenced, axis, { scale: 10, width: axis.end * 10 });
    expect(arrows.length).toBeGreaterThan(200);
    for (const { x0, x1 } of arrows) expect(x1).toBeGreaterThan(x0);
  });

  test('pings take no room when they are not drawn', () => {
    expect(orderAxis(fenced.index, NO_PINGS).end).toBeLessThan(orderAxis(fenced.index, ALL).end - 200);
  });
});

describe('the layout', () => {
  test('draws a bounded number of things, however much there is in the window', () => {
    const long = recorded('chaos-of-three');
    const axis = orderAxis(long.index, ALL);
    expect(long.events.length).toBeGreaterThan(20_000);
    const width = 800;
    const { arrows, bundles, marks, messages, bundled } = scene(long, axis, { scale: width / axis.end, width });
    expect(messages).toBeGreaterThan(5000);
    expect(bundled).toBeGreaterThan(messages / 2);
    expect(arrows.length).toBeLessThanOrEqual(width * 2.2);
    // A bundle stands for a pair of lines, a plane and three pixels; a mark for a line and nine.
    expect(bundles.length).toBeLessThan((width / 3 + 3) * 3 * 28);
    expect(marks.length).toBeLessThan((width / 9 + 3) * 12);
    expect(bundles.reduce((sum, { count }) => sum + count, 0)).toBe(bundled);
  });

  test('shows what is in flight through the whole window, and nothing that is outside', () => {
    const { index } = fenced;
    const id = Array.from({ length: index.messages.length }, (_, i) => i).find(
      (i) =>
        index.fate.get(i) === RECEIVED &&
        index.at.get(index.messages.to(i)) - index.at.get(index.messages.from(i)) > 1000,
    );
    if (id === undefined) throw new Error('every message is fast');
    const [from, to] = [index.at.get(index.messages.from(id)), index.at.get(index.messages.to(id))];
    const left = (from + to) / 2;
    const { arrows } = scene(fenced, timeAxis(index), { left, scale: 1, width: 100 });
    expect(arrows.map(({ sent }) => sent)).toContain(index.messages.from(id));
    for (const { x0, x1 } of arrows) expect(x0 <= 140 && x1 >= -40).toBe(true);
  });

  test('marks stand on the same events wherever the window is', () => {
    const axis = orderAxis(fenced.index, NO_PINGS);
    const scale = 3;
    const whole = scene(fenced, axis, { scale, width: axis.end * scale }).marks.map(({ event }) => event);
    const part = scene(fenced, axis, { left: 101.3, scale, width: 300 }).marks.filter(({ x }) => x > 10 && x < 290);
    expect(part.length).toBeGreaterThan(10);
    for (const { event } of part) expect(whole).toContain(event);
  });

  test('bands tell who led when, and in which epoch', () => {
    const axis = timeAxis(fenced.index);
    const { bands, spans } = scene(fenced, axis, { scale: 800 / axis.end });
    const led = bands.filter(({ state, phase }) => state === 'LEADING' && phase === 'BROADCAST');
    expect(new Set(led.map(({ epoch }) => epoch))).toEqual(new Set([1, 2]));
    expect(spans.filter(({ kind }) => kind === 'pause')).toHaveLength(1);
    expect(spans.filter(({ kind }) => kind === 'ok')).toHaveLength(4);
  });

  test('a point on a mark or an arrow means its event', () => {
    const axis = orderAxis(fenced.index, NO_PINGS);
    const picture = scene(fenced, axis, { left: 20, scale: 14 });
    const mark = picture.marks.find(({ x, kind }) => x > 100 && kind !== 'small')!;
    expect(hit(picture, mark.x, mark.y)).toEqual({ event: mark.event, count: mark.count });
    const arrow = picture.arrows.find(({ x0, x1, fate }) => fate === RECEIVED && x0 > 0 && x1 < 800)!;
    const near = hit(picture, arrow.x0 + (arrow.x1 - arrow.x0) * 0.4, arrow.y0 + (arrow.y1 - arrow.y0) * 0.4);
    expect(fenced.events[near!.event]!.kind).toMatch(/sent|received/);
    expect(hit(picture, 400, 3)).toBeNull();
  });
});

describe('the static picture', () => {
  const options = (more: Partial<SvgOptions>): SvgOptions => ({
    title: 'a run',
    servers: fenced.scenario.servers,
    clients: fenced.scenario.clients.map(({ name }) => name),
    shown: NO_PINGS,
    from: 0,
    until: 1_000_000,
    axis: 'order',
    limit: 5000,
    selected: null,
    ...more,
  });
  const drawn = (more: Partial<SvgOptions>): { readonly text: string; readonly leftOut: number } => {
    const pieces = diagramSvg(fenced.events, options(more));
    let text = '';
    for (;;) {
      const next = pieces.next();
      if (next.done === true) return { text, leftOut: next.value.leftOut };
      text += next.value;
    }
  };

  test('is well-formed, holds no script, and every number in it is one', () => {
    const { text } = drawn({ title: '<script>alert("1")</script>&\u0001\ud800', selected: 120 });
    expect(text).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;??');
    expect(text).not.toMatch(/<script|NaN|undefined|Infinity|href=|\son\w+=/);
    const open: string[] = [];
    for (const [, close, name, rest] of text.matchAll(/<(\/?)([a-zA-Z]+)((?:"[^"]*"|[^">])*)>/g)) {
      if (close === '/') expect(open.pop()).toBe(name);
      else if (rest?.endsWith('/') !== true) open.push(name!);
    }
    expect(open).toEqual([]);
  });

  test('shows the window alone, and says how many events found no room', () => {
    expect(drawn({ from: 21_000_000, until: 23_000_000 }).text).toContain('PROPOSAL 0x200000002');
    expect(drawn({ from: 21_000_000, until: 23_000_000 }).text).not.toContain('GREETING');
    const inside = fenced.events.filter(({ at }) => at <= 1_000_000).length;
    expect(drawn({ limit: 100 }).leftOut).toBe(inside - 100);
    expect(drawn({}).leftOut).toBe(0);
  });
});

describe('panels', () => {
  const point = (event: number, server: number, acceptedEpoch: number, currentEpoch: number): LadderPoint => ({
    event,
    at: event * 10,
    server,
    up: true,
    acceptedEpoch,
    currentEpoch,
    lastZxid: 0 as Zxid,
  });

  test('ladders keep a promise and its fulfilment apart', () => {
    const ladders = laddersOf([point(1, 1, 0, 0), point(2, 1, 1, 0), point(3, 2, 1, 0), point(4, 1, 1, 1)], [1, 2]);
    expect(ladders.most).toBe(1);
    expect(ladders.columns.map(({ event }) => event)).toEqual([1, 2, 3, 4]);
    const [first] = ladders.servers;
    expect(epochSteps(first!, ladders, 'acceptedEpoch').map(({ from, to, epoch }) => [from, to, epoch])).toEqual([
      [0, 1, 0],
      [1, 3, 1],
      [3, 4, 1],
    ]);
    expect(epochSteps(first!, ladders, 'currentEpoch').map(({ epoch }) => epoch)).toEqual([0, 0, 1]);
  });

  const cell = (zxid: number, digest: number): LogCell => ({
    zxid: zxid as Zxid,
    epoch: 1,
    digest,
    state: 'durable',
    committed: false,
    applied: true,
    words: '',
  });

  test('logs stand in common columns, and two transactions of one zxid are told', () => {
    const found = columnsOf([{ cells: [cell(1, 7), cell(2, 8)] }, { cells: [cell(2, 9), cell(4, 1)] }], [3 as Zxid], 3);
    expect(found.zxids).toEqual([2, 3, 4]);
    expect([...found.conflicts]).toEqual([2]);
    expect(found.before).toBe(1);
  });
});

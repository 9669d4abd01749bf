import { MS } from '../sim/time.ts';
import { formatZxid, type Zxid } from '../sim/zab/zxid.ts';
import { pick, type Fields } from './operations.ts';
import type { CaseRecord, CaseStep } from './record.ts';
import { SESSION_SCRIPTS } from './scripts-sessions.ts';
import { ask, eventForm, eventsOf, join, logOf, leaderOf, type Stage } from './service.ts';
import type { Item, Session } from './sessions.ts';

/** What a record does that its steps only tell in words: by the shape of its facts where that is enough, by its name where
 *  it is not. */
export interface Script {
  /** True if the step is done with. */
  readonly step?: (stage: Stage, step: CaseStep, index: number) => boolean;
  readonly after?: (stage: Stage) => void;
}

export function scriptOf(record: CaseRecord): Script | undefined {
  const { facts } = record.observed;
  if (Array.isArray(facts['cases'])) return LIMITS;
  if (Array.isArray(facts['matrix'])) return MATRIX;
  if (Array.isArray(facts['sequence'])) return SEQUENCE;
  if (record.name.startsWith('D07')) return REMOVAL;
  if (record.name.startsWith('E03')) return ORDER;
  if (record.steps.some((step) => step.do === 'setWatches' || step.do === 'setWatches2')) return SET_WATCHES;
  const number = record.name.slice(0, 3);
  if (record.steps.some((step) => step.do.startsWith('connect+close with each'))) return SESSION_SCRIPTS['F01'];
  return SESSION_SCRIPTS[number];
}

// ── forms

function itemForm(item: Item, withError: boolean): string {
  if (item.kind === 'event') return `event ${eventForm(item)}`;
  const path = item.path === null ? '' : ` ${item.path}`;
  return withError ? `response ${item.name}${path} ${item.error ?? 'OK'}` : `response ${item.name}`;
}

/** What was caused by the latest request has reached everybody. */
function calm(stage: Stage): void {
  stage.sessions.settle();
  stage.sessions.pass(stage.sessions.now + 5 * MS);
}

export function errOf(result: Fields | undefined): string {
  return String(result?.['err'] ?? 'CONNECTIONLOSS');
}

// ── D07

const REMOVAL: Script = {
  step(stage, step) {
    // The harness waits until both nodes with a time to live are gone, and once more until the last one is.
    const op = step.do === 'op' ? (step['op'] as Fields) : {};
    if (op['op'] !== 'exists' || op['path'] !== '/t-child') return false;
    const session = stage.clients.get(String(step['client']));
    if (session === undefined) return false;
    const order: string[] = [];
    const missing = ['/t-plain', '/t-touched'];
    for (let i = 0; i < 400 && order.length < 2; i++) {
      for (const path of missing)
        if (!order.includes(path) && errOf(ask(stage, session, { op: 'exists', path })) === 'NONODE') order.push(path);
      stage.sessions.pass(stage.sessions.now + 10 * MS);
    }
    stage.facts['goneOrder'] = order;
    return false;
  },
  after(stage) {
    const session = stage.clients.get('A');
    if (session === undefined) return;
    stage.facts['childStill'] = errOfStep(stage, '/t-child');
    stage.facts['containers'] = Object.fromEntries(
      ['/c-unused', '/c-used', '/c-inuse'].map((path) => [path, errOfStep(stage, path, true)]),
    );
    stage.facts['events'] = stage.sessions
      .take(session)
      .flatMap((item) => (item.kind === 'event' ? [{ type: item.type, path: item.path }] : []));
    stage.sessions.pass(stage.sessions.now + 1500 * MS);
    stage.facts['childGoneAfterDelete'] = errOf(ask(stage, session, { op: 'exists', path: '/t-child' }));
    const log = stage.record.observed.facts['txnlog'];
    if (Array.isArray(log)) stage.facts['txnlog'] = logOf(stage, leaderOf(stage), log);
  },
};

/** What the latest exists of this path, among the steps, was answered here. */
function errOfStep(stage: Stage, path: string, plain = false): string {
  const index = stage.record.steps.findLastIndex((step) => {
    const op = step.do === 'op' ? (step['op'] as Fields) : {};
    return op['op'] === 'exists' && op['path'] === path && (!plain || op['watch'] !== true);
  });
  return stage.answers.get(index) ?? 'not asked';
}

// ── D08

/** Each case has a session of its own, which is closed at its end if it still can be. */
const LIMITS: Script = {
  step: (_stage, step) => step.do === 'client connect',
  after(stage) {
    const real = stage.record.observed.facts['cases'] as readonly Fields[];
    const connects = stage.record.steps.filter((step) => step.do === 'client connect');
    stage.facts['cases'] = real.map((one, i) => {
      const step = connects[i];
      const session = join(stage, `L${i}`, Number(step?.['server'] ?? 1), { timeoutMs: 120_000 });
      stage.sessions.settle();
      const before = stage.sessions.zxid;
      const wanted = one['results'] as readonly Fields[];
      const results = opsOf(one).map((op, n) => limitForm(ask(stage, session, op), wanted[n] ?? {}));
      stage.sessions.settle();
      stage.sessions.pass(stage.sessions.now + 5 * MS);
      const consumed = stage.sessions.zxid - before;
      const { closed } = session;
      if (!closed) stage.sessions.perform(session, { op: 'closeSession' });
      stage.sessions.settle();
      return { label: one['label'], ops: one['ops'], results, zxidsConsumed: consumed, connectionDropped: closed };
    });
  },
};

function opsOf(one: Fields): readonly Fields[] {
  const ops = one['ops'] as readonly (Fields | string)[];
  return ops.map((op) => {
    if (typeof op !== 'string') return op;
    const [, kind, path, last] = /^multi of (\w+) (\S+?)0\.\.\S*?(\d+)$/.exec(op) ?? [];
    return {
      op: 'multi',
      ops: Array.from({ length: Number(last ?? -1) + 1 }, (_, i) => ({ op: kind, path: `${path ?? ''}${i}` })),
    };
  });
}

function limitForm(result: Fields | undefined, real: Fields): Fields {
  const { results, ...rest } = result ?? { err: 'not understood' };
  return pick({ ...rest, ...(Array.isArray(results) ? { n: results.length } : {}) }, real);
}

// ── E01, E02

const WATCH_REQUESTS: Readonly<Record<string, Fields>> = {
  exists: { op: 'exists', watch: true },
  getData: { op: 'getData', watch: true },
  getChildren: { op: 'getChildren', watch: true },
  PERSISTENT: { op: 'addWatch', mode: 'PERSISTENT' },
  PERSISTENT_RECURSIVE: { op: 'addWatch', mode: 'PERSISTENT_RECURSIVE' },
};

/** A session for every way to watch; every operation is followed by a look at what each of them was told. */
const MATRIX: Script = {
  step(stage, step) {
    if (step.do !== 'matrix') return false;
    const real = stage.record.observed.facts['matrix'] as readonly Fields[];
    const teller = stage.clients.get('T');
    if (teller === undefined) return false;
    stage.facts['matrix'] = real.map((scenario) => playMatrix(stage, teller, scenario));
    return true;
  },
};

function playMatrix(stage: Stage, teller: Session, scenario: Fields): Fields {
  const { root, P } = scenario as { root: string; P: string };
  const placed = scenario['watchPlaced'] as Readonly<Record<string, Fields>>;
  const setup = scenario['setup'] as readonly Fields[];
  const rounds = scenario['rounds'] as readonly Fields[];
  const concrete = (op: Fields): Fields =>
    JSON.parse(JSON.stringify(op).replaceAll('$P', P).replaceAll('$R', root)) as Fields;
  ask(stage, teller, { op: 'create', path: root });
  for (const op of setup) ask(stage, teller, concrete(op));
  calm(stage);
  const watchPlaced = Object.fromEntries(
    Object.entries(placed).map(([key, kinds]) => {
      const session = watcherOf(stage, key);
      const path = key.startsWith('parent:') ? root : P;
      const errs = Object.keys(kinds).map((kind) => [
        kind,
        errOf(ask(stage, session, { ...WATCH_REQUESTS[kind], path })),
      ]);
      return [key, Object.fromEntries(errs) as Fields];
    }),
  );
  const played = rounds.map((round) => {
    const result = ask(stage, teller, concrete(round['op'] as Fields));
    calm(stage);
    const events = Object.fromEntries(Object.keys(placed).map((key) => [key, eventsOf(stage, watcherOf(stage, key))]));
    return pick({ ...round, err: errOf(result), zxid: result?.['hdr_zxid'], events }, round);
  });
  return pick({ ...scenario, watchPlaced, rounds: played }, scenario);
}

function watcherOf(stage: Stage, key: string): Session {
  const label = key.startsWith('parent:') ? `wp-${key.slice('parent:'.length)}` : `w-${key}`;
  const session = stage.clients.get(label);
  if (session === undefined) throw new Error(`the record has no session ${label}`);
  return session;
}

// ── E03

const ORDER: Script = {
  after(stage) {
    const { sessions, clients, facts } = stage;
    const [t, w, s] = ['T', 'W', 'S'].map((label) => clients.get(label));
    if (t === undefined || w === undefined || s === undefined) return;
    for (const path of ['/x', '/y']) ask(stage, t, { op: 'create', path, data: 'old' });
    calm(stage);
    sessions.take(w);
    const watch = (op: 'getData' | 'exists', path: string): void => void sessions.send(w, { op, path, watch: true });
    const plain = { data: '', acl: [{ perms: 31, scheme: 'world', id: 'anyone' }], flags: 0, ttlMs: 0 } as const;
    watch('getData', '/x');
    sessions.send(w, { op: 'setData', path: '/x', data: 'new', version: -1 });
    watch('getData', '/x');
    sessions.send(w, { op: 'create', path: '/y/c', ...plain });
    sessions.send(w, { op: 'delete', path: '/x', version: -1 });
    watch('exists', '/x');
    sessions.send(w, { op: 'create', path: '/x', ...plain });
    sessions.answer(w, sessions.send(w, { op: 'getData', path: '/x', watch: false }));
    facts['sameSessionPipelined'] = sessions.take(w).map((item) => itemForm(item, true));
    sessions.take(s);
    ask(stage, s, { op: 'getData', path: '/x', watch: true });
    ask(stage, w, { op: 'setData', path: '/x', data: 'newer' });
    ask(stage, s, { op: 'getData', path: '/x' });
    const zxids = new Set<string>();
    const seen = sessions.take(s);
    for (const item of seen) if (item.kind === 'event') zxids.add(String(item.zxid));
    facts['sameServerOtherSession'] = seen.map((item) => itemForm(item, true));
    const rounds = stage.record.observed.facts['remoteEventBeforeNewData'];
    facts['remoteEventBeforeNewData'] = Array.from({ length: Array.isArray(rounds) ? rounds.length : 0 }, (_, i) =>
      eventComesFirst(stage, { writer: t, reader: w, data: `round ${i}` }),
    );
    facts['eventHeaderZxid'] = [...zxids];
  },
};

/** Another server's client writes while this one reads and reads: nothing new is read before the event has come. */
function eventComesFirst(stage: Stage, of: { writer: Session; reader: Session; data: string }): boolean {
  const { sessions } = stage;
  const { writer, reader, data } = of;
  ask(stage, reader, { op: 'getData', path: '/x', watch: true });
  sessions.take(reader);
  sessions.send(writer, { op: 'setData', path: '/x', data, version: -1 });
  for (let i = 0; i < 60; i++) {
    sessions.send(reader, { op: 'getData', path: '/x', watch: false });
    sessions.pass(sessions.now + MS / 4);
  }
  calm(stage);
  const items = sessions.take(reader);
  const told = items.findIndex((item) => item.kind === 'event');
  const read = items.findIndex((item) => item.kind === 'response' && (item.value as Fields | null)?.['data'] === data);
  return told >= 0 && read > told;
}

// ── E04, E05

/** Nodes that are there when the connection is cut, in the order in which their zxids tell that they were made. */
const THERE = '/d1 /d2 /d3 /d4 /x3 /x4 /c1 /c2 /c3 /c4 /c4/k /p1 /p1/a /p2 /q1 /q1/a'.split(' ');

const SET_WATCHES: Script = {
  step(stage, step) {
    const { sessions, clients, facts } = stage;
    const [t, w] = [clients.get('T'), clients.get('W')];
    if (t === undefined || w === undefined) return false;
    if (step.do.endsWith('connection is cut')) {
      for (const path of THERE) ask(stage, t, { op: 'create', path });
      calm(stage);
      placeWatches(stage, w, step['watches'] as Readonly<Record<string, readonly string[]>>);
      sessions.take(w);
      sessions.cut(w);
      return true;
    }
    const to = /reconnects to server (\d+)$/.exec(step.do)?.[1];
    if (to !== undefined) {
      join(stage, 'W', Number(to));
      return true;
    }
    if (step.do.startsWith('setWatches')) {
      const op = step['op'] as Fields;
      const result = ask(stage, w, {
        ...op,
        relativeZxid: formatZxid(w.lastZxid > 0 ? w.lastZxid : (Number(op['relativeZxid']) as Zxid)),
      });
      ask(stage, w, { op: 'exists', path: '/' });
      const items = sessions.take(w).map((item) => itemForm(item, false));
      facts['setWatchesResponse'] =
        result === undefined ? undefined : { err: result['err'], hdr_zxid: result['hdr_zxid'] };
      facts['onReconnectOrder'] = items;
      facts['onReconnectSorted'] = [...items].sort();
      facts['later'] = [];
      return true;
    }
    const { later } = facts;
    if (step.do !== 'op' || !Array.isArray(later)) return false;
    ask(stage, t, step['op'] as Fields);
    calm(stage);
    later.push({ op: step['op'], events: eventsOf(stage, w) });
    return true;
  },
};

function placeWatches(stage: Stage, session: Session, watches: Readonly<Record<string, readonly string[]>>): void {
  const kinds: Readonly<Record<string, string>> = {
    data: 'getData',
    exist: 'exists',
    child: 'getChildren',
    persistent: 'PERSISTENT',
    recursive: 'PERSISTENT_RECURSIVE',
    persistentRecursive: 'PERSISTENT_RECURSIVE',
  };
  for (const [list, paths] of Object.entries(watches))
    for (const path of paths) ask(stage, session, { ...WATCH_REQUESTS[kinds[list] ?? ''], path });
}

// ── E07

/** `{by, op, err}`, and now and then `{events}` of W. */
const SEQUENCE: Script = {
  after(stage) {
    const real = stage.record.observed.facts['sequence'] as readonly Fields[];
    const t = stage.clients.get('T');
    if (t !== undefined) ask(stage, t, { op: 'create', path: '/a' });
    calm(stage);
    stage.facts['sequence'] = real.map((item) => {
      const watcher = stage.clients.get('W');
      if ('events' in item) {
        calm(stage);
        return { ...item, events: watcher === undefined ? [] : eventsOf(stage, watcher) };
      }
      const session = stage.clients.get(String(item['by']));
      const result = session === undefined ? undefined : ask(stage, session, item['op'] as Fields);
      return { ...item, err: errOf(result) };
    });
  },
};

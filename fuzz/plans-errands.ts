import type { Action, Step, Who } from '../sim/scenario.ts';
import { MS, type Micros } from '../sim/time.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import { OPEN_ACL_UNSAFE } from '../sim/zookeeper/acl.ts';
import type { MultiOp, Operation } from '../sim/zookeeper/operations.ts';
import { ERRANDS, type Errand } from './plans-features.ts';
import type { Circumstances, Here } from './plans-here.ts';
import { eventAt } from './plans-moments.ts';
import type { ErrandSketch } from './plans-sketch.ts';
import { delayOf, pick } from './plans-strikes.ts';

/** What clients do in one go, each call for the sake of the next: such rows are too long to come about by themselves. `a` has
 *  a session, `b` has none. */

/** Room for one errand within a chapter. */
export const ERRAND_LENGTH: Micros = 1600 * MS;

export function hasErrands(on: Circumstances['on']): boolean {
  return ERRANDS.some((kind) => on.has(kind));
}

/** The errands of a chapter. */
export function errandsOf(errands: readonly ErrandSketch[], here: Here): Step[] {
  const kinds = ERRANDS.filter((kind) => here.on.has(kind));
  if (kinds.length === 0) return [];
  // In the first chapter somebody must be elected before anybody can be asked.
  const ready = here.from + (here.k === 0 ? 800 : 200) * MS;
  return errands.flatMap((sketch, j) => {
    const errand: Run = {
      sketch,
      here,
      begin: ready + (sketch.when % 20) * 20 * MS,
      path: `/k${sketch.key % 2}`,
      near: pick(here.servers, sketch.near),
      far: pick(here.servers, sketch.near + 1 + (Math.floor(sketch.near / 7) % Math.max(1, here.servers.length - 1))),
      label: `c${here.k}e${j}`,
    };
    return run(pick(kinds, sketch.kind), errand);
  });
}

interface Run {
  readonly sketch: ErrandSketch;
  readonly here: Here;
  readonly begin: Micros;
  readonly path: string;
  /** Where `a` is connected, and another server. */
  readonly near: ServerId;
  readonly far: ServerId;
  readonly label: string;
}

function run(kind: Errand, errand: Run): Step[] {
  switch (kind) {
    case 'missedChanges':
      return missedChanges(errand);
    case 'callsAtOnce':
      return callsAtOnce(errand);
    case 'readsBehindSync':
      return readsBehindSync(errand);
    case 'endedSessions':
      return endedSessions(errand);
  }
}

/** `a` watches a node in one way or two, and is away, or not, while the node changes. */
function missedChanges({ sketch, begin, path, near, far }: Run): Step[] {
  const { how, first, second, change, delay } = sketch;
  const until = begin + 400 * MS + (delay % 40) * 10 * MS;
  const [leaves, returns] = absenceOf(how, near);
  const watches = [pick(watchesOn(path), first), ...(second % 3 === 0 ? [] : [pick(watchesOn(path), second)])];
  // Where it is nobody tells it of anything: it looks elsewhere, and takes its watches along.
  const moves = (leaves?.kind === 'isolate' || leaves?.kind === 'pause') && Math.floor(first / 6) % 3 > 0;
  const changer = Math.floor(change / 7) % 4 === 3 ? 'a' : 'b';
  const changes = pick(changesOf(path), change);
  return [
    ...(Math.floor(how / 5) % 5 === 4 ? [] : [at(begin, ask('b', far, { op: 'create2', ...plainNode(path) }))]),
    at(begin, ask('a', near, { op: 'exists', path, watch: false })),
    ...watches.map((operation) => at(begin + 150 * MS, ask('a', null, operation))),
    ...(leaves === null ? [] : [at(begin + 250 * MS, leaves)]),
    ...changes.map((operation) => at(begin + 300 * MS, ask(changer, changer === 'b' ? far : null, operation))),
    ...(returns === null ? [] : [at(until, returns)]),
    ...(moves ? [at(until - 50 * MS, ask('a', far, { op: 'exists', path, watch: false }))] : []),
    at(until + 100 * MS, ask('a', pick([null, far, near], second), { op: 'getData', path, watch: delay % 2 === 1 })),
  ];
}

function absenceOf(how: number, near: ServerId): readonly [leaves: Action | null, returns: Action | null] {
  const of = { client: 'a' };
  const servers = [near];
  return pick<readonly [Action | null, Action | null]>(
    [
      [null, null],
      [
        { kind: 'kill', servers, unsent: false },
        { kind: 'start', servers },
      ],
      [
        { kind: 'isolate', servers },
        { kind: 'heal', pairs: null },
      ],
      [
        { kind: 'pauseClient', ...of },
        { kind: 'resumeClient', ...of },
      ],
      [
        { kind: 'pause', servers },
        { kind: 'resume', servers },
      ],
    ],
    how,
  );
}

function watchesOn(path: string): readonly Operation[] {
  return [
    { op: 'getData', path, watch: true },
    { op: 'getChildren', path, watch: true },
    { op: 'addWatch', path, mode: 1 },
    { op: 'exists', path, watch: true },
    { op: 'addWatch', path, mode: 0 },
    { op: 'getChildren2', path, watch: true },
  ];
}

function changesOf(path: string): readonly (readonly Operation[])[] {
  const child = { op: 'create2', ...plainNode(`${path}/c`) } as const;
  const made = { op: 'create2', ...plainNode(path) } as const;
  const set = { op: 'setData', path, data: '7', version: -1 } as const;
  const unmade = { op: 'delete', path, version: -1 } as const;
  const withoutChild = { op: 'delete', path: `${path}/c`, version: -1 } as const;
  return [[set], [unmade, made], [child], [unmade], [unmade, made, set], [child, withoutChild], [unmade, made]];
}

/** Several calls are sent before the first is answered: creates that count their parent's children, and multis of which
 *  some fail. */
function callsAtOnce({ sketch, begin, path, near, far, here }: Run): Step[] {
  const { how, first, second, change, delay } = sketch;
  const drawn = [first, second, change, Math.floor(change / 6), Math.floor(first / 6)];
  const together = how % 3 === 0;
  const stalled = Math.floor(how / 3) % 2 === 1;
  return [
    at(begin, ask('b', far, { op: 'create2', ...plainNode(path) })),
    at(begin, ask('a', near, { op: 'exists', path, watch: false })),
    ...(stalled
      ? [at(begin + 150 * MS, { kind: 'diskStall', servers: here.servers, duration: (20 + (delay % 100)) * MS })]
      : []),
    ...drawn.map((what, i) => {
      const client = !together && i % 2 === 1 ? 'b' : 'a';
      return at(begin + 160 * MS, ask(client, null, pick(callsOn(path, `${path}/n${i}-`), what)));
    }),
  ];
}

/** Each has a name of its own for what it creates: two nodes of one number are no clash of names. */
function callsOn(path: string, name: string): readonly Operation[] {
  const number: MultiOp = { op: 'create2', ...plainNode(name), flags: 2 };
  const set: MultiOp = { op: 'setData', path, data: '8', version: -1 };
  return [
    number,
    { op: 'multi', ops: [number, { op: 'create2', ...plainNode(`${path}/once`) }] },
    { op: 'multi', ops: [number, { op: 'delete', path: '/nobody', version: -1 }] },
    set,
    { op: 'multi', ops: [set, number] },
    { op: 'getChildren2', path, watch: false },
  ];
}

/** `a` hears late of everything; `b` is answered elsewhere; then `a` asks for a sync and reads. */
function readsBehindSync({ sketch, begin, path, near, far, label }: Run): Step[] {
  const { how, first, change, delay } = sketch;
  const pairs: readonly (readonly [Who, Who])[] = [['leader', near]];
  const late = (50 + (change % 300)) * MS;
  const lasting = 700 * MS;
  const behind: Step['moment'] = {
    kind: 'when',
    when: { ...eventAt('returned', { server: null, after: label }), client: 'b' },
    delay: delayOf(delay),
  };
  const slow: Action =
    how % 2 === 0
      ? { kind: 'slowLink', pairs, extra: [late, late], duration: lasting }
      : { kind: 'clog', pairs, oneWay: true, duration: late };
  const read = pick<Operation>(
    [
      { op: 'getData', path, watch: false },
      { op: 'exists', path, watch: false },
      { op: 'getChildren2', path, watch: true },
    ],
    first,
  );
  return [
    at(begin, ask('b', far, { op: 'create2', ...plainNode(path) })),
    at(begin, ask('a', near, { op: 'exists', path, watch: false })),
    at(begin + 150 * MS, slow),
    { ...at(begin + 200 * MS, ask('b', null, { op: 'setData', path, data: '9', version: -1 })), label },
    { moment: behind, label: null, action: ask('a', null, { op: 'sync', path }) },
    { moment: behind, label: null, action: ask('a', null, read) },
  ];
}

/** A session ends while calls of it are under way. */
function endedSessions({ sketch, begin, path, near, here }: Run): Step[] {
  const { how, first, delay } = sketch;
  const ephemeral: Operation = { op: 'create2', ...plainNode(`${path}-e-`), flags: 3 };
  const close: Action = { kind: 'closeSession', client: 'a', server: null, key: 'x', value: 0, times: 1 };
  const open: Action = { kind: 'openSession', client: 'a', server: null, key: 'x', value: 0, times: 1 };
  const clog: Action = {
    kind: 'clog',
    pairs: [[near, 'leader']],
    oneWay: true,
    duration: Math.floor((here.patience * (60 + (first % 60))) / 100),
  };
  return [
    at(begin, ask('a', near, ephemeral)),
    ...(how % 2 === 1 ? [at(begin + 140 * MS, clog)] : []),
    ...(Math.floor(how / 2) % 2 === 1
      ? [at(begin + 150 * MS, { kind: 'diskStall', servers: here.servers, duration: (20 + (delay % 100)) * MS })]
      : []),
    at(begin + 160 * MS, ask('a', null, ephemeral)),
    at(begin + 160 * MS, close),
    at(begin + 160 * MS, ask('a', null, ephemeral)),
    at(begin + 600 * MS, open),
  ];
}

function plainNode(path: string) {
  return { path, data: '1', acl: OPEN_ACL_UNSAFE, flags: 0, ttlMs: 0 };
}

function ask(client: string, server: Who | null, operation: Operation): Action {
  return { kind: 'request', client, server, operation, times: 1 };
}

function at(moment: Micros, action: Action): Step {
  return { moment: { kind: 'at', at: moment }, label: null, action };
}

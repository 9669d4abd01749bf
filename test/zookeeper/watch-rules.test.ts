// What people say of ZooKeeper's watches, played on three servers: each name says whether the real system obeys the rule.
import { describe, expect, test } from 'vitest';
import { PROPERTIES } from '../../properties/index.ts';
import { parseScenario } from '../../scenarios/parse.ts';
import { run } from '../../sim/run.ts';
import type { TraceEvent } from '../../sim/trace.ts';

interface Story {
  /** What reached the watcher, in order: events as `type path`, answers as `xid error` or `xid ok`. */
  readonly heard: readonly string[];
  /** Of those, the events alone. */
  readonly told: readonly string[];
  readonly events: readonly TraceEvent[];
}

/** The watcher is the client of server 1, the writer that of server 3. Nothing may be violated on the way. */
function play(...steps: readonly string[]): Story {
  const text = [
    'title: A rule',
    'teaches: A rule of watches.',
    'ensemble: {voters: 3}',
    'service: zookeeper',
    'clients:',
    '  - {name: watcher, server: 1, session: 20s}',
    '  - {name: writer, server: 3, session: 20s}',
    'timeline:',
    ...steps.map((step) => `  - {${step}}`),
    'calm: 30s',
    'end: 50s',
  ].join('\n');
  const parsed = parseScenario(text, 'a-rule.yaml');
  if ('mistakes' in parsed) throw new Error(parsed.mistakes.map(({ message }) => message).join('; '));
  const events: TraceEvent[] = [];
  const { violations } = run(parsed.scenario, '1', { properties: PROPERTIES, keep: (event) => events.push(event) });
  expect(violations).toEqual([]);
  const heard = events.flatMap((event) => {
    if (event.kind !== 'received' || event.server !== -1) return [];
    const { message } = event;
    if (message.kind === 'EVENT') return [`${message.type} ${message.path}`];
    return message.kind === 'REPLY' ? [`${message.cxid} ${message.error ?? 'ok'}`] : [];
  });
  return { heard, told: heard.filter((one) => one.startsWith('Node')), events };
}

const A = 'at: 2s, do: create, client: writer, path: /a, data: one';
const WATCH_A = 'at: 4s, do: getData, client: watcher, path: /a, watch: true';
const set = (at: string, data: string): string => `at: ${at}, do: setData, client: writer, path: /a, data: ${data}`;

describe('the six rules', () => {
  test('obeyed: a watch that getData, exists or getChildren leaves fires once, and is gone', () => {
    const { told } = play(A, WATCH_A, set('6s', 'two'), set('7s', 'three'));
    expect(told).toEqual(['NodeDataChanged /a']);
  });

  test('obeyed: an event tells that something has changed, and not what is there now', () => {
    const { events, told } = play(A, WATCH_A, set('6s', 'two'));
    expect(told).toEqual(['NodeDataChanged /a']);
    const event = events.find((one) => one.kind === 'received' && one.message.kind === 'EVENT');
    expect(event !== undefined && 'message' in event && Object.keys(event.message).sort()).toEqual([
      'kind',
      'path',
      'type',
      'zxid',
    ]);
    expect(JSON.stringify(event)).not.toContain('two');
  });

  test('obeyed: a client hears of a change before it reads what has changed, and before the answer to its own write', () => {
    const { heard } = play(
      A,
      WATCH_A,
      'at: 6s, do: setData, client: watcher, path: /a, data: two',
      'at: 6s, do: getData, client: watcher, path: /a',
    );
    expect(heard).toEqual(['1 ok', 'NodeDataChanged /a', '2 ok', '3 ok']);
  });

  test('obeyed: events come in the order of the changes, whoever made them', () => {
    const { told } = play(
      A,
      WATCH_A,
      'at: 4s, do: getChildren, client: watcher, path: /, watch: true',
      'at: 4s, do: exists, client: watcher, path: /b, watch: true',
      'at: 6s, do: create, client: writer, path: /b',
      set('6s', 'two'),
    );
    expect(told).toEqual(['NodeCreated /b', 'NodeChildrenChanged /', 'NodeDataChanged /a']);
  });

  test('not obeyed: a client is told of every change; what happens before it has set its watch again it misses', () => {
    const { told } = play(
      A,
      WATCH_A,
      set('6s', 'two'),
      set('7s', 'three'),
      'at: 8s, do: getData, client: watcher, path: /a, watch: true',
      set('9s', 'four'),
    );
    // Three changes, two events: of `three` it never hears.
    expect(told).toEqual(['NodeDataChanged /a', 'NodeDataChanged /a']);
  });

  test('obeyed by the client alone: watches outlive a connection, since the client sets them again', () => {
    const { told, events } = play(
      A,
      WATCH_A,
      'at: 6s, do: kill, server: 1',
      'at: 12s, do: start, server: 1',
      set('16s', 'two'),
    );
    expect(told).toEqual(['NodeDataChanged /a']);
    const setAgain = events.filter(
      (one) =>
        one.kind === 'received' &&
        one.server === 1 &&
        one.message.kind === 'CLIENTREQUEST' &&
        JSON.stringify(one.message.request.op).includes('setWatches'),
    );
    expect(setAgain).toHaveLength(1);
  });
});

describe('what is said besides', () => {
  test('not obeyed by addWatch: its watches fire again and again, the recursive one for all below', () => {
    const { told } = play(
      A,
      'at: 4s, do: addWatch, client: watcher, path: /a, mode: PERSISTENT_RECURSIVE',
      set('6s', 'two'),
      set('7s', 'three'),
      'at: 8s, do: create, client: writer, path: /a/b',
    );
    expect(told).toEqual(['NodeDataChanged /a', 'NodeDataChanged /a', 'NodeCreated /a/b']);
  });

  test('obeyed: what was missed while the client was away is told when it comes back', () => {
    const { told } = play(A, WATCH_A, 'at: 6s, do: kill, server: 1', set('8s', 'two'), 'at: 12s, do: start, server: 1');
    expect(told).toEqual(['NodeDataChanged /a']);
  });

  test('not obeyed: a node that comes and goes while the client is away is never told of', () => {
    const { told } = play(
      'at: 4s, do: exists, client: watcher, path: /a, watch: true',
      'at: 6s, do: kill, server: 1',
      'at: 8s, do: create, client: writer, path: /a',
      'at: 9s, do: delete, client: writer, path: /a',
      'at: 12s, do: start, server: 1',
    );
    expect(told).toEqual([]);
  });

  test('obeyed: exists watches a node that is not there; getData and getChildren cannot', () => {
    const { told, heard } = play(
      'at: 4s, do: getData, client: watcher, path: /a, watch: true',
      'at: 4s, do: getChildren, client: watcher, path: /a, watch: true',
      'at: 4s, do: exists, client: watcher, path: /b, watch: true',
      'at: 6s, do: create, client: writer, path: /a',
      'at: 7s, do: create, client: writer, path: /b',
    );
    expect(heard.slice(0, 3)).toEqual(['1 NONODE', '2 NONODE', '3 NONODE']);
    expect(told).toEqual(['NodeCreated /b']);
  });

  test('not obeyed: a watch on children fires for the data of a child, or for a grandchild', () => {
    const { told } = play(
      A,
      'at: 3s, do: create, client: writer, path: /a/b',
      'at: 4s, do: getChildren, client: watcher, path: /a, watch: true',
      'at: 6s, do: setData, client: writer, path: /a/b, data: new',
      'at: 7s, do: create, client: writer, path: /a/b/c',
      'at: 8s, do: create, client: writer, path: /a/d',
    );
    expect(told).toEqual(['NodeChildrenChanged /a']);
  });

  test('not obeyed: data that is set to what it was fires nothing; it does, and setACL does not', () => {
    const { told } = play(
      A,
      WATCH_A,
      'at: 5s, do: setACL, client: writer, path: /a, acl: READ_ACL_UNSAFE',
      'at: 6s, do: setACL, client: writer, path: /a, acl: OPEN_ACL_UNSAFE, raw: true',
    );
    expect(told).toEqual([]);
    expect(play(A, WATCH_A, set('6s', 'one')).told).toEqual(['NodeDataChanged /a']);
  });

  test('obeyed: the end of a session is told like a deletion of its ephemerals', () => {
    const { told } = play(
      'at: 2s, do: create, client: writer, path: /e, mode: EPHEMERAL',
      'at: 4s, do: exists, client: watcher, path: /e, watch: true',
      'at: 6s, do: closeSession, client: writer',
    );
    expect(told).toEqual(['NodeDeleted /e']);
  });

  test('obeyed: one connection is told once of a change, however many of its watches it concerns', () => {
    const { told } = play(
      A,
      'at: 3s, do: addWatch, client: watcher, path: /, mode: PERSISTENT_RECURSIVE',
      'at: 3s, do: addWatch, client: watcher, path: /a, mode: PERSISTENT',
      WATCH_A,
      set('6s', 'two'),
    );
    expect(told).toEqual(['NodeDataChanged /a']);
  });

  test('obeyed: a new session begins without the watches of the one before', () => {
    const { told } = play(
      A,
      WATCH_A,
      'at: 5s, do: closeSession, client: watcher',
      'at: 6s, do: openSession, client: watcher',
      set('9s', 'two'),
    );
    expect(told).toEqual([]);
  });

  test('obeyed: the server keeps a mark and nothing else: whether to watch is all that a request says of it', () => {
    const { events } = play(A, WATCH_A);
    const asked = events.flatMap((one) =>
      one.kind === 'received' && one.message.kind === 'CLIENTREQUEST' && one.peer === -1
        ? [one.message.request.op]
        : [],
    );
    expect(asked).toEqual([{ op: 'getData', path: '/a', watch: true }]);
  });
});

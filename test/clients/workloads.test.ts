// Workloads and programs do what they say, under faults too: real calls, bounded trees, the same run for the same seed.
import { describe, expect, test } from 'vitest';
import { ENDLESS } from '../../sim/clients/workloads/workload.ts';
import { cloneWorld, fingerprint } from '../../sim/copies.ts';
import { SECOND } from '../../sim/time.ts';
import { nodeAt, type Tree } from '../../sim/zookeeper/tree.ts';
import { Lab } from '../world/ensemble.ts';
import { fileOf, play, type Played } from './playing.ts';

const FAULTS =
  'timeline:\n  - {at: 3s, do: kill, server: leader}\n  - {at: 5s, do: start, servers: all}\n' +
  '  - {at: 7s, do: pause, server: leader}\n  - {at: 12s, do: resume, servers: all}\ncalm: 14s\nend: 30s\n';

function clients(...lines: string[]): string {
  return `clients:\n${lines.map((line) => `  - {session: 6s, think: [10ms, 50ms], ${line}}\n`).join('')}`;
}

function facts(played: Played, fact: string): number[] {
  return played.of('recipe').flatMap((event) => (event.fact === fact ? [Number(event.detail['value'])] : []));
}

test.each(['1', '2'])('no increment of a compare-and-set counter is lost or done twice (seed %s)', (seed) => {
  const played = play(
    clients(
      'name: a, operations: 80, workload: {kind: counter}',
      'name: b, operations: 80, workload: {kind: counter}',
    ) + FAULTS,
    seed,
  );
  const done = facts(played, 'incremented');
  expect(new Set(done).size).toBe(done.length);
  expect(done.length + facts(played, 'inDoubt').length).toBe(160);
  expect(done.length).toBeGreaterThan(130);
  expect(played.of('returned').some(({ error }) => error === 'CONNECTIONLOSS')).toBe(true);
  expect(played.of('returned').some(({ error }) => error === 'BADVERSION')).toBe(true);
});

test('sequential creation leaves a bounded number of znodes', () => {
  const lab = new Lab(fileOf(clients('name: a, operations: 300, workload: {kind: sequential, keep: 3}') + FAULTS));
  lab.until(30 * SECOND);
  const made = lab.of('returned').filter(({ outcome, answer }) => outcome === 'ok' && answer?.path !== undefined);
  const tree = lab.world.hosts[1]?.server?.db.tree as Tree;
  const left = nodeAt(tree, '/seq')?.children.size ?? -1;
  const unknown = lab.of('returned').filter(({ outcome }) => outcome === 'unknown').length;
  expect(made.length).toBeGreaterThan(250);
  expect(left).toBeGreaterThanOrEqual(3);
  expect(left).toBeLessThanOrEqual(3 + unknown);
});

test('session churn opens a session for each round, and every ephemeral goes with its own', () => {
  const played = play(
    clients('name: a, operations: 25, workload: {kind: session-churn}') +
      'end: 60s\nexpect:\n  nodes: {/churn: {children: 0}}\n',
  );
  expect(played.report.unexpected).toEqual([]);
  expect(played.of('clientState').filter(({ state }) => state === 'Closed')).toHaveLength(25);
  const created = played.of('returned').filter(({ answer }) => answer?.path === '/churn/c1');
  expect(created).toHaveLength(25);
});

test('hot keys are hot, and watchers are told', () => {
  const played = play(
    clients(
      'name: a, operations: 200, workload: {kind: hot-key, keys: 5, share: 80, writes: 30}',
      'name: b, operations: 200, workload: {kind: watchers, keys: 2}',
    ) + FAULTS,
  );
  const asked = played.of('invoked').filter(({ client, key }) => client === 1 && /k\d$/.test(key));
  // Besides the rounds, the five znodes were made.
  const hot = asked.filter(({ key, operation }) => key === '/hot/k0' && operation?.op !== 'create').length;
  expect(hot).toBeGreaterThan(135);
  expect(hot).toBeLessThan(185);
  expect(played.of('watchEvent').length).toBeGreaterThan(20);
});

test('a workload that is refused what it needs waits longer and longer, and each refusal counts', () => {
  const body = (operations: string): string =>
    `${clients(`name: a, chroot: /nope, ${operations}workload: {kind: counter}`)}end: 30s\n`;
  const refused = play(body('')).of('returned');
  expect(new Set(refused.map(({ error }) => error))).toEqual(new Set(['NONODE']));
  expect(refused.length).toBeGreaterThan(25);
  expect(refused.length).toBeLessThan(80);
  expect(play(body('operations: 5, ')).of('returned')).toHaveLength(5);
});

describe('an end', () => {
  test('that a workload does not name is that of the run, and its answers come until then', () => {
    const body = `${clients('name: a, workload: {kind: hot-key}')}end: 8s\n`;
    expect(fileOf(body).clients[0]?.operations).toBe(ENDLESS);
    const last = play(body).of('returned').at(-1);
    expect(last?.at).toBeGreaterThan(7.8 * SECOND);
  });

  test('that it names is kept to', () => {
    const played = play(`${clients('name: a, operations: 40, workload: {kind: hot-key}')}end: 20s\n`);
    expect(played.of('invoked').filter(({ operation }) => operation?.op !== 'create')).toHaveLength(40);
  });
});

test('a copy of a world goes on as the world does, programs and libraries included', () => {
  const scenario = fileOf(
    clients(
      'name: a, workload: {kind: counter}',
      'name: b, workload: {kind: watchers}',
      'name: c, workload: {kind: session-churn}',
    ) + FAULTS,
  );
  const lab = new Lab(scenario).until(6 * SECOND);
  const copy = new Lab(scenario);
  Object.assign(copy.world, cloneWorld(lab.world));
  expect(fingerprint(copy.world)).toBe(fingerprint(lab.world));
  const from = lab.trace.length;
  lab.until(10 * SECOND);
  const before = fingerprint(lab.world);
  copy.until(10 * SECOND);
  expect(copy.trace).toEqual(lab.trace.slice(from));
  expect(fingerprint(copy.world)).toBe(before);
});

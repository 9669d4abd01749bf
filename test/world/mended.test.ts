import { describe, expect, test } from 'vitest';
import { beginWrite } from '../../sim/disk.ts';
import { MS, SECOND } from '../../sim/time.ts';
import { fingerprint } from '../../sim/copies.ts';
import { makeZxid } from '../../sim/zab/zxid.ts';
import { at, client, Lab, only, played, scenarioOf, startAll, write } from './ensemble.ts';

describe('without any fault', () => {
  test('no learner is dropped: nobody leaves its role, and no call fails', () => {
    const servers = [1, 2, 3, 4, 5];
    const clients = servers.map((id) =>
      client(`c${id}`, { server: id, operations: 100, from: 3 * SECOND, think: [0, 50 * MS] }),
    );
    for (const seed of ['1', '2', '3', '4', '5', '6']) {
      const { trace, report } = played(
        scenarioOf({ voters: 5, timeline: [startAll(...servers)], clients, endAt: 20 * SECOND }),
        seed,
      );
      expect(only(trace, 'leftRole').map(({ server, why }) => `${server}: ${why}`)).toEqual([]);
      expect(report.calls).toEqual({ ok: 500, failed: 0, unknown: 0, pending: 0 });
    }
  });
});

test('a request of the timeline goes to the server it names, also when its client takes any', () => {
  const timeline = [startAll(), ...[2, 3, 1].map((id, i) => at((2 + i) * SECOND, write('c', 'x', id, id)))];
  const { trace } = played(scenarioOf({ timeline, clients: [client('c', { server: 'any' })], endAt: 6 * SECOND }));
  const dialled = only(trace, 'connected').filter(({ plane, why }) => plane === 'client' && why === 'dialled');
  expect(dialled.map(({ peer }) => peer).slice(-3)).toEqual([2, 3, 1]);
});

test('a disk that stalls goes on when the calm comes', () => {
  const stall = at(3 * SECOND, { kind: 'diskStall', servers: [1, 2, 3], duration: 60 * SECOND });
  const timeline = [startAll(), stall, at(3100 * MS, write('c', 'x', 1))];
  const clients = [client('c', { timeout: 30 * SECOND })];
  const { trace } = played(scenarioOf({ timeline, clients, calmAt: 4 * SECOND, endAt: 40 * SECOND }));
  expect(only(trace, 'logged')[0]!.at).toBeLessThan(4 * SECOND + 100 * MS);
});

test('a second, shorter stall does not end the first', () => {
  const stalls = [
    at(0, { kind: 'diskStall', servers: [1], duration: SECOND }),
    at(100 * MS, { kind: 'diskStall', servers: [1], duration: MS }),
  ] as const;
  const lab = new Lab(scenarioOf({ timeline: stalls, disk: { sync: [200 * MS, 200 * MS] } }));
  beginWrite(lab.world, lab.world.hosts[1]!, {
    kind: 'write',
    token: 1,
    op: { kind: 'epoch', file: 'acceptedEpoch', epoch: 1 },
  });
  expect(lab.until(900 * MS).of('epochWritten')).toEqual([]);
});

test('a slow CPU does not silence the timers: a leader that is flooded still pings', () => {
  const slow = at(3 * SECOND, { kind: 'slowCpu', servers: ['leader'], perEvent: 20 * MS });
  const clients = ['a', 'b', 'c', 'd'].map((name) => client(name, { server: 3, operations: 100_000, think: [0, 0] }));
  const { trace } = played(scenarioOf({ timeline: [startAll(), slow], clients, endAt: 20 * SECOND }));
  const pings = only(trace, 'sent').filter(
    (event) => event.server === 3 && event.at > 5 * SECOND && event.message.kind === 'PING',
  );
  expect(pings.length).toBeGreaterThan(50);
});

test('random disk failures strike log and epoch writes, as the model says', () => {
  const { trace } = played(scenarioOf({ timeline: [startAll()], disk: { failPpm: 1_000_000 }, endAt: 3 * SECOND }));
  const ops = new Set(only(trace, 'diskFailed').map(({ op }) => op));
  expect(ops.has('epoch')).toBe(true);
  expect(ops.has('snapshot')).toBe(false);
});

test('a fault is told before its landing', () => {
  const { trace } = played(
    scenarioOf({ timeline: [startAll(), at(SECOND, { kind: 'drift', servers: [1], ppm: 5 })], endAt: 2 * SECOND }),
  );
  expect(trace.filter(({ kind }) => kind === 'fault' || kind === 'landed').map(({ kind }) => kind)).toEqual([
    'fault',
    'landed',
  ]);
});

test('SIGTERM ends a process that is still loading', () => {
  const { report } = played(
    scenarioOf({ timeline: [startAll(), at(10 * MS, { kind: 'stop', servers: [1] })], endAt: 3 * SECOND }),
  );
  expect(report.servers.map(({ up }) => up)).toEqual([false, true, true]);
});

test('an expected value is not met when nobody serves', () => {
  const expectation = { verdict: 'pass', properties: [], facts: [{ kind: 'value', key: 'x', value: null }] } as const;
  expect(
    played(scenarioOf({ timeline: [startAll(1)], expect: expectation, endAt: 3 * SECOND })).report.asExpected,
  ).toBe(false);
});

test('a fingerprint tells apart what is being written', () => {
  const prints = [1, 2].map((epoch) => {
    const lab = new Lab(scenarioOf());
    beginWrite(lab.world, lab.world.hosts[1]!, {
      kind: 'write',
      token: 1,
      op: { kind: 'epoch', file: 'acceptedEpoch', epoch },
    });
    return fingerprint(lab.world);
  });
  const body = { kind: 'write', op: null } as const;
  const logs = [1, 2].map((digest) => {
    const lab = new Lab(scenarioOf());
    const txn = { zxid: makeZxid(1, 1), session: -1, cxid: 1, proposer: 1, body, digest, bytes: 1 };
    beginWrite(lab.world, lab.world.hosts[1]!, {
      kind: 'write',
      token: 1,
      op: { kind: 'log', txns: [txn], roll: false },
    });
    return fingerprint(lab.world);
  });
  expect(new Set([...prints, ...logs]).size).toBe(4);
});

import { describe, expect, test } from 'vitest';
import type { Action, Condition, Step } from '../../sim/scenario.ts';
import { MS, SECOND } from '../../sim/time.ts';
import { at, client, only, played, scenarioOf, startAll, whenever, write } from './ensemble.ts';

function on(condition: Condition, action: Action, options: { delay?: number; label?: string } = {}): Step {
  return { moment: { kind: 'when', when: condition, delay: options.delay ?? 0 }, label: options.label ?? null, action };
}

const WRITES = [2, 3, 4, 5].map((second) => at(second * SECOND, write('c', 'x', second)));
const kill1: Action = { kind: 'kill', servers: [1], unsent: false };

function play(...steps: Step[]): ReturnType<typeof played> {
  const timeline = [startAll(), ...WRITES, ...steps];
  return played(scenarioOf({ timeline, clients: [client('c', { server: 2 })], endAt: 10 * SECOND }));
}

describe('a step that waits for the trace', () => {
  test('is taken directly behind the event that brings it, at the same time', () => {
    const { trace } = play(on(whenever({ event: 'logged', server: 2, write: 2 }), kill1));
    const index = trace.findIndex(({ kind }) => kind === 'ended');
    const ended = trace[index]!;
    const logged = only(trace.slice(0, index), 'logged').filter(({ server }) => server === 2);
    expect(logged).toHaveLength(2);
    expect(ended.at).toBe(logged[1]!.at);
  });

  test('comes later by its delay', () => {
    const soon = play(on(whenever({ event: 'committed', nth: 2 }), kill1));
    const later = play(on(whenever({ event: 'committed', nth: 2 }), kill1, { delay: 250 * MS }));
    const time = ({ trace }: ReturnType<typeof play>): number => only(trace, 'ended')[0]!.at;
    expect(time(later) - time(soon)).toBe(250 * MS);
  });

  test('counts only what fits: role, peer, message, epoch, zxid and write', () => {
    const fitting: Condition[] = [
      whenever({ event: 'received', server: 'leader', peer: 1, message: 'ACK', write: 3 }),
      whenever({ event: 'sent', server: 'leader', peer: 1, message: 'COMMIT', zxid: 0x1_0000_0003 }),
      whenever({ event: 'proposed', server: 3, epoch: 1, nth: 3 }),
      whenever({ event: 'applied', server: 'follower', write: 3 }),
    ];
    for (const condition of fitting) {
      const { trace } = play(on(condition, kill1));
      const ended = only(trace, 'ended');
      expect(ended).toHaveLength(1);
      expect(ended[0]!.at).toBeGreaterThan(4 * SECOND);
      expect(ended[0]!.at).toBeLessThan(4 * SECOND + 100 * MS);
    }
    const others = [
      whenever({ event: 'proposed', server: 'follower' }),
      whenever({ event: 'proposed', epoch: 2 }),
      whenever({ event: 'logged', write: 9 }),
    ];
    for (const condition of others) expect(only(play(on(condition, kill1)).trace, 'ended')).toEqual([]);
  });

  test('begins to count when the step it names has been taken', () => {
    const { trace } = play(
      on(whenever({ event: 'committed', nth: 2 }), { kind: 'drift', servers: [1], ppm: 1 }, { label: 'second' }),
      on(whenever({ event: 'committed', nth: 1, after: 'second' }), kill1),
    );
    const ended = only(trace, 'ended')[0]!;
    expect(ended.at).toBe(only(trace, 'committed')[2]!.at);
  });

  test('is taken once', () => {
    const { trace } = play(on(whenever({ event: 'committed' }), { kind: 'drift', servers: [1], ppm: 1 }));
    expect(only(trace, 'fault')).toHaveLength(1);
  });
});

describe('who is meant', () => {
  test('leader, follower and old leader are found when the step is taken', () => {
    const { trace } = played(
      scenarioOf({
        timeline: [
          startAll(),
          at(2 * SECOND, { kind: 'pause', servers: ['leader'] }),
          at(8 * SECOND, { kind: 'resume', servers: ['oldLeader'] }),
          at(12 * SECOND, { kind: 'kill', servers: ['follower'], unsent: false }),
          at(14 * SECOND, { kind: 'kill', servers: ['leader'], unsent: false }),
        ],
        endAt: 15 * SECOND,
      }),
    );
    expect(only(trace, 'paused').map(({ server }) => server)).toEqual([3]);
    expect(only(trace, 'resumed').map(({ server }) => server)).toEqual([3]);
    // 1 and 2 race for the succession: the follower of the moment ends first, then the leader.
    const [leader] = only(trace, 'established').slice(-1);
    const follower = leader?.server === 1 ? 2 : 1;
    expect(only(trace, 'ended').map(({ server }) => server)).toEqual([follower, leader?.server]);
  });
});

describe('the calm', () => {
  test('heals, resumes, mends and starts everything, and no fault comes after it', () => {
    const { trace, report } = played(
      scenarioOf({
        timeline: [
          startAll(),
          at(2 * SECOND, { kind: 'partition', groups: [[1], [2], [3]] }),
          at(3 * SECOND, { kind: 'crash', servers: [1], keep: null, torn: false }),
          at(3 * SECOND, { kind: 'pause', servers: [2] }),
          at(3 * SECOND, { kind: 'diskFull', servers: [3] }),
          at(4 * SECOND, { kind: 'chaos', duration: 30 * SECOND, meanGap: 300 * MS, faults: ['kill', 'pause'] }),
        ],
        calmAt: 8 * SECOND,
        endAt: 30 * SECOND,
      }),
    );
    expect(report.servers.map(({ mode }) => mode).filter((mode) => mode === 'not serving')).toEqual([]);
    expect(report.servers.some(({ paused }) => paused)).toBe(false);
    const calm = trace.findIndex(({ kind }) => kind === 'calm');
    const faults = ['fault', 'paused', 'diskFailed'];
    expect(trace.slice(calm).filter(({ kind }) => faults.includes(kind))).toEqual([]);
  });
});

describe('clients', () => {
  test('learn of success, of refusal, and that a request never left them', () => {
    const { trace } = played(
      scenarioOf({
        timeline: [
          startAll(),
          at(2 * SECOND, write('c', 'x', 5)),
          at(3 * SECOND, { kind: 'failingWrite', client: 'c', server: null, key: 'x', value: 6, times: 1 }),
          at(4 * SECOND, { kind: 'read', client: 'c', server: null, key: 'x', value: 0, times: 1 }),
          at(5 * SECOND, { kind: 'kill', servers: [1], unsent: false }),
          at(6 * SECOND, write('c', 'x', 7)),
        ],
        clients: [client('c', { timeout: 3 * SECOND })],
        endAt: 15 * SECOND,
      }),
    );
    expect(only(trace, 'returned').map(({ call, outcome, value, error }) => [call, outcome, value, error])).toEqual([
      [1, 'ok', null, null],
      [2, 'failed', null, 'BADVERSION'],
      [3, 'ok', 5, null],
      [4, 'failed', null, 'no server in time'],
    ]);
    // A refused write takes a zxid all the same.
    expect(only(trace, 'committed').map(({ txn }) => txn.zxid)).toEqual([0x1_0000_0001, 0x1_0000_0002]);
  });

  test('do not know the fate of a write whose connection was lost, and a read has failed', () => {
    const cutOff = (action: Action): string[] => {
      const { trace } = played(
        scenarioOf({
          timeline: [
            startAll(),
            at(2 * SECOND, write('c', 'y', 1)),
            at(3 * SECOND, { kind: 'pause', servers: ['leader'] }),
            at(3100 * MS, action),
            at(4 * SECOND, { kind: 'kill', servers: [3], unsent: false }),
          ],
          clients: [client('c', { server: 3 })],
          endAt: 6 * SECOND,
        }),
      );
      return only(trace, 'returned').map(({ outcome }) => outcome);
    };
    expect(cutOff(write('c', 'x', 1))).toEqual(['ok', 'unknown']);
    expect(cutOff({ kind: 'read', client: 'c', server: null, key: 'x', value: 0, times: 1 })).toEqual(['ok', 'failed']);
  });

  test('keep their session alive by pings; a client that is gone loses it', () => {
    const open: Action = { kind: 'openSession', client: 'c', server: null, key: '', value: 0, times: 1 };
    const clients = [client('c', { sessionTimeoutMs: 4000 })];
    const expired = (...steps: Step[]): number => {
      const timeline = [startAll(), at(2 * SECOND, open), ...steps];
      return only(played(scenarioOf({ timeline, clients, endAt: 30 * SECOND })).trace, 'sessionExpired').length;
    };
    expect(expired()).toBe(0);
    expect(expired(at(3 * SECOND, { kind: 'kill', servers: [1], unsent: false }))).toBe(1);
  });

  test('a workload asks one thing at a time, as often as it is told to', () => {
    const { trace, report } = played(
      scenarioOf({
        timeline: [startAll()],
        clients: [client('c', { operations: 200, from: 2 * SECOND })],
        endAt: 20 * SECOND,
      }),
    );
    expect(report.calls).toEqual({ ok: 200, failed: 0, unknown: 0, pending: 0 });
    let open = 0;
    for (const { kind } of trace) {
      if (kind === 'invoked') open++;
      if (kind === 'returned') open--;
      expect(open).toBeLessThanOrEqual(1);
    }
  });
});

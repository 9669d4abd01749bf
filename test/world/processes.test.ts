import { describe, expect, test } from 'vitest';
import { invoke } from '../../sim/clients/client.ts';
import { pause } from '../../sim/processes.ts';
import type { Action } from '../../sim/scenario.ts';
import { MS, SECOND } from '../../sim/time.ts';
import type { TraceEvent } from '../../sim/trace.ts';
import { at, client, Lab, only, played, scenarioOf, startAll, write } from './ensemble.ts';

function pingsOf(trace: readonly TraceEvent[], server: number, from: number): number {
  const sent = only(trace, 'sent').filter((event) => event.server === server && event.at > from);
  return sent.filter(({ message }) => message.kind === 'PING').length;
}

describe('timers', () => {
  test('run on the clock of their own server: a fast clock pings more often, a slow one less', () => {
    const rate = (driftPpm: number): number => {
      const clocks = [{ server: 3, driftPpm, offset: 0 }];
      return pingsOf(played(scenarioOf({ timeline: [startAll()], clocks, endAt: 42 * SECOND })).trace, 3, 2 * SECOND);
    };
    // Two learners, and one ping to each every half tick of 250 ms.
    expect(Math.abs(rate(0) - 320)).toBeLessThanOrEqual(2);
    expect(Math.abs(rate(100_000) - 352)).toBeLessThanOrEqual(2);
    expect(Math.abs(rate(-100_000) - 288)).toBeLessThanOrEqual(2);
  });

  test('that every packet sets anew leave one event in the queue, not one a packet', () => {
    const lab = new Lab(scenarioOf({ timeline: [startAll()] })).until(10 * SECOND);
    const early = lab.world.queue.size;
    lab.until(300 * SECOND);
    expect(lab.world.queue.size).toBeLessThan(early + 10);
    expect(lab.world.queue.size).toBeLessThan(60);
  });

  test('a timeout counts from the last packet: silence of syncLimit ends the role, less does not', () => {
    const paused = (ms: number): string[] => {
      const timeline = [startAll(), at(3 * SECOND, { kind: 'pause', servers: ['leader'] })];
      const { trace } = played(scenarioOf({ timeline, endAt: 3 * SECOND + ms * MS }));
      return only(trace, 'leftRole').map(({ why }) => why);
    };
    expect(paused(2200)).toEqual([]);
    const why = paused(2800);
    expect(why).toHaveLength(2);
    expect(why.every((text) => text.startsWith('read timed out'))).toBe(true);
  });
});

describe('a pause', () => {
  const pauseLeader: Action = { kind: 'pause', servers: ['leader'] };
  const scenario = scenarioOf({
    timeline: [
      startAll(),
      at(3 * SECOND, pauseLeader),
      at(3100 * MS, write('c', 'x', 7)),
      at(9 * SECOND, { kind: 'resume', servers: [3] }),
    ],
    clients: [client('c', { server: 3 }), client('d')],
    endAt: 20 * SECOND,
  });

  test('stops the process: nothing it decides is in the trace until it is resumed', () => {
    const { trace } = played(scenario);
    const from = trace.findIndex(({ kind }) => kind === 'paused');
    const to = trace.findIndex(({ kind }) => kind === 'resumed');
    const meanwhile = trace
      .slice(from + 1, to)
      .filter(({ server }) => server === 3)
      .map(({ kind }) => kind);
    expect(from).toBeGreaterThan(0);
    // What the kernel, the disk and the wires do without it.
    const passive = ['received', 'connected', 'disconnected', 'lost', 'landed', 'logged', 'epochWritten', 'fenced'];
    expect(meanwhile.filter((kind) => !passive.includes(kind))).toEqual([]);
    const elected = only(trace.slice(from, to), 'stateChanged').filter(({ state }) => state === 'LEADING');
    // Which of the two it is, is a race between their timeouts.
    expect(elected.map(({ server }) => server)).toHaveLength(1);
    expect([1, 2]).toContain(elected[0]?.server);
  });

  test('ends with what the sockets held, in order, and only then with the timers that ran out', () => {
    const { trace } = played(scenario);
    const after = trace.slice(trace.findIndex(({ kind }) => kind === 'resumed')).filter(({ server }) => server === 3);
    const first = (kind: TraceEvent['kind']): number => after.findIndex((event) => event.kind === kind);
    // The write that waited in its socket is proposed by the old leader before it finds that its quorum is gone.
    expect(first('proposed')).toBeGreaterThan(0);
    expect(first('leftRole')).toBeGreaterThan(first('proposed'));
    expect(only(after, 'proposed').map(({ txn }) => txn.body)).toEqual([{ kind: 'write', op: { key: 'x', value: 7 } }]);
  });

  test('of the old leader fences it: it joins the new one and forgets the write', () => {
    const { report } = played(scenario);
    expect(report.servers.map(({ mode }) => mode).sort()).toEqual(['follower', 'follower', 'leader']);
    expect(report.servers.find(({ id }) => id === 3)?.mode).toBe('follower');
    expect(new Set(report.servers.map(({ stateHash }) => stateHash)).size).toBe(1);
  });

  test('lands when something waits for the process, once', () => {
    expect(played(scenario).report.faults).toEqual([{ fault: 'pause', asked: 1, landed: 1 }]);
  });

  test('does not stop the disk: what was under way ends, the process hears of it later', () => {
    const disk = { sync: [50 * MS, 50 * MS] as const };
    const lab = new Lab(scenarioOf({ timeline: [startAll()], disk, clients: [client('c', { server: 3 })] }));
    lab.until(3 * SECOND);
    const host = lab.world.hosts[3]!;
    invoke(lab.world, lab.world.clients[0]!, { op: 'write', key: 'x', value: 1 }, lab.emit);
    while (host.device.inflight.length === 0) lab.step();
    pause(lab.world, host, lab.emit);
    expect(lab.of('logged')).toEqual([]);
    lab.until(lab.world.now + 100 * MS);
    expect(lab.of('logged').map(({ server }) => server)).toContain(3);
    expect(host.backlog.list().some(({ kind }) => kind === 'written')).toBe(true);
  });
});

describe('a slow CPU', () => {
  test('takes its time for each input, and lands', () => {
    const timeline = [startAll(), at(4 * SECOND, write('c', 'x', 1))];
    const slowdown = at(3 * SECOND, { kind: 'slowCpu', servers: ['leader'], perEvent: 30 * MS });
    const fast = only(played(scenarioOf({ timeline, clients: [client('c')] })).trace, 'returned')[0]!;
    const slow = played(scenarioOf({ timeline: [...timeline, slowdown], clients: [client('c')] }));
    const returned = only(slow.trace, 'returned')[0]!;
    expect(returned.outcome).toBe('ok');
    expect(returned.at - fast.at).toBeGreaterThan(80 * MS);
    expect(slow.report.faults).toContainEqual({ fault: 'slowCpu', asked: 1, landed: 1 });
  });
});

describe('the end of a process', () => {
  const ended = (action: Action): { trace: TraceEvent[]; how: string[] } => {
    const { trace } = played(scenarioOf({ timeline: [startAll(), at(3 * SECOND, action)], endAt: 5 * SECOND }));
    return { trace, how: only(trace, 'ended').map(({ server, how, code }) => `${server} ${how} ${code}`) };
  };

  test('kill, stop and crash tell how it came, and only a crash leaves the others without a word', () => {
    const kill = ended({ kind: 'kill', servers: [1], unsent: false });
    const stop = ended({ kind: 'stop', servers: [1] });
    const crash = ended({ kind: 'crash', servers: [1], keep: null, torn: false });
    expect([kill.how, stop.how, crash.how]).toEqual([['1 kill 137'], ['1 stop 0'], ['1 crash -1']]);
    const told = (trace: readonly TraceEvent[]): number =>
      only(trace, 'disconnected').filter(({ peer, at, why }) => peer === 1 && at >= 3e6 && why !== 'closed').length;
    expect(told(kill.trace)).toBeGreaterThan(0);
    expect(told(stop.trace)).toBeGreaterThan(0);
    expect(told(crash.trace)).toBe(0);
  });

  test('a stopped server leaves its role first', () => {
    const { trace } = ended({ kind: 'stop', servers: [1] });
    const kinds = trace.filter((event) => event.server === 1 && event.at >= 3 * SECOND).map(({ kind }) => kind);
    expect(kinds.indexOf('leftRole')).toBeGreaterThanOrEqual(0);
    expect(kinds.indexOf('ended')).toBeGreaterThan(kinds.indexOf('leftRole'));
  });

  test('a killed process is forgotten whole: no timer, thread or disk operation of it reaches the next life', () => {
    const kill = at(3 * SECOND, { kind: 'kill', servers: [3], unsent: true });
    const lab = new Lab(scenarioOf({ timeline: [startAll(), kill, at(3100 * MS, { kind: 'start', servers: [3] })] }));
    lab.until(3 * SECOND);
    const host = lab.world.hosts[3]!;
    expect([host.server, host.timers.size, host.backlog.size, host.device.inflight.length]).toEqual([null, 0, 0, 0]);
    lab.until(20 * SECOND);
    expect(host.server?.state).toBe('FOLLOWING');
    const lives = lab
      .of('started')
      .filter(({ server }) => server === 3)
      .map(({ life }) => life);
    expect(lives).toHaveLength(2);
    expect(lives[1]).toBeGreaterThan(lives[0]!);
  });
});

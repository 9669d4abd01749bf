import { describe, expect, test } from 'vitest';
import { dial } from '../../sim/dialling.ts';
import { cut, heal, reset } from '../../sim/network-faults.ts';
import { crash, endProcess, start } from '../../sim/lifecycle.ts';
import { connect, type Connection } from '../../sim/network.ts';
import { pause } from '../../sim/processes.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { MS, SECOND } from '../../sim/time.ts';
import { closeEnd, sendOn } from '../../sim/wires.ts';
import { applyEvent, nextEvent } from '../../sim/world.ts';
import type { Message } from '../../sim/zab/messages.ts';
import type { Zxid } from '../../sim/zab/zxid.ts';
import { at, client, Lab, scenarioOf, startAll, write } from './ensemble.ts';

/** When the two processes are up, and the test begins. */
const START = SECOND;

/** One connection between two servers of five: they stay in the election, and leave what they do not know alone. Times
 *  count from the start of the test, and the trace is that of the connection. */
class Wire extends Lab {
  readonly connection: Connection;

  constructor(network: Partial<Scenario['network']> = {}, seed = '1') {
    super(scenarioOf({ voters: 5, network }), seed);
    for (const id of [1, 2]) start(this.world, this.world.hosts[id]!);
    super.until(START);
    this.connection = connect(this.world.network, 'quorum', 1, 2);
    this.connection.established = true;
    this.trace.length = 0;
  }

  override until(time: number): this {
    return super.until(START + time);
  }

  /** Who is told that the connection is gone, in order. */
  get ended(): number[] {
    const mine = this.of('disconnected').filter(({ connection }) => connection === this.connection.id);
    return mine.map(({ server }) => server);
  }

  get forgotten(): boolean {
    return !this.world.network.connections.has(this.connection.id);
  }

  /** Sends packets numbered from `first` to `last`. */
  send(first: number, last: number, from = 1): this {
    for (let i = first; i <= last; i++) sendOn(this.world, from, this.connection.id, packet(i), this.emit);
    return this;
  }

  numbers(kind: 'received' | 'lost', at = 2): number[] {
    const there = this.of(kind).filter(({ server, message }) => server === at && message.kind === 'ACK');
    return there.map(({ message }) => ('zxid' in message ? message.zxid : -1));
  }
}

function packet(number: number): Message {
  return { kind: 'ACK', zxid: number as Zxid };
}

function upTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function arrivals(wire: Wire): number[] {
  return wire
    .of('received')
    .filter(({ message }) => message.kind === 'ACK')
    .map(({ at: time }) => time - START);
}

const SEEDS = upTo(30).map(String);

describe('a connection', () => {
  test('delivers everything, once and in order, however latency, spikes and loss fall', () => {
    for (const seed of SEEDS) {
      const wire = new Wire({ spikePpm: 200_000, lossPpm: 100_000 }, seed);
      for (let i = 0; i < 20; i++) wire.send(i * 5 + 1, i * 5 + 5).until((i + 1) * 300);
      expect(wire.until(20 * SECOND).numbers('received')).toEqual(upTo(100));
      expect(wire.numbers('lost')).toEqual([]);
    }
  });

  test('takes at least the latency, and a lost packet a retransmission more', () => {
    const quick = new Wire({ latency: [700, 700] }).send(1, 1).until(SECOND);
    expect(arrivals(quick)).toEqual([700]);
    const loss = { latency: [700, 700], lossPpm: 1_000_000, retransmit: [250 * MS, 250 * MS] } as const;
    const lossy = new Wire(loss).send(1, 1).until(SECOND);
    expect(arrivals(lossy)).toEqual([700 + 250 * MS]);
  });

  test('closes behind what was sent before, and one end only closes once', () => {
    const wire = new Wire().send(1, 5);
    closeEnd(wire.world, 1, wire.connection.id, wire.emit);
    closeEnd(wire.world, 1, wire.connection.id, wire.emit);
    wire.send(6, 6).until(SECOND);
    expect(wire.numbers('received')).toEqual([1, 2, 3, 4, 5]);
    expect(wire.ended).toEqual([1, 2]);
    expect(wire.forgotten).toBe(true);
  });

  test('voids what arrives at a closed end, and tells its sender by a reset', () => {
    const wire = new Wire({ latency: [500, 500] }).send(1, 2);
    closeEnd(wire.world, 2, wire.connection.id, wire.emit);
    wire.until(SECOND);
    expect(wire.numbers('received')).toEqual([]);
    expect(wire.numbers('lost')).toEqual([1, 2]);
    expect(wire.ended).toEqual([2, 1]);
    expect(wire.forgotten).toBe(true);
  });
});

describe('a cut', () => {
  test('holds packets back, and after the healing all of them arrive in order', () => {
    for (const seed of SEEDS) {
      const wire = new Wire({}, seed).send(1, 3).until(700);
      cut(wire.world, 'cut', 1, 2, ['quorum']);
      wire.send(4, 9).until(5 * SECOND);
      const before = wire.numbers('received');
      expect(before.length).toBeLessThanOrEqual(3);
      heal(wire.world, null, () => undefined);
      wire.send(10, 12).until(20 * SECOND);
      expect(wire.numbers('received')).toEqual(upTo(12));
    }
  });

  test('is one way only, and on the planes it names', () => {
    const wire = new Wire();
    const other = connect(wire.world.network, 'election', 1, 2);
    other.established = true;
    cut(wire.world, 'cut', 1, 2, ['quorum']);
    wire.send(1, 2).send(7, 8, 2);
    sendOn(wire.world, 1, other.id, packet(9), wire.emit);
    wire.until(SECOND);
    expect(wire.numbers('received', 1)).toEqual([7, 8]);
    expect(wire.numbers('received', 2)).toEqual([9]);
  });

  test('holds as long as one of several on a link is in force', () => {
    const wire = new Wire();
    cut(wire.world, 'partition', 1, 2, ['quorum', 'election']);
    wire.until(10);
    cut(wire.world, 'isolate', 1, 2, ['quorum']);
    wire.send(1, 2).until(SECOND);
    wire.world.network.cuts.splice(0, 1);
    wire.send(3, 3).until(10 * SECOND);
    expect(wire.numbers('received')).toEqual([]);
    heal(wire.world, null, () => undefined);
    expect(wire.until(30 * SECOND).numbers('received')).toEqual([1, 2, 3]);
  });

  test('holds back the end of a connection as it does data', () => {
    const wire = new Wire().send(1, 1);
    cut(wire.world, 'cut', 1, 2, ['quorum']);
    closeEnd(wire.world, 1, wire.connection.id, wire.emit);
    expect(wire.until(10 * SECOND).ended).toEqual([1]);
    heal(wire.world, null, () => undefined);
    wire.until(20 * SECOND);
    expect(wire.numbers('received')).toEqual([1]);
    expect(wire.ended).toEqual([1, 2]);
  });

  test('lands once, when it first holds a packet back, and not before', () => {
    const wire = new Wire();
    cut(wire.world, 'cut', 1, 2, ['quorum']);
    expect(wire.until(SECOND).of('landed')).toEqual([]);
    expect(
      wire
        .send(1, 4)
        .until(2 * SECOND)
        .of('landed')
        .map(({ fault }) => fault),
    ).toEqual(['cut']);
  });
});

/** Resets the connection, and no other between the two, and lets it come to pass. */
function resetOne(wire: Wire, noticed: 'both' | 'first' | 'second' | 'drawn'): void {
  const { connections } = wire.world.network;
  for (const id of [...connections.keys()]) if (id !== wire.connection.id) connections.delete(id);
  reset(wire.world, [[1, 2]], noticed, wire.emit);
  wire.until(wire.world.now - START);
}

describe('a reset', () => {
  test('loses a tail and never a middle, and nothing gets through afterwards', () => {
    const sizes = new Set<number>();
    for (const seed of SEEDS) {
      const wire = new Wire({}, seed).send(1, 6).until(900);
      resetOne(wire, 'drawn');
      wire.send(7, 9).until(5 * SECOND);
      const got = wire.numbers('received');
      expect(got).toEqual(upTo(got.length));
      expect(got.length).toBeLessThanOrEqual(6);
      expect([...got, ...wire.numbers('lost')]).toEqual(upTo(9).slice(0, got.length + wire.numbers('lost').length));
      sizes.add(got.length);
    }
    expect(sizes.size).toBeGreaterThan(2);
  });

  test('is noticed by both ends, or by the one that is named', () => {
    for (const [noticed, expected] of [
      ['both', [1, 2]],
      ['first', [1]],
      ['second', [2]],
    ] as const) {
      const wire = new Wire();
      resetOne(wire, noticed);
      expect(wire.until(SECOND).ended.sort((a, b) => a - b)).toEqual(expected);
    }
  });
});

describe('datagrams', () => {
  const numbersOf = (network: Partial<Scenario['network']>): number[][] =>
    SEEDS.map((seed) => {
      const wire = new Wire({ assumption: 'datagram', ...network }, seed);
      return wire.send(1, 20).until(SECOND).numbers('received');
    });

  test('overtake one another, where TCP keeps the order', () => {
    const runs = numbersOf({});
    expect(runs.every((got) => got.length === 20)).toBe(true);
    expect(runs.some((got) => got.some((number, i) => number !== i + 1))).toBe(true);
  });

  test('are lost and doubled at the odds that are given', () => {
    expect(numbersOf({ lossPpm: 1_000_000 }).flat()).toEqual([]);
    expect(numbersOf({ duplicatePpm: 1_000_000 }).every((got) => got.length === 40)).toBe(true);
    const some = numbersOf({ lossPpm: 300_000 }).flat().length;
    expect(some).toBeGreaterThan(300);
    expect(some).toBeLessThan(540);
  });

  test('are only on the quorum plane, and end with the calm', () => {
    const wire = new Wire({ assumption: 'datagram', lossPpm: 1_000_000 });
    const election = connect(wire.world.network, 'election', 1, 2);
    election.established = true;
    sendOn(wire.world, 1, election.id, packet(1), wire.emit);
    wire.world.network.calm = true;
    expect(
      wire
        .send(2, 4)
        .until(SECOND)
        .numbers('received')
        .sort((a, b) => a - b),
    ).toEqual([1, 2, 3, 4]);
  });
});

describe('dialling', () => {
  const TIMEOUT = 2500 * MS;

  /** Two servers run; server 1 dials server 2 on the quorum plane at one second. */
  function prepared(prepare: (lab: Lab) => void): Lab {
    const lab = new Lab(scenarioOf({ network: { latency: [300, 300] } }));
    for (const id of [1, 2]) start(lab.world, lab.world.hosts[id]!);
    lab.until(SECOND);
    prepare(lab);
    lab.trace.length = 0;
    dial(lab.world, 1, 'quorum', 2, { life: lab.world.hosts[1]!.life, timeout: TIMEOUT });
    return lab;
  }

  /** How the dial ended, and when. */
  function outcome(lab: Lab): string {
    for (;;) {
      const event = nextEvent(lab.world);
      if (event === undefined) return 'never';
      const after = `after ${(lab.world.now - SECOND) / MS} ms`;
      if (event.kind === 'dialFailed' && event.plane === 'quorum') return `${event.why} ${after}`;
      if (event.kind === 'synAck' && lab.world.network.connections.get(event.connection)?.plane === 'quorum')
        return `connected ${after}`;
      applyEvent(lab.world, event, lab.emit);
    }
  }

  test('a server that leads accepts, paused or not: its kernel answers', () => {
    const leads = prepared((lab) => expect(lab.world.hosts[2]!.server!.state).toBe('LEADING'));
    expect(outcome(leads)).toBe('connected after 0.6 ms');
    expect(outcome(prepared((lab) => pause(lab.world, lab.world.hosts[2]!, lab.emit)))).toBe('connected after 0.6 ms');
  });

  test('a machine refuses at once where nobody listens', () => {
    const kill = { how: 'kill', code: 137, why: 'SIGKILL' } as const;
    const dead = prepared((lab) => endProcess(lab.world, lab.world.hosts[2]!, kill, lab.emit));
    expect(outcome(dead)).toBe('refused after 0.6 ms');
  });

  test('a server that does not lead refuses on the quorum plane', () => {
    const lab = prepared(() => undefined);
    dial(lab.world, 2, 'quorum', 1, { life: lab.world.hosts[2]!.life, timeout: TIMEOUT });
    const refused = (): boolean => {
      const event = nextEvent(lab.world);
      if (event === undefined) return false;
      if (event.kind === 'dialFailed' && event.from === 2) return event.why === 'refused';
      applyEvent(lab.world, event, lab.emit);
      return refused();
    };
    expect(refused()).toBe(true);
  });

  test('a machine without power answers nothing: the dial ends at its deadline', () => {
    const lab = prepared((it) => crash(it.world, it.world.hosts[2]!, { keep: null, torn: false }, it.emit));
    expect(outcome(lab)).toBe('timeout after 2500 ms');
  });

  test('a dial through a cut ends at its deadline, or succeeds when TCP tries again after the healing', () => {
    expect(outcome(prepared((lab) => cut(lab.world, 'cut', 1, 2, ['quorum'])))).toBe('timeout after 2500 ms');
    const healed = prepared((lab) => cut(lab.world, 'cut', 1, 2, ['quorum']));
    healed.until(SECOND + 500 * MS);
    heal(healed.world, null, () => undefined);
    expect(outcome(healed)).toBe('connected after 1000.6 ms');
  });

  test('nothing that the acceptor does overtakes the answer to the dial', () => {
    for (const seed of SEEDS) {
      const timeline = [startAll(1), at(SECOND, write('c', 'x', 1))];
      const lab = new Lab(scenarioOf({ timeline, clients: [client('c')] }), seed);
      // Alone of three, the server does not serve, and hangs up at once.
      lab.until(1500 * MS);
      const dialled = lab.of('connected').filter(({ plane, why }) => plane === 'client' && why === 'dialled').length;
      const ended = lab.of('disconnected').filter(({ plane, why }) => plane === 'client' && why !== 'closed').length;
      expect(dialled).toBeGreaterThan(2);
      expect(dialled - ended).toBeLessThanOrEqual(1);
    }
  });
});

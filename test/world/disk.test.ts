import { describe, expect, test } from 'vitest';
import { beginWrite } from '../../sim/disk.ts';
import { act } from '../../sim/faults.ts';
import { crash, endProcess } from '../../sim/lifecycle.ts';
import { MS, SECOND, type Range } from '../../sim/time.ts';
import type { DiskOp } from '../../sim/zab/effects.ts';
import type { Txn } from '../../sim/zab/messages.ts';
import type { Snapshot } from '../../sim/zab/service.ts';
import { makeZxid } from '../../sim/zab/zxid.ts';
import { Lab, scenarioOf } from './ensemble.ts';

/** One machine and what is written to its disk. No process runs there, so that nothing else is written. */
class Machine extends Lab {
  readonly host;
  #token = 1;

  constructor(sync: Range = [MS, MS], seed = '1') {
    super(scenarioOf({ disk: { sync } }), seed);
    this.host = this.world.hosts[1]!;
  }

  write(op: DiskOp): this {
    beginWrite(this.world, this.host, { kind: 'write', token: this.#token++, op });
    return this;
  }

  crash(keep: number | null = null, torn = false): this {
    crash(this.world, this.host, { keep, torn }, this.emit);
    return this;
  }

  get logged(): number[] {
    return this.host.storage.logs.flatMap(({ txns }) => txns.map(({ zxid }) => zxid % 0x1_0000_0000));
  }
}

function txn(counter: number): Txn {
  const body = { kind: 'write', op: { key: 'x', value: counter } } as const;
  return { zxid: makeZxid(1, counter), session: -1, cxid: counter, proposer: 1, body, digest: counter, bytes: 100 };
}

function log(...counters: number[]): DiskOp {
  return { kind: 'log', txns: counters.map(txn), roll: false };
}

function epoch(value: number): DiskOp {
  return { kind: 'epoch', file: 'acceptedEpoch', epoch: value };
}

function snapshot(id: number, synced: boolean): DiskOp {
  const zxid = makeZxid(1, id);
  const content: Snapshot = { id, zxid, lastZxid: zxid, by: 1, content: [], sessions: [], bytes: 100 };
  return { kind: 'snapshot', snapshot: content, synced, replaces: false };
}

const SEEDS = Array.from({ length: 60 }, (_, i) => String(i));

describe('a disk', () => {
  test('ends its operations in the order they began, each after its own time', () => {
    const machine = new Machine([2 * MS, 2 * MS]).write(log(1)).write(epoch(3)).write(log(2));
    const ends = machine.until(5 * MS).trace.map(({ kind, at }) => `${kind} ${at}`);
    expect(ends).toEqual(['logged 2000', 'epochWritten 4000']);
    expect(
      machine
        .until(SECOND)
        .of('logged')
        .map(({ at }) => at),
    ).toEqual([2000, 6000]);
    expect(machine.of('epochWritten')).toMatchObject([{ file: 'acceptedEpoch', epoch: 3, previous: 0 }]);
    expect(machine.logged).toEqual([1, 2]);
  });

  test('shows nothing of an operation before it has ended', () => {
    const machine = new Machine().write(log(1)).write(epoch(3));
    expect([machine.logged, machine.host.storage.acceptedEpoch]).toEqual([[], null]);
    machine.until(1500);
    expect([machine.logged, machine.host.storage.acceptedEpoch]).toEqual([[1], null]);
  });

  test('that stalls ends nothing until the stall is over, and then all in order', () => {
    const machine = new Machine().write(log(1)).write(log(2));
    act(machine.world, { kind: 'diskStall', servers: [1], duration: 50 * MS }, -1, machine.emit);
    expect(machine.until(40 * MS).logged).toEqual([]);
    machine.write(log(3)).until(SECOND);
    expect(machine.logged).toEqual([1, 2, 3]);
    expect(machine.of('logged')[0]!.at).toBe(50 * MS);
  });

  test('that is full refuses log, epoch and snapshot, until it is mended', () => {
    const machine = new Machine();
    act(machine.world, { kind: 'diskFull', servers: [1] }, -1, machine.emit);
    machine.write(log(1)).write(epoch(2)).write(snapshot(3, true)).until(SECOND);
    expect(machine.of('diskFailed').map(({ op, why }) => `${op}: ${why}`)).toEqual([
      'log: No space left on device',
      'epoch: No space left on device',
      'snapshot: No space left on device',
    ]);
    const { acceptedEpoch, snapshots } = machine.host.storage;
    expect([machine.logged, acceptedEpoch, snapshots]).toEqual([[], null, []]);
    expect(machine.of('landed').map(({ fault }) => fault)).toEqual(['diskFull']);
    act(machine.world, { kind: 'diskMended', servers: [1] }, -1, machine.emit);
    expect(machine.write(log(4)).until(2 * SECOND).logged).toEqual([4]);
  });

  test('fails as often as it is told to, and only in the operation that is named', () => {
    const machine = new Machine();
    act(machine.world, { kind: 'diskFail', servers: [1], op: 'log', times: 2 }, -1, machine.emit);
    machine.write(epoch(5)).write(log(1)).write(log(2)).write(log(3)).until(SECOND);
    expect(machine.of('diskFailed').map(({ op }) => op)).toEqual(['log', 'log']);
    expect([machine.logged, machine.host.storage.acceptedEpoch]).toEqual([[3], 5]);
  });
});

describe('when the process is killed', () => {
  test('the log records it had handed over are written all the same; an epoch file is old or new', () => {
    const epochs = new Set<number | null>();
    for (const seed of SEEDS) {
      const machine = new Machine([MS, MS], seed)
        .write(epoch(2))
        .until(2 * MS)
        .write(log(1, 2))
        .write(epoch(3));
      machine.host.starting = true;
      endProcess(machine.world, machine.host, { how: 'kill', code: 137, why: 'SIGKILL' }, machine.emit);
      expect(machine.logged).toEqual([1, 2]);
      epochs.add(machine.host.storage.acceptedEpoch);
      machine.until(SECOND);
      expect(machine.of('logged')).toHaveLength(1);
    }
    expect([...epochs].sort((a, b) => Number(a) - Number(b))).toEqual([2, 3]);
  });
});

describe('when the power fails', () => {
  test('what was fsynced stays, and of the rest a beginning: no gap, nothing behind it', () => {
    const kept = new Set<number>();
    for (const seed of SEEDS) {
      const machine = new Machine([MS, MS], seed)
        .write(log(1, 2))
        .until(2 * MS)
        .write(log(3, 4, 5))
        .write(epoch(9));
      machine.crash().until(SECOND);
      const { logged } = machine;
      expect(logged).toEqual([1, 2, 3, 4, 5].slice(0, logged.length));
      expect(logged.length).toBeGreaterThanOrEqual(2);
      if (logged.length < 5) expect(machine.host.storage.acceptedEpoch).toBe(null);
      kept.add(logged.length);
    }
    expect([...kept].sort((a, b) => a - b)).toEqual([2, 3, 4, 5]);
  });

  test('as many records survive as are asked for, and the next is torn', () => {
    for (const keep of [0, 1, 2]) {
      const machine = new Machine()
        .write(log(1))
        .until(2 * MS)
        .write(log(2, 3, 4))
        .crash(keep, true);
      expect(machine.logged).toEqual([1, 2, 3].slice(0, keep + 1));
      expect(machine.host.storage.logs.map(({ torn }) => torn)).toEqual([true]);
      expect(machine.of('logged').flatMap(({ txns }) => txns).length).toBe(keep + 1);
    }
  });

  test('a torn record ends its file: what is logged later goes to a new one', () => {
    const machine = new Machine()
      .write(log(1))
      .until(2 * MS)
      .write(log(2))
      .crash(0, true)
      .write(log(3))
      .until(SECOND);
    expect(machine.host.storage.logs.map(({ txns, torn }) => [txns.length, torn])).toEqual([
      [1, true],
      [1, false],
    ]);
  });

  test('an epoch file is old or new, never anything else', () => {
    const epochs = new Set<number | null>();
    for (const seed of SEEDS) {
      const machine = new Machine([MS, MS], seed)
        .write(epoch(4))
        .until(2 * MS)
        .write(epoch(5))
        .crash();
      epochs.add(machine.host.storage.acceptedEpoch);
    }
    expect([...epochs].sort((a, b) => Number(a) - Number(b))).toEqual([4, 5]);
  });

  test('a snapshot that no fsync covers is there, gone or unreadable; one that is fsynced or old stays', () => {
    const fates = new Set<string>();
    for (const seed of SEEDS) {
      const machine = new Machine([MS, MS], seed).write(snapshot(1, false)).until(40 * SECOND);
      machine
        .write(snapshot(2, true))
        .write(snapshot(3, false))
        .until(41 * SECOND)
        .crash();
      const { snapshots } = machine.host.storage;
      const files = snapshots.map(({ snapshot: { id }, valid }) => `${id}${valid ? '' : ' invalid'}`);
      expect(files.slice(0, 2)).toEqual(['1', '2']);
      fates.add(files[2] ?? 'gone');
    }
    expect([...fates].sort()).toEqual(['3', '3 invalid', 'gone']);
  });

  test('nothing that was under way ends afterwards', () => {
    const machine = new Machine().write(log(1)).write(epoch(7)).crash(0);
    machine.trace.length = 0;
    expect(machine.until(10 * SECOND).trace).toEqual([]);
  });
});

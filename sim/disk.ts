import { assert } from './assert.ts';
import type { Random } from './random.ts';
import { SECOND } from './time.ts';
import type { Emit } from './trace.ts';
import { landed, landOnce } from './landing.ts';
import { give } from './processes.ts';
import type { DiskOp, Effect } from './zab/effects.ts';
import { applyOp, lastLogged } from './zab/storage.ts';
import { ZERO } from './zab/zxid.ts';
import type { Host, Inflight, World } from './world-state.ts';

/** The virtual disk: operations take their time, end in the order they began, fail when they are told to; and whatever is
 *  under way when the power goes is half done or not done at all. */

/** A file written without fsync is on the disk after so long all the same. */
const WRITTEN_BACK = 30 * SECOND;

export function newDevice(sync: readonly [number, number]): Host['device'] {
  return {
    inflight: [],
    nextOp: 1,
    busyUntil: 0,
    sync,
    stalledUntil: 0,
    full: false,
    failNext: { log: 0, epoch: 0, snapshot: 0 },
    unsynced: [],
  };
}

/** Begins one operation. Whether it fails, and when it ends, is settled here. */
export function beginWrite(world: World, host: Host, effect: Effect & { kind: 'write' }): void {
  const { device } = host;
  const random = diskStream(world, host.id);
  const { disk } = world.scenario;
  let duration = random.delay(device.sync);
  if (!world.calm && random.chance(disk.spikePpm)) duration += random.delay(disk.spike);
  const mayFail = effect.op.kind === 'log' || effect.op.kind === 'epoch';
  const broken = mayFail && !world.calm && random.chance(disk.failPpm);
  const at = Math.max(world.now, device.busyUntil) + duration;
  device.busyUntil = at;
  const op = device.nextOp++;
  device.inflight.push({ id: op, token: effect.token, life: host.life, op: effect.op });
  world.queue.push(at, { kind: 'disk', server: host.id, op, error: broken ? 'Input/output error' : null });
}

function diskStream(world: World, server: number): Random {
  let random = world.disks.get(server);
  if (random === undefined) {
    random = world.chance.stream('disk', server);
    world.disks.set(server, random);
  }
  return random;
}

/** The operation ends: first the trace learns what is durable, then the server hears of it. */
export function endWrite(world: World, host: Host, id: number, error: string | null, emit: Emit): void {
  const { device } = host;
  const at = device.inflight.findIndex((one) => one.id === id);
  if (at < 0) return;
  if (device.stalledUntil > world.now) {
    world.queue.push(device.stalledUntil, { kind: 'disk', server: host.id, op: id, error });
    return;
  }
  const inflight = device.inflight[at]!;
  device.inflight.splice(at, 1);
  landOnce(world, host, 'diskSlow', emit);
  const failure = error ?? failureOf(world, host, inflight.op, emit);
  if (failure !== null) {
    emit({ at: world.now, server: host.id, kind: 'diskFailed', op: inflight.op.kind, why: failure });
    if (inflight.life === host.life)
      give(world, host, { kind: 'written', token: inflight.token, error: failure }, emit);
    return;
  }
  const refused = performOp(world, host, inflight.op, emit);
  if (inflight.life === host.life) give(world, host, { kind: 'written', token: inflight.token, error: refused }, emit);
}

/** The disk goes on at once: what a stall had held back ends now, in order. */
export function endStall(world: World, host: Host): void {
  const { device } = host;
  if (device.stalledUntil <= world.now) return;
  device.stalledUntil = world.now;
  device.busyUntil = world.now;
  for (const { id } of device.inflight)
    world.queue.push(world.now, { kind: 'disk', server: host.id, op: id, error: null });
}

function failureOf(world: World, host: Host, op: DiskOp, emit: Emit): string | null {
  const { device } = host;
  if (op.kind === 'truncate') return null;
  if (device.full) {
    landOnce(world, host, 'diskFull', emit);
    return 'No space left on device';
  }
  if (device.failNext[op.kind] === 0) return null;
  device.failNext[op.kind]--;
  landOnce(world, host, 'diskFail', emit);
  return 'Input/output error';
}

/** Changes the data directory and tells the trace. Returns why the operation refused itself, if it did. */
function performOp(world: World, host: Host, op: DiskOp, emit: Emit): string | null {
  const { storage, device, id } = host;
  const previous = op.kind === 'epoch' && op.file !== 'updatingEpoch' ? (storage[op.file] ?? 0) : 0;
  const { error, removed } = applyOp(storage, op);
  switch (op.kind) {
    case 'log': {
      const last = op.txns[op.txns.length - 1];
      assert(last !== undefined, 'a log operation has records');
      emit({ at: world.now, server: id, kind: 'logged', txns: op.txns, lastZxid: last.zxid });
      return error;
    }
    case 'epoch':
      if (op.file === 'updatingEpoch') return error;
      // The count of trace events before this one is the index it gets.
      if (op.file === 'acceptedEpoch') {
        world.promises.accepted[id] = world.traced;
        world.promises.epochs[id] = op.epoch ?? 0;
      }
      emit({ at: world.now, server: id, kind: 'epochWritten', file: op.file, epoch: op.epoch ?? 0, previous });
      return error;
    case 'snapshot':
      if (!op.synced) device.unsynced.push({ id: op.snapshot.id, at: world.now });
      if (op.replaces) device.unsynced.length = 0;
      emit({
        at: world.now,
        server: id,
        kind: 'snapshotWritten',
        snapshot: op.snapshot.id,
        zxid: op.snapshot.zxid,
        synced: op.synced,
        replaces: op.replaces,
      });
      return error;
    case 'truncate':
      emit({
        at: world.now,
        server: id,
        kind: 'truncated',
        zxid: op.zxid,
        ok: error === null,
        removed,
        lastZxid: lastLogged(storage)?.zxid ?? ZERO,
      });
      return error;
  }
}

/** The process is gone, the machine is not: what was handed to the kernel is written all the same. A rename, or a snapshot
 *  in the middle, may have come to pass or not. */
export function settleAfterKill(world: World, host: Host, emit: Emit): void {
  for (const inflight of takeInflight(host)) {
    if (inflight.op.kind === 'log' || world.fate.chance(500_000)) performOp(world, host, inflight.op, emit);
  }
}

/** The power is gone. Returns what became of the log records under way: how many were lost, and whether one is torn. */
export function settleAfterCrash(
  world: World,
  host: Host,
  fault: { keep: number | null; torn: boolean },
  emit: Emit,
): { lost: number; torn: boolean } {
  let lost = 0;
  let torn = false;
  for (const inflight of takeInflight(host)) {
    const { op } = inflight;
    if (op.kind === 'log') {
      const kept = fault.keep === null ? world.fate.below(op.txns.length + 1) : Math.min(fault.keep, op.txns.length);
      if (kept > 0) performOp(world, host, { ...op, txns: op.txns.slice(0, kept) }, emit);
      lost += op.txns.length - kept;
      torn = kept < op.txns.length && (fault.torn || world.fate.chance(300_000));
      if (torn) tear(world, host, emit);
      if (kept < op.txns.length) break; // what was begun later cannot have survived
    } else if (op.kind === 'epoch' || op.kind === 'truncate' || op.synced) {
      if (world.fate.chance(500_000)) performOp(world, host, op, emit);
      else break;
    }
  }
  loseUnsynced(world, host);
  return { lost, torn };
}

function tear(world: World, host: Host, emit: Emit): void {
  const file = host.storage.logs[host.storage.logs.length - 1];
  if (file !== undefined) file.torn = true;
  landed(world, host.id, 'tornTail', emit);
}

/** Snapshots that no fsync covers are gone, or half there. */
function loseUnsynced(world: World, host: Host): void {
  const { device, storage } = host;
  for (const { id, at } of device.unsynced) {
    if (world.now - at >= WRITTEN_BACK) continue;
    const index = storage.snapshots.findIndex((file) => file.snapshot.id === id);
    if (index < 0) continue;
    const fate = world.fate.below(3);
    if (fate === 0) storage.snapshots.splice(index, 1);
    else if (fate === 1) storage.snapshots[index]!.valid = false;
    else storage.snapshots[index]!.synced = true;
  }
  device.unsynced.length = 0;
}

function takeInflight(host: Host): Inflight[] {
  host.device.busyUntil = 0;
  return host.device.inflight.splice(0);
}

export function cloneDevice(device: Host['device']): Host['device'] {
  return {
    ...device,
    inflight: device.inflight.slice(),
    failNext: { ...device.failNext },
    unsynced: device.unsynced.slice(),
  };
}

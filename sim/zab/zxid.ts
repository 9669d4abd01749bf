import { assert } from '../assert.ts';

declare const zxidBrand: unique symbol;

/** A ZooKeeper transaction id in one exact integer, `epoch * 2^32 + counter`, epoch below 2^21.
 *  Compares with `<` and `===`. The special value -1 is the zxid of a data directory that was never initialised.
 *  Source: server/util/ZxidUtils.java#makeZxid, there a signed 64-bit long. */
export type Zxid = number & { readonly [zxidBrand]: 'Zxid' };

/** Counters are unsigned 32-bit numbers. */
export const COUNTERS = 0x1_0000_0000;

/** The last counter of an epoch. It is never proposed: the leader steps down instead (Leader.java#propose). */
export const LAST_COUNTER = 0xffff_ffff;

/** Epochs at and above this one would not be exact in a double. */
export const EPOCHS = 0x20_0000;

export const ZERO = 0 as Zxid;

export function makeZxid(epoch: number, counter: number): Zxid {
  assert(epoch >= 0 && epoch < EPOCHS, 'an epoch lies in [0, 2^21)');
  assert(counter >= 0 && counter < COUNTERS, 'a counter lies in [0, 2^32)');
  return (epoch * COUNTERS + counter) as Zxid;
}

export function epochOf(zxid: Zxid): number {
  return Math.floor(zxid / COUNTERS);
}

export function counterOf(zxid: Zxid): number {
  return zxid >>> 0;
}

/** The zxid one counter later, in the same epoch. */
export function nextZxid(zxid: Zxid): Zxid {
  assert(counterOf(zxid) !== LAST_COUNTER, 'the counter must not overflow into the epoch');
  return (zxid + 1) as Zxid;
}

/** True if `next` may stand directly after `previous` in a history: the next counter, or the first of a later epoch.
 *  Source: Zab.tla IsNextZxid (a higher epoch starts at counter 1). */
export function follows(previous: Zxid, next: Zxid): boolean {
  return epochOf(next) === epochOf(previous)
    ? counterOf(next) === counterOf(previous) + 1
    : epochOf(next) > epochOf(previous) && counterOf(next) === 1;
}

/** As ZooKeeper prints it: `0x100000003`. */
export function formatZxid(zxid: Zxid): string {
  return zxid < 0 ? `-0x${(-zxid).toString(16)}` : `0x${zxid.toString(16)}`;
}

/** Reads `0x100000003`, `4294967299` or `1:3` (epoch:counter); undefined for anything else. */
export function parseZxid(text: string): Zxid | undefined {
  const pair = /^(\d+):(\d+)$/.exec(text);
  if (pair) {
    const epoch = Number(pair[1]);
    const counter = Number(pair[2]);
    return epoch < EPOCHS && counter < COUNTERS ? makeZxid(epoch, counter) : undefined;
  }
  if (text === '-0x1' || text === '-1') return -1 as Zxid;
  if (!/^(0x[0-9a-fA-F]+|\d+)$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) && value < EPOCHS * COUNTERS ? (value as Zxid) : undefined;
}

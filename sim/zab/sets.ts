import { assert } from '../assert.ts';

/** ZooKeeper's `myid`, from 1 to 30. Zero stands for "no server" in trace events. */
export type ServerId = number;

/** A set of servers, bit `id` for server `id`: clones, hashes and compares as a number. */
export type ServerSet = number;

/** Sets are 31-bit integers and `myid` starts at 1. */
export const MAX_SERVER_ID = 30;

export const NOBODY: ServerSet = 0;

export function setOf(ids: Iterable<ServerId>): ServerSet {
  let set = NOBODY;
  for (const id of ids) set = add(set, id);
  return set;
}

export function add(set: ServerSet, id: ServerId): ServerSet {
  assert(id >= 1 && id <= MAX_SERVER_ID, 'a server id lies in 1..30');
  return set | (1 << id);
}

export function without(set: ServerSet, id: ServerId): ServerSet {
  return set & ~(1 << id);
}

export function has(set: ServerSet, id: ServerId): boolean {
  return (set & (1 << id)) !== 0;
}

export function sizeOf(set: ServerSet): number {
  let rest = set;
  let size = 0;
  while (rest !== 0) {
    rest &= rest - 1;
    size++;
  }
  return size;
}

/** The members in ascending order. */
export function members(set: ServerSet): ServerId[] {
  const ids: ServerId[] = [];
  for (let id = 1; id <= MAX_SERVER_ID; id++) if (has(set, id)) ids.push(id);
  return ids;
}

/** `{1, 3}` */
export function formatSet(set: ServerSet): string {
  return `{${members(set).join(', ')}}`;
}

import type { Effect, FencingRule, Note, TimerKind } from './effects.ts';
import type { ServerId } from './sets.ts';
import type { Server } from './state.ts';
import { MS } from '../time.ts';

/** Small words for the effects that are given most. */
export function note(out: Effect[], what: Note): void {
  out.push({ kind: 'note', note: what });
}

export function warn(out: Effect[], text: string): void {
  out.push({ kind: 'note', note: { kind: 'warned', text } });
}

/** Tells the trace of a packet that cannot be placed. The caller does what the release does about it. */
export function unexpected(
  out: Effect[],
  what: 'ack' | 'commit' | 'proposal' | 'packet',
  from: ServerId,
  text: string,
): void {
  out.push({ kind: 'note', note: { kind: 'unexpected', what, from, text } });
}

export function setTimer(out: Effect[], timer: TimerKind, arg: number, afterMs: number): void {
  out.push({ kind: 'setTimer', timer, arg, after: Math.round(afterMs * MS) });
}

export function clearTimer(out: Effect[], timer: TimerKind, arg = 0): void {
  out.push({ kind: 'clearTimer', timer, arg });
}

/** Tells the trace that something was refused or made void because of an epoch: `held` is the number that was promised or
 *  is newer, `offered` the one that came too late. */
export function fenced(
  out: Effect[],
  rule: FencingRule,
  against: number,
  numbers: { held: number; offered: number },
  what: string,
): void {
  out.push({
    kind: 'note',
    note: { kind: 'fenced', rule, against, held: numbers.held, offered: numbers.offered, what },
  });
}

/** ms of `ticks` ticks. */
export function ticks(server: Server, count: number): number {
  return server.config.settings.tickTime * count;
}

/** The next draw of the server's own small generator (xorshift32), in [0, bound). ZooKeeper itself draws in two places
 *  only: where a log is rolled, and how long an observer pauses. */
export function draw(server: Server, bound: number): number {
  let x = server.chance | 0;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  server.chance = x >>> 0;
  return bound <= 1 ? 0 : server.chance % bound;
}

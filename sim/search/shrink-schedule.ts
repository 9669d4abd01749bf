import type { Draw, Schedule } from '../scenario.ts';
import { MS, type Range } from '../time.ts';
import { ddmin } from './ddmin.ts';
import { roundTime, UNITS } from './round-time.ts';
import { recordDraws } from './record-draws.ts';
import type { Shrinker } from './shrinker.ts';

/** Shrinking chance: from whatever was drawn to the calmest there is, and the few draws that must be otherwise. */

/** More draws than these are left to the seed: a list that nobody reads explains nothing. */
const READABLE = 30;
/** Nor are more than these tried. */
const MOST_DRAWS = 4000;

/** The calm schedule, if the failure needs no chance at all; with other delays than the least if it needs the time. */
export function calmest(shrinker: Shrinker): void {
  const { schedule, network, disk } = shrinker.scenario;
  if (schedule.kind === 'calm' && schedule.except.length === 0) return;
  const calm: Schedule = { kind: 'calm', except: [] };
  if (shrinker.attempt({ schedule: calm })) return;
  for (const parts of [1, 2]) {
    const always = ([low, high]: Range): Range => {
      const delay = roundTime(low + Math.floor((high - low) / parts), MS);
      return [delay, delay];
    };
    const slower = {
      network: { ...network, latency: always(network.latency) },
      disk: { ...disk, sync: always(disk.sync) },
    };
    if (shrinker.attempt({ schedule: calm, ...slower })) return;
    if (shrinker.attempt({ schedule: calm, network: slower.network })) return;
    if (shrinker.attempt({ schedule: calm, disk: slower.disk })) return;
  }
}

/** Writes down every draw, leaves out what can be calm, and keeps the rest if it is short enough to be read. */
export function fewerDraws(shrinker: Shrinker): void {
  const before = shrinker.scenario.schedule;
  if (before.kind === 'calm') {
    if (before.except.length === 0) return;
    leaveOut(shrinker);
    rounder(shrinker);
    return;
  }
  if (!isWritten(shrinker) && !(before.kind !== 'uniform' && isUniform(shrinker) && isWritten(shrinker))) return;
  leaveOut(shrinker);
  const left = shrinker.scenario.schedule;
  if (left.kind === 'calm' && left.except.length > READABLE) shrinker.attempt({ schedule: before });
}

/** A timer and a packet of the same microsecond have an order under pct and pos, and no delay that would tell it: perhaps
 *  another seed shows the same without. */
function isUniform(shrinker: Shrinker): boolean {
  const schedule: Schedule = { kind: 'uniform' };
  const seeds = [shrinker.plan.seed, ...Array.from({ length: OTHER_SEEDS }, (_, index) => String(index + 1))];
  return seeds.some((seed) => shrinker.attempt({ schedule }, seed));
}

/** Tries a calm schedule with every draw that was made as an exception. */
function isWritten(shrinker: Shrinker): boolean {
  const draws = recordDraws(shrinker.scenario, shrinker.plan.seed, shrinker.failure.violation.at);
  const except = draws.flatMap(({ calm, ...draw }): Draw[] => (draw.value === calm ? [] : [draw]));
  return except.length <= MOST_DRAWS && shrinker.attempt({ schedule: { kind: 'calm', except } });
}

/** So many seeds are tried when chance cannot be written down. */
const OTHER_SEEDS = 20;

function leaveOut(shrinker: Shrinker): void {
  const { schedule } = shrinker.scenario;
  if (schedule.kind !== 'calm') return;
  const attempt = (except: readonly Draw[]): boolean => shrinker.attempt({ schedule: { kind: 'calm', except } });
  const whole = new Map<string, Draw[]>();
  for (const draw of schedule.except) {
    const key = `${draw.stream} ${draw.a} ${draw.b}`;
    whole.set(key, [...(whole.get(key) ?? []), draw]);
  }
  const streams = ddmin([...whole.values()], (rest) => attempt(inOrder(schedule.except, rest.flat())));
  const draws = inOrder(schedule.except, streams.flat());
  // Many draws that each matter a little would use up every run there is.
  let left = shrinker.share(3);
  ddmin(draws, (rest) => left-- > 0 && attempt(rest));
}

/** In the order in which they were drawn. */
function inOrder(all: readonly Draw[], some: readonly Draw[]): readonly Draw[] {
  const chosen = new Set(some);
  return all.filter((draw) => chosen.has(draw));
}

/** Values that are easy to read. */
function rounder(shrinker: Shrinker): void {
  const { schedule } = shrinker.scenario;
  if (schedule.kind !== 'calm' || schedule.except.length > READABLE) return;
  schedule.except.forEach((draw, index) => {
    if (draw.value < 100 || draw.stream === 'fault' || draw.stream === 'client') return;
    for (const unit of UNITS) {
      const value = roundTime(draw.value, unit);
      if (value === draw.value) return;
      const now = shrinker.scenario.schedule;
      if (now.kind !== 'calm') return;
      const except = now.except.map((one, at) => (at === index ? { ...one, value } : one));
      if (shrinker.attempt({ schedule: { kind: 'calm', except } })) return;
    }
  });
}

/** A draw that matters may as well be an earlier one of its stream: whoever reads it counts less. */
export function earlierDraws(shrinker: Shrinker): void {
  const { schedule } = shrinker.scenario;
  if (schedule.kind !== 'calm' || schedule.except.length > FEW) return;
  let left = shrinker.share(4);
  schedule.except.forEach(({ nth }, index) => {
    for (let earlier = 1; earlier < nth && left-- > 0; earlier++) {
      const now = shrinker.scenario.schedule;
      if (now.kind !== 'calm') return;
      const except = now.except.map((one, at) => (at === index ? { ...one, nth: earlier } : one));
      if (isUnique(except) && shrinker.attempt({ schedule: { kind: 'calm', except } })) return;
    }
  });
}

/** So few draws are worth the trouble. */
const FEW = 5;

function isUnique(draws: readonly Draw[]): boolean {
  return new Set(draws.map(({ stream, a, b, nth }) => `${stream} ${a} ${b} ${nth}`)).size === draws.length;
}

import { seconds } from '../../report/text.ts';
import type { Micros } from '../../sim/time.ts';
import type { Tick, Wanted } from './scene.ts';

/** Pixels between two times, at least. */
const APART = 96;

/** Round times where a step is a time; where it is an event, the time of every so many pixels. */
export function ticksOf({ axis, view, width }: Pick<Wanted, 'axis' | 'view' | 'width'>): Tick[] {
  const steps = axis.kind === 'time' ? roundSteps(view.scale) : Math.max(1, Math.ceil(APART / view.scale));
  const ticks: Tick[] = [];
  const first = Math.max(0, Math.ceil(view.left / steps));
  const last = Math.floor(Math.min(axis.end, view.left + width / view.scale) / steps);
  for (let n = first; n <= last; n++) {
    const at = axis.timeAt(n * steps);
    const label = axis.kind === 'time' ? timeLabel(at, steps) : seconds(at);
    ticks.push({ x: (n * steps - view.left) * view.scale, at, label });
  }
  return ticks;
}

/** 1, 2 or 5 times a power of ten microseconds. */
function roundSteps(scale: number): number {
  for (let power = 1; ; power *= 10) {
    for (const times of [1, 2, 5]) if (times * power * scale >= APART) return times * power;
  }
}

/** With as many digits as two neighbours need to differ. */
function timeLabel(at: Micros, apart: Micros): string {
  if (apart >= 1_000_000) return `${Math.round(at / 1_000_000)} s`;
  const digits =
    apart >= 100_000 ? 1 : apart >= 10_000 ? 2 : apart >= 1000 ? 3 : apart >= 100 ? 4 : apart >= 10 ? 5 : 6;
  return `${(at / 1_000_000).toFixed(digits)} s`;
}

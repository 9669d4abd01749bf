import { computed, effect, signal } from '@preact/signals';
import type { Landmark } from '../../protocol.ts';
import type { Micros } from '../../../sim/time.ts';
import { engine, lookFor, main } from './store.ts';
import { firstFrom } from './trace-store.ts';

/** Going through time: what the buttons and keys of the bar below do. */

/** Virtual microseconds a second of ours, slowest first; `follow` is none of them. */
export const RATES: readonly Micros[] = [
  200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000,
  10_000_000,
];

export type Speed = 'follow' | Micros;
/** `follow`: slow while messages that matter are under way, fast while nothing happens. */
export const speed = signal<Speed>('follow');

export const playing = computed(() => main.frame.value?.playing === true);

export function play(): void {
  const rate = speed.value === 'follow' ? 'story' : speed.value / 1_000_000;
  engine().send({ kind: 'play', session: 'main', speed: rate });
}

export function pause(): void {
  engine().send({ kind: 'pause', session: 'main' });
}

export function togglePlay(): void {
  if (playing.value) pause();
  else play();
}

export function setSpeed(chosen: Speed): void {
  speed.value = chosen;
  if (playing.value) play();
}

export function faster(): void {
  if (speed.value === 'follow') setSpeed(200_000);
  else setSpeed(RATES[Math.min(RATES.length - 1, RATES.indexOf(speed.value) + 1)] ?? speed.value);
}

export function slower(): void {
  if (speed.value === 'follow') setSpeed(10_000);
  else setSpeed(RATES[Math.max(0, RATES.indexOf(speed.value) - 1)] ?? speed.value);
}

export function step(by: 1 | -1): void {
  pause();
  engine().send({ kind: 'step', session: 'main', by });
}

/** To the next turn of the story, or the previous one. Beyond what has been played, one event. */
export function turn(by: 1 | -1): void {
  const frame = main.frame.value;
  if (frame === null) return;
  const { turns } = main.trace;
  const here = firstFrom(turns, frame.position.traced);
  const wanted = turns[by === 1 ? here : here - 2];
  pause();
  if (wanted !== undefined)
    engine().send({ kind: 'seek', session: 'main', to: { kind: 'event', event: wanted.index } });
  else if (by === 1) engine().send({ kind: 'step', session: 'main', by });
  else engine().send({ kind: 'seek', session: 'main', to: { kind: 'start' } });
}

export function jump(to: keyof typeof NAMES, by: 1 | -1): void {
  lookFor(NAMES[to]);
  pause();
  engine().send({ kind: 'jump', session: 'main', to, by });
}

const NAMES = {
  election: 'time.election',
  commit: 'time.commit',
  fault: 'time.fault',
  violation: 'time.violation',
} as const satisfies Partial<Record<Landmark, string>>;

export function toStart(): void {
  pause();
  engine().send({ kind: 'seek', session: 'main', to: { kind: 'start' } });
}

export function toEnd(): void {
  pause();
  engine().send({ kind: 'seek', session: 'main', to: { kind: 'end' } });
}

export function scrubTo(at: Micros): void {
  pause();
  engine().send({ kind: 'seek', session: 'main', to: { kind: 'time', at } });
}

/** The time that is drawn: between two frames of a run that plays it goes on smoothly. */
export const shownAt = signal<Micros>(0);

/** Lets `shownAt` follow the frames, and go on by itself between two of them while the run plays. */
export function startClock(): void {
  let arrivedAt = 0;
  let lastAt: Micros = 0;
  /** Virtual microseconds a millisecond of ours, by the last two frames. */
  let rate = 0;
  let ticking = false;
  const tick = (now: number): void => {
    const frame = main.frame.peek();
    ticking = frame?.playing === true;
    if (frame === null || !ticking) return;
    shownAt.value = Math.floor(frame.position.at + Math.min(MAX_AHEAD_MS, Math.max(0, now - arrivedAt)) * rate);
    requestAnimationFrame(tick);
  };
  effect(() => {
    const frame = main.frame.value;
    if (frame === null) return;
    const now = performance.now();
    const { at } = frame.position;
    const measured = (at - lastAt) / Math.max(1, now - arrivedAt);
    // Where time flies, no message is seen, and a guess would be wrong the moment it slows down.
    rate = frame.playing && ticking && measured > 0 && measured < FASTEST_SEEN ? measured : 0;
    arrivedAt = now;
    lastAt = at;
    shownAt.value = at;
    if (frame.playing && !ticking) {
      ticking = true;
      requestAnimationFrame(tick);
    }
  });
}

/** No further than a frame is away: what the engine has not told may be different. */
const MAX_AHEAD_MS = 50;
const FASTEST_SEEN = 20;

import type { Micros } from '../../sim/time.ts';
import { MS } from '../../sim/time.ts';
import { Column } from './column.ts';
import { HEARTBEAT, type DiagramIndex } from './diagram-index.ts';

/** Which messages are drawn. */
export interface Shown {
  readonly heartbeats: boolean;
  /** By plane, in the order of `PLANES`. */
  readonly planes: readonly [election: boolean, quorum: boolean, client: boolean];
}

/** Where events stand from left to right, in steps of its own; it grows with the trace. `time`: a step is a microsecond.
 *  `order`: every event that is drawn is one step further, and silence is folded, so that bursts can be read and waiting
 *  takes no room. */
export interface Axis {
  readonly kind: 'time' | 'order';
  /** Where an event stands. */
  of(index: number): number;
  /** Where the last event stands. */
  readonly end: number;
  timeAt(step: number): Micros;
  stepAt(at: Micros): number;
  /** The first event that stands at or after a step. */
  firstAt(step: number): number;
  /** Takes in what the trace has gained. */
  extend(): void;
}

export function timeAxis(index: DiagramIndex): Axis {
  return {
    kind: 'time',
    of: (event) => index.at.get(event),
    get end() {
      return index.length === 0 ? 0 : index.at.get(index.length - 1);
    },
    timeAt: (step) => step,
    stepAt: (at) => at,
    firstAt: (step) => index.at.below(step),
    extend: () => undefined,
  };
}

/** Further steps for so long a silence before an event. */
const SILENCES: readonly (readonly [atLeast: Micros, steps: number])[] = [
  [2000 * MS, 7],
  [500 * MS, 5],
  [100 * MS, 3],
  [20 * MS, 2],
  [5 * MS, 1],
];

/** Marks below this weight take no step. */
const LEAST = 10;

export function orderAxis(index: DiagramIndex, shown: Shown): Axis {
  const steps = new Column();
  let step = 0;
  let lastAt = 0;
  const extend = (): void => {
    for (let i = steps.length; i < index.length; i++) {
      const at = index.at.get(i);
      if (takesStep(index, i, shown)) {
        step += 1 + (SILENCES.find(([atLeast]) => at - lastAt >= atLeast)?.[1] ?? 0);
        lastAt = at;
      }
      steps.push(step);
    }
  };
  extend();
  const stepAt = (at: Micros): number => {
    const next = index.at.below(at + 1);
    if (next === 0) return 0;
    const from = steps.get(next - 1);
    if (next >= steps.length) return from;
    const begun = index.at.get(next - 1);
    return from + ((steps.get(next) - from) * (at - begun)) / Math.max(1, index.at.get(next) - begun);
  };
  const timeAt = (wanted: number): Micros => {
    const next = steps.below(wanted);
    if (next >= steps.length) return steps.length === 0 ? 0 : index.at.get(steps.length - 1);
    if (next === 0) return index.at.get(0);
    const [from, to] = [index.at.get(next - 1), index.at.get(next)];
    const begun = steps.get(next - 1);
    return from + ((to - from) * (wanted - begun)) / Math.max(1, steps.get(next) - begun);
  };
  return {
    kind: 'order',
    of: (event) => steps.get(event),
    get end() {
      return step;
    },
    timeAt,
    stepAt,
    firstAt: (wanted) => steps.below(wanted),
    extend,
  };
}

function takesStep(index: DiagramIndex, event: number, shown: Shown): boolean {
  const message = index.message.get(event);
  return message < 0 ? index.weight.get(event) >= LEAST : isShown(index, message, shown);
}

/** Whether a message is drawn. */
export function isShown(index: DiagramIndex, message: number, { heartbeats, planes }: Shown): boolean {
  return planes[index.plane.get(message)] === true && (heartbeats || index.rank.get(message) !== HEARTBEAT);
}

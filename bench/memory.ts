import { PROPERTIES } from '../properties/index.ts';
import { advance, beginRun, finishRun } from '../sim/run.ts';
import { HOUR, TREE_HOUR } from './cases.ts';

/** A process of its own: plays an hour of virtual time, and prints what it took. Started with --expose-gc; `zookeeper` as
 *  its argument chooses the tree. */
const MINUTE = 60_000_000;
const MIB = 1024 * 1024;

const hour = process.argv[2] === 'zookeeper' ? TREE_HOUR : HOUR;
const under = beginRun(hour, '1', { properties: PROPERTIES });
const heapMiB: number[] = [];
const started = performance.now();
for (let minute = 1; minute <= 60; minute++) {
  advance(under, minute * MINUTE);
  if (minute % 15 === 0) {
    globalThis.gc?.();
    heapMiB.push(Math.round(process.memoryUsage().heapUsed / MIB));
  }
}
const wallMs = performance.now() - started;
const { verdict, events, commits } = finishRun(under);
console.log(
  JSON.stringify({
    verdict,
    events,
    commits,
    wallMs,
    heapMiB,
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);

/** Virtual microseconds since the start of the run: a non-negative integer. There is no other clock. */
export type Micros = number;

/** One virtual millisecond. ZooKeeper's settings are in milliseconds, the engine's clock is in microseconds. */
export const MS: Micros = 1000;

/** One virtual second. */
export const SECOND: Micros = 1_000_000;

/** An inclusive range of integers, usually of microseconds. */
export type Range = readonly [min: number, max: number];

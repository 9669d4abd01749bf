/** A broken invariant of the simulator itself, never of the protocol under test. Exit code 70. */
export class SimulatorBug extends Error {
  override readonly name = 'SimulatorBug';
}

/** States what must hold inside the simulator. The message is a constant, so that a passing check costs nothing. */
export function assert(condition: boolean, mustHold: string): asserts condition {
  if (!condition) throw new SimulatorBug(mustHold);
}

/** Closes a `switch` over a union: the compiler refuses a missing member, the run refuses an impossible one. */
export function unreachable(value: never): never {
  throw new SimulatorBug(`unexpected value: ${JSON.stringify(value)}`);
}

/** The value, which must be there: for an index or a field just checked by other means. */
export function present<T>(value: T | null | undefined, mustHold: string): T {
  if (value === null || value === undefined) throw new SimulatorBug(mustHold);
  return value;
}

import { VERSION } from './version.ts';

/** What makes a saved scenario a record: the run that it was saved for. */
export interface Stamp {
  /** The zabsim that made the run. */
  readonly version: string;
  readonly seed: string;
  readonly traceHash: string;
}

/** The line among the comments at a saved scenario's head that `readStamp` finds again. */
export function stampLine({ seed, traceHash }: Omit<Stamp, 'version'>): string {
  return `zabsim ${VERSION}, seed ${seed}, trace hash ${traceHash}`;
}

/** The stamp at the head of a scenario file; null if it has none. */
export function readStamp(text: string): Stamp | null {
  const found = /^# zabsim (\S+), seed (\S+), trace hash ([0-9a-f]{16})$/m.exec(text);
  const [, version, seed, traceHash] = found ?? [];
  return version === undefined || seed === undefined || traceHash === undefined ? null : { version, seed, traceHash };
}

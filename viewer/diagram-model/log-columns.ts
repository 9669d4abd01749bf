import type { Zxid } from '../../sim/zab/zxid.ts';
import type { LogCell } from '../frame.ts';

/** Histories side by side. */
export interface LogColumns {
  /** Ascending; a transaction of every server that has it stands in its column. */
  readonly zxids: readonly Zxid[];
  /** Zxids under which servers hold different transactions. */
  readonly conflicts: ReadonlySet<Zxid>;
  /** How many columns were left out before the first one. */
  readonly before: number;
}

/** The last `most` columns that these histories need, and what has just been removed from one of them. */
export function columnsOf(
  histories: readonly { readonly cells: readonly LogCell[] }[],
  removed: readonly Zxid[],
  most: number,
): LogColumns {
  const digests = new Map<Zxid, number>();
  const conflicts = new Set<Zxid>();
  for (const { cells } of histories) {
    for (const { zxid, digest } of cells) {
      const known = digests.get(zxid);
      if (known === undefined) digests.set(zxid, digest);
      else if (known !== digest) conflicts.add(zxid);
    }
  }
  const zxids = [...new Set([...digests.keys(), ...removed])].sort((a, b) => a - b);
  const before = Math.max(0, zxids.length - most);
  return { zxids: zxids.slice(before), conflicts, before };
}

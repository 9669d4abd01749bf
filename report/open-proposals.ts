import type { TraceEvent } from '../sim/trace.ts';
import { add, has, NOBODY, without, type ServerId, type ServerSet } from '../sim/zab/sets.ts';

interface Open {
  readonly zxid: number;
  readonly proposer: ServerId;
  holders: ServerSet;
}

/** Proposals without a commit: what becomes of them is what an election decides. */
export class OpenProposals {
  readonly #open = new Map<number, Open>();
  readonly #orphans = new Map<number, Open>();
  readonly #vanished: number[] = [];

  observe(event: TraceEvent): void {
    switch (event.kind) {
      case 'proposed':
        this.#open.set(event.txn.zxid, { zxid: event.txn.zxid, proposer: event.server, holders: NOBODY });
        return;
      case 'committed':
        this.#open.delete(event.txn.zxid);
        return;
      case 'logged':
        for (const txn of event.txns) {
          const entry = this.#open.get(txn.zxid) ?? this.#orphans.get(txn.zxid);
          // Two leaders may use one zxid for two transactions: only the proposer's own is meant.
          if (entry !== undefined && entry.proposer === txn.proposer) entry.holders = add(entry.holders, event.server);
        }
        return;
      case 'truncated':
        for (const zxid of event.removed) this.#lose(this.#orphans.get(zxid), event.server);
        return;
      case 'snapshotWritten':
        if (event.replaces) for (const entry of this.#orphans.values()) this.#lose(entry, event.server);
        return;
      default:
        return;
    }
  }

  /** Proposals that were never committed and that no log holds any more, since this was last asked. */
  vanished(): number[] {
    return this.#vanished.splice(0);
  }

  #lose(entry: Open | undefined, server: ServerId): void {
    if (entry === undefined || !has(entry.holders, server)) return;
    entry.holders = without(entry.holders, server);
    if (entry.holders !== NOBODY) return;
    this.#orphans.delete(entry.zxid);
    this.#vanished.push(entry.zxid);
  }

  /** A leader's reign has ended: its open proposals, those with the same holders together. */
  abandon(leader: ServerId): { readonly zxids: readonly number[]; readonly holders: ServerSet }[] {
    const groups = new Map<ServerSet, number[]>();
    for (const entry of this.#open.values()) {
      if (entry.proposer !== leader) continue;
      this.#open.delete(entry.zxid);
      this.#orphans.set(entry.zxid, entry);
      const group = groups.get(entry.holders);
      if (group === undefined) groups.set(entry.holders, [entry.zxid]);
      else group.push(entry.zxid);
    }
    return [...groups].map(([holders, zxids]) => ({ zxids, holders }));
  }

  /** A leader is established with a history up to `lastZxid`: which of its predecessors' open proposals are in it. */
  judge(leader: ServerId, lastZxid: number): { readonly kept: readonly number[]; readonly dropped: readonly number[] } {
    const kept: number[] = [];
    const dropped: number[] = [];
    for (const entry of this.#orphans.values()) {
      this.#orphans.delete(entry.zxid);
      (entry.zxid <= lastZxid && has(entry.holders, leader) ? kept : dropped).push(entry.zxid);
    }
    return { kept, dropped };
  }
}

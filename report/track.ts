import type { TraceEvent } from '../sim/trace.ts';
import type { ServerState } from '../sim/zab/messages.ts';
import type { ServerId } from '../sim/zab/sets.ts';

/** What a trace has told of one server so far. */
export interface Tracked {
  readonly id: ServerId;
  up: boolean;
  paused: boolean;
  state: ServerState | 'DOWN';
  acceptedEpoch: number;
  currentEpoch: number;
  /** Last zxid applied to the memory. */
  applied: number;
  /** Last zxid durable in the log. */
  logged: number;
}

/** Follows the servers through a trace: for reports about a moment in the middle of a run. */
export class Tracker {
  readonly servers: readonly Tracked[];

  constructor(ids: readonly ServerId[]) {
    this.servers = ids.map((id) => ({
      id,
      up: false,
      paused: false,
      state: 'DOWN',
      acceptedEpoch: 0,
      currentEpoch: 0,
      applied: 0,
      logged: 0,
    }));
  }

  get(id: ServerId): Tracked | undefined {
    return this.servers.find((server) => server.id === id);
  }

  observe(event: TraceEvent): void {
    const server = this.get(event.server);
    if (server === undefined) return;
    switch (event.kind) {
      case 'started':
        server.up = true;
        server.state = 'LOOKING';
        server.acceptedEpoch = event.acceptedEpoch;
        server.currentEpoch = event.currentEpoch;
        server.applied = event.lastZxid;
        server.logged = event.lastZxid;
        return;
      case 'ended':
        server.up = false;
        server.paused = false;
        server.state = 'DOWN';
        return;
      case 'paused':
      case 'resumed':
        server.paused = event.kind === 'paused';
        return;
      case 'stateChanged':
        server.state = event.state;
        return;
      case 'epochWritten':
        server[event.file] = event.epoch;
        return;
      case 'logged':
      case 'truncated':
        server.logged = event.lastZxid;
        if (event.kind === 'truncated') server.applied = event.lastZxid;
        return;
      case 'snapshotWritten':
        if (event.replaces) server.logged = event.zxid;
        return;
      case 'applied':
        server.applied = event.txn.zxid;
        return;
      case 'syncStarted':
        if (event.mode === 'SNAP') server.applied = event.zxid;
        return;
      case 'reloaded':
      case 'serving':
        server.applied = event.lastZxid;
        return;
    }
  }
}

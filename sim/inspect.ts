import { Hasher } from './hash.ts';
import { hostOf } from './processes.ts';
import type { ServerRow } from './run.ts';
import { viewServer } from './zab/server.ts';
import { has } from './zab/sets.ts';
import { lastLogged, load, type Storage } from './zab/storage.ts';
import { ZERO } from './zab/zxid.ts';
import type { World } from './world-state.ts';

/** Every server as an operator would see it: the word of srvr, the epoch files, the log, the files of version-2. */
export function inspect(world: World): ServerRow[] {
  return world.scenario.servers.map((id) => {
    const host = hostOf(world, id);
    const { server, storage } = host;
    const role = has(world.scenario.observers, id) ? 'observer' : 'voter';
    const logged = lastLogged(storage)?.zxid ?? null;
    const logLength = storage.logs.reduce((sum, file) => sum + file.txns.length, 0);
    const common = {
      id,
      role,
      paused: host.paused,
      acceptedEpoch: storage.acceptedEpoch,
      currentEpoch: storage.currentEpoch,
      lastLoggedZxid: logged,
      logLength,
      files: filesOf(storage),
    } as const;
    if (server === null)
      return {
        ...common,
        up: false,
        state: 'DOWN',
        phase: '',
        mode: 'not serving',
        lastZxid: load(storage).lastZxid,
        committedLog: { min: ZERO, max: ZERO, size: 0 },
        stateHash: '',
      };
    const view = viewServer(server);
    const hasher = new Hasher();
    world.config.service.hash(server.db.tree, hasher);
    return {
      ...common,
      up: true,
      state: view.state,
      phase: view.phase,
      mode: view.mode,
      lastZxid: view.lastProcessedZxid,
      committedLog: view.committedLog,
      stateHash: hasher.hex(),
    };
  });
}

/** `log.100000001`, `snapshot.0`: the names that ZooKeeper gives. */
function filesOf(storage: Storage): string[] {
  return [
    ...storage.logs.map((file) => `log.${file.name.toString(16)}`),
    ...storage.snapshots.map((file) => `snapshot.${file.snapshot.zxid.toString(16)}`),
  ].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

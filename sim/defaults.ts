import type { ClientModel, Scenario } from './scenario.ts';
import { MS, SECOND } from './time.ts';
import { DEFAULT_SETTINGS, type Settings } from './zab/config.ts';

/** What holds where a scenario file says nothing else; docs/SCENARIOS.md lists the same. */

export const DEFAULT_MODELS: Pick<Scenario, 'network' | 'disk' | 'processes'> = {
  network: {
    latency: [200, 2 * MS],
    spikePpm: 0,
    spike: [20 * MS, 200 * MS],
    lossPpm: 0,
    resetPpm: 0,
    retransmit: [200 * MS, 400 * MS],
    assumption: 'tcp',
    duplicatePpm: 0,
  },
  disk: { sync: [500, 5 * MS], spikePpm: 0, spike: [20 * MS, 200 * MS], failPpm: 0, own: [] },
  processes: { startup: [100 * MS, 300 * MS], thread: [10, 100] },
};

/** A client of which a file says nothing but its name. */
export function usualClient(name: string): ClientModel {
  return {
    name,
    server: 'any',
    sessionTimeoutMs: 0,
    from: 0,
    operations: 0,
    think: [MS, 20 * MS],
    mix: { write: 60, read: 30, sync: 10 },
    keys: 4,
    timeout: 10 * SECOND,
  };
}

/** What is replicated. */
export const USUAL_SERVICE: Scenario['service'] = 'zookeeper';

/** The session timeout of a client that names none, in ms: the register is used without sessions. */
export function usualSessionMs(service: Scenario['service']): number {
  return service === 'zookeeper' ? 10_000 : 0;
}

/** ZooKeeper's defaults. Session bounds follow tickTime, as in ZooKeeperServer.java#getMinSessionTimeout. */
export function defaultSettings(tickTime = DEFAULT_SETTINGS.tickTime): Settings {
  return { ...DEFAULT_SETTINGS, tickTime, minSessionTimeout: 2 * tickTime, maxSessionTimeout: 20 * tickTime };
}

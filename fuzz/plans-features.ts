/** What the swarm switches on and off. A feature that is off leaves no trace in a plan, so that one that would hide
 *  a bug, as constant crashes hide whatever needs a long epoch, is often out of its way. Source: Groce et al., Swarm
 *  Testing, ISSTA 2012. */

/** Faults that strike at a moment of the protocol, or at any time. */
export const STRIKES = [
  'crash',
  'kill',
  'isolate',
  'pause',
  'reset',
  'cut',
  'oneWayCut',
  'partition',
  'clog',
  'swizzle',
  'slowLink',
  'diskFail',
  'diskStall',
  'diskSlow',
  'diskFull',
  'slowCpu',
  'drift',
  'stop',
  'chaos',
] as const;
export type Strike = (typeof STRIKES)[number];

/** What lies in the models, the settings, the ensemble and the load. */
const CIRCUMSTANCES = [
  'absence',
  'fullRestart',
  'rollingRestart',
  'loss',
  'spikes',
  'resets',
  'slowNetwork',
  'slowDisks',
  'diskSpikes',
  'failingDisks',
  'slowThreads',
  'driftingClocks',
  'smallSnapCount',
  'syncFromLog',
  'snapshotSync',
  'counterNearItsEnd',
  'fiveServers',
  'observers',
  'weights',
  'workload',
  'sessions',
  'reads',
  'sequentials',
  'ephemerals',
  'deletes',
  'multis',
  'watches',
  'containers',
  'clientFaults',
] as const;

/** Rows of calls of clients. They have plans of their own: the swarm draws none of them. */
export const ERRANDS = ['missedChanges', 'callsAtOnce', 'readsBehindSync', 'endedSessions'] as const;
export type Errand = (typeof ERRANDS)[number];

type Drawn = Strike | (typeof CIRCUMSTANCES)[number];
export type Feature = Drawn | Errand;

/** How often each is drawn, against the others. */
const WEIGHTS: Readonly<Record<Drawn, number>> = {
  crash: 10,
  kill: 6,
  isolate: 5,
  pause: 4,
  reset: 5,
  cut: 3,
  oneWayCut: 2,
  partition: 3,
  clog: 3,
  swizzle: 2,
  slowLink: 2,
  diskFail: 4,
  diskStall: 3,
  diskSlow: 2,
  diskFull: 1,
  slowCpu: 1,
  drift: 1,
  stop: 1,
  chaos: 1,
  absence: 12,
  fullRestart: 4,
  rollingRestart: 1,
  loss: 1,
  spikes: 2,
  resets: 1,
  slowNetwork: 2,
  slowDisks: 4,
  diskSpikes: 2,
  failingDisks: 1,
  slowThreads: 4,
  driftingClocks: 1,
  smallSnapCount: 4,
  syncFromLog: 2,
  snapshotSync: 3,
  counterNearItsEnd: 2,
  fiveServers: 3,
  observers: 4,
  weights: 1,
  workload: 6,
  sessions: 2,
  reads: 3,
  sequentials: 2,
  ephemerals: 4,
  deletes: 3,
  multis: 2,
  watches: 4,
  containers: 1,
  clientFaults: 4,
};

/** Each feature as often as its weight says: a uniform index draws by weight, and shrinks to the plainest. */
export const DRAWN_FEATURES: readonly Feature[] = [...STRIKES, ...CIRCUMSTANCES].flatMap((feature) =>
  new Array<Feature>(WEIGHTS[feature]).fill(feature),
);

export const FEATURES: readonly Feature[] = [...STRIKES, ...CIRCUMSTANCES, ...ERRANDS];

/** What befalls somebody in a relay, and what else there may be. */
export const RELAY_FALLS: readonly Strike[] = [
  'crash',
  'crash',
  'crash',
  'crash',
  'kill',
  'kill',
  'reset',
  'reset',
  'isolate',
  'pause',
  'diskFail',
];
export const RELAY_BESIDES: readonly Feature[] = [
  'workload',
  'workload',
  'slowThreads',
  'slowThreads',
  'snapshotSync',
  'observers',
  'syncFromLog',
  'smallSnapCount',
  'slowDisks',
  'fiveServers',
  'ephemerals',
  'watches',
  'deletes',
  'clientFaults',
];

/** What else there may be while clients run their errands. */
export const ERRANDS_BESIDES: readonly Feature[] = [
  'workload',
  'slowThreads',
  'slowDisks',
  'slowNetwork',
  'observers',
  'fiveServers',
  'absence',
  'kill',
  'reset',
  'slowLink',
  'watches',
  'deletes',
  'ephemerals',
];

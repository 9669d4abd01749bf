import type { Bug } from './bug.ts';

/** Mistakes in how a leader chooses DIFF, TRUNC or SNAP, and in what a learner does with them. */
export const SYNCHRONIZATION: readonly Bug[] = [
  {
    name: 'ZOOKEEPER-1154',
    kind: 'historic',
    title: 'A transaction that nobody else has, within the range of the committedLog, is not truncated',
    about:
      'The leader compares the learner with the first and the last entry of its committedLog, and takes what lies between' +
      ' for common history. A transaction of the old epoch that was never committed lies between: it gets a DIFF, and stays.',
    also: [],
    affects: 'up to 3.3.3',
    fixed: '3.3.4, 3.4.0',
    releases: [],
    breaks: ['process-consistency', 'total-order', 'agreement', 'log-shape'],
    deviation: { mistake: 'noTruncWithinRange' },
  },
  {
    name: 'ZOOKEEPER-2832',
    kind: 'open',
    title: 'A received snapshot leaves the tail of the old log, and a restart replays it',
    about:
      'SNAP replaces the memory, and the snapshot is written beside the log. Records above its zxid stay in the log: the' +
      ' next start loads the snapshot and replays the dead tail on top of it.',
    also: ['ZOOKEEPER-2846', 'ZOOKEEPER-3875'],
    affects: 'every release',
    fixed: null,
    releases: ['3.4.10', '3.5.5', '3.6.2', '3.7.0', '3.8.0', '3.8.5', '3.9.2', '3.9.3', '3.9.4'],
    breaks: ['process-consistency', 'total-order', 'agreement', 'log-shape', 'prefix-consistency'],
    deviation: { snapReplacesLog: false },
  },
  {
    name: 'ZOOKEEPER-3104',
    kind: 'historic',
    title: 'NEWLEADER overtakes the transactions that a snapshot already counts',
    about:
      'The leader queues NEWLEADER, and what it has committed and not yet applied, before it serializes the snapshot. What is' +
      ' applied meanwhile is inside the snapshot and comes once more behind it: the older transaction is replayed over the' +
      ' newer content. A learner that crashes there keeps, under the zxid of the new state, an old one.',
    also: [],
    affects: '3.4.0 to 3.4.14, 3.5.0 to 3.5.4',
    fixed: '3.5.5, 3.6.0',
    releases: ['3.4.10'],
    breaks: ['same-state', 'process-consistency', 'agreement', 'prefix-consistency', 'total-order', 'log-shape'],
    deviation: { newLeaderAfterSnapshot: false },
  },
  {
    name: 'ZOOKEEPER-3642',
    kind: 'historic',
    title: 'A half-received synchronization is kept in memory and built upon',
    about:
      'A learner applies a SNAP in memory and loses its leader before NEWLEADER. Memory is kept, the next leader sees a' +
      ' learner that is level and sends a DIFF, and a DIFF never writes a snapshot: everything before it exists in memory' +
      ' alone, until the next restart.',
    also: [],
    affects: '3.4.10 to 3.4.14, 3.5.3 to 3.5.9, 3.6.0 to 3.6.2',
    fixed: '3.5.10, 3.6.3, 3.7.0',
    releases: ['3.4.10', '3.5.5', '3.6.2'],
    breaks: [
      'acknowledged-means-durable',
      'committed-is-permanent',
      'committed-means-durable',
      'log-shape',
      'process-consistency',
    ],
    deviation: { clearAfterPartialSnap: false, discardAfterPartialSync: false },
  },
  {
    name: 'ZOOKEEPER-4837',
    kind: 'open',
    title: 'TRUNC leaves a newer snapshot, and the dead transaction in it comes back',
    about:
      'A server that restarts replays every logged transaction, committed or not, and may write a snapshot of that. TRUNC' +
      ' cuts the log alone: the reload begins from the newest snapshot, in which the truncated transaction lives on.',
    also: ['ZOOKEEPER-1549', 'ZOOKEEPER-1558'],
    affects: 'every release',
    fixed: null,
    releases: ['3.4.10', '3.5.5', '3.6.2', '3.7.0', '3.8.0', '3.8.5', '3.9.2', '3.9.3', '3.9.4'],
    breaks: ['process-consistency', 'total-order', 'agreement', 'prefix-consistency', 'log-shape', 'in-order-commit'],
    deviation: { truncStrict: false },
  },
  {
    name: 'ZOOKEEPER-4925',
    kind: 'historic',
    title: 'What is committed during synchronization leaves a hole in the committedLog',
    about:
      'A learner applies what its leader has committed before NEWLEADER, but does not add it to its committedLog. When it' +
      ' leads later, it brings another laggard level from that cache: the laggard gets what comes after the hole and never' +
      ' what belongs inside.',
    also: [],
    affects: '3.9.3 behind DIFF; behind TRUNC, every release before 3.9.4',
    fixed: '3.9.4',
    releases: ['3.4.10', '3.5.5', '3.6.2', '3.7.0', '3.8.0', '3.8.5', '3.9.2', '3.9.3'],
    breaks: [
      'no-unexpected-packet',
      'process-consistency',
      'agreement',
      'log-shape',
      'total-order',
      'acknowledged-means-durable',
    ],
    deviation: { committedLogInSync: false, committedLogContinuous: false, enforceContinuousProposal: false },
  },
  {
    name: 'ZOOKEEPER-4394',
    kind: 'historic',
    title: 'A COMMIT during synchronization finds its proposal gone, and the learner dies of it',
    about:
      'At NEWLEADER a learner logs all proposals that it has received and forgets them. A COMMIT for one of them that comes' +
      ' before UPTODATE finds nothing: a NullPointerException ends the role, and under load the next attempt too.',
    also: [],
    affects: '3.5.10, 3.6.3 to 3.9.2',
    fixed: '3.9.3',
    releases: ['3.7.0', '3.8.0', '3.8.5', '3.9.2'],
    breaks: ['no-unexpected-packet', 'progress-after-calm', 'log-shape', 'process-consistency', 'leader-completeness'],
    deviation: { newLeader: 'logAllThenEpoch', commitWithoutProposalThrows: 'always' },
  },
  {
    name: 'truncates-what-is-committed',
    kind: 'open',
    title: 'A learner is told to truncate a transaction that it helped to commit a moment ago',
    about:
      'The leader decides by what it has applied. A transaction that is committed and waits to be applied is not in its' +
      ' committedLog: a follower that acknowledged it, lost its connection and comes back gets a TRUNC, while its' +
      ' acknowledgement still counts. For a moment the quorum is one server short.',
    also: [],
    affects: 'every release',
    fixed: null,
    releases: ['3.4.10', '3.5.5', '3.6.2', '3.7.0', '3.8.0', '3.8.5', '3.9.2', '3.9.3', '3.9.4'],
    breaks: ['committed-is-permanent', 'acknowledged-means-durable', 'leader-completeness'],
    deviation: { syncKnowsCommits: false },
  },
  {
    name: 'never-truncates',
    kind: 'textbook',
    title: 'A new leader only ever appends',
    about:
      'Whatever a learner has, it gets a DIFF. A transaction that died with an old leader stays in the log of whoever had' +
      ' it, and two histories live on side by side.',
    also: [],
    affects: 'no release',
    fixed: null,
    releases: [],
    breaks: ['process-consistency', 'total-order', 'agreement', 'log-shape', 'in-order-commit'],
    deviation: { mistake: 'neverTruncates' },
  },
  {
    name: 'forwards-after-ack',
    kind: 'textbook',
    title: 'Proposals go to those only who have acknowledged NEWLEADER',
    about:
      'The leader sends a joiner its history as of one moment, and forwards new proposals from another, later one. What is' +
      ' proposed in between never reaches the joiner. Apache found this ambiguity of the paper by checking Zab.tla.',
    also: [],
    affects: 'no release',
    fixed: null,
    releases: [],
    breaks: ['no-unexpected-packet', 'agreement', 'log-shape', 'process-consistency'],
    deviation: { mistake: 'forwardsAfterAck' },
  },
  {
    name: 'rebuilds-history',
    kind: 'textbook',
    title: 'A leader sends the transactions of its predecessors as it would make them itself',
    about:
      'What a learner lacks must be sent as it was logged, bit by bit. A leader that makes the old transactions anew puts its' +
      ' own name and time into them: under one zxid there are then two, and one of them was never broadcast.',
    also: [],
    affects: 'no release',
    fixed: null,
    releases: [],
    breaks: ['zxid-identity', 'integrity', 'process-consistency'],
    deviation: { mistake: 'rebuildsHistory' },
  },
];

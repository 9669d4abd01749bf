import type { Bug } from './bug.ts';

/** Mistakes in what is on disk when something is promised, and in what memory keeps that the disk does not. */
export const DURABILITY: readonly Bug[] = [
  {
    name: 'ZOOKEEPER-2845',
    kind: 'historic',
    title: 'A server votes with its memory, which is behind its log',
    about:
      'Memory is kept from role to role. A transaction that was logged and never applied is missing in it, so the server' +
      ' announces a history that is shorter than its log, gets a DIFF instead of a TRUNC, and keeps the dead transaction' +
      ' on disk, where the next restart finds it.',
    also: [],
    affects: '3.4.10, 3.4.11, 3.5.3',
    fixed: '3.4.12, 3.5.4, 3.6.0',
    releases: ['3.4.10'],
    breaks: ['process-consistency', 'total-order', 'agreement', 'log-shape', 'prefix-consistency'],
    deviation: { fastForward: false },
  },
  {
    name: 'ZOOKEEPER-2872',
    kind: 'historic',
    title: 'The snapshot after a SNAP is not fsynced when NEWLEADER is acknowledged',
    about:
      'The received state is written to a file and left to the page cache. A power failure leaves half a file, or none,' +
      ' while currentEpoch and later log records survive: the server has acknowledged what it no longer has.',
    also: [],
    affects: 'up to 3.5.9',
    fixed: '3.5.10, 3.6.0',
    releases: ['3.4.10', '3.5.5'],
    breaks: ['acknowledged-means-durable', 'committed-is-permanent', 'log-shape', 'prefix-consistency'],
    deviation: { snapSynced: false, everySnapshotSynced: false, snapReplacesLog: false },
  },
  {
    name: 'ZOOKEEPER-3911',
    kind: 'historic',
    title: 'A follower acknowledges NEWLEADER with the history still in memory',
    about:
      'The transactions of a DIFF are logged only after UPTODATE, and NEWLEADER is acknowledged before. The leader is' +
      ' established on a history that no follower has on disk; if those followers crash together, it is gone.',
    also: [],
    affects: '3.4.10 to 3.4.14, 3.5.3 to 3.5.9, 3.6.0 to 3.6.2',
    fixed: '3.5.10, 3.6.3, 3.7.0',
    releases: ['3.4.10', '3.5.5', '3.6.2'],
    breaks: [
      'acknowledged-means-durable',
      'leader-completeness',
      'initial-history-integrity',
      'committed-is-permanent',
    ],
    deviation: { newLeader: 'epochOnly' },
  },
  {
    name: 'ZOOKEEPER-4643',
    kind: 'historic',
    title: 'currentEpoch is written before the history of that epoch',
    about:
      'A follower writes currentEpoch, crashes before it has logged what its leader sent, and comes back with the higher' +
      ' epoch and the shorter history. The epoch decides: it is elected, and truncates what was committed.',
    also: [],
    affects: '3.4.10 to 3.4.14, 3.5.3 to 3.8.4, 3.9.0, 3.9.1',
    fixed: '3.8.5, 3.9.2',
    releases: ['3.4.10', '3.5.5', '3.6.2', '3.7.0', '3.8.0'],
    breaks: [
      'process-consistency',
      'leader-completeness',
      'initial-history-integrity',
      'committed-is-permanent',
      'log-shape',
    ],
    deviation: { newLeader: 'epochThenLogCommitted' },
  },
  {
    name: 'ZOOKEEPER-4646',
    kind: 'historic',
    title: 'The history is queued for the log, and NEWLEADER acknowledged before it is there',
    about:
      'What was meant to mend ZOOKEEPER-3911 hands the history to the log thread and goes on. Between the acknowledgement' +
      ' and the fsync the leader is established on what a power failure takes away.',
    also: ['ZOOKEEPER-4785'],
    affects: '3.5.10, 3.6.3 to 3.8.4, 3.9.0, 3.9.1',
    fixed: '3.8.5, 3.9.2',
    releases: ['3.7.0', '3.8.0'],
    breaks: [
      'acknowledged-means-durable',
      'leader-completeness',
      'initial-history-integrity',
      'committed-is-permanent',
      'no-unexpected-packet',
      'log-shape',
      'process-consistency',
    ],
    deviation: { newLeader: 'queueThenEpoch' },
  },
  {
    name: 'ZOOKEEPER-4685',
    kind: 'historic',
    title: 'The log thread acknowledges a proposal before NEWLEADER is acknowledged',
    about:
      'Two threads of a follower write to one connection. When the log thread is faster, the first ACK that the leader reads' +
      ' is that of a proposal: it is not what is due, the follower is not counted, and everybody begins again.',
    also: [],
    affects: '3.5.10, 3.6.3 to 3.8.4, 3.9.0, 3.9.1',
    fixed: '3.8.5, 3.9.2',
    releases: ['3.7.0', '3.8.0'],
    breaks: ['no-unexpected-packet', 'progress-after-calm', 'log-shape', 'process-consistency'],
    deviation: { newLeader: 'flushThenEpoch' },
  },
  {
    name: 'ZOOKEEPER-4712',
    kind: 'historic',
    title: 'The log queue outlives the role of a follower',
    about:
      'A follower that leaves does not wait for its log thread. It announces its history and then logs more: its disk is' +
      ' ahead of what the next leader knows of, which sends a DIFF on top of a transaction that it has never seen.',
    also: [],
    affects: 'from 3.4.10, where memory began to outlive a role, to 3.9.2',
    fixed: '3.9.3',
    releases: ['3.4.10', '3.5.5', '3.6.2', '3.7.0', '3.8.0', '3.8.5', '3.9.2'],
    breaks: ['process-consistency', 'log-shape', 'total-order', 'agreement'],
    deviation: { flushBeforeFastForward: false },
  },
  {
    name: 'ZOOKEEPER-4882',
    kind: 'open',
    title: 'A follower applies what its own log does not have, and forgets it after a disk error',
    about:
      'A COMMIT is applied in memory while the fsync of its proposal is still under way. If the disk then fails, memory is' +
      ' ahead of the log; it is kept, announced, and built upon: a hole in the log, which the next restart brings to light.',
    also: ['ZOOKEEPER-4541'],
    affects: 'every release',
    fixed: null,
    releases: ['3.4.10', '3.5.5', '3.6.2', '3.7.0', '3.8.0', '3.8.5', '3.9.2', '3.9.3', '3.9.4'],
    breaks: [
      'log-shape',
      'prefix-consistency',
      'acknowledged-means-durable',
      'committed-is-permanent',
      'process-consistency',
    ],
    deviation: { applyAfterDurable: false, reloadAfterDiskError: false },
  },
  {
    name: 'ZOOKEEPER-5094',
    kind: 'open',
    title: 'A learner that loses its leader in the middle of a synchronization keeps what it had applied',
    about:
      'What a learner applies before NEWLEADER is in its memory alone. If it must look for a leader again, it announces that' +
      ' memory, gets a DIFF on top of it, and never writes down what came before.',
    also: [],
    affects: 'every release',
    fixed: null,
    releases: ['3.4.10', '3.5.5', '3.6.2', '3.7.0', '3.8.0', '3.8.5', '3.9.2', '3.9.3', '3.9.4'],
    breaks: ['acknowledged-means-durable', 'log-shape', 'committed-is-permanent', 'process-consistency'],
    deviation: { truncDurable: false, discardAfterPartialSync: false, syncKnowsCommits: false },
  },
  {
    name: 'trunc-then-memory-only',
    kind: 'open',
    title: 'After a TRUNC, what follows is acknowledged from memory and a snapshot that is not fsynced',
    about:
      'Behind DIFF, a learner logs what it receives before it acknowledges NEWLEADER. Behind TRUNC it applies it, and writes a' +
      ' snapshot without fsync. A power failure takes an acknowledged history away.',
    also: [],
    affects: 'every release',
    fixed: null,
    releases: ['3.4.10', '3.5.5', '3.6.2', '3.7.0', '3.8.0', '3.8.5', '3.9.2', '3.9.3', '3.9.4'],
    breaks: [
      'acknowledged-means-durable',
      'committed-is-permanent',
      'leader-completeness',
      'same-state',
      'prefix-consistency',
      'initial-history-integrity',
    ],
    deviation: { truncDurable: false, everySnapshotSynced: false, syncKnowsCommits: false },
  },
  {
    name: 'snapshot-overwrites-snapshot',
    kind: 'open',
    title: 'A snapshot without fsync overwrites the only durable one of its zxid',
    about:
      'A snapshot that came by SNAP is fsynced, and may be all that a server has. A later snapshot of the same zxid opens the' +
      ' same file, empties it and writes it anew without fsync: a power failure leaves neither.',
    also: [],
    affects: 'every release',
    fixed: null,
    releases: ['3.4.10', '3.5.5', '3.6.2', '3.7.0', '3.8.0', '3.8.5', '3.9.2', '3.9.3', '3.9.4'],
    breaks: [
      'acknowledged-means-durable',
      'initial-history-integrity',
      'committed-is-permanent',
      'leader-completeness',
      'log-shape',
      'same-state',
    ],
    deviation: { everySnapshotSynced: false },
  },
  {
    name: 'ack-before-fsync',
    kind: 'textbook',
    title: 'A follower acknowledges a proposal before it is on its disk',
    about:
      'The acknowledgement leaves when the proposal is queued. A transaction is committed by a leader and a follower that' +
      ' both lose power, and a third, elected by whoever comes back, never heard of it.',
    also: [],
    affects: 'no release',
    fixed: null,
    releases: [],
    breaks: ['acknowledged-means-durable', 'committed-means-durable', 'committed-is-permanent'],
    deviation: { mistake: 'ackBeforeFsync' },
  },
];

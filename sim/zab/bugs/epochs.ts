import type { Bug } from './bug.ts';

/** Mistakes in how epochs are chosen, promised, written and established. */
export const EPOCHS_OF_LEADERS: readonly Bug[] = [
  {
    name: 'ZOOKEEPER-335',
    kind: 'historic',
    title: 'The epoch is nowhere but in the last zxid, and two leaders use it',
    about:
      'Before 3.4 no file said which epoch a server had promised or entered: it was read off the last zxid. An epoch in' +
      ' which nothing was written leaves no trace, so the next leader takes its number again: two different transactions' +
      ' can carry one zxid.',
    also: ['ZOOKEEPER-1081', 'ZOOKEEPER-1082'],
    affects: 'up to 3.3',
    fixed: '3.4.0',
    releases: [],
    breaks: ['one-leader-per-epoch', 'epoch-monotonicity', 'zxid-identity', 'epoch-fencing'],
    deviation: { mistake: 'epochOnlyInZxid' },
  },
  {
    name: 'ZOOKEEPER-790',
    kind: 'historic',
    title: 'Whoever thinks it is elected gives itself the zxid of an epoch that does not exist',
    about:
      'A new leader moves its lastProcessedZxid to the start of its epoch before anybody follows it. If nobody does, it goes' +
      ' back to the election with a zxid above everything that was really committed, and wins.',
    also: [],
    affects: '3.3.0, 3.3.1',
    fixed: '3.3.2, 3.4.0',
    releases: [],
    breaks: [
      'leader-completeness',
      'initial-history-integrity',
      'progress-after-calm',
      'process-consistency',
      'acknowledged-means-durable',
      'log-shape',
      'committed-is-permanent',
    ],
    deviation: { mistake: 'zxidBumpBeforeQuorum' },
  },
  {
    name: 'ZOOKEEPER-1282',
    kind: 'historic',
    title: 'currentEpoch is written at UPTODATE, after NEWLEADER was acknowledged',
    about:
      'A follower that acknowledges NEWLEADER helps to establish an epoch. If it crashes before UPTODATE it comes back' +
      ' claiming an older one, and loses the election to a server that never saw what was established.',
    also: [],
    affects: 'the 3.4.0 line before its release',
    fixed: '3.4.0',
    releases: [],
    breaks: ['acknowledged-means-durable', 'leader-completeness', 'initial-history-integrity'],
    deviation: { mistake: 'currentEpochAtUptodate' },
  },
  {
    name: 'ZOOKEEPER-2307',
    kind: 'historic',
    title: 'An epoch is promised in memory before the write of its file, which then fails',
    about:
      'The copy in memory changes first. If the disk refuses, memory and file differ: the next LEADERINFO of that epoch is' +
      ' taken for one that was promised already, the epoch is entered, and the file still holds the older promise. After a' +
      ' restart currentEpoch is above acceptedEpoch.',
    also: [],
    affects: '3.4 to 3.5.7, 3.6 before 3.6.3',
    fixed: '3.5.8, 3.6.3, 3.7.0',
    releases: ['3.4.10', '3.5.5', '3.6.2'],
    breaks: ['epochs-on-disk', 'epoch-fencing', 'one-leader-per-epoch', 'epoch-monotonicity'],
    deviation: { epochFileBeforeMemory: false },
  },
  {
    name: 'ZOOKEEPER-1653',
    kind: 'open',
    title: 'A crash between history and currentEpoch leaves a server that refuses to start',
    about:
      'A learner writes its synchronized history, then currentEpoch. If it crashes between the two, its log is of a later' +
      ' epoch than the file says, and at boot it takes this for corruption. It stays down until somebody edits the file;' +
      ' two such servers of three are an outage.',
    also: ['ZOOKEEPER-2033', 'ZOOKEEPER-2354'],
    affects: '3.4.0 to 3.4.5; from 3.5.0 on behind a SNAP, and from 3.8.5 and 3.9.2 on behind a DIFF too',
    fixed: '3.4.6 by a marker file, which later releases do not have',
    releases: ['3.5.5', '3.6.2', '3.7.0', '3.8.0', '3.8.5', '3.9.2', '3.9.3', '3.9.4'],
    breaks: ['every-server-restarts'],
    deviation: { raiseCurrentEpochAtLoad: false },
  },
  {
    name: 'ZOOKEEPER-2959',
    kind: 'historic',
    title: 'Observers count in the quorums of discovery',
    about:
      'The promise of an epoch and the acknowledgement of its leader are taken from observers too. A leader may then begin' +
      ' an epoch that no quorum of voters has promised.',
    also: [],
    affects: '3.3 to 3.4.12, 3.5.0 to 3.5.3',
    fixed: '3.4.13, 3.5.4, 3.6.0',
    releases: ['3.4.10'],
    breaks: ['observers-never-count', 'one-leader-per-epoch', 'leader-completeness'],
    deviation: { observersCountInDiscovery: true },
  },
  {
    name: 'locked-out-by-its-own-promise',
    kind: 'open',
    title: 'A server that has promised an epoch which never came to be stays out',
    about:
      'A would-be leader writes acceptedEpoch and is lost before anybody hears of that epoch, perhaps twice. The others go on' +
      ' in a lower one. When it comes back its promise forbids it to follow them; the leader, whose epoch is chosen, does' +
      ' not look at that promise. It stays out until somebody else brings about an election.',
    also: [],
    affects: 'every release since there is an acceptedEpoch',
    fixed: null,
    releases: ['3.4.10', '3.5.5', '3.6.2', '3.7.0', '3.8.0', '3.8.5', '3.9.2', '3.9.3', '3.9.4'],
    breaks: ['progress-after-calm'],
    deviation: { yieldsToHigherPromise: false },
  },
  {
    name: 'no-epoch-fencing',
    kind: 'textbook',
    title: 'A follower goes back to a leader whose epoch is older than what it promised',
    about:
      'The promise not to follow an older leader is what fences it. Without it a server that knows of epoch 2 helps the' +
      ' leader of epoch 1 to commit once more, behind the back of the new one.',
    also: [],
    affects: 'no release',
    fixed: null,
    releases: [],
    breaks: ['epoch-fencing', 'epoch-monotonicity', 'one-leader-per-epoch'],
    deviation: { mistake: 'noEpochFencing', yieldsToHigherPromise: false },
  },
  {
    name: 'serves-before-quorum',
    kind: 'textbook',
    title: 'A leader serves before a quorum has its history',
    about:
      'The leader does not wait for a quorum to acknowledge NEWLEADER: it takes its own history for committed as soon as a' +
      ' quorum has promised its epoch. If it is lost then, so is what its clients have read.',
    also: [],
    affects: 'no release',
    fixed: null,
    releases: [],
    breaks: [
      'committed-means-durable',
      'one-leader-per-epoch',
      'leader-completeness',
      'initial-history-integrity',
      'committed-is-permanent',
    ],
    deviation: { mistake: 'servesBeforeQuorum' },
  },
  {
    name: 'newleader-acks-counted-by-message',
    kind: 'textbook',
    title: 'Two ACKs of NEWLEADER by one server count as two servers',
    about:
      'A follower that acknowledges NEWLEADER, loses its connection and comes again acknowledges it a second time. Counted' +
      ' by message, leader and one follower make three: the epoch is established without a quorum.',
    also: [],
    affects: 'no release',
    fixed: null,
    releases: [],
    breaks: ['one-leader-per-epoch', 'leader-completeness', 'committed-is-permanent', 'committed-means-durable'],
    deviation: { mistake: 'newLeaderAcksByMessage' },
  },
  {
    name: 'half-is-a-quorum',
    kind: 'textbook',
    title: 'Of an even number of voters, half is taken for a quorum',
    about:
      'Two halves of an ensemble do not overlap. Each elects a leader, gives out the same epoch and the same zxids for' +
      ' different transactions, and answers its clients that they are done.',
    also: [],
    affects: 'no release',
    fixed: null,
    releases: [],
    breaks: [
      'one-leader-per-epoch',
      'no-split-brain',
      'zxid-identity',
      'committed-means-durable',
      'linearizable-writes',
    ],
    deviation: { mistake: 'halfIsAQuorum' },
  },
];

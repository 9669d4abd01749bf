import type { Bug } from './bug.ts';

/** Mistakes in who is counted, what is delivered when, and what a leader or a client is told. */
export const BROADCAST: readonly Bug[] = [
  {
    name: 'ZOOKEEPER-1277',
    kind: 'historic',
    title: 'The counter of a zxid runs over into its epoch',
    about:
      'After 2^32 transactions the counter is used up, and the next zxid lies in the next epoch, which nobody has' +
      ' proposed. It must not be given: a leader steps down instead, and the next one begins at 1.',
    also: [],
    affects: 'up to 3.3.4, 3.4.0 to 3.4.3',
    fixed: '3.3.5, 3.4.4',
    releases: [],
    breaks: ['epochs-on-disk', 'log-shape', 'one-leader-per-epoch', 'primary-integrity', 'progress-after-calm'],
    deviation: { mistake: 'counterOverflows' },
  },
  {
    name: 'ZOOKEEPER-1492',
    kind: 'historic',
    title: 'A leader without a quorum stays LEADING',
    about:
      'A leader must give up when less than a quorum answers its pings. One that does not answers reads for ever, takes' +
      ' writes that it can never commit, and does not come back when the others have elected a new leader.',
    also: [],
    affects: '3.4.0 to 3.4.3',
    fixed: '3.4.4',
    releases: [],
    breaks: ['progress-after-calm'],
    deviation: { mistake: 'leaderWithoutQuorumStays' },
  },
  {
    name: 'ZOOKEEPER-2247',
    kind: 'historic',
    title: 'A leader whose log thread is dead goes on pinging',
    about:
      'A disk error ends the thread that writes the log. The leader still pings, so nobody looks for another one; but it' +
      ' acknowledges nothing and, where its own acknowledgement is needed, commits nothing any more.',
    also: ['ZOOKEEPER-4203'],
    affects: 'up to 3.4.8, 3.5.0 to 3.5.2',
    fixed: '3.4.9, 3.5.3, 3.6.0',
    releases: [],
    breaks: ['progress-after-calm', 'log-shape'],
    deviation: { mistake: 'deadLogThreadStays' },
  },
  {
    name: 'observers-counted',
    kind: 'textbook',
    title: 'The acknowledgements of observers are counted',
    about:
      'A leader and two observers are three of three voters, if nobody looks who is who. What they commit is on one voter' +
      ' only, and the election asks voters.',
    also: [],
    affects: 'no release',
    fixed: null,
    releases: [],
    breaks: [
      'observers-never-count',
      'committed-is-permanent',
      'committed-means-durable',
      'leader-completeness',
      'no-unexpected-packet',
    ],
    deviation: { mistake: 'observersCounted' },
  },
  {
    name: 'delivers-on-proposal',
    kind: 'textbook',
    title: 'A follower applies what is proposed',
    about:
      'A proposal may still die with its leader. A follower that applies it shows its clients what later never happened.',
    also: [],
    affects: 'no release',
    fixed: null,
    releases: [],
    breaks: ['in-order-commit', 'nobody-goes-back', 'prefix-consistency'],
    deviation: { mistake: 'deliversOnProposal' },
  },
  {
    name: 'answers-before-commit',
    kind: 'textbook',
    title: 'A leader answers a write when it proposes it',
    about:
      'The client is told that its write is done while the leader alone has it. If the leader is lost now, so is the write,' +
      ' and nobody but the client knows.',
    also: [],
    affects: 'no release',
    fixed: null,
    releases: [],
    breaks: ['acknowledged-writes-survive', 'client-zxid-monotonic'],
    deviation: { mistake: 'answersBeforeCommit' },
  },
  {
    name: 'accepts-fresher-client',
    kind: 'textbook',
    title: 'A server accepts a client that has seen more than it has',
    about:
      'A client tells the last zxid that it has seen when it connects. A server that lags behind must turn it away, or the' +
      ' client goes back in time.',
    also: [],
    affects: 'no release',
    fixed: null,
    releases: [],
    breaks: ['client-zxid-monotonic', 'single-system-image'],
    deviation: { mistake: 'acceptsFresherClient' },
  },
];

import type { Bug } from './bug.ts';

/** Mistakes in who is elected, and in how servers learn of it. */
export const ELECTION: readonly Bug[] = [
  {
    name: 'ZOOKEEPER-1419',
    kind: 'historic',
    title: 'Votes are not totally ordered, and the election goes round in circles',
    about:
      'When two votes have equal zxids, the higher server id wins even against a higher epoch. The order of votes is then' +
      ' no order: A beats B, B beats C, C beats A. Servers change their votes for ever, or elect one that its followers' +
      ' know more than, and must look again.',
    also: [],
    affects: '3.4.0 to 3.4.3',
    fixed: '3.4.4',
    releases: [],
    breaks: ['votes-only-improve', 'progress-after-calm'],
    deviation: { mistake: 'voteOrderNotTotal' },
  },
  {
    name: 'ZOOKEEPER-1732',
    kind: 'historic',
    title: 'A server cannot join an ensemble that serves, because its votes are not all equal',
    about:
      'A server that comes back asks for votes, and those that have decided answer with the vote they decided on. Such votes' +
      ' may differ in zxid, round and epoch: servers joined at different times. Asked to be equal in everything, they never' +
      ' make a quorum, and the newcomer looks for a leader for ever next to one that serves.',
    also: ['ZOOKEEPER-1805', 'ZOOKEEPER-1818'],
    affects: '3.4.0 to 3.4.5, in part up to 3.5.4',
    fixed: '3.4.6, 3.5.0; completed in 3.5.5, 3.6.0',
    releases: [],
    breaks: ['progress-after-calm'],
    deviation: { mistake: 'outOfElectionStrictMatch' },
  },
  {
    name: 'vote-ignores-zxid',
    kind: 'textbook',
    title: 'The election prefers the higher id to the longer history',
    about:
      'Votes are compared by epoch and server id alone. A server that lags behind wins by its id, and what it lacks is' +
      ' truncated from those who have it, committed or not.',
    also: [],
    affects: 'no release',
    fixed: null,
    releases: [],
    breaks: ['votes-only-improve', 'leader-completeness', 'progress-after-calm'],
    deviation: { mistake: 'voteIgnoresZxid' },
  },
  {
    name: 'vote-ignores-epoch',
    kind: 'textbook',
    title: 'The election prefers the higher zxid to the later epoch',
    about:
      'Votes are compared by zxid and server id alone. An epoch that was established without a new transaction leaves no' +
      ' mark in the zxid: a server that holds an abandoned transaction of an older epoch beats those who settled the matter.',
    also: [],
    affects: 'no release; all before there was a currentEpoch',
    fixed: null,
    releases: [],
    breaks: ['votes-only-improve', 'progress-after-calm'],
    deviation: { mistake: 'voteIgnoresEpoch' },
  },
];

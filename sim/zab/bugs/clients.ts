import type { Bug } from './bug.ts';

/** What clients are told, in which order, and for how long a session lasts. */
export const CLIENTS: readonly Bug[] = [
  {
    name: 'ZOOKEEPER-1863',
    kind: 'historic',
    title: 'A read is answered before the writes that its client sent earlier',
    about:
      'The commit processor looked at its queues without a lock, and could pass a read on while a write of the same' +
      ' connection was still under way. Its answer came first; a client that counts its requests finds the wrong number' +
      ' in it and drops the connection, one that does not count reads what was before its own write.',
    also: [],
    affects: 'the trunk before 3.5.0',
    fixed: '3.5.0',
    releases: [],
    breaks: ['fifo-client-order'],
    deviation: { mistake: 'readsOvertakeWrites' },
  },
  {
    name: 'ZOOKEEPER-1412',
    kind: 'historic',
    title: 'The header of a read tells a zxid that is proposed and not yet applied',
    about:
      'A request took the zxid of the latest proposal when it was prepared, and a read was answered with that number in its' +
      ' header, while what it read was older. The client takes itself to have seen more than it has: when it comes back it' +
      ' is not told of changes that it missed, and if the proposal dies no server is new enough for it.',
    also: [],
    affects: '3.3.4, 3.4.3 and earlier',
    fixed: '3.3.5, 3.4.4',
    releases: [],
    breaks: ['replies-equal-the-log'],
    deviation: { mistake: 'readsShowProposedZxid' },
  },
  {
    name: 'ZOOKEEPER-1208',
    kind: 'historic',
    title: 'A session whose end is proposed may still create an ephemeral node, which then stays for ever',
    about:
      'Nothing marked a session as closing between the proposal of its end and its application. A create that came to the' +
      ' leader meanwhile was ordered behind the end of its own session: nobody was left to take the node away.',
    also: ['ZOOKEEPER-1496'],
    affects: '3.3.3 and earlier; by another way 3.4.3',
    fixed: '3.3.4, 3.4.0; 3.4.4',
    releases: [],
    breaks: ['ephemerals-end-with-their-session'],
    deviation: { mistake: 'closingSessionCreates' },
  },
  {
    name: 'ZOOKEEPER-1367',
    kind: 'historic',
    title: 'Sessions that begin in what a learner applies during synchronization are unknown to it',
    about:
      'The tracker of sessions was told of what a serving server applied, and not of what came between NEWLEADER and' +
      ' UPTODATE. When such a server led later, nobody counted the time of those sessions: they never ended, nor did their' +
      ' ephemeral nodes, and the servers differed in who has a session.',
    also: [],
    affects: '3.4.2 and earlier',
    fixed: '3.3.5, 3.4.3',
    releases: [],
    breaks: ['same-state', 'sessions-of-the-gone-end'],
    deviation: { mistake: 'syncForgetsSessions' },
  },
  {
    name: 'ZOOKEEPER-1624',
    kind: 'historic',
    title: 'A multi that fails makes the leader forget what is pending for the parents of its nodes',
    about:
      'A failed multi puts back the pending records of its paths, and those of their parents were not among them. While an' +
      ' earlier create below such a parent is still under way the next sequential node takes its number from the tree, where' +
      ' it is too low: a number is given twice, or the create fails because its name is taken.',
    also: [],
    affects: '3.4.5 and earlier',
    fixed: '3.4.6, 3.5.0',
    releases: [],
    breaks: ['sequence-numbers-unique'],
    deviation: { mistake: 'multiForgetsParents' },
  },
  {
    name: 'ZOOKEEPER-4466',
    kind: 'historic',
    title: 'A connection holds one kind of watch for a path, and a later one takes its place',
    about:
      'The marks of a connection on a path were one mode, not a set of them. A persistent recursive watch took the place' +
      " of a one-shot watch on the same path's children, and they changed without a word to its client.",
    also: [],
    affects: '3.6.0 to 3.8.x; what came before had one kind only, and is given the later ones here',
    fixed: '3.9.0',
    releases: ['3.4.10', '3.5.5', '3.6.2', '3.7.0', '3.8.0', '3.8.5'],
    breaks: ['watches-tell-what-changed'],
    deviation: { watchMarking: 'one' },
  },
  {
    name: 'ZOOKEEPER-1667',
    kind: 'historic',
    title: 'A client that comes back is told of a node made anew as of one that was created',
    about:
      'For a watch on the data of a node setWatches compared the zxid of its creation first. A node that was deleted and' +
      ' made anew while its watcher was away was told as NodeCreated, which a watch on data is never told.',
    also: [],
    affects: '3.4.5 and earlier',
    fixed: '3.4.6, 3.5.0',
    releases: [],
    breaks: ['watches-tell-what-changed'],
    deviation: { mistake: 'setWatchesTellsCreated' },
  },
  {
    name: 'watches-stay',
    kind: 'textbook',
    title: 'A one-shot watch fires again and again',
    about:
      'A server that tells a watch must forget it. One that does not tells its client of every change from then on.',
    also: [],
    affects: 'no release',
    fixed: null,
    releases: [],
    breaks: ['watches-tell-what-changed'],
    deviation: { mistake: 'watchesStay' },
  },
  {
    name: 'answers-before-events',
    kind: 'textbook',
    title: 'Whoever asked for a write is answered before the watchers are told',
    about:
      'A client must hear of a change before it can read it. If the answer to a write leaves before the events of its' +
      ' transaction do, a client that watches the node and writes it has the new state in its hands, and the news behind it.',
    also: [],
    affects: 'no release',
    fixed: null,
    releases: [],
    breaks: ['events-before-answers', 'watches-tell-what-changed'],
    deviation: { mistake: 'answersBeforeEvents' },
  },
  {
    name: 'multi-applies-some',
    kind: 'textbook',
    title: 'A multi that fails is applied up to where it fails',
    about:
      'All of a multi or nothing: its transaction says which part has failed, and whoever applies it must look at all of' +
      ' its parts before it touches the tree.',
    also: [],
    affects: 'no release',
    fixed: null,
    releases: [],
    breaks: ['atomic-multi', 'replies-equal-the-log', 'watches-tell-what-changed'],
    deviation: { mistake: 'multiAppliesSome' },
  },
  {
    name: 'forgets-learners-touches',
    kind: 'textbook',
    title: 'A leader passes over what its learners say of their sessions',
    about:
      'Most clients are connected to a follower, which tells the leader with every PING whom it has heard of. A leader that' +
      ' does not look expires sessions whose clients are alive, with all their locks.',
    also: [],
    affects: 'no release',
    fixed: null,
    releases: [],
    breaks: ['sessions-expire-in-time'],
    deviation: { mistake: 'forgetsLearnersTouches' },
  },
  {
    name: 'sync-answers-at-once',
    kind: 'textbook',
    title: 'A follower answers a sync by itself',
    about:
      'A sync goes to the leader, and comes back behind everything that is committed there. A follower that answers at once' +
      ' has promised what it cannot know.',
    also: [],
    affects: 'no release',
    fixed: null,
    releases: [],
    breaks: ['sync-then-read-is-fresh'],
    deviation: { mistake: 'syncAnswersAtOnce' },
  },
];

import { MS } from '../../sim/time.ts';
import { z, type Conversation } from './conversation.ts';
import { Clients, create, creation, FAILED_MULTI, LOOK, MULTI, NOTHING, SYNC } from './client-life.ts';

interface Broken {
  readonly with: readonly string[];
  readonly trace: () => Conversation;
}

/** One client at server 1. */
const one = (): Clients => new Clients().open(11, 1, 1);

/** What clients are promised, broken in one thing each. */
export const BROKEN_CLIENTS: Readonly<Record<string, Broken>> = {
  // Of two writes, the one that was asked for when the other had been answered comes first.
  'linearizable-writes': {
    with: [],
    trace: () => {
      const { c } = one().write(2, 11, creation('/a', 1)).write(3, 11, creation('/b', 2));
      c.answer(3, c.invoke(), z(1, 3));
      return c.answer(2, c.invoke(), z(1, 2));
    },
  },

  // Of two requests on one connection the later is answered first.
  'fifo-client-order': {
    with: [],
    trace: () => one().ask(11, 1, NOTHING).ask(11, 2, NOTHING).reply(11, 2, z(1, 1), null, 'NONODE').c,
  },

  // A client goes on to a server that lags behind, and does not tell it what it has seen.
  'single-system-image': {
    with: [],
    trace: () =>
      one().write(2, 9, creation('/a', 1)).look(11, 1, z(1, 2)).close(11).attach(11, 2).welcome(11).look(11, 2, z(1, 1))
        .c,
  },

  // The header says that the node is there.
  'replies-equal-the-log': {
    with: [],
    trace: () =>
      one()
        .write(2, 9, creation('/a', 1))
        .ask(11, 1, { op: 'exists', path: '/a', watch: false })
        .reply(11, 1, z(1, 2), null, 'NONODE').c,
  },

  // The new data is read before the event comes.
  'events-before-answers': {
    with: ['watches-tell-what-changed'],
    trace: () =>
      one()
        .ask(11, 1, LOOK)
        .reply(11, 1, z(1, 1), null, 'NONODE')
        .write(2, 9, creation('/a', 1))
        .look(11, 2, z(1, 2))
        .event(11, 'NodeCreated', '/a', z(1, 2)).c,
  },

  // One part is done, the other is not.
  'atomic-multi': {
    with: ['replies-equal-the-log'],
    trace: () => {
      const results = [{ type: 'create', path: '/a' }, ...FAILED_MULTI];
      return one()
        .ask(11, 2, MULTI)
        .write(2, 11, { type: 'multi', txns: [creation('/a', 1), { type: 'error', error: 'NONODE' }] })
        .reply(11, 2, z(1, 2), { results }).c;
    },
  },

  // Nothing is told of a node that is watched.
  'watches-tell-what-changed': {
    with: [],
    trace: () =>
      one().ask(11, 1, LOOK).reply(11, 1, z(1, 1), null, 'NONODE').write(2, 9, creation('/a', 1)).look(11, 2, z(1, 2))
        .c,
  },

  // The session is over.
  'ephemerals-end-with-their-session': {
    with: [],
    trace: () =>
      one()
        .commit(2, 11, { kind: 'closeSession', paths: [] })
        .write(3, 11, creation('/e', 1, true)).c,
  },

  // Two children of one number.
  'sequence-numbers-unique': {
    with: [],
    trace: () => one().write(2, 11, creation('/q0000000000', 1)).write(3, 11, creation('/r0000000000', 1)).c,
  },

  'sessions-expire-in-time': {
    with: [],
    trace: () =>
      one()
        .c.wait(3000 * MS)
        .tell(3, { kind: 'sessionExpired', session: 11 }),
  },

  // Long after everything is calm.
  'sessions-of-the-gone-end': {
    with: [],
    trace: () =>
      one()
        .close(11)
        .c.tell(0, { kind: 'calm' })
        .wait(40_000 * MS),
  },

  // Another client was told of a write before the sync, and the read behind it does not know of it.
  'sync-then-read-is-fresh': {
    with: [],
    trace: () => {
      const two = one().open(12, 2, 2);
      two.ask(12, 3, create('/a')).write(3, 12, creation('/a', 1)).reply(12, 3, z(1, 3), { path: '/a' });
      return two.ask(11, 1, SYNC).reply(11, 1, z(1, 2)).look(11, 2, z(1, 2)).c;
    },
  },
};

interface BrokenOtherwise extends Broken {
  readonly name: string;
  readonly how: string;
}

export const BROKEN_CLIENTS_OTHERWISE: readonly BrokenOtherwise[] = [
  {
    name: 'fifo-client-order',
    how: 'a later write has a lower zxid',
    with: ['client-zxid-monotonic', 'single-system-image'],
    trace: () =>
      one()
        .ask(11, 3, create('/a'))
        .ask(11, 2, create('/b'))
        .write(2, 11, creation('/b', 1))
        .write(3, 11, creation('/a', 2))
        .reply(11, 3, z(1, 3), { path: '/a' })
        .reply(11, 2, z(1, 2), { path: '/b' }).c,
  },
  {
    name: 'replies-equal-the-log',
    how: 'a read has a zxid that is not committed',
    with: [],
    trace: () => one().look(11, 1, z(1, 2)).c,
  },
  {
    name: 'replies-equal-the-log',
    how: "a write is answered with another client's zxid",
    with: [],
    trace: () => one().ask(11, 7, create('/a')).write(2, 9, creation('/a', 1)).reply(11, 7, z(1, 2), { path: '/a' }).c,
  },
  {
    name: 'events-before-answers',
    how: 'two changes are told in the wrong order',
    with: ['watches-tell-what-changed'],
    trace: () =>
      one()
        .ask(11, 1, { op: 'addWatch', path: '/', mode: 1 })
        .reply(11, 1, z(1, 1), {})
        .write(2, 9, creation('/a', 1))
        .write(3, 9, creation('/b', 2))
        .event(11, 'NodeCreated', '/b', z(1, 3))
        .event(11, 'NodeCreated', '/a', z(1, 2)).c,
  },
  {
    name: 'watches-tell-what-changed',
    how: 'something is told that nobody watches',
    with: [],
    trace: () => one().write(2, 9, creation('/a', 1)).event(11, 'NodeCreated', '/a', z(1, 2)).c,
  },
  {
    name: 'watches-tell-what-changed',
    how: 'a one-shot watch is told twice',
    with: [],
    trace: () =>
      one()
        .ask(11, 1, LOOK)
        .reply(11, 1, z(1, 1), null, 'NONODE')
        .write(2, 9, creation('/a', 1))
        .event(11, 'NodeCreated', '/a', z(1, 2))
        .write(3, 9, { type: 'setData', path: '/a', data: 'x', version: 1 })
        .event(11, 'NodeDataChanged', '/a', z(1, 3)).c,
  },
  {
    name: 'watches-tell-what-changed',
    how: 'a client comes back and is not told what it missed',
    with: [],
    trace: () =>
      one()
        .write(2, 9, creation('/a', 1))
        .ask(11, 1, {
          op: 'setWatches',
          relativeZxid: z(1, 1),
          data: [],
          exist: ['/a'],
          child: [],
          persistent: [],
          recursive: [],
        })
        .reply(11, 1, z(1, 2)).c,
  },
  {
    name: 'ephemerals-end-with-their-session',
    how: 'the end of a session takes what it does not own',
    with: [],
    trace: () =>
      one()
        .write(2, 11, creation('/a', 1))
        .commit(3, 11, { kind: 'closeSession', paths: ['/a'] }).c,
  },
  {
    name: 'sequence-numbers-unique',
    how: 'a create is counted twice',
    with: [],
    trace: () => one().write(2, 11, creation('/q0000000001', 2)).c,
  },
  {
    name: 'sessions-expire-in-time',
    how: 'a follower expires a session',
    with: [],
    trace: () =>
      one()
        .c.wait(9000 * MS)
        .tell(1, { kind: 'sessionExpired', session: 11 }),
  },
  {
    name: 'sessions-expire-in-time',
    how: 'the leader has just heard of the session from a learner',
    with: [],
    trace: () => {
      const { c } = one();
      const message = { kind: 'PING', zxid: z(1, 1), touched: [[11, 4000]] } as const;
      c.wait(5000 * MS).tell(3, { kind: 'received', plane: 'quorum', connection: c.connection[1]!, peer: 1, message });
      return c.wait(1000 * MS).tell(3, { kind: 'sessionExpired', session: 11 });
    },
  },
];

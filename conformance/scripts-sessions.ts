import { MS } from '../sim/time.ts';
import { pick, type Fields } from './operations.ts';
import type { Script } from './scripts.ts';
import { ask, connectForm, join, leaderOf, logOf, type Stage } from './service.ts';
import type { Session } from './sessions.ts';

/** The scripts of the records about sessions, by number. Their steps say in words what is done; what they noted is in their
 *  facts. */

function errOf(result: Fields | undefined): string {
  return String(result?.['err'] ?? 'CONNECTIONLOSS');
}

/** Of ours, the fields that the fact of this name has. */
function like(stage: Stage, fact: string, ours: Fields): Fields {
  const real = stage.record.observed.facts[fact];
  return typeof real === 'object' && real !== null ? pick(ours, real as Fields) : ours;
}

function noteLog(stage: Stage, fact: string, server = leaderOf(stage)): void {
  const real = stage.record.observed.facts[fact];
  if (Array.isArray(real)) stage.facts[fact] = logOf(stage, server, real);
}

const EPHEMERAL = { op: 'create2', mode: 'EPHEMERAL' };

function client(stage: Stage, label: string): Session {
  const session = stage.clients.get(label);
  if (session === undefined) throw new Error(`the record has no client ${label}`);
  return session;
}

/** Timeouts asked for and granted, on each server that the facts name. */
const NEGOTIATION: Script = {
  step(stage, step) {
    if (!step.do.startsWith('connect+close with each')) return false;
    const granted: number[] = [];
    for (const [fact, rows] of Object.entries(stage.record.observed.facts)) {
      const server = /^(?:follower|leader|observer)(\d+)$/.exec(fact)?.[1];
      if (server === undefined || !Array.isArray(rows)) continue;
      stage.facts[fact] = rows.map((row: Fields) => {
        const requested = Number(row['requested']);
        const session = stage.sessions.connect('n', Number(server), { timeoutMs: requested });
        const { connected, timeoutMs } = session;
        if (connected) granted.push(timeoutMs);
        stage.sessions.perform(session, { op: 'closeSession' });
        return { requested, negotiated: timeoutMs, connected };
      });
    }
    stage.facts['createSessionTxns'] = granted;
    return true;
  },
};

/** The owner of two ephemerals falls silent. */
const EXPIRY_SEEN: Script = {
  step(stage, step) {
    if (step.do !== 'X stops pinging') return false;
    const { sessions, facts } = stage;
    const [x, w] = [client(stage, 'X'), client(stage, 'W')];
    ask(stage, x, { op: 'create', path: '/g' });
    for (const path of ['/g/a', '/g/b']) ask(stage, x, { ...EPHEMERAL, path });
    sessions.settle();
    for (const path of ['/g/a', '/g/b']) ask(stage, w, { op: 'getData', path, watch: true });
    ask(stage, w, { op: 'getChildren', path: '/g', watch: true });
    sessions.take(w);
    x.pings = false;
    sessions.until(() => w.items.length >= 3);
    const told = sessions.take(w).map((item) => (item.kind === 'event' ? `${item.type} ${item.path}` : item.name));
    facts['order_t'] = told;
    facts['eventsSorted'] = [...told].sort();
    facts['expiredClientSees'] = errOf(ask(stage, x, { op: 'exists', path: '/g' }));
    facts['expiredReconnect'] = like(
      stage,
      'expiredReconnect',
      connectForm(stage, sessions.connect('X', 1, { of: x, lastZxid: x.lastZxid })),
    );
    facts['closeSessionTxn'] = logOf(stage, leaderOf(stage), ['', '', '', '', '', '']).filter((line) =>
      String(line).endsWith(':closeSession'),
    );
    return true;
  },
};

/** A session moves, twice; what its earlier connection still can do. */
const MOVED: Script = {
  step(stage, step) {
    const { sessions, facts } = stage;
    if (step.do === 'cut X') {
      ask(stage, client(stage, 'X'), { ...EPHEMERAL, path: '/e' });
      sessions.settle();
      sessions.cut(client(stage, 'X'));
      return true;
    }
    if (step.do === 'X reconnects to 2') {
      const before = sessions.zxid;
      const old = client(stage, 'X');
      const session = join(stage, 'X', 2);
      sessions.settle();
      const { connected } = session;
      facts['reconnect2'] = { connected, sameSession: session.id === old.id, zxidConsumed: sessions.zxid - before };
      facts['ephemeralStat'] = ask(stage, session, { op: 'exists', path: '/e' });
      return true;
    }
    if (!step.do.startsWith('second connection')) return false;
    const old = client(stage, 'X');
    const fresh = join(stage, 'X', 3);
    sessions.pass(sessions.now + 100 * MS);
    facts['secondConnection'] = like(stage, 'secondConnection', connectForm(stage, fresh));
    facts['oldConnectionClosedByServer'] = old.closed;
    const write = (session: Session, op: Fields, fact: string): void => {
      const { err, hdr_zxid = null } = ask(stage, session, op) ?? {};
      facts[fact] = { err, hdr_zxid };
      sessions.settle();
    };
    write(fresh, { ...EPHEMERAL, path: '/by-new' }, 'writeOnNew');
    facts['readOnOld'] = errOf(ask(stage, old, { op: 'exists', path: '/e' }));
    // Its third request: one more read went before.
    old.xid = 2;
    write(old, { op: 'create2', path: '/by-old' }, 'writeOnOld');
    facts['oldConnectionClosedAfterWrite'] = old.closed;
    write(fresh, { op: 'create2', path: '/by-new2' }, 'writeOnNewAgain');
    noteLog(stage, 'log3', 3);
    return true;
  },
};

/** The leader dies; one client comes back, the other never does. */
const LEADER_DIES: Script = {
  step(stage, step) {
    const { sessions } = stage;
    if (step.do === 'observe' && step['label'] === 'before') {
      ask(stage, client(stage, 'X'), { ...EPHEMERAL, path: '/ex' });
      ask(stage, client(stage, 'Y'), { ...EPHEMERAL, path: '/ey' });
      sessions.settle();
    }
    if (step.do === 'kill -9') sessions.cut(client(stage, 'Y'));
    if (step.do === 'client reconnect') {
      sessions.until(() => leaderOf(stage) !== 0);
      const session = join(stage, 'X', Number(step['server']), { timeoutMs: 6000 });
      stage.facts['X'] = like(stage, 'X', connectForm(stage, session));
      const stat = ask(stage, session, { op: 'exists', path: '/ex' });
      stage.facts['exErr'] = errOf(stat);
      stage.facts['exOwner'] = (stat?.['stat'] as Fields | undefined)?.['ephemeralOwner'];
      return true;
    }
    return false;
  },
  after: (stage) => noteLog(stage, 'log'),
};

/** One transaction ends a session and all its ephemerals. */
const CLOSED: Script = {
  after(stage) {
    const { sessions, facts } = stage;
    // The sessions are made anew in the order of the log: two nodes come between them.
    const [w, x] = [client(stage, 'W'), client(stage, 'X')];
    ask(stage, x, { ...EPHEMERAL, path: '/p/a' });
    ask(stage, x, { ...EPHEMERAL, path: '/q/b' });
    ask(stage, x, { ...EPHEMERAL, path: '/p/c' });
    sessions.settle();
    const stats = (paths: readonly string[]): Fields =>
      Object.fromEntries(paths.map((path) => [path, ask(stage, w, { op: 'exists', path })]));
    facts['before'] = stats(['/p', '/q']);
    const plain = { data: '', acl: [{ perms: 31, scheme: 'world', id: 'anyone' }], flags: 0, ttlMs: 0 } as const;
    const xids = [
      sessions.send(x, { op: 'create', path: '/p/last', ...plain }),
      sessions.send(x, { op: 'closeSession' }),
      sessions.send(x, { op: 'create', path: '/after-close', ...plain }),
    ];
    const [before, close, after] = xids.map((xid) => sessions.answer(x, xid, 2000 * MS));
    const word = (answer: typeof before): string => (answer === undefined ? 'CONNECTIONLOSS' : (answer.error ?? 'OK'));
    facts['pipelined'] = { createBeforeClose: word(before), close: word(close), createAfterClose: word(after) };
    facts['closedByServer'] = x.closed;
    sessions.settle();
    facts['after'] = stats(['/p', '/q', '/p/last', '/after-close']);
    const again = sessions.connect('X', 1, { of: x, lastZxid: x.lastZxid });
    facts['reconnectAfterClose'] = like(stage, 'reconnectAfterClose', connectForm(stage, again));
    noteLog(stage, 'log');
  },
  step(stage, step) {
    if (step.do !== 'client connect' || step['client'] !== 'X') return false;
    for (const path of ['/p', '/q']) ask(stage, client(stage, 'W'), { op: 'create2', path });
    return false;
  },
};

/** Whoever may not come in. */
const REFUSALS: Script = {
  step(stage, step) {
    const { sessions, facts } = stage;
    const attempt = (fact: string, server: number, options: Parameters<typeof sessions.connect>[2]): Session => {
      const before = sessions.zxid;
      const session = sessions.connect(fact, server, options);
      sessions.settle();
      const form = connectForm(stage, session);
      facts[fact] = like(stage, fact, {
        ...form,
        sessionId: session.connected ? 'nonzero' : form['sessionId'],
        zxidsConsumed: sessions.zxid - before,
        sameSession: session.connected && session.id === options?.of?.id,
      });
      return session;
    };
    if (step.do === 'client connect' && step['client'] === 'S') {
      const x = client(stage, 'X');
      ask(stage, x, { ...EPHEMERAL, path: '/e' });
      const wrong = { of: x, password: 'ff'.repeat(16) };
      attempt('wrong password, follower', 1, wrong);
      sessions.pass(sessions.now + 50 * MS);
      facts['afterWrongPassword_connAlive'] = !x.closed;
      facts['afterWrongPassword_ephemeral'] = errOf(ask(stage, x, { op: 'exists', path: '/e' }));
      attempt('wrong password, other server', 2, wrong);
      attempt('unknown session id', 2, { id: 0x1234567, password: 'ff'.repeat(16) });
      // Its own connection stands again, and is left behind for another.
      const own = join(stage, 'X', 3);
      const next = attempt('right password, leader', 3, { of: own });
      sessions.pass(sessions.now + 50 * MS);
      facts['oldConnClosed'] = own.closed;
      next.pings = true;
      return false;
    }
    if (step.do !== 'see observed.facts') return false;
    const [s, v] = [client(stage, 'S'), client(stage, 'V')];
    attempt('closed session', 1, { of: s });
    attempt('expired session', 1, { of: v });
    attempt('expired session on the leader', 3, { of: v });
    const future = sessions.zxid + 1000;
    attempt('lastZxidSeen in the future, new session', 1, { lastZxid: future });
    attempt('lastZxidSeen in the future, leader', 3, { lastZxid: future });
    attempt('lastZxidSeen zero', 1, { lastZxid: 0 });
    return true;
  },
};

/** S closes at once, V falls silent. */
const REFUSALS_AND_ENDS: Script = {
  step(stage, step, index) {
    if (REFUSALS.step?.(stage, step, index) === true) return true;
    if (step.do !== 'client connect') return false;
    const label = String(step['client']);
    if (label === 'X') return false;
    const session = join(stage, label, Number(step['server']), { timeoutMs: Number(step['requestedTimeout']) });
    if (label === 'S') stage.sessions.perform(session, { op: 'closeSession' });
    else stage.sessions.cut(session);
    return true;
  },
};

/** No leader for longer than the timeout. */
const NO_LEADER: Script = {
  step(stage, step) {
    const { sessions, facts } = stage;
    if (step.do === 'kill -9') {
      ask(stage, client(stage, 'X'), { ...EPHEMERAL, path: '/ex' });
      sessions.settle();
    }
    if (step.do === 'sleep') {
      const x = client(stage, 'X');
      sessions.until(() => x.closed, 3000 * MS);
      facts['connectionDropped'] = x.closed;
      const attempt = sessions.connect('X', 1, { of: x });
      facts['connectWithoutLeader'] = like(stage, 'connectWithoutLeader', connectForm(stage, attempt));
    }
    if (step.do === 'client reconnect') {
      sessions.until(() => leaderOf(stage) !== 0 && leaderServesFollower(stage));
      const session = join(stage, 'X', 1);
      facts['X'] = like(stage, 'X', connectForm(stage, session));
      facts['ex'] = errOf(ask(stage, session, { op: 'exists', path: '/ex' }));
      return true;
    }
    return false;
  },
};

/** Server 1 takes clients again. */
function leaderServesFollower(stage: Stage): boolean {
  return stage.run.world.hosts[1]?.server?.zk === 'running';
}

/** Silent sessions: only that each expires is to be seen, when it does is a time. */
const EXPIRY_TIMES: Script = {
  step(stage, step) {
    if (step.do !== 'client connect' || step['client'] === 'W') return false;
    const cut = String(step['client']).includes('True');
    const session = join(stage, String(step['client']), Number(step['server']), {
      timeoutMs: Number(step['requestedTimeout']),
      pings: false,
    });
    if (cut) stage.sessions.cut(session);
    return true;
  },
};

export const SESSION_SCRIPTS: Readonly<Record<string, Script | undefined>> = {
  E06: EXPIRY_SEEN,
  F01: NEGOTIATION,
  F03: EXPIRY_TIMES,
  F05: MOVED,
  F06: LEADER_DIES,
  F07: CLOSED,
  F08: REFUSALS_AND_ENDS,
  F10: NO_LEADER,
};

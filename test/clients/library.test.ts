// A client of ZooKeeper's own service has the habits of ZooKeeper's own library, and tells its program what that does.
import { describe, expect, test } from 'vitest';
import { ClientHistory } from '../../report/client-history.ts';
import { SECOND } from '../../sim/time.ts';
import { play, type Played } from './playing.ts';

/** Call, outcome and error of every answer, of one client. */
function answers(played: Played, client = 1): (readonly [number, string, string | null])[] {
  return played
    .of('returned')
    .filter((event) => event.client === client)
    .map(({ call, outcome, error }) => [call, outcome, error]);
}

function states(played: Played, client = 1): string[] {
  return played
    .of('clientState')
    .filter((event) => event.client === client)
    .map(({ state, server }) => `${state} S${server}`);
}

describe('where it connects', () => {
  test('the list of servers is shuffled by the seed: every server is the first for some seed', () => {
    const first = (seed: number): number =>
      play('timeline:\n  - {at: 3s, do: whoAmI}\nend: 4s\n', String(seed)).of('clientState')[0]!.server;
    const chosen = Array.from({ length: 8 }, (_, seed) => first(seed));
    expect(new Set(chosen)).toEqual(new Set([1, 2, 3]));
    expect([first(0), first(1)]).toEqual(chosen.slice(0, 2));
  });

  test('a server that dies is left for another, with the same session, after a back-off below one second', () => {
    const played = play(
      'timeline:\n  - {at: 3s, do: whoAmI, server: follower}\n' +
        '  - {at: 3500ms, do: kill, server: follower}\nend: 12s\n',
    );
    const [connected, lost, again] = played.of('clientState');
    expect([connected!.state, lost!.state, again!.state]).toEqual(['Connected', 'Disconnected', 'Connected']);
    expect(again!.server).not.toBe(connected!.server);
    expect(again!.session).toBe(connected!.session);
    expect(again!.at - lost!.at).toBeLessThan(1.1 * SECOND);
  });

  // A frame that is too long ends its connection at once, and the server stays.
  const CLOSED =
    'timeline:\n  - {at: 2s, do: create, path: /a}\n' +
    '  - {at: 3s, do: setData, path: /a, dataBytes: 2000000, raw: true}\nend: 8s\n';

  test.each(['1', '2'])('after a whole round of the list a second more is waited (seed %s)', (seed) => {
    const gap = (server: string): number => {
      const [, lost, again] = play(`clients:\n  - {name: a, server: ${server}}\n${CLOSED}`, seed).of('clientState');
      expect([lost!.state, again!.state]).toEqual(['Disconnected', 'Connected']);
      return again!.at - lost!.at;
    };
    expect(gap('any')).toBeLessThan(1.1 * SECOND);
    expect(gap('1')).toBeGreaterThan(SECOND);
    expect(gap('1')).toBeLessThan(2.1 * SECOND);
  });
});

describe('silence', () => {
  const CUT =
    'clients:\n  - {name: a, session: 6s, server: 1}\ntimeline:\n  - {at: 2s, do: create, path: /a}\n' +
    '  - {at: 3s, do: cutClient, client: a}\n  - {at: 3100ms, do: setData, path: /a, data: 1}\n';

  test('pings fill it after a third of the timeout, and keep the session', () => {
    const played = play(
      'clients:\n  - {name: a, session: 3s}\ntimeline:\n  - {at: 2s, do: create, path: /e, mode: EPHEMERAL}\n' +
        'end: 20s\nexpect:\n  nodes: {/e: {ephemeral: true}}\n',
    );
    expect(played.report.unexpected).toEqual([]);
    const pings = played
      .of('sent')
      .filter(({ message }) => message.kind === 'CLIENTPING')
      .map(({ at }) => at);
    const gaps = pings.slice(1).map((at, i) => at - pings[i]!);
    expect(pings.length).toBeGreaterThan(10);
    expect(Math.min(...gaps)).toBe(SECOND);
    expect(Math.max(...gaps)).toBe(SECOND);
  });

  test('two thirds of the timeout end the connection: a write has an unknown fate', () => {
    const played = play(`${CUT}end: 9s\n`);
    const lost = played.of('clientState').find(({ state }) => state === 'Disconnected');
    // The last that was heard was the answer to the create, or a pong.
    expect(lost?.at).toBeGreaterThan(6 * SECOND);
    expect(lost?.at).toBeLessThan(7.1 * SECOND);
    expect(answers(played)).toEqual([
      [1, 'ok', null],
      [2, 'unknown', 'CONNECTIONLOSS'],
    ]);
  });

  test('expiry is told by the next server, and then every call fails until another session is opened', () => {
    const played = play(
      `${CUT}  - {at: 25s, do: healClient, client: a}\n  - {at: 30s, do: getData, path: /a}\n` +
        '  - {at: 31s, do: openSession}\n  - {at: 33s, do: getData, path: /a}\nend: 36s\n',
    );
    const expired = played.of('clientState').find(({ state }) => state === 'Expired');
    expect(expired?.at).toBeGreaterThan(25 * SECOND);
    expect(states(played).filter((state) => state.startsWith('Connected'))).toHaveLength(2);
    expect(answers(played).slice(2)).toEqual([
      [3, 'failed', 'SESSIONEXPIRED'],
      [4, 'ok', null],
      [5, 'ok', null],
    ]);
  });
});

describe('calls', () => {
  test('are sent without waiting, and answered in their order', () => {
    const played = play(
      'clients:\n  - {name: a, server: 2}\ntimeline:\n  - {at: 2s, do: create, path: /a}\n' +
        '  - {at: 3s, do: setData, path: /a, times: 20}\n  - {at: 3s, do: getData, path: /a}\nend: 5s\n',
    );
    expect(answers(played).map(([call]) => call)).toEqual(Array.from({ length: 22 }, (_, i) => i + 1));
    const last = played.of('returned').at(-1);
    expect(last?.answer?.stat?.version).toBe(20);
    const sent = played.of('sent').filter(({ server, message }) => server < 0 && message.kind === 'CLIENTREQUEST');
    expect(sent.filter(({ at }) => at === 3 * SECOND)).toHaveLength(21);
  });

  test('that were never sent fail too when the dial fails, and are known not to have happened', () => {
    const played = play(
      'clients:\n  - {name: a, server: 1}\ntimeline:\n  - {at: 1s, do: kill, server: 1}\n' +
        '  - {at: 2s, do: create, path: /a}\nend: 5s\n',
    );
    expect(answers(played)).toEqual([[1, 'failed', 'CONNECTIONLOSS']]);
  });

  test('after closeSession fail with SESSIONEXPIRED, and ephemerals are gone', () => {
    const played = play(
      'timeline:\n  - {at: 2s, do: create, path: /e, mode: EPHEMERAL}\n  - {at: 3s, do: closeSession}\n' +
        '  - {at: 4s, do: getData, path: /e}\nend: 5s\nexpect:\n  nodes: {/e: absent}\n',
    );
    expect(played.report.unexpected).toEqual([]);
    expect(states(played).map((state) => state.split(' ')[0])).toEqual(['Connected', 'Closed']);
    expect(answers(played)[2]).toEqual([3, 'failed', 'SESSIONEXPIRED']);
  });

  test('with a scheme that no server knows end the session: AuthFailed, and AUTHFAILED from then on', () => {
    const played = play(
      'timeline:\n  - {at: 2s, do: addAuth, scheme: kerberos, auth: x}\n' +
        '  - {at: 3s, do: create, path: /a}\nend: 5s\n',
    );
    expect(states(played).map((state) => state.split(' ')[0])).toEqual(['Connected', 'AuthFailed']);
    expect(answers(played).map(([, outcome, error]) => [outcome, error])).toEqual([
      ['failed', 'AUTHFAILED'],
      ['failed', 'AUTHFAILED'],
    ]);
  });

  test('on another connection are asked for by the same somebody: what was added is sent again', () => {
    const played = play(
      'clients:\n  - {name: a, server: any}\ntimeline:\n  - {at: 2s, do: addAuth, scheme: digest, auth: "u:p"}\n' +
        '  - {at: 3s, do: whoAmI, server: 2}\n  - {at: 5s, do: whoAmI, server: 3}\nend: 7s\n',
    );
    const who = played.of('returned').flatMap(({ answer }) => answer?.clientInfo ?? []);
    expect(who.map(({ user }) => user)).toEqual(['10.0.0.1', 'u', '10.0.0.1', 'u']);
  });
});

describe('watches', () => {
  const MOVED =
    'clients:\n  - {name: a, session: 6s, server: any}\n  - {name: b}\ntimeline:\n  - {at: 2s, do: create, path: /n, client: b}\n' +
    '  - {at: 3s, do: getData, client: a, path: /n, watch: true, server: 2}\n';

  test('are told once', () => {
    const played = play(`${MOVED}  - {at: 4s, do: setData, client: b, path: /n, times: 2}\nend: 6s\n`);
    expect(played.of('watchEvent').map(({ client, type, path }) => [client, type, path])).toEqual([
      [1, 'NodeDataChanged', '/n'],
    ]);
  });

  test('follow the session to another server, which tells what was missed meanwhile', () => {
    const played = play(
      `${MOVED}  - {at: 4s, do: cutClient, client: a}\n  - {at: 5s, do: setData, client: b, path: /n}\n` +
        '  - {at: 8500ms, do: healClient, client: a}\nend: 12s\n',
    );
    expect(states(played).map((state) => state.split(' ')[0])).toEqual(['Connected', 'Disconnected', 'Connected']);
    const [told, ...more] = played.of('watchEvent');
    expect(more).toEqual([]);
    expect(told).toMatchObject({ type: 'NodeDataChanged', path: '/n' });
    expect(told!.at).toBeGreaterThan(played.of('clientState').filter(({ client }) => client === 1)[2]!.at);
  });

  test('that are persistent are told again and again, until they are removed', () => {
    const played = play(
      'timeline:\n  - {at: 2s, do: create, path: /n}\n  - {at: 3s, do: addWatch, path: /n}\n' +
        '  - {at: 4s, do: create, path: /n/c}\n  - {at: 5s, do: setData, path: /n/c}\n' +
        '  - {at: 6s, do: removeWatches, path: /n}\n  - {at: 7s, do: delete, path: /n/c}\nend: 8s\n',
    );
    expect(played.of('watchEvent').map(({ type, path }) => `${type} ${path}`)).toEqual([
      'NodeCreated /n/c',
      'NodeDataChanged /n/c',
    ]);
  });
});

test('a client with a chroot cannot delete it as its root', () => {
  const played = play(
    'clients:\n  - {name: a}\n  - {name: b, chroot: /app}\ntimeline:\n  - {at: 2s, do: create, path: /app}\n' +
      '  - {at: 3s, do: delete, client: b, path: /}\nend: 4s\nexpect:\n  nodes: {/app: {children: 0}}\n',
  );
  expect(played.report.unexpected).toEqual([]);
  expect(played.of('returned').map(({ error }) => error)).toEqual([null, 'BADARGUMENTS']);
});

test('the history of a client with a chroot shows the paths of answers as its program gets them', () => {
  const played = play(
    'clients:\n  - {name: a}\n  - {name: b, chroot: /app}\ntimeline:\n  - {at: 2s, do: create, path: /app}\n' +
      '  - {at: 3s, do: create, client: b, path: /n, mode: EPHEMERAL}\n' +
      '  - {at: 4s, do: getEphemerals, client: b}\nend: 5s\n',
  );
  const history = new ClientHistory(2, '/app');
  for (const event of played.trace) history.observe(event);
  const answers = history.rows.flatMap((row) => (row.kind === 'call' ? [row.answer] : []));
  expect(answers.map((answer) => answer?.path ?? answer?.ephemerals)).toEqual(['/n', ['/app/n']]);
});

test('a chroot is put before every path, and taken off what the program is told', () => {
  const played = play(
    'clients:\n  - {name: a}\n  - {name: b, chroot: /app}\ntimeline:\n  - {at: 2s, do: create, path: /app}\n' +
      '  - {at: 3s, do: create, client: b, path: /n}\n  - {at: 4s, do: getChildren, client: b, path: /, watch: true}\n' +
      '  - {at: 5s, do: delete, path: /app/n}\nend: 6s\nexpect:\n  nodes: {/app: {children: 0}, /n: absent}\n',
  );
  expect(played.report.unexpected).toEqual([]);
  expect(played.of('watchEvent').map(({ client, type, path }) => [client, type, path])).toEqual([
    [2, 'NodeChildrenChanged', '/'],
  ]);
});

// A packet of one's choice is lost or comes late: alone where the network loses single packets, with its connection on TCP.
import { describe, expect, test } from 'vitest';
import { PROPERTIES } from '../../properties/index.ts';
import { formatMistake, parseScenario } from '../../scenarios/parse.ts';
import { run } from '../../sim/run.ts';
import type { TraceEvent } from '../../sim/trace.ts';

function traceOf(steps: string, more = ''): TraceEvent[] {
  const parsed = parseScenario(
    `title: t\nteaches: t\nservice: register\nensemble: {voters: 3}\n${more}timeline:\n${steps}\nend: 20s\n`,
    'packet.yaml',
  );
  if ('mistakes' in parsed) throw new Error(parsed.mistakes.map(formatMistake).join('\n'));
  const trace: TraceEvent[] = [];
  const report = run(parsed.scenario, '1', { properties: PROPERTIES, keep: (event) => trace.push(event) });
  expect(report.violations).toEqual([]);
  return trace;
}

type Packet = Extract<TraceEvent, { kind: 'sent' | 'received' | 'lost' }>;

function packets(trace: readonly TraceEvent[], kind: Packet['kind'], message: string): Packet[] {
  return trace.filter((event): event is Packet => event.kind === kind && event.message.kind === message);
}

const leader = 3;
const write = (at: string): string => `  - {at: ${at}, do: write, key: x, value: 1, server: 3}`;

describe('dropMessage', () => {
  test('takes the second PROPOSAL that is sent from then on, and the connection with it', () => {
    const step = `  - {at: 4s, do: dropMessage, from: ${leader}, to: 1, message: PROPOSAL, nth: 2}`;
    const trace = traceOf([step, write('5s'), write('6s'), write('7s')].join('\n'));
    const sent = packets(trace, 'sent', 'PROPOSAL').filter(({ server, peer }) => server === leader && peer === 1);
    const [lost, ...others] = packets(trace, 'lost', 'PROPOSAL');
    expect(others).toEqual([]);
    expect(lost?.message).toBe(sent[1]?.message);
    expect(lost).toMatchObject({ server: 1, peer: leader, why: 'connection reset', connection: sent[1]?.connection });
    // The follower finds its leader again, and is brought level.
    expect(trace.some((event) => event.kind === 'syncChosen' && event.learner === 1 && event.at > 6_000_000)).toBe(
      true,
    );
    expect(trace.filter((event) => event.kind === 'landed').map(({ fault }) => fault)).toEqual(['dropMessage']);
    expect(trace.filter((event) => event.kind === 'returned').every(({ outcome }) => outcome === 'ok')).toBe(true);
  });

  test('of a vote leaves its connection whole', () => {
    const trace = traceOf('  - {at: 50ms, do: dropMessage, from: 2, to: 1, message: NOTIFICATION}');
    const [first] = packets(trace, 'sent', 'NOTIFICATION').filter(({ server, peer }) => server === 2 && peer === 1);
    const [lost] = packets(trace, 'lost', 'NOTIFICATION');
    expect(lost).toMatchObject({ server: 1, peer: 2, why: 'dropped', connection: first?.connection });
    expect(packets(trace, 'received', 'NOTIFICATION').some(({ connection }) => connection === first?.connection)).toBe(
      true,
    );
    expect(trace.some((event) => event.kind === 'disconnected' && event.connection === first?.connection)).toBe(false);
  });

  test('of a datagram loses nothing else', () => {
    const step = `  - {at: 4s, do: dropMessage, from: ${leader}, to: 1, message: COMMIT}`;
    const trace = traceOf([step, write('5s')].join('\n'), 'network: {assumption: datagram, latency: 1ms}\n');
    expect(packets(trace, 'lost', 'COMMIT')).toMatchObject([{ server: 1, why: 'dropped' }]);
    expect(packets(trace, 'lost', 'PING')).toEqual([]);
  });

  test('of what a client asks ends the connection of the client', () => {
    const step = '  - {at: 4s, do: dropMessage, from: client, to: 3, message: CLIENTREQUEST}';
    const trace = traceOf([step, write('5s')].join('\n'));
    expect(packets(trace, 'lost', 'CLIENTREQUEST')).toMatchObject([{ server: 3, peer: -1 }]);
    expect(trace.filter((event) => event.kind === 'returned')).toMatchObject([{ outcome: 'unknown' }]);
  });

  test('waits no longer than until the calm', () => {
    const step = `  - {at: 4s, do: dropMessage, from: ${leader}, to: 1, message: PROPOSAL, nth: 2}`;
    const trace = traceOf([step, write('5s'), write('7s')].join('\n'), 'calm: 6s\n');
    expect(packets(trace, 'lost', 'PROPOSAL')).toEqual([]);
    expect(trace.some((event) => event.kind === 'landed')).toBe(false);
  });
});

describe('delayMessage', () => {
  test('holds one packet, and nothing overtakes it', () => {
    const step = `  - {at: 4s, do: delayMessage, from: ${leader}, to: 1, message: PROPOSAL, for: 300ms}`;
    const trace = traceOf([step, write('5s'), write('5100ms')].join('\n'));
    const onLink = (kind: 'sent' | 'received'): Packet[] => {
      const [ofSender, ofReceiver] = kind === 'sent' ? (['server', 'peer'] as const) : (['peer', 'server'] as const);
      return trace.filter(
        (event): event is Packet =>
          event.kind === kind && event[ofSender] === leader && event[ofReceiver] === 1 && event.plane === 'quorum',
      );
    };
    const [sent, received] = [onLink('sent'), onLink('received')];
    expect(received.map(({ message }) => message)).toEqual(
      sent.slice(0, received.length).map(({ message }) => message),
    );
    const index = sent.findIndex(({ message }) => message.kind === 'PROPOSAL');
    expect(received[index]!.at - sent[index]!.at).toBeGreaterThanOrEqual(300_000);
    expect(received[index + 1]!.at).toBeGreaterThanOrEqual(received[index]!.at);
    // The other follower makes the quorum meanwhile.
    const commit = trace.find((event) => event.kind === 'committed');
    expect(commit!.at).toBeLessThan(received[index]!.at);
  });

  test('finds a packet that is under way already', () => {
    const when = `{event: sent, server: ${leader}, peer: 1, message: PROPOSAL}`;
    const step = `  - {when: ${when}, do: delayMessage, from: leader, to: 1, message: PROPOSAL, for: 300ms}`;
    const trace = traceOf([step, write('5s')].join('\n'));
    const [sent] = packets(trace, 'sent', 'PROPOSAL').filter(({ peer }) => peer === 1);
    const [received] = packets(trace, 'received', 'PROPOSAL').filter(({ server }) => server === 1);
    expect(received!.at - sent!.at).toBeGreaterThanOrEqual(300_000);
  });
});

test('ends that cannot be are mistakes', () => {
  const mistakesOf = (step: string): string => {
    const parsed = parseScenario(
      `title: t\nteaches: t\nservice: register\nensemble: {voters: 3}\ntimeline:\n  - {at: 1s, do: dropMessage, ${step}}\nend: 2s\n`,
      'packet.yaml',
    );
    return 'mistakes' in parsed ? parsed.mistakes.map(formatMistake).join('\n') : '';
  };
  expect(mistakesOf('from: 9, to: 1, message: ACK')).toMatch(/server 9/);
  expect(mistakesOf('from: 1, to: 1, message: ACK')).toMatch(/no link to itself/);
  expect(mistakesOf('from: clent, to: 1, message: ACK')).toMatch(/there is no client "clent".*client/);
  expect(mistakesOf('from: 1, to: 2, message: HELLO')).toMatch(/message/);
  expect(mistakesOf('from: leader, to: client, message: REPLY')).toBe('');
});

import { expect, test } from 'vitest';
import { FencingLedger } from '../../report/fencing.ts';
import { jsonReport } from '../../report/json.ts';
import { PLAIN } from '../../report/paint.ts';
import { decidedBy, Story } from '../../report/story.ts';
import { announcement, reproduceLine, summary } from '../../report/summary.ts';
import { columns, WIDTH } from '../../report/text.ts';
import { syncReason } from '../../report/words.ts';
import type { TraceEvent } from '../../sim/trace.ts';
import { makeZxid, ZERO } from '../../sim/zab/zxid.ts';
import { coldStart, report, scenario } from './fixture.ts';

function tell(
  events: readonly TraceEvent[],
  verbose = false,
): { readonly lines: string[]; readonly ledger: FencingLedger } {
  const lines: string[] = [];
  const ledger = new FencingLedger();
  const story = new Story({ scenario: scenario(), paint: PLAIN, verbose, ledger, write: (line) => lines.push(line) });
  events.forEach((event, index) => {
    story.observe(event, ledger.observe(event, index));
  });
  story.end();
  return { lines, ledger };
}

test('the story names time, server, the votes that decided, the epoch, commits and fates', () => {
  const text = tell(coldStart()).lines.join('\n').replaceAll(/\s+/g, ' ');
  expect(text).toContain(
    '0.700 s S3 is elected: LEADING, by the votes of S1, S2 and S3 in round 1; ' +
      'peerEpoch 0, zxid 0x0, as S1 and S2: the highest id decides',
  );
  expect(text).toContain('S3 leads DISCOVERY');
  expect(text).toContain('S3 promises epoch 1 (acceptedEpoch 0 -> 1 on disk)');
  expect(text).toContain('S3 commits 0x100000001 .. 0x100000002: 2 transactions');
  expect(text).toContain('S3 leaves 0x100000003 proposed and not committed, on disk at S2');
  expect(text).toContain('S2 keeps 0x100000003');
  expect(text).toContain('S2 fencing: refuses LEADERINFO of S3: epoch 0 < 1, promised by S3 at 1.000 s (event 9)');
});

test('packets are told only when asked for', () => {
  expect(tell(coldStart()).lines.join('\n')).not.toContain('LEADERINFO epoch 1');
  expect(tell(coldStart(), true).lines.join('\n')).toContain('sends S1 LEADERINFO epoch 1');
});

test('a proposal that the next leader lacks is told to be dropped', () => {
  const events = coldStart().map((event): TraceEvent =>
    event.kind === 'established' && event.epoch === 2 ? { ...event, server: 1, lastZxid: makeZxid(1, 2) } : event,
  );
  expect(tell(events).lines.join('\n')).toContain('drops 0x100000003: not in its log');
});

test('a refusal told once is counted when it comes again', () => {
  const events = coldStart();
  const fenced = events.find((event) => event.kind === 'fenced');
  if (fenced === undefined) throw new Error('the fixture has a refusal');
  const { lines, ledger } = tell([...events, { ...fenced, at: 9_000_000 }]);
  expect(lines.filter((line) => line.includes('fencing'))).toHaveLength(1);
  expect(ledger.entries()).toHaveLength(1);
  expect(ledger.entries()[0]?.sentence).toBe(
    'S2 refuses LEADERINFO of S3: epoch 0 < 1, promised by S3 at 1.000 s (event 9); 2 times, the last at 9.000 s',
  );
});

test('the key that decided an election is named', () => {
  const vote = (leader: number, peerEpoch: number, counter: number) => ({
    leader,
    peerEpoch,
    zxid: counter === 0 ? ZERO : makeZxid(1, counter),
  });
  const votes = (...all: ReturnType<typeof vote>[]) => new Map(all.map((one) => [one.leader, one]));
  expect(decidedBy(vote(1, 2, 1), [1, 2], votes(vote(1, 2, 1), vote(2, 1, 9)))).toBe(
    'its peerEpoch 2 is above that of S2',
  );
  expect(decidedBy(vote(1, 1, 5), [1, 2], votes(vote(1, 1, 5), vote(2, 1, 4)))).toBe(
    'its zxid 0x100000005 is above that of S2 in peerEpoch 1',
  );
  expect(decidedBy(vote(2, 1, 5), [1, 2], votes(vote(1, 1, 5), vote(2, 1, 5)))).toBe(
    'peerEpoch 1, zxid 0x100000005, as S1: the highest id decides',
  );
});

test('the reason for each mode of synchronization is in words', () => {
  const chosen = {
    kind: 'syncChosen',
    learner: 1,
    mode: 'DIFF',
    zxid: makeZxid(1, 5),
    via: 'committedLog',
    minCommittedLog: makeZxid(1, 1),
    maxCommittedLog: makeZxid(1, 5),
    lastProcessedZxid: makeZxid(1, 5),
    peerLastZxid: makeZxid(1, 3),
    queued: 2,
    startForwardingFrom: makeZxid(1, 5),
    cannotTrunc: false,
    unhandled: false,
    gap: false,
    txnlogRejected: null,
  } as const;
  expect(syncReason(chosen)).toContain('2 transactions from memory bring it level');
  expect(syncReason({ ...chosen, via: 'txnlog+committedLog' })).toContain('the log on disk still reaches back');
  expect(syncReason({ ...chosen, queued: 0, via: null, peerLastZxid: makeZxid(1, 5) })).toContain('nothing is sent');
  expect(syncReason({ ...chosen, mode: 'TRUNC', zxid: makeZxid(1, 2) })).toContain(
    'cut back to 0x100000002, then takes 2 transactions',
  );
  expect(syncReason({ ...chosen, mode: 'SNAP', txnlogRejected: 'size' })).toContain('too large');
  expect(syncReason({ ...chosen, mode: 'SNAP', cannotTrunc: true })).toContain('earlier epoch');
});

test('nothing that is told is wider than eighty columns', () => {
  const { lines, ledger } = tell(coldStart(), true);
  const options = { paint: PLAIN, wallMs: 12, reproduce: reproduceLine('three', '1', null), interrupted: false };
  const all = [
    ...lines,
    ...announcement(scenario(), '1', PLAIN),
    ...summary(report(), ledger, options),
    ...summary(
      report({ asExpected: false, unexpected: ['the leader is S2, S3 was expected: '.repeat(5)] }),
      ledger,
      options,
    ),
    ...summary(report({ verdict: 'inconclusive', asExpected: false }), ledger, { ...options, interrupted: true }),
  ];
  for (const line of all) expect(columns(line), line).toBeLessThanOrEqual(WIDTH);
});

test('the summary is honest about what was not judged', () => {
  const text = summary(report(), new FencingLedger(), {
    paint: PLAIN,
    wallMs: 1,
    reproduce: 'x',
    interrupted: false,
  }).join('\n');
  expect(text).toContain('12,345 agreement');
  expect(text).toContain('not judged, since the situation never came: observers-never-count');
  expect(text).toContain('crash 1 -> 1');
});

test('a report for programs has its keys, zxids in hexadecimal, times as they are named', () => {
  const json = jsonReport(report(), { file: null, wallMs: 12.345, interrupted: false });
  expect(json).toMatchObject({
    scenario: 'three',
    seed: '1',
    release: 'corrected',
    verdict: 'pass',
    asExpected: true,
    violations: [],
    traceHash: '0123456789abcdef',
    events: 1234,
    virtualMs: 10_000,
    wallMs: 12.3,
    properties: [
      { name: 'agreement', premises: 12_345 },
      { name: 'observers-never-count', premises: 0 },
    ],
    faults: [{ fault: 'crash', asked: 1, landed: 1 }],
    servers: [
      { id: 1, role: 'follower', acceptedEpoch: 2, currentEpoch: 2, lastZxid: '0x100000003' },
      { role: 'leader' },
      { role: 'down' },
    ],
    elections: [],
    syncs: [{ leader: 2, learner: 1, mode: 'DIFF' }],
  });
});

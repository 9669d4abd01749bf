import { expect, test } from 'vitest';
import { causes } from '../../report/cause.ts';
import { failureLines } from '../../report/failure.ts';
import { PLAIN } from '../../report/paint.ts';
import { Recent } from '../../report/recent.ts';
import { columns, WIDTH } from '../../report/text.ts';
import { Tracker } from '../../report/track.ts';
import { setOf } from '../../sim/zab/sets.ts';
import { report, scenario, trace, txn } from './fixture.ts';

const proposal = { kind: 'PROPOSAL', txn: txn(4) } as const;
const ack = { kind: 'ACK', zxid: txn(4).zxid } as const;
const ping = { kind: 'PING', zxid: txn(3).zxid, touched: [] } as const;

/** A write that a quorum is said to hold, while only its leader and a liar acknowledged it. */
const EVENTS = trace(
  [
    1,
    {
      kind: 'started',
      life: 1,
      acceptedEpoch: 1,
      currentEpoch: 1,
      lastZxid: txn(3).zxid,
      snapshot: 0,
      snapshotZxid: txn(3).zxid,
      replayed: 0,
    },
  ],
  [3, { kind: 'proposed', txn: txn(4) }],
  [3, { kind: 'sent', plane: 'quorum', connection: 9, peer: 1, message: ping }],
  [3, { kind: 'sent', plane: 'quorum', connection: 9, peer: 1, message: proposal }],
  [1, { kind: 'received', plane: 'quorum', connection: 9, peer: 3, message: ping }],
  [1, { kind: 'received', plane: 'quorum', connection: 9, peer: 3, message: proposal }],
  [0, { kind: 'fault', fault: 'diskStall', what: 'diskStall S1' }],
  [1, { kind: 'logged', txns: [txn(4)], lastZxid: txn(4).zxid }],
  [1, { kind: 'sent', plane: 'quorum', connection: 9, peer: 3, message: ack }],
  [3, { kind: 'received', plane: 'quorum', connection: 9, peer: 1, message: ack }],
  [3, { kind: 'acked', from: 1, zxid: txn(4).zxid, counted: true }],
  [3, { kind: 'committed', txn: txn(4), acks: setOf([1, 3]) }],
);
const VIOLATION = { property: 'agreement', event: 11, at: 1_200_000, why: 'S3 committed 0x100000004 too early' };

function recent(limit: number): Recent {
  const held = new Recent(limit);
  for (const event of EVENTS) held.push(event);
  return held;
}

test('the chain leads from the violating event back to the proposal, and leaves out what does not matter', () => {
  expect(causes(recent(100), VIOLATION).map(({ index }) => index)).toEqual([1, 5, 6, 7, 9, 10, 11]);
});

test('what is no longer held is not made up', () => {
  expect(causes(recent(3), VIOLATION).map(({ index }) => index)).toEqual([9, 10, 11]);
  const later = recent(2);
  later.push(EVENTS[0]!);
  later.push(EVENTS[0]!);
  expect(causes(later, VIOLATION)).toEqual([]);
});

test('a failure tells what broke, why, and the servers just before, within eighty columns', () => {
  const tracker = new Tracker([1, 2, 3]);
  for (const event of EVENTS.slice(0, 11)) tracker.observe(event);
  const lines = failureLines(
    report({ verdict: 'fail', asExpected: false, violations: [VIOLATION] }),
    scenario(),
    {
      violation: VIOLATION,
      about: 'What must hold.',
      source: 'a paper',
      causes: causes(recent(100), VIOLATION),
      before: tracker.servers,
    },
    PLAIN,
  );
  for (const line of lines) expect(columns(line), line).toBeLessThanOrEqual(WIDTH);
  const text = lines.join('\n');
  expect(text).toContain('FAIL  agreement  at 1.200 s, event 11 of 22');
  expect(text).toContain('What broke    S3 committed 0x100000004 too early');
  expect(text).toMatch(/=> {3}1\.200 s {2}S3 commits 0x100000004, acknowledged by S1 and S3 #11/);
  expect(text).toMatch(/S1 +LOOKING +1 +1 +0x100000003 +0x100000004/);
});

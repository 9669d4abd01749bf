// An ensemble that goes round in circles is told from one that stands.
import { expect, test } from 'vitest';
import { stuckWords } from '../../report/failure-words.ts';
import { ChurnWatch } from '../../sim/search/churn.ts';
import type { TraceEvent, TraceFact } from '../../sim/trace.ts';
import { setOf } from '../../sim/zab/sets.ts';
import { ZERO } from '../../sim/zab/zxid.ts';

const STARTED = {
  kind: 'started',
  life: 1,
  acceptedEpoch: 0,
  currentEpoch: 0,
  lastZxid: ZERO,
  snapshot: 0,
  snapshotZxid: ZERO,
  replayed: 0,
} as const;

/** 2 is elected, proposes an epoch, throws while it synchronizes 1, and leaves: one lap. */
function lap(epoch: number): [number, TraceFact][] {
  const vote = { leader: 2, zxid: ZERO, peerEpoch: epoch - 1 };
  const elected = { kind: 'elected', round: epoch, vote, initial: vote, supporters: setOf([1, 2]) } as const;
  return [
    [2, { ...elected, becomes: 'LEADING' }],
    [2, { kind: 'stateChanged', state: 'LEADING', why: '' }],
    [1, { ...elected, becomes: 'FOLLOWING' }],
    [1, { kind: 'stateChanged', state: 'FOLLOWING', why: '' }],
    [2, { kind: 'epochProposed', epoch, quorum: setOf([1, 2]) }],
    [1, { kind: 'leftRole', role: 'FOLLOWING', epoch, why: 'an exception in the sync' }],
    [1, { kind: 'stateChanged', state: 'LOOKING', why: '' }],
    [2, { kind: 'leftRole', role: 'LEADING', epoch, why: 'not followed by a quorum' }],
    [2, { kind: 'stateChanged', state: 'LOOKING', why: '' }],
  ];
}

function watch(facts: readonly (readonly [number, TraceFact])[]): ChurnWatch {
  const watched = new ChurnWatch([1, 2]);
  facts.forEach(([server, fact], i) => {
    const event: TraceEvent = { at: i * 100_000, server, ...fact };
    watched.observe(event);
  });
  return watched;
}

const BEGIN: [number, TraceFact][] = [
  [1, STARTED],
  [2, STARTED],
  [0, { kind: 'calm' }],
];

test('the same state again and again while epochs rise is churn, and is told as the circle it is', () => {
  const stuck = watch([...BEGIN, ...[1, 2, 3, 4, 5].flatMap(lap)]).verdict();
  expect(stuck).toMatchObject({ kind: 'churn', rising: 'epochs', every: 900_000 });
  if (stuck.kind !== 'churn') throw new Error('no churn');
  expect(stuck.laps).toBeGreaterThanOrEqual(4);
  expect(stuck.lap).toHaveLength(9);
  const { title, lines } = stuckWords(stuck);
  expect(title).toMatch(
    /^Election churn: the same state came back \d times while epochs rose from \d to 5, every 0\.900 s/,
  );
  expect(lines).toContain('S1 stops FOLLOWING in epoch 5: an exception in the sync');
});

test('before the calm nothing counts, and twice is no circle', () => {
  const early = watch([...BEGIN.slice(0, 2), ...[1, 2, 3, 4].flatMap(lap), [0, { kind: 'calm' }], ...lap(5)]);
  expect(early.verdict().kind).toBe('standing');
  expect(watch([...BEGIN, ...[1, 2].flatMap(lap)]).verdict().kind).toBe('standing');
});

test('what stands is told server by server: what each is at, and since when', () => {
  const stuck = watch([
    ...BEGIN,
    ...lap(1).slice(0, 5),
    [1, { kind: 'phaseChanged', phase: 'SYNCHRONIZATION' }],
  ]).verdict();
  expect(stuckWords(stuck).lines).toEqual([
    'S1 follows S2, and waits for the rest of its history, or for UPTODATE, since 0.800 s',
    'S2 is elected, and waits for a quorum to join its epoch, since 0.400 s',
  ]);
});

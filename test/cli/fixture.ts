import { parseScenario } from '../../scenarios/parse.ts';
import type { Report } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { TraceEvent, TraceFact } from '../../sim/trace.ts';
import type { Txn } from '../../sim/zab/messages.ts';
import { setOf } from '../../sim/zab/sets.ts';
import { makeZxid, ZERO } from '../../sim/zab/zxid.ts';

/** A scenario as its parser makes it. */
export function scenario(): Scenario {
  const parsed = parseScenario(
    [
      'title: Three servers elect a leader',
      'teaches: How a small ensemble starts, and that a long sentence is wrapped at eighty columns, however long.',
      'ensemble: { voters: 3 }',
      'timeline:',
      '  - { at: 5s, do: kill, server: 3 }',
      'end: 10s',
    ].join('\n'),
    'three.yaml',
  );
  if ('mistakes' in parsed) throw new Error(JSON.stringify(parsed.mistakes));
  return parsed.scenario;
}

export function txn(counter: number, proposer = 3, epoch = 1): Txn {
  return {
    zxid: makeZxid(epoch, counter),
    session: -2,
    cxid: counter,
    proposer,
    body: { kind: 'write', op: { key: 'a', value: counter } },
    digest: counter * 7919 + proposer,
    bytes: 100,
  };
}

/** Events a tenth of a second apart. */
export function trace(...facts: readonly (readonly [server: number, fact: TraceFact])[]): TraceEvent[] {
  return facts.map(([server, fact], i) => ({ at: (i + 1) * 100_000, server, ...fact }));
}

const ALL = setOf([1, 2, 3]);
const vote = { leader: 3, zxid: ZERO, peerEpoch: 0 };

/** A cold start, two writes, and a refusal. */
export function coldStart(): TraceEvent[] {
  return trace(
    ...[1, 2, 3].map((id): readonly [number, TraceFact] => [
      id,
      {
        kind: 'started',
        life: 1,
        acceptedEpoch: 0,
        currentEpoch: 0,
        lastZxid: ZERO,
        snapshot: 0,
        snapshotZxid: ZERO,
        replayed: 0,
      },
    ]),
    ...[1, 2, 3].map((id): readonly [number, TraceFact] => [
      id,
      { kind: 'voted', round: 1, vote: { ...vote, leader: id }, because: 'start' },
    ]),
    [3, { kind: 'elected', round: 1, vote, initial: vote, becomes: 'LEADING', supporters: ALL }],
    [3, { kind: 'stateChanged', state: 'LEADING', why: 'elected' }],
    [3, { kind: 'phaseChanged', phase: 'DISCOVERY' }],
    [3, { kind: 'epochWritten', file: 'acceptedEpoch', epoch: 1, previous: 0 }],
    [
      3,
      { kind: 'sent', plane: 'quorum', connection: 4, peer: 1, message: { kind: 'LEADERINFO', zxid: makeZxid(1, 0) } },
    ],
    [3, { kind: 'established', epoch: 1, quorum: ALL, lastZxid: ZERO }],
    [3, { kind: 'proposed', txn: txn(1) }],
    [1, { kind: 'logged', txns: [txn(1)], lastZxid: txn(1).zxid }],
    [3, { kind: 'committed', txn: txn(1), acks: ALL }],
    [3, { kind: 'proposed', txn: txn(2) }],
    [3, { kind: 'committed', txn: txn(2), acks: ALL }],
    [3, { kind: 'proposed', txn: txn(3) }],
    [2, { kind: 'logged', txns: [txn(3)], lastZxid: txn(3).zxid }],
    [3, { kind: 'ended', how: 'crash', code: 0, why: '', lost: 1, torn: false }],
    [
      2,
      {
        kind: 'fenced',
        rule: 'leaderinfo-older-than-promise',
        against: 3,
        held: 1,
        offered: 0,
        what: 'LEADERINFO',
        promise: 9,
      },
    ],
    [2, { kind: 'established', epoch: 2, quorum: setOf([1, 2]), lastZxid: txn(3).zxid }],
  );
}

export function report(changes: Partial<Report> = {}): Report {
  return {
    scenario: 'three',
    seed: '1',
    release: 'corrected',
    verdict: 'pass',
    asExpected: true,
    unexpected: [],
    violations: [],
    traceHash: '0123456789abcdef',
    events: 1234,
    traceEvents: 22,
    virtualUs: 10_000_000,
    properties: [
      { name: 'agreement', premises: 12_345, excused: null },
      { name: 'observers-never-count', premises: 0, excused: null },
    ],
    faults: [{ fault: 'crash', asked: 1, landed: 1 }],
    servers: [1, 2, 3].map((id) => ({
      id,
      role: 'voter',
      up: id !== 3,
      paused: false,
      state: id === 3 ? 'DOWN' : id === 2 ? 'LEADING' : 'FOLLOWING',
      phase: 'BROADCAST',
      mode: id === 3 ? 'not serving' : id === 2 ? 'leader' : 'follower',
      acceptedEpoch: 2,
      currentEpoch: 2,
      lastZxid: txn(3).zxid,
      lastLoggedZxid: txn(3).zxid,
      committedLog: { min: txn(1).zxid, max: txn(3).zxid, size: 3 },
      logLength: 3,
      files: ['log.100000001', 'snapshot.0'],
      stateHash: '00',
    })),
    elections: [],
    syncs: [{ at: 5, leader: 2, learner: 1, mode: 'DIFF', zxid: txn(3).zxid, via: 'committedLog' }],
    commits: 3,
    calls: { ok: 2, failed: 0, unknown: 1, pending: 0 },
    ...changes,
  };
}

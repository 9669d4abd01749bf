import { describe, expect, test } from 'vitest';
import { comparedOf, isConform, judge, SEED } from '../conformance/play.ts';
import { loadRecords } from '../conformance/record.ts';
import { isRagged } from '../conformance/repetitions.ts';
import { formatDifferences, formatTable } from '../conformance/table.ts';

const [given, own] = [loadRecords('conformance/records'), loadRecords('conformance/records/own')];
const records = [...given.records, ...own.records];
const mistakes = [...given.mistakes, ...own.mistakes];

describe('played with release 3.8.0, the simulator does what the real ensemble did', () => {
  test('every record can be read', () => {
    expect(mistakes).toEqual([]);
    expect(given.records.length).toBe(56);
    expect(own.records.length).toBe(6);
  });

  test.each(records.map((record) => [record.name, record] as const))('%s', (_name, record) => {
    const verdict = judge(record);
    expect(
      formatDifferences(verdict)
        .split('\n')
        .filter((line) => line.startsWith('  /') && !line.endsWith('(not stable in the record)')),
    ).toEqual([]);
    expect(isConform(verdict)).toBe(true);
    if (Object.keys(record.stability.differing).length === 0) expect(verdict.seed).toBe(SEED);
    expect(verdict.observations.length).toBe(Object.keys(record.observed.observations).length);
    if (!isRagged(record, 'elections')) expect(verdict.elections.length).toBe(record.observed.elections.length);
    if (!isRagged(record, 'syncs')) expect(verdict.syncs.length).toBe(record.observed.syncs.length);
  });
});

test('every request of every group is a real one: what it was answered is compared field by field', () => {
  const record = structuredClone(records.find((each) => each.name === 'A09-leader-kill-3'));
  if (record === undefined) throw new Error('the record must be there');
  const create = record.steps.find((step) => step.do === 'op');
  const result = create?.['result'] as Record<string, unknown>;
  expect(result['path']).toBe('/w');
  result['path'] = '/v';
  const verdict = judge(record);
  const paths = comparedOf(verdict).flatMap((compared) => compared.differences.map((difference) => difference.path));
  expect(paths).toEqual(['/steps/7/result/path']);
});

test('a record of requests that says something else is found to differ, too', () => {
  const record = structuredClone(records.find((each) => each.name === 'D06-sequence-numbers'));
  if (record === undefined) throw new Error('the record must be there');
  const workload = record.observed.facts['workload'] as { result: Record<string, unknown> }[];
  workload[3]!.result['path'] = '/s/n-0000000007';
  workload[5]!.result['hdr_zxid'] = '0x100000099';
  const verdict = judge(record);
  expect(comparedOf(verdict).flatMap((compared) => compared.differences.map((difference) => difference.path))).toEqual([
    '/facts/workload/3/result/path',
    '/facts/workload/5/result/hdr_zxid',
  ]);
});

test('a record that says something else is found to differ, and the table says where', () => {
  const record = structuredClone(records.find((each) => each.name === 'A09-leader-kill-3'));
  if (record === undefined) throw new Error('the record must be there');
  const election = record.observed.elections[1];
  const sync = record.observed.syncs[2];
  if (election?.vote === undefined || sync === undefined) throw new Error('the record must have them');
  election.vote.leader = 1;
  sync.via = null;
  const verdict = judge(record);
  expect(isConform(verdict)).toBe(false);
  expect(comparedOf(verdict).flatMap((compared) => compared.differences.map((difference) => difference.path))).toEqual([
    '/elections/1/vote/leader',
    '/syncs/2/via',
  ]);
  expect(formatTable([verdict])).toContain('0 of 1 records agree');
  expect(formatDifferences(verdict)).toContain('/elections/1/vote/leader: real 1, ours 3');
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Comparison, isEqual } from '../conformance/compare.ts';
import { ensembleOf } from '../conformance/ensemble.ts';
import { loadRecords, parseRecord, type CaseRecord } from '../conformance/record.ts';
import { isRagged, listsOf } from '../conformance/repetitions.ts';
import { epochEditsIn, expandOps, isWrite } from '../conformance/steps.ts';
import { translate } from '../conformance/translate.ts';

const FILE = 'conformance/records/A09-leader-kill-3.json';

function json(): Record<string, unknown> {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, unknown>;
}

function recordWith(change: (record: CaseRecord) => void): CaseRecord {
  const parsed = parseRecord('changed.json', readFileSync(FILE, 'utf8'));
  if (parsed.kind !== 'record') throw new Error('the record must be good');
  change(parsed.record);
  return parsed.record;
}

describe('records', () => {
  test('a missing folder, text that is not JSON and a wrong field are told with file and path', () => {
    expect(loadRecords('no/such/folder').mistakes).toEqual([
      { file: 'no/such/folder', path: '', message: 'there is no such folder or file' },
    ]);
    const broken = parseRecord('broken.json', '{"name": ');
    expect(broken.kind === 'mistakes' && broken.mistakes[0]?.message.startsWith('not JSON')).toBe(true);
    const wrong = json();
    wrong['steps'] = [
      { t_ms: 0, do: 'start', servers: [1] },
      { t_ms: 'soon', do: 'kill -9' },
    ];
    const parsed = parseRecord('wrong.json', JSON.stringify(wrong));
    expect(parsed.kind === 'mistakes' && parsed.mistakes.map((mistake) => `${mistake.file} ${mistake.path}`)).toEqual([
      'wrong.json steps[1].t_ms',
    ]);
  });

  test('a record of a group that nobody plays is left out, not refused', () => {
    expect(parseRecord('D01.json', '{"name": "D01", "group": "X"}')).toEqual({ kind: 'other', name: 'D01' });
  });

  test('an observation of a server that the ensemble lacks is a mistake', () => {
    const text = readFileSync(FILE, 'utf8').replace(
      '{"myid":3,"role":"participant"}',
      '{"myid":4,"role":"participant"}',
    );
    const parsed = parseRecord('strange.json', text);
    expect(parsed.kind === 'mistakes' && parsed.mistakes[0]?.message).toBe('server 3 is not in config.servers');
  });
});

describe('translation', () => {
  test('a step that is not understood, or a setting, is a reason not to play, never passed over', () => {
    const strange = translate(recordWith((record) => record.steps.push({ t_ms: 20_000, do: 'pull the plug' })));
    expect('notPlayed' in strange && strange.notPlayed).toEqual(['step 14 is not understood: pull the plug']);
    const setting = translate(
      recordWith((record) => (record.config.systemProperties['zookeeper.leaderServes'] = 'no')),
    );
    expect('notPlayed' in setting && setting.notPlayed).toEqual(['the setting zookeeper.leaderServes=no']);
  });

  test('times are strictly ascending, and every observation is looked at before the next step is done', () => {
    const translated = translate(recordWith(() => undefined));
    if (!('plan' in translated)) throw new Error('must be playable');
    const times = translated.plan.scenario.timeline.map((step) => (step.moment.kind === 'at' ? step.moment.at : -1));
    for (let i = 1; i < times.length; i++) expect(times[i]).toBeGreaterThan(times[i - 1] ?? Infinity);
    const killed = translated.plan.scenario.timeline.find((step) => step.action.kind === 'kill');
    const before = translated.plan.samples.find((sample) => sample.label === 'before');
    expect(before?.at).toBe(10_042_000);
    expect(killed?.moment).toEqual({ kind: 'at', at: 10_042_000 });
  });

  test('epoch files edited by hand are found in whichever form the step names them', () => {
    const step = { t_ms: 5, do: 'edit file' };
    expect(epochEditsIn({ ...step, server: 2, file: 'currentEpoch', content: '7\n' })).toEqual([
      { server: 2, file: 'currentEpoch', epoch: 7 },
    ]);
    expect(epochEditsIn({ ...step, servers: [1, 3], file: 'acceptedEpoch', old: 1, new: 4 })).toEqual([
      { server: 1, file: 'acceptedEpoch', epoch: 4 },
      { server: 3, file: 'acceptedEpoch', epoch: 4 },
    ]);
    expect(epochEditsIn({ ...step, path: '/s3/data/version-2/currentEpoch', value: 2 })).toEqual([
      { server: 3, file: 'currentEpoch', epoch: 2 },
    ]);
    expect(epochEditsIn({ ...step, server: 1, files: { currentEpoch: 5, acceptedEpoch: 6 } })).toEqual([
      { server: 1, file: 'currentEpoch', epoch: 5 },
      { server: 1, file: 'acceptedEpoch', epoch: 6 },
    ]);
    expect(epochEditsIn({ ...step, server: 1, file: 'log.100000001', truncatedTo: 300 })).toEqual([]);
  });

  test('groups and weights, from the record or from zoo.cfg, make a hierarchical quorum', () => {
    const config = recordWith(() => undefined).config;
    const hierarchical = ensembleOf({ ...config, zooCfg: { 'group.1': '1:2', 'group.2': '3', 'weight.3': '0' } });
    expect(hierarchical.unknown).toEqual([]);
    expect(hierarchical.ensemble.verifier).toEqual({
      kind: 'hierarchical',
      voters: 0b1110,
      groups: [
        {
          members: 0b110,
          weights: [
            [1, 1],
            [2, 1],
          ],
        },
        { members: 0b1000, weights: [[3, 0]] },
      ],
    });
  });

  test('requests are spread out as the harness sent them, and known for taking a zxid or not', () => {
    const writes = expandOps(
      {
        t_ms: 1,
        do: 'writes',
        count: 2,
        each: { op: 'create', path: '/w/nNNN', from: 8 },
        firstZxid: '0x1',
        lastZxid: '0x2',
        failed: 0,
      },
      0,
    );
    expect(writes).toMatchObject([
      { op: 'create', path: '/w/n008', fields: { op: 'create', path: '/w/n008' }, err: 'OK', zxid: '0x1' },
      { op: 'create', path: '/w/n009', fields: { op: 'create', path: '/w/n009' }, err: 'OK', zxid: '0x2' },
    ]);
    const lost = expandOps({ t_ms: 1, do: 'async writes to 2', ops: ['create2 /w/u0..1', 'create /x'] }, 0);
    expect(lost?.map((op) => op.path)).toEqual(['/w/u0', '/w/u1', '/x']);
    expect(['create', 'delete', 'setData', 'setACL', 'multi', 'reconfig'].every(isWrite)).toBe(true);
    expect(
      ['exists', 'getData', 'sync', 'multiRead', 'auth', 'setWatches', 'addWatch', 'removeWatches'].some(isWrite),
    ).toBe(false);
  });
});

describe('comparison', () => {
  test('every differing leaf is told, times are not, and what the record calls unstable does not count', () => {
    const comparison = new Comparison(['/syncs/0/via', '/observations/x/files/1']);
    const compared = comparison.at(
      '/syncs/0',
      { leader: 3, via: null, took_ms: 4, unhandled: 'some text' },
      { leader: 2, via: 'committedLog', took_ms: 9, unhandled: true },
    );
    expect(compared.differences).toEqual([
      { path: '/syncs/0/leader', real: 3, ours: 2, unstable: false },
      { path: '/syncs/0/via', real: null, ours: 'committedLog', unstable: true },
    ]);
    expect(isEqual(compared)).toBe(false);
    expect(
      isEqual(comparison.at('/observations/x/files', ['log.1', 'snapshot.0'], ['log.1', 'log.2', 'snapshot.0'])),
    ).toBe(true);
    expect(isEqual(comparison.at('/observations/y/files', ['log.1'], ['log.1', 'log.2']))).toBe(false);
  });

  test('something that only one side has is a difference', () => {
    const comparison = new Comparison([]);
    expect(comparison.at('/elections/4', undefined, { server: 1 }).differences).toEqual([
      { path: '/elections/4/server', real: '<absent>', ours: 1, unstable: false },
    ]);
    expect(comparison.at('/syncs/0', { mode: [] }, { mode: [], gap: true }).differences).toEqual([
      { path: '/syncs/0/gap', real: false, ours: true, unstable: false },
    ]);
  });

  test('where repetitions had lists of different length, what they share must be there and nothing that none had', () => {
    const record = recordWith((each) => {
      each.observed.elections = [
        { server: 1, run: 1, proposedZxid: '0x0', vote: { leader: 2, zxid: '0x0' }, becomes: 'FOLLOWING' },
      ];
      each.stability = {
        reps: 2,
        differing: {
          '/elections/1/server': ['<absent>', 2],
          '/elections/1/run': ['<absent>', 1],
          '/elections/1/proposedZxid': ['<absent>', '0x5'],
          '/elections/1/vote/leader': ['<absent>', 2],
          '/elections/1/vote/zxid': ['<absent>', '0x5'],
        },
      };
    });
    expect(isRagged(record, 'elections')).toBe(true);
    expect(isRagged(record, 'syncs')).toBe(false);
    const [first, second] = [
      { server: 1, run: 1, proposedZxid: '0x0', vote: { leader: 2, zxid: '0x0' }, becomes: 'FOLLOWING' },
      { server: 2, run: 1, proposedZxid: '0x5', vote: { leader: 2, zxid: '0x5' } },
    ];
    const lists = listsOf(record, 'elections');
    expect(lists).toEqual([[first], [first, second]]);
    const comparison = new Comparison([]);
    const agrees = (ours: readonly unknown[]): boolean => comparison.among('/elections', lists, ours).every(isEqual);
    expect(agrees([first])).toBe(true);
    expect(agrees([second, first, second])).toBe(true);
    expect(agrees([second])).toBe(false);
    expect(agrees([first, { ...first, becomes: 'LEADING' }])).toBe(false);
  });
});

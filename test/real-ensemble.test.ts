// The parts that speak with real servers say what the wire, the logs and the records say; no server is started here.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeBody, errorName, hex } from '../scripts/real-ensemble/answers.ts';
import { Reader, Writer } from '../scripts/real-ensemble/jute.ts';
import { casePlanOf, randomPlan, unplayable } from '../scripts/real-ensemble/plans.ts';
import { encode } from '../scripts/real-ensemble/requests.ts';
import { electionsOf, readServerLog, syncsOf } from '../scripts/real-ensemble/server-log.ts';
import { findInstallation } from '../scripts/real-ensemble/servers.ts';
import { readTxnLog } from '../scripts/real-ensemble/txn-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'zabsim-real-'));

describe('the wire', () => {
  test('a create is its path, data, list and flags; containers have an opcode of their own', () => {
    const { opcode, body } = encode({ op: 'create', path: '/a', data: 'x', mode: 'EPHEMERAL' });
    expect(opcode).toBe(1);
    expect(body.toString('hex')).toBe(
      '000000022f61' +
        '0000000178' +
        '00000001' +
        '0000001f' +
        '00000005776f726c64' +
        '00000006616e796f6e65' +
        '00000001',
    );
    expect(encode({ op: 'create', path: '/a', mode: 'CONTAINER' }).opcode).toBe(19);
    expect(encode({ op: 'create2', path: '/a', mode: 'PERSISTENT_WITH_TTL', ttl: 5 }).opcode).toBe(21);
    expect(() => encode({ op: 'dance' })).toThrow('there is no request dance');
  });

  test('a multi is answered result by result', () => {
    const body = new Writer();
    body.int(1).bool(false).int(0).text('/a');
    body.int(-1).bool(false).int(-101).int(-101);
    body.int(-1).bool(true).int(-1);
    expect(decodeBody(new Reader(body.bytes()), 14, {}, new Map())).toEqual({
      results: [
        { type: 'create', path: '/a' },
        { type: 'error', code: -101, err: 'NONODE' },
      ],
    });
    expect(errorName(-4242)).toBe('-4242');
    expect(hex(-1n)).toBe('0xffffffffffffffff');
  });
});

test('a log file is read up to the zeros behind its last record', () => {
  const txn = new Writer().long(7n).int(3).long(0x1_0000_0002n).long(0n).int(2).text('/gone').bytes();
  const file = new Writer().int(0x5a4b4c47).int(2).long(0n).long(1n).buffer(txn).bool(true).bytes();
  const path = join(folder, 'log.1');
  writeFileSync(path, Buffer.concat([file, Buffer.alloc(4096)]));
  const labels = new Map([[7n, 'A']]);
  expect(readTxnLog(path, labels)).toEqual([
    { zxid: '0x100000002', session: 'A', cxid: 3, type: 'delete', path: '/gone' },
  ]);
});

test('elections and synchronizations are found in the logs of their servers', () => {
  const lines = (server: number, texts: readonly string[]) => {
    const path = join(folder, `server.${server}.log`);
    const all = texts.map((text, i) => `2026-01-01 00:00:00,${100 + i} INFO Some - ${text}`);
    writeFileSync(path, [...all, '\tat some.java.Trace', ''].join('\n'));
    return readServerLog(path, server, 1);
  };
  const follower = lines(1, [
    'New election. My id = 1, proposed zxid=0x0',
    'About to leave FLE instance: leader=3, zxid=0x100000002, my id=1, my state=FOLLOWING',
    '-',
    'Getting a snapshot from leader 0x100000002',
  ]);
  const leader = lines(3, [
    '-',
    '-',
    'Synchronizing with Learner sid: 1 maxCommittedLog=0x100000002 minCommittedLog=0x100000001 ' +
      'lastProcessedZxid=0x100000002 peerLastZxid=0x5',
    'Sending snapshot last zxid of peer is 0x5, zxid of leader is 0x100000002, send zxid of db as 0x100000002, 1 concurrent',
  ]);
  expect(electionsOf(follower)).toEqual([
    { server: 1, run: 1, proposedZxid: '0x0', vote: { leader: 3, zxid: '0x100000002' }, becomes: 'FOLLOWING' },
  ]);
  expect(syncsOf([...follower, ...leader])).toMatchObject([
    {
      ...{ leader: 3, learner: 1, via: null, peerLastZxid: '0x5' },
      mode: [{ op: 'SNAP', zxid: '0x100000002' }],
      learnerSaw: { op: 'SNAP', zxid: '0x100000002' },
    },
  ]);
});

describe('what is played', () => {
  test('a seed draws the same case every time, and another seed another', () => {
    for (const kind of ['data', 'watches', 'sessions', 'quotas', 'pipelines', 'servers']) {
      const [once, again, other] = [randomPlan(kind, 5, 60), randomPlan(kind, 5, 60), randomPlan(kind, 6, 60)];
      expect(once).toBeDefined();
      expect(again).toEqual(once);
      expect(other?.steps).not.toEqual(once?.steps);
      expect(once === undefined ? [] : unplayable(once)).toEqual([]);
    }
    expect(randomPlan('no such kind', 1)).toBeUndefined();
  });

  test('a record is played again from its steps alone; a bare list of requests on three servers', () => {
    const plan = casePlanOf('x.json', [{ s: 'A', op: 'connect', server: 1, timeout: 4000 }]);
    expect(plan.config.servers.map((server) => server.myid)).toEqual([1, 2, 3]);
    expect(plan.steps.map((step) => step.do)).toContain('workload');
    expect(() => casePlanOf('x.json', [{ op: 'create' }])).toThrow(/s/);
    const steps = [{ do: 'partition', t_ms: 4, groups: [[1], [2]], result: {} }];
    const config = { servers: [{ myid: 1, role: 'participant' }], tickTime: 500, initLimit: 5, syncLimit: 2 };
    const cut = casePlanOf('y.json', { name: 'y', group: 'P', title: 'y', config, steps });
    expect(cut.steps).toEqual([{ do: 'partition', groups: [[1], [2]] }]);
    expect(unplayable(cut)).toEqual(['partition']);
  });

  test('a folder without a release is no installation', () => {
    expect(findInstallation(folder)).toBeNull();
  });
});

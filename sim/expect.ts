import { unreachable } from './assert.ts';
import type { Report, Run, ServerRow } from './run.ts';
import type { Fact } from './scenario.ts';
import { resolve } from './timeline.ts';
import { formatZxid, type Zxid } from './zab/zxid.ts';
import { statOf } from './zookeeper/stat.ts';
import { nodeAt, type Tree } from './zookeeper/tree.ts';

/** Compares how a run ended with what its scenario expects. Returns every difference in words; none is as expected. */
export function judge(run: Run, servers: () => readonly ServerRow[], verdict: Report['verdict']): string[] {
  const { expect } = run.scenario;
  const differences: string[] = [];
  const violated = run.recorder.violations.map((violation) => violation.property);
  if (expect.verdict === 'pass') {
    if (verdict === 'inconclusive') differences.push('the run did not come to its end within its budget');
    for (const property of violated)
      differences.push(`${property} is violated, and the scenario expects all properties to hold`);
  } else {
    if (!violated.some((property) => expect.properties.includes(property)))
      differences.push(`expected a violation of ${expect.properties.join(' or ')}, and none came`);
    for (const property of violated)
      if (!expect.properties.includes(property))
        differences.push(`${property} is violated, which the scenario does not expect`);
  }
  // A run that stopped at a violation has no end to compare.
  if (!run.stopped) expect.facts.forEach((fact, index) => differences.push(...compare(run, servers(), fact, index)));
  return differences;
}

function compare(run: Run, servers: readonly ServerRow[], fact: Fact, index: number): string[] {
  switch (fact.kind) {
    case 'leader': {
      const [leader] = resolve(run.world, 'leader').filter((id) =>
        servers.some((row) => row.id === id && row.mode === 'leader'),
      );
      return equal('leader', fact.server, leader ?? null);
    }
    case 'epoch': {
      const epochs = run.facts.established.map(({ epoch }) => epoch);
      return equal('last established epoch', fact.epoch, epochs[epochs.length - 1] ?? 0);
    }
    case 'server':
      return compareServer(servers, fact);
    case 'sync':
      return compareSync(run, fact);
    case 'lastZxid': {
      const serving = servers.filter((row) => row.mode !== 'not serving');
      const off = serving.filter((row) => row.lastZxid !== fact.zxid);
      if (serving.length === 0) return ['lastZxid: nobody serves'];
      return off.map((row) => `lastZxid of server ${row.id}: expected ${zxid(fact.zxid)}, got ${zxid(row.lastZxid)}`);
    }
    case 'fenced': {
      const { by, server, rule } = fact;
      const found = run.facts.fenced.some(
        (one) =>
          (by === null || one.by === by) &&
          (server === null || one.against === server) &&
          (rule === null || one.rule === rule),
      );
      return found
        ? []
        : [
            `nobody fenced ${server ?? 'anybody'}${by === null ? '' : ` at server ${by}`}${rule === null ? '' : ` by ${rule}`}`,
          ];
    }
    case 'elected': {
      const times = run.facts.elections.filter((one) => one.server === fact.server && one.becomes === 'LEADING').length;
      if (fact.times === null) return times > 0 ? [] : [`server ${fact.server} was never elected`];
      return equal(`elections of server ${fact.server}`, fact.times, times);
    }
    case 'value':
      return compareValue(run, servers, fact);
    case 'outcome': {
      const client = run.scenario.clients.findIndex((one) => one.name === fact.client) + 1;
      const got = run.facts.outcomes.get(`${client}/${fact.call}`);
      const what = `of call ${fact.call} of ${fact.client}`;
      return [
        ...equal(`outcome ${what}`, fact.outcome, got?.outcome ?? 'pending'),
        ...(fact.error === null ? [] : equal(`error ${what}`, fact.error, got?.error ?? null)),
      ];
    }
    case 'node':
      return compareNode(run, servers, fact);
    case 'leaders': {
      const leaders = new Set(run.facts.established.map(({ server }) => server)).size;
      return leaders >= fact.atLeast ? [] : [`expected at least ${fact.atLeast} established leaders, got ${leaders}`];
    }
    case 'seen':
      return compareSeen(run, fact, index);
    default:
      return unreachable(fact);
  }
}

function compareServer(servers: readonly ServerRow[], fact: Extract<Fact, { kind: 'server' }>): string[] {
  const row = servers.find(({ id }) => id === fact.server);
  if (row === undefined) return [`there is no server ${fact.server}`];
  const name = `server ${fact.server}`;
  return [
    ...(fact.up === null ? [] : equal(`${name} up`, fact.up, row.up)),
    ...(fact.state === null ? [] : equal(`state of ${name}`, fact.state, row.state)),
    ...(fact.acceptedEpoch === null ? [] : equal(`acceptedEpoch of ${name}`, fact.acceptedEpoch, row.acceptedEpoch)),
    ...(fact.currentEpoch === null ? [] : equal(`currentEpoch of ${name}`, fact.currentEpoch, row.currentEpoch)),
    ...(fact.lastZxid === null || fact.lastZxid === row.lastZxid
      ? []
      : [`last zxid of ${name}: expected ${zxid(fact.lastZxid)}, got ${zxid(row.lastZxid)}`]),
  ];
}

function compareSync(run: Run, fact: Extract<Fact, { kind: 'sync' }>): string[] {
  const found = run.facts.syncs.some(
    (one) =>
      one.learner === fact.learner &&
      one.mode === fact.mode &&
      (fact.leader === null || one.leader === fact.leader) &&
      (fact.via === null || one.via === fact.via) &&
      (fact.zxid === null || one.zxid === fact.zxid),
  );
  if (found) return [];
  const got = run.facts.syncs
    .filter((one) => one.learner === fact.learner)
    .map((one) => `${one.mode} ${zxid(one.zxid)}`);
  return [`server ${fact.learner} was never brought level by ${fact.mode}; it got ${got.join(', ') || 'nothing'}`];
}

/** The value must be the same on every server that serves. */
function compareValue(run: Run, servers: readonly ServerRow[], fact: Extract<Fact, { kind: 'value' }>): string[] {
  const { service } = run.world.config;
  const differences: string[] = [];
  let served = false;
  for (const row of servers) {
    const server = run.world.hosts[row.id]?.server;
    if (row.mode === 'not serving' || server === null || server === undefined) continue;
    served = true;
    const value = service.valueOf(server.db.tree, fact.key);
    differences.push(...equal(`value of ${fact.key} on server ${row.id}`, fact.value, value));
  }
  if (!served) differences.push(`value of ${fact.key}: nobody serves`);
  return differences;
}

/** The znode must be the same on every server that serves. */
function compareNode(run: Run, servers: readonly ServerRow[], fact: Extract<Fact, { kind: 'node' }>): string[] {
  if (run.scenario.service !== 'zookeeper') return [`node ${fact.path}: the ensemble holds no tree`];
  const trees = servers.flatMap(({ id, mode }): (readonly [number, Tree])[] => {
    const server = run.world.hosts[id]?.server ?? null;
    return mode === 'not serving' || server === null ? [] : [[id, server.db.tree as Tree]];
  });
  if (trees.length === 0) return [`node ${fact.path}: nobody serves`];
  return trees.flatMap(([id, tree]) => {
    const node = nodeAt(tree, fact.path);
    const where = `${fact.path} on server ${id}`;
    if (node === undefined || !fact.exists) return equal(`${where} exists`, fact.exists, node !== undefined);
    const { data, version, children, ephemeral } = fact;
    const stat = statOf(node);
    return [
      ...(data === null ? [] : equal(`data of ${where}`, data, node.data)),
      ...(version === null ? [] : equal(`version of ${where}`, version, stat.version)),
      ...(children === null ? [] : equal(`children of ${where}`, children, stat.numChildren)),
      ...(ephemeral === null ? [] : equal(`${where} is ephemeral`, ephemeral, node.owner.kind === 'ephemeral')),
    ];
  });
}

function compareSeen(run: Run, fact: Extract<Fact, { kind: 'seen' }>, index: number): string[] {
  const seen = run.facts.seen[index] ?? 0;
  const what = `trace events like ${fact.condition.event}`;
  if (seen < fact.atLeast) return [`expected at least ${fact.atLeast} ${what}, got ${seen}`];
  return fact.atMost !== null && seen > fact.atMost ? [`expected at most ${fact.atMost} ${what}, got ${seen}`] : [];
}

function equal(
  what: string,
  expected: string | number | boolean | null,
  got: string | number | boolean | null,
): string[] {
  return expected === got ? [] : [`${what}: expected ${String(expected)}, got ${String(got)}`];
}

function zxid(value: number): string {
  return formatZxid(value as Zxid);
}

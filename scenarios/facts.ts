import type { Condition, Fact } from '../sim/scenario.ts';
import type { ExpectFields } from './schema.ts';
import type { ConditionFields } from './steps.ts';

/** What `expect:` says, as a list of facts in the order of its keys. */
export function factsOf(expect: ExpectFields): Fact[] {
  const facts: Fact[] = [];
  if (expect.leader !== undefined)
    facts.push({ kind: 'leader', server: expect.leader === 'none' ? null : expect.leader });
  if (expect.leaders !== undefined) facts.push({ kind: 'leaders', atLeast: expect.leaders });
  if (expect.epoch !== undefined) facts.push({ kind: 'epoch', epoch: expect.epoch });
  if (expect.lastZxid !== undefined) facts.push({ kind: 'lastZxid', zxid: expect.lastZxid });
  for (const [id, fact] of Object.entries(expect.servers ?? {}))
    facts.push({
      kind: 'server',
      server: Number(id),
      state: fact.state ?? null,
      acceptedEpoch: fact.acceptedEpoch ?? null,
      currentEpoch: fact.currentEpoch ?? null,
      lastZxid: fact.lastZxid ?? null,
      up: fact.up ?? null,
    });
  for (const [id, times] of Object.entries(expect.elected ?? {}))
    facts.push({ kind: 'elected', server: Number(id), times });
  for (const { leader, learner, mode, via, zxid } of expect.syncs ?? [])
    facts.push({ kind: 'sync', leader: leader ?? null, learner, mode, via: via ?? null, zxid: zxid ?? null });
  for (const { server, rule, by } of expect.fenced ?? [])
    facts.push({ kind: 'fenced', server: server ?? null, rule: rule ?? null, by: by ?? null });
  for (const [key, value] of Object.entries(expect.values ?? {})) facts.push({ kind: 'value', key, value });
  for (const { error, ...outcome } of expect.outcomes ?? [])
    facts.push({ kind: 'outcome', ...outcome, error: error ?? null });
  for (const [path, node] of Object.entries(expect.nodes ?? {})) {
    const { data = null, version = null, children = null, ephemeral = null } = node === 'absent' ? {} : node;
    facts.push({ kind: 'node', path, exists: node !== 'absent', data, version, children, ephemeral });
  }
  for (const { atLeast, atMost, ...condition } of expect.seen ?? [])
    facts.push({
      kind: 'seen',
      condition: conditionOf(condition),
      // A bare `atMost` asks for no event at all.
      atLeast: atLeast ?? (atMost === undefined ? 1 : 0),
      atMost: atMost ?? null,
    });
  return facts;
}

export function conditionOf(fields: ConditionFields): Condition {
  return {
    event: fields.event,
    nth: fields.nth ?? 1,
    server: fields.server ?? null,
    peer: fields.peer ?? null,
    message: fields.message ?? null,
    epoch: fields.epoch ?? null,
    zxid: fields.zxid ?? null,
    write: fields.write ?? null,
    state: fields.state ?? null,
    phase: fields.phase ?? null,
    after: fields.after ?? null,
    ...(fields.client === undefined ? {} : { client: fields.client }),
    ...(fields.fact === undefined ? {} : { fact: fields.fact }),
  };
}

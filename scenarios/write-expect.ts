import type { Expectation, Fact } from '../sim/scenario.ts';
import { flow, flowList, flowWord, list, word, zxid, type Pairs } from './write-values.ts';
import { writeCondition } from './write-steps.ts';

/** The section `expect`; nothing when it is the usual one. Facts come in the order in which a file names them. */
export function writeExpect({ verdict, properties, facts }: Expectation): string[] {
  const lines: string[] = [];
  if (verdict !== 'pass') lines.push(`  verdict: ${verdict}`);
  if (properties.length > 0) lines.push(`  properties: ${flowList(properties.map(word))}`);
  const of = <K extends Fact['kind']>(kind: K): Extract<Fact, { kind: K }>[] =>
    facts.filter((fact): fact is Extract<Fact, { kind: K }> => fact.kind === kind);
  for (const { server } of of('leader')) lines.push(`  leader: ${server ?? 'none'}`);
  for (const { atLeast } of of('leaders')) lines.push(`  leaders: ${atLeast}`);
  for (const { epoch } of of('epoch')) lines.push(`  epoch: ${epoch}`);
  for (const fact of of('lastZxid')) lines.push(`  lastZxid: ${zxid(fact.zxid)}`);
  const servers = of('server').map((fact) => [String(fact.server), flow(serverFact(fact))] as const);
  if (servers.length > 0) lines.push('  servers:', ...servers.map(([id, said]) => `    ${id}: ${said}`));
  const elected = of('elected').map(({ server, times }) => [String(server), String(times ?? 1)] as const);
  if (elected.length > 0) lines.push(`  elected: ${flow(elected)}`);
  lines.push(
    ...list(
      'syncs',
      of('sync').map((fact) =>
        named([
          ['learner', fact.learner],
          ['leader', fact.leader],
          ['mode', fact.mode],
          ['via', fact.via === null ? null : word(fact.via)],
          ['zxid', fact.zxid === null ? null : zxid(fact.zxid)],
        ]),
      ),
      '  ',
    ),
    ...list(
      'fenced',
      of('fenced').map(({ server, by, rule }) =>
        named([
          ['server', server],
          ['by', by],
          ['rule', rule],
        ]),
      ),
      '  ',
    ),
  );
  const values = of('value').map(({ key, value }) => [word(key), String(value)] as const);
  if (values.length > 0) lines.push(`  values: ${flow(values)}`);
  const nodes = of('node').map((fact) => [flowWord(fact.path), fact.exists ? flow(nodeFact(fact)) : 'absent'] as const);
  if (nodes.length > 0) lines.push('  nodes:', ...nodes.map(([path, said]) => `    ${path}: ${said}`));
  lines.push(
    ...list(
      'outcomes',
      of('outcome').map(({ client, call, outcome, error }) =>
        named([
          ['client', word(client)],
          ['call', call],
          ['outcome', outcome],
          ['error', error === null ? null : flowWord(error)],
        ]),
      ),
      '  ',
    ),
    ...list('seen', of('seen').map(seenFact), '  '),
  );
  return lines.length === 0 ? [] : ['expect:', ...lines];
}

/** Without those that say nothing. */
function named(pairs: readonly (readonly [string, string | number | boolean | null])[]): Pairs {
  return pairs.flatMap(([key, value]): Pairs => (value === null ? [] : [[key, String(value)]]));
}

function serverFact(fact: Extract<Fact, { kind: 'server' }>): Pairs {
  return named([
    ['state', fact.state],
    ['acceptedEpoch', fact.acceptedEpoch],
    ['currentEpoch', fact.currentEpoch],
    ['lastZxid', fact.lastZxid === null ? null : zxid(fact.lastZxid)],
    ['up', fact.up],
  ]);
}

function nodeFact({ data, version, children, ephemeral }: Extract<Fact, { kind: 'node' }>): Pairs {
  return named([
    ['data', data === null ? null : flowWord(data)],
    ['version', version],
    ['children', children],
    ['ephemeral', ephemeral],
  ]);
}

/** A bare `atMost` asks for no event at all, a bare condition for one. */
function seenFact({ condition, atLeast, atMost }: Extract<Fact, { kind: 'seen' }>): Pairs {
  const usual = atMost === null ? 1 : 0;
  return [
    ...writeCondition(condition),
    ...named([
      ['atLeast', atLeast === usual ? null : atLeast],
      ['atMost', atMost],
    ]),
  ];
}

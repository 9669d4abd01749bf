import { type QuorumVerifier } from '../sim/zab/quorum.ts';
import { MAX_SERVER_ID, setOf, type ServerId, type ServerSet } from '../sim/zab/sets.ts';
import type { Path } from './positions.ts';
import type { ScenarioFile } from './schema.ts';

/** Takes a mistake: where, and what. `key`: the key at the path is wrong, not its value. */
export type ReportMistake = (path: Path, message: string, key?: boolean) => void;

/** Who there is and who votes. */
export interface Ensemble {
  readonly servers: readonly ServerId[];
  readonly voters: readonly ServerId[];
  readonly observers: ServerSet;
  readonly verifier: QuorumVerifier;
  /** Up from the first moment. */
  readonly started: readonly ServerId[];
}

type Fields = ScenarioFile['ensemble'];

/** The ensemble; undefined, with every mistake reported, when there can be none. */
export function resolveEnsemble(fields: Fields, report: ReportMistake): Ensemble | undefined {
  let sound = true;
  const mistake: ReportMistake = (path, message, key) => {
    sound = false;
    report(['ensemble', ...path], message, key);
  };
  const voters = idsOf(fields.voters, 0, 'voters', mistake);
  const observers = idsOf(fields.observers ?? 0, Math.max(0, ...voters), 'observers', mistake);
  if (voters.length === 0) mistake(['voters'], 'an ensemble needs at least one voter');
  if (voters.length + observers.length > MAX_SERVER_ID) mistake(['voters'], `at most ${MAX_SERVER_ID} servers`);
  for (const [index, id] of observers.entries())
    if (voters.includes(id))
      mistake(
        Array.isArray(fields.observers) ? ['observers', index] : ['observers'],
        `server ${id} is a voter already`,
      );
  const servers = [...new Set([...voters, ...observers])].sort((a, b) => a - b);
  const verifier = verifierOf(fields, voters, mistake);
  const started = startedOf(fields, servers, mistake);
  if (!sound) return undefined;
  return { servers, voters, observers: setOf(observers), verifier, started };
}

function idsOf(value: number | readonly number[], after: number, what: string, mistake: ReportMistake): ServerId[] {
  if (typeof value === 'number') {
    if (after + value > MAX_SERVER_ID) mistake([what], `server ids end at ${MAX_SERVER_ID}`);
    return Array.from({ length: Math.max(0, Math.min(value, MAX_SERVER_ID - after)) }, (_, index) => after + index + 1);
  }
  const ids: ServerId[] = [];
  for (const [index, id] of value.entries())
    if (ids.includes(id)) mistake([what, index], `server ${id} is named twice`);
    else ids.push(id);
  return ids;
}

function startedOf(fields: Fields, servers: readonly ServerId[], mistake: ReportMistake): readonly ServerId[] {
  const { started = 'all' } = fields;
  if (started === 'all') return servers;
  if (started === 'none') return [];
  for (const [index, id] of started.entries()) {
    if (!servers.includes(id)) mistake(['started', index], unknownServer(id, servers));
    if (started.indexOf(id) !== index) mistake(['started', index], `server ${id} is named twice`);
  }
  return started;
}

/** Weights without groups are one group, as a zoo.cfg with a single group.1 line would have it. */
function verifierOf(fields: Fields, voters: readonly ServerId[], mistake: ReportMistake): QuorumVerifier {
  if (fields.groups === undefined && fields.weights === undefined) return { kind: 'majority', voters: setOf(voters) };
  const weights = new Map<ServerId, number>();
  for (const [key, weight] of Object.entries(fields.weights ?? {})) {
    const id = Number(key);
    if (voters.includes(id)) weights.set(id, weight);
    else mistake(['weights', key], `only voters have weights; ${unknownServer(id, voters, 'voter')}`, true);
  }
  const groups = fields.groups ?? [voters];
  const seen = new Set<ServerId>();
  for (const [index, group] of groups.entries())
    for (const [at, id] of group.entries()) {
      if (!voters.includes(id))
        mistake(['groups', index, at], `only voters are in groups; ${unknownServer(id, voters, 'voter')}`);
      else if (seen.has(id)) mistake(['groups', index, at], `server ${id} is in two groups`);
      seen.add(id);
    }
  for (const id of voters) if (!seen.has(id)) mistake(['groups'], `voter ${id} is in no group`);
  const verifierGroups = groups.map((group) => ({
    members: setOf(group),
    weights: group.map((id): [ServerId, number] => [id, weights.get(id) ?? 1]),
  }));
  // Every group of weight zero: no set of acknowledgements, however large, would be a quorum.
  if (verifierGroups.every((group) => group.weights.every(([, weight]) => weight === 0)))
    mistake(
      [fields.weights === undefined ? 'groups' : 'weights'],
      'a quorum of weight zero: at least one voter needs a weight',
    );
  return { kind: 'hierarchical', voters: setOf(voters), groups: verifierGroups };
}

export function unknownServer(id: ServerId, servers: readonly ServerId[], what = 'server'): string {
  return `there is no ${what} ${id}; there ${servers.length === 1 ? 'is' : 'are'} ${servers.join(', ')}`;
}

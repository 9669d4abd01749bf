import type { ClientModel, Scenario, Step } from '../sim/scenario.ts';
import { DEFAULT_MODELS, defaultSettings, USUAL_SERVICE, usualClient, usualSessionMs } from '../sim/defaults.ts';
import { MS, type Range } from '../sim/time.ts';
import { findBug } from '../sim/zab/bugs/index.ts';
import { members, type ServerId } from '../sim/zab/sets.ts';
import { DEFAULT_CLIENT } from './build.ts';
import { isRecipe, writeRecipe } from './schema-recipes.ts';
import { isEndless, isWorkload, writeWorkload } from './schema-workloads.ts';
import { formatDuration } from './units.ts';
import { writeExpect } from './write-expect.ts';
import { writeSchedule } from './write-schedule.ts';
import { writeStep } from './write-steps.ts';
import {
  flow,
  flowList,
  flowWord,
  list,
  range,
  same,
  section,
  signed,
  word,
  wrapped,
  type Pairs,
} from './write-values.ts';

/** A scenario as the file that a person would write: only what differs from the defaults, in the units that suit it.
 *  `parseScenario` of the text yields the same scenario, if a file can say it at all: the values of calls that write nothing
 *  are those of `canonicalScenario`, and no client is a bare connection.
 *  `comments` stand at its head, one a line; `schema` is where editors find the schema, seen from the file. */
export function writeScenario(
  scenario: Scenario,
  comments: readonly string[] = [],
  schema = './scenario.schema.json',
): string {
  const { started, timeline } = splitStart(scenario);
  const lines = [
    `# yaml-language-server: $schema=${schema}`,
    ...comments.flatMap((comment) => wrapped(comment, '# ')),
    `title: ${word(scenario.title)}`,
    ...teaches(scenario.teaches),
    ...section('ensemble', ensembleOf(scenario, started)),
    ...section('zooCfg', settingsOf(scenario)),
    ...releaseOf(scenario.release),
    ...(scenario.service === USUAL_SERVICE ? [] : [`service: ${scenario.service}`]),
    ...modelsOf(scenario),
    ...clientsOf(scenario),
    ...list(
      'timeline',
      timeline.map((step, index) => writeStep(scenario, step, index)),
    ),
    ...(scenario.calmAt === null ? [] : [`calm: ${formatDuration(scenario.calmAt)}`]),
    `end: ${formatDuration(scenario.endAt)}`,
    ...(scenario.beyondBudget ? ['beyondBudget: true'] : []),
    ...writeSchedule(scenario.schedule, scenario.clients),
    ...writeExpect(scenario.expect),
  ];
  return `${lines.join('\n')}\n`;
}

/** One paragraph is folded, as a person would; anything else is quoted as YAML sees fit. */
function teaches(text: string): string[] {
  const plain = /^[^\s\u0000-\u001f\u007f-\u009f\u2028\u2029]+( [^\s\u0000-\u001f\u007f-\u009f\u2028\u2029]+)*$/u.test(
    text,
  );
  return plain ? ['teaches: >', ...wrapped(text, '  ')] : [`teaches: ${word(text)}`];
}

// ── the ensemble and its world

/** Who is started at once, which a file says of the ensemble, and the steps that it lists. */
export function splitStart(scenario: Scenario): { started: readonly ServerId[]; timeline: readonly Step[] } {
  const [first, ...rest] = scenario.timeline;
  if (
    first === undefined ||
    first.action.kind !== 'start' ||
    first.label !== null ||
    first.moment.kind !== 'at' ||
    first.moment.at !== 0
  )
    return { started: [], timeline: scenario.timeline };
  const ids = first.action.servers.filter((who) => typeof who === 'number');
  const whole = ids.length > 0 && ids.length === first.action.servers.length && new Set(ids).size === ids.length;
  return whole ? { started: ids, timeline: rest } : { started: [], timeline: scenario.timeline };
}

function ensembleOf({ servers, verifier, observers }: Scenario, started: readonly ServerId[]): Pairs {
  const voters = members(verifier.voters);
  const others = members(observers);
  const counted = voters.every((id, index) => id === index + 1);
  const last = voters[voters.length - 1] ?? 0;
  const following = others.every((id, index) => id === last + index + 1);
  const pairs: [string, string][] = [['voters', counted ? String(voters.length) : flowList(voters.map(String))]];
  if (others.length > 0) pairs.push(['observers', following ? String(others.length) : flowList(others.map(String))]);
  if (verifier.kind === 'hierarchical') {
    const groups = verifier.groups.map((group) => group.weights.map(([id]) => id));
    const weights = verifier.groups.flatMap((group) => group.weights.filter(([, weight]) => weight !== 1));
    const single = groups.length === 1 && same(groups[0] ?? [], voters) && weights.length > 0;
    if (!single) pairs.push(['groups', flowList(groups.map((group) => flowList(group.map(String))))]);
    if (weights.length > 0) pairs.push(['weights', flow(weights.map(([id, weight]) => [String(id), String(weight)]))]);
  }
  if (!same(started, servers)) pairs.push(['started', started.length === 0 ? 'none' : flowList(started.map(String))]);
  return pairs;
}

function settingsOf({ settings }: Scenario): Pairs {
  const usual = { ...defaultSettings(settings.tickTime), tickTime: defaultSettings().tickTime };
  return (Object.keys(usual) as (keyof typeof usual)[]).flatMap((key): Pairs => {
    if (settings[key] === usual[key]) return [];
    if (key === 'snapshotSizeFactorPpm') return [['snapshotSizeFactor', String(settings[key] / 1_000_000)]];
    if (key === 'initialZxid') return [[key, `0x${settings[key].toString(16)}`]];
    return [[key, String(settings[key])]];
  });
}

function releaseOf(release: string): string[] {
  if (release === 'corrected') return [];
  return [findBug(release)?.name === release ? `bug: ${word(release)}` : `release: ${word(release)}`];
}

function modelsOf({ network, disk, processes, clocks }: Scenario): string[] {
  const usual = DEFAULT_MODELS;
  const changedRange = (key: string, value: Range, other: Range): Pairs =>
    same(value, other) ? [] : [[key, range(value)]];
  const changed = <T>(key: string, value: T, other: T): Pairs => (value === other ? [] : [[key, String(value)]]);
  return [
    ...section('network', [
      ...changed('assumption', network.assumption, usual.network.assumption),
      ...changedRange('latency', network.latency, usual.network.latency),
      ...changed('spikePpm', network.spikePpm, usual.network.spikePpm),
      ...changedRange('spike', network.spike, usual.network.spike),
      ...changed('lossPpm', network.lossPpm, usual.network.lossPpm),
      ...changedRange('retransmit', network.retransmit, usual.network.retransmit),
      ...changed('resetPpm', network.resetPpm, usual.network.resetPpm),
      ...changed('duplicatePpm', network.duplicatePpm, usual.network.duplicatePpm),
    ]),
    ...section('disk', [
      ...changedRange('fsync', disk.sync, usual.disk.sync),
      ...changed('spikePpm', disk.spikePpm, usual.disk.spikePpm),
      ...changedRange('spike', disk.spike, usual.disk.spike),
      ...changed('failPpm', disk.failPpm, usual.disk.failPpm),
      ...ownDisks(disk.own),
    ]),
    ...section('processes', [
      ...changedRange('startup', processes.startup, usual.processes.startup),
      ...changedRange('thread', processes.thread, usual.processes.thread),
    ]),
    ...section(
      'clocks',
      clocks.map(({ server, driftPpm, offset }) => [
        String(server),
        flow([...changed('driftPpm', driftPpm, 0), ...(offset === 0 ? [] : [['offset', signed(offset)] as const])]),
      ]),
    ),
  ];
}

function ownDisks(own: Scenario['disk']['own']): Pairs {
  if (own.length === 0) return [];
  return [['servers', flow(own.map(({ server, sync }) => [String(server), flow([['fsync', range(sync)]])]))]];
}

// ── clients

function clientsOf({ clients, service }: Scenario): string[] {
  if (clients.length === 0) return ['clients: []'];
  const written = clients.map((client) => clientOf(client, service));
  // Scenarios that declare no client have this one.
  if (written.length === 1 && clients[0]?.name === DEFAULT_CLIENT && written[0]?.length === 1) return [];
  return list('clients', written);
}

function clientOf(client: ClientModel, service: Scenario['service']): Pairs {
  const pairs: [string, string][] = [['name', word(client.name)]];
  const add = (key: string, value: string, differs: boolean): void => {
    if (differs) pairs.push([key, value]);
  };
  const usual = usualClient(client.name);
  const { mix, program } = client;
  const workload = program !== undefined && isWorkload(program);
  const parts = (['write', 'read', 'sync'] as const).filter((part) => mix[part] > 0);
  add('server', String(client.server), client.server !== 'any');
  add('session', formatDuration(client.sessionTimeoutMs * MS), client.sessionTimeoutMs !== usualSessionMs(service));
  add('from', formatDuration(client.from), client.from > 0);
  add('operations', String(client.operations), workload ? !isEndless(client) : client.operations > 0);
  add('think', range(client.think), !same(client.think, usual.think));
  add(
    'mix',
    flow(parts.map((part) => [part, String(mix[part])])),
    mix.write !== usual.mix.write || mix.read !== usual.mix.read || mix.sync !== usual.mix.sync,
  );
  add('keys', String(client.keys), client.keys !== usual.keys);
  add('timeout', formatDuration(client.timeout), client.timeout !== usual.timeout);
  add('chroot', flowWord(client.chroot ?? ''), client.chroot !== undefined);
  if (program !== undefined && workload) pairs.push(['workload', writeWorkload(program)]);
  if (program !== undefined && isRecipe(program)) pairs.push(['recipe', writeRecipe(program)]);
  return pairs;
}

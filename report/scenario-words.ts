import { unreachable } from '../sim/assert.ts';
import type { Action, ClientModel, Condition, End, Fact, Moment, Scenario, Step, Who } from '../sim/scenario.ts';
import type { Micros, Range } from '../sim/time.ts';
import { DEFAULT_SETTINGS } from '../sim/zab/config.ts';
import { isEndless } from '../scenarios/schema-workloads.ts';
import { formatDuration } from '../scenarios/units.ts';
import { operationWords } from './client-words.ts';
import { count, enumerate, when, who, whoSet, zxidText } from './text.ts';

/** Who votes, who does not, and what a quorum is. */
export function ensembleWords(scenario: Scenario): string {
  const { verifier } = scenario;
  const observers = scenario.observers === 0 ? '' : `; observers ${whoSet(scenario.observers)}`;
  if (verifier.kind !== 'hierarchical') return `voters ${whoSet(verifier.voters)}, by majority${observers}`;
  const groups = verifier.groups.map(
    (group) =>
      `{${group.weights.map(([id, weight]) => `${who(id)}${weight === 1 ? '' : ` weight ${weight}`}`).join(', ')}}`,
  );
  return `voters ${whoSet(verifier.voters)}, by weight in groups ${groups.join(' ')}${observers}`;
}

/** zoo.cfg, as far as it is not ZooKeeper's default. */
export function settingsWords(scenario: Scenario): string {
  const changed = Object.entries(scenario.settings).filter(([name, value]) =>
    Object.entries(DEFAULT_SETTINGS).some(([other, usual]) => other === name && usual !== value),
  );
  return changed.length === 0
    ? "ZooKeeper's defaults"
    : changed.map(([name, value]) => `${name}=${String(value)}`).join(', ');
}

/** How chance is used; null when every draw is uniform. */
export function scheduleWords({ schedule }: Scenario): string | null {
  switch (schedule.kind) {
    case 'uniform':
      return null;
    case 'pct':
      return `pct: priorities of chains, ${count(schedule.depth - 1, 'change')} within ${schedule.steps} events`;
    case 'pos':
      return 'pos: a priority for each event, drawn anew after each race';
    case 'calm': {
      const { length } = schedule.except;
      const but = length === 0 ? '; the seed decides nothing' : `, but for ${count(length, 'draw')}`;
      return `calm: the least delays and no mishaps${but}`;
    }
    default:
      return unreachable(schedule);
  }
}

export function clientWords(client: ClientModel): string {
  const where = client.server === 'any' ? 'any server' : who(client.server);
  const { program, sessionTimeoutMs } = client;
  const session = [
    sessionTimeoutMs === 0 ? 'without a session' : `session timeout ${sessionTimeoutMs} ms`,
    when(client.chroot !== undefined, `, chroot ${client.chroot ?? ''}`),
  ].join('');
  if (program !== undefined) {
    const { instance, options } = program;
    const said = Object.entries(options).map(([name, value]) => `${name} ${String(value)}`);
    return [
      `${client.name}: at ${where}, ${session}, runs ${program.program} at ${instance}`,
      when(said.length > 0, ` (${said.join(', ')})`),
      when(isEndless(client), ', until the end'),
      when(client.operations > 0 && !isEndless(client), `, ${count(client.operations, 'round')}`),
    ].join('');
  }
  if (client.operations === 0) return `${client.name}: at ${where}, ${session}, does what the timeline says`;
  const { write, read, sync } = client.mix;
  const requests = `${count(client.operations, 'request')} (write:read:sync ${write}:${read}:${sync})`;
  const pace = `from ${formatDuration(client.from)} on, ${requests}, ${rangeWords(client.think)} apart`;
  return `${client.name}: at ${where}, ${session}, ${pace}`;
}

/** One step of a timeline as a sentence's two halves: when, and what. */
export function stepWords(step: Step): { readonly when: string; readonly what: string } {
  const label = step.label === null ? '' : ` [${step.label}]`;
  return { when: momentWords(step.moment), what: actionWords(step.action) + label };
}

function momentWords(moment: Moment): string {
  if (moment.kind === 'at') return formatDuration(moment.at);
  const delay = moment.delay === 0 ? '' : `${formatDuration(moment.delay)} after `;
  return `${delay}when ${conditionWords(moment.when)}`;
}

export function conditionWords(condition: Condition): string {
  if (condition.event === 'recipe') return saysWords(condition);
  const parts = [condition.nth === 1 ? condition.event : `${ordinal(condition.nth)} ${condition.event}`];
  if (condition.message !== null) parts.push(condition.message);
  if (condition.write !== null) parts.push(`of write ${condition.write}`);
  if (condition.zxid !== null) parts.push(`of ${zxidText(condition.zxid)}`);
  if (condition.epoch !== null) parts.push(`of epoch ${condition.epoch}`);
  if (condition.state !== null) parts.push(`to ${condition.state}`);
  if (condition.phase !== null) parts.push(`of ${condition.phase}`);
  if (condition.server !== null) parts.push(`at ${name(condition.server)}`);
  if (condition.peer !== null) parts.push(`with ${name(condition.peer)}`);
  if (condition.fact !== undefined) parts.push(`of "${condition.fact}"`);
  if (condition.client !== undefined) parts.push(`of client ${condition.client}`);
  if (condition.after !== null) parts.push(`after [${condition.after}]`);
  return parts.join(' ');
}

/** `client a says "acquired"`, `any client says "acquired" for the 2nd time after [cut]` */
function saysWords({ client, fact, nth, after }: Condition): string {
  const times = nth === 1 ? '' : ` for the ${ordinal(nth)} time`;
  const since = after === null ? '' : ` after [${after}]`;
  const what = fact === undefined ? 'something' : `"${fact}"`;
  return `${client === undefined ? 'any client' : `client ${client}`} says ${what}${times}${since}`;
}

function ordinal(n: number): string {
  const rest = n % 100;
  const ending = rest >= 11 && rest <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${ending}`;
}

function name(server: Who): string {
  if (typeof server === 'number') return who(server);
  return server === 'oldLeader' ? 'the old leader' : server === 'any' ? 'any server' : `the ${server}`;
}

function names(servers: readonly Who[]): string {
  return enumerate(servers.map(name));
}

function pairWords(pairs: readonly (readonly [Who, Who])[], oneWay: boolean): string {
  return enumerate(pairs.map(([from, to]) => `${name(from)} ${oneWay ? '->' : '<->'} ${name(to)}`));
}

function rangeWords([min, max]: Range): string {
  return min === max ? duration(min) : `${duration(min)} .. ${duration(max)}`;
}

function duration(micros: Micros): string {
  return formatDuration(micros);
}

export function actionWords(action: Action): string {
  switch (action.kind) {
    case 'start':
    case 'stop':
    case 'pause':
    case 'resume':
    case 'isolate':
      return `${action.kind} ${names(action.servers)}`;
    case 'kill':
      return `kill ${names(action.servers)}${action.unsent ? ', with what it had not sent yet' : ''}`;
    case 'crash':
      return [
        `power failure of ${names(action.servers)}`,
        when(action.keep !== null, `, ${count(action.keep ?? 0, 'record')} in flight survive`),
        when(action.torn, ', the next one torn'),
      ].join('');
    case 'slowCpu':
      return `${names(action.servers)} takes ${duration(action.perEvent)} for each event`;
    case 'partition':
      return `partition ${action.groups.map((group) => `{${group.map(name).join(', ')}}`).join(' | ')}`;
    case 'cut':
      return `cut ${pairWords(action.pairs, action.oneWay)} (${action.planes.join(', ')})`;
    case 'heal':
      return action.pairs === null ? 'heal every link' : `heal ${pairWords(action.pairs, false)}`;
    case 'clog':
      return `clog ${pairWords(action.pairs, action.oneWay)} for ${duration(action.duration)}`;
    case 'swizzle':
      return `swizzle-clog random servers for ${duration(action.duration)}`;
    case 'slowLink':
      return `slow ${pairWords(action.pairs, false)} by ${rangeWords(action.extra)} for ${duration(action.duration)}`;
    case 'reset':
      return `reset ${pairWords(action.pairs, false)}, noticed by ${action.noticed}`;
    case 'dropMessage':
      return `drop ${packetChoice(action)}`;
    case 'delayMessage':
      return `delay ${packetChoice(action)} by ${duration(action.duration)}`;
    case 'diskFull':
      return `the disk of ${names(action.servers)} is full`;
    case 'diskMended':
      return `the disk of ${names(action.servers)} is mended`;
    case 'diskFail':
      return `the next ${count(action.times, `${action.op} write`)} of ${names(action.servers)} fail`;
    case 'diskStall':
      return `the disk of ${names(action.servers)} stalls for ${duration(action.duration)}`;
    case 'diskSlow':
      return `the disk of ${names(action.servers)} takes ${rangeWords(action.sync)} for an fsync`;
    case 'wipe':
      return `${names(action.servers)} loses its data directory`;
    case 'editEpoch':
      return `${action.file} of ${names(action.servers)} is set to ${action.epoch} by hand`;
    case 'drift':
      return `the clock of ${names(action.servers)} drifts by ${action.ppm} ppm`;
    case 'chaos':
      return (
        `random faults for ${duration(action.duration)}, one every ${duration(action.meanGap)} or so: ` +
        action.faults.join(', ')
      );
    case 'write':
    case 'read':
    case 'sync':
    case 'failingWrite':
    case 'openSession':
    case 'closeSession':
      return clientActionWords(action);
    case 'request': {
      const times = action.times === 1 ? '' : `, ${action.times} times`;
      return `client ${action.client} asks${atWords(action.server)}: ${operationWords(action.operation)}${times}`;
    }
    case 'addAuth':
      return `client ${action.client} says${atWords(action.server)} who it is: ${action.scheme}`;
    case 'pauseClient':
      return `the process of client ${action.client} is paused`;
    case 'resumeClient':
      return `the process of client ${action.client} goes on`;
    case 'killClient':
      return `the process of client ${action.client} is killed`;
    case 'startClient':
      return `client ${action.client} is started again`;
    case 'cutClient': {
      const way =
        action.way === 'both'
          ? 'off from'
          : action.way === 'toServers'
            ? 'off on its way to'
            : 'off on the way back from';
      return `client ${action.client} is cut ${way} ${names(action.servers)}`;
    }
    case 'healClient':
      return `the links of client ${action.client} are mended`;
    default:
      return unreachable(action);
  }
}

function packetChoice(action: Extract<Action, { readonly kind: 'dropMessage' | 'delayMessage' }>): string {
  const end = (one: End): string => (typeof one === 'object' ? `client ${one.client}` : name(one));
  const which = action.nth === 1 ? 'the next' : `the ${ordinal(action.nth)}`;
  return `${which} ${action.message} ${end(action.from)} -> ${end(action.to)}`;
}

function atWords(server: Who | null): string {
  return server === null ? '' : ` at ${name(server)}`;
}

function clientActionWords(action: Extract<Action, { readonly key: string }>): string {
  const where = atWords(action.server);
  const times = action.times === 1 ? '' : `, ${action.times} times`;
  const what = {
    write: `writes ${action.key}=${action.value}`,
    read: `reads ${action.key}`,
    sync: 'asks for a sync',
    failingWrite: `writes ${action.key}, which must fail`,
    openSession: 'opens its session',
    closeSession: 'closes its session',
  }[action.kind];
  return `client ${action.client} ${what}${where}${times}`;
}

/** What the run must show, one line each. */
export function expectationWords(scenario: Scenario): string[] {
  const { verdict, properties, facts } = scenario.expect;
  const first =
    verdict === 'pass'
      ? 'every property holds'
      : `${properties.length === 0 ? 'some property' : enumerate(properties)} is violated`;
  return [first, ...facts.map(factWords)];
}

function factWords(fact: Fact): string {
  switch (fact.kind) {
    case 'leader':
      return fact.server === null ? 'there is no leader' : `${who(fact.server)} leads`;
    case 'server': {
      const parts: string[] = [];
      if (fact.up !== null) parts.push(fact.up ? 'up' : 'down');
      if (fact.state !== null) parts.push(fact.state);
      if (fact.acceptedEpoch !== null) parts.push(`acceptedEpoch ${fact.acceptedEpoch}`);
      if (fact.currentEpoch !== null) parts.push(`currentEpoch ${fact.currentEpoch}`);
      if (fact.lastZxid !== null) parts.push(`last zxid ${zxidText(fact.lastZxid)}`);
      return `${who(fact.server)}: ${parts.join(', ')}`;
    }
    case 'epoch':
      return `the epoch is ${fact.epoch}`;
    case 'sync':
      return [
        `${fact.leader === null ? 'a leader' : who(fact.leader)} synchronizes ${who(fact.learner)} by ${fact.mode}`,
        when(fact.via !== null, ` from ${fact.via}`),
        when(fact.zxid !== null, ` at ${zxidText(fact.zxid ?? 0)}`),
      ].join('');
    case 'lastZxid':
      return `the last zxid is ${zxidText(fact.zxid)}`;
    case 'fenced':
      return [
        `${fact.server === null ? 'somebody' : who(fact.server)} is fenced`,
        when(fact.by !== null, ` by ${who(fact.by ?? 0)}`),
        when(fact.rule !== null, `: ${fact.rule}`),
      ].join('');
    case 'elected':
      return `${who(fact.server)} is elected${fact.times === null ? '' : ` ${count(fact.times, 'time')}`}`;
    case 'value':
      return fact.value === null ? `${fact.key} is absent` : `${fact.key} is ${fact.value}`;
    case 'outcome':
      return `call ${fact.call} of client ${fact.client} ends ${fact.outcome}${when(fact.error !== null, `, ${fact.error}`)}`;
    case 'node':
      return nodeWords(fact);
    case 'leaders':
      return `at least ${count(fact.atLeast, 'leader')}`;
    case 'seen': {
      const most =
        fact.atMost === null ? '' : fact.atMost === 0 ? ', never' : `, at most ${count(fact.atMost, 'time')}`;
      const often = fact.atMost === 0 ? '' : `: at least ${count(fact.atLeast, 'time')}`;
      return `${conditionWords({ ...fact.condition, nth: 1 })}${often}${most}`;
    }
    default:
      return unreachable(fact);
  }
}

function nodeWords(fact: Extract<Fact, { readonly kind: 'node' }>): string {
  if (!fact.exists) return `there is no ${fact.path}`;
  const { data, version, children, ephemeral } = fact;
  const said = [
    ...(data === null ? [] : [`holds ${JSON.stringify(data)}`]),
    ...(version === null ? [] : [`has version ${version}`]),
    ...(children === null ? [] : [`has ${count(children, 'child', 'children')}`]),
    ...(ephemeral === null ? [] : [ephemeral ? 'is ephemeral' : 'is not ephemeral']),
  ];
  return `${fact.path} ${said.length === 0 ? 'exists' : enumerate(said)}`;
}

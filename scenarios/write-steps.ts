import { unreachable } from '../sim/assert.ts';
import type { Action, Condition, End, Scenario, Step, Who } from '../sim/scenario.ts';
import type { Micros } from '../sim/time.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import { DEFAULT_CLIENT } from './build.ts';
import { CHAOS_FAULTS, PLANES } from './names.ts';
import { formatDuration } from './units.ts';
import { writeOperation } from './write-operations.ts';
import { flow, flowList, flowWord, range, same, word, zxid, type Pairs } from './write-values.ts';

/** The timeline, as a file says it. */

/** One step of the timeline; `index` is its place in the file. */
export function writeStep(scenario: Scenario, { moment, label, action }: Step, index: number): Pairs {
  return [
    ...(moment.kind === 'at'
      ? [['at', formatDuration(moment.at)] as const]
      : [
          ['when', flow(writeCondition(moment.when))] as const,
          ...(moment.delay === 0 ? [] : [['delay', formatDuration(moment.delay)] as const]),
        ]),
    ['do', nameOf(action)],
    ...actionOf(scenario, action, index),
    ...(label === null ? [] : [['label', word(label)] as const]),
  ];
}

function nameOf(action: Action): string {
  return action.kind === 'request' ? writeOperation(action.operation).name : action.kind;
}

/** A condition; what is null is not named. */
export function writeCondition(condition: Condition): Pairs {
  const { event, nth, server, peer, message, epoch, write, state, phase, after } = condition;
  const pairs: (readonly [string, string | number | null])[] = [
    ['event', event],
    ['server', server],
    ['peer', peer],
    ['message', message],
    ['epoch', epoch],
    ['zxid', condition.zxid === null ? null : zxid(condition.zxid)],
    ['write', write],
    ['state', state],
    ['phase', phase],
    ['client', condition.client === undefined ? null : word(condition.client)],
    ['fact', condition.fact === undefined ? null : word(condition.fact)],
    ['after', after === null ? null : word(after)],
    ['nth', nth === 1 ? null : nth],
  ];
  return pairs.flatMap(([key, value]): Pairs => (value === null ? [] : [[key, String(value)]]));
}

function actionOf(scenario: Scenario, action: Action, index: number): Pairs {
  const links = (pairs: readonly (readonly unknown[])[]): Pairs => [
    ['links', flowList(pairs.map((pair) => flowList(pair.map(String))))],
  ];
  const yes = (key: string, value: boolean): Pairs => (value ? [[key, 'true']] : []);
  const lasting = (micros: Micros): Pairs => [['for', formatDuration(micros)]];
  switch (action.kind) {
    case 'start':
    case 'stop':
    case 'pause':
    case 'resume':
    case 'isolate':
    case 'diskFull':
    case 'diskMended':
    case 'wipe':
      return whom(scenario, action.servers);
    case 'kill':
      return [...whom(scenario, action.servers), ...yes('unsent', action.unsent)];
    case 'crash':
      return [
        ...whom(scenario, action.servers),
        ...(action.keep === null ? [] : [['keep', String(action.keep)] as const]),
        ...yes('torn', action.torn),
      ];
    case 'slowCpu':
      return [...whom(scenario, action.servers), ['perEvent', formatDuration(action.perEvent)]];
    case 'partition':
      return [['groups', flowList(action.groups.map((group) => flowList(group.map(String))))]];
    case 'cut':
      return [
        ...links(action.pairs),
        ...yes('oneWay', action.oneWay),
        ...(same(action.planes, PLANES) ? [] : [['planes', flowList(action.planes)] as const]),
      ];
    case 'heal':
      return action.pairs === null ? [] : links(action.pairs);
    case 'clog':
      return [...links(action.pairs), ...yes('oneWay', action.oneWay), ...lasting(action.duration)];
    case 'swizzle':
      return lasting(action.duration);
    case 'slowLink':
      return [...links(action.pairs), ['extra', range(action.extra)], ...lasting(action.duration)];
    case 'reset':
      return [...links(action.pairs), ...(action.noticed === 'both' ? [] : [['noticed', action.noticed] as const])];
    case 'dropMessage':
      return packetOf(action);
    case 'delayMessage':
      return [...packetOf(action), ...lasting(action.duration)];
    case 'diskFail':
      return [
        ...whom(scenario, action.servers),
        ['op', action.op],
        ...(action.times === 1 ? [] : [['times', String(action.times)] as const]),
      ];
    case 'diskStall':
      return [...whom(scenario, action.servers), ...lasting(action.duration)];
    case 'diskSlow':
      return [...whom(scenario, action.servers), ['fsync', range(action.sync)]];
    case 'editEpoch':
      return [...whom(scenario, action.servers), ['file', action.file], ['epoch', String(action.epoch)]];
    case 'drift':
      return [...whom(scenario, action.servers), ['ppm', String(action.ppm)]];
    case 'write':
    case 'failingWrite':
    case 'read':
    case 'sync':
    case 'openSession':
    case 'closeSession':
      return callOf(scenario, action, index);
    case 'request':
      return [
        ...clientOf(scenario, action),
        ...writeOperation(action.operation).said,
        ...(action.times === 1 ? [] : [['times', String(action.times)] as const]),
      ];
    case 'addAuth':
      return [...clientOf(scenario, action), ['scheme', flowWord(action.scheme)], ['auth', flowWord(action.auth)]];
    case 'pauseClient':
    case 'resumeClient':
    case 'killClient':
    case 'startClient':
    case 'healClient':
      return clientOf(scenario, { client: action.client, server: null });
    case 'cutClient':
      return [
        ...clientOf(scenario, { client: action.client, server: null }),
        ...(same(action.servers, scenario.servers) ? [] : [['servers', flowList(action.servers.map(String))] as const]),
        ...(action.way === 'both' ? [] : [['way', action.way] as const]),
      ];
    case 'chaos':
      return [
        ...lasting(action.duration),
        ['meanGap', formatDuration(action.meanGap)],
        ...(same(action.faults, CHAOS_FAULTS) ? [] : [['faults', flowList(action.faults)] as const]),
      ];
    default:
      return unreachable(action);
  }
}

function whom(scenario: Scenario, servers: readonly (ServerId | string)[]): Pairs {
  if (servers.length > 1 && same(servers, scenario.servers)) return [['servers', 'all']];
  return servers.length === 1 ? [['server', String(servers[0])]] : [['servers', flowList(servers.map(String))]];
}

function packetOf(action: Extract<Action, { kind: 'dropMessage' | 'delayMessage' }>): Pairs {
  const end = (one: End): string => (typeof one === 'object' ? word(one.client) : String(one));
  const nth: Pairs = action.nth === 1 ? [] : [['nth', String(action.nth)]];
  return [['from', end(action.from)], ['to', end(action.to)], ['message', action.message], ...nth];
}

function clientOf(
  scenario: Scenario,
  { client, server }: { readonly client: string; readonly server: Who | null },
): Pairs {
  return [
    ...(client === (scenario.clients[0]?.name ?? DEFAULT_CLIENT) ? [] : [['client', word(client)] as const]),
    ...(server === null ? [] : [['server', String(server)] as const]),
  ];
}

function callOf(scenario: Scenario, action: Extract<Action, { key: string }>, index: number): Pairs {
  const { kind, key, value, times } = action;
  const writes = kind === 'write' || kind === 'failingWrite';
  // Of the others key and value mean nothing, and a file cannot say them.
  const about = writes || kind === 'read';
  return [
    ...clientOf(scenario, action),
    ...(!about || (key === 'x' && !writes) ? [] : [['key', word(key)] as const]),
    ...(!about || (value === index + 1 && !writes) ? [] : [['value', String(value)] as const]),
    ...(times === 1 ? [] : [['times', String(times)] as const]),
  ];
}

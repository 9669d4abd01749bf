import { HARMLESS } from '../sim/harmless.ts';
import type { Who } from '../sim/scenario.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import { pathMistake } from '../sim/zookeeper/paths.ts';
import { type Ensemble, type ReportMistake, unknownServer } from './ensemble.ts';
import { checkEphemerals, checkOperation } from './check-operations.ts';
import { checkProcesses } from './check-processes.ts';
import type { Path } from './positions.ts';
import type { ScenarioFile } from './schema.ts';
import { isOperationStep, isWhomStep, type StepFields, type WhomStep } from './steps.ts';
import { didYouMean } from './suggest.ts';
import { ROLES } from './names.ts';
import { formatDuration } from './units.ts';

/** A step of the timeline and its place in the list; steps with mistakes of form are left out. */
export interface PlacedStep {
  readonly index: number;
  readonly step: StepFields;
}

/** What has been read so far. What is undefined was wrong or left out, and nothing is concluded from it. */
export interface Draft {
  readonly fields: Partial<ScenarioFile>;
  readonly steps: readonly PlacedStep[];
  /** Labels of all steps, those with mistakes of form too. */
  readonly labels: readonly (string | undefined)[];
  readonly ensemble: Ensemble | undefined;
  /** What is replicated; undefined when that could not be read. */
  readonly service: 'register' | 'zookeeper' | undefined;
  /** Names of clients; undefined when the list has mistakes. */
  readonly clients: readonly string[] | undefined;
}

/** What a clause of a scenario may not say although each value is well formed: unknown names and contradictions. */
export function checkDraft(draft: Draft, report: ReportMistake): void {
  checkTimes(draft, report);
  checkLabels(draft, report);
  for (const { index, step } of draft.steps) checkStep(draft, step, ['timeline', index], report);
  checkProcesses(draft, report);
  checkClocksAndClients(draft, report);
  checkSettings(draft.fields, report);
  if (draft.fields.network?.duplicatePpm !== undefined && draft.fields.network.assumption !== 'datagram')
    report(['network', 'duplicatePpm'], 'TCP duplicates nothing; say assumption: datagram', true);
  if (draft.fields.bug !== undefined && draft.fields.release !== undefined)
    report(['bug'], 'a scenario has either a release or a bug', true);
  checkSchedule(draft, report);
  checkExpectation(draft, report);
}

function checkTimes({ fields, steps }: Draft, report: ReportMistake): void {
  const { end, calm } = fields;
  if (end !== undefined && calm !== undefined && calm >= end)
    report(['calm'], `calm comes at ${formatDuration(calm)}, not before the end at ${formatDuration(end)}`);
  for (const { index, step } of steps) {
    const path = ['timeline', index];
    if ((step.at === undefined) === (step.when === undefined)) report(path, 'a step needs either at or when');
    if (step.delay !== undefined && step.when === undefined) report([...path, 'delay'], 'delay goes with when', true);
    if (step.at === undefined) continue;
    if (end !== undefined && step.at >= end)
      report([...path, 'at'], `a step at ${formatDuration(step.at)} is not before the end at ${formatDuration(end)}`);
    else if (calm !== undefined && step.at >= calm && !HARMLESS.has(isOperationStep(step) ? 'request' : step.do))
      report(
        [...path, 'at'],
        `${step.do} at ${formatDuration(step.at)} disturbs the calm that begins at ${formatDuration(calm)}`,
      );
    if (step.do === 'chaos' && calm !== undefined && step.at < calm && step.at + step.for > calm)
      report(
        [...path, 'for'],
        `chaos lasts until ${formatDuration(step.at + step.for)}, beyond the calm at ${formatDuration(calm)}`,
      );
  }
}

function checkLabels({ steps, labels }: Draft, report: ReportMistake): void {
  for (const [index, label] of labels.entries())
    if (label !== undefined && labels.indexOf(label) !== index)
      report(['timeline', index, 'label'], `the label "${label}" is taken by step ${labels.indexOf(label) + 1}`);
  const known = labels.filter((label) => label !== undefined);
  for (const { index, step } of steps) {
    const after = step.when?.after;
    if (after === undefined) continue;
    const path = ['timeline', index, 'when', 'after'];
    if (after === step.label) report(path, 'a step cannot wait for itself');
    else if (!known.includes(after)) report(path, `no step has the label "${after}"${didYouMean(after, known)}`);
  }
}

function checkStep(draft: Draft, step: StepFields, path: Path, report: ReportMistake): void {
  const check = (value: Who | undefined, at: Path): void => checkWho(draft.ensemble, value, [...path, ...at], report);
  check(step.when?.server, ['when', 'server']);
  check(step.when?.peer, ['when', 'peer']);
  if (step.when?.client !== undefined)
    checkClient(draft.clients, step.when.client, [...path, 'when', 'client'], report);
  if (step.when?.fact !== undefined && step.when.event !== 'recipe')
    report([...path, 'when', 'fact'], `only recipe has a fact, ${step.when.event} has none`, true);
  if (step.when?.message !== undefined && !['sent', 'received', 'lost'].includes(step.when.event))
    report(
      [...path, 'when', 'message'],
      `only sent, received and lost have a message, ${step.when.event} has none`,
      true,
    );
  if (isWhomStep(step)) checkWhom(step, path, check, report);
  else if ('server' in step) check(step.server, ['server']);
  if ('links' in step && step.links !== undefined)
    for (const [index, [from, to]] of step.links.entries()) {
      check(from, ['links', index, 0]);
      check(to, ['links', index, 1]);
      if (from === to && typeof from === 'number')
        report([...path, 'links', index], `server ${from} has no link to itself`);
    }
  if (step.do === 'partition') {
    const seen = new Set<Who>();
    for (const [group, who] of step.groups.entries())
      for (const [index, member] of who.entries()) {
        check(member, ['groups', group, index]);
        if (seen.has(member)) report([...path, 'groups', group, index], `${nameOf(member)} is named twice`);
        seen.add(member);
      }
  }
  if ('from' in step)
    for (const key of ['from', 'to'] as const) {
      const named = step[key];
      if (typeof named === 'number') check(named, [key]);
      else if (!ROLES.some((role) => role === named)) checkClient(draft.clients, named, [...path, key], report);
      if (key === 'to' && named === step.from) report([...path, key], `${named} has no link to itself`);
    }
  checkOperation(step, path, draft.service, report);
  const asking = 'client' in step && step.client !== undefined ? step.client : draft.clients?.[0];
  const without = draft.fields.clients?.find(({ name }) => name === asking)?.session === 0;
  if (without && draft.service !== 'register') checkEphemerals(step, path, asking ?? '', report);
  if ('client' in step && step.client !== undefined)
    checkClient(draft.clients, step.client, [...path, 'client'], report);
}

type Check = (value: Who | undefined, at: Path) => void;

function checkWhom(step: WhomStep, path: Path, check: Check, report: ReportMistake): void {
  check(step.server, ['server']);
  const { servers } = step;
  if (servers === undefined) {
    if (step.server === undefined) report(path, `${step.do} needs a server or servers`);
    return;
  }
  if (step.server !== undefined) report([...path, 'servers'], 'a step takes either server or servers', true);
  if (servers === 'all') return;
  for (const [index, value] of servers.entries()) {
    check(value, ['servers', index]);
    if (servers.indexOf(value) !== index) report([...path, 'servers', index], `${nameOf(value)} is named twice`);
  }
}

function checkWho(ensemble: Ensemble | undefined, value: Who | undefined, path: Path, report: ReportMistake): void {
  if (ensemble === undefined || value === undefined) return;
  if (typeof value === 'number') checkServer(ensemble, value, path, report);
  else if (value === 'observer' && ensemble.observers === 0) report(path, 'the ensemble has no observer');
}

function checkServer(
  ensemble: Ensemble | undefined,
  id: ServerId,
  path: Path,
  report: ReportMistake,
  key = false,
): void {
  if (ensemble !== undefined && !ensemble.servers.includes(id)) report(path, unknownServer(id, ensemble.servers), key);
}

function checkClient(clients: readonly string[] | undefined, name: string, path: Path, report: ReportMistake): void {
  if (clients !== undefined && !clients.includes(name))
    report(path, `there is no client "${name}"${didYouMean(name, clients)}`);
}

function checkClocksAndClients({ fields, ensemble, service }: Draft, report: ReportMistake): void {
  for (const key of Object.keys(fields.disk?.servers ?? {}))
    checkServer(ensemble, Number(key), ['disk', 'servers', key], report, true);
  for (const key of Object.keys(fields.clocks ?? {})) checkServer(ensemble, Number(key), ['clocks', key], report, true);
  const names: string[] = [];
  for (const [index, client] of (fields.clients ?? []).entries()) {
    const path = ['clients', index];
    if (names.includes(client.name)) report([...path, 'name'], `the name "${client.name}" is taken`);
    names.push(client.name);
    if (typeof client.server === 'number') checkServer(ensemble, client.server, [...path, 'server'], report);
    const { mix } = client;
    if (mix !== undefined && (mix.write ?? 0) + (mix.read ?? 0) + (mix.sync ?? 0) !== 100)
      report([...path, 'mix'], 'the parts of a mix add up to 100');
    checkTreeClient(client, path, service, report);
    if (client.from !== undefined && fields.end !== undefined && client.from >= fields.end)
      report([...path, 'from'], `the client begins at ${formatDuration(client.from)}, not before the end`);
  }
}

/** What only clients of ZooKeeper's own service, with sessions, can have. */
function checkTreeClient(
  client: NonNullable<ScenarioFile['clients']>[number],
  path: Path,
  service: Draft['service'],
  report: ReportMistake,
): void {
  const { chroot, workload, recipe, mix, keys } = client;
  for (const key of ['chroot', 'workload', 'recipe'] as const) {
    if (client[key] === undefined) continue;
    if (service === 'register') report([...path, key], `${key} goes with service: zookeeper`, true);
    else if (client.session === 0) report([...path, key], `${key} needs a session`, true);
  }
  if (chroot !== undefined) {
    const wrong = chroot === '/' ? 'the root is none' : pathMistake(chroot);
    if (wrong !== null) report([...path, 'chroot'], `${wrong}: "${chroot}"`);
  }
  if (recipe !== undefined) {
    if (workload !== undefined) report([...path, 'recipe'], 'a client has either a workload or a recipe', true);
    for (const key of ['mix', 'keys', 'operations'] as const)
      if (client[key] !== undefined) report([...path, key], `a recipe says itself what it does`, true);
  }
  if (workload === undefined) return;
  if (mix !== undefined) report([...path, 'mix'], 'a client has either a mix or a workload', true);
  if (keys !== undefined) report([...path, 'keys'], 'a workload says itself how many znodes it uses', true);
}

function checkSettings({ zooCfg }: Partial<ScenarioFile>, report: ReportMistake): void {
  if (zooCfg === undefined) return;
  const tickTime = zooCfg.tickTime ?? 2000;
  const least = zooCfg.minSessionTimeout ?? 2 * tickTime;
  const most = zooCfg.maxSessionTimeout ?? 20 * tickTime;
  if (least > most)
    report(
      ['zooCfg', zooCfg.minSessionTimeout === undefined ? 'maxSessionTimeout' : 'minSessionTimeout'],
      `minSessionTimeout ${least} is above maxSessionTimeout ${most}`,
    );
  const { minNotificationInterval = 200, maxNotificationInterval = 60_000 } = zooCfg;
  if (minNotificationInterval > maxNotificationInterval)
    report(
      ['zooCfg', zooCfg.minNotificationInterval === undefined ? 'maxNotificationInterval' : 'minNotificationInterval'],
      `minNotificationInterval ${minNotificationInterval} is above maxNotificationInterval ${maxNotificationInterval}`,
    );
}

function checkSchedule({ fields, ensemble, clients }: Draft, report: ReportMistake): void {
  const { schedule } = fields;
  if (schedule?.strategy !== 'calm') return;
  const seen = new Set<string>();
  for (const [index, draw] of (schedule.except ?? []).entries()) {
    const path = ['schedule', 'except', index];
    const { value: _, ...key } = draw;
    const name = JSON.stringify(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1)));
    if (seen.has(name)) report(path, 'this draw is named twice');
    seen.add(name);
    for (const end of ['from', 'to', 'server', 'client'] as const) {
      if (!(end in draw)) continue;
      const named: unknown = Reflect.get(draw, end);
      if (typeof named === 'number') checkServer(ensemble, named, [...path, end], report);
      else if (typeof named === 'string') checkClient(clients, named, [...path, end], report);
    }
    if ('from' in draw && draw.from === draw.to) report(path, `${draw.from} has no link to itself`);
  }
}

function checkExpectation({ fields, ensemble, clients }: Draft, report: ReportMistake): void {
  const { expect } = fields;
  if (expect === undefined) return;
  const server = (id: number | undefined, at: Path, key = false): void => {
    if (id !== undefined) checkServer(ensemble, id, ['expect', ...at], report, key);
  };
  if (expect.verdict === 'violates' && expect.properties === undefined)
    report(['expect'], 'verdict: violates needs properties: which of them breaks');
  if (expect.verdict !== 'violates' && expect.properties !== undefined)
    report(['expect', 'properties'], 'properties go with verdict: violates', true);
  if (typeof expect.leader === 'number') {
    server(expect.leader, ['leader']);
    if (ensemble?.servers.includes(expect.leader) === true && !ensemble.voters.includes(expect.leader))
      report(['expect', 'leader'], `server ${expect.leader} is an observer, it cannot lead`);
  }
  for (const key of Object.keys(expect.servers ?? {})) server(Number(key), ['servers', key], true);
  for (const key of Object.keys(expect.elected ?? {})) server(Number(key), ['elected', key], true);
  for (const [index, fact] of (expect.syncs ?? []).entries()) {
    server(fact.learner, ['syncs', index, 'learner']);
    server(fact.leader, ['syncs', index, 'leader']);
  }
  for (const [index, fact] of (expect.fenced ?? []).entries()) {
    server(fact.server, ['fenced', index, 'server']);
    server(fact.by, ['fenced', index, 'by']);
  }
  for (const [index, fact] of (expect.outcomes ?? []).entries())
    checkClient(clients, fact.client, ['expect', 'outcomes', index, 'client'], report);
  for (const [index, fact] of (expect.seen ?? []).entries()) {
    const path = ['expect', 'seen', index];
    checkWho(ensemble, fact.server, [...path, 'server'], report);
    checkWho(ensemble, fact.peer, [...path, 'peer'], report);
    if (fact.client !== undefined) checkClient(clients, fact.client, [...path, 'client'], report);
    if (fact.atMost !== undefined && fact.atMost < (fact.atLeast ?? 0))
      report([...path, 'atMost'], 'atMost is below atLeast');
  }
}

function nameOf(who: Who): string {
  return typeof who === 'number' ? `server ${who}` : who;
}

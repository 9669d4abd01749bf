import { defaultSettings } from '../defaults.ts';
import type { Scenario, Step } from '../scenario.ts';
import { SECOND, type Micros } from '../time.ts';
import type { Settings } from '../zab/config.ts';
import { splitStart } from './shrink-timeline.ts';

/** What one scenario has and the other has no more, in words, the most telling first. */
export function whatWasRemoved(before: Scenario, after: Scenario, failedAt: Micros): string[] {
  return [
    ...servers(before, after),
    ...steps(before, after),
    ...workload(before, after),
    ...calm(before, after),
    ...chance(before, after),
    ...physics(before, after),
    ...settings(before, after),
    ...tail(before, after, failedAt),
  ];
}

function servers(before: Scenario, after: Scenario): string[] {
  const gone = before.servers.length - after.servers.length;
  return gone === 0 ? [] : [`${gone} of ${before.servers.length} servers`];
}

function steps(before: Scenario, after: Scenario): string[] {
  const had = splitStart(before.timeline).steps;
  const has = splitStart(after.timeline).steps;
  const counts = (some: readonly Step[]): Map<string, number> => {
    const kinds = new Map<string, number>();
    for (const { action } of some) kinds.set(action.kind, (kinds.get(action.kind) ?? 0) + 1);
    return kinds;
  };
  const [hadKinds, hasKinds] = [counts(had), counts(has)];
  const gone = [...hadKinds].flatMap(([kind, count]) => {
    const less = count - (hasKinds.get(kind) ?? 0);
    return less <= 0 ? [] : [less === 1 ? kind : `${less} ${kind}`];
  });
  return gone.length === 0
    ? []
    : [`steps of the timeline, ${had.length} before and ${has.length} now: ${gone.join(', ')}`];
}

function workload(before: Scenario, after: Scenario): string[] {
  const words: string[] = [];
  const sum = (scenario: Scenario): number => scenario.clients.reduce((all, { operations }) => all + operations, 0);
  const [had, has] = [sum(before), sum(after)];
  if (has < had)
    words.push(has === 0 ? `the clients' own ${had} requests` : `${had - has} of the clients' own ${had} requests`);
  const gone = before.clients.length - after.clients.length;
  if (gone > 0) words.push(`${gone} of ${before.clients.length} clients`);
  return words;
}

function calm(before: Scenario, after: Scenario): string[] {
  return before.calmAt !== null && after.calmAt === null ? ['the calm at the end'] : [];
}

function chance({ schedule: before }: Scenario, { schedule: after }: Scenario): string[] {
  if (after.kind !== 'calm' || (before.kind === 'calm' && before.except.length <= after.except.length)) return [];
  const { length } = after.except;
  if (length === 0) return ['all chance: every delay is the least there is'];
  return [`all chance but ${length} ${length === 1 ? 'draw' : 'draws'}: every other delay is the least there is`];
}

function physics(before: Scenario, after: Scenario): string[] {
  const words: string[] = [];
  const off = (what: string, had: number, has: number): void => {
    if (had > 0 && has === 0) words.push(what);
  };
  off('losses', before.network.lossPpm, after.network.lossPpm);
  off('resets', before.network.resetPpm, after.network.resetPpm);
  off('spikes of the network', before.network.spikePpm, after.network.spikePpm);
  off('duplicates', before.network.duplicatePpm, after.network.duplicatePpm);
  off('spikes of the disks', before.disk.spikePpm, after.disk.spikePpm);
  off('failures of the disks', before.disk.failPpm, after.disk.failPpm);
  off('clocks that are wrong', before.clocks.length, after.clocks.length);
  return words.length === 0 ? [] : [words.join(', ')];
}

function settings({ settings: before }: Scenario, { settings: after }: Scenario): string[] {
  const usual = defaultSettings(after.tickTime);
  const names = (Object.keys(before) as (keyof Settings)[]).filter(
    (key) => before[key] !== after[key] && (after[key] === usual[key] || after[key] === defaultSettings()[key]),
  );
  return names.length === 0 ? [] : [`settings, back to what ZooKeeper has: ${names.join(', ')}`];
}

function tail(before: Scenario, after: Scenario, failedAt: Micros): string[] {
  const cut = before.endAt - Math.max(failedAt, after.endAt);
  return cut < SECOND ? [] : [`the last ${Math.round(cut / SECOND)} s, after the failure`];
}

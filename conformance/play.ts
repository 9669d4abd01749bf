import { inspect } from '../sim/inspect.ts';
import { advance, beginRun, type ServerRow } from '../sim/run.ts';
import type { World } from '../sim/world-state.ts';
import { cloneStorage, type LogFile } from '../sim/zab/storage.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import { Comparison, isEqual, type Compared } from './compare.ts';
import { compareCall, compareFacts, type Moment, type Played } from './facts.ts';
import { isOfService, type CaseRecord } from './record.ts';
import { playService } from './service.ts';
import { isRagged, listsOf } from './repetitions.ts';
import { RELEASE, translate, type Plan } from './translate.ts';
import { hex, newWatch, sortedElections, sortedSyncs } from './watch.ts';

/** What came of playing one record. */
export interface Verdict {
  readonly name: string;
  readonly title: string;
  /** Why it was not played; empty when it was. */
  readonly notPlayed: readonly string[];
  readonly observations: readonly Compared[];
  readonly elections: readonly Compared[];
  readonly syncs: readonly Compared[];
  /** The case's own facts, and the results of single requests. */
  readonly facts: readonly Compared[];
  readonly notExpressed: readonly string[];
  readonly seed: string;
}

export function isConform(verdict: Verdict): boolean {
  return verdict.notPlayed.length === 0 && comparedOf(verdict).every(isEqual);
}

export function comparedOf(verdict: Verdict): readonly Compared[] {
  return [...verdict.observations, ...verdict.elections, ...verdict.syncs, ...verdict.facts];
}

/** The seed of every play, so that a difference can be looked into with the same run. */
export const SEED = 'conformance';

/** A race in the real ensemble is a race here: so many seeds are tried until one shows the side that was recorded. */
const SEEDS = 8;

/** Plays a record and compares. `release`: as a scenario names it. */
export function judge(record: CaseRecord, release = RELEASE): Verdict {
  if (isOfService(record)) return judgeService(record, release);
  const translated = translate(record, release);
  if ('notPlayed' in translated) {
    const { name, title } = record;
    return {
      name,
      title,
      notPlayed: translated.notPlayed,
      observations: [],
      elections: [],
      syncs: [],
      facts: [],
      notExpressed: [],
      seed: SEED,
    };
  }
  const first = compareRun(play(record, translated.plan, SEED), SEED);
  if (isConform(first)) return first;
  for (let i = 1; i < SEEDS; i++) {
    const seed = `${SEED}-${i}`;
    const verdict = compareRun(play(record, translated.plan, seed), seed);
    if (isConform(verdict)) return verdict;
  }
  return first;
}

/** Runs the plan, looking at all servers at every sample. */
export function play(record: CaseRecord, plan: Plan, seed: string): Played {
  const watch = newWatch();
  const run = beginRun(plan.scenario, seed, { properties: [], keep: watch.see });
  const moments: Moment[] = [];
  const labels = new Map<number, string>();
  for (const sample of plan.samples) {
    // Just before: what the record does at this time comes after what it saw.
    advance(run, Math.max(0, sample.at - 1));
    moments.push({ at: sample.at, rows: inspect(run.world), logs: logsOf(run.world) });
    for (const { session, model } of run.world.clients) if (session > 0) labels.set(session, model.name);
  }
  return { record, plan, watch, moments, labels, comparison: new Comparison(Object.keys(record.stability.differing)) };
}

/** The transaction logs of all servers, as they are on disk now. */
function logsOf(world: World): ReadonlyMap<ServerId, readonly LogFile[]> {
  const logs = new Map<ServerId, readonly LogFile[]>();
  for (const host of world.hosts) if (host !== null) logs.set(host.id, cloneStorage(host.storage).logs);
  return logs;
}

function compareRun(played: Played, seed: string): Verdict {
  const { record, plan, watch } = played;
  const elections = sortedElections(watch.elections);
  const syncs = sortedSyncs(watch.syncs);
  const facts = compareFacts(played);
  const calls = plan.calls.map((call) => compareCall(played, call)).filter((call) => call !== undefined);
  return {
    name: record.name,
    title: record.title,
    notPlayed: [],
    observations: compareObservations(played),
    elections: compareLists(played, 'elections', elections),
    syncs: compareLists(played, 'syncs', syncs),
    facts: [...facts.compared, ...calls],
    notExpressed: facts.notExpressed,
    seed,
  };
}

function compareLists(
  played: Pick<Played, 'record' | 'comparison'>,
  list: 'elections' | 'syncs',
  ours: readonly unknown[],
): readonly Compared[] {
  const { record, comparison } = played;
  if (isRagged(record, list)) return comparison.among(`/${list}`, listsOf(record, list), ours);
  const real = record.observed[list];
  return Array.from({ length: Math.max(real.length, ours.length) }, (_, i) =>
    comparison.at(`/${list}/${i}`, real[i], ours[i]),
  );
}

function compareObservations(played: Played): readonly Compared[] {
  const { record, plan, moments, comparison } = played;
  return Object.entries(record.observed.observations).map(([label, real]) => {
    const moment = moments[plan.samples.findIndex((sample) => sample.label === label)];
    return comparison.at(
      `/observations/${label}`,
      real,
      moment === undefined ? undefined : observationOf(moment.rows, real.servers),
    );
  });
}

/** With the whole service: what was done and seen is compared, and what every request was answered. */
function judgeService(record: CaseRecord, release: string): Verdict {
  const once = (seed: string): Verdict => {
    const comparison = new Comparison(Object.keys(record.stability.differing));
    const played = playService(record, { seed, release }, comparison);
    const { watch, rows } = played;
    const list = (name: 'elections' | 'syncs', ours: readonly unknown[]): readonly Compared[] =>
      compareLists({ record, comparison }, name, ours);
    return {
      name: record.name,
      title: record.title,
      notPlayed: played.notPlayed,
      observations: Object.entries(record.observed.observations).map(([label, real]) => {
        const seen = rows.get(label);
        const ours = seen === undefined ? undefined : observationOf(seen, real.servers);
        return comparison.at(`/observations/${label}`, real, ours);
      }),
      elections: list('elections', sortedElections(watch.elections)),
      syncs: list('syncs', sortedSyncs(watch.syncs)),
      facts: played.compared,
      notExpressed: played.notExpressed,
      seed,
    };
  };
  const first = once(SEED);
  if (isConform(first) || first.notPlayed.length > 0) return first;
  for (let i = 1; i < SEEDS; i++) {
    const verdict = once(`${SEED}-${i}`);
    if (isConform(verdict)) return verdict;
  }
  return first;
}

type SeenServers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** An observation in the record's form: of servers that are down or stopped, a harness sees what is on disk alone. */
function observationOf(rows: readonly ServerRow[], like: SeenServers): unknown {
  const leader = rows.find((row) => row.mode === 'leader' && row.up && !row.paused);
  return {
    leader: leader?.id ?? null,
    servers: Object.fromEntries(rows.map((row) => [String(row.id), serverOf(row, like[String(row.id)])])),
  };
}

function serverOf(row: ServerRow, like: Readonly<Record<string, unknown>> | undefined): unknown {
  const alive = row.up && !row.paused;
  return {
    state: !row.up ? 'DOWN' : row.paused ? 'PAUSED' : row.state,
    ...(alive ? { mode: row.mode, zxid: row.mode === 'not serving' ? null : hex(row.lastZxid) } : {}),
    acceptedEpoch: row.acceptedEpoch,
    currentEpoch: row.currentEpoch,
    lastLoggedZxid: row.lastLoggedZxid === null ? null : hex(row.lastLoggedZxid),
    // Where a record leaves the files out, they were not recorded.
    ...(like === undefined || 'files' in like ? { files: row.files } : {}),
  };
}

import { availableParallelism } from 'node:os';
import type { CampaignOptions } from '../fuzz/campaign.ts';
import { printable } from '../report/text.ts';
import { didYouMean } from '../scenarios/suggest.ts';
import { parseDuration } from '../scenarios/units.ts';
import { chooseBehaviour, chooseSeed } from './choose.ts';
import { UsageError } from './exit.ts';

/** As commander hands them over. */
export interface FuzzOptions {
  readonly runs?: string;
  readonly time?: string;
  readonly seed: string;
  readonly only?: string;
  readonly jobs?: string;
  readonly shard?: string;
  readonly release?: string;
  readonly bug?: string;
  readonly strategy: string;
  readonly untilStable?: string;
  readonly keepGoing?: true;
  readonly out?: string;
  readonly json?: true;
  readonly junit?: string;
  readonly property?: readonly string[];
  readonly failOnUnreached?: true;
}

/** Runs, unless something else ends a batch. */
const USUAL_RUNS = 10_000;
const MOST_RUNS = 4_000_000_000;

/** What is to be played. Every mistake in it is a `UsageError`. */
export function campaignOptions(options: FuzzOptions): CampaignOptions {
  const shard = shardOf(options.shard);
  const only = options.only === undefined ? null : wholeNumber('--only', options.only, 0, MOST_RUNS - 1);
  const untilStable =
    options.untilStable === undefined ? null : wholeNumber('--until-stable', options.untilStable, 1, MOST_RUNS);
  if (options.shard !== undefined && untilStable !== null)
    throw new UsageError([
      '--until-stable cannot be used with --shard: shards do not know what the others have seen',
      'give every shard --runs or --time',
    ]);
  if (only !== null && (options.runs ?? options.time ?? options.shard ?? options.untilStable) !== undefined)
    throw new UsageError(['--only plays one run: it cannot be used with --runs, --time, --shard or --until-stable']);
  const timeMs = options.time === undefined ? null : durationMs('--time', options.time);
  const asked = options.runs === undefined ? null : wholeNumber('--runs', options.runs, 1, MOST_RUNS);
  const endless = timeMs !== null || untilStable !== null;
  const release = chooseBehaviour(options) ?? 'corrected';
  return {
    seed: chooseSeed(options.seed),
    shape: { release, strategy: strategyOf(options.strategy) },
    shard,
    first: only ?? 0,
    runs: only !== null ? 1 : (asked ?? (endless ? null : USUAL_RUNS)),
    timeMs,
    untilStable,
    // One shard that stopped would leave out what the others play: their union is what one machine plays with --keep-going.
    stopAtFirst: options.keepGoing !== true && options.shard === undefined,
    jobs: jobsOf(options.jobs),
    propertyFiles: options.property ?? [],
  };
}

export function jobsOf(typed: string | undefined): number {
  return typed === undefined ? availableParallelism() : wholeNumber('--jobs', typed, 1, 256);
}

/** A whole number in its bounds, both included. */
export function wholeNumber(option: string, typed: string, least: number, most: number): number {
  const value = /^\d{1,15}$/.test(typed) ? Number(typed) : NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError([`${option}: "${printable(typed, 40)}" is not a whole number from ${least} to ${most}`]);
}

/** A duration as in a scenario file, in whole ms. */
export function durationMs(option: string, typed: string): number {
  const parsed = parseDuration(typed);
  const ms = typeof parsed === 'number' ? Math.floor(parsed / 1000) : NaN;
  if (ms >= 1) return ms;
  throw new UsageError([`${option}: "${printable(typed, 40)}" is not a time such as 500ms, 60s, 10m or 2h`]);
}

function shardOf(typed: string | undefined): CampaignOptions['shard'] {
  if (typed === undefined) return { index: 1, of: 1 };
  const [, index = '', of = ''] = /^(\d{1,5})\/(\d{1,5})$/.exec(typed) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  if (index !== '' && shard.index >= 1 && shard.index <= shard.of) return shard;
  throw new UsageError([
    `--shard: "${printable(typed, 40)}" is not a shard`,
    'a shard is i/n, its number from 1 to n and how many there are: 2/8',
  ]);
}

const STRATEGIES = ['swarm', 'pct', 'pos'] as const;

export function strategyOf(typed: string): (typeof STRATEGIES)[number] {
  const found = STRATEGIES.find((strategy) => strategy === typed);
  if (found !== undefined) return found;
  throw new UsageError([
    `there is no strategy "${printable(typed, 40)}"${didYouMean(typed, STRATEGIES)}`,
    `the strategies are ${STRATEGIES.join(', ')}`,
  ]);
}

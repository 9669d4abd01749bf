import type { Plan } from '../sim/search/plan.ts';
import { wordsOf, type Batch } from './batch.ts';
import type { Found } from './found.ts';
import { planOf, type PlanShape } from './plans.ts';
import { WorkerDied, type Pool } from './pool.ts';
import type { Drawn } from './shrink-plan.ts';
import { absorb, newTally, type Tally } from './tally.ts';

/** What is to be played. Index and number of shards count from 1. */
export interface CampaignOptions {
  readonly seed: string;
  readonly shape: PlanShape;
  readonly shard: { readonly index: number; readonly of: number };
  /** The first run, and how many there are in all shards together; null: no end. */
  readonly first: number;
  readonly runs: number | null;
  /** Wall time after which nothing new is begun, in ms. */
  readonly timeMs: number | null;
  /** Ends once so many runs in a row have shown nothing new. */
  readonly untilStable: number | null;
  readonly stopAtFirst: boolean;
  readonly jobs: number;
  readonly propertyFiles: readonly string[];
}

export interface CampaignHooks {
  /** Told after each batch that has been added. */
  onProgress(tally: Tally): void;
  /** Asked before each batch. */
  isInterrupted(): boolean;
}

export type Ending = 'runs' | 'time' | 'stable' | 'failure' | 'interrupted' | 'refused';

export interface Campaign {
  readonly tally: Tally;
  readonly ended: Ending;
  /** Why a property that was handed in is refused, for `refused`. */
  readonly refused: readonly string[];
  /** Runs since the last one that reached anything new. */
  readonly quiet: number;
}

/** Runs of one batch. Fixed: which runs are played must not depend on the number of workers. */
const BATCH = 32;

/** Plays batches on the pool, and adds them up in their order: what is told of a campaign with an end of its own depends on
 *  seed, shape and shard alone, never on the number of workers. */
export async function campaign(options: CampaignOptions, pool: Pool, hooks: CampaignHooks): Promise<Campaign> {
  const course = new Course(options, hooks);
  await Promise.all(Array.from({ length: options.jobs }, () => lane(course, pool)));
  course.addAll();
  return { tally: course.tally, ended: course.ended ?? 'runs', refused: course.refused, quiet: course.quiet };
}

async function lane(course: Course, pool: Pool): Promise<void> {
  for (let nth = course.next(); nth !== null; nth = course.next()) {
    const part = await played(course.batch(nth), course.options.propertyFiles, pool);
    if ('refused' in part) course.refuse(part.refused);
    else course.deliver(nth, part);
  }
}

class Course {
  readonly tally = newTally();
  readonly options: CampaignOptions;
  ended: Ending | null = null;
  refused: readonly string[] = [];
  /** The place in this shard's sequence of the last run that was new. */
  #lastNew = -1;
  readonly #hooks: CampaignHooks;
  readonly #delivered = new Map<number, Tally>();
  readonly #batches: number;
  readonly #deadline: number;
  #begun = 0;
  #added = 0;

  constructor(options: CampaignOptions, hooks: CampaignHooks) {
    this.options = options;
    this.#hooks = hooks;
    this.#batches = Math.ceil(this.#length() / BATCH);
    this.#deadline = performance.now() + (options.timeMs ?? Infinity);
  }

  get quiet(): number {
    return this.tally.runs - 1 - this.#lastNew;
  }

  /** How many runs fall to this shard. */
  #length(): number {
    const { runs, shard } = this.options;
    return runs === null ? Infinity : Math.max(0, Math.ceil((runs - (shard.index - 1)) / shard.of));
  }

  /** The number of the batch that is to be played next. null: none is. */
  next(): number | null {
    if (this.ended !== null || this.#begun >= this.#batches) return null;
    if (this.#hooks.isInterrupted()) this.ended = 'interrupted';
    else if (performance.now() >= this.#deadline) this.ended = 'time';
    else return this.#begun++;
    return null;
  }

  batch(nth: number): Batch {
    const { seed, shape, shard, first, stopAtFirst } = this.options;
    return {
      seed,
      shape,
      from: first + shard.index - 1 + nth * BATCH * shard.of,
      step: shard.of,
      count: Math.min(BATCH, this.#length() - nth * BATCH),
      stopAtFirst,
    };
  }

  refuse(lines: readonly string[]): void {
    this.ended = 'refused';
    this.refused = lines;
  }

  deliver(nth: number, part: Tally): void {
    this.#delivered.set(nth, part);
    for (let ready = this.#take(); ready !== undefined; ready = this.#take()) this.#add(ready);
  }

  #take(): Tally | undefined {
    if (this.ended === 'failure' || this.ended === 'stable') return undefined;
    const part = this.#delivered.get(this.#added);
    if (part !== undefined) this.#delivered.delete(this.#added++);
    return part;
  }

  /** What lies behind a gap is known all the same: after Ctrl-C nothing that was found is thrown away. */
  addAll(): void {
    if (this.ended !== 'interrupted' && this.ended !== 'refused') return;
    for (const nth of [...this.#delivered.keys()].sort((a, b) => a - b)) absorb(this.tally, this.#delivered.get(nth)!);
  }

  #add(part: Tally): void {
    const { shard, first, untilStable, stopAtFirst } = this.options;
    const lastNew = absorb(this.tally, part);
    if (lastNew >= 0) this.#lastNew = Math.max(this.#lastNew, (lastNew - first - shard.index + 1) / shard.of);
    this.#hooks.onProgress(this.tally);
    if (stopAtFirst && this.tally.failures.size + this.tally.ownFaults.length > 0) this.ended = 'failure';
    else if (untilStable !== null && this.quiet >= untilStable) this.ended = 'stable';
  }
}

/** Plays a batch. A thread that dies takes its batch with it: then each of its runs is played alone, and the one that kills its
 *  thread again is known. */
async function played(
  batch: Batch,
  propertyFiles: readonly string[],
  pool: Pool,
): Promise<Tally | { readonly refused: readonly string[] }> {
  try {
    const answer = await pool.run({ kind: 'batch', batch, propertyFiles });
    if (answer.kind === 'batch') return answer.tally;
    if (answer.kind === 'refused') return { refused: answer.lines };
    throw new Error(answer.kind === 'failed' ? answer.message : 'the answer to another question');
  } catch (error) {
    if (batch.count === 1) return culprit(batch.from, error);
  }
  const tally = newTally();
  for (let nth = 0; nth < batch.count; nth++) {
    const part = await played({ ...batch, from: batch.from + nth * batch.step, count: 1 }, propertyFiles, pool);
    if ('refused' in part) return part;
    absorb(tally, part);
    if (batch.stopAtFirst && tally.failures.size + tally.ownFaults.length > 0) break;
  }
  return tally;
}

function culprit(run: number, error: unknown): Tally {
  const tally = newTally();
  tally.runs = 1;
  const words =
    error instanceof WorkerDied ? { message: `a worker died: ${error.message}`, stack: [] } : wordsOf(error);
  tally.ownFaults.push({ run, ...words });
  return tally;
}

/** The failures of a campaign with what shrinking made of them, in the order of their first runs. A failure that could not be
 *  shrunk, because its thread died or there was no time, is there without. */
export async function shrinkAll(
  {
    tally,
    options,
    pool,
    maxTries,
  }: {
    readonly tally: Tally;
    readonly options: CampaignOptions;
    readonly pool: Pool;
    readonly maxTries: number;
  },
  onEach: (done: number, all: number) => void,
): Promise<Map<string, Shrunken>> {
  const groups = [...tally.failures.values()].sort((a, b) => a.runs[0]! - b.runs[0]!);
  let done = 0;
  const found = await Promise.all(
    groups.map(async ({ fingerprint, run }): Promise<[string, Shrunken]> => {
      const drawn = { seed: options.seed, index: run, shape: options.shape };
      const plan = planOf(drawn.seed, drawn.index, drawn.shape);
      const shrunken = await shrunk(drawn, { propertyFiles: options.propertyFiles, pool, maxTries });
      onEach(++done, groups.length);
      return [fingerprint, { ...shrunken, original: plan }];
    }),
  );
  return new Map(found);
}

export interface Shrunken {
  readonly original: Plan;
  readonly found: Found | null;
  readonly ms: number;
  /** Why there is none. */
  readonly trouble: string | null;
}

/** Shrinks one plan on the pool. */
export async function shrunk(
  drawn: Drawn,
  how: { readonly propertyFiles: readonly string[]; readonly pool: Pool; readonly maxTries: number },
): Promise<{ readonly found: Found | null; readonly ms: number; readonly trouble: string | null }> {
  const { propertyFiles, pool, maxTries } = how;
  try {
    const answer = await pool.run({ kind: 'find', drawn, maxTries, propertyFiles });
    if (answer.kind === 'find')
      return { ...answer, trouble: answer.found === null ? 'it did not fail when it was played again' : null };
    const trouble = answer.kind === 'refused' ? answer.lines.join(' ') : 'message' in answer ? answer.message : '';
    return { found: null, ms: 0, trouble };
  } catch (error) {
    return { found: null, ms: 0, trouble: wordsOf(error).message };
  }
}

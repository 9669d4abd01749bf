import type { Property } from '../sim/property.ts';
import type { Report } from '../sim/run.ts';
import { ChurnWatch, type Stuckness } from '../sim/search/churn.ts';
import type { Step } from '../sim/scenario.ts';
import { recordChaos } from '../sim/search/chaos-steps.ts';
import { nearestPassing, type Nearest } from '../sim/search/nearest.ts';
import type { Plan } from '../sim/search/plan.ts';
import { runPlan, type PlanFailure } from '../sim/search/run-plan.ts';
import type { Micros } from '../sim/time.ts';
import type { TraceEvent } from '../sim/trace.ts';
import { causes, type Cause } from './cause.ts';
import { decidedBy } from './story.ts';
import { who, whoAll } from './text.ts';
import { eventWords } from './words.ts';
import type { Vote } from '../sim/zab/messages.ts';
import { members, type ServerId } from '../sim/zab/sets.ts';
import { Recent } from './recent.ts';
import { compareWithNearest } from './compare-nearest.ts';
import type { Row } from './side-by-side.ts';
import { Tracker, type Tracked } from './track.ts';

export interface ExplainOptions {
  readonly plan: Plan;
  readonly failure: PlanFailure;
  /** Those that the run was judged by. */
  readonly properties: readonly Property[];
  /** How many runs may be made in search of the deciding event. */
  readonly maxRuns?: number;
}

/** An event of the trace, as a sentence. */
export interface Told extends Cause {
  readonly words: string;
}

/** Why a plan fails, found by playing it and its neighbours. Data for a text and for JSON. */
export interface Explanation {
  readonly plan: Plan;
  /** The plan as it was played for the explanation: chaos is spelt out as the faults that it was, where that fails alike. What
   *  follows is about this run. */
  readonly told: Plan;
  readonly failure: PlanFailure;
  /** Of the plan itself. */
  readonly traceHash: string;
  readonly about: string;
  readonly source: string;
  /** Of the failing run. */
  readonly report: Report;
  readonly chain: readonly Told[];
  /** null: the plan is too long to be played many times. */
  readonly nearest: Nearest | null;
  /** The event of the failing run with which the choice shows that decides. */
  readonly deciding: Told | null;
  /** The event of the failing run that `corrected` does not have. */
  readonly deviation: Told | null;
  readonly rows: readonly Row[];
  /** Before the deciding event (without one: before the chain begins), and after the violating one. */
  readonly before: readonly Tracked[];
  readonly after: readonly Tracked[];
  /** Of a run without progress. */
  readonly stuck: Stuckness | null;
}

/** A trace that is longer is not searched: a person would not read it either. */
const LONGEST = 300_000;

/** Plays the plan again and looks for the reasons. Deterministic. null: it does not fail as `failure` says. */
export function explain(options: ExplainOptions): Explanation | null {
  const { plan, failure, properties } = options;
  const itself = runPlan(plan, { properties });
  if (itself.failure?.fingerprint !== failure.fingerprint) return null;
  const { traceHash } = itself.report;
  const { at } = itself.failure.violation;
  const spelt = speltOut(plan, at);
  const told = spelt === null ? null : explainRun({ ...options, plan: spelt }, { plan, traceHash, at });
  return told ?? explainRun(options, { plan, traceHash, at });
}

/** The same plan with its chaos as single faults; null if there is none in it. */
function speltOut(plan: Plan, until: Micros): Plan | null {
  const isChaos = ({ action }: Step): boolean => action.kind === 'chaos' || action.kind === 'swizzle';
  const { timeline } = plan.scenario;
  if (!timeline.some(isChaos)) return null;
  const faults = recordChaos(plan.scenario, plan.seed, until);
  return {
    ...plan,
    scenario: { ...plan.scenario, timeline: [...timeline.filter((step) => !isChaos(step)), ...faults] },
  };
}

/** null: the plan does not fail alike, and at that time. */
function explainRun(
  { plan, failure, properties, maxRuns }: ExplainOptions,
  known: { readonly plan: Plan; readonly traceHash: string; readonly at: Micros },
): Explanation | null {
  const failing: TraceEvent[] = [];
  const churn = new ChurnWatch(plan.scenario.servers);
  const result = runPlan(plan, {
    properties,
    keep: (event) => {
      failing.push(event);
      churn.observe(event);
    },
  });
  if (result.failure?.fingerprint !== failure.fingerprint || result.failure.violation.at !== known.at) return null;
  const { violation } = result.failure;
  const property = properties.find(({ name }) => name === violation.property);
  const nearest =
    failing.length > LONGEST
      ? null
      : nearestPassing(plan, result.failure, { properties, failing, ...(maxRuns === undefined ? {} : { maxRuns }) });
  const at = (index: number | null | undefined): Told | null => {
    const event = failing[index ?? -1];
    return event === undefined || index === null || index === undefined
      ? null
      : { index, event, words: wordsOf(failing, index, event) };
  };
  const beside = nearest === null ? null : compareWithNearest(failing, nearest, { properties, violation });
  const deciding = at(beside?.deciding);
  const chain = chainOf(failing, result.failure);
  const parting = beside?.parting ?? chain[0]?.index ?? violation.event;
  return {
    plan: known.plan,
    told: plan,
    failure: result.failure,
    traceHash: known.traceHash,
    about: property?.about ?? '',
    source: property?.source ?? '',
    report: result.report,
    chain,
    nearest,
    deciding,
    deviation: at(nearest?.corrected?.differsAt),
    rows: beside?.rows ?? [],
    before: trackedAt(plan, failing, parting),
    after: trackedAt(plan, failing, violation.event + 1),
    stuck: property?.kind === 'eventually' ? churn.verdict() : null,
  };
}

function chainOf(failing: readonly TraceEvent[], { violation }: PlanFailure): Told[] {
  const recent = new Recent(failing.length);
  for (const event of failing) recent.push(event);
  return causes(recent, violation).map((cause) => ({ ...cause, words: wordsOf(failing, cause.index, cause.event) }));
}

function wordsOf(failing: readonly TraceEvent[], index: number, event: TraceEvent): string {
  const subject = event.server > 0 ? `${who(event.server)} ` : '';
  if (event.kind !== 'elected' || event.becomes !== 'LEADING') return subject + eventWords(event);
  // Why this one won: by the votes with which the others began.
  const initial = new Map<ServerId, Vote>();
  for (const earlier of failing.slice(0, index))
    if (earlier.kind === 'voted' && earlier.because === 'start') initial.set(earlier.server, earlier.vote);
  initial.set(event.server, event.initial);
  const voters = members(event.supporters);
  const reason = decidedBy(event.vote, voters, initial);
  return `${subject}is elected by the votes of ${whoAll(voters)}: ${reason}`;
}

function trackedAt({ scenario }: Plan, events: readonly TraceEvent[], until: number): readonly Tracked[] {
  const tracker = new Tracker(scenario.servers);
  for (let index = 0; index < Math.min(until, events.length); index++) tracker.observe(events[index]!);
  return tracker.servers;
}

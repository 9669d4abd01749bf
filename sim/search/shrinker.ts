import { progressBound } from '../bounds.ts';
import { HARMLESS } from '../harmless.ts';
import type { Property } from '../property.ts';
import type { Scenario, Step } from '../scenario.ts';
import { MS, SECOND, type Micros } from '../time.ts';
import { canonicalScenario } from './canonical.ts';
import type { Plan } from './plan.ts';
import { runPlan, type PlanFailure } from './run-plan.ts';

export interface ShrinkOptions {
  readonly properties: readonly Property[];
  /** How many candidates may be run. */
  readonly maxRuns?: number;
  /** How many events these runs may have together. */
  readonly maxWork?: number;
  /** Told of each step that succeeded. */
  readonly onStep?: (plan: Plan, runs: number) => void;
  /** What else a result must be, if the plan is so: a scenario that a file can say, for one. Asked only of candidates that
   *  fail alike. */
  readonly valid?: (scenario: Scenario) => boolean;
}

const MAX_RUNS = 2000;
/** Some seconds: long plans get fewer candidates, so that nobody waits for minutes. */
const MAX_WORK = 3_000_000;
/** A candidate that needs so many times the events of the plan has gone astray. */
const ASTRAY = 3;

/** A plan on its way down: whoever has an idea for a simpler one asks `attempt`, and the idea is taken if it fails alike. */
export class Shrinker {
  plan: Plan;
  failure: PlanFailure;
  runs = 0;
  /** How many candidates were taken. */
  accepted = 0;
  readonly #options: ShrinkOptions;
  readonly #maxRuns: number;
  readonly #maxWork: number;
  /** Enough to see the failure: the property that spoke, and those that tell when a run is over. */
  readonly #few: readonly Property[];
  readonly #eventual: boolean;
  readonly #tried = new Set<string>();
  readonly #judged = new Map<string, boolean>();
  #events: number;
  /** Events of all candidates together. */
  #work = 0;
  /** The plan as it stands, as text. */
  #key: string | null = null;
  #valid: boolean;

  constructor(plan: Plan, failure: PlanFailure, events: number, options: ShrinkOptions) {
    this.plan = plan;
    this.failure = failure;
    this.#events = events;
    this.#options = options;
    this.#maxRuns = options.maxRuns ?? MAX_RUNS;
    this.#maxWork = options.maxWork ?? MAX_WORK;
    this.#valid = options.valid?.(plan.scenario) ?? true;
    const { properties } = options;
    this.#few = properties.filter(({ name, kind }) => name === failure.property || kind === 'eventually');
    this.#eventual = properties.some(({ name, kind }) => name === failure.property && kind === 'eventually');
  }

  get scenario(): Scenario {
    return this.plan.scenario;
  }

  get spent(): boolean {
    return this.runs >= this.#maxRuns || this.#work >= this.#maxWork;
  }

  /** The failure is that something did not happen: the calm and the time after it are part of it. */
  get eventual(): boolean {
    return this.#eventual;
  }

  /** Runs a candidate, under another seed if one is given, and takes it if it fails alike. True as well if it is the plan as it stands. */
  attempt(change: Partial<Scenario>, seed = this.plan.seed): boolean {
    const scenario = tidy({ ...this.scenario, ...change });
    const key = JSON.stringify([seed, scenario]);
    this.#key ??= JSON.stringify([this.plan.seed, this.scenario]);
    if (key === this.#key) return true;
    if (this.spent || this.#tried.has(key) || disturbsCalm(scenario)) return false;
    this.#tried.add(key);
    return this.#take(scenario, seed);
  }

  /** The same for the last touches, which are made even if no runs are left. */
  finish(scenario: Scenario): boolean {
    return this.#take(tidy(scenario), this.plan.seed);
  }

  /** One of so many equal parts of the runs that are left. */
  share(parts: number): number {
    return Math.ceil((this.#maxRuns - this.runs) / parts);
  }

  #take(scenario: Scenario, seed: string): boolean {
    const found = this.#failsAlike(scenario, seed);
    if (found === null) return false;
    const valid = this.#isValid(found.plan.scenario);
    // A plan that was not valid to begin with may become so on its way.
    if (!valid && this.#valid) return false;
    this.#valid = valid;
    this.plan = found.plan;
    this.failure = found.failure;
    this.#events = found.events;
    this.#key = null;
    this.accepted++;
    this.#options.onStep?.(this.plan, this.runs);
    return true;
  }

  /** Whoever judges a whole file need not do so again when only chance or physics changed. */
  #isValid(scenario: Scenario): boolean {
    const { valid } = this.#options;
    if (valid === undefined) return true;
    const { network: _, disk: __, processes: ___, schedule: ____, ...structure } = scenario;
    const key = JSON.stringify(structure);
    const known = this.#judged.get(key);
    if (known !== undefined) return known;
    const judged = valid(scenario);
    this.#judged.set(key, judged);
    return judged;
  }

  #failsAlike(scenario: Scenario, seed: string): { plan: Plan; failure: PlanFailure; events: number } | null {
    this.runs++;
    const plan = { ...this.plan, scenario, seed };
    const maxEvents = this.#events * ASTRAY + 2000;
    const { fingerprint } = this.failure;
    const quick = runPlan(plan, { properties: this.#few, maxEvents, hash: false });
    this.#work += quick.report.events;
    if (quick.failure?.fingerprint !== fingerprint) return null;
    // Another property may have spoken first.
    const { report, failure, endAt } = runPlan(plan, { properties: this.#options.properties, maxEvents });
    this.#work += report.events;
    if (failure === null || failure.fingerprint !== fingerprint) return null;
    return { plan: { ...plan, scenario: this.#cutTail(scenario, endAt) }, failure, events: report.events };
  }

  /** What comes after the failure is not needed, but for some leeway: a simpler plan may fail a little later. */
  #cutTail(scenario: Scenario, failedAt: Micros): Scenario {
    if (this.#eventual) return scenario;
    // Under pct and pos each event that waits has its share of chance, those after the end too.
    if (scenario.schedule.kind === 'pct' || scenario.schedule.kind === 'pos') return scenario;
    const leeway = roundUp(failedAt + Math.max(500 * MS, failedAt / 4), 100 * MS);
    return leeway >= scenario.endAt ? scenario : endingAt(scenario, leeway);
  }
}

/** A fault after the calm is no scenario. */
function disturbsCalm({ calmAt, timeline }: Scenario): boolean {
  if (calmAt === null) return false;
  return timeline.some(
    ({ moment, action }) => moment.kind === 'at' && moment.at >= calmAt && !HARMLESS.has(action.kind),
  );
}

/** The scenario, over at that time. */
export function endingAt(scenario: Scenario, endAt: Micros): Scenario {
  const calmAt = scenario.calmAt !== null && scenario.calmAt < endAt ? scenario.calmAt : null;
  return tidy({ ...scenario, calmAt, endAt });
}

/** The least end that still tells whether there is progress after the calm. */
export function leastEnd(scenario: Scenario): Micros {
  return roundUp((scenario.calmAt ?? 0) + progressBound(scenario) + 1, SECOND);
}

export function roundUp(time: Micros, to: Micros): Micros {
  return Math.ceil(time / to) * to;
}

/** Without what cannot matter: steps after the end, labels that nobody waits for, waits for labels that there are not. */
export function tidy(scenario: Scenario): Scenario {
  const { endAt, timeline } = scenario;
  const steps = timeline.filter(({ moment }) => moment.kind === 'when' || moment.at < endAt);
  const labels = new Set(steps.map(({ label }) => label));
  const awaited = new Set(
    steps.map(({ moment, label }) =>
      moment.kind === 'when' && moment.when.after !== label ? moment.when.after : null,
    ),
  );
  const facts: Scenario['expect']['facts'] = [];
  return canonicalScenario({
    ...scenario,
    clients: scenario.clients.map((client) => (client.from < endAt ? client : { ...client, from: 0, operations: 0 })),
    timeline: steps.map((step): Step => {
      const { moment } = step;
      const label = step.label !== null && awaited.has(step.label) ? step.label : null;
      if (moment.kind === 'at' || moment.when.after === null || labels.has(moment.when.after))
        return { ...step, label };
      return { ...step, label, moment: { ...moment, when: { ...moment.when, after: null } } };
    }),
    // A run that fails is not compared with facts about its end.
    expect: { ...scenario.expect, facts },
  });
}

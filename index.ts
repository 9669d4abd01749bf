/** zabsim as a library: play a scenario in your own test suite, watch its trace, judge it by your own properties.
 *
 *  ```ts
 *  import { loadScenario, PROPERTIES, run } from 'zabsim';
 *
 *  const loaded = loadScenario('old-leader-pauses-and-is-fenced');
 *  if ('mistakes' in loaded) throw new Error(loaded.mistakes.map(formatMistake).join('\n'));
 *  const report = run(loaded.scenario, '42', { properties: PROPERTIES });
 *  expect(report.asExpected).toBe(true);
 *  ```
 *
 *  What is exported here is the public interface, and nothing else is. */
import { SCENARIOS } from './commands/paths.ts';
import { loadScenario as load, scenarioNames as names } from './scenarios/load.ts';
import { formatMistake, parseScenario, type Parsed } from './scenarios/parse.ts';
import type { Scenario } from './sim/scenario.ts';

/** Plays one run: `run` at once; `beginRun`, `advance` (to a virtual time) and `finishRun` piece by piece. */
export { advance, beginRun, finishRun, run } from './sim/run.ts';
export type { Report, Run, RunOptions, ServerRow } from './sim/run.ts';

/** What a run is made of. A scenario is plain data: change it with a spread, `{ ...scenario, release: '3.8.0' }`. */
export type { Action, Condition, Expectation, Fact, Moment, Scenario, Step } from './sim/scenario.ts';

/** A scenario by name, or by the path of a YAML file; or every mistake in it. */
export function loadScenario(nameOrPath: string): Parsed {
  return load(nameOrPath, SCENARIOS);
}

/** The names of the scenarios that come with the package. */
export function scenarioNames(): string[] {
  return names(SCENARIOS);
}

/** Reads a scenario from text; `file` is named in mistakes. */
export { formatMistake, parseScenario };
export type { Mistake, Parsed } from './scenarios/parse.ts';

/** The scenario of a text in which there are no mistakes; throws an error that lists them. `file` is named in it. */
export function scenarioOf(text: string, file = 'scenario.yaml'): Scenario {
  const parsed = parseScenario(text, file);
  if ('mistakes' in parsed) throw new Error(parsed.mistakes.map(formatMistake).join('\n'));
  return parsed.scenario;
}

/** A scenario as the text that a person would write. */
export { writeScenario } from './scenarios/write.ts';

/** The properties to judge a run by. Write your own: an object with `start` and `observe`, see `Property`. */
export { PROPERTIES } from './properties/index.ts';
export type { Property, PropertyState, Violation } from './sim/property.ts';
export type { Setup } from './sim/setup.ts';

/** What happens in a run, as `RunOptions.keep` and properties see it. Times are virtual microseconds. */
export { TRACE_VERSION } from './sim/trace.ts';
export type { Emit, TraceEvent, TraceFact, TraceKind } from './sim/trace.ts';
export type { Message, Txn, Vote } from './sim/zab/messages.ts';

/** The releases that a run can behave as, and the bugs: each one deviation, known by its JIRA issue. */
export { findRelease, RELEASES } from './sim/zab/behaviour.ts';
export type { Behaviour, Release } from './sim/zab/behaviour.ts';
export { BUGS, findBug } from './sim/zab/bugs/index.ts';
export type { Bug } from './sim/zab/bugs/bug.ts';

/** Fuzzing. A plan is all that a run depends on; `planArbitrary` is a fast-check arbitrary of plans, for your own `fc.assert`;
 *  `planOf` is the one that `zabsim fuzz` plays as run number so-and-so of a seed. `runPlan` plays one, and stops as soon as
 *  nothing is left to wait for; `shrinkPlan` makes one that fails smaller. */
export { planArbitrary, planOf } from './fuzz/plans.ts';
export type { PlanShape } from './fuzz/plans.ts';
export type { Plan } from './sim/search/plan.ts';
export { runPlan } from './sim/search/run-plan.ts';
export type { PlanFailure, PlanOptions, PlanResult } from './sim/search/run-plan.ts';
export { checkTwice, shrinkPlan } from './sim/search/shrink.ts';
export type { Shrunk, ShrinkOptions } from './sim/search/shrink.ts';
export { fingerprintOf } from './sim/search/fingerprint.ts';

/** Assertions: they throw an error that says what broke, which event decided it, and how to see it again. */
export { expectAsWritten, expectHolds, RunFailed } from './fuzz/expect-holds.ts';
export type { ExpectOptions, Playable } from './fuzz/expect-holds.ts';

/** Why a plan fails: the chain of causes, the deciding event, the nearest passing run; as data, and as lines of text. */
export { explain } from './report/explain.ts';
export type { Explanation, ExplainOptions } from './report/explain.ts';
export { failureReport } from './report/failure-report.ts';
export type { FailureInput } from './report/failure-report.ts';
export { nearestPassing } from './sim/search/nearest.ts';
export type { Flip, Nearest, NearestOptions } from './sim/search/nearest.ts';
export { PLAIN, paints } from './report/paint.ts';
export type { Paint } from './report/paint.ts';

/** zxids are exact integers, `epoch * 2^32 + counter`. */
export { counterOf, epochOf, formatZxid, makeZxid, parseZxid } from './sim/zab/zxid.ts';
export type { Zxid } from './sim/zab/zxid.ts';

/** A seed as a person types it, in the form that names the run: 42 and 0x2a are one seed. */
export { canonicalSeed } from './commands/seed.ts';

/** A report as `zabsim run --json` prints it, an event in words, and the whole trace of a run as a file. */
export { jsonReport } from './report/json.ts';
export type { JsonReport } from './report/json.ts';
export { eventWords } from './report/words.ts';
export { checkTrace, readLines, TraceWriter } from './report/ndjson.ts';

/** Of this package. */
export { VERSION } from './report/version.ts';

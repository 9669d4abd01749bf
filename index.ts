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
import type { Parsed } from './scenarios/parse.ts';

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
export { formatMistake, parseScenario } from './scenarios/parse.ts';
export type { Mistake, Parsed } from './scenarios/parse.ts';

/** The properties to judge a run by. Write your own: an object with `start` and `observe`, see `Property`. */
export { PROPERTIES } from './properties/index.ts';
export type { Property, PropertyState, Violation } from './sim/property.ts';
export type { Setup } from './sim/setup.ts';

/** What happens in a run, as `RunOptions.keep` and properties see it. Times are virtual microseconds. */
export { TRACE_VERSION } from './sim/trace.ts';
export type { Emit, TraceEvent, TraceFact, TraceKind } from './sim/trace.ts';
export type { Message, Txn, Vote } from './sim/zab/messages.ts';

/** The releases that a run can behave as. */
export { findRelease, RELEASES } from './sim/zab/behaviour.ts';
export type { Behaviour, Release } from './sim/zab/behaviour.ts';

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

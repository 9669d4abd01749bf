import { EXPORTS, type ExportRun } from '../../report/exports/index.ts';
import { loadScenario } from '../../scenarios/load.ts';
import { run } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { TraceEvent } from '../../sim/trace.ts';

export function scenarioOf(name: string): Scenario {
  const parsed = loadScenario(name, 'scenarios');
  if ('mistakes' in parsed) throw new Error(parsed.mistakes.map(({ message }) => message).join('; '));
  // The long one is cut short: its beginning has every kind of event that a tree brings.
  return name === 'tree-under-chaos' ? { ...parsed.scenario, endAt: 4_000_000 } : parsed.scenario;
}

const kept = new Map<string, readonly TraceEvent[]>();

/** The trace of a scenario, as it comes back from a file. */
export function traceOf(scenario: Scenario): readonly TraceEvent[] {
  const known = kept.get(scenario.title + scenario.name);
  if (known !== undefined) return known;
  const events: TraceEvent[] = [];
  run(scenario, '1', { properties: [], keep: (event) => void events.push(event) });
  const read = JSON.parse(JSON.stringify(events)) as TraceEvent[];
  kept.set(scenario.title + scenario.name, read);
  return read;
}

/** A whole export as text, and what was left out. */
export function exported(
  form: string,
  scenario: Scenario,
  more: Partial<ExportRun> = {},
): { readonly text: string; readonly leftOut: number } {
  const format = EXPORTS.find(({ name }) => name === form)!;
  const pieces = format.write({
    scenario,
    seed: '1',
    events: traceOf(scenario),
    from: 0,
    until: Infinity,
    skip: new Set(format.skip),
    limit: format.limit.most,
    ...more,
  });
  let text = '';
  for (;;) {
    const next = pieces.next();
    if (next.done === true) return { text, leftOut: next.value.leftOut };
    text += next.value;
  }
}

/** Small scenarios that between them show every kind of synchronization, fault and refusal. */
export const SOME = [
  'old-leader-pauses-and-is-fenced',
  'sync-trunc',
  'sync-snap',
  'observers-do-not-vote-yet-serve',
  'leader-crashes-after-one-ack',
  'tree-under-chaos',
  'watch-follows-its-session',
  'recipes/lock',
] as const;

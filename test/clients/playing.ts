import { formatMistake, parseScenario } from '../../scenarios/parse.ts';
import { PROPERTIES } from '../../properties/index.ts';
import { run, type Report } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { TraceEvent, TraceKind } from '../../sim/trace.ts';

/** The scenario of a file with this body; its ensemble has three servers and a tick of half a second. */
export function fileOf(body: string): Scenario {
  const head = 'title: t\nteaches: t\nensemble: {voters: 3}\nzooCfg: {tickTime: 500}\nservice: zookeeper\n';
  const parsed = parseScenario(head + body, 'test.yaml');
  if ('mistakes' in parsed) throw new Error(parsed.mistakes.map(formatMistake).join('\n'));
  return parsed.scenario;
}

type Of<K extends TraceKind, E = TraceEvent> = E extends { readonly kind: infer Kinds }
  ? K extends Kinds
    ? E
    : never
  : never;

export interface Played {
  readonly report: Report;
  readonly trace: readonly TraceEvent[];
  of<K extends TraceKind>(kind: K): Of<K>[];
}

/** Plays it to its end with every property; one that speaks fails the test. */
export function play(body: string, seed = '1'): Played {
  const trace: TraceEvent[] = [];
  const report = run(fileOf(body), seed, { properties: PROPERTIES, keep: (event) => trace.push(event) });
  if (report.violations.length > 0) throw new Error(report.violations.map(({ why }) => why).join('\n'));
  return {
    report,
    trace,
    of: <K extends TraceKind>(kind: K) => trace.filter((event): event is TraceEvent & Of<K> => event.kind === kind),
  };
}

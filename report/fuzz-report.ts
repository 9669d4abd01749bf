import * as z from 'zod';

/** Version of the form below. A report of another version is refused, never guessed at. */
export const FUZZ_REPORT_FORM = 1;

const count = z.int().nonnegative();
const text = z.string();

const failure = z.object({
  property: text,
  /** Equal for failures that are one story. */
  fingerprint: text,
  /** What the property said of the run that stands for them all. */
  why: text,
  /** That run: the one with the fewest events. */
  run: count,
  events: count,
  /** Every run that failed so, by its index; `seeds` names each as `seed/index`. */
  runs: z.array(count),
  seeds: z.array(text),
  /** The shrunk scenario, from the folder of the report. null: nothing was written. */
  file: text.nullable(),
  /** The line that shows it. */
  reproduce: text,
  /** Length of the causal chain of the shrunk run, in trace events. null: it was not shrunk. */
  shrunkEvents: count.nullable(),
  /** Steps, operations and draws that the shrunk scenario has left. */
  shrunkSteps: count.nullable(),
  shrunkTraceEvents: count.nullable(),
  /** The seed of the shrunk scenario. */
  shrunkSeed: text.nullable(),
  /** Of the shrunk run; two runs had it. */
  traceHash: text.nullable(),
  /** Candidates that shrinking ran, and how long it took. */
  tries: count,
  shrinkMs: z.number().nonnegative(),
  removed: z.array(text),
  /** The shrunk scenario itself. */
  scenario: text.nullable(),
  /** Why it was not shrunk, or what is wrong with the result. */
  trouble: text.nullable(),
});

/** What `fuzz --json` prints, `fuzz --out` writes and `merge` reads. */
export const fuzzReportForm = z.object({
  form: z.literal(FUZZ_REPORT_FORM),
  version: text,
  seed: text,
  /** A release, or the full name of a bug. */
  release: text,
  strategy: z.enum(['swarm', 'pct', 'pos']),
  /** Names of the properties of others. */
  ownProperties: z.array(text),
  /** Which shards are in it, of how many. */
  shards: z.array(z.int().positive()).min(1),
  of: z.int().positive(),
  keepGoing: z.boolean(),
  /** What was asked for. */
  limit: z.object({ first: count, runs: count.nullable(), timeMs: count.nullable(), untilStable: count.nullable() }),
  /** Why it ended. */
  ended: z.enum(['runs', 'time', 'stable', 'failure', 'interrupted', 'refused']),
  runs: count,
  /** The index behind the last run. */
  end: count,
  undecided: count,
  events: count,
  traceEvents: count,
  virtualUs: count,
  wallMs: z.number().nonnegative(),
  properties: z.array(z.object({ name: text, premises: count, excused: count })),
  faults: z.array(z.object({ fault: text, asked: count, landed: count })),
  features: z.array(z.object({ feature: text, runs: count })),
  /** In how many runs each was reached, and the first of them; -1: none. */
  situations: z.array(z.object({ situation: text, runs: count, first: z.int().min(-1) })),
  distinctStates: count,
  /** Distinct abstract states after so many runs. */
  curve: z.array(z.object({ runs: count, states: count })),
  /** Of these states, how many the last tenth of the runs was the first to reach. */
  newInLastTenth: count,
  failures: z.array(failure),
  ownFaults: z.array(z.object({ run: count, message: text, stack: z.array(text), file: text.nullable() })),
  /** Each state with the first run that reached it: 32-bit pairs, little-endian, base64. What `merge` needs. */
  states: text,
});

export type FuzzReport = z.infer<typeof fuzzReportForm>;
export type FailureEntry = FuzzReport['failures'][number];

/** The curve is still rising when the last tenth of the runs found more than one in a hundred of all states. */
export function isRising({ distinctStates, newInLastTenth }: FuzzReport): boolean {
  return newInLastTenth * 100 > distinctStates;
}

/** What was never reached: situations, properties that judged nothing, faults that were asked for and had no effect. */
export function unreached(report: FuzzReport): string[] {
  return [
    ...report.situations.filter(({ runs }) => runs === 0).map(({ situation }) => `situation ${situation}`),
    ...report.properties.filter(({ premises }) => premises === 0).map(({ name }) => `property ${name}`),
    ...report.faults.filter(({ asked, landed }) => asked > 0 && landed === 0).map(({ fault }) => `fault ${fault}`),
  ];
}

import { FUZZ_REPORT_FORM, type FailureEntry, type FuzzReport } from '../report/fuzz-report.ts';
import { VERSION } from '../report/version.ts';
import { newTally, type Tally } from './tally.ts';
import { SITUATION_NAMES } from '../sim/search/coverage.ts';

/** Everything in a report that is not counted from runs. */
export type Frame = Pick<
  FuzzReport,
  | 'seed'
  | 'release'
  | 'strategy'
  | 'ownProperties'
  | 'shards'
  | 'of'
  | 'keepGoing'
  | 'limit'
  | 'ended'
  | 'wallMs'
  | 'end'
>;
/** What is known of a failure besides its runs. */
export type Detail = Omit<FailureEntry, 'property' | 'fingerprint' | 'why' | 'run' | 'events' | 'runs' | 'seeds'>;

/** A report from what was counted. Everything stands in an order of its own, so that equal counts are equal reports. */
export function fuzzReport(
  tally: Tally,
  frame: Frame,
  known: {
    readonly details: ReadonlyMap<string, Detail>;
    readonly ownFaultFiles: ReadonlyMap<number, string>;
    /** Names of properties that were watched, judged or not. */
    readonly properties: readonly string[];
  },
): FuzzReport {
  const { first } = frame.limit;
  const firsts = [...tally.states.values()].sort((a, b) => a - b);
  return {
    form: FUZZ_REPORT_FORM,
    version: VERSION,
    ...frame,
    runs: tally.runs,
    undecided: tally.undecided,
    events: tally.events,
    traceEvents: tally.traceEvents,
    virtualUs: tally.virtualUs,
    properties: [...new Set([...known.properties, ...tally.premises.keys()])].sort(byText).map((name) => ({
      name,
      premises: tally.premises.get(name) ?? 0,
      excused: tally.excused.get(name) ?? 0,
    })),
    faults: sorted(tally.faults).map(([fault, counts]) => ({ fault, ...counts })),
    features: sorted(tally.features).map(([feature, runs]) => ({ feature, runs })),
    situations: [...new Set([...SITUATION_NAMES, ...tally.situations.keys()])].sort(byText).map((situation) => ({
      situation,
      ...(tally.situations.get(situation) ?? { runs: 0, first: -1 }),
    })),
    distinctStates: firsts.length,
    curve: curveOf(firsts, first, frame.end),
    newInLastTenth: firsts.length - countBelow(firsts, frame.end - Math.ceil((frame.end - first) / 10)),
    failures: [...tally.failures.values()]
      .sort((a, b) => a.runs[0]! - b.runs[0]!)
      .map((group) => ({
        ...(known.details.get(group.fingerprint) ?? NOTHING_KNOWN),
        property: group.property,
        fingerprint: group.fingerprint,
        why: group.why,
        run: group.run,
        events: group.events,
        runs: group.runs,
        seeds: group.runs.map((run) => `${frame.seed}/${run}`),
      })),
    ownFaults: tally.ownFaults.map(({ run, message, stack }) => ({
      run,
      message,
      stack: [...stack],
      file: known.ownFaultFiles.get(run) ?? null,
    })),
    states: packed(tally.states),
  };
}

/** The counts of a report again, for adding up. */
export function tallyOf(report: FuzzReport): Tally {
  const tally = newTally();
  tally.runs = report.runs;
  tally.undecided = report.undecided;
  tally.events = report.events;
  tally.traceEvents = report.traceEvents;
  tally.virtualUs = report.virtualUs;
  for (const { name, premises, excused } of report.properties) {
    tally.premises.set(name, premises);
    if (excused > 0) tally.excused.set(name, excused);
  }
  for (const { fault, asked, landed } of report.faults) tally.faults.set(fault, { asked, landed });
  for (const { feature, runs } of report.features) tally.features.set(feature, runs);
  for (const { situation, runs, first } of report.situations)
    if (runs > 0) tally.situations.set(situation, { runs, first });
  for (const [state, first] of unpacked(report.states)) tally.states.set(state, first);
  for (const { property, fingerprint, run, events, why, runs } of report.failures)
    tally.failures.set(fingerprint, { property, fingerprint, run, events, why, runs: [...runs] });
  tally.ownFaults.push(...report.ownFaults.map(({ run, message, stack }) => ({ run, message, stack })));
  return tally;
}

/** A failure that nobody has looked into. */
export const NOTHING_KNOWN: Detail = {
  file: null,
  reproduce: '',
  shrunkEvents: null,
  shrunkSteps: null,
  shrunkTraceEvents: null,
  shrunkSeed: null,
  traceHash: null,
  tries: 0,
  shrinkMs: 0,
  removed: [],
  scenario: null,
  trouble: 'not shrunk',
};

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => byText(a, b));
}

/** How many of the sorted numbers are below a bound. */
function countBelow(numbers: readonly number[], bound: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** At 1, 2, 5, 10, 20, ... runs and at the end. */
function curveOf(firsts: readonly number[], first: number, end: number): FuzzReport['curve'] {
  const runs: number[] = [];
  for (let decade = 1; decade < end - first; decade *= 10)
    for (const step of [1, 2, 5]) if (step * decade < end - first) runs.push(step * decade);
  if (end > first) runs.push(end - first);
  return runs.map((after) => ({ runs: after, states: countBelow(firsts, first + after) }));
}

function packed(states: ReadonlyMap<number, number>): string {
  const pairs = [...states].sort(([a], [b]) => a - b);
  const bytes = Buffer.alloc(pairs.length * 8);
  pairs.forEach(([state, first], i) => {
    bytes.writeUInt32LE(state, i * 8);
    bytes.writeUInt32LE(first, i * 8 + 4);
  });
  return bytes.toString('base64');
}

function unpacked(text: string): [number, number][] {
  const bytes = Buffer.from(text, 'base64');
  return Array.from({ length: Math.floor(bytes.length / 8) }, (_, i) => [
    bytes.readUInt32LE(i * 8),
    bytes.readUInt32LE(i * 8 + 4),
  ]);
}

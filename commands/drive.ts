import { setImmediate } from 'node:timers/promises';
import { PROPERTIES } from '../properties/index.ts';
import { Recent } from '../report/recent.ts';
import { seconds } from '../report/text.ts';
import { advance, beginRun, finishRun, type Report } from '../sim/run.ts';
import type { Scenario } from '../sim/scenario.ts';
import { MS } from '../sim/time.ts';
import type { TraceEvent } from '../sim/trace.ts';
import { OwnFault, UsageError } from './exit.ts';
import { underWatch } from './guard-property.ts';
import type { Property } from '../sim/property.ts';

export interface DriveOptions {
  /** Sees every trace event with its index. */
  readonly watch?: (event: TraceEvent, index: number) => void;
  readonly progress?: (text: string) => void;
  /** Properties of somebody else's that judge it too: the run is watched, in case one of them does not return. */
  readonly more?: readonly Property[];
}

export interface Driven {
  readonly report: Report;
  readonly wallMs: number;
  /** Ctrl-C came before the end: the report tells what was known by then. */
  readonly interrupted: boolean;
}

/** Virtual time between two looks at the keyboard. */
const SLICE = 50 * MS;
/** Wall time for which nobody needs to look. */
const PATIENCE_MS = 40;
/** Wall time that a slice may take when properties of somebody else's are in it. */
const PATIENCE_WITH_OTHERS_MS = 5000;
/** Trace events shown when zabsim itself fails. */
const LAST_EVENTS = 20;

/** Plays one run to its end, or until Ctrl-C. A `UsageError` that `watch` throws passes through; anything else that is
 *  thrown is our own fault. */
export async function drive(scenario: Scenario, seed: string, options: DriveOptions = {}): Promise<Driven> {
  const recent = new Recent(LAST_EVENTS);
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const started = performance.now();
  let looked = started;
  const { more = [] } = options;
  const properties = [...PROPERTIES, ...more];
  const watched = <T>(work: () => T): T => (more.length === 0 ? work() : underWatch(work, PATIENCE_WITH_OTHERS_MS));
  try {
    const run = beginRun(scenario, seed, {
      properties,
      keep: (event) => {
        const index = recent.total;
        recent.push(event);
        options.watch?.(event, index);
      },
    });
    for (let until = SLICE; until < scenario.endAt + SLICE && !interrupted && !run.stopped; until += SLICE) {
      const at = Math.min(until, scenario.endAt);
      watched(() => advance(run, at));
      const now = performance.now();
      if (now - looked < PATIENCE_MS) continue;
      options.progress?.(`${scenario.name}: ${seconds(at)} of ${seconds(scenario.endAt)}`);
      await setImmediate();
      looked = now;
    }
    const report = watched(() => finishRun(run));
    return {
      report: interrupted ? undecided(report, properties) : report,
      wallMs: performance.now() - started,
      interrupted,
    };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new OwnFault(error, { scenario: scenario.name, seed, event: recent.total, recent: recent.last(LAST_EVENTS) });
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    options.progress?.('');
  }
}

/** A run that was stopped from outside: what may still come is not held against it. */
function undecided(report: Report, properties: readonly Property[]): Report {
  const always = new Set(properties.filter(({ kind }) => kind === 'always').map(({ name }) => name));
  const violations = report.violations.filter(({ property }) => always.has(property));
  return { ...report, verdict: 'inconclusive', asExpected: false, unexpected: [], violations };
}

import type { Scenario } from '../sim/scenario.ts';
import { TRACE_VERSION } from '../sim/trace.ts';
import { printable } from './text.ts';
import { VERSION } from './version.ts';

/** The first line of a trace. */
export interface TraceHeader {
  readonly zabsim: string;
  readonly traceVersion: number;
  readonly scenario: Scenario;
  readonly seed: string;
  readonly release: string;
}

/** The last line of a trace: its absence tells a half-written one. */
export interface TraceFooter {
  readonly events: number;
  readonly traceHash: string;
}

/** Why a header cannot be ours, if it cannot. */
export function versionMistake(header: unknown): string | undefined {
  if (typeof header !== 'object' || header === null || !('zabsim' in header))
    return 'not a trace of zabsim: its first line must be the header';
  const { zabsim } = header;
  const version = 'traceVersion' in header ? header.traceVersion : undefined;
  if (version !== TRACE_VERSION)
    return `a trace of version ${printable(String(version), 40)}; this zabsim reads version ${TRACE_VERSION}`;
  return madeByAnother(zabsim);
}

/** What to say of a file that another zabsim made; undefined when this one made it. */
export function madeByAnother(version: unknown): string | undefined {
  if (version === VERSION) return undefined;
  return `made by zabsim ${printable(String(version), 40)}; this is zabsim ${VERSION}, which may play it differently`;
}

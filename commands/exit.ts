import type { TraceEvent } from '../sim/trace.ts';

/** One exit code for each kind of end. */
export const EXIT = {
  /** The run ended as its scenario says, an expected violation included. */
  asExpected: 0,
  /** A property is violated, or a fact differs, and the scenario does not say so. */
  violated: 1,
  /** Bad usage or bad input. */
  usage: 2,
  /** Not decided, or an expected violation did not come. */
  inconclusive: 3,
  /** A replay diverged, or two runs of one seed differ. */
  diverged: 4,
  /** zabsim itself is at fault. */
  ours: 70,
  /** Stopped by Ctrl-C: 128 and the number of SIGINT, as shells have it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The user's mistake, in words that need no stack trace. One line each. `located`: each line begins with
 *  `file:line:column: `, as editors understand it, and must stay as it is. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly lines: readonly string[];
  readonly located: boolean;

  constructor(lines: readonly string[], located = false) {
    super(lines.join('\n'));
    this.lines = lines;
    this.located = located;
  }
}

/** A fault of zabsim in the middle of a run, with what is needed to see it again. */
export class OwnFault extends Error {
  override readonly name = 'OwnFault';
  readonly scenario: string;
  readonly seed: string;
  /** Index of the trace event that was next. */
  readonly event: number;
  readonly recent: readonly { readonly index: number; readonly event: TraceEvent }[];

  constructor(
    cause: unknown,
    run: {
      readonly scenario: string;
      readonly seed: string;
      readonly event: number;
      readonly recent: readonly { readonly index: number; readonly event: TraceEvent }[];
    },
  ) {
    super(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause), { cause });
    this.scenario = run.scenario;
    this.seed = run.seed;
    this.event = run.event;
    this.recent = run.recent;
  }
}

/** The message of a failed file operation, without its stack: `ENOENT: no such file or directory`. */
export function fileTrouble(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return 'code' in error || /^E[A-Z]+: /.test(error.message)
    ? (error.message.split(', ')[0] ?? error.message)
    : undefined;
}

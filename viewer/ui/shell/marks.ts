import type { TraceEvent } from '../../../sim/trace.ts';
import type { Micros } from '../../../sim/time.ts';

/** What the bar of time shows of the trace. */
export type MarkKind = 'election' | 'established' | 'commit' | 'fault' | 'fence';

export interface Mark {
  /** Of the trace event. */
  readonly index: number;
  readonly at: Micros;
  readonly kind: MarkKind;
}

export function marked(event: TraceEvent): MarkKind | null {
  switch (event.kind) {
    case 'elected':
      return event.becomes === 'LEADING' ? 'election' : null;
    case 'established':
      return 'established';
    case 'committed':
      return 'commit';
    case 'fault':
      return 'fault';
    case 'fenced':
      return 'fence';
    default:
      return null;
  }
}

/** One mark of each kind a column: a bar of some hundred pixels has no room for more. Ascending by time. */
export function thinned(marks: readonly Mark[], endAt: Micros, columns: number): readonly Mark[] {
  const last = new Map<MarkKind, number>();
  return marks.filter(({ kind, at }) => {
    const column = Math.floor((at / Math.max(1, endAt)) * columns);
    if (last.get(kind) === column) return false;
    last.set(kind, column);
    return true;
  });
}

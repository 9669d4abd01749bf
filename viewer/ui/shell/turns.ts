import { shownByProcess } from '../../../report/words.ts';
import type { TraceEvent } from '../../../sim/trace.ts';

/** A turn of the story: what somebody who listens must hear. Traffic is none. */
export interface Turn {
  /** Of the trace event. */
  readonly index: number;
  readonly event: TraceEvent;
  readonly tone: Tone;
}

export type Tone = 'plain' | 'leader' | 'fault' | 'fence' | 'good';

export function turnOf(event: TraceEvent, index: number): Turn | null {
  const tone = toneOf(event);
  return tone === null ? null : { index, event, tone };
}

function toneOf(event: TraceEvent): Tone | null {
  switch (event.kind) {
    case 'stateChanged':
      return event.state === 'LOOKING' ? 'plain' : null;
    case 'elected':
      return event.becomes === 'LEADING' ? 'leader' : 'plain';
    case 'epochAcked':
      return event.counted ? null : 'fence';
    case 'established':
      return 'leader';
    case 'fenced':
      return 'fence';
    case 'fault':
      return shownByProcess(event) ? null : 'fault';
    case 'ended':
    case 'paused':
    case 'resumed':
    case 'diskFailed':
      return 'fault';
    case 'mended':
    case 'calm':
      return 'good';
    case 'returned':
      return event.outcome === 'ok' ? 'good' : 'fault';
    case 'committed':
      return event.txn.body.kind === 'write' ? 'good' : 'plain';
    case 'snapshotWritten':
      return event.replaces ? 'plain' : null;
    case 'leftRole':
    case 'started':
    case 'epochProposed':
    case 'epochWritten':
    case 'electionFinished':
    case 'syncChosen':
    case 'truncated':
    case 'reloaded':
    case 'serving':
    case 'proposed':
    case 'invoked':
    case 'sessionExpired':
    case 'warned':
    case 'unexpected':
      return 'plain';
    default:
      return null;
  }
}

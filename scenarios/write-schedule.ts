import { unreachable } from '../sim/assert.ts';
import type { ClientModel, Draw, Schedule } from '../sim/scenario.ts';
import { formatDuration } from './units.ts';
import { list, word, type Pairs } from './write-values.ts';

/** The section `schedule`; nothing when it is uniform. */
export function writeSchedule(schedule: Schedule, clients: readonly ClientModel[]): string[] {
  switch (schedule.kind) {
    case 'uniform':
      return [];
    case 'pos':
      return ['schedule: {strategy: pos}'];
    case 'pct':
      return [`schedule: {strategy: pct, depth: ${schedule.depth}, steps: ${schedule.steps}}`];
    case 'calm':
      if (schedule.except.length === 0) return ['schedule: {strategy: calm}'];
      return [
        'schedule:',
        '  strategy: calm',
        ...list(
          'except',
          schedule.except.map((draw) => drawOf(draw, clients)),
          '  ',
        ),
      ];
    default:
      return unreachable(schedule);
  }
}

function drawOf({ stream, a, b, nth, value }: Draw, clients: readonly ClientModel[]): Pairs {
  const endpoint = (end: number): string => (end < 0 ? word(clients[-1 - end]?.name ?? '') : String(end));
  // Small numbers are rather answers and places in a list than delays.
  const delay = value >= 10 && stream !== 'fault' && !(stream === 'startup' && nth === 2);
  const rest: Pairs = [
    ['nth', String(nth)],
    ['value', delay ? formatDuration(value) : String(value)],
  ];
  switch (stream) {
    case 'latency':
    case 'mishap':
      return [['draw', stream], ['from', endpoint(a)], ['to', endpoint(b)], ...rest];
    case 'disk':
    case 'thread':
      return [['draw', stream], ['server', String(a)], ...rest];
    case 'startup':
      return [['draw', stream], ['server', String(a)], ['life', String(b)], ...rest];
    case 'client':
      return [['draw', stream], ['client', word(clients[a]?.name ?? '')], ...rest];
    case 'fault':
      return [['draw', stream], ...rest];
    default:
      return unreachable(stream);
  }
}

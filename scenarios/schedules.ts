import { unreachable } from '../sim/assert.ts';
import type { Draw, Schedule } from '../sim/scenario.ts';
import type { DrawFields, ScenarioFile } from './schema.ts';

/** What `schedule:` says. `clients` by the order of the file: draws know them by their index. */
export function scheduleOf({ schedule }: ScenarioFile, clients: readonly { readonly name: string }[]): Schedule {
  if (schedule === undefined) return { kind: 'uniform' };
  switch (schedule.strategy) {
    case 'uniform':
    case 'pos':
      return { kind: schedule.strategy };
    case 'pct':
      return { kind: 'pct', depth: schedule.depth, steps: schedule.steps };
    case 'calm': {
      const names = clients.map(({ name }) => name);
      return { kind: 'calm', except: (schedule.except ?? []).map((fields) => drawOf(fields, names)) };
    }
    default:
      return unreachable(schedule);
  }
}

function drawOf(fields: DrawFields, names: readonly string[]): Draw {
  const { draw: stream, nth, value } = fields;
  const endpoint = (end: number | string): number => (typeof end === 'number' ? end : -1 - names.indexOf(end));
  switch (fields.draw) {
    case 'latency':
    case 'mishap':
      return { stream, a: endpoint(fields.from), b: endpoint(fields.to), nth, value };
    case 'disk':
    case 'thread':
      return { stream, a: fields.server, b: 0, nth, value };
    case 'startup':
      return { stream, a: fields.server, b: fields.life, nth, value };
    case 'client':
      return { stream, a: names.indexOf(fields.client), b: 0, nth, value };
    case 'fault':
      return { stream, a: 0, b: 0, nth, value };
    default:
      return unreachable(fields);
  }
}

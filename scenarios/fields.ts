import * as z from 'zod';
import type { Micros, Range } from '../sim/time.ts';
import type { Who } from '../sim/scenario.ts';
import { MAX_SERVER_ID, type ServerId } from '../sim/zab/sets.ts';
import { parseZxid } from '../sim/zab/zxid.ts';
import { ROLES } from './names.ts';
import { DURATION, formatDuration, LONGEST, parseDuration } from './units.ts';

/** The kinds of values that a scenario is made of. Each reads the friendly form and yields the engine's units. */

/** An object without unknown keys. */
export const object = z.strictObject;

export function integer(min: number, max: number) {
  return z.number().int().min(min).max(max);
}

const DURATION_EXPECTED = 'expected a duration such as 300us, 500ms, 1.5s, 2m';
const durationText = z.union([z.string().regex(DURATION, { error: DURATION_EXPECTED }), z.literal(0)], {
  error: DURATION_EXPECTED,
});

/** A duration in microseconds, at most `max`. */
export function duration(min: Micros = 0, max: Micros = LONGEST) {
  return durationText.transform((text, context): Micros => {
    const micros = text === 0 ? 0 : parseDuration(text);
    const why =
      micros === undefined
        ? 'a duration is a whole number of microseconds'
        : micros < min
          ? `must be at least ${formatDuration(min)}`
          : micros > max
            ? `must be at most ${formatDuration(max)}`
            : undefined;
    if (why === undefined && micros !== undefined) return micros;
    context.issues.push({ code: 'custom', message: why ?? DURATION_EXPECTED, input: text });
    return z.NEVER;
  });
}

/** `[500us, 3ms]`, or one duration for both ends. */
export function durations(min: Micros = 0, max: Micros = LONGEST) {
  const one = duration(min, max);
  // A tuple first: its own messages point at the end that is wrong.
  return z
    .union([z.tuple([durationText, durationText]), durationText], {
      error: 'expected a range such as [500us, 3ms], or one duration',
    })
    .transform((value, context): Range => {
      const ends = (Array.isArray(value) ? value : [value, value]).map((end) => one.safeParse(end));
      const [low, high] = ends;
      if (low?.success && high?.success) {
        if (low.data <= high.data) return [low.data, high.data];
        context.issues.push({ code: 'custom', message: 'the smaller end of a range comes first', input: value });
        return z.NEVER;
      }
      const failed = low?.success ? high : low;
      context.issues.push({
        code: 'custom',
        message: failed?.error?.issues[0]?.message ?? DURATION_EXPECTED,
        input: value,
      });
      return z.NEVER;
    });
}

/** `0x100000003`, `1:3` (epoch:counter), or a decimal number. */
export const zxid = z
  .union([z.number(), z.string()], { error: 'expected a zxid such as 0x100000003 or 1:3' })
  .transform((value, context): number => {
    const parsed = parseZxid(String(value));
    if (parsed !== undefined && parsed >= 0) return parsed;
    context.issues.push({
      code: 'custom',
      message: 'expected a zxid such as 0x100000003 or 1:3, its epoch below 2097152',
      input: value,
    });
    return z.NEVER;
  })
  .meta({ id: 'zxid', description: '0x100000003, 1:3 (epoch:counter), or a decimal number' });

export const serverId = z
  .number()
  .int()
  .min(1)
  .max(MAX_SERVER_ID)
  .meta({ id: 'serverId', description: `myid, 1..${MAX_SERVER_ID}` });

const WHO_EXPECTED = `expected a server's id or one of ${ROLES.join(', ')}`;

/** A server by id, or by the role it has when the moment comes. */
export const who = z
  .union([serverId, z.enum(ROLES)], { error: WHO_EXPECTED })
  .transform((value): Who => value)
  .meta({ id: 'who', description: 'a server by id, or by the role it has when the moment comes' });

/** Several servers, or `all`. */
export type Servers = readonly Who[] | 'all';
export const servers = z
  .union([z.literal('all'), serverId, z.enum(ROLES), z.array(z.union([serverId, z.enum(ROLES)])).min(1)], {
    error: 'expected servers: a list such as [1, leader], one of them, or all',
  })
  .transform((value): Servers => (value === 'all' ? 'all' : Array.isArray(value) ? value : [value]))
  .meta({ id: 'servers', description: 'several servers, one of them, or all' });

/** `[[leader, 3], [1, 2]]`: links between two servers. */
export const links = z
  .array(z.tuple([who, who]))
  .min(1)
  .meta({ id: 'links', description: 'links between two servers' });

export const epoch = integer(0, 0x1f_ffff);
export const ppm = integer(0, 1_000_000);
export const signedPpm = integer(-900_000, 1_000_000);
export const word = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, { error: 'expected a word of letters, digits, _ . -' });

/** A server by id or role, or a client by its name. */
export const end = z.union([serverId, word], {
  error: `expected a server's id, one of ${ROLES.join(', ')}, or the name of a client`,
});

/** Keys of maps by server: YAML hands them over as text. */
export const serverKey = z
  .string()
  .regex(/^([1-9]|[12]\d|30)$/, { error: `expected a server's id, 1..${MAX_SERVER_ID}` });

export function idOf(key: string): ServerId {
  return Number(key);
}

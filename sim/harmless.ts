import type { Action } from './scenario.ts';

/** Steps that a calm ensemble may still see: they are no faults. */
export const HARMLESS: ReadonlySet<Action['kind']> = new Set<Action['kind']>([
  'write',
  'failingWrite',
  'read',
  'sync',
  'openSession',
  'closeSession',
  'request',
  'addAuth',
  'heal',
  'resume',
  'resumeClient',
  'startClient',
  'healClient',
  'diskMended',
]);

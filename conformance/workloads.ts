import { MS } from '../sim/time.ts';
import { operationOf, pick, resultOf, type Fields } from './operations.ts';
import { ask, eventsOf, join, type Stage } from './service.ts';
import type { Session } from './sessions.ts';

/** Lists of requests that a record holds together with their results. */

/** `{i, s: session, op..., result}`, one after another, all servers level after each. */
export function factOfWorkload(stage: Stage, fact = 'workload'): readonly unknown[] {
  const real = stage.record.observed.facts[fact];
  if (!Array.isArray(real)) return [];
  return real.map((item: Fields) => {
    const { result, ...asked } = item;
    return { ...asked, result: pick(resultOfOne(stage, asked), result as Fields) };
  });
}

function resultOfOne(stage: Stage, asked: Fields): Fields {
  const { sessions, clients } = stage;
  const label = String(asked['s']);
  if (asked['op'] === 'connect') {
    const before = clients.get(label);
    const session = join(stage, label, Number(asked['server']), { timeoutMs: Number(asked['timeout']) });
    sessions.settle();
    return {
      err: session.connected ? 'OK' : 'CONNECTIONLOSS',
      timeOut: session.timeoutMs,
      // The server where the session began is part of its id.
      sessionServerByte: before?.origin ?? Number(asked['server']),
      zxidAfter: zxidNow(stage),
    };
  }
  const session = clients.get(label);
  if (asked['op'] === 'cut' || asked['op'] === 'expire') {
    const before = sessions.zxid;
    if (session !== undefined) sessions.cut(session);
    sessions.pass(sessions.now + 5 * MS);
    if (asked['op'] === 'expire') sessions.until(() => sessions.zxid > before, 60_000 * MS);
    sessions.settle();
    return { zxidAfter: zxidNow(stage) };
  }
  if (asked['op'] === 'events') {
    sessions.pass(sessions.now + 5 * MS);
    return { events: session === undefined ? [] : eventsOf(stage, session) };
  }
  if (asked['op'] === 'pipeline') return { results: session === undefined ? [] : pipelined(stage, session, asked) };
  const result = session === undefined ? undefined : ask(stage, session, asked);
  sessions.settle();
  return result ?? { err: 'not understood' };
}

/** Several requests of one session, none of which waits for another. */
function pipelined(stage: Stage, session: Session, asked: Fields): readonly Fields[] {
  const { sessions, labels } = stage;
  const xids = (asked['ops'] as readonly Fields[]).map((fields) => {
    const op = operationOf(fields);
    return op === undefined ? -1 : sessions.send(session, op);
  });
  const results = xids.map((xid) => resultOf(sessions.answer(session, xid), labels));
  sessions.settle();
  return results;
}

/** The zxid that all servers report. */
export function zxidNow(stage: Stage): string {
  return `0x${stage.sessions.zxid.toString(16)}`;
}

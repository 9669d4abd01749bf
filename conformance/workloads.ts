import type { Fields } from './operations.ts';
import { ask, join, pick, type Stage } from './service.ts';

/** Lists of requests that a record holds together with their results. */

/** `{i, s: session, op..., result}`, one after another, all servers level after each. */
export function factOfWorkload(stage: Stage): readonly unknown[] {
  const real = stage.record.observed.facts['workload'];
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
    const session = join(stage, label, Number(asked['server']), { timeoutMs: Number(asked['timeout']) });
    sessions.settle();
    return {
      err: session.connected ? 'OK' : 'CONNECTIONLOSS',
      timeOut: session.timeoutMs,
      sessionServerByte: Number(asked['server']),
      zxidAfter: zxidNow(stage),
    };
  }
  const session = clients.get(label);
  const result = session === undefined ? undefined : ask(stage, session, asked);
  sessions.settle();
  return result ?? { err: 'not understood' };
}

/** The zxid that all servers report. */
export function zxidNow(stage: Stage): string {
  return `0x${stage.sessions.zxid.toString(16)}`;
}

import { useEffect, useState } from 'preact/hooks';
import type { LogCell } from '../../frame.ts';
import { engine, main } from '../shell/store.ts';

export interface History {
  readonly hidden: number;
  readonly cells: readonly LogCell[];
}

/** Histories of all servers: as the frame has them, and `back` cells more where that is more than nothing. Older cells are
 *  asked of the engine; until it answers, and while time goes on, those of the frame stand. */
export function useEarlier(back: number): readonly History[] {
  const frame = main.frame.value;
  const [older, setOlder] = useState<{ readonly traced: number; readonly histories: readonly History[] } | null>(null);
  const traced = frame?.position.traced ?? 0;
  useEffect(() => {
    const servers = main.frame.peek()?.servers ?? [];
    if (back === 0 || servers.length === 0) return;
    let late = false;
    void Promise.all(
      servers.map(async ({ id, log }): Promise<History> => {
        const from = Math.max(0, log.hidden - back);
        const answer = await engine().ask<'log'>({ kind: 'log', session: 'main', server: id, from });
        return answer.kind === 'log' ? { hidden: answer.from, cells: answer.cells } : log;
      }),
    ).then((histories) => {
      if (!late) setOlder({ traced, histories });
    });
    return () => {
      late = true;
    };
  }, [back, traced]);
  if (back > 0 && older !== null && older.traced === traced) return older.histories;
  return frame?.servers.map(({ log }) => log) ?? [];
}

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Answer, Question } from '../../protocol.ts';
import { engine } from '../shell/store.ts';

/** While a run plays, the engine is asked no more often than this. */
const BETWEEN_MS = 200;

/** The engine's latest answer; null before the first. Asked anew when `when` changes, one question at a time. */
export function useAsked(question: Question, when: string): Answer | null {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const busy = useRef(false);
  const wanted = useRef<{ question: Question; when: string } | null>(null);
  const alive = useRef(true);
  useEffect(() => () => void (alive.current = false), []);
  useEffect(() => {
    wanted.current = { question, when };
    if (!busy.current) void askOn();
  }, [when]);

  async function askOn(): Promise<void> {
    busy.current = true;
    while (wanted.current !== null && alive.current) {
      const next = wanted.current;
      wanted.current = null;
      const given = await engine().ask(next.question);
      // A component that has gone takes no more news.
      if (alive.current) setAnswer(given);
      await new Promise((resume) => setTimeout(resume, BETWEEN_MS));
    }
    busy.current = false;
  }
  return answer;
}

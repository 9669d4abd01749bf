import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { seconds, who } from '../../../report/text.ts';
import { eventWords } from '../../../report/words.ts';
import { t } from './i18n.ts';
import { announced, goToEvent, main } from './store.ts';
import type { Turn } from './turns.ts';

/** So many lines are kept on the page; the diagram and the command line have them all. */
const LINES = 60;
/** A screen reader is told no more than so many at a time, and not more often. */
const TOLD_AT_ONCE = 6;
const BETWEEN_TELLINGS_MS = 1200;

/** The story line by line, up to the moment shown. A click goes to the moment of the line. */
export function Story() {
  void main.trace.version.value;
  const traced = main.frame.value?.position.traced ?? 0;
  const turns = main.trace.lastTurns(traced, LINES);
  const list = useRef<HTMLDivElement>(null);
  const last = turns.at(-1)?.index ?? -1;
  const lines = useMemo(
    () =>
      turns.map((turn) => (
        <li key={turn.index}>
          <Line turn={turn} />
        </li>
      )),
    [last, main.trace.voided, main.about.value],
  );
  useLayoutEffect(() => {
    const element = list.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  }, [last]);
  return (
    <section class="story" ref={list} aria-label={t('pane.story')} tabIndex={0}>
      <p class="teaches">{main.about.value?.teaches}</p>
      <ol>{lines}</ol>
    </section>
  );
}

function Line({ turn: { index, event, tone } }: { readonly turn: Turn }) {
  return (
    <button type="button" class={`story-line told-${tone}`} onClick={() => goToEvent(index)}>
      <time>{seconds(event.at)}</time>
      <b>{event.server > 0 ? who(event.server) : ''}</b>
      <span>{eventWords(event)}</span>
    </button>
  );
}

/** The same story for those who hear it: polite, and a few lines at a time. */
export function LiveRegion() {
  const told = useRef(-1);
  const [text, setText] = useState('');
  useEffect(() => {
    const timer = setInterval(() => {
      const traced = main.frame.peek()?.position.traced ?? 0;
      const turns = main.trace.lastTurns(traced, TOLD_AT_ONCE);
      const newest = turns.at(-1)?.index ?? -1;
      if (newest === told.current) return;
      // After a step back, the moment it leads to is told; after a step forward, what is new.
      const fresh = newest < told.current ? turns.slice(-1) : turns.filter(({ index }) => index > told.current);
      told.current = newest;
      setText(fresh.map(lineWords).join('. '));
    }, BETWEEN_TELLINGS_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <div class="unseen" role="log" aria-live="polite" data-test="live">
        {text}
      </div>
      <div class={announced.value === '' ? 'toast toast-empty' : 'toast'} role="status" data-test="toast">
        {announced.value}
      </div>
    </>
  );
}

function lineWords({ event }: Turn): string {
  const subject = event.server > 0 ? `${who(event.server)} ` : '';
  return `${seconds(event.at)}: ${subject}${eventWords(event)}`;
}

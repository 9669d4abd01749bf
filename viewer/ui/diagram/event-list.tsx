import { useEffect, useState } from 'preact/hooks';
import { isShown } from '../../diagram-model/axis.ts';
import { t } from '../shell/i18n.ts';
import { selectedEvent } from '../shell/store.ts';
import type { DiagramState } from './diagram-state.ts';
import { choose, sentence } from './keys.ts';

/** So many events are listed at once. */
const MOST = 200;
const SETTLED_MS = 250;

/** The picture as text: the events that are in it, in order. Written when it is open, and when the picture stands still. */
export function EventList({ state }: { readonly state: DiagramState }) {
  const [open, setOpen] = useState(false);
  return (
    <details
      class="diagram-list"
      onToggle={(event) => setOpen(event.currentTarget instanceof HTMLDetailsElement && event.currentTarget.open)}
    >
      <summary>{t('diagram.list')}</summary>
      {open && <Listed state={state} />}
    </details>
  );
}

function Listed({ state }: { readonly state: DiagramState }) {
  const [seen, setSeen] = useState<{ readonly events: readonly number[]; readonly all: number }>({
    events: [],
    all: 0,
  });
  void [state.run.trace.version.value, state.view.value, state.shown.value, state.size.value];
  useEffect(() => {
    const timer = setTimeout(() => setSeen(inPicture(state)), SETTLED_MS);
    return () => clearTimeout(timer);
  });
  return (
    <>
      {seen.all > seen.events.length && <p>{t('diagram.listCut', { n: seen.events.length, all: seen.all })}</p>}
      <ol>
        {seen.events.map((event) => {
          const found = state.index.event(event);
          return found === undefined ? null : (
            <li key={event}>
              <button
                type="button"
                class="list-line"
                aria-current={selectedEvent.value === event}
                onClick={() => choose(state, event)}
              >
                {sentence(found)}
              </button>
            </li>
          );
        })}
      </ol>
    </>
  );
}

function inPicture(state: DiagramState): { events: number[]; all: number } {
  const { index, axis } = state;
  const { left, scale } = state.view.peek();
  const shown = state.shown.peek();
  const first = axis.firstAt(left);
  const end = axis.firstAt(left + state.size.peek().width / scale);
  const events: number[] = [];
  let all = 0;
  for (let event = first; event < end; event++) {
    const message = index.message.get(event);
    if (message >= 0 ? !isShown(index, message, shown) : index.weight.get(event) === 0) continue;
    all++;
    if (events.length < MOST) events.push(event);
  }
  return { events, all };
}

import { seconds, thousands } from '../../../report/text.ts';
import { eventWords } from '../../../report/words.ts';
import { t } from '../shell/i18n.ts';
import { goToEvent, selectedEvent } from '../shell/store.ts';
import type { DiagramState } from './diagram-state.ts';
import { choose, subjectOf } from './keys.ts';

/** The selected event in words, and where one can go from it. */
export function Details({ state }: { readonly state: DiagramState }) {
  void state.run.trace.version.value;
  const event = selectedEvent.value;
  const found = event === null ? undefined : state.index.event(event);
  if (event === null || found === undefined)
    return (
      <p class="diagram-hint" role="status">
        {t('diagram.hint')}
      </p>
    );
  const other = state.index.otherEnd(event);
  const promise = found.kind === 'fenced' && found.promise >= 0 ? found.promise : -1;
  return (
    <div class="diagram-details" data-test="diagram-details">
      <p role="status">
        <span class="mono muted">
          {seconds(found.at)} · {t('time.event', { event: thousands(event) })}
        </span>{' '}
        <b>{subjectOf(found)}</b> {eventWords(found)}
      </p>
      <div class="diagram-buttons">
        <button type="button" class="button" data-test="diagram-go" onClick={() => goToEvent(event)}>
          {t('diagram.goTo')}
        </button>
        {other >= 0 && (
          <button type="button" class="button" data-test="diagram-other-end" onClick={() => choose(state, other)}>
            {t(found.kind === 'sent' ? 'diagram.arrival' : 'diagram.sending')}
          </button>
        )}
        {promise >= 0 && (
          <button type="button" class="button" onClick={() => choose(state, promise)}>
            {t('ledger.promise')}
          </button>
        )}
        <button type="button" class="button" data-test="diagram-deselect" onClick={() => (selectedEvent.value = null)}>
          {t('diagram.deselect')}
        </button>
      </div>
    </div>
  );
}

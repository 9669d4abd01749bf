import { FENCING_RULES } from '../../../report/fencing.ts';
import { seconds, thousands, zxidText } from '../../../report/text.ts';
import { COUNTERS } from '../../../sim/zab/zxid.ts';
import type { Refusal } from '../../frame.ts';
import { t } from '../shell/i18n.ts';
import { goToEvent, main, selectedEvent } from '../shell/store.ts';

/** Every refusal by an epoch: what was offered, what is held, and where the promise was made. */
export function Ledger() {
  const ledger = main.frame.value?.ledger ?? [];
  return (
    <div class="ledger" data-test="ledger">
      <p class="about">{t('ledger.about')}</p>
      {ledger.length === 0 && <p class="empty">{t('ledger.empty')}</p>}
      <ol>
        {ledger.map((refusal) => (
          <Entry key={refusal.event} refusal={refusal} />
        ))}
      </ol>
    </div>
  );
}

function Entry({ refusal }: { readonly refusal: Refusal }) {
  const { event, at, rule, promise, times, last, words } = refusal;
  const { about, source } = FENCING_RULES[rule];
  const behind = promise >= 0 ? promise : event;
  return (
    <li class={selectedEvent.value === event ? 'refusal refusal-chosen' : 'refusal'} data-rule={rule}>
      <button type="button" class="refusal-words" data-test="refusal" onClick={() => goToEvent(behind)}>
        <Numbers refusal={refusal} />
        <span>
          <time>{seconds(at)}</time> {words}
          {times > 1 && <em> {t('ledger.times', { n: thousands(times), at: seconds(last) })}</em>}
        </span>
      </button>
      <div class="refusal-more">
        <button type="button" class="button" onClick={() => goToEvent(event)}>
          {t('ledger.refusal')}
        </button>
        {promise >= 0 && (
          <button type="button" class="button" data-test="refusal-promise" onClick={() => goToEvent(promise)}>
            {t('ledger.promise')}
          </button>
        )}
        <details>
          <summary>{t('ledger.rule')}</summary>
          <p>{about}</p>
          <p class="muted">{t('ledger.source', { source })}</p>
        </details>
      </div>
    </li>
  );
}

/** The two numbers, large: they are the whole story. */
function Numbers({ refusal: { held, offered, rule } }: { readonly refusal: Refusal }) {
  // Nothing was offered to a leader that finds itself alone.
  if (rule === 'quorum-gone') {
    return (
      <span class="refusal-numbers">
        <span>
          <small>{t('ledger.held')}</small>
          <b>{numberText(held)}</b>
        </span>
      </span>
    );
  }
  const sign = offered < held ? '<' : offered > held ? '>' : '=';
  return (
    <span class="refusal-numbers">
      <span>
        <small>{t('ledger.offered')}</small>
        <b>{numberText(offered)}</b>
      </span>
      <i>{sign}</i>
      <span>
        <small>{t('ledger.held')}</small>
        <b>{numberText(held)}</b>
      </span>
    </span>
  );
}

/** Epochs are small numbers; what is larger is a zxid. */
function numberText(value: number): string {
  return value < COUNTERS ? String(value) : zxidText(value);
}

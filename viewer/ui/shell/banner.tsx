import { useEffect, useState } from 'preact/hooks';
import { seconds, thousands } from '../../../report/text.ts';
import { Dialog } from './dialog.tsx';
import { t } from './i18n.ts';
import { Icon } from './icons.tsx';
import { dialog, dismiss, engine, goToEvent, main, notices } from './store.ts';

/** What must not be overlooked: a violation that is shown, and what went wrong with the page itself. */
export function Banner() {
  const frame = main.frame.value;
  const violation = frame?.violations.at(-1);
  return (
    <div class="banner">
      {violation !== undefined && (
        <div class="notice" role="alert" data-test="violation">
          <Icon name="warning" />
          <div class="notice-text">
            <strong>{t('violation.title', { property: violation.property })}</strong>{' '}
            <span class="muted">
              {t('violation.at', { at: seconds(violation.at), event: thousands(violation.event) })}
            </span>
            <div>{violation.why}</div>
          </div>
          <button type="button" class="button" onClick={() => goToEvent(violation.event)}>
            {t('property.goTo')}
          </button>
          <button
            type="button"
            class="button button-danger"
            data-test="report"
            onClick={() => (dialog.value = { kind: 'report' })}
          >
            {t('violation.report')}
          </button>
        </div>
      )}
      {notices.value.map(({ id, tone, lines }) => (
        <div
          key={id}
          class={tone === 'bad' ? 'notice' : 'notice notice-info'}
          role={tone === 'bad' ? 'alert' : 'status'}
        >
          <Icon name={tone === 'bad' ? 'warning' : 'help'} />
          <div class="notice-text">
            {lines.map((line, i) => (
              <div key={i}>{line}</div>
            ))}
          </div>
          <button type="button" class="icon-button" aria-label={t('app.dismiss')} onClick={() => dismiss(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}

/** The report of the command line, as it stands. */
export function ReportDialog({ close }: { readonly close: () => void }) {
  const [lines, setLines] = useState<readonly string[] | null>(null);
  useEffect(() => {
    let gone = false;
    void engine()
      .ask<'report'>({ kind: 'report', session: 'main' })
      .then((answer) => {
        if (!gone) setLines(answer.lines);
      });
    return () => {
      gone = true;
    };
  }, []);
  return (
    <Dialog title={t('violation.reportTitle')} close={close} wide>
      {lines === null ? (
        <p role="status">{t('violation.wait')}</p>
      ) : (
        <pre class="report" tabIndex={0} data-test="report-text">
          {lines.join('\n').trim()}
        </pre>
      )}
    </Dialog>
  );
}

import { t } from './i18n.ts';
import { Icon } from './icons.tsx';
import { lesson } from './store.ts';

/** The place of the lesson, to the left of the ensemble. */
export function LessonPane() {
  return (
    <section class="pane pane-lesson" aria-label={t('pane.lesson')}>
      <div class="lesson-head">
        <strong>{t('pane.lesson')}</strong>
        <button
          type="button"
          class="icon-button"
          aria-label={t('lesson.close')}
          data-test="lesson-close"
          onClick={() => (lesson.value = null)}
        >
          <Icon name="close" />
        </button>
      </div>
      <div class="pane-body" tabIndex={0}>
        <p class="empty">{t('lesson.none')}</p>
      </div>
    </section>
  );
}

import { current, choose, lessons, loadLessons, say } from '../lessons/lesson-store.ts';
import { LessonView } from '../lessons/lesson-view.tsx';
import { t } from './i18n.ts';
import { Icon } from './icons.tsx';
import { lesson } from './store.ts';

/** The place of the lesson, to the left of the ensemble: the list of lessons, or one of them. */
export function LessonPane() {
  void loadLessons();
  const open = current.value;
  return (
    <section class="pane pane-lesson" aria-label={t('pane.lesson')}>
      <div class="lesson-head">
        {open === null ? (
          <strong>{t('action.lessons')}</strong>
        ) : (
          <button type="button" class="button" data-test="lesson-list" onClick={() => choose('')}>
            {t('lesson.all')}
          </button>
        )}
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
      <div class="pane-body" tabIndex={0} key={open?.name ?? ''}>
        {open === null ? <LessonList /> : <LessonView lesson={open} />}
      </div>
    </section>
  );
}

function LessonList() {
  const all = lessons.value;
  if (all === null || all.length === 0) return <p class="empty">{t('lesson.none')}</p>;
  return (
    <ol class="lessons" data-test="lessons">
      {all.map((each) => (
        <li key={each.name} value={each.number}>
          <button type="button" class="lesson-link" data-lesson={each.name} onClick={() => choose(each.name)}>
            <strong>{say(each.title)}</strong>
            <span>{say(each.summary)}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

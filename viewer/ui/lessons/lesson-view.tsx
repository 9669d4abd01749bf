import { useEffect, useRef } from 'preact/hooks';
import type { Lesson, Question, Stop } from '../../../course/lesson.ts';
import { VERSION } from '../../../report/version.ts';
import { download } from '../shell/download.ts';
import { t } from '../shell/i18n.ts';
import { main } from '../shell/store.ts';
import {
  answer,
  answers,
  goOn,
  gradeOf,
  marked,
  markIt,
  openExercise,
  openRun,
  playing,
  reached,
  say,
} from './lesson-store.ts';
import { Markdown } from './markdown.tsx';

/** One lesson: its page, its run with a question at each stop, its exercise. */
export function LessonView({ lesson }: { readonly lesson: Lesson }) {
  return (
    <article class="lesson" data-test="lesson" data-lesson={lesson.name}>
      <Markdown source={say(lesson.text)} />
      <section class="lesson-run" aria-label={t('lesson.run')}>
        <h3>{t('lesson.run')}</h3>
        {reached.value.map((stop) => (
          <StopCard key={stop} lesson={lesson} index={stop} stop={lesson.stops[stop]!} />
        ))}
        <RunButtons lesson={lesson} />
      </section>
      <ExerciseView lesson={lesson} />
      <div class="buttons">
        <button
          type="button"
          class="button"
          data-test="lesson-grade"
          onClick={() => download(`${lesson.name}.json`, gradeOf(lesson, VERSION), 'application/json')}
        >
          {t('lesson.grade')}
        </button>
      </div>
    </article>
  );
}

function RunButtons({ lesson }: { readonly lesson: Lesson }) {
  if (playing.value !== 'run')
    return (
      <div class="buttons">
        <button type="button" class="button button-main" data-test="lesson-open" onClick={() => openRun(lesson)}>
          {t('lesson.open')}
        </button>
      </div>
    );
  const left = lesson.stops.length - reached.value.length;
  return (
    <div class="buttons">
      <button type="button" class="button button-main" data-test="lesson-play" onClick={() => goOn('play')}>
        {t(left > 0 ? 'lesson.play' : 'lesson.playOn')}
      </button>
      {left > 0 && (
        <button type="button" class="button" data-test="lesson-jump" onClick={() => goOn('jump')}>
          {t('lesson.jump')}
        </button>
      )}
      {reached.value.length > 0 && (
        <button type="button" class="button" data-test="lesson-again" onClick={() => openRun(lesson)}>
          {t('lesson.again')}
        </button>
      )}
      <span class="muted">{t('lesson.left', { n: left })}</span>
    </div>
  );
}

function StopCard({ lesson, index, stop }: { readonly lesson: Lesson; readonly index: number; readonly stop: Stop }) {
  const card = useRef<HTMLElement>(null);
  // The run has just come here: the card comes into view, and its words are next for whoever reads by keyboard.
  useEffect(() => {
    if (card.current === null) return;
    show(card.current);
    const { activeElement } = document;
    if (activeElement === document.body || activeElement?.closest('.pane-lesson') != null)
      card.current.querySelector('h4')?.focus({ preventScroll: true });
  }, []);
  return (
    <section class="lesson-stop" data-test="lesson-stop" data-stop={index} ref={card}>
      <h4 tabIndex={-1}>{say(stop.title)}</h4>
      <p>{say(stop.say)}</p>
      {stop.question !== null && <QuestionView lesson={lesson} index={index} question={stop.question} />}
    </section>
  );
}

function QuestionView({
  lesson,
  index,
  question,
}: {
  readonly lesson: Lesson;
  readonly index: number;
  readonly question: Question;
}) {
  const chosen = answers.value[`${lesson.name}/${index}`];
  const taken = chosen === undefined ? undefined : question.choices[chosen];
  return (
    <fieldset class="lesson-question">
      <legend>{say(question.ask)}</legend>
      {question.choices.map((choice, n) => (
        <label key={n} class="lesson-choice">
          <input
            type="radio"
            name={`${lesson.name}-${index}`}
            checked={chosen === n}
            onChange={() => answer(lesson, index, n)}
          />
          <span>{say(choice.text)}</span>
        </label>
      ))}
      <p class={taken?.right === true ? 'lesson-right' : 'lesson-wrong'} role="status" data-test="lesson-verdict">
        {taken !== undefined && `${t(taken.right ? 'lesson.right' : 'lesson.wrong')} ${say(taken.because)}`}
      </p>
    </fieldset>
  );
}

function ExerciseView({ lesson }: { readonly lesson: Lesson }) {
  const { exercise } = lesson;
  if (exercise === null) return null;
  const { most, steps, bugs } = exercise;
  const under = playing.value === 'exercise';
  return (
    <section class="lesson-exercise" aria-label={t('lesson.exercise')}>
      <h3>
        {t('lesson.exercise')}: {say(exercise.title)}
      </h3>
      <p>{say(exercise.task)}</p>
      <p class="muted">{t('lesson.allowed', { n: most, steps: steps.join(', ') })}</p>
      {bugs.length > 0 && <p class="muted">{t('lesson.bugs', { bugs: bugs.join(', ') })}</p>}
      {exercise.hints.length > 0 && (
        <details>
          <summary>{t('lesson.hints')}</summary>
          <ul>
            {exercise.hints.map((hint, n) => (
              <li key={n}>{say(hint)}</li>
            ))}
          </ul>
        </details>
      )}
      <div class="buttons">
        <button type="button" class="button" data-test="exercise-open" onClick={() => openExercise(lesson)}>
          {t(under ? 'lesson.again' : 'lesson.begin')}
        </button>
        {under && (
          <button type="button" class="button button-main" data-test="exercise-mark" onClick={() => markIt(lesson)}>
            {t('lesson.mark')}
          </button>
        )}
        {under && <span class="muted">{t('lesson.done', { n: main.frame.value?.hands.length ?? 0 })}</span>}
      </div>
      <MarkView />
    </section>
  );
}

/** What the marking said. The live region is always there, so that a screen reader hears what comes into it. */
function MarkView() {
  const mark = marked.value;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (mark !== null && place.current !== null) show(place.current);
  }, [mark]);
  return (
    <div ref={place} role="status" data-test="exercise-result" data-reached={mark?.reached ?? ''}>
      {mark?.reached === true && (
        <p class="lesson-right">{t('lesson.reached', { steps: mark.steps, shortest: mark.shortest })}</p>
      )}
      {mark?.reached === false && (
        <>
          <p class="lesson-wrong">{t('lesson.notReached')}</p>
          <ul>
            {mark.why.map((why) => (
              <li key={why}>{why}</li>
            ))}
          </ul>
        </>
      )}
      {mark?.traceHash != null && <p class="muted mono">{mark.traceHash}</p>}
    </div>
  );
}

/** Scrolls the lesson, and nothing around it, until this stands at the top. */
function show(part: HTMLElement): void {
  const pane = part.closest('.pane-body');
  if (pane === null) return;
  pane.scrollTop += part.getBoundingClientRect().top - pane.getBoundingClientRect().top - MARGIN;
}

/** Pixels that are left above what is scrolled to. */
const MARGIN = 8;

import { effect } from '@preact/signals';
import { render } from 'preact';
import type { Wire } from '../engine/client.ts';
import type { LibraryText, OpenOptions, Source } from '../protocol.ts';
import '../style.css';
import { DriftDialog, PartitionDialog, RequestDialog } from './controls/hand-dialogs.tsx';
import { HelpDialog } from './controls/help-dialog.tsx';
import { openFile, RunDialog } from './controls/run-dialog.tsx';
import { SaveDialog, ShareDialog } from './controls/share-dialogs.tsx';
import { TimeBar } from './controls/time-bar.tsx';
import { Ensemble } from './ensemble/ensemble.tsx';
import { EnsembleMenu } from './ensemble/menus.tsx';
import { Banner, ReportDialog } from './shell/banner.tsx';
import { startKeys } from './shell/commands.ts';
import { startLanguage, t } from './shell/i18n.ts';
import { LessonPane } from './shell/lesson-pane.tsx';
import { Panels } from './shell/panels.tsx';
import { dialog, lesson, main, startEngine } from './shell/store.ts';
import { LiveRegion, Story } from './shell/story.tsx';
import { startTheme } from './shell/theme.ts';
import { startClock } from './shell/time.ts';
import { TopBar } from './shell/top-bar.tsx';

/** What the page begins with. */
export interface Beginning {
  readonly wire: Wire;
  readonly library: readonly LibraryText[];
  readonly source: Source;
  readonly options: OpenOptions;
}

/** Draws the page into that element, and opens the first run. */
export function startPage(element: Element, { wire, library, source, options }: Beginning): void {
  startTheme();
  startLanguage();
  startKeys();
  startClock();
  effect(() => {
    const title = main.about.value?.title;
    document.title = title === undefined ? t('app.title') : `${title} · zabsim`;
  });
  takeDrops();
  render(<App />, element);
  startEngine(wire, library, { source, options });
}

/** A scenario, a trace or a report that is dropped anywhere on the page is opened. */
function takeDrops(): void {
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file !== undefined) void openFile(file, main.about.value?.seed ?? '1');
  });
}

function App() {
  return (
    <div class="app">
      <a class="skip" href="#ensemble" onClick={focusEnsemble}>
        {t('app.skip')}
      </a>
      <TopBar />
      <Banner />
      <main class={lesson.value === null ? 'main' : 'main with-lesson'}>
        {lesson.value !== null && <LessonPane />}
        <section class="pane pane-ensemble" id="ensemble" aria-label={t('pane.ensemble')}>
          <Ensemble />
          <Story />
        </section>
        <Panels />
      </main>
      <TimeBar />
      <LiveRegion />
      <EnsembleMenu />
      <OpenDialog />
    </div>
  );
}

/** The address after `#` belongs to the run, so the link moves the focus by itself. */
function focusEnsemble(event: Event): void {
  event.preventDefault();
  document.querySelector<SVGElement>('.picture')?.focus();
}

function OpenDialog() {
  const open = dialog.value;
  const close = (): void => {
    dialog.value = null;
  };
  switch (open?.kind) {
    case undefined:
      return null;
    case 'run':
      return <RunDialog close={close} />;
    case 'save':
      return <SaveDialog close={close} />;
    case 'share':
      return <ShareDialog close={close} />;
    case 'help':
      return <HelpDialog close={close} />;
    case 'partition':
      return <PartitionDialog close={close} />;
    case 'write':
      return <RequestDialog close={close} />;
    case 'report':
      return <ReportDialog close={close} />;
    case 'drift':
      return <DriftDialog close={close} server={open.server} />;
  }
}

import { isOneFile } from '../../page-data.ts';
import { language, t, type PlainKey } from './i18n.ts';
import { Icon, type IconName } from './icons.tsx';
import { COMMANDS, nextLanguage, withKey } from './commands.ts';
import { lesson, library, main } from './store.ts';
import { shownTheme } from './theme.ts';

/** What is run, and what can be done with the whole of it. */
export function TopBar() {
  return (
    <header class="top">
      <span class="brand">zabsim</span>
      <What />
      <div class="actions" role="toolbar" aria-label={t('help.view')}>
        <Action icon="open" name={t('action.open')} command="command.open" />
        {!isOneFile() && (
          <Action icon="lessons" name={t('action.lessons')} command="command.lessons" pressed={lesson.value !== null} />
        )}
        <Action icon="save" name={t('action.save')} command="command.save" />
        <Action icon="share" name={t('action.share')} command="command.share" />
        <Action
          icon={shownTheme.value === 'dark' ? 'sun' : 'moon'}
          name={shownTheme.value === 'dark' ? t('action.light') : t('action.dark')}
          command="command.theme"
          small
        />
        <button
          type="button"
          class="button"
          lang={language.value === 'zh' ? 'en' : 'zh-Hans'}
          title={withKey(t('action.language'), 'command.language')}
          data-test="command.language"
          onClick={nextLanguage}
        >
          {language.value === 'zh' ? 'English' : '中文'}
        </button>
        <Action icon="help" name={t('action.help')} command="command.help" small />
      </div>
    </header>
  );
}

function What() {
  const about = main.about.value;
  if (about === null) {
    return (
      <div class="what">
        <h1>{t('app.loading')}</h1>
      </div>
    );
  }
  const done = main.frame.value?.hands.length ?? 0;
  return (
    <div class="what">
      <h1 title={about.teaches}>{about.title}</h1>
      <p>
        <span data-test="seed">{t('app.seed', { seed: about.seed })}</span>
        <span data-test="release">{releaseWords(about.release)}</span>
        {done > 0 && <span data-test="by-hand">{t('app.byHand', { n: done })}</span>}
        <span class="mono" data-test="hash">
          {t('app.hash', { hash: main.frame.value?.hash ?? '–' })}
        </span>
      </p>
    </div>
  );
}

/** A release by its number, a bug by its name. */
export function releaseWords(release: string): string {
  if (release === 'corrected') return t('app.corrected');
  if (library.value.bugs.some(({ name }) => name === release)) return t('app.bug', { bug: release });
  return t('app.release', { release });
}

interface ActionProps {
  readonly icon: IconName;
  readonly name: string;
  readonly command: PlainKey;
  readonly pressed?: boolean;
  /** Only its picture. */
  readonly small?: boolean;
}

function Action({ icon, name, command, pressed, small = false }: ActionProps) {
  return (
    <button
      type="button"
      class={small ? 'icon-button' : 'button'}
      aria-label={small ? name : undefined}
      aria-pressed={pressed}
      title={withKey(small ? name : t(command), command)}
      data-test={command}
      onClick={() => COMMANDS.find(({ label }) => label === command)?.run()}
    >
      <Icon name={icon} />
      {!small && <span class="button-name">{name}</span>}
    </button>
  );
}
